// SPDX-License-Identifier: Apache-2.0

extension NumberFormatting {
  /// The numbers of a column with one number of decimal places, so that their points line up.
  ///
  /// As R's `format(values, digits:)`: there are as many places as the number that needs most of them
  /// to show `digits` significant digits. A number that would need more than `digits` + 3 places is
  /// written in scientific notation instead, and so is one of 10⁹ or more.
  /// - Parameters:
  ///   - values: The numbers; `nil` is printed as "NA".
  ///   - digits: The number of significant digits to be shown at least, trailing zeros aside.
  /// - Returns: One text for each number.
  /// - Complexity: O(number of values).
  package static func column(_ values: [Double?], digits: Int) -> [String] {
    let places = values.map { value -> Int? in
      guard let value, value.isFinite, abs(value) < 1e9 else { return nil }
      var expansion = DecimalExpansion(value)
      expansion.round(keeping: digits)
      let places = max(0, expansion.digits.count - expansion.pointPosition)
      return places <= digits + 3 ? places : nil
    }
    let common = places.reduce(0) { max($0, $1 ?? 0) }
    return zip(values, places).map { value, places in
      guard let value else { return "NA" }
      return places == nil ? significant(value, digits: digits) : fixed(value, digits: common)
    }
  }

  /// A count or sum of weights: a whole number without a point, others to a number of digits.
  /// - Parameters:
  ///   - value: The count.
  ///   - digits: The number of significant digits of a number that is not whole.
  /// - Returns: The text.
  package static func count(_ value: Double, digits: Int = 6) -> String {
    value == value.rounded() && abs(value) < 1e15
      ? fixed(value, digits: 0) : significant(value, digits: digits)
  }

  /// A count, or a sum of weights to one decimal place.
  /// - Parameter value: The count or sum.
  /// - Returns: The text.
  package static func countOrSum(_ value: Double) -> String {
    fixed(value, digits: value == value.rounded() ? 0 : 1)
  }

  /// A number of things in words: `1 row`, `3 rows`.
  /// - Parameters:
  ///   - count: The number.
  ///   - noun: The thing, in the singular; an s makes the plural.
  /// - Returns: The text.
  package static func quantity(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}

extension NumberFormatting {
  /// A p-value as part of a sentence: `p = 0.0131` or `p < 2e-16`.
  package static func pStatement(_ value: Double) -> String { statement(pValue(value, digits: 3)) }

  /// A p-value as journals print it, without powers of ten: "0.0013", "0.0003", and "<0.0001" for
  /// anything smaller.
  /// - Parameters:
  ///   - value: The p-value.
  ///   - digits: The number of significant digits to be shown at most.
  /// - Returns: A number or a bound, without "p" or an equals sign.
  /// - Complexity: O(1).
  package static func decimalPValue(_ value: Double, digits: Int = 2) -> String {
    if value < 1e-4 { return "<0.0001" }
    let text = significant(value, digits: digits)
    return text.contains("e") ? fixed(value, digits: 4) : text
  }

  /// A p-value in a sentence, as journals print it: "p = 0.00131" or "p < 0.0001".
  package static func decimalPStatement(_ value: Double) -> String {
    statement(decimalPValue(value, digits: 3))
  }

  private static func statement(_ pValue: String) -> String {
    pValue.hasPrefix("<") ? "p < \(pValue.dropFirst())" : "p = \(pValue)"
  }
}
