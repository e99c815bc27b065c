// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

// Every example of the articles and of the README, as it is printed there, with a check of every
// number that the text states. `DocumentationSourceTests` sees to it that no example is missing.

// MARK: - The examples

@Suite("Documentation examples")
struct DocumentationExamplesTests {
  @Test("Getting started")
  func gettingStarted() throws {
    let maintained = [
      (9, true), (13, true), (13, false), (18, true), (23, true), (28, false), (31, true),
      (34, true), (45, false), (48, true), (161, false),
    ].map { Remission(weeks: $0.0, hasRelapsed: $0.1, arm: .maintained) }
    let nonmaintained = [
      (5, true), (5, true), (8, true), (8, true), (12, true), (16, false), (23, true),
      (27, true), (30, true), (33, true), (43, true), (45, true),
    ].map { Remission(weeks: $0.0, hasRelapsed: $0.1, arm: .nonmaintained) }
    let remissions = maintained + nonmaintained

    let curves = try KaplanMeier(endpoint: .relapse).fitted(to: remissions, groupedBy: \.arm)

    let probability = curves[.maintained]?.probability(at: 24)  // 0.614
    let interval = curves[.maintained]?.interval(at: 24)  // 0.377 to 0.999
    let median = curves[.nonmaintained]?.median()  // 23; limits 8 and none
    let beyond = curves[.nonmaintained]?.probability(at: 200)  // 0.0
    let atRisk = curves[.maintained]?.numbersAtRisk(at: [0, 24, 48])  // 11, 6, 2
    #expect(shows(probability, "0.614"))
    #expect(shows(interval?.lower, "0.377"))
    #expect(shows(interval?.upper, "0.999"))
    #expect(median?.estimate == 23)
    #expect(median?.lower == 8)
    #expect(median != nil && median?.upper == nil)
    #expect(beyond == 0)
    #expect(atRisk?.map(\.atRisk) == [11, 6, 2])
    #expect(curves[.maintained]?.probability(at: 200) == nil)

    let test = try LogRankTest(endpoint: .relapse).applied(to: remissions, groupedBy: \.arm)

    let statistic = test.statistic  // 3.396
    let pValue = test.pValue  // 0.065
    let expected = test.groups.map(\.expected)  // 10.69 and 7.31
    #expect(shows(statistic, "3.396"))
    #expect(shows(pValue, "0.065"))
    #expect(shows(expected[0], "10.69"))
    #expect(shows(expected[1], "7.31"))

    let model = CoxModel(
      endpoint: .relapse, covariates: [.factor("arm", \.arm, reference: .maintained)])
    let fit = try model.fitted(to: remissions)

    let effect = fit[coefficient: "arm[nonmaintained]"]
    let logHazardRatio = effect?.estimate  // 0.9155
    let hazardRatio = effect?.hazardRatio  // 2.50
    let limits = effect?.hazardRatioInterval(level: 0.95)  // 0.92 to 6.81
    #expect(shows(logHazardRatio, "0.9155"))
    #expect(shows(hazardRatio, "2.50"))
    #expect(shows(limits?.lower, "0.92"))
    #expect(shows(limits?.upper, "6.81"))

    let newcomer = Remission(weeks: 0, hasRelapsed: false, arm: .nonmaintained)
    let predicted = try fit.survivalCurve(for: newcomer).probability(at: 24)  // 0.419
    #expect(shows(predicted, "0.419"))
  }

  @Test("Coming from R: columns")
  func comingFromRColumns() throws {
    let data = try SurvivalData(
      times: [1, 1, 6, 6, 8, 9], events: [true, false, true, true, false, true])
    let groups = Grouping(["b", "b", "b", "a", "a", "a"])
    let design = try DesignMatrix([("x", [1, 1, 1, 0, 0, 0])])

    let curves = try KaplanMeier.curves(of: data, groupedBy: groups)
    let test = try LogRankTest.compare(data, groups: groups)
    let fit = try CoxRegression.fit(data, design: design, ties: .efron)

    let levels = curves.groups  // a, b
    let statistic = test.statistic  // 2.0
    let estimate = fit[coefficient: "x"]?.estimate  // 1.676857
    #expect(levels == ["a", "b"])
    #expect(shows(statistic, "2.0"))
    #expect(shows(estimate, "1.676857"))
  }

  @Test("Coming from R: weights")
  func comingFromRWeights() throws {
    let times: [Double] = [1, 1, 2, 2, 2, 2, 3, 4, 5]
    let events = [true, false, true, true, true, false, false, true, false]
    let design = try DesignMatrix([("x", [2, 0, 1, 1, 0, 1, 0, 1, 0])])
    let counts = [1, 2, 3, 4, 3, 2, 1, 2, 1]

    let replicated = try SurvivalData(
      times: times, events: events, weights: .frequency(FrequencyWeights(counts)))
    let represented = try SurvivalData(
      times: times, events: events,
      weights: .probability(ProbabilityWeights(counts.map(Double.init))))

    let one = try CoxRegression.fit(replicated, design: design)[coefficient: "x"]
    let other = try CoxRegression.fit(represented, design: design)[coefficient: "x"]
    let replicatedEstimate = one?.estimate  // 0.9398, standard error 0.7125
    let representedEstimate = other?.estimate  // 0.8726, standard error 1.1191
    #expect(shows(replicatedEstimate, "0.9398"))
    #expect(shows(one?.standardError, "0.7125"))
    #expect(one?.robustStandardError == nil)
    #expect(shows(representedEstimate, "0.8726"))
    #expect(shows(other?.standardError, "1.1191"))
    #expect(shows(other?.modelStandardError, "0.7126"))
  }

  @Test("Coming from R: means and follow-up")
  func comingFromRMeans() throws {
    let data = try SurvivalData(
      times: [5, 5, 8], events: [true, false, false])
    let curve = try KaplanMeier.curves(of: data).curves[0]
    let followUp = try KaplanMeier.curves(of: data, isReversed: true).curves[0]

    let mean = curve.restrictedMean(upTo: 8)?.estimate  // 7.0
    let unknown = curve.restrictedMean(upTo: 10)  // nil: nobody was observed after 8
    let observed = followUp.probability(at: 5)  // 0.5: one censored of the two still at risk
    #expect(shows(mean, "7.0"))
    #expect(unknown == nil)
    #expect(shows(observed, "0.5"))
  }

  @Test("Tied times: the rules")
  func tiedTimes() throws {
    let placebo: [Double] = [
      1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23,
    ]
    let treated: [Double] = [
      6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35,
    ]
    let relapsed: Set = [0, 1, 2, 4, 6, 9, 10, 14, 15]  // which of the treated
    let data = try SurvivalData(
      times: placebo + treated,
      events: placebo.map { _ in true } + treated.indices.map { relapsed.contains($0) })
    let design = try DesignMatrix([
      ("placebo", placebo.map { _ in 1 } + treated.map { _ in 0 })
    ])

    let estimates = try TieMethod.allCases.map { ties in
      try CoxRegression.fit(data, design: design, ties: ties)[coefficient: "placebo"]?.estimate
    }  // Efron 1.5721, Breslow 1.5092, exact 1.6282, exact-marginal 1.5982
    #expect(TieMethod.allCases == [.efron, .breslow, .exact, .exactMarginal])
    #expect(shows(estimates[0], "1.5721"))
    #expect(shows(estimates[1], "1.5092"))
    #expect(shows(estimates[2], "1.6282"))
    #expect(shows(estimates[3], "1.5982"))

    let exact = try CoxRegression.fit(data, design: design, ties: .exact)
    let groups = Grouping(placebo.map { _ in "placebo" } + treated.map { _ in "6-MP" })
    let logRank = try LogRankTest.compare(data, groups: groups)
    let score = exact.scoreTest.statistic  // 16.792941
    let difference = abs(score - logRank.statistic)  // 0 but for rounding
    #expect(shows(score, "16.792941"))
    #expect(difference < 1e-10)
  }

  @Test("Tied times: near-ties")
  func nearTies() throws {
    let times = [0.1 + 0.2, 0.3, 1]  // 0.30000000000000004 and 0.3
    let events = [true, true, false]

    let merged = try SurvivalData(times: times, events: events)
    let steps = try KaplanMeier.curves(of: merged).curves[0].times  // 0.3 and 1
    let count = merged.mergedTimes.count  // 1
    #expect(steps == [0.3, 1])
    #expect(count == 1)

    let exact = try SurvivalData(times: times, events: events, merging: .exact)
    let moreSteps = try KaplanMeier.curves(of: exact).curves[0].times.count  // 3
    #expect(moreSteps == 3)
  }

  @Test("Time-varying covariates: cutting follow-up")
  func splitting() throws {
    let followUp = try FollowUp(time: 30, isEvent: true)
    let pieces = followUp.split(at: [12]).map(\.description)  // "12.0+" and "(12.0, 30.0]"
    #expect(pieces == ["12.0+", "(12.0, 30.0]"])

    let candidates = [
      Candidate(days: 5, hasDied: true, transplantDay: nil),
      Candidate(days: 40, hasDied: true, transplantDay: 10),
      Candidate(days: 8, hasDied: true, transplantDay: nil),
      Candidate(days: 60, hasDied: true, transplantDay: 15),
      Candidate(days: 25, hasDied: true, transplantDay: nil),
      Candidate(days: 70, hasDied: false, transplantDay: 20),
      Candidate(days: 18, hasDied: true, transplantDay: 12),
      Candidate(days: 50, hasDied: false, transplantDay: nil),
    ]
    var intervals = [CandidateInterval]()
    for (patient, candidate) in candidates.enumerated() {
      let followUp = try FollowUp(time: candidate.days, isEvent: candidate.hasDied)
      let transplant = candidate.transplantDay ?? .infinity
      for piece in followUp.split(at: [transplant]) {
        intervals.append(
          CandidateInterval(
            patient: patient, followUp: piece,
            isTransplanted: (piece.entry ?? 0) >= transplant))
      }
    }

    let fit = try CoxModel(
      endpoint: .death, covariates: [.indicator("transplanted", \.isTransplanted)],
      subjects: .by("patient", \.patient)
    ).fitted(to: intervals)
    let rows = fit.rowCount  // 12
    let subjects = fit.subjectCount  // 8
    let estimate = fit[coefficient: "transplanted"]?.estimate  // 0.2275
    #expect(rows == 12)
    #expect(subjects == 8)
    #expect(shows(estimate, "0.2275"))

    // What the text warns of: the same patients, by whether they were ever transplanted.
    let naive = try CoxRegression.fit(
      SurvivalData(times: candidates.map(\.days), events: candidates.map(\.hasDied)),
      design: DesignMatrix([("ever", candidates.map { $0.transplantDay == nil ? 0 : 1 })]))
    #expect(shows(naive[coefficient: "ever"]?.estimate, "-0.9149"))
  }

  @Test("Time-varying covariates: the Stanford heart transplants")
  func heartTransplants() throws {
    let intervals = try Self.heartIntervals()
    let fit = try CoxModel(
      endpoint: .death,
      covariates: [
        .numeric("age", \HeartInterval.age),
        .numeric("year", \.year),
        .indicator("surgery", \.hadSurgery),
        .indicator("transplanted", \.isTransplanted),
      ],
      subjects: .by("patient", \.patient)
    ).fitted(to: intervals)

    let effect = fit[coefficient: "transplanted"]
    let estimate = effect?.estimate  // -0.0103
    let model = effect?.modelStandardError  // 0.3138
    let robust = effect?.standardError  // 0.3169
    #expect(fit.rowCount == 172)
    #expect(fit.subjectCount == 103)
    #expect(fit.eventCount == 75)
    #expect(shows(estimate, "-0.0103"))
    #expect(shows(model, "0.3138"))
    #expect(shows(robust, "0.3169"))

    let path = [
      HeartInterval(
        patient: 1, start: 0, stop: 30, hasDied: false, age: 0, year: 3, hadSurgery: false,
        isTransplanted: false),
      HeartInterval(
        patient: 1, start: 30, stop: 365, hasDied: false, age: 0, year: 3, hadSurgery: false,
        isTransplanted: true),
    ]
    let curve = try fit.survivalCurve(along: path)
    let oneYear = curve.probability(at: 365)  // 0.245
    let givenTransplant = curve.probability(at: 365, given: 30)  // 0.328
    #expect(shows(oneYear, "0.245"))
    #expect(shows(givenTransplant, "0.328"))
  }

  @Test("Missing data")
  func missingData() throws {
    let patients = [
      BlastPatient(months: 4, hasDied: true, isEligible: true, blasts: 90),
      BlastPatient(months: nil, hasDied: false, isEligible: true, blasts: 40),
      BlastPatient(months: 9, hasDied: true, isEligible: true, blasts: 75),
      BlastPatient(months: 14, hasDied: false, isEligible: true, blasts: nil),
      BlastPatient(months: 7, hasDied: true, isEligible: false, blasts: 60),
      BlastPatient(months: 20, hasDied: true, isEligible: true, blasts: 55),
      BlastPatient(months: 28, hasDied: false, isEligible: true, blasts: 80),
    ]
    let fit = try CoxModel(
      endpoint: .overallSurvival, covariates: [.numeric("marrow blasts", \BlastPatient.blasts)]
    ).fitted(to: patients)

    let used = fit.rows  // [0, 2, 4, 5, 6]
    let reason = fit.exclusions.description
    // "2 rows left out: 1 without time, 1 without marrow blasts"
    #expect(used == [0, 2, 4, 5, 6])
    #expect(reason == "2 rows left out: 1 without time, 1 without marrow blasts")

    let eligible = try KaplanMeier(endpoint: .eligibleSurvival).fitted(to: patients)
    let outside = eligible.exclusions.outsidePopulation  // [1, 4]
    #expect(outside == [1, 4])

    var found = [String]()
    do {
      _ = try SurvivalData(
        starts: [0, 5, 0], stops: [3, 3, .nan], events: [true, false, true])
    } catch {
      found = error.problems.map { $0.text() }
      // "row 2, column entry: found 5.0; allowed: a time before the exit time 3.0; …"
      // "row 3, column time: found nan; allowed: a number; …"
    }
    #expect(found.count == 2)
    #expect(
      found[0].hasPrefix(
        "row 2, column entry: found 5.0; allowed: a time before the exit time 3.0; "))
    #expect(found[1].hasPrefix("row 3, column time: found nan; allowed: a number; "))
  }
}

// MARK: - Data of the examples

extension DocumentationExamplesTests {
  /// The Stanford heart-transplant programme, as in R's `heart`.
  static func heartIntervals() throws -> [HeartInterval] {
    try DocumentationFiles.table("heart").map { cell in
      HeartInterval(
        patient: try #require(Int(cell("id"))), start: try #require(Double(cell("start"))),
        stop: try #require(Double(cell("stop"))), hasDied: cell("event") == "1",
        age: try #require(Double(cell("age"))), year: try #require(Double(cell("year"))),
        hadSurgery: cell("surgery") == "1", isTransplanted: cell("transplant") == "1")
    }
  }

  /// Advanced lung cancer, as in R's `lung`.
  static func lungPatients() throws -> [LungPatient] {
    try DocumentationFiles.table("lung").map { cell in
      LungPatient(
        days: try #require(Double(cell("time"))), hasDied: cell("status") == "2",
        age: try #require(Double(cell("age"))), sex: cell("sex") == "1" ? .male : .female,
        performanceStatus: Double(cell("ph.ecog")))
    }
  }
}

/// Whether a number, rounded to as many places as a text has, is that text.
func shows(_ value: Double?, _ text: String) -> Bool {
  guard let value else { return false }
  let places = text.split(separator: ".").dropFirst().first?.count ?? 0
  return NumberFormatting.fixed(value, digits: places) == text
}
