// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

@Suite("Edges of survival curves")
struct CurveEdgeTests {
  private func curve(
    _ times: [Double], _ events: [Bool], isReversed: Bool = false, startTime: Double? = nil
  ) throws -> SurvivalCurve {
    try #require(
      KaplanMeier.curves(
        of: SurvivalData(times: times, events: events), isReversed: isReversed,
        startTime: startTime
      ).curves.first)
  }

  private func late(
    _ starts: [Double], _ stops: [Double], _ events: [Bool],
    _ estimator: CurveEstimator = .kaplanMeier
  ) throws -> SurvivalCurve {
    try #require(
      KaplanMeier.curves(
        of: SurvivalData(starts: starts, stops: stops, events: events), estimator: estimator
      ).curves.first)
  }

  @Test(
    "a standard error of 0 gives the probability as both limits", arguments: CurveInterval.allCases)
  func noError(_ interval: CurveInterval) throws {
    let found = try curve([1, 2, 3], [false, true, false])
    let limits = try #require(found.interval(at: 1, interval))
    #expect(limits.lower == 1 && limits.upper == 1)
    let before = try #require(found.interval(at: 0.5, interval))
    #expect(before.lower == 1 && before.upper == 1)
    #expect(found.standardError(at: 1) == 0)
  }

  @Test("a probability of 0 has neither error nor limits", arguments: CurveInterval.allCases)
  func extinct(_ interval: CurveInterval) throws {
    let found = try curve([1, 2, 3], [true, true, true])
    #expect(found.survival.last == 0)
    #expect(found.standardError(at: 3) == nil)
    #expect(found.interval(at: 3, interval) == nil)
    #expect(found.intervals(interval).count == 3)
    #expect(found.intervals(interval).last == .some(nil))
    // The curve is known for ever after.
    #expect(found.probability(at: 1e9) == 0)
  }

  @Test("the limits are those of the formulas")
  func formulas() throws {
    let found = try curve([1, 2, 3, 4, 5], [true, false, true, false, true])
    let p = 4.0 / 5 * 2 / 3
    let error = (1.0 / 20 + 1.0 / 6).squareRoot()
    let z = NormalDistribution.quantile(0.975)
    expectClose(found.probability(at: 3), p, within: 1e-15)
    expectClose(found.standardError(at: 3), p * error, within: 1e-15)
    func limits(_ interval: CurveInterval) throws -> ConfidenceInterval {
      try #require(found.interval(at: 3, interval))
    }
    let log = try limits(.log)
    expectClose(log.lower, .exp(.log(p) - z * error), within: 1e-14)
    #expect(log.upper == 1)
    let plain = try limits(.plain)
    expectClose(plain.lower, p - z * p * error, within: 1e-14)
    #expect(plain.upper == 1)
    let logLog = try limits(.logLog)
    let (center, halfWidth) = (Double.log(-Double.log(p)), z * error / Double.log(p))
    expectClose(logLog.lower, .exp(-.exp(center - halfWidth)), within: 1e-14)
    expectClose(logLog.upper, .exp(-.exp(center + halfWidth)), within: 1e-14)
    let logit = try limits(.logit)
    let (odds, width) = (Double.log(p / (1 - p)), z * error / (1 - p))
    expectClose(logit.lower, 1 / (1 + .exp(width - odds)), within: 1e-14)
    expectClose(logit.upper, 1 / (1 + .exp(-width - odds)), within: 1e-14)
    let arcsine = try limits(.arcsine)
    let (angle, half) = (
      Double.asin(p.squareRoot()), 0.5 * z * error * (p / (1 - p)).squareRoot()
    )
    expectClose(arcsine.lower, Double.pow(.sin(max(0, angle - half)), 2), within: 1e-14)
    expectClose(
      arcsine.upper, Double.pow(.sin(min(Double.pi / 2, angle + half)), 2), within: 1e-14)
    for interval in CurveInterval.allCases {
      let (narrow, wide) = (
        try #require(found.interval(at: 3, level: 0.5, interval)),
        try #require(found.interval(at: 3, level: 0.99, interval))
      )
      #expect(wide.lower <= narrow.lower && narrow.lower < p)
      #expect(p < narrow.upper && narrow.upper <= wide.upper)
      #expect(wide.lower >= 0 && wide.upper <= 1)
    }
  }

  @Test("limits stay within 0 and 1 however large the error", arguments: CurveInterval.allCases)
  func hugeError(_ interval: CurveInterval) {
    for p in [1e-300, 1e-12, 0.5, 1 - 1e-12] {
      for error in [1e-12, 1, 1e3, 1e300] {
        guard let limits = interval.limits(probability: p, logStandardError: error, z: 1.96) else {
          Issue.record("no limits for \(p), \(error)")
          continue
        }
        #expect(limits.lower >= 0 && limits.lower <= p * (1 + 1e-9), "\(p), \(error)")
        #expect(limits.upper <= 1 && limits.upper >= p * (1 - 1e-9), "\(p), \(error)")
      }
    }
  }

  @Test("deaths precede censorings at a time, forwards and in reverse")
  func reverseOrder() throws {
    let (times, events) = ([1.0, 1, 2, 3], [true, false, false, true])
    let forward = try curve(times, events)
    #expect(forward.survival == [0.75, 0.75, 0])
    #expect(forward.atRisk == [4, 2, 1])
    let reverse = try curve(times, events, isReversed: true)
    // At 1 the death is gone before the censoring: 3 are left to be censored.
    #expect(reverse.atRisk == [3, 2, 0])
    expectClose(reverse.survival, [2.0 / 3, 1.0 / 3, 1.0 / 3], within: 1e-15)
    #expect(reverse.events == [1, 1, 0])
    #expect(reverse.isReversed)
  }

  @Test("a risk set that empties early leaves the curve at 0", arguments: CurveEstimator.allCases)
  func emptiesEarly(_ estimator: CurveEstimator) throws {
    let found = try late(
      [0, 2, 2, 2.5], [1, 3, 4, 5], [true, true, false, true], estimator)
    #expect(found.atRisk == [1, 3, 2, 1])
    #expect(found.cumulativeHazard.allSatisfy { $0.isFinite })
    #expect(found.hazardVariance.allSatisfy { $0.isFinite })
    if estimator == .kaplanMeier {
      #expect(found.survival == [0, 0, 0, 0])
      #expect(found.median().estimate == 1)
      #expect(found.standardErrors == [nil, nil, nil, nil])
      #expect(found.restrictedMean(upTo: 4)?.estimate == 1)
      #expect(found.restrictedMean(upTo: 4)?.standardError == 0)
    } else {
      expectClose(found.cumulativeHazard, [1, 4.0 / 3, 4.0 / 3, 7.0 / 3], within: 1e-15)
    }
  }

  @Test("nobody at risk is exactly 0, whatever the weights")
  func emptiesExactly() throws {
    let weights = [0.1, 0.2, 0.7, 1e8, 1e-8, 0.3]
    let data = try SurvivalData(
      starts: [0, 0, 0, 5, 5, 5], stops: [1, 2, 3, 6, 7, 8],
      events: [false, true, false, false, true, true],
      weights: .probability(ProbabilityWeights(weights)))
    let found = try #require(KaplanMeier.curves(of: data, estimator: .nelsonAalen).curves.first)
    expectClose(found.atRisk[1], 0.9, within: 1e-15)
    expectClose(found.atRisk[3], 1e8 + 0.3 + 1e-8, within: 1e-15)
    expectClose(found.atRisk[4], 0.3 + 1e-8, within: 1e-15)
    #expect(found.atRisk[5] == 0.3)
    let table = found.numbersAtRisk(at: [4, 5, 5.5])
    #expect(table[0].atRisk == 0)
  }

  @Test("weights 1e-8 and 1e8 together keep their digits", arguments: [true, false])
  func extremeWeights(isLate: Bool) throws {
    let weights: [Double] = [1e8, 1e-8, 3, 1e8, 2e-8, 5e-8]
    let stops: [Double] = [1, 2, 3, 4, 5, 6]
    let events = [true, true, true, true, true, false]
    let values = Weights.probability(try ProbabilityWeights(weights))
    let data =
      isLate
      ? try SurvivalData(
        starts: [0, 0, 0.5, 0, 1.5, 0], stops: stops, events: events, weights: values)
      : try SurvivalData(times: stops, events: events, weights: values)
    let found = try #require(KaplanMeier.curves(of: data, variance: .greenwood).curves.first)
    // Exact fractions of the binary weights (Python's Fraction), rounded once.
    let survival =
      isLate
      ? [
        0.5000000075000001, 0.5000000075, 0.4999999925000002, 3.499999947499999e-16,
        2.499999962499999e-16, 2.499999962499999e-16,
      ]
      : [
        0.5000000075000001, 0.5000000075000001, 0.49999999250000027, 3.4999999474999994e-16,
        2.499999962499999e-16, 2.499999962499999e-16,
      ]
    let greenwood =
      isLate
      ? [
        4.999999775000004e-09, 4.9999997750000046e-09, 5.0000000749999956e-09, 14285714.285714282,
        19999999.999999996, 19999999.999999996,
      ]
      : [
        4.999999775000002e-09, 4.999999775000003e-09, 5.000000074999994e-09, 14285714.285714282,
        19999999.999999996, 19999999.999999996,
      ]
    for position in 0..<6 {
      expectClose(found.survival[position] / survival[position], 1, within: 1e-14)
      expectClose(found.logVariance[position] / greenwood[position], 1, within: 1e-14)
    }
    expectClose(found.cumulativeHazard[5], 1.7857143082142841, within: 1e-15)
  }

  @Test("entering at exactly the time of an event is not being at risk for it")
  func entryAtEvent() throws {
    let found = try late([0, 0, 2], [2, 4, 5], [true, true, false])
    #expect(found.atRisk == [2, 2, 1])
    #expect(found.survival[0] == 0.5)
    #expect(found.entered == [2, 1, 0])
    #expect(found.numbersAtRisk(at: [2]).first?.atRisk == 2)
    #expect(found.numbersAtRisk(at: [2.1]).first?.atRisk == 2)
  }

  @Test("the median of the CAMIS example is the middle of the flat, or none")
  func flatMedian() throws {
    let times: [Double] = [54, 75, 77, 84, 87, 92, 103, 105, 112, 118]
    let found = try curve(times, times.map { $0 < 90 })
    #expect(found.probability(at: 118) == 0.5)
    #expect(found.probability(at: 120) == nil)
    #expect(found.median(rule: .midpoint).estimate == 102.5)
    #expect(found.median(rule: .next).estimate == nil)
    #expect(found.median(rule: .first).estimate == 87)
  }

  @Test("quantiles at the ends and on flats")
  func quantiles() throws {
    let found = try curve([1, 2, 3, 4], [true, true, true, true])
    #expect(found.quantile(0).estimate == 0)
    #expect(found.quantile(0.25).estimate == 1.5)
    #expect(found.quantile(0.25, rule: .first).estimate == 1)
    #expect(found.quantile(0.25, rule: .next).estimate == 2)
    #expect(found.quantile(0.3).estimate == 2)
    #expect(found.quantile(0.3, rule: .next).estimate == 2)
    #expect(found.quantile(1).estimate == 4)
    #expect(found.quantile(-0.1).estimate == nil)
    #expect(found.quantile(1.1).estimate == nil)
    #expect(found.quantile(.nan).estimate == nil)
    let censored = try curve([1, 2, 3, 4], [true, false, false, false])
    #expect(censored.quantile(0.5).estimate == nil)
    #expect(censored.median().upper == nil)
    // The limits are the same quantile of the confidence curves.
    let many = try curve((1...40).map(Double.init), (1...40).map { $0 % 4 != 0 })
    let median = many.median(.logLog)
    let curves = many.intervals(.logLog)
    let lower = curves.firstIndex { ($0?.lower ?? 1) <= 0.5 }
    #expect(median.lower == lower.map { many.times[$0] })
    let upper = curves.firstIndex { ($0?.upper ?? 1) <= 0.5 }
    #expect(median.upper == upper.map { many.times[$0] })
  }

  @Test("restricted means end where they may")
  func restrictedMeans() throws {
    let found = try curve([1, 2, 4], [true, false, true])
    // 1 to 1, 2/3 to 4.
    #expect(found.restrictedMean()?.upTo == 4)
    expectClose(found.restrictedMean()?.estimate, 1 + 3 * 2.0 / 3, within: 1e-15)
    // The curve is 0 after 4, so a later limit adds nothing.
    expectClose(found.restrictedMean(upTo: 10)?.estimate, 3, within: 1e-15)
    expectClose(found.restrictedMean(upTo: 0.5)?.estimate, 0.5, within: 1e-15)
    #expect(found.restrictedMean(upTo: 0.5)?.standardError == 0)
    #expect(found.restrictedMean(upTo: 0)?.estimate == 0)
    #expect(found.restrictedMean(upTo: -1) == nil)
    #expect(found.restrictedMean(upTo: .nan) == nil)
    #expect(found.restrictedMean(upTo: .infinity) == nil)
    let open = try curve([1, 2, 4], [true, false, false])
    expectClose(open.restrictedMean(upTo: 4)?.estimate, 3, within: 1e-15)
    #expect(open.restrictedMean(upTo: 4.5) == nil)
    let curves = try KaplanMeier.curves(
      of: SurvivalData(times: [1, 2, 4, 3, 5], events: [true, false, false, true, false]),
      groupedBy: Grouping(["a", "a", "a", "b", "b"]))
    #expect(curves.restrictedMeans().map { $0?.upTo } == [4, 4])
    #expect(curves.restrictedMeans(.lastOfEach).map { $0?.upTo } == [4, 5])
    #expect(curves.restrictedMeans(.at(4.5)).map { $0?.upTo } == [nil, 4.5])
  }

  @Test("at risk, events and censorings sum to everybody")
  func riskTable() throws {
    let study = RandomStudy(seed: 71)
    let found = try #require(KaplanMeier.curves(of: study.data(late: false)).curves.first)
    let times = [0, 0.5, 2, 3, 4.5, 8, 11, 12, 50.0]
    var gone = 0.0
    for row in found.numbersAtRisk(at: times.reversed()) {
      let before = study.stops.count { $0 < row.time }
      #expect(row.atRisk == Double(study.count - before))
      gone += row.events + row.censored
      #expect(gone == Double(study.stops.count { $0 <= row.time }))
      if !study.stops.contains(row.time) { #expect(row.atRisk + gone == Double(study.count)) }
    }
    #expect(found.numbersAtRisk(at: times).map(\.time) == times)
    #expect(found.numbersAtRisk(at: []).isEmpty)
  }

  @Test("with delayed entry the table counts who is under observation", arguments: [0, 1, 2])
  func lateRiskTable(seed: UInt64) throws {
    let study = RandomStudy(seed: 72 + seed)
    let found = try #require(KaplanMeier.curves(of: study.data(late: true)).curves.first)
    // Who entered by time 0, where the curve begins, is there from the beginning.
    var previous = Double.leastNonzeroMagnitude
    for row in found.numbersAtRisk(at: [0, 0.5, 1, 1.5, 2, 3, 4.5, 8, 11, 50]) {
      let atRisk = (0..<study.count).count {
        (study.starts[$0] < row.time || study.starts[$0] <= 0) && study.stops[$0] >= row.time
      }
      #expect(row.atRisk == Double(atRisk), "at \(row.time)")
      #expect(row.entered == Double(study.starts.count { $0 >= previous && $0 < row.time }))
      previous = max(row.time, .leastNonzeroMagnitude)
    }
  }

  @Test("one subject, no events, all tied, time 0, an open end")
  func small() throws {
    let one = try curve([5], [true])
    #expect(one.survival == [0] && one.median().estimate == 5)
    let none = try curve([1, 2], [false, false])
    #expect(none.survival == [1, 1] && none.cumulativeHazard == [0, 0])
    #expect(none.median().estimate == nil && none.eventCount == 0)
    let tied = try curve([3, 3, 3, 3], [true, true, false, true])
    #expect(tied.survival == [0.25] && tied.atRisk == [4])
    let zero = try curve([0, 1], [true, true])
    #expect(zero.probability(at: 0) == 0.5 && zero.startTime == 0)
    let open = try curve([1, .infinity], [true, false])
    #expect(open.times == [1] && open.atRisk == [2] && open.survival == [0.5])
    #expect(open.rowCount == 2)
    let allOpen = try curve([.infinity], [false])
    #expect(allOpen.times.isEmpty && allOpen.probability(at: 1) == nil)
    #expect(allOpen.median().estimate == nil && allOpen.restrictedMean() == nil)
    let negative = try late([-5, -4], [-1, 2], [true, false])
    #expect(negative.startTime == -5 && negative.probability(at: -2) == 1)
    #expect(negative.probability(at: -6) == nil)
    expectClose(negative.restrictedMean()?.estimate, 4 + 3 * 0.5, within: 1e-15)
  }

  @Test("an empty group has an empty curve")
  func emptyGroup() throws {
    let data = try SurvivalData(
      times: [1, 2, 3], events: [true, true, false],
      weights: .frequency(FrequencyWeights([1, 0, 2])))
    let curves = try KaplanMeier.curves(of: data, groupedBy: Grouping(["a", "b", "a"]))
    let empty = try #require(curves["b"])
    #expect(empty.times.isEmpty && empty.rowCount == 0 && empty.lastTime == nil)
    #expect(empty.probability(at: 1) == nil && empty.median().estimate == nil)
    #expect(empty.restrictedMean() == nil)
    #expect(empty.numbersAtRisk(at: [1]).map(\.atRisk) == [0])
    #expect(curves["missing"] == nil)
  }

  @Test("what cannot be asked is an error")
  func errors() throws {
    let data = try SurvivalData(times: [1, 2], events: [true, false])
    expectError(.noRows) { try KaplanMeier.curves(of: SurvivalData(times: [], events: [])) }
    expectError(.mismatchedLengths) { try KaplanMeier.curves(of: data, groupedBy: Grouping(["a"])) }
    expectError(.invalidArgument) {
      try KaplanMeier.curves(of: data, estimator: .nelsonAalen, variance: .greenwood)
    }
    expectError(.noRows) { try KaplanMeier.curves(of: data, startTime: 2) }
    let absent = try SurvivalData(
      times: [1], events: [true], weights: .frequency(FrequencyWeights([0])))
    expectError(.noRows) { try KaplanMeier.curves(of: absent) }
  }
}
