// SPDX-License-Identifier: Apache-2.0

/// The decimal digits of a finite double, all of them.
///
///     |value| = 0.d₁d₂d₃… × 10^pointPosition,   d₁ ≠ 0
///
/// Every double is an integer times a power of two and so has a finite expansion, at most 767
/// digits long. Holding all digits makes rounding exact at any place: there is no second rounding
/// and no estimate that a hard case could defeat.
struct DecimalExpansion: Sendable {
  /// The digits from the most significant on, without zeros at either end; empty for zero.
  private(set) var digits: [UInt8] = []

  /// The number of digits before the decimal point; negative for zeros that follow it.
  private(set) var pointPosition = 0

  /// All digits of the magnitude of a finite value.
  ///
  ///     m · 2ᵉ for e ≥ 0;   m · 5⁻ᵉ / 10⁻ᵉ for e < 0
  ///
  /// - Complexity: O(e²), with a factor of about 1/200: a few multiplications for everyday values.
  init(_ value: Double) {
    precondition(value.isFinite, "only finite values have decimal digits")
    guard value != 0 else { return }
    let magnitude = value.magnitude
    let exponent = Int(max(magnitude.exponent, Double.leastNormalMagnitude.exponent)) - 52
    let hidden: UInt64 = magnitude.isNormal ? 1 << 52 : 0
    let integer = magnitude.significandBitPattern | hidden
    // Halving away common factors of two keeps the power of five short: 0.5 is 5/10.
    let shift = exponent < 0 ? min(integer.trailingZeroBitCount, -exponent) : 0

    var number = LimbNumber(integer >> UInt64(shift))
    let places = max(0, -(exponent + shift))
    if exponent > 0 {
      number.multiply(byPower: exponent, of: 2)
    } else {
      number.multiply(byPower: places, of: 5)
    }
    digits = number.decimalDigits()
    pointPosition = digits.count - places
    dropTrailingZeros()
  }

  /// Keeps the given number of leading digits, rounding to nearest, ties to even.
  ///
  /// - Complexity: O(number of digits).
  mutating func round(keeping count: Int) {
    guard count < digits.count else { return }
    guard count >= 0 else {
      // The value is below one tenth of a unit in the last place kept.
      digits = []
      pointPosition = 0
      return
    }
    let isTie = digits[count] == 5 && count == digits.count - 1
    let isOdd = count > 0 && !digits[count - 1].isMultiple(of: 2)
    let roundsUp = isTie ? isOdd : digits[count] >= 5
    digits.removeLast(digits.count - count)
    if roundsUp { incrementLastDigit() }
    dropTrailingZeros()
  }

  /// The digit with place value 10^power, which may lie outside the stored digits.
  func digit(atPower power: Int) -> UInt8 {
    let index = pointPosition - 1 - power
    return digits.indices.contains(index) ? digits[index] : 0
  }

  private mutating func incrementLastDigit() {
    // Nines become zeros, which are not stored.
    while digits.last == 9 { digits.removeLast() }
    guard let last = digits.indices.last else {
      digits = [1]
      pointPosition += 1
      return
    }
    digits[last] += 1
  }

  private mutating func dropTrailingZeros() {
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty { pointPosition = 0 }
  }
}

/// A positive integer of any size in base 10⁹, least significant limb first.
private struct LimbNumber {
  private static let base: UInt64 = 1_000_000_000
  private var limbs: [UInt64] = []

  init(_ value: UInt64) {
    var rest = value
    while rest > 0 {
      limbs.append(rest % Self.base)
      rest /= Self.base
    }
  }

  /// Multiplies by `factor` to the given power, several factors at a time.
  mutating func multiply(byPower power: Int, of factor: UInt64) {
    var remaining = power
    while remaining > 0 {
      // 2¹² and 5¹² are below 10⁹, so a limb's product and carry stay below 2⁶⁴.
      let step = min(remaining, 12)
      let multiplier = (0..<step).reduce(into: 1 as UInt64) { product, _ in product *= factor }
      multiply(by: multiplier)
      remaining -= step
    }
  }

  private mutating func multiply(by multiplier: UInt64) {
    var carry: UInt64 = 0
    for index in limbs.indices {
      let product = limbs[index] * multiplier + carry
      limbs[index] = product % Self.base
      carry = product / Self.base
    }
    if carry > 0 { limbs.append(carry) }
  }

  /// The decimal digits from the most significant on, without leading zeros.
  func decimalDigits() -> [UInt8] {
    var reversed: [UInt8] = []
    reversed.reserveCapacity(limbs.count * 9)
    for limb in limbs {
      var rest = limb
      for _ in 0..<9 {
        reversed.append(UInt8(rest % 10))
        rest /= 10
      }
    }
    while reversed.last == 0 { reversed.removeLast() }
    return reversed.reversed()
  }
}
