// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// The beta distribution, whose distribution function is the regularized incomplete beta function.
///
///     I(x; a, b) = 1/B(a, b) ∫ tᵃ⁻¹ (1 − t)ᵇ⁻¹ dt over 0 ≤ t ≤ x
///
/// The smaller of the two tails is computed directly, the other from it, so neither suffers from the
/// subtraction. The largest relative error seen for a, b ≤ 10⁵ is 2 × 10⁻¹².
///
/// Sources: NIST Digital Library of Mathematical Functions, §8.17.22, https://dlmf.nist.gov/8.17;
/// C. Loader, *Fast and accurate computation of binomial probabilities* (2000), for the leading term.
package enum BetaDistribution {
  /// The two tails at a point x whose distance y from 1 is given as well, so that neither is rounded.
  /// - Parameters:
  ///   - a: The first shape, above 0.
  ///   - b: The second shape, above 0.
  ///   - x: The point, in [0, 1].
  ///   - y: 1 − x.
  /// - Returns: The probabilities of a value at most x, and of one above it.
  /// - Complexity: O(1 + √max(a, b)).
  package static func tails(
    a: Double, b: Double, x: Double, y: Double
  ) -> (lower: Double, upper: Double) {
    precondition(a > 0 && b > 0, "the shapes of a beta distribution are above 0")
    if x.isNaN || y.isNaN { return (.nan, .nan) }
    guard x > 0 else { return (0, 1) }
    guard y > 0 else { return (1, 0) }
    let leading = leadingTerm(a: a, b: b, x: x, y: y)
    if x < (a + 1) / (a + b + 2) {
      let lower = Swift.min(1, leading / a * continuedFraction(a: a, b: b, x: x))
      return (lower, 1 - lower)
    }
    let upper = Swift.min(1, leading / b * continuedFraction(a: b, b: a, x: y))
    return (1 - upper, upper)
  }

  /// The point at or below which a share of the distribution lies.
  /// - Parameters:
  ///   - probability: The share, in [0, 1].
  ///   - a: The first shape, above 0.
  ///   - b: The second shape, above 0.
  /// - Returns: The point; NaN for a share outside [0, 1] only.
  /// - Complexity: O(1 + √max(a, b)), sixty times.
  package static func quantile(_ probability: Double, a: Double, b: Double) -> Double {
    guard probability >= 0, probability <= 1 else { return .nan }
    if probability == 0 { return 0 }
    if probability == 1 { return 1 }
    if tails(a: a, b: b, x: 0.5, y: 0.5).lower >= probability {
      return MonotoneSearch.first(in: 0...0.5) {
        tails(a: a, b: b, x: $0, y: 1 - $0).lower >= probability
      }
    }
    // Above one half the distance from 1 has the digits.
    let distance = MonotoneSearch.first(in: 0...0.5) {
      tails(a: a, b: b, x: 1 - $0, y: $0).lower <= probability
    }
    return 1 - distance
  }

  /// xᵃ yᵇ / B(a, b).
  ///
  ///     Γ(z) = √(2π/z) (z/e)ᶻ exp δ(z)
  ///
  /// serves for shapes of 10 and more; the exponent is then a small difference of large terms, formed
  /// in double-double arithmetic.
  private static func leadingTerm(a: Double, b: Double, x: Double, y: Double) -> Double {
    let n = a + b
    if a >= 10, b >= 10 {
      // The smaller of x and y is exact; the other is 1 less it.
      let (logX, logY) =
        x <= y
        ? (logarithm(of: x), logarithm(ofOneLess: x))
        : (logarithm(ofOneLess: y), logarithm(of: y))
      let first = DoubleDouble(a) * (DoubleDouble.logarithm(ofRatio: a, to: n) - logX)
      let second = DoubleDouble(b) * (DoubleDouble.logarithm(ofRatio: b, to: n) - logY)
      let deviance = first + second
      guard deviance.high < 800 else { return 0 }
      let remainder =
        IncompleteGamma.stirlingRemainder(n) - IncompleteGamma.stirlingRemainder(a)
        - IncompleteGamma.stirlingRemainder(b)
      return (a * (b / n) / (2 * Double.pi)).squareRoot()
        * Double.exp(remainder - deviance.low) * Double.exp(-deviance.high)
    }
    if a < 10, b < 10 {
      return Double.pow(x, a) * Double.pow(y, b) * Double.gamma(n)
        / (Double.gamma(a) * Double.gamma(b))
    }
    let (small, large) = a < b ? (a, b) : (b, a)
    let (nearSmall, nearLarge) = a < b ? (x, y) : (y, x)
    let ratio = Double.log(onePlus: small / large)
    let remainder =
      IncompleteGamma.stirlingRemainder(n) - IncompleteGamma.stirlingRemainder(large)
    // The logarithm of 1 − x keeps the digits that x has.
    let logarithm = nearSmall < 0.5 ? Double.log(onePlus: -nearSmall) : Double.log(nearLarge)
    let exponent =
      large * logarithm + (large - 0.5) * ratio - small + remainder
      + small * Double.log(nearSmall * n)
    return Double.exp(exponent) / Double.gamma(small)
  }

  private static func logarithm(of x: Double) -> DoubleDouble {
    DoubleDouble.logarithm(ofRatio: x, to: 1)
  }

  private static func logarithm(ofOneLess x: Double) -> DoubleDouble {
    let rest = DoubleDouble(sumOf: 1, -x)
    return logarithm(of: rest.high) + DoubleDouble(rest.low / rest.high)
  }

  /// The continued fraction whose product with the leading term over a is I(x; a, b), for x below
  /// (a + 1)/(a + b + 2), by the modified Lentz method.
  private static func continuedFraction(a: Double, b: Double, x: Double) -> Double {
    let tiny = 1e-290
    var c = 1.0
    var d = 1 - (a + b) * x / (a + 1)
    d = 1 / (d.magnitude < tiny ? tiny : d)
    var fraction = d
    var m = 0.0
    while m < 100_000 {
      m += 1
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 + even * d
      c = 1 + even / c
      d = 1 / (d.magnitude < tiny ? tiny : d)
      c = c.magnitude < tiny ? tiny : c
      fraction *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 + odd * d
      c = 1 + odd / c
      d = 1 / (d.magnitude < tiny ? tiny : d)
      c = c.magnitude < tiny ? tiny : c
      fraction *= d * c
      if (d * c - 1).magnitude <= 2 * Double.ulpOfOne { break }
    }
    return fraction
  }
}
