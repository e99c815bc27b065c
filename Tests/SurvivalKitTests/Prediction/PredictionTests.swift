// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// A record with everything that a prediction reads.
struct PathRecord: Sendable {
  var start: Double?
  var stop: Double
  var isEvent = false
  var x: Double? = 0
  var group: String? = "a"
  var stratum: String? = "one"
  var offset: Double? = 0
}

extension Endpoint<PathRecord> {
  static let event = Endpoint("event") { record in
    if let start = record.start {
      return try FollowUp(from: start, to: record.stop, isEvent: record.isEvent)
    }
    return try FollowUp(time: record.stop, isEvent: record.isEvent)
  }
}

@Suite("Prediction from a Cox model")
struct PredictionTests {
  private static func records(seed: UInt64 = 21) -> [PathRecord] {
    let study = RandomStudy(seed: seed, rows: 80)
    return (0..<study.count).map { row in
      PathRecord(
        start: study.starts[row], stop: study.stops[row], isEvent: study.events[row],
        x: study.x[0][row], group: study.arms[row],
        stratum: ["one", "two", "three"][study.strata[row]], offset: study.offset[row])
    }
  }

  private static func fit(ties: TieMethod = .efron) throws -> CoxFit<PathRecord> {
    try CoxModel(
      endpoint: .event,
      covariates: [.numeric("x", \PathRecord.x), .factor("group", \.group)],
      strata: [.by("stratum", \.stratum)], offset: \.offset, ties: ties
    ).fitted(to: records())
  }

  @Test(
    "expected events sum to the events, stratum by stratum, with every kind of weight",
    arguments: TieMethod.allCases)
  func sums(_ ties: TieMethod) throws {
    let study = RandomStudy(seed: 22)
    for weights in [nil, try study.frequency, try study.probability] {
      if ties.isExact, weights?.kind == .probability { continue }
      for late in [false, true] {
        let data = try study.data(late: late, weights: weights)
        let fit = try CoxRegression.fit(
          data, design: study.design, strata: Grouping(study.strata), offset: study.offset,
          ties: ties)
        let expected = try fit.expectedEvents()
        for stratum in 0..<3 {
          var (found, events) = (0.0, 0.0)
          for row in 0..<study.count where study.strata[row] == stratum {
            let weight = weights?.values[row] ?? 1
            #expect((expected[row] == nil) == (weight == 0))
            found += weight * (expected[row]?.estimate ?? 0)
            events += study.events[row] ? weight : 0
          }
          expectClose(found, events, within: 1e-11, "\(ties) \(late) \(stratum)")
        }
      }
    }
  }

  @Test("a fitted row that is not one of tied deaths is expected what it would be as a new record")
  func fittedAndNew() throws {
    for ties in [TieMethod.breslow, .efron] {
      let fit = try Self.fit(ties: ties)
      let baselines = fit.regression.baselineHazards()
      let own = try fit.expectedEvents()
      for (index, record) in Self.records().enumerated() {
        let new = try #require(try fit.expectedEvents(for: record, baselines: baselines))
        let fitted = try #require(own[index])
        expectClose(fitted.standardError, new.standardError)
        expectClose(new.survivalProbability, Double.exp(-new.estimate))
        if ties == .breslow || !record.isEvent {
          expectClose(fitted.estimate, new.estimate)
        } else {
          #expect(fitted.estimate <= new.estimate + 1e-12)
        }
      }
    }
  }

  @Test(
    "follow-up cut in two is expected the sum; a path of equal covariates is the record's curve")
  func cutting() throws {
    let fit = try Self.fit()
    let baselines = fit.regression.baselineHazards()
    var record = PathRecord(start: 1, stop: 9, x: 0.4, group: "b", stratum: "two", offset: 0.2)
    let curve = try fit.survivalCurve(for: record, baselines: baselines)
    let whole = try #require(try fit.expectedEvents(for: record, baselines: baselines))
    var parts = [record, record, record]
    (parts[0].stop, parts[1].start, parts[1].stop, parts[2].start) = (3, 3, 4.5, 4.5)
    let estimates = try parts.map { part in
      try #require(try fit.expectedEvents(for: part, baselines: baselines)).estimate
    }
    expectClose(estimates.reduce(0, +), whole.estimate)
    let path = try fit.survivalCurve(along: parts.reversed(), baselines: baselines)
    #expect(path.start == 1 && path.probability(at: 1) == 1)
    #expect(path.cumulativeHazardStandardError(at: 1) == 0)
    for time in [1.5, 3, 4, 4.5, 6, 9] {
      expectClose(path.probability(at: time), try #require(curve.probability(at: time, given: 1)))
      let own = try #require(path.interval(at: time))
      let other = try #require(curve.interval(at: time, given: 1))
      expectClose(own.lower, other.lower)
      expectClose(own.upper, other.upper)
    }
    expectClose(path.cumulativeHazardStandardError(at: 9), whole.standardError)
    record.start = nil
    expectClose(
      try fit.expectedEvents(for: record, baselines: baselines)?.estimate,
      try #require(curve.cumulativeHazard(at: 9)))
  }

  @Test("conditional survival is a ratio of probabilities, also where these underflow")
  func conditional() throws {
    let fit = try Self.fit()
    var record = PathRecord(start: nil, stop: 9, x: 1, group: "a", stratum: "one")
    let curve = try fit.survivalCurve(for: record)
    expectClose(
      curve.probability(at: 8, given: 4),
      try #require(curve.probability(at: 8)) / #require(curve.probability(at: 4)))
    #expect(curve.probability(at: 4, given: 4) == 1)
    #expect(curve.probability(at: 3, given: 4) == nil)
    #expect(curve.interval(at: 3, given: 4) == nil)
    #expect(curve.probability(at: 8, given: .nan) == nil && curve.probability(at: .nan) == nil)
    record.offset = 5000
    let steep = try fit.survivalCurve(for: record)
    #expect(steep.probability(at: 8) == 0 && steep.probability(at: 8, given: 4) == 0)
    #expect(steep.cumulativeHazard(at: 8) == .infinity)
    #expect(steep.interval(at: 8) == nil)
    expectError(.overflow) { try fit.expectedEvents(for: record) }
    record.offset = -5000
    let flat = try fit.survivalCurve(for: record)
    #expect(flat.probability(at: 8) == 1 && flat.cumulativeHazard(at: 8) == 0)
    #expect(flat.interval(at: 8)?.lower == 1)
  }

  @Test("each stratum has its curve; survival is exp(−Λ₀ · risk)")
  func strata() throws {
    let fit = try Self.fit()
    let baselines = fit.regression.baselineHazards()
    var record = PathRecord(start: nil, stop: 9, x: -0.3, group: "c", stratum: nil)
    expectError(.invalidData) { try fit.survivalCurve(for: record) }
    let curves = try fit.survivalCurves(for: record, baselines: baselines)
    #expect(curves.map(\.baseline.stratum) == ["stratum=one", "stratum=three", "stratum=two"])
    let centre = try #require(fit.regression.likelihood.centers.first)
    let x = try #require(fit[coefficient: "x"]?.estimate)
    for (curve, baseline) in zip(curves, baselines) {
      record.stratum = String(baseline.stratum.dropFirst("stratum=".count))
      let own = try fit.survivalCurve(for: record, baselines: baselines)
      #expect(own.probability(at: 7) == curve.probability(at: 7))
      // Columns: x, group[b], group[c]; the hazard refers to their means.
      let groups = zip(
        ["group[b]", "group[c]"], zip([0.0, 1.0], fit.regression.likelihood.centers.dropFirst())
      ).reduce(0) { sum, next in
        sum + (next.1.0 - next.1.1) * (fit[coefficient: next.0]?.estimate ?? 0)
      }
      let risk = Double.exp((-0.3 - centre) * x + groups)
      for (time, hazard) in zip(baseline.times, baseline.cumulativeHazards) {
        expectClose(curve.probability(at: time), Double.exp(-risk * hazard))
      }
    }
  }

  @Test("a walk through 100 000 curves shares one baseline and one covariance")
  func lazily() throws {
    let fit = try Self.fit()
    let baselines = fit.regression.baselineHazards()
    func address<Element>(_ values: [Element]) -> Int {
      values.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
    }
    var record = PathRecord(start: nil, stop: 9, x: 0, group: "b", stratum: "one")
    var total = 0.0
    let shared = address(baselines[0].times)
    for index in 0..<100_000 {
      record.x = Double(index) * 1e-5
      let curve = try fit.survivalCurve(for: record, baselines: baselines)
      // No array of a curve but those of the baseline grows with the number of times.
      if index % 1000 == 0 {
        #expect(address(curve.times) == shared && address(curve.baseline.times) == shared)
        #expect(curve.segments[0].distances.count == 3)
        for step in curve.steps {
          expectClose(step.cumulativeHazard, try #require(curve.cumulativeHazard(at: step.time)))
          total += step.probability
        }
      }
    }
    #expect(total > 0 && total < 100 * Double(baselines[0].times.count))
    var steps = try fit.survivalCurve(for: record, baselines: baselines).steps
    var times = [Double]()
    while let step = steps.next() { times.append(step.time) }
    #expect(times == baselines[0].times)
  }

  @Test("the steps of a path are its times, with the hazard there")
  func steps() throws {
    let fit = try Self.fit()
    let path = [
      PathRecord(start: 2, stop: 4, x: 1, stratum: "one"),
      PathRecord(start: 4, stop: 5, x: -1, stratum: "two"),
      PathRecord(start: 5, stop: 8, x: 0.5, stratum: "one"),
    ]
    let curve = try fit.survivalCurve(along: path, allowsStratumChange: true)
    let steps = Array(curve.steps)
    #expect(steps.map(\.time) == curve.times && !steps.isEmpty)
    #expect(curve.times.allSatisfy { $0 > 2 && $0 <= 8 })
    for step in steps {
      expectClose(step.cumulativeHazard, try #require(curve.cumulativeHazard(at: step.time)))
    }
  }

  @Test("bad use of a prediction is refused, or nil, and says why")
  func badUse() throws {
    let fit = try Self.fit()
    let good = PathRecord(start: 0, stop: 8, x: 0, group: "a", stratum: "one")
    func changed(_ change: (inout PathRecord) -> Void) -> PathRecord {
      var copy = good
      change(&copy)
      return copy
    }
    #expect(try fit.expectedEvents(for: good) != nil)
    let unknown = changed { $0.group = "z" }
    let missing = changed { $0.x = nil }
    let stratum = changed { $0.stratum = "four" }
    let offset = changed { $0.offset = nil }
    for (record, code) in [
      (unknown, SurvivalError.Code.unknownLevel), (missing, .invalidData),
      (stratum, .unknownLevel), (offset, .invalidData),
      (changed { $0.x = .infinity }, .invalidData),
      (changed { $0.offset = .infinity }, .invalidData),
      (
        changed {
          $0.x = 1e308; $0.offset = 1e308
        }, .overflow
      ),
    ] {
      expectError(code) { try fit.survivalCurve(for: record) }
      expectError(code) { try fit.expectedEvents(for: record) }
      let found = expectError(code) { try fit.survivalCurve(along: [record]) }
      #expect(found?.message.contains("interval 1") == true || code == .overflow)
    }
    let empty = changed { $0.stop = 0 }
    let found = expectError(.invalidData) { try fit.expectedEvents(for: empty) }
    #expect(found?.problems.first?.column == "entry")
    // Beyond follow-up nothing is said.
    let last = try #require(fit.regression.baselineHazards().first?.lastTime)
    let beyond = changed { $0.stop = last + 1 }
    #expect(try fit.expectedEvents(for: beyond) == nil)
    let curve = try fit.survivalCurve(for: good)
    #expect(curve.probability(at: last) != nil && curve.probability(at: last + 1) == nil)
    #expect(curve.cumulativeHazardStandardError(at: last + 1) == nil)
    #expect(curve.interval(at: last + 1) == nil)
    #expect(try curve.expectedEvents(from: 3, to: 2) == nil)
    let path = try fit.survivalCurve(along: [good])
    #expect(path.probability(at: -1) == nil && path.probability(at: 8.5) == nil)
    // A path may leave a stratum for another whose follow-up has ended: it is known until there.
    let ends = fit.regression.baselineHazards().map(\.lastTime)
    let longest = try #require(ends.max())
    let hazards = fit.regression.baselineHazards()
    let long = try #require(hazards.first { $0.lastTime == longest })
    let short = try #require(hazards.first { $0.lastTime < longest })
    let leaving = try fit.regression.survivalCurve(
      along: [
        CovariateInterval(from: 0, to: longest, covariates: [0, 0, 0], baseline: long),
        CovariateInterval(
          from: longest, to: longest + 1, covariates: [0, 0, 0], baseline: short),
      ], allowsStratumChange: true)
    #expect(leaving.probability(at: longest) != nil)
    #expect(leaving.probability(at: longest.nextUp) == nil)
  }

  @Test("a path with a gap, an overlap or a change of stratum is refused by its records")
  func badPaths() throws {
    let fit = try Self.fit()
    let first = PathRecord(start: 0, stop: 3, stratum: "one")
    let second = PathRecord(start: 3, stop: 6, stratum: "one")
    func path(_ change: (inout [PathRecord]) -> Void) -> [PathRecord] {
      var copy = [second, first]
      change(&copy)
      return copy
    }
    #expect(try fit.survivalCurve(along: path { _ in }).times.allSatisfy { $0 <= 6 })
    expectError(.noRows) { try fit.survivalCurve(along: []) }
    for start in [2.5, 3.5] {
      let found = expectError(.invalidData) {
        try fit.survivalCurve(along: path { $0[0].start = start })
      }
      #expect(found?.problems.map(\.index) == [0])
      #expect(found?.problems.first?.found == "\(start)")
    }
    // Two records without an entry begin together.
    expectError(.invalidData) {
      try fit.survivalCurve(
        along: path {
          $0[0].start = nil; $0[1].start = nil
        })
    }
    // Rounding is no gap.
    let near = try fit.survivalCurve(
      along: path {
        $0[0].start = 3.nextUp; $0[1].stop = 3
      })
    #expect(near.probability(at: 3) != nil && near.segments[1].start == 3)
    let changed = path { $0[0].stratum = "two" }
    let found = expectError(.invalidArgument) { try fit.survivalCurve(along: changed) }
    #expect(found?.problems.first?.index == 0 && found?.problems.first?.column == "stratum")
    let curve = try fit.survivalCurve(along: changed, allowsStratumChange: true)
    #expect(curve.segments.map(\.baseline.stratum) == ["stratum=one", "stratum=two"])
  }

  @Test("columns: wrong counts and a baseline of another model are refused")
  func columns() throws {
    let fit = try Self.fit().regression
    let baseline = try #require(fit.baselineHazards().first)
    expectError(.invalidArgument) { try fit.survivalCurve(for: [1], baseline: baseline) }
    expectError(.overflow) {
      try fit.survivalCurve(for: [.infinity, 0, 0], baseline: baseline)
    }
    let study = RandomStudy(seed: 23)
    let other = try CoxRegression.fit(
      study.data(late: false), design: RandomStudy.design([study.x[0]]))
    expectError(.invalidArgument) {
      try fit.survivalCurve(for: [0, 0, 0], baseline: other.baselineHazards()[0])
    }
    let none = CovariateInterval(from: 2, to: 2, covariates: [0, 0, 0], baseline: baseline)
    expectError(.invalidData) { try fit.survivalCurve(along: [none]) }
  }

  @Test("a cluster that crosses strata is one cluster, in the fit and in what is predicted")
  func clusters() throws {
    let study = RandomStudy(seed: 24)
    let strata = Grouping(study.strata)
    let crossing = Grouping(study.clusters)
    #expect(
      (0..<crossing.levels.count).contains { cluster in
        Set((0..<study.count).filter { crossing.codes[$0] == cluster }.map { study.strata[$0] })
          .count > 1
      })
    let fit = try CoxRegression.fit(
      study.data(late: false, clusters: crossing), design: study.design, strata: strata)
    // dfbeta added up over the cluster, wherever its rows are.
    let sums = try fit.residuals(.dfbeta, collapsedBy: crossing)
    for i in 0..<3 {
      for j in 0..<3 {
        expectClose(fit.covariance[i][j], sums.reduce(0) { $0 + $1[i] * $1[j] })
      }
    }
  }
}
