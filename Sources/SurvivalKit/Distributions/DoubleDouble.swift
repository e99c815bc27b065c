// SPDX-License-Identifier: Apache-2.0

/// An unevaluated sum of two doubles, which together carry about 32 significant digits.
///
///     value = high + low,   |low| ≤ ulp(high) / 2
///
/// Only what the deep tails of the gamma distribution need is here: an exponent of 700 must be
/// known to 10⁻¹⁴ for the probability to have 14 digits, and a double stops at 10⁻¹³.
///
/// Source: T. J. Dekker, *A floating-point technique for extending the available precision*,
/// Numerische Mathematik 18 (1971) 224–242, doi:10.1007/BF01397083.
struct DoubleDouble: Sendable {
  /// The value rounded to a double.
  var high: Double

  /// What the rounding left out.
  var low: Double

  /// The number itself, with nothing left out.
  init(_ value: Double) {
    high = value
    low = 0
  }

  /// A sum that is known not to overlap by much, with |high| ≥ |low|.
  private init(normalizing high: Double, _ low: Double) {
    self.high = high + low
    self.low = low - (self.high - high)
  }

  /// The sum of two doubles without error, whichever is the larger.
  init(sumOf a: Double, _ b: Double) {
    high = a + b
    let shareOfB = high - a
    low = (a - (high - shareOfB)) + (b - shareOfB)
  }

  /// The product of two doubles without error.
  init(productOf a: Double, _ b: Double) {
    high = a * b
    low = (-high).addingProduct(a, b)
  }

  static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let sum = DoubleDouble(sumOf: a.high, b.high)
    let lows = DoubleDouble(sumOf: a.low, b.low)
    let partial = DoubleDouble(normalizing: sum.high, sum.low + lows.high)
    return DoubleDouble(normalizing: partial.high, partial.low + lows.low)
  }

  static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    a + DoubleDouble(normalizing: -b.high, -b.low)
  }

  static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let product = DoubleDouble(productOf: a.high, b.high)
    return DoubleDouble(
      normalizing: product.high, product.low + (a.high * b.low + a.low * b.high))
  }

  static func / (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let first = a.high / b.high
    let afterFirst = a - DoubleDouble(first) * b
    let second = afterFirst.high / b.high
    let afterSecond = afterFirst - DoubleDouble(second) * b
    return DoubleDouble(normalizing: first, second) + DoubleDouble(afterSecond.high / b.high)
  }
}

extension DoubleDouble {
  /// The natural logarithm of the ratio of two positive doubles.
  ///
  ///     ln(p/q) = k ln 2 + 2 artanh s,   s = (p′ − q′) / (p′ + q′),   √½ ≤ p′/q′ ≤ √2
  ///
  /// p′ and q′ are p and q scaled by powers of two, so |s| ≤ 0.172 and 18 terms of
  /// artanh s = s Σ s²ʲ / (2j + 1) leave a relative remainder below 10⁻²⁸.
  /// - Complexity: O(1).
  static func logarithm(ofRatio numerator: Double, to denominator: Double) -> DoubleDouble {
    var powerOfTwo = Double(numerator.exponent) - Double(denominator.exponent)
    var p = numerator.significand
    var q = denominator.significand
    if p > q * 2.0.squareRoot() {
      q *= 2
      powerOfTwo += 1
    } else if q > p * 2.0.squareRoot() {
      p *= 2
      powerOfTwo -= 1
    }
    let s = DoubleDouble(sumOf: p, -q) / DoubleDouble(sumOf: p, q)
    let square = s * s
    var series = DoubleDouble(0)
    for odd in stride(from: 35.0, through: 1, by: -2) {
      series = series * square + DoubleDouble(1) / DoubleDouble(odd)
    }
    let logarithmOfTwo = DoubleDouble(
      normalizing: 0.693_147_180_559_945_3, 2.319_046_813_846_299_6e-17)
    return DoubleDouble(powerOfTwo) * logarithmOfTwo + DoubleDouble(2) * s * series
  }
}
