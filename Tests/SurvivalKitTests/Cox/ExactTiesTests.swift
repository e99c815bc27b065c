// SPDX-License-Identifier: Apache-2.0

import RealModule
import SurvivalLinearAlgebra
import Testing

@testable import SurvivalKit

@Suite("Exact rules for ties, large and with entries")
struct ExactTiesTests {
  /// log Σ over k of C(a, k) C(b, d − k) exp(kβ), its mean and variance of k: the likelihood of one
  /// time at which d of a + b die, for a covariate that is 1 for a of them and 0 for b.
  private static func hypergeometric(
    _ a: Int, _ b: Int, drawing d: Int, _ beta: Double
  ) -> (log: Double, mean: Double, variance: Double) {
    func logChoose(_ n: Int, _ k: Int) -> Double {
      Double.logGamma(Double(n + 1)) - Double.logGamma(Double(k + 1))
        - Double.logGamma(Double(n - k + 1))
    }
    let range = max(0, d - b)...min(a, d)
    let terms = range.map { logChoose(a, $0) + logChoose(b, d - $0) + Double($0) * beta }
    let largest = terms.max() ?? 0
    let shares = terms.map { Double.exp($0 - largest) }
    let total = shares.reduce(0, +)
    let mean = zip(shares, range).reduce(0) { $0 + $1.0 * Double($1.1) } / total
    let variance = zip(shares, range).reduce(0) {
      $0 + $1.0 * (Double($1.1) - mean) * (Double($1.1) - mean)
    }
    return (largest + Double.log(total), mean, variance / total)
  }

  @Test("500 tied events among 2 000 are a hypergeometric distribution", arguments: [0, 0.7, -3])
  func manyTied(beta: Double) throws {
    // 700 with the covariate, of whom 230 die; 1 300 without, of whom 270.
    let x = (0..<2000).map { $0 < 700 ? 1.0 : 0 }
    let events = (0..<2000).map { $0 < 230 || (700..<970).contains($0) }
    let times = events.map { $0 ? 1.0 : 2.0 }
    let likelihood = try CoxPartialLikelihood(
      SurvivalData(times: times, events: events), design: DesignMatrix([("x", x)]), ties: .exact)
    let found = try likelihood.evaluate(at: [beta])
    let expected = Self.hypergeometric(700, 1300, drawing: 500, beta)
    // The logarithms of the reference are of factorials of 2 000, of size 1e4.
    expectClose(found.logLikelihood, 230 * beta - expected.log, within: 1e-12)
    expectClose(found.gradient[0], 230 - expected.mean, within: 1e-9)
    expectClose(found.information[0][0], expected.variance, within: 1e-10)
  }

  @Test("500 tied events among 2 000 are fitted, also in two covariates")
  func fit() throws {
    var random = SplitMix(seed: 500)
    let x = (0..<2000).map { _ in random.symmetric() }
    let z = (0..<2000).map { _ in Double(random.below(2)) }
    let events = (0..<2000).map { 2 * Double.random(in: 0..<1, using: &random) < 0.5 + 0.3 * x[$0] }
    let died = events.count { $0 }
    #expect(died > 400)
    let fit = try CoxRegression.fit(
      SurvivalData(times: events.map { $0 ? 1 : 2 }, events: events),
      design: DesignMatrix([("x", x), ("z", z)]), ties: .exact)
    #expect(fit.hasConverged)
    let there = try CoxPartialLikelihood(
      SurvivalData(times: events.map { $0 ? 1 : 2 }, events: events),
      design: DesignMatrix([("x", x), ("z", z)]), ties: .exact
    ).evaluate(at: fit.coefficients.compactMap(\.estimate))
    for gradient in there.gradient { #expect(abs(gradient) < 1e-8) }
    #expect((fit[coefficient: "x"]?.estimate ?? .nan) > 0.5)
  }

  @Test("on (entry, exit] rows and strata the subsets are counted one by one")
  func subsets() throws {
    var random = SplitMix(seed: 12)
    let count = 24
    let starts = (0..<count).map { _ in Double(random.below(3)) }
    let stops = starts.map { $0 + 1 + Double(random.below(4)) }
    let events = (0..<count).map { _ in random.below(3) > 0 }
    let strata = (0..<count).map { $0 % 2 }
    let (x, z) = (
      (0..<count).map { _ in random.symmetric() }, (0..<count).map { _ in random.symmetric() }
    )
    let point = [0.8, -0.5]
    let predictors = zip(x, z).map { point[0] * $0 + point[1] * $1 }
    var logLikelihood = 0.0
    var gradient = [0.0, 0.0]
    var largestTie = 0
    for stratum in 0..<2 {
      for time in Set(stops).sorted() {
        let atRisk = (0..<count).filter {
          strata[$0] == stratum && starts[$0] < time && time <= stops[$0]
        }
        let dead = atRisk.filter { stops[$0] == time && events[$0] }
        guard !dead.isEmpty else { continue }
        largestTie = max(largestTie, dead.count)
        var (sum, sumX, sumZ) = (0.0, 0.0, 0.0)
        for subset in 0..<(1 << atRisk.count) where subset.nonzeroBitCount == dead.count {
          let members = atRisk.indices.filter { subset >> $0 & 1 == 1 }.map { atRisk[$0] }
          let weight = Double.exp(members.reduce(0) { $0 + predictors[$1] })
          sum += weight
          sumX += weight * members.reduce(0) { $0 + x[$1] }
          sumZ += weight * members.reduce(0) { $0 + z[$1] }
        }
        logLikelihood += dead.reduce(0) { $0 + predictors[$1] } - Double.log(sum)
        gradient[0] += dead.reduce(0) { $0 + x[$1] } - sumX / sum
        gradient[1] += dead.reduce(0) { $0 + z[$1] } - sumZ / sum
      }
    }
    #expect(largestTie >= 3)
    let found = try CoxPartialLikelihood(
      SurvivalData(starts: starts, stops: stops, events: events),
      design: DesignMatrix([("x", x), ("z", z)]), strata: Grouping(strata), ties: .exact
    ).evaluate(at: point)
    expectClose(found.logLikelihood, logLikelihood, within: 1e-13)
    expectClose(found.gradient, gradient, within: 1e-12)
  }
}
