// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

@Suite("Properties of survival curves")
struct CurvePropertyTests {
  private func curve(
    _ data: SurvivalData, _ estimator: CurveEstimator = .kaplanMeier,
    _ variance: CurveVariance = .automatic
  ) throws -> SurvivalCurve {
    try #require(
      KaplanMeier.curves(of: data, estimator: estimator, variance: variance).curves.first)
  }

  @Test("without censoring the curve is the empirical one")
  func empirical() throws {
    let study = RandomStudy(seed: 1)
    let found = try curve(
      SurvivalData(times: study.stops, events: study.events.map { _ in true }))
    for time in found.times {
      let share = Double(study.stops.count { $0 > time }) / Double(study.count)
      expectClose(found.probability(at: time), share, within: 1e-14)
      if share > 0 {
        // Greenwood's variance is then that of a binomial share.
        expectClose(
          found.standardError(at: time), (share * (1 - share) / Double(study.count)).squareRoot(),
          within: 1e-14)
      }
    }
    let mean = study.stops.reduce(0, +) / Double(study.count)
    let squares = study.stops.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let restricted = try #require(found.restrictedMean())
    expectClose(restricted.estimate, mean, within: 1e-13)
    expectClose(
      restricted.standardError, squares.squareRoot() / Double(study.count), within: 1e-13)
  }

  @Test("the infinitesimal jackknife of a simple curve is Greenwood's variance")
  func jackknife() throws {
    for seed in UInt64(2)...5 {
      let study = RandomStudy(seed: seed, isTied: seed % 2 == 0)
      let simple = try curve(study.data(late: false), .kaplanMeier, .greenwood)
      let robust = try curve(study.data(late: false), .kaplanMeier, .robust)
      for position in simple.times.indices where simple.survival[position] > 0 {
        expectClose(robust.logVariance[position], simple.logVariance[position], within: 1e-13)
      }
      let means = (try #require(simple.restrictedMean()), try #require(robust.restrictedMean()))
      expectClose(means.1.standardError, means.0.standardError, within: 1e-12)
    }
  }

  @Test("frequency weights are replicated rows", arguments: CurveEstimator.allCases, [true, false])
  func frequency(estimator: CurveEstimator, isLate: Bool) throws {
    for seed in UInt64(6)...8 {
      let study = RandomStudy(seed: seed)
      let simple: CurveVariance = estimator == .kaplanMeier ? .greenwood : .aalen
      for variance in [simple, .robust] {
        let found = try curve(
          study.data(late: isLate, weights: study.frequency), estimator, variance)
        let expected = try curve(study.replicated.data(late: isLate), estimator, variance)
        #expect(found.times == expected.times)
        #expect(found.atRisk == expected.atRisk)
        #expect(found.entered == expected.entered)
        expectClose(found.survival, expected.survival, within: 1e-14)
        expectClose(found.hazardVariance, expected.hazardVariance, within: 1e-13)
        expectClose(found.logVariance, expected.logVariance, within: 1e-12)
        let limit = found.times[found.times.count / 2]
        let means = (
          try #require(found.restrictedMean(upTo: limit)),
          try #require(expected.restrictedMean(upTo: limit))
        )
        expectClose(means.0.standardError, means.1.standardError, within: 1e-12)
      }
    }
  }

  @Test("weight 0 is an absent row", arguments: [true, false])
  func zeroWeight(isLate: Bool) throws {
    var study = RandomStudy(seed: 9)
    for row in stride(from: 0, to: study.count, by: 3) { study.weights[row] = 0 }
    let rest = study.rows((0..<study.count).filter { study.weights[$0] > 0 })
    let found = try curve(study.data(late: isLate, weights: study.probability))
    let expected = try curve(rest.data(late: isLate, weights: rest.probability))
    #expect(found.times == expected.times)
    #expect(found.rowCount == expected.rowCount)
    #expect(found.survival == expected.survival)
    #expect(found.logVariance == expected.logVariance)
    #expect(found.numbersAtRisk(at: [0, 3, 6]) == expected.numbersAtRisk(at: [0, 3, 6]))
  }

  @Test("all weights doubled: the same curve and robust variance")
  func doubled() throws {
    var study = RandomStudy(seed: 10)
    let once = try curve(study.data(late: true, weights: study.probability))
    study.weights = study.weights.map { 2 * $0 }
    let twice = try curve(study.data(late: true, weights: study.probability))
    #expect(once.survival == twice.survival)
    expectClose(twice.logVariance, once.logVariance, within: 1e-14)
  }

  @Test("episode splitting changes nothing", arguments: CurveEstimator.allCases, [true, false])
  func splitting(estimator: CurveEstimator, isLate: Bool) throws {
    let study = RandomStudy(seed: 11)
    let cuts = [2, 3.5, 5, 7.25, 9]
    let whole = try (0..<study.count).map {
      isLate
        ? try FollowUp(from: study.starts[$0], to: study.stops[$0], isEvent: study.events[$0])
        : try FollowUp(time: study.stops[$0], isEvent: study.events[$0])
    }
    var (pieces, owners) = ([FollowUp](), [Int]())
    for (row, followUp) in whole.enumerated() {
      let parts = followUp.split(at: cuts)
      pieces += parts
      owners += parts.map { _ in row }
    }
    for variance in [CurveVariance.robust, estimator == .kaplanMeier ? .greenwood : .aalen] {
      let expected = try curve(SurvivalData(whole), estimator, variance)
      let found = try curve(SurvivalData(pieces, subjects: Grouping(owners)), estimator, variance)
      #expect(found.subjectCount == study.count)
      #expect(found.eventCount == expected.eventCount)
      #expect(found.censored.reduce(0, +) == expected.censored.reduce(0, +))
      #expect(found.entered.reduce(0, +) == expected.entered.reduce(0, +))
      for (position, time) in expected.times.enumerated() {
        let same = try #require(found.times.firstIndex(of: time))
        #expect(found.atRisk[same] == expected.atRisk[position])
        #expect(found.events[same] == expected.events[position])
        #expect(found.censored[same] == expected.censored[position])
        expectClose(found.survival[same], expected.survival[position], within: 1e-14)
        expectClose(found.logVariance[same], expected.logVariance[position], within: 1e-12)
        expectClose(found.hazardVariance[same], expected.hazardVariance[position], within: 1e-12)
      }
      let table = [0, 1, 2, 2.5, 3.5, 4, 5, 8, 9, 13.0]
      #expect(found.numbersAtRisk(at: table) == expected.numbersAtRisk(at: table))
      #expect(found.median() == expected.median())
      let means = (
        try #require(found.restrictedMean(upTo: 8)), try #require(expected.restrictedMean(upTo: 8))
      )
      expectClose(means.0.estimate, means.1.estimate, within: 1e-13)
      expectClose(means.0.standardError, means.1.standardError, within: 1e-12)
    }
  }

  @Test("the order of the rows does not matter", arguments: [true, false])
  func permutation(isLate: Bool) throws {
    let study = RandomStudy(seed: 12)
    let expected = try fit(study)
    for seed in UInt64(1)...3 {
      let found = try fit(study.shuffled(seed: seed))
      expectClose(found.survival, expected.survival, within: 1e-14)
      expectClose(found.logVariance, expected.logVariance, within: 1e-13)
    }
    func fit(_ study: RandomStudy) throws -> SurvivalCurve {
      try curve(
        study.data(late: isLate, weights: study.probability, clusters: Grouping(study.clusters)))
    }
  }

  @Test("the unit of time scales times only")
  func timeUnit() throws {
    let study = RandomStudy(seed: 13)
    var years = study
    years.starts = study.starts.map { $0 / 365.25 }
    years.stops = study.stops.map { $0 / 365.25 }
    let (days, found) = (try curve(study.data(late: true)), try curve(years.data(late: true)))
    expectClose(found.times, days.times.map { $0 / 365.25 }, within: 1e-15)
    #expect(found.survival == days.survival)
    #expect(found.logVariance == days.logVariance)
    let means = (try #require(found.restrictedMean()), try #require(days.restrictedMean()))
    expectClose(means.0.estimate * 365.25, means.1.estimate, within: 1e-14)
    expectClose(means.0.standardError * 365.25, means.1.standardError, within: 1e-14)
    expectClose(
      found.median().estimate.map { $0 * 365.25 }, try #require(days.median().estimate),
      within: 1e-15)
  }

  @Test("time reversal: the curve times that of censoring is the share still at risk")
  func reversal() throws {
    let study = RandomStudy(seed: 14)
    let data = try study.data(late: false)
    let forward = try curve(data)
    let reverse = try #require(KaplanMeier.curves(of: data, isReversed: true).curves.first)
    for position in forward.times.indices {
      let remaining = study.stops.count { $0 > forward.times[position] }
      expectClose(
        forward.survival[position] * reverse.survival[position],
        Double(remaining) / Double(study.count), within: 1e-14)
      #expect(reverse.events[position] == forward.censored[position])
      #expect(reverse.censored[position] == forward.events[position])
    }
  }

  @Test("a start time conditions on survival to it")
  func conditional() throws {
    let study = RandomStudy(seed: 15)
    let data = try study.data(late: false)
    let whole = try curve(data)
    for start in [3.0, 4.5] {
      let found = try #require(KaplanMeier.curves(of: data, startTime: start).curves.first)
      #expect(found.startTime == start)
      let before = try #require(whole.probability(at: start))
      #expect(found.times == whole.times.filter { $0 > start })
      for time in found.times {
        expectClose(
          found.probability(at: time), try #require(whole.probability(at: time)) / before,
          within: 1e-14)
      }
      #expect(found.probability(at: start) == 1)
      #expect(found.probability(at: start - 1) == nil)
      #expect(found.rowCount == study.stops.count { $0 > start })
      #expect(found.numbersAtRisk(at: [start + 0.25])[0].atRisk == Double(found.rowCount))
    }
    // With delayed entry, too, and whoever entered before the start enters at it.
    let late = try curve(study.data(late: true))
    let found = try #require(
      KaplanMeier.curves(of: study.data(late: true), startTime: 3).curves.first)
    for (position, time) in found.times.enumerated() {
      let same = try #require(late.times.firstIndex(of: time))
      #expect(found.atRisk[position] == late.atRisk[same])
    }
  }

  @Test("groups are fitted as if alone", arguments: [true, false])
  func groups(isLate: Bool) throws {
    let study = RandomStudy(seed: 16)
    for variance in [CurveVariance.greenwood, .robust] {
      let fitted = try KaplanMeier.curves(
        of: study.data(late: isLate), groupedBy: Grouping(study.arms), variance: variance)
      #expect(fitted.groups == ["a", "b", "c"])
      for (group, found) in fitted {
        let part = study.rows((0..<study.count).filter { study.arms[$0] == group })
        let alone = try curve(part.data(late: isLate), .kaplanMeier, variance)
        #expect(found.times == alone.times)
        #expect(found.atRisk == alone.atRisk)
        #expect(found.entered == alone.entered)
        #expect(found.survival == alone.survival)
        expectClose(found.logVariance, alone.logVariance, within: 1e-14)
        #expect(found.lateEntries == alone.lateEntries)
        #expect(found.startTime == alone.startTime)
        #expect(found.rowCount == alone.rowCount)
      }
    }
  }
}
