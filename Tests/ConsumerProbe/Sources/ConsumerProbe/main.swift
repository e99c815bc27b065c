// SPDX-License-Identifier: Apache-2.0

// What a package that depends on SurvivalKit writes: records of its own, an endpoint, curves, a
// test, a model, a prediction. Each answer is compared with R 4.2.2, survival 3.5-3, on its data set
// `ovarian` (Edmonson et al. 1979); the program ends with status 1 when one is not as expected.

import CohortReports
import Foundation
import SurvivalKit
import SurvivalPlots

// MARK: - Records

enum Treatment: String, CaseIterable, Codable, Sendable {
  case cyclophosphamide, combined
}

struct Patient: Sendable {
  var days: Double
  var hasDied: Bool
  var age: Double?
  var treatment: Treatment
  var performance: Int

  init(
    _ days: Double, _ hasDied: Bool, _ age: Double?, _ treatment: Treatment, _ performance: Int
  ) {
    self.days = days
    self.hasDied = hasDied
    self.age = age
    self.treatment = treatment
    self.performance = performance
  }
}

extension Endpoint<Patient> {
  static let overallSurvival = Endpoint("overall survival", time: \.days, event: \.hasDied)
}

let patients = [
  Patient(59, true, 72.3315, .cyclophosphamide, 1),
  Patient(115, true, 74.4932, .cyclophosphamide, 1),
  Patient(156, true, 66.4658, .cyclophosphamide, 2),
  Patient(421, false, 53.3644, .combined, 1),
  Patient(431, true, 50.3397, .cyclophosphamide, 1),
  Patient(448, false, 56.4301, .cyclophosphamide, 2),
  Patient(464, true, 56.9370, .combined, 2),
  Patient(475, true, 59.8548, .combined, 2),
  Patient(477, false, 64.1753, .cyclophosphamide, 1),
  Patient(563, true, 55.1781, .combined, 2),
  Patient(638, true, 56.7562, .cyclophosphamide, 2),
  Patient(744, false, 50.1096, .combined, 1),
  Patient(769, false, 59.6301, .combined, 2),
  Patient(770, false, 57.0521, .combined, 1),
  Patient(803, false, 39.2712, .cyclophosphamide, 1),
  Patient(855, false, 43.1233, .cyclophosphamide, 2),
  Patient(1040, false, 38.8932, .cyclophosphamide, 2),
  Patient(1106, false, 44.6000, .cyclophosphamide, 1),
  Patient(1129, false, 53.9068, .combined, 1),
  Patient(1206, false, 44.2055, .combined, 1),
  Patient(1227, false, 59.5890, .combined, 2),
  Patient(268, true, 74.5041, .cyclophosphamide, 2),
  Patient(329, true, 43.1370, .cyclophosphamide, 1),
  Patient(353, true, 63.2192, .combined, 2),
  Patient(365, true, 64.4247, .combined, 1),
  Patient(377, false, 58.3096, .combined, 1),
]

// MARK: - Checks

struct Checks {
  private(set) var count = 0
  private(set) var failures = 0

  mutating func check(_ name: String, _ value: Double?, _ expected: Double) {
    count += 1
    guard let value, abs(value - expected) <= 1e-9 * max(1e-3, abs(expected)) else {
      failures += 1
      print("FAILED \(name): \(value.map { "\($0)" } ?? "nil"), expected \(expected)")
      return
    }
  }

  mutating func check(_ name: String, _ holds: Bool) {
    count += 1
    guard !holds else { return }
    failures += 1
    print("FAILED \(name)")
  }
}

func main() throws -> Checks {
  var checks = Checks()

  // Curves by treatment.
  let curves = try KaplanMeier(endpoint: .overallSurvival)
    .fitted(to: patients, groupedBy: \.treatment)
  print(curves)
  let alone = curves[.cyclophosphamide]
  let combined = curves[.combined]
  checks.check("groups", curves.groups == [.cyclophosphamide, .combined])
  checks.check("survival at a year", alone?.probability(at: 365), 8.0 / 13)
  checks.check("its standard error", alone?.standardError(at: 365), 0.134932002970312)
  checks.check("its lower limit", alone?.interval(at: 365)?.lower, 0.400413166654131)
  checks.check("its upper limit", alone?.interval(at: 365)?.upper, 0.945768661946081)
  checks.check("at risk", combined?.numbersAtRisk(at: [365]).first?.atRisk, 12)
  checks.check("median", alone?.median().estimate, 638)
  checks.check("no median", combined != nil && combined?.median().estimate == nil)
  let mean = combined?.restrictedMean(upTo: 700)
  checks.check("restricted mean", mean?.estimate, 591.316239316239)
  checks.check("its standard error", mean?.standardError, 38.8554346394744)

  // Log-rank tests.
  let test = try LogRankTest(endpoint: .overallSurvival)
    .applied(to: patients, groupedBy: \.treatment)
  print(test)
  checks.check("log-rank", test.statistic, 1.06273986129141)
  checks.check("expected deaths", test.groups.first?.expected, 5.23353101714994)
  checks.check("p-value", test.pValue, 0.302591116989095)
  let stratified = try LogRankTest(
    endpoint: .overallSurvival, strata: [.by("performance", \.performance)]
  ).applied(to: patients, groupedBy: \.treatment)
  checks.check("stratified log-rank", stratified.statistic, 0.767911418930592)

  // A figure of both.
  let figure = SurvivalPlot(curves, test: test).svg()
  checks.check("a figure", figure.hasPrefix("<svg ") && figure.contains("Log-rank test: p = 0.303"))

  // A Cox model with a number, a factor and strata.
  let model = CoxModel(
    endpoint: .overallSurvival,
    covariates: [
      .numeric("age", \Patient.age),
      .factor("treatment", \.treatment, reference: .cyclophosphamide),
    ],
    strata: [.by("performance", \.performance)])
  let fit = try model.fitted(to: patients)
  print(fit)
  let age = fit[coefficient: "age"]
  let effect = fit[coefficient: "treatment[combined]"]
  checks.check("age", age?.estimate, 0.131024850087280)
  checks.check("its standard error", age?.standardError, 0.0443462179614524)
  checks.check("treatment", effect?.estimate, -0.790942352102027)
  checks.check("its hazard ratio", effect?.hazardRatio, 0.4534173151356)
  checks.check("log likelihood", fit.logLikelihood, -20.1662050358099)
  checks.check("score test", fit.scoreTest.statistic, 15.6325191181754)
  checks.check("Wald test", fit.waldTest.statistic, 10.8108310776671)
  checks.check("concordance", try fit.concordance().estimate, 0.790476190476191)
  checks.check(
    "proportional hazards", try fit.proportionalHazardsTest().global.test.statistic,
    1.026081758968897)

  // Prediction for somebody new.
  let newcomer = Patient(0, false, 50, .combined, 1)
  let predicted = try fit.survivalCurve(for: newcomer)
  checks.check("predicted survival", predicted.probability(at: 400), 0.927472149847514)
  checks.check("its lower limit", predicted.interval(at: 400)?.lower, 0.819093153536824)
  checks.check("predicted hazard", predicted.cumulativeHazard(at: 400), 0.0752925120699535)
  var other = newcomer
  other.treatment = .cyclophosphamide
  let ratio = try fit.hazardRatio(of: newcomer, relativeTo: other)
  checks.check("ratio of two", ratio.estimate, 0.4534173151356)

  // A missing value leaves a record out, counted.
  var incomplete = patients
  incomplete[3].age = nil
  let partial = try model.fitted(to: incomplete)
  checks.check("left out", partial.exclusions.count == 1 && partial.rowCount == 25)

  // Columns instead of records.
  let data = try SurvivalData(times: patients.map(\.days), events: patients.map(\.hasDied))
  let design = try DesignMatrix([("age", patients.map { $0.age ?? 0 })])
  let breslow = try CoxRegression.fit(data, design: design, ties: .breslow)
  checks.check("columns, Breslow", breslow[coefficient: "age"]?.estimate, 0.161619857406316)
  let weights = try ProbabilityWeights(patients.map { Double($0.performance) + 0.5 })
  let weighted = try CoxRegression.fit(
    SurvivalData(
      times: patients.map(\.days), events: patients.map(\.hasDied),
      weights: .probability(weights)), design: design)
  checks.check("weighted", weighted[coefficient: "age"]?.estimate, 0.170509525320889)
  checks.check(
    "its robust standard error", weighted[coefficient: "age"]?.standardError, 0.0438832157921514)
  let likelihood = try CoxPartialLikelihood(data, design: design, ties: .breslow)
  checks.check(
    "likelihood at 0", try likelihood.evaluate(at: [0]).logLikelihood, -34.9849403711626)

  // Results are values that can be stored.
  let stored = try JSONEncoder().encode(fit.estimates)
  checks.check("coding", try JSONDecoder().decode(CoxEstimates.self, from: stored) == fit.estimates)

  // A page of the results.
  var plot = SurvivalPlot(curves)
  plot.timeUnit = .days
  let report = StudyReport(
    identifier: "ovarian", title: "Ovarian cancer",
    sections: [
      StudyReport.Section(
        "survival", title: "Survival",
        blocks: [
          .figure(StudyReport.Figure("curves", caption: "Survival", drawing: plot)),
          .table(
            StudyReport.Table(
              "medians", caption: "Medians", columns: [.init("median", "Median")],
              rows: curves.curves.map {
                StudyReport.Row($0.group, [.quantile($0.median())])
              })),
        ])
    ])
  checks.check("page", report.html().contains("<figcaption id=\"figure-curves-caption\">"))
  checks.check("numbers", report.csv().contains("false,medians,"))

  // What cannot be is an error that names the row.
  do {
    _ = try SurvivalData(starts: [0, 5], stops: [3, 3], events: [true, false])
    checks.check("an exit before its entry is refused", false)
  } catch {
    checks.check("error code", error.code == .invalidData)
    checks.check("error row", error.problems.first?.index == 1)
  }
  do {
    _ = try LogRankTest(endpoint: .overallSurvival).applied(
      to: patients.filter { $0.treatment == .combined }, groupedBy: \.treatment)
    checks.check("a single group is refused", false)
  } catch {
    checks.check("error of a single group", error.code == .tooFewGroups)
  }
  return checks
}

let checks = try main()
print("SurvivalKit as a dependency: \(checks.count) checks, \(checks.failures) failed")
exit(checks.failures == 0 ? 0 : 1)
