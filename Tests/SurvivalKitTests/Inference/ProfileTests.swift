// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// A case of profile.json, written by make-profile.R: the limits of each coefficient.
struct ProfileCase: Decodable, Sendable {
  let name: String
  let intervals: [[Double?]]
}

@Suite("Profile likelihood")
struct ProfileTests {
  /// The fit that a case of profile.json describes.
  private static func fit(_ name: String) throws -> CoxRegression {
    if name.hasPrefix("heart") {
      let table = try ReferenceTable(name: "heart")
      return try CoxRegression.fit(
        table.survivalData(time: "stop", event: "event", eventValue: 1, entry: "start"),
        design: table.design(["age", "year", "surgery"]))
    }
    let table = try ReferenceTable(name: "veteran")
    let times = try table.numbers("time")
    var events = try table.events("status", value: 1)
    var design = try table.design(["karno", "age", "diagtime"])
    if name.contains("without adeno") {
      let adeno = try table.text("celltype").map { $0 == "adeno" }
      for row in events.indices where adeno[row] { events[row] = false }
      design = try DesignMatrix([
        ("karno", table.numbers("karno")), ("adeno", adeno.map { $0 ? 1 : 0 }),
        ("age", table.numbers("age")),
      ])
    }
    return try CoxRegression.fit(
      SurvivalData(times: times, events: events), design: design,
      strata: name.contains("strata") ? table.grouping("celltype") : nil,
      ties: name.contains("breslow") ? .breslow : .efron)
  }

  @Test("agrees with R's root of the profile, to 1e-8")
  func agrees() throws {
    let failures = try Self.differences().failures(above: 1e-8)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  static func differences() throws -> ReferenceDifferences {
    let cases: [ProfileCase] = try ReferenceFixtures.cases("profile")
    #expect(cases.count == 5)
    var worst = ReferenceDifferences()
    for reference in cases {
      let fit = try Self.fit(reference.name)
      let level = reference.name.contains("0.9") ? 0.9 : 0.95
      for (column, limits) in reference.intervals.enumerated() {
        let coefficient = fit.coefficients[column]
        let interval = try fit.profileInterval(of: coefficient.name, level: level)
        let at = "\(reference.name), \(coefficient.name)"
        let scale = coefficient.isInfinite ? 1 : coefficient.standardError ?? 0
        worst.compare("lower", interval.lower, limits[0], scale: scale, at: at)
        worst.compare("upper", interval.upper, limits[1], scale: scale, at: at)
      }
    }
    return worst
  }

  @Test("one coefficient: the limits solve the likelihood equation", arguments: TieMethod.allCases)
  func oneCoefficient(ties: TieMethod) throws {
    let study = RandomStudy(seed: 12)
    let data = try study.data(late: true)
    let design = try RandomStudy.design([study.x[0]])
    let fit = try CoxRegression.fit(data, design: design, ties: ties, isRobust: false)
    let likelihood = try CoxPartialLikelihood(data, design: design, ties: ties)
    let interval = try fit.profileInterval(of: "x1", level: 0.99)
    for limit in [interval.lower, interval.upper] {
      let fall = try fit.logLikelihood - likelihood.evaluate(at: [#require(limit)]).logLikelihood
      expectClose(2 * fall, 6.634896601021217, within: 1e-11)
    }
    #expect(interval.level == 0.99 && interval.name == "x1")
    expectClose(interval.lowerHazardRatio, .exp(try #require(interval.lower)))
  }

  @Test("a monotone likelihood has one limit", arguments: [true, false])
  func monotone(isLate: Bool) throws {
    let times = (1...20).map(Double.init)
    let data =
      isLate
      ? try SurvivalData(
        starts: times.map { max(0, $0 - 6) }, stops: times, events: times.map { _ in true })
      : try SurvivalData(times: times, events: times.map { _ in true })
    for sign in [1.0, -1] {
      let design = try DesignMatrix([("x", times.map { -sign * $0 })])
      let fit = try CoxRegression.fit(data, design: design)
      let interval = try fit.profileInterval(of: "x")
      #expect((interval.upper == nil) == (sign > 0) && (interval.lower == nil) == (sign < 0))
      let limit = try #require(sign > 0 ? interval.lower : interval.upper)
      let value = try CoxPartialLikelihood(data, design: design).evaluate(at: [limit]).logLikelihood
      // The limit of the likelihood is 0.
      expectClose(-2 * value, 3.841458820694124, within: 1e-9)
      #expect(interval.upper == nil || interval.upperHazardRatio == .exp(limit))
    }
  }

  @Test("two perfectly predicting variables: neither has a limit beyond the other's reach")
  func twoDirections() throws {
    // Both order the deaths; a sum of either with a multiple of the other does so too.
    let times = (1...8).map(Double.init)
    let a = times.map { -$0 }
    let b = times.map { $0 * -$0 }
    let fit = try CoxRegression.fit(
      SurvivalData(times: times, events: times.map { _ in true }),
      design: DesignMatrix([("a", a), ("b", b)]))
    #expect(!fit.hasConverged)
    for name in ["a", "b"] {
      let interval = try fit.profileInterval(of: name)
      #expect(interval.lower == nil && interval.upper == nil)
    }
  }

  @Test("a likelihood-ratio test of columns is that of the smaller model")
  func ratio() throws {
    let study = RandomStudy(seed: 21)
    let data = try study.data(late: true)
    for ties in [TieMethod.efron, .breslow] {
      let large = try CoxRegression.fit(data, design: study.design, ties: ties)
      let small = try CoxRegression.fit(
        data, design: RandomStudy.design([study.x[0]]), ties: ties)
      let held = try large.jointLikelihoodRatioTest(of: ["x2", "x3"])
      let compared = try large.comparison(with: small)
      expectClose(held.statistic, compared.statistic, within: 1e-11)
      #expect(held.degreesOfFreedom == compared.degreesOfFreedom)
      expectClose(
        try large.jointLikelihoodRatioTest(of: large.coefficients.map(\.name)).statistic,
        large.likelihoodRatioTest.statistic, within: 1e-11)
    }
    // Where a coefficient is infinite, against the limit.
    let infinite = try Self.fit("veteran without adeno")
    let test = try infinite.jointLikelihoodRatioTest(of: ["adeno"])
    #expect(test.degreesOfFreedom == 1 && test.statistic > 5)
  }

  @Test("what cannot be answered is refused")
  func badUse() async throws {
    let study = RandomStudy(seed: 4)
    let design = try RandomStudy.design([study.x[0], study.x[0].map { 2 * $0 + 1 }])
    let fit = try CoxRegression.fit(study.data(late: false), design: design)
    expectError(.invalidArgument) { try fit.profileInterval(of: "x9") }
    expectError(.notEstimable) { try fit.profileInterval(of: "x2") }
    expectError(.notEstimable) { try fit.jointLikelihoodRatioTest(of: ["x2"]) }
    expectError(.invalidArgument) { try fit.jointLikelihoodRatioTest(of: []) }
    expectError(.invalidArgument) { try fit.jointLikelihoodRatioTest(of: ["x1", "y"]) }
    let robust = try CoxRegression.fit(
      study.data(late: false, weights: study.probability), design: design)
    expectError(.invalidArgument) { try robust.profileInterval(of: "x1") }
    expectError(.invalidArgument) { try robust.jointLikelihoodRatioTest(of: ["x1"]) }
    #expect(try fit.profileInterval(of: "x1").upper != nil)
    await #expect(processExitsWith: .failure) {
      let study = RandomStudy(seed: 4)
      let fit = try CoxRegression.fit(study.data(late: false), design: study.design)
      _ = try fit.profileInterval(of: "x1", level: 1)
    }
  }
}
