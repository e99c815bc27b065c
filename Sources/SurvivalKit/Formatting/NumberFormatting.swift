// SPDX-License-Identifier: Apache-2.0

/// Numbers as text, the same on every platform and in every locale.
///
/// Rounding is that of the exact binary value, to nearest, ties to even: 0.125 to two places is
/// "0.12", and 1.005, which is stored as 1.00499999999999989…, is "1.00". NaN is "NA", infinities
/// are "Inf" and "-Inf", and a result that shows only zeros has no sign.
package enum NumberFormatting {
  /// The value with a given number of decimal places, as C's `%.*f` gives.
  ///
  /// - Parameters:
  ///   - value: Any number.
  ///   - digits: The number of places after the point, zero or more.
  /// - Returns: The sign if any, at least one digit, and the point with its places if there are any.
  /// - Complexity: O(1) for everyday magnitudes.
  package static func fixed(_ value: Double, digits: Int) -> String {
    precondition(digits >= 0, "the number of decimal places is not negative")
    if let text = textOfNonfinite(value) { return text }
    var expansion = DecimalExpansion(value)
    expansion.round(keeping: expansion.pointPosition + digits)

    var text = ""
    if value < 0, !expansion.digits.isEmpty { text.append("-") }
    for power in stride(from: max(expansion.pointPosition - 1, 0), through: 0, by: -1) {
      text.append(character(of: expansion.digit(atPower: power)))
    }
    guard digits > 0 else { return text }
    text.append(".")
    for place in 1...digits {
      text.append(character(of: expansion.digit(atPower: -place)))
    }
    return text
  }

  /// The value to a given number of significant digits, as R's `format(value, digits:)` prints it.
  ///
  /// Trailing zeros are dropped, and the notation is fixed unless scientific is shorter: 0.000123
  /// stays, 0.0000123 becomes "1.23e-05", and 0.0001 becomes "1e-04". Fixed notation shows all
  /// digits before the point, so 123456.7 to three digits is "123457".
  /// - Parameters:
  ///   - value: Any number.
  ///   - digits: The number of significant digits to be shown at most, one or more.
  /// - Returns: The shorter of the fixed and the scientific notation.
  /// - Complexity: O(1) for everyday magnitudes.
  package static func significant(_ value: Double, digits: Int) -> String {
    precondition(digits >= 1, "at least one significant digit is shown")
    if let text = textOfNonfinite(value) { return text }
    var expansion = DecimalExpansion(value)
    expansion.round(keeping: digits)
    guard !expansion.digits.isEmpty else { return "0" }

    let exponent = expansion.pointPosition - 1
    let places = max(0, expansion.digits.count - 1 - exponent)
    let scientificText = scientific(expansion, isNegative: value < 0)
    // Fixed notation is longer than the exponent, scientific not longer than the digits and seven.
    guard exponent.magnitude < digits + 8 else { return scientificText }
    let fixedText = fixed(value, digits: places)
    return fixedText.count <= scientificText.count ? fixedText : scientificText
  }

  /// A p-value to two significant digits, or "<2e-16" where it is below 2.2 × 10⁻¹⁶.
  ///
  /// The rule is that of R's `format.pval`: 0.00134 is "0.0013", 0.0000213 is "2.1e-05", and nothing
  /// is said about probabilities smaller than the spacing of numbers at 1.
  /// - Parameters:
  ///   - value: The p-value.
  ///   - digits: The number of significant digits to be shown at most.
  /// - Returns: A number or a bound, without "p" or an equals sign.
  /// - Complexity: O(1).
  package static func pValue(_ value: Double, digits: Int = 2) -> String {
    value < Double.ulpOfOne ? "<2e-16" : significant(value, digits: digits)
  }

  /// A share between 0 and 1 in percent, such as "95%" for a confidence level of 0.95.
  ///
  /// At most ten significant digits are shown, so the rounding of the product stays out of sight.
  /// - Complexity: O(1).
  package static func percent(_ share: Double) -> String {
    let text = significant(share * 100, digits: 10)
    return share.isNaN ? text : text + "%"
  }

  /// One digit, the point and the other digits, and an exponent of at least two digits.
  private static func scientific(_ expansion: DecimalExpansion, isNegative: Bool) -> String {
    var text = isNegative ? "-" : ""
    for (index, digit) in expansion.digits.enumerated() {
      if index == 1 { text.append(".") }
      text.append(character(of: digit))
    }
    let exponent = expansion.pointPosition - 1
    text.append(exponent < 0 ? "e-" : "e+")
    if exponent.magnitude < 10 { text.append("0") }
    return text + String(exponent.magnitude)
  }

  private static func character(of digit: UInt8) -> Character {
    Character(Unicode.Scalar(UInt8(ascii: "0") + digit))
  }

  private static func textOfNonfinite(_ value: Double) -> String? {
    if value.isNaN { return "NA" }
    return value.isFinite ? nil : (value < 0 ? "-Inf" : "Inf")
  }
}
