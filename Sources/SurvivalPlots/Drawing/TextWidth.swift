// SPDX-License-Identifier: Apache-2.0

/// How wide a text is, so that labels can be given room before anybody draws them.
///
/// Advance widths of Helvetica, which Arial, Liberation Sans and Nimbus Sans share, in thousandths of
/// the font size. Kerning is left out. Scripts that these fonts lack get a width that is rather too
/// large than too small.
enum TextWidth {
  /// The width of a text in pixels.
  /// - Parameters:
  ///   - text: The text, on one line.
  ///   - size: The font size in pixels.
  ///   - isBold: Whether the weight is bold.
  /// - Returns: The sum of the advance widths.
  /// - Complexity: O(*n*) in the number of characters.
  static func of(_ text: String, size: Double, isBold: Bool = false) -> Double {
    var thousandths = 0.0
    for character in text { thousandths += width(of: character, isBold: isBold) }
    return thousandths * size / 1000
  }

  private static func width(of character: Character, isBold: Bool) -> Double {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x20...0x7E:
      let position = Int(scalar.value) - 0x20
      return Double(isBold ? bold[position] : regular[position])
    case 0xA0...0xFF: return Double(latin1[Int(scalar.value) - 0xA0]) * (isBold ? 1.06 : 1)
    case 0x0300...0x036F, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069: return 0
    case 0x2010...0x2013, 0x2212: return 584
    case 0x2014, 0x2026, 0x2190...0x21FF: return 1000
    case 0x2018...0x201F: return 333
    case 0x2022: return 350
    case 0x1100...0x11FF, 0x2E80...0xD7FF, 0xF900...0xFAFF, 0xFF00...0xFF60: return 1000
    case 0x2600...0x27BF, 0x1F000...0x1FAFF: return 1300
    default: return scalar.properties.isUppercase ? 800 : 660
    }
  }

  /// Widths of U+0020 to U+007E.
  private static let regular: [UInt16] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722,
    722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722,
    667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556,
    556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,
    500, 334, 260, 334, 584,
  ]

  /// Widths of U+0020 to U+007E in bold.
  private static let bold: [UInt16] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722,
    722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722,
    667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611,
    611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556,
    500, 389, 280, 389, 584,
  ]

  /// Widths of U+00A0 to U+00FF.
  private static let latin1: [UInt16] = [
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 552, 400, 549,
    333, 333, 333, 576, 537, 333, 333, 333, 365, 556, 834, 834, 834, 611, 667, 667, 667, 667,
    667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278, 722, 722, 778, 778, 778, 778,
    778, 584, 778, 722, 722, 722, 722, 667, 667, 611, 556, 556, 556, 556, 556, 556, 889, 500,
    556, 556, 556, 556, 278, 278, 278, 278, 556, 556, 556, 556, 556, 556, 556, 549, 611, 556,
    556, 556, 556, 500, 556, 500,
  ]
}
