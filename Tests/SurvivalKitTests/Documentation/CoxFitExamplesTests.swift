// SPDX-License-Identifier: Apache-2.0

import Foundation
import SurvivalKit
import Testing

// Every example of the articles and of the README, as it is printed there, with a check of every
// number that the text states. `DocumentationSourceTests` sees to it that no example is missing.

// MARK: - The examples

/// The examples of the articles on a fitted Cox model.
@Suite("Documentation examples of a Cox fit")
struct CoxFitExamplesTests {
  @Test("Reading a Cox fit")
  func readingACoxFit() throws {
    let patients = try DocumentationExamplesTests.lungPatients()
    let model = CoxModel(
      endpoint: .overallSurvival,
      covariates: [
        .numeric("age", \LungPatient.age),
        .factor("sex", \.sex, reference: .male),
        .numeric("performance status", \.performanceStatus),
      ])
    let fit = try model.fitted(to: patients)

    let counts = (fit.rowCount, fit.eventCount, fit.exclusions.count)  // 227, 164, 1
    #expect(counts == (227, 164, 1))

    let sex = fit[coefficient: "sex[female]"]
    let estimate = sex?.estimate  // -0.5526
    let standardError = sex?.standardError  // 0.1677
    let hazardRatio = sex?.hazardRatio  // 0.575
    let limits = sex?.hazardRatioInterval()  // 0.414 to 0.799
    let pValue = sex?.pValue  // 0.00099
    #expect(shows(estimate, "-0.5526"))
    #expect(shows(standardError, "0.1677"))
    #expect(shows(hazardRatio, "0.575"))
    #expect(shows(limits?.lower, "0.414"))
    #expect(shows(limits?.upper, "0.799"))
    #expect(shows(pValue, "0.00099"))

    let likelihoodRatio = fit.likelihoodRatioTest.statistic  // 30.50 on 3 degrees of freedom
    let wald = fit.waldTest.statistic  // 29.93
    let score = fit.scoreTest.statistic  // 30.50
    #expect(shows(likelihoodRatio, "30.50"))
    #expect(fit.likelihoodRatioTest.degreesOfFreedom == 3)
    #expect(shows(wald, "29.93"))
    #expect(shows(score, "30.50"))

    let proportional = try fit.proportionalHazardsTest()
    let global = proportional.global.test.pValue  // 0.216
    let terms = proportional.terms.map(\.test.pValue)  // 0.665, 0.129, 0.152
    #expect(shows(global, "0.216"))
    #expect(shows(terms[0], "0.665"))
    #expect(shows(terms[1], "0.129"))
    #expect(shows(terms[2], "0.152"))

    let courses = try fit.coefficientCourses()
    let status = courses[2]  // performance status, 0.464 in the fit
    let early = status.marks[1]  // 0.84 (0.49 to 1.18) at 130 days
    let late = status.marks[6]  // 0.11 (-0.30 to 0.51) at 560 days
    #expect(shows(status.estimate, "0.464"), "\(status)")
    #expect(
      shows(early.value, "0.84") && shows(early.lower, "0.49") && shows(early.upper, "1.18"))
    #expect(shows(late.value, "0.11") && shows(late.lower, "-0.30") && shows(late.upper, "0.51"))
    #expect(early.time == 130 && late.time == 560)

    let concordance = try fit.concordance()
    let c = concordance.estimate  // 0.637
    let cError = concordance.standardError  // 0.025
    #expect(shows(c, "0.637"))
    #expect(shows(cError, "0.025"))

    let uno = try fit.concordance(weighting: .uno, upTo: 730).estimate  // 0.627
    #expect(shows(uno, "0.627"))

    let ageAlone = try CoxModel(
      endpoint: .overallSurvival, covariates: [.numeric("age", \LungPatient.age)]
    ).fitted(to: patients.filter { $0.performanceStatus != nil })
    let whole = try model.fitted(to: patients.filter { $0.performanceStatus != nil })
    let comparison = try ConcordanceComparison(of: [("age", ageAlone), ("all three", whole)])
    let gain = comparison.difference("all three", minus: "age")
    let gainEstimate = gain?.estimate  // 0.086
    let gainError = gain?.standardError  // 0.027
    let gainPValue = gain?.pValue  // 0.0015
    #expect(shows(gainEstimate, "0.086"))
    #expect(shows(gainError, "0.027"))
    #expect(shows(gainPValue, "0.0015"))

    let woman = LungPatient(
      days: 0, hasDied: false, age: 60, sex: .female, performanceStatus: 1)
    let man = LungPatient(days: 0, hasDied: false, age: 60, sex: .male, performanceStatus: 1)
    let ratio = try fit.hazardRatio(of: woman, relativeTo: man).estimate  // 0.575
    let curve = try fit.survivalCurve(for: woman)
    let oneYear = curve.probability(at: 365)  // 0.534
    let oneYearLimits = curve.interval(at: 365)  // 0.442 to 0.645
    #expect(shows(ratio, "0.575"))
    #expect(shows(oneYear, "0.534"))
    #expect(shows(oneYearLimits?.lower, "0.442"))
    #expect(shows(oneYearLimits?.upper, "0.645"))

    let oneYearMore = curve.probability(at: 730, given: 365)  // 0.397
    let moreLimits = curve.interval(at: 730, given: 365)  // 0.270 to 0.583
    #expect(shows(oneYearMore, "0.397"))
    #expect(shows(moreLimits?.lower, "0.270"))
    #expect(shows(moreLimits?.upper, "0.583"))

    let expected = try fit.expectedEvents()
    let total = expected.compactMap { $0?.estimate }.reduce(0, +)  // 164, as observed
    var observed = woman
    observed.days = 365
    let ofOne = try fit.expectedEvents(for: observed)
    let number = ofOne?.estimate  // 0.628
    let numberError = ofOne?.standardError  // 0.096
    #expect(shows(total, "164"))
    #expect(shows(number, "0.628"))
    #expect(shows(numberError, "0.096"))

    let stored = try JSONEncoder().encode(fit.regression.storedModel())
    let published = try JSONDecoder().decode(StoredCoxModel.self, from: stored)
    let names = published.estimates.coefficients.map(\.name)  // age, sex[female], …
    let again = try published.survivalCurve(for: [60, 1, 1])
    let sameOneYear = again.probability(at: 365)  // 0.534
    #expect(names == ["age", "sex[female]", "performance status"])
    #expect(sameOneYear == oneYear)
    #expect(shows(sameOneYear, "0.534"))

    let doubts = fit.diagnostics.map(\.message)  // none
    #expect(doubts.isEmpty)
    #expect(fit.hasConverged)
  }

  @Test("When a coefficient is infinite")
  func infiniteCoefficient() throws {
    let data = try SurvivalData(
      times: [1, 2, 3, 4, 5, 6, 7, 8],
      events: [true, false, true, true, false, true, true, false])
    let design = try DesignMatrix([("treated", [0, 1, 0, 0, 1, 0, 0, 1])])
    let fit = try CoxRegression.fit(data, design: design)

    let isInfinite = fit[coefficient: "treated"]?.isInfinite  // true
    let hasConverged = fit.hasConverged  // false
    let statistic = fit.likelihoodRatioTest.statistic  // 4.97
    #expect(isInfinite == true)
    #expect(!hasConverged)
    #expect(shows(statistic, "4.97"))
    #expect(shows(fit.likelihoodRatioTest.pValue, "0.026"))
    #expect(fit.diagnostics.map(\.code).contains(.infiniteCoefficient))
    #expect(fit.diagnostics.contains { $0.message.contains("treated → −∞") })

    let limit = fit[coefficient: "treated"]?.infiniteLimit  // negative
    let direction = fit.monotoneDirection?.description  // −treated
    #expect(limit == .negative && direction == "−treated")

    let dose: [Double] = [5, 2, 4, 1, 3, 0, 2, 0]
    let age: [Double] = [4, 0, 5, 1, 6, 1, 6, 3]
    let survival = try SurvivalData(
      times: [1, 2, 3, 4, 5, 6, 7, 8],
      events: [true, true, true, true, true, true, false, false])
    let both = try CoxRegression.fit(
      survival, design: DesignMatrix([("dose", dose), ("age", age)]))
    let limits = both.coefficients.map(\.infiniteLimit)  // positive, negative
    #expect(limits == [.positive, .negative])
    for (name, column) in [("dose", dose), ("age", age)] {
      #expect(try CoxRegression.fit(survival, design: DesignMatrix([(name, column)])).hasConverged)
    }

    let likelihood = try CoxPartialLikelihood(data, design: design)
    var (low, high) = (-10.0, 10.0)
    while high - low > 1e-9 {
      let middle = (low + high) / 2
      let fall = try fit.logLikelihood - likelihood.evaluate(at: [middle]).logLikelihood
      if 2 * fall > 3.841 { high = middle } else { low = middle }
    }
    let upperLimit = high  // -0.32
    #expect(shows(upperLimit, "-0.32"))
  }
}
