// SPDX-License-Identifier: Apache-2.0

@testable import SurvivalKit

/// Random rows with everything at once: ties, delayed entry, weights, clusters, strata, groups,
/// covariates and an offset.
struct RandomRows {
  let entries, times: [Double]
  let events: [Bool]
  let weights, offset: [Double]
  let counts, clusters, strata, groups: [Int]
  let covariates: [[Double]]

  init(_ count: Int, last: Int, seed: UInt64) {
    var generator = SplitMix(seed: seed)
    func draw<Value>(_ value: (inout SplitMix) -> Value) -> [Value] {
      (0..<count).map { _ in value(&generator) }
    }
    let times = draw { Int.random(in: 1...last, using: &$0) }
    self.times = times.map(Double.init)
    entries = times.map { Double(max(0, $0 - Int.random(in: 1...last, using: &generator))) }
    events = draw { Double.random(in: 0..<1, using: &$0) < 0.65 }
    weights = draw { Double.random(in: 0.2..<3, using: &$0) }
    offset = draw { Double.random(in: -0.5..<0.5, using: &$0) }
    counts = draw { Int.random(in: 0...3, using: &$0) }
    clusters = draw { Int.random(in: 0..<(count / 3), using: &$0) }
    strata = draw { Int.random(in: 0..<3, using: &$0) }
    groups = draw { Int.random(in: 0..<3, using: &$0) }
    covariates = [
      draw { Double.random(in: -1.5..<1.5, using: &$0) },
      draw { Double(Int.random(in: 0..<3, using: &$0)) },
      draw { Double.random(in: 40..<60, using: &$0) },
    ]
  }

  /// Rows as the library reads them.
  func data(
    isLate: Bool, weights: Weights? = nil, clusters: Grouping? = nil
  ) throws -> SurvivalData {
    isLate
      ? try SurvivalData(
        starts: entries, stops: times, events: events, weights: weights, clusters: clusters)
      : try SurvivalData(times: times, events: events, weights: weights, clusters: clusters)
  }

  /// Whether a row is at risk at a time: the definition.
  func isAtRisk(_ row: Int, at time: Double, isLate: Bool) -> Bool {
    times[row] >= time && (!isLate || entries[row] < time)
  }
}
