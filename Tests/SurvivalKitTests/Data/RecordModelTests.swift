// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// A record such as a reader of the package would have.
private struct Patient: Sendable {
  enum Arm: String, CaseIterable, Sendable { case placebo, exposed, other }

  var months: Double?
  var hasDied: Bool? = true
  var entry: Double? = 0
  var age: Double? = 50
  var arm: Arm? = .placebo
  var site = "x"
  var isAdult: Bool? = true
  var weight: Double? = 1
  var count: Int? = 1
  var offset: Double? = 0
}

extension Endpoint<Patient> {
  fileprivate static let overallSurvival = Endpoint(
    "overall survival", time: \.months, event: \.hasDied)
}

@Suite("Models over records")
struct RecordModelTests {
  /// A cohort without holes; ages and arms matter.
  private static func cohort(_ count: Int = 80) -> [Patient] {
    var random = SplitMix(seed: 77)
    return (0..<count).map { _ in
      let age = 50 + 15 * random.symmetric()
      let arm = Patient.Arm.allCases[random.below(3)]
      let hazard = Double.exp(0.03 * (age - 50) + (arm == .exposed ? 0.8 : 0))
      let uniform = Double.random(in: 0.001..<1, using: &random)
      return Patient(
        months: -Double.log(uniform) / hazard * 10, hasDied: random.below(4) > 0, age: age,
        arm: arm, site: ["x", "y"][random.below(2)], isAdult: random.below(2) == 0,
        weight: 0.5 + Double(random.below(4)), count: random.below(3),
        offset: 0.3 * random.symmetric())
    }
  }

  @Test("a Cox model of records is that of their columns")
  func coxColumns() throws {
    let patients = Self.cohort()
    let fit = try CoxModel(
      endpoint: .overallSurvival,
      covariates: [
        .numeric("age per decade") { $0.age.map { $0 / 10 } },
        .factor("arm", \.arm, reference: .placebo), .indicator("adult", \.isAdult),
      ], strata: [.by("site", \.site)], offset: { $0.offset }
    ).fitted(to: patients)
    #expect(
      fit.estimates.coefficients.map(\.name) == [
        "age per decade", "arm[exposed]", "arm[other]", "adult",
      ])
    let expected = try CoxRegression.fit(
      SurvivalData(
        times: patients.compactMap(\.months), events: patients.compactMap(\.hasDied)),
      design: DesignMatrix([
        ("a", patients.compactMap { $0.age.map { $0 / 10 } }),
        ("e", patients.map { $0.arm == .exposed ? 1 : 0 }),
        ("o", patients.map { $0.arm == .other ? 1 : 0 }),
        ("i", patients.map { $0.isAdult == true ? 1 : 0 }),
      ]), strata: Grouping(patients.map(\.site)), offset: patients.compactMap(\.offset))
    #expect(
      fit.estimates.coefficients.map(\.estimate) == expected.coefficients.map(\.estimate))
    #expect(fit.estimates.covariance == expected.covariance)
    #expect(fit.estimates.endpoint == "overall survival")
    #expect(fit[coefficient: "arm[exposed]"] != nil && fit[coefficient: "arm"] == nil)
    #expect(fit.estimates.exclusions.count == 0)
  }

  @Test("the reference of a factor changes the coding, not the model")
  func reference() throws {
    let patients = Self.cohort()
    func fit(_ reference: Patient.Arm?) throws -> CoxFit<Patient> {
      try CoxModel(
        endpoint: .overallSurvival,
        covariates: [.factor("arm", \.arm, reference: reference), .numeric("age", \.age)]
      ).fitted(to: patients)
    }
    let (first, exposed) = (try fit(nil), try fit(.exposed))
    #expect(first.estimates.coefficients.map(\.name).first == "arm[exposed]")
    #expect(exposed.estimates.coefficients.map(\.name).first == "arm[placebo]")
    expectClose(exposed.estimates.logLikelihood, first.estimates.logLikelihood, within: 1e-13)
    expectClose(
      exposed[coefficient: "arm[placebo]"]?.estimate,
      -(try #require(first[coefficient: "arm[exposed]"]?.estimate)), within: 1e-11)
    let few = patients.filter { $0.arm != .other }
    let error = expectError(.unknownLevel) {
      try CoxModel(
        endpoint: .overallSurvival, covariates: [.factor("arm", \.arm, reference: .other)]
      ).fitted(to: few)
    }
    #expect(error?.message.contains("other") == true)
    // A level that no record has gets no column.
    let two = try CoxModel(endpoint: .overallSurvival, covariates: [.factor("arm", \.arm)])
      .fitted(to: few)
    #expect(two.estimates.coefficients.map(\.name) == ["arm[exposed]"])
  }

  @Test("an interaction is the product of its columns")
  func interaction() throws {
    let patients = Self.cohort()
    let arm = Covariate<Patient>.factor("arm", \.arm)
    let age = Covariate<Patient>.numeric("age", \.age)
    let fit = try CoxModel(
      endpoint: .overallSurvival, covariates: [arm, age, .interaction(arm, age)]
    ).fitted(to: patients)
    #expect(
      fit.estimates.coefficients.map(\.name) == [
        "arm[exposed]", "arm[other]", "age", "arm[exposed]:age", "arm[other]:age",
      ])
    let row = try fit.designRow(for: Patient(months: nil, age: 40, arm: .other))
    #expect(row == [0, 1, 40, 0, 40])
  }

  @Test("records that are left out are counted and listed, each under its first missing value")
  func exclusions() throws {
    var patients = Self.cohort()
    patients[3].months = nil
    patients[4].hasDied = nil
    patients[5].age = nil
    patients[7].age = nil
    patients[7].arm = nil
    patients[9].arm = nil
    let model = CoxModel(
      endpoint: .overallSurvival,
      covariates: [.numeric("age", \.age), .factor("arm", \.arm)])
    let estimates = try model.fitted(to: patients).estimates
    #expect(estimates.rowCount == 75 && estimates.exclusions.count == 5)
    #expect(
      estimates.exclusions.missing == [
        Exclusions.Missing(column: "time", rows: [3]),
        Exclusions.Missing(column: "event", rows: [4]),
        Exclusions.Missing(column: "age", rows: [5, 7]),
        Exclusions.Missing(column: "arm", rows: [9]),
      ])
    #expect(
      estimates.exclusions.description
        == "5 rows left out: 1 without time, 1 without event, 2 without age, 1 without arm")
    let rest = patients.indices.filter { ![3, 4, 5, 7, 9].contains($0) }.map { patients[$0] }
    #expect(try model.fitted(to: rest).estimates.covariance == estimates.covariance)
  }

  @Test("an endpoint has a population")
  func population() throws {
    let adults = Endpoint<Patient>("adults") { patient in
      guard patient.isAdult == true else { return nil }
      return try FollowUp(time: patient.months ?? -1, isEvent: patient.hasDied ?? false)
    }
    var patients = Self.cohort()
    let curves = try KaplanMeier(endpoint: adults).fitted(to: patients)
    let outside = patients.indices.filter { patients[$0].isAdult != true }
    #expect(curves.exclusions.outsidePopulation == outside)
    #expect(curves.curves[0].rowCount == patients.count - outside.count)
    // An error that the closure throws refuses the row, by its number.
    let inside = patients.indices.filter { patients[$0].isAdult == true }
    patients[inside[2]].months = nil
    patients[inside[4]].months = -3
    let error = expectError(.invalidData) { try KaplanMeier(endpoint: adults).fitted(to: patients) }
    #expect(error?.problems.map(\.index) == [inside[2], inside[4]])
    struct Trouble: Error {}
    let failing = Endpoint<Patient>("failing") { _ in throw Trouble() }
    let trouble = expectError(.invalidData) {
      try KaplanMeier(endpoint: failing).fitted(to: patients)
    }
    #expect(trouble?.problems.count == patients.count)
  }

  @Test("bad values name the record, not the row that was used")
  func badRecords() throws {
    var patients = Self.cohort()
    patients[0].age = nil
    patients[10].age = .nan
    patients[20].age = .infinity
    let model = CoxModel(endpoint: .overallSurvival, covariates: [.numeric("age", \.age)])
    #expect(
      expectError(.invalidData) { try model.fitted(to: patients) }?.problems.map(\.index)
        == [10, 20])
    var weighted = Self.cohort()
    weighted[0].age = nil
    weighted[5].weight = -1
    weighted[6].weight = nil
    weighted[8].count = -2
    var plan = CoxModel(
      endpoint: .overallSurvival, covariates: [.numeric("age", \.age)],
      weights: .probability(\.weight))
    let weights = expectError(.invalidData) { try plan.fitted(to: weighted) }
    #expect(weights?.problems.map(\.index) == [5])
    plan.weights = .frequency(\.count)
    #expect(
      expectError(.invalidData) { try plan.fitted(to: weighted) }?.problems.map(\.index) == [8])
    var negative = Self.cohort()
    negative[11].months = -1
    negative[12].months = .nan
    #expect(
      expectError(.invalidData) { try model.fitted(to: negative) }?.problems.map(\.index)
        == [11, 12])
    var offset = Self.cohort()
    offset[0].age = nil
    offset[7].offset = .nan
    let offsetPlan = CoxModel(
      endpoint: .overallSurvival, covariates: [.numeric("age", \.age)], offset: { $0.offset })
    #expect(
      expectError(.invalidData) { try offsetPlan.fitted(to: offset) }?.problems.map(\.index)
        == [7])
    let late = Endpoint<Patient>("late", entry: \.entry, exit: \.months, event: \.hasDied)
    var entries = Self.cohort()
    entries[2].entry = nil
    entries[5].entry = 1e9
    #expect(
      expectError(.invalidData) { try KaplanMeier(endpoint: late).fitted(to: entries) }?
        .problems.map(\.index) == [5])
  }

  @Test("no record left, or none at all, is an error")
  func nothing() throws {
    let model = CoxModel(endpoint: .overallSurvival, covariates: [.numeric("age", \.age)])
    expectError(.noRows) { try model.fitted(to: []) }
    let error = expectError(.noRows) { try model.fitted(to: [Patient(months: nil)]) }
    #expect(error?.message.contains("1 without time") == true)
    expectError(.noEvents) { try model.fitted(to: [Patient(months: 1, hasDied: false)]) }
    expectError(.noRows) {
      try KaplanMeier(endpoint: Endpoint<Patient>.overallSurvival).fitted(to: [])
    }
    expectError(.noRows) {
      try LogRankTest(endpoint: Endpoint<Patient>.overallSurvival)
        .applied(to: [], groupedBy: \.arm)
    }
  }

  @Test("prediction refuses what the fit has not seen")
  func prediction() throws {
    let few = Self.cohort().filter { $0.arm != .other }
    let fit = try CoxModel(
      endpoint: .overallSurvival,
      covariates: [.factor("arm", \.arm), .numeric("age", \.age)], offset: { $0.offset }
    ).fitted(to: few)
    let unknown = expectError(.unknownLevel) {
      try fit.linearPredictor(for: Patient(months: nil, arm: .other))
    }
    #expect(unknown?.message.contains("other") == true)
    #expect(unknown?.message.contains("placebo, exposed") == true)
    expectError(.invalidData) { try fit.designRow(for: Patient(months: nil, age: nil)) }
    expectError(.invalidData) { try fit.designRow(for: Patient(months: nil, age: .nan)) }
    expectError(.invalidData) { try fit.designRow(for: Patient(months: nil, arm: nil)) }
    expectError(.invalidData) { try fit.linearPredictor(for: Patient(months: nil, offset: nil)) }
    expectError(.invalidData) {
      try fit.hazardRatio(
        of: Patient(months: nil), relativeTo: Patient(months: nil, age: .infinity))
    }
  }

  @Test("a hazard ratio of two records, its interval and its inverse")
  func hazardRatio() throws {
    let patients = Self.cohort()
    let fit = try CoxModel(
      endpoint: .overallSurvival,
      covariates: [.factor("arm", \.arm), .numeric("age", \.age)]
    ).fitted(to: patients)
    let one = Patient(months: nil, age: 60, arm: .exposed)
    let other = Patient(months: nil, age: 60, arm: .placebo)
    let ratio = try fit.hazardRatio(of: one, relativeTo: other)
    let coefficient = try #require(fit[coefficient: "arm[exposed]"])
    expectClose(ratio.estimate, try #require(coefficient.hazardRatio), within: 1e-14)
    let interval = try #require(coefficient.hazardRatioInterval())
    expectClose(ratio.interval.lower, interval.lower, within: 1e-13)
    expectClose(ratio.interval.upper, interval.upper, within: 1e-13)
    let inverse = try fit.hazardRatio(of: other, relativeTo: one)
    expectClose(inverse.estimate * ratio.estimate, 1, within: 1e-14)
    expectClose(inverse.interval.lower * ratio.interval.upper, 1, within: 1e-13)
    let same = try fit.hazardRatio(of: one, relativeTo: one)
    #expect(same.estimate == 1 && same.interval.lower == 1 && same.interval.upper == 1)
    let apart = try fit.hazardRatio(
      of: Patient(months: nil, age: 70, arm: .other), relativeTo: other)
    let logRatio =
      10 * (try #require(fit[coefficient: "age"]?.estimate))
      + (try #require(fit[coefficient: "arm[other]"]?.estimate))
    expectClose(apart.estimate, .exp(logRatio), within: 1e-13)
    let covariance = fit.estimates.covariance
    let variance = 100 * covariance[2][2] + covariance[1][1] + 20 * covariance[1][2]
    expectClose(
      apart.interval.upper,
      .exp(logRatio + NormalDistribution.quantile(0.975) * variance.squareRoot()), within: 1e-12)
  }

  @Test("a hazard ratio keeps its digits when the covariate lies far from 0")
  func farFromZero() throws {
    var patients = Self.cohort()
    let near = try CoxModel(endpoint: .overallSurvival, covariates: [.numeric("age", \.age)])
      .fitted(to: patients)
    for row in patients.indices { patients[row].age = patients[row].age.map { 1e9 + $0.rounded() } }
    let far = try CoxModel(endpoint: .overallSurvival, covariates: [.numeric("age", \.age)])
      .fitted(to: patients)
    let slope = try #require(far[coefficient: "age"]?.estimate)
    let ratio = try far.hazardRatio(
      of: Patient(months: nil, age: 1e9 + 60), relativeTo: Patient(months: nil, age: 1e9 + 50))
    expectClose(ratio.estimate, .exp(10 * slope), within: 1e-14)
    #expect(near.estimates.hasConverged)
  }

  @Test("curves by group, in the order of the cases, by closure or key path")
  func curves() throws {
    var patients = Self.cohort()
    patients[2].arm = nil
    let plan = KaplanMeier(endpoint: Endpoint<Patient>.overallSurvival)
    let byPath = try plan.fitted(to: patients, groupedBy: \.arm)
    let byClosure = try plan.fitted(to: patients, groupedBy: { $0.arm })
    #expect(byPath == byClosure)
    #expect(byPath.groups == [.placebo, .exposed, .other])
    #expect(byPath.curves.map(\.group) == ["placebo", "exposed", "other"])
    #expect(byPath.exclusions.missing == [Exclusions.Missing(column: "group", rows: [2])])
    let exposed = try #require(byPath[.exposed])
    #expect(exposed.rowCount == patients.count { $0.arm == .exposed })
    #expect(exposed.probability(at: 0) == 1)
    let alone = try plan.fitted(to: patients.filter { $0.arm == .exposed })
    #expect(alone.groups == ["all"])
    #expect(alone.curves[0].survival == exposed.survival)
    let few = try plan.fitted(to: patients.filter { $0.arm != .exposed }, groupedBy: \.arm)
    #expect(few.groups == [.placebo, .other] && few[.exposed] == nil)
    #expect(few.endpoint == "overall survival")
  }

  @Test("a log-rank test of records is that of their columns")
  func logRank() throws {
    let patients = Self.cohort()
    let test = try LogRankTest(
      endpoint: .overallSurvival, strata: [.by("site", \.site), .by("adult", \.isAdult)],
      weights: .frequency(\.count)
    ).applied(to: patients, groupedBy: \.arm, pairwise: .holm)
    #expect(test.groups.map(\.name) == ["placebo", "exposed", "other"])
    let expected = try LogRankTest.compare(
      SurvivalData(
        times: patients.compactMap(\.months), events: patients.compactMap(\.hasDied),
        weights: .frequency(FrequencyWeights(patients.compactMap(\.count)))),
      groups: Grouping(patients.compactMap(\.arm)),
      strata: Grouping(patients.map { "\($0.site)\($0.isAdult == true)" }), pairwise: .holm)
    expectClose(test.statistic, expected.statistic, within: 1e-13)
    #expect(test.pairs.count == 3 && test.endpoint == "overall survival")
    let holm = PValueAdjustment.holm.adjusted(test.pairs.compactMap(\.pValue))
    #expect(test.pairs.compactMap(\.adjustedPValue) == holm)
  }

  @Test("clusters and subjects of records make errors robust")
  func clusters() throws {
    let patients = Self.cohort()
    let model = CoxModel(
      endpoint: .overallSurvival, covariates: [.numeric("age", \.age)],
      clusters: .by("site", \.site))
    let fit = try model.fitted(to: patients)
    #expect(fit.estimates.isRobust)
    let curves = try KaplanMeier(
      endpoint: Endpoint<Patient>.overallSurvival, clusters: .by("site", \.site)
    ).fitted(to: patients)
    #expect(curves.curves[0].variance == .robust)
    var weighted = model
    weighted.clusters = nil
    weighted.weights = .probability(\.weight)
    #expect(try weighted.fitted(to: patients).estimates.weightKind == .probability)
  }
}
