// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// The number of successes among *k* drawn without replacement from *m* successes and *n* failures,
/// when the odds of drawing a success are ω times those of drawing a failure.
///
///     P(x) ∝ C(m, x) C(n, k − x) ωˣ,   max(0, k − n) ≤ x ≤ min(k, m)
///
/// Probabilities are products of ratios of neighbours, away from the most probable value, and are
/// divided by their sum; there is no logarithm of a factorial whose digits could cancel.
///
/// Source: R. A. Fisher, *The logic of inductive inference*, Journal of the Royal Statistical Society
/// 98 (1935) 39–82, doi:10.2307/2342435.
struct HypergeometricDistribution: Sendable {
  let successes: Int
  let failures: Int
  let drawn: Int
  /// The values that can occur.
  let support: ClosedRange<Int>

  init(successes: Int, failures: Int, drawn: Int) {
    precondition(
      successes >= 0 && failures >= 0 && drawn >= 0 && drawn <= successes + failures,
      "no more can be drawn than there are")
    self.successes = successes
    self.failures = failures
    self.drawn = drawn
    support = Swift.max(0, drawn - failures)...Swift.min(drawn, successes)
  }

  /// P(x + 1) / P(x) at odds of 1; it falls with x.
  private func ratio(_ x: Int) -> Double {
    Double(successes - x) / Double(x + 1) * (Double(drawn - x) / Double(failures - drawn + x + 1))
  }

  /// The probabilities of all values of the support.
  /// - Complexity: O(size of the support).
  func probabilities(odds: Double = 1) -> [Double] {
    let (first, last) = (support.lowerBound, support.upperBound)
    var (low, high) = (first, last)
    while low < high {
      let middle = (low + high) / 2
      if ratio(middle) * odds >= 1 { low = middle + 1 } else { high = middle }
    }
    let mode = low
    var values = [Double](repeating: 0, count: last - first + 1)
    values[mode - first] = 1
    var total = 1.0
    var value = 1.0
    for x in stride(from: mode, to: last, by: 1) {
      value *= ratio(x) * odds
      values[x + 1 - first] = value
      total += value
      if value == 0 { break }
    }
    value = 1
    for x in stride(from: mode - 1, through: first, by: -1) {
      value /= ratio(x) * odds
      values[x - first] = value
      total += value
      if value == 0 { break }
    }
    for index in values.indices { values[index] /= total }
    return values
  }

  /// The probabilities of a value of at most `x`, and of one of at least `x`.
  func tails(_ x: Int, odds: Double = 1) -> (lower: Double, upper: Double) {
    let values = probabilities(odds: odds)
    let position = x - support.lowerBound
    var (lower, upper) = (0.0, 0.0)
    for index in values.indices {
      if index <= position { lower += values[index] }
      if index >= position { upper += values[index] }
    }
    return (lower, upper)
  }

  /// The mean, which rises with the odds.
  func mean(odds: Double = 1) -> Double {
    let values = probabilities(odds: odds)
    return values.indices.reduce(0) { $0 + Double($1) * values[$1] } + Double(support.lowerBound)
  }

  /// The probability of a value that is no more probable than `x`: the two-sided p-value.
  ///
  /// Probabilities that differ by less than a relative 1e-7 count as equal, as in R, so that rounding
  /// does not decide.
  func probabilityOfAtMost(_ x: Int) -> Double {
    let values = probabilities()
    let limit = values[x - support.lowerBound] * (1 + 1e-7)
    return Swift.min(1, values.reduce(0) { $1 <= limit ? $0 + $1 : $0 })
  }
}
