// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

@Suite("Properties of the log-rank family")
struct LogRankPropertyTests {
  static let weights: [LogRankWeight] = [
    .logRank, .gehanBreslow, .taroneWare, .petoPeto, .modifiedPetoPeto,
    .flemingHarrington(rho: 0.5, gamma: 0.5), .flemingHarrington(rho: 0, gamma: 1),
    .flemingHarrington(rho: 1, gamma: 0),
  ]

  @Test("agrees with its definition", arguments: weights)
  func twin(_ weight: LogRankWeight) throws {
    for bits in 0..<4 {
      let (isLate, isStratified) = (bits & 1 != 0, bits & 2 != 0)
      let study = RandomStudy(seed: UInt64(40 + bits))
      let groups = Grouping(study.arms)
      let found = try LogRankTest.compare(
        study.data(late: isLate), groups: groups,
        strata: isStratified ? Grouping(study.strata) : nil, weightFunction: weight)
      let twin = DirectLogRank(
        study, groups: groups.codes, isLate: isLate, isStratified: isStratified, weight)
      expectClose(found.groups.map(\.observed), twin.observed, within: 1e-13)
      expectClose(found.groups.map(\.expected), twin.expected, within: 1e-13)
      for j in 0..<3 { expectClose(found.covariance[j], twin.covariance[j], within: 1e-12) }
      // Two of the three groups say everything.
      let u = (0..<2).map { twin.observed[$0] - twin.expected[$0] }
      let v = twin.covariance
      let determinant = v[0][0] * v[1][1] - v[0][1] * v[1][0]
      let statistic =
        (u[0] * u[0] * v[1][1] - 2 * u[0] * u[1] * v[0][1] + u[1] * u[1] * v[0][0]) / determinant
      expectClose(found.statistic, statistic, within: 1e-11)
      #expect(found.degreesOfFreedom == 2)
      let scores = [1.0, 2, 3]
      let difference = zip(twin.observed, twin.expected).map { $0 - $1 }
      let score = zip(scores, difference).reduce(0) { $0 + $1.0 * $1.1 }
      var variance = 0.0
      for j in 0..<3 { for l in 0..<3 { variance += scores[j] * v[j][l] * scores[l] } }
      expectClose(found.trend?.statistic, score * score / variance, within: 1e-11)
    }
  }

  @Test("without ties it is the score test of the Cox model", arguments: [true, false])
  func scoreTest(isLate: Bool) throws {
    let study = RandomStudy(seed: 44, isTied: false)
    let arms = Grouping(study.arms)
    let test = try LogRankTest.compare(
      study.data(late: isLate), groups: arms, strata: Grouping(study.strata))
    let fit = try CoxRegression.fit(
      study.data(late: isLate),
      design: DesignMatrix([
        ("b", study.arms.map { $0 == "b" ? 1 : 0 }), ("c", study.arms.map { $0 == "c" ? 1 : 0 }),
      ]), strata: Grouping(study.strata))
    expectClose(test.statistic, fit.scoreTest.statistic, within: 1e-12)
    #expect(test.degreesOfFreedom == fit.scoreTest.degreesOfFreedom)
    expectClose(test.pValue, fit.scoreTest.pValue, within: 1e-12)
    let trend = try CoxRegression.fit(
      study.data(late: isLate), design: DesignMatrix([("arm", arms.codes.map(Double.init))]),
      strata: Grouping(study.strata))
    expectClose(test.trend?.statistic, trend.scoreTest.statistic, within: 1e-12)
  }

  @Test("the robust test is the robust score test of Breslow's model", arguments: 0..<8)
  func robust(bits: Int) throws {
    let (isLate, isStratified) = (bits & 1 != 0, bits & 2 != 0)
    let study = RandomStudy(seed: 45)
    let data = try study.data(
      late: isLate, weights: study.probability,
      clusters: bits & 4 != 0 ? Grouping(study.clusters) : nil)
    let strata = isStratified ? Grouping(study.strata) : nil
    let test = try LogRankTest.compare(data, groups: Grouping(study.arms), strata: strata)
    let fit = try CoxRegression.fit(
      data,
      design: DesignMatrix([
        ("b", study.arms.map { $0 == "b" ? 1 : 0 }), ("c", study.arms.map { $0 == "c" ? 1 : 0 }),
      ]), strata: strata, ties: .breslow)
    #expect(test.isRobust)
    expectClose(test.statistic, try #require(fit.robustScoreTest).statistic, within: 1e-11)
  }

  @Test("frequency weights are replicated rows", arguments: weights, [true, false])
  func frequency(weight: LogRankWeight, isLate: Bool) throws {
    let study = RandomStudy(seed: 46)
    let copies = study.replicated
    let found = try LogRankTest.compare(
      study.data(late: isLate, weights: study.frequency), groups: Grouping(study.arms),
      strata: Grouping(study.strata), weightFunction: weight)
    let expected = try LogRankTest.compare(
      copies.data(late: isLate), groups: Grouping(copies.arms), strata: Grouping(copies.strata),
      weightFunction: weight)
    #expect(!found.isRobust)
    expectClose(found.statistic, expected.statistic, within: 1e-12)
    expectClose(found.groups.map(\.expected), expected.groups.map(\.expected), within: 1e-13)
    expectClose(
      found.trend?.statistic, try #require(expected.trend?.statistic), within: 1e-12)
  }

  @Test("frequency weights of clusters are replicated rows of clusters")
  func clusteredFrequency() throws {
    let study = RandomStudy(seed: 47)
    let copies = study.replicated
    let found = try LogRankTest.compare(
      study.data(late: true, weights: study.frequency, clusters: Grouping(study.clusters)),
      groups: Grouping(study.arms))
    let expected = try LogRankTest.compare(
      copies.data(late: true, clusters: Grouping(copies.clusters)), groups: Grouping(copies.arms))
    expectClose(found.statistic, expected.statistic, within: 1e-12)
  }

  @Test("weight 0 is an absent row, doubled weights change nothing")
  func weighting() throws {
    var study = RandomStudy(seed: 48)
    for row in stride(from: 0, to: study.count, by: 5) { study.weights[row] = 0 }
    let rest = study.rows((0..<study.count).filter { study.weights[$0] > 0 })
    func compare(_ study: RandomStudy) throws -> LogRankResult {
      try LogRankTest.compare(
        study.data(late: true, weights: study.probability), groups: Grouping(study.arms))
    }
    let (found, expected) = (try compare(study), try compare(rest))
    expectClose(found.statistic, expected.statistic, within: 1e-13)
    #expect(found.groups.map(\.rowCount) == expected.groups.map(\.rowCount))
    study.weights = study.weights.map { 2 * $0 }
    expectClose(try compare(study).statistic, expected.statistic, within: 1e-13)
  }

  @Test("episode splitting changes nothing", arguments: weights)
  func splitting(_ weight: LogRankWeight) throws {
    let study = RandomStudy(seed: 49)
    var (pieces, owners) = ([FollowUp](), [Int]())
    for row in 0..<study.count {
      let parts = try FollowUp(
        from: study.starts[row], to: study.stops[row], isEvent: study.events[row]
      ).split(at: [2, 3.5, 5, 7.25])
      pieces += parts
      owners += parts.map { _ in row }
    }
    let found = try LogRankTest.compare(
      SurvivalData(pieces, subjects: Grouping(owners)),
      groups: Grouping(owners.map { study.arms[$0] }), weightFunction: weight)
    let expected = try LogRankTest.compare(
      study.data(late: true, subjects: Grouping(Array(0..<study.count))),
      groups: Grouping(study.arms), weightFunction: weight)
    expectClose(found.statistic, expected.statistic, within: 1e-12)
    // Whole rows cut into pieces, without saying whose: the hypergeometric test is the same, too.
    let plain = try LogRankTest.compare(
      SurvivalData(pieces), groups: Grouping(owners.map { study.arms[$0] }), weightFunction: weight)
    let simple = try LogRankTest.compare(
      study.data(late: true), groups: Grouping(study.arms), weightFunction: weight)
    expectClose(plain.statistic, simple.statistic, within: 1e-12)
  }

  @Test("one stratum is none; the order of rows and the unit of time do not matter")
  func invariance() throws {
    let study = RandomStudy(seed: 50)
    let expected = try LogRankTest.compare(study.data(late: true), groups: Grouping(study.arms))
    let single = try LogRankTest.compare(
      study.data(late: true), groups: Grouping(study.arms),
      strata: Grouping(study.arms.map { _ in "all" }))
    #expect(single == expected)
    let other = study.shuffled(seed: 3)
    let shuffled = try LogRankTest.compare(other.data(late: true), groups: Grouping(other.arms))
    expectClose(shuffled.statistic, expected.statistic, within: 1e-13)
    var years = study
    years.starts = study.starts.map { $0 / 365.25 }
    years.stops = study.stops.map { $0 / 365.25 }
    let scaled = try LogRankTest.compare(years.data(late: true), groups: Grouping(years.arms))
    #expect(scaled.statistic == expected.statistic)
  }

  @Test("pairs are the tests of two groups alone")
  func pairs() throws {
    let study = RandomStudy(seed: 51)
    let test = try LogRankTest.compare(
      study.data(late: true), groups: Grouping(study.arms), strata: Grouping(study.strata),
      pairwise: .bonferroni)
    #expect(test.pairs.map { "\($0.first)\($0.second)" } == ["ab", "ac", "bc"])
    for pair in test.pairs {
      let part = study.rows(
        (0..<study.count).filter { [pair.first, pair.second].contains(study.arms[$0]) })
      let alone = try LogRankTest.compare(
        part.data(late: true), groups: Grouping(part.arms), strata: Grouping(part.strata))
      expectClose(pair.statistic, alone.statistic, within: 1e-13)
      expectClose(pair.pValue, alone.pValue, within: 1e-13)
      expectClose(pair.adjustedPValue, min(1, 3 * alone.pValue), within: 1e-13)
    }
    let plain = try LogRankTest.compare(study.data(late: true), groups: Grouping(study.arms))
    #expect(plain.pairs.isEmpty)
  }

  @Test("a trend test with scores of your own, and its invariance to their unit")
  func trendScores() throws {
    let study = RandomStudy(seed: 52)
    func trend(_ scores: [Double]?) throws -> Double {
      try #require(
        LogRankTest.compare(
          study.data(late: false), groups: Grouping(study.arms), trendScores: scores
        ).trend
      ).statistic
    }
    expectClose(try trend([1, 2, 3]), try trend(nil), within: 1e-15)
    expectClose(try trend([10, 30, 50]), try trend(nil), within: 1e-11)
    #expect(abs(try trend([0, 0, 1]) - (try trend(nil))) > 1e-3)
    let constant = try LogRankTest.compare(
      study.data(late: false), groups: Grouping(study.arms), trendScores: [2, 2, 2])
    #expect(constant.trend == nil)
  }

  @Test("a group that nobody could have died in is left out, and the degrees of freedom follow")
  func emptyGroup() throws {
    let data = try SurvivalData(
      starts: [0, 0, 0, 0, 5, 5, 5], stops: [1, 2, 3, 4, 6, 7, 8],
      events: [true, true, true, true, false, false, false],
      weights: .probability(ProbabilityWeights([1, 1, 1, 1, 0.1, 0.2, 0.7])))
    let groups = Grouping(["a", "b", "a", "b", "c", "c", "c"])
    let found = try LogRankTest.compare(data, groups: groups)
    #expect(found.degreesOfFreedom == 1)
    #expect(found.groups[2].expected == 0)
    let plain = try LogRankTest.compare(
      SurvivalData(
        starts: [0, 0, 0, 0, 5, 5, 5], stops: [1, 2, 3, 4, 6, 7, 8],
        events: [true, true, true, true, false, false, false]), groups: groups)
    #expect(plain.degreesOfFreedom == 1)
  }

  @Test("a group gone from the risk set leaves no residue of its weights")
  func noResidue() throws {
    // The sum of c's weights, taken away in another order than added, is not exactly 0.
    var random = SplitMix(seed: 8)
    let many = 40
    let extra = (0..<many).map { _ in
      (weight: Double.random(in: 1e-6...1e6, using: &random), entry: 5 + 1 + random.symmetric())
    }
    let data = try SurvivalData(
      starts: [0, 0, 0, 0] + extra.map(\.entry),
      stops: [1, 2, 3, 4] + extra.indices.map { 8 + Double($0 * 7 % many) },
      events: [true, true, true, true] + extra.map { _ in false },
      weights: .probability(ProbabilityWeights([1, 1, 1, 1] + extra.map(\.weight))))
    let found = try LogRankTest.compare(
      data, groups: Grouping(["a", "b", "a", "b"] + extra.map { _ in "c" }))
    #expect(found.degreesOfFreedom == 1)
    #expect(found.groups[2].expected == 0 && found.covariance[2] == [0, 0, 0])
  }

  @Test("one subject beside a million: the variance keeps its digits")
  func unbalanced() throws {
    let times: [Double] = [1, 2, 3, 4, 5, 6]
    let data = try SurvivalData(
      times: times, events: [true, true, true, true, true, false],
      weights: .frequency(
        FrequencyWeights([1 << 52, 1, 1 << 52, 1, 1 << 52, 1])))
    let found = try LogRankTest.compare(data, groups: Grouping(["a", "b", "a", "b", "a", "b"]))
    #expect(found.degreesOfFreedom == 1)
    // The two diagonal elements are one number.
    expectClose(found.covariance[0][0] / found.covariance[1][1], 1, within: 1e-12)
  }

  @Test("what cannot be compared is an error")
  func errors() throws {
    let data = try SurvivalData(times: [1, 2, 3], events: [true, true, false])
    let groups = Grouping(["a", "b", "a"])
    expectError(.tooFewGroups) { try LogRankTest.compare(data, groups: Grouping(["a", "a", "a"])) }
    expectError(.mismatchedLengths) { try LogRankTest.compare(data, groups: Grouping(["a", "b"])) }
    expectError(.mismatchedLengths) {
      try LogRankTest.compare(data, groups: groups, strata: Grouping(["a", "b"]))
    }
    expectError(.noEvents) {
      try LogRankTest.compare(
        SurvivalData(times: [1, 2, 3], events: [false, false, false]), groups: groups)
    }
    let apart = expectError(.notEstimable) {
      try LogRankTest.compare(data, groups: groups, strata: groups)
    }
    #expect(apart?.message.hasSuffix("at no event time was more than one of them at risk") == true)
    // The only event comes first, where the weight S(t−)(1 − S(t−)) is 0.
    let first = try SurvivalData(
      times: [1, 2, 3, 4], events: [true, false, false, false])
    let late = expectError(.notEstimable) {
      try LogRankTest.compare(
        first, groups: Grouping(["a", "b", "a", "b"]),
        weightFunction: .flemingHarrington(rho: 1, gamma: 1))
    }
    #expect(
      late?.message == "the groups cannot be compared: wherever more than one of them was at risk, "
        + "the fleming-harrington:1,1 weight of the event is 0")
    // Everybody dies at once: both are at risk, but nothing can vary.
    let together = expectError(.notEstimable) {
      try LogRankTest.compare(
        SurvivalData(times: [1, 1, 1], events: [true, true, true]),
        groups: Grouping(["a", "b", "a"]))
    }
    #expect(together?.message.hasSuffix("their difference has no variance") == true)
    for weight in [
      LogRankWeight.flemingHarrington(rho: -1, gamma: 0),
      .flemingHarrington(rho: 0, gamma: .infinity), .flemingHarrington(rho: .nan, gamma: 0),
    ] {
      expectError(.invalidArgument) {
        try LogRankTest.compare(data, groups: groups, weightFunction: weight)
      }
    }
    expectError(.invalidArgument) {
      try LogRankTest.compare(data, groups: groups, trendScores: [1])
    }
    expectError(.invalidArgument) {
      try LogRankTest.compare(data, groups: groups, trendScores: [1, .nan])
    }
    expectError(.tooFewGroups) {
      try LogRankTest.compare(SurvivalData(times: [], events: []), groups: Grouping([Int]()))
    }
  }

  @Test("a pair without an event has no figures, and the others are adjusted among themselves")
  func pairWithoutEvents() throws {
    let data = try SurvivalData(
      times: [1, 2, 3, 4, 5, 6], events: [true, true, false, false, false, false])
    let test = try LogRankTest.compare(
      data, groups: Grouping(["a", "a", "b", "b", "c", "c"]), pairwise: .bonferroni)
    #expect(test.pairs[2].statistic == nil && test.pairs[2].adjustedPValue == nil)
    let pValue = try #require(test.pairs[0].pValue)
    expectClose(test.pairs[0].adjustedPValue, min(1, 2 * pValue), within: 1e-15)
  }
}
