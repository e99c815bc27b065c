// SPDX-License-Identifier: Apache-2.0

/// What the text of a cell means.
package enum Cell {
  /// Whether a cell says that its value is missing: it is empty, `NA` or `.`.
  package static func isMissing(_ text: String) -> Bool {
    text.isEmpty || text == "NA" || text == "."
  }

  /// The decimal number that a cell holds, such as `12`, `-0.5`, `1e-3` or `Inf`; `nil` for others.
  ///
  /// NaN, hexadecimal numbers and numbers beyond the range of a `Double` are not accepted.
  package static func number(_ text: String) -> Double? {
    switch text {
    case "Inf", "inf", "+Inf": return .infinity
    case "-Inf", "-inf": return -.infinity
    default: break
    }
    let isDecimal = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
        true
      default: false
      }
    }
    guard isDecimal, let value = Double(text), value.isFinite else { return nil }
    return value
  }
}
