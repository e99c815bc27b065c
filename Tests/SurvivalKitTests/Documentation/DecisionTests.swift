// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

/// What the pages of Documentation/Decisions say can be seen.
@Suite("Decisions")
struct DecisionTests {
  private let times: [Double] = [1, 1, 2, 2, 2, 2, 3, 4, 5, 5]
  private let events = [true, false, true, true, true, false, false, true, true, false]
  private let covariate: [Double] = [2, 0, 1, 1, 0, 1, 0, 1, 0, 2]
  private let counts = [1, 2, 3, 4, 3, 2, 1, 2, 1, 3]

  private func expanded<Value>(_ values: [Value]) -> [Value] {
    zip(values, counts).flatMap { Array(repeating: $0, count: $1) }
  }

  @Test("0001: follow-up that cannot be is refused when it is made")
  func followUpIsChecked() {
    #expect(throws: SurvivalError.self) { try FollowUp(time: -1, isEvent: true) }
    #expect(throws: SurvivalError.self) { try FollowUp(time: .nan, isEvent: false) }
    #expect(throws: SurvivalError.self) { try FollowUp(from: 3, to: 3, isEvent: true) }
    #expect(throws: SurvivalError.self) { try FollowUp(time: .infinity, isEvent: true) }
  }

  @Test("0002: a Cox fit to counts is that of the replicated rows", arguments: TieMethod.allCases)
  func frequencyWeightsReplicate(ties: TieMethod) throws {
    let weighted = try CoxRegression.fit(
      SurvivalData(times: times, events: events, weights: .frequency(FrequencyWeights(counts))),
      design: DesignMatrix([("x", covariate)]), ties: ties)
    let replicated = try CoxRegression.fit(
      SurvivalData(times: expanded(times), events: expanded(events)),
      design: DesignMatrix([("x", expanded(covariate))]), ties: ties)
    for (one, other) in [
      (weighted.logLikelihood, replicated.logLikelihood),
      (weighted.nullLogLikelihood, replicated.nullLogLikelihood),
      (weighted.scoreTest.statistic, replicated.scoreTest.statistic),
      (weighted.covariance[0][0], replicated.covariance[0][0]),
    ] {
      #expect(abs(one - other) <= 1e-10 * abs(other))
    }
    let estimate = try #require(weighted.coefficients[0].estimate)
    let expected = try #require(replicated.coefficients[0].estimate)
    #expect(abs(estimate - expected) <= 1e-9 * abs(expected))
  }

  @Test("0004: the unit of a covariate does not decide what is aliased")
  func aliasingIgnoresUnits() throws {
    let data = try SurvivalData(times: times, events: events)
    let other: [Double] = [0, 1, 0, 1, 1, 0, 2, 1, 0, 1]
    for unit in [1e-9, 1, 1e9] {
      let fit = try CoxRegression.fit(
        data,
        design: DesignMatrix([
          ("x", covariate.map { $0 * unit }), ("y", other),
          ("x + y", zip(covariate, other).map { ($0 + $1) / unit }),
        ]))
      #expect(fit.coefficients.map(\.isAliased) == [false, false, true])
    }
  }

  @Test("0005: a restricted mean stays within follow-up")
  func restrictedMeans() throws {
    let data = try SurvivalData(
      times: [1, 2, 3, 4, 5, 6], events: [true, false, true, true, false, false])
    let groups = Grouping(["a", "b", "a", "b", "a", "b"])
    let curves = try KaplanMeier.curves(of: data, groupedBy: groups)
    #expect(curves.restrictedMeans().map { $0?.upTo } == [5, 5])
    #expect(curves.restrictedMeans(.lastOfEach).map { $0?.upTo } == [5, 6])
    #expect(curves.restrictedMeans(.at(6)).map { $0 == nil } == [true, false])
  }

  @Test("0008: survival and follow-up together are what is left under observation")
  func reverseOrder() throws {
    let data = try SurvivalData(times: times, events: events)
    let survival = try KaplanMeier.curves(of: data).curves[0]
    let followUp = try KaplanMeier.curves(of: data, isReversed: true).curves[0]
    for time in Set(times) {
      let left = Double(times.count { $0 > time }) / Double(times.count)
      let product =
        try #require(survival.probability(at: time)) * #require(followUp.probability(at: time))
      #expect(abs(product - left) <= 1e-15)
    }
  }
}
