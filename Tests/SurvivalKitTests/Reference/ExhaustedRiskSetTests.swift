// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

/// A time at which everybody at risk has the event, with weights whose sums round.
@Suite("Exhausted risk sets")
struct ExhaustedRiskSetTests {
  @Test("the curve is exactly 0 once everybody at risk has died", arguments: 0..<200)
  func isZero(_ seed: Int) throws {
    var generator = SplitMix(seed: UInt64(seed))
    let weights = (0..<12).map { _ in Double(Int.random(in: 1...300, using: &generator)) / 100 }
    let isLate = seed % 2 == 0
    // Four end at time 1 and six at time 2; with late entry, two more enter then and end at 3.
    let starts = [Double](repeating: 0, count: 10) + [2, 2]
    let stops = [1.0, 1, 1, 1, 2, 2, 2, 2, 2, 2] + [3, 3]
    for isReversed in [false, true] {
      let events = stops.map { _ in !isReversed }
      let data =
        isLate
        ? try SurvivalData(
          starts: starts, stops: stops, events: events,
          weights: .probability(ProbabilityWeights(weights)))
        : try SurvivalData(
          times: stops, events: events, weights: .probability(ProbabilityWeights(weights)))
      for variance in [CurveVariance.greenwood, .robust] {
        let curve = try #require(
          KaplanMeier.curves(of: data, variance: variance, isReversed: isReversed).curves.first)
        let exhausted = isLate ? 1 : 2
        #expect(curve.survival[exhausted] == 0)
        #expect(curve.standardErrors[exhausted] == (variance == .robust ? 0 : nil))
        #expect(curve.survival.last == 0)
      }
    }
  }
}
