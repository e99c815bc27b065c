// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// The standard normal distribution.
///
///     φ(x) = exp(−x²/2) / √(2π),   Φ(x) = ∫ φ(t) dt over t ≤ x
package enum NormalDistribution {
  /// The density at `x`.
  ///
  ///     φ(x) = exp(−x²/2) / √(2π)
  ///
  /// The rounding of x² is carried along, without which the tails would lose up to three digits.
  /// - Complexity: O(1).
  package static func density(_ x: Double) -> Double {
    let square = DoubleDouble(productOf: x, x)
    guard square.high.isFinite else { return x.isNaN ? x : 0 }
    let reciprocalRootOfTwoPi = 0.398_942_280_401_432_7
    return reciprocalRootOfTwoPi * Double.exp(-square.high / 2) * (1 - square.low / 2)
  }

  /// The probability of a value at or below `x`.
  ///
  ///     Φ(x) = erfc(−x/√2) / 2
  ///
  /// - Complexity: O(1).
  package static func cumulativeProbability(_ x: Double) -> Double {
    upperTail(-x)
  }

  /// The probability of a value above `x`, with full relative accuracy far out.
  ///
  ///     1 − Φ(x) = erfc(x/√2) / 2
  ///
  /// Results below 2.2 × 10⁻³⁰⁸ (x > 37.5) are subnormal and have fewer digits; above x = 38.6
  /// the result is zero.
  /// - Complexity: O(1).
  package static func upperTail(_ x: Double) -> Double {
    upperTail(x, correction: 0)
  }

  /// The probability of a value above `x + correction`, where the correction is a rounding error.
  ///
  ///     erfc(t + r) ≈ erfc(t) − 2r exp(−t²) / √π,   t + r = (x + correction) / √2
  ///
  /// In the tail a relative error δ of the argument becomes x²δ in the result, a thousandfold
  /// increase at x = 32; one term of Taylor's series for what the rounding to t left out undoes it.
  /// - Complexity: O(1).
  static func upperTail(_ x: Double, correction: Double) -> Double {
    guard x.isFinite else { return x.isNaN ? x : (x < 0 ? 1 : 0) }
    let rootOfHalf = 0.707_106_781_186_547_6
    let rootOfHalfRemainder = -4.833_646_656_726_457e-17
    let product = DoubleDouble(productOf: x, rootOfHalf)
    guard product.high.magnitude < 30 else { return x < 0 ? 1 : 0 }
    let t = product.high
    let remainder = product.low + x * rootOfHalfRemainder + correction * rootOfHalf
    let twoOverRootPi = 1.128_379_167_095_512_6
    return (Double.erfc(t) - twoOverRootPi * Double.exp(-t * t) * remainder) / 2
  }

  /// The value below which a share `probability` of the distribution lies.
  ///
  ///     x with Φ(x) = p
  ///
  /// Rational approximations of degree 7 in three regions, with about 16 digits each: a Newton or
  /// Halley step against `upperTail(_:)` was tried and does not reduce the error.
  /// - Returns: −∞ at 0, +∞ at 1, and NaN outside [0, 1] only.
  /// - Complexity: O(1).
  ///
  /// Source: M. J. Wichura, *Algorithm AS 241: The percentage points of the normal distribution*,
  /// Applied Statistics 37 (1988) 477–484, doi:10.2307/2347330.
  package static func quantile(_ probability: Double) -> Double {
    guard probability >= 0, probability <= 1 else { return .nan }
    let fromCentre = probability - 0.5
    if fromCentre.magnitude <= 0.425 {
      return fromCentre * central.value(at: 0.180625 - fromCentre * fromCentre)
    }
    // Exact in the upper half, so the two tails are equally good.
    let tail = fromCentre < 0 ? probability : 1 - probability
    guard tail > 0 else { return fromCentre < 0 ? -.infinity : .infinity }
    let r = (-Double.log(tail)).squareRoot()
    let magnitude = r <= 5 ? middle.value(at: r - 1.6) : far.value(at: r - 5)
    return fromCentre < 0 ? -magnitude : magnitude
  }

  /// A ratio of two polynomials of degree 7, coefficients in ascending order.
  private struct Ratio {
    let numerator: [Double]
    let denominator: [Double]

    func value(at r: Double) -> Double {
      Self.polynomial(numerator, r) / Self.polynomial(denominator, r)
    }

    private static func polynomial(_ coefficients: [Double], _ r: Double) -> Double {
      coefficients.reversed().reduce(0) { $0 * r + $1 }
    }
  }

  /// |p − ½| ≤ 0.425.
  private static let central = Ratio(
    numerator: [
      3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
      1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
      3.3430575583588128105e+4, 2.5090809287301226727e+3,
    ],
    denominator: [
      1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
      2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4,
      5.2264952788528545610e+3,
    ])

  /// Tail from 1.4 × 10⁻¹¹ to 0.075.
  private static let middle = Ratio(
    numerator: [
      1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
      3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
      2.27238449892691845833e-2, 7.74545014278341407640e-4,
    ],
    denominator: [
      1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
      1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
      1.05075007164441684324e-9,
    ])

  /// Tail below 1.4 × 10⁻¹¹.
  private static let far = Ratio(
    numerator: [
      6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
      2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
      2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ],
    denominator: [
      1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
      7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
      2.04426310338993978564e-15,
    ])
}
