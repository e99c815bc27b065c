// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

@Suite("Profile intervals of likelihoods without a maximum")
struct MonotoneProfileTests {
  private struct Study {
    var times: [Double] = []
    var events: [Bool] = []
    var x: [[Double]]

    init(seed: UInt64) {
      var random = SplitMix(seed: seed &* 7919 &+ 13)
      let rows = 8 + random.below(40)
      let columns = 2 + random.below(3)
      x = [[Double]](repeating: [], count: columns)
      for _ in 0..<rows {
        for j in 0..<columns { x[j].append(Double(random.below(j == 0 ? 2 : 3))) }
        times.append(Double(1 + random.below(12)))
        events.append(random.below(3) == 0)
      }
    }

    /// The highest log likelihood over some coefficients with one of them held, by a fit with an offset.
    func highest(
      of columns: [Int], holding column: Int, at value: Double
    ) throws -> Double {
      let rest = columns.filter { $0 != column }.map { x[$0] }
      return try CoxRegression.fit(
        SurvivalData(times: times, events: events),
        design: DesignMatrix(
          rest.enumerated().map { (name: "x\($0.offset)", values: $0.element) },
          rowCount: times.count),
        offset: x[column].map { $0 * value }
      ).logLikelihood
    }
  }

  @Test("finite limits are where the likelihood has fallen, infinite ones where it never does")
  func limits() throws {
    var (finite, infinite) = (0, 0)
    for seed in 0..<500 as Range<UInt64> {
      let study = Study(seed: seed)
      guard
        let fit = try? CoxRegression.fit(
          SurvivalData(times: study.times, events: study.events),
          design: RandomStudy.design(study.x)),
        !fit.hasConverged
      else { continue }
      let free = fit.coefficients.indices.filter { !fit.coefficients[$0].isAliased }
      for (column, coefficient) in fit.coefficients.enumerated() where !coefficient.isAliased {
        let interval = try fit.profileInterval(of: coefficient.name)
        for (limit, sign) in [(interval.lower, -1.0), (interval.upper, 1)] {
          if let limit {
            let fall =
              try 2 * (fit.logLikelihood - study.highest(of: free, holding: column, at: limit))
            // Fits without a maximum stop when one more step would gain 1e-8.
            #expect(abs(fall - 3.841458820694124) < 1e-6, "seed \(seed), \(interval): \(fall)")
            finite += 1
          } else {
            // As far beyond the other limit, and 0, as matters.
            let other = (sign > 0 ? interval.lower : interval.upper) ?? 0
            let beyond = sign * Swift.max(0, sign * other) + sign * 12
            let fall =
              try 2 * (fit.logLikelihood - study.highest(of: free, holding: column, at: beyond))
            #expect(fall < 3.841458820694124, "seed \(seed), \(interval): \(fall)")
            infinite += 1
          }
        }
      }
    }
    #expect(finite > 100 && infinite > 100, "\(finite), \(infinite)")
  }
}
