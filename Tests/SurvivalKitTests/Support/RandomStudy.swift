// SPDX-License-Identifier: Apache-2.0

import SurvivalKit

/// A random data set that has everything at once: ties, delayed entry, weights, strata, clusters.
struct RandomStudy {
  var starts: [Double] = []
  var stops: [Double] = []
  var events: [Bool] = []
  var weights: [Double] = []
  var counts: [Int] = []
  var strata: [Int] = []
  var clusters: [Int] = []
  var arms: [String] = []
  /// Three covariates: a number, a number that goes with it, and an indicator.
  var x: [[Double]] = [[], [], []]
  var offset: [Double] = []
  var count: Int { stops.count }

  /// Draws rows; tied times are whole numbers up to a dozen, so that entries fall on events too.
  init(seed: UInt64, rows: Int = 60, isTied: Bool = true) {
    var random = SplitMix(seed: seed)
    for _ in 0..<rows {
      let first = random.symmetric()
      let second = 0.5 * first + random.symmetric()
      let third = Double(random.below(2))
      let start: Double
      let stop: Double
      if isTied {
        start = Double(random.below(4))
        stop = start + 1 + Double(random.below(9))
      } else {
        start = 2 * (1 + random.symmetric())
        stop = start + 0.1 + 4 * (1 + random.symmetric())
      }
      starts.append(start)
      stops.append(stop)
      events.append(random.below(3) > 0)
      weights.append(0.2 + Double(random.below(20)) / 10)
      counts.append(random.below(4))
      strata.append(random.below(3))
      clusters.append(random.below(rows / 3))
      arms.append(["a", "b", "c"][random.below(3)])
      for (column, value) in [first, second, third].enumerated() { x[column].append(value) }
      offset.append(random.symmetric())
    }
  }

  var design: DesignMatrix { get throws { try Self.design(x) } }

  static func design(_ columns: [[Double]]) throws -> DesignMatrix {
    try DesignMatrix(columns.enumerated().map { (name: "x\($0.offset + 1)", values: $0.element) })
  }

  /// The follow-up of all rows, with or without the entry times.
  func data(
    late: Bool, weights: Weights? = nil, clusters: Grouping? = nil, subjects: Grouping? = nil
  ) throws -> SurvivalData {
    late
      ? try SurvivalData(
        starts: starts, stops: stops, events: events, weights: weights, clusters: clusters,
        subjects: subjects)
      : try SurvivalData(times: stops, events: events, weights: weights, clusters: clusters)
  }

  var frequency: Weights { get throws { .frequency(try FrequencyWeights(counts)) } }
  var probability: Weights { get throws { .probability(try ProbabilityWeights(weights)) } }

  /// Some rows, in the order given, a row as often as it is named.
  func rows(_ chosen: [Int]) -> RandomStudy {
    var result = self
    result.starts = chosen.map { starts[$0] }
    result.stops = chosen.map { stops[$0] }
    result.events = chosen.map { events[$0] }
    result.weights = chosen.map { weights[$0] }
    result.counts = chosen.map { counts[$0] }
    result.strata = chosen.map { strata[$0] }
    result.clusters = chosen.map { clusters[$0] }
    result.arms = chosen.map { arms[$0] }
    result.x = x.map { column in chosen.map { column[$0] } }
    result.offset = chosen.map { offset[$0] }
    return result
  }

  /// Every row as often as its count says.
  var replicated: RandomStudy {
    rows((0..<count).flatMap { [Int](repeating: $0, count: counts[$0]) })
  }

  /// The rows in a random order.
  func shuffled(seed: UInt64) -> RandomStudy {
    var random = SplitMix(seed: seed)
    return rows((0..<count).shuffled(using: &random))
  }
}
