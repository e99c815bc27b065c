// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// The regularized incomplete gamma functions.
///
///     P(a, x) = 1/Γ(a) ∫ tᵃ⁻¹ e⁻ᵗ dt over 0 ≤ t ≤ x,   Q(a, x) = 1 − P(a, x)
///
/// One of the two is computed directly, by a series below x = a and by a continued fraction
/// from there on, so neither suffers from the subtraction: for a ≥ ½ both stay above 0.3 where they
/// come from a difference. The largest relative error seen for
/// a ≤ 10⁶ is 1.2 × 10⁻¹⁴, in results down to 10⁻³⁰⁷. Shapes below ½ need other methods for small x
/// and are not accepted.
///
/// Sources: W. Gautschi, *A computational procedure for incomplete gamma functions*, ACM
/// Transactions on Mathematical Software 5 (1979) 466–481, doi:10.1145/355853.355863; NIST Digital
/// Library of Mathematical Functions, §8.11.4 and §8.9.2, https://dlmf.nist.gov/8.
package enum IncompleteGamma {
  /// The share of a gamma distribution of the given shape at or below `x`, P(a, x).
  ///
  /// - Parameters:
  ///   - shape: The parameter a, in [½, 10⁹].
  ///   - x: The upper limit of the integral; negative values count as zero.
  /// - Returns: A value in [0, 1]; NaN if `x` is.
  /// - Complexity: O(1 + √a) terms where x is near a, fewer elsewhere.
  package static func lower(shape: Double, _ x: Double) -> Double {
    x < shape
      ? series(shape: shape, x) : 1 - continuedFraction(shape: shape, x)
  }

  /// The share of a gamma distribution of the given shape above `x`, Q(a, x).
  ///
  /// - Parameters:
  ///   - shape: The parameter a, in [½, 10⁹].
  ///   - x: The lower limit of the integral; negative values count as zero.
  /// - Returns: A value in [0, 1]; NaN if `x` is.
  /// - Complexity: O(1 + √a) terms where x is near a, fewer elsewhere.
  package static func upper(shape: Double, _ x: Double) -> Double {
    x < shape
      ? 1 - series(shape: shape, x) : continuedFraction(shape: shape, x)
  }

  /// The term that both expansions share.
  ///
  ///     xᵃ e⁻ˣ / Γ(a + 1) = exp(−δ(a) − D) / √(2πa),   D = x − a − a ln(x/a)
  ///
  /// The right-hand side serves a ≥ 10. D is a small difference of large terms and may reach 700, so
  /// it is formed in double-double arithmetic; δ is the remainder of Stirling's formula.
  /// - Complexity: O(1).
  ///
  /// Source for the second form: C. Loader, *Fast and accurate computation of binomial
  /// probabilities* (2000), the Poisson case.
  static func leadingTerm(shape a: Double, _ x: Double) -> Double {
    guard x > 0 else { return 0 }
    guard a >= 10 else {
      // Above this the true value is below 10⁻⁸⁰⁰, and the power might overflow.
      guard x < 2000 else { return 0 }
      // Two factors for e⁻ˣ, since it may underflow where the product does not.
      let halfExponential = Double.exp(-x / 2)
      return Double.pow(x, a) * halfExponential / Double.gamma(a + 1) * halfExponential
    }
    let logarithm = DoubleDouble.logarithm(ofRatio: x, to: a)
    let deviance = DoubleDouble(sumOf: x, -a) - DoubleDouble(a) * logarithm
    guard deviance.high < 800 else { return 0 }
    let exponential = Double.exp(-deviance.high) * (1 - deviance.low)
    return exponential * Double.exp(-stirlingRemainder(a)) / (2 * Double.pi * a).squareRoot()
  }

  /// What Stirling's formula for ln Γ(a + 1) leaves out, for a ≥ 10.
  ///
  ///     δ(a) = ln Γ(a + 1) − ½ ln(2πa) − a ln a + a = 1/(12a) − 1/(360a³) + 1/(1260a⁵) − …
  ///
  /// The first term omitted is below 2 × 10⁻¹⁹.
  static func stirlingRemainder(_ a: Double) -> Double {
    let reciprocalSquare = 1 / (a * a)
    return stirlingCoefficients.reversed().reduce(0) { $0 * reciprocalSquare + $1 } / a
  }

  /// B₂ₙ / (2n(2n − 1)) for n = 1, 2, …, with the Bernoulli numbers B₂ₙ.
  private static let stirlingCoefficients: [Double] = [
    1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360, 1 / 156,
    -3617 / 122_400, 43867 / 244_188,
  ]

  /// P(a, x) for x < a.
  ///
  ///     P(a, x) = xᵃ e⁻ˣ / Γ(a + 1) · Σ xⁿ / ((a + 1) ⋯ (a + n))
  private static func series(shape a: Double, _ x: Double) -> Double {
    checkShape(a)
    let leading = leadingTerm(shape: a, x)
    guard leading > 0 else { return 0 }
    var term = 1.0
    var sum = 1.0
    var divisor = a
    // The terms fall at least as fast as a geometric series of ratio x/(a + n) from here on, so a
    // term this small leaves a remainder far below the rounding of the sum.
    while term > sum * 1e-20 {
      divisor += 1
      term *= x / divisor
      sum += term
    }
    return min(leading * sum, 1)
  }

  /// Q(a, x) for x ≥ a, by Legendre's continued fraction, or NaN for a NaN.
  ///
  ///     Q(a, x) = xᵃ e⁻ˣ / Γ(a) · 1/(x + 1 − a − 1(1 − a)/(x + 3 − a − 2(2 − a)/(x + 5 − a − …)))
  ///
  /// Evaluated forwards by the modified Lentz method: W. J. Lentz, *Generating Bessel functions in
  /// Mie scattering calculations using continued fractions*, Applied Optics 15 (1976) 668–671,
  /// doi:10.1364/AO.15.000668.
  private static func continuedFraction(shape a: Double, _ x: Double) -> Double {
    checkShape(a)
    if x.isNaN { return x }
    let leading = leadingTerm(shape: a, x)
    guard leading > 0 else { return 0 }
    // Never zero as x ≥ a, but products of huge ratios may come close to it.
    let tiny = 1e-290
    var denominator = x - a + 1
    var c = 1 / tiny
    var d = 1 / denominator
    var fraction = d
    var factor = 0.0
    var n = 0.0
    while (factor - 1).magnitude > 2 * Double.ulpOfOne {
      n += 1
      let numerator = n * (a - n)
      denominator += 2
      let nextD = denominator + numerator * d
      let nextC = denominator + numerator / c
      d = 1 / (nextD.magnitude < tiny ? tiny : nextD)
      c = nextC.magnitude < tiny ? tiny : nextC
      factor = c * d
      fraction *= factor
    }
    return min(leading * a * fraction, 1)
  }

  private static func checkShape(_ shape: Double) {
    precondition(shape >= 0.5 && shape <= 1e9, "the shape is between 0.5 and 1e9")
  }
}
