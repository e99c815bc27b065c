// SPDX-License-Identifier: Apache-2.0

/// A table of text with aligned columns, for printing in a monospaced font.
///
///     var table = TextTable(columns: [.text("group"), .number("n"), .number("median")])
///     table.append(["control", "21", "8"])
///     table.append(["treated", "21", "23"])
///     print(table)
///
///     group     n  median
///     control  21       8
///     treated  21      23
///
/// Columns are two spaces apart and no line ends in a space. Newlines and other characters without
/// an appearance of their own are shown as escapes, so a label cannot break the layout.
package struct TextTable: Sendable {
  /// The side of the column on which its cells line up.
  package enum Alignment: Sendable {
    /// Cells start at the same place, as text does.
    case leading

    /// Cells end at the same place, as numbers do.
    case trailing
  }

  /// The heading of a column with its alignment.
  package struct Column: Sendable {
    /// The text of the first line.
    package let header: String

    /// The alignment of the header and all cells.
    package let alignment: Alignment

    /// A column with the given header and alignment.
    package init(_ header: String, alignment: Alignment) {
      self.header = header
      self.alignment = alignment
    }

    /// A column of text, aligned at its start.
    package static func text(_ header: String) -> Column {
      Column(header, alignment: .leading)
    }

    /// A column of numbers, aligned at their end.
    package static func number(_ header: String) -> Column {
      Column(header, alignment: .trailing)
    }
  }

  /// The columns from left to right.
  package let columns: [Column]

  /// The number of spaces before each line.
  package let indentation: Int

  /// The cells of each row, one per column.
  package private(set) var rows: [[String]] = []

  /// A table without rows.
  ///
  /// If all headers are empty, no header line is printed.
  package init(columns: [Column], indentation: Int = 0) {
    precondition(indentation >= 0, "a line is not indented by a negative number of spaces")
    self.columns = columns
    self.indentation = indentation
  }

  /// Adds a row at the end.
  ///
  /// - Parameter cells: One text for each column.
  package mutating func append(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row has one cell for each column")
    rows.append(cells)
  }
}

extension TextTable: CustomStringConvertible {
  /// The lines of the table, separated by newlines and without one at the end.
  ///
  /// - Complexity: O(number of characters).
  package var description: String {
    let headers = columns.map(\.header)
    let hasHeader = headers.contains { !$0.isEmpty }
    let lines = ((hasHeader ? [headers] : []) + rows).map { $0.map(Self.escaped) }
    let widths = columns.indices.map { column in
      lines.reduce(0) { max($0, Self.width(of: $1[column])) }
    }
    return lines.map { line(of: $0, widths: widths) }.joined(separator: "\n")
  }

  private func line(of cells: [String], widths: [Int]) -> String {
    var line = String(repeating: " ", count: indentation)
    for (index, cell) in cells.enumerated() {
      if index > 0 { line += "  " }
      let padding = String(repeating: " ", count: widths[index] - Self.width(of: cell))
      line += columns[index].alignment == .leading ? cell + padding : padding + cell
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}

extension TextTable {
  /// The text with each character that has no appearance of its own replaced by an escape.
  package static func escaped(_ text: String) -> String {
    guard text.contains(where: isInvisible) else { return text }
    return text.reduce(into: "") { result, character in
      guard isInvisible(character) else { return result.append(character) }
      for scalar in character.unicodeScalars {
        switch scalar {
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        default: result += "\\u{" + String(scalar.value, radix: 16) + "}"
        }
      }
    }
  }

  /// Whether a character only controls its surroundings: line ends, tabs, terminal escapes,
  /// directional marks, zero-width spaces.
  private static func isInvisible(_ character: Character) -> Bool {
    character.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }
  }

  /// The number of cells of a terminal that the text occupies.
  ///
  /// A character counts as one however many combining marks it carries; emoji and East Asian wide
  /// characters count as two.
  ///
  /// Source: The Unicode Consortium, *Unicode Standard Annex #11, East Asian Width*, the blocks that
  /// are wide as a whole.
  package static func width(of text: String) -> Int {
    text.reduce(0) { $0 + (isWide($1) ? 2 : 1) }
  }

  private static func isWide(_ character: Character) -> Bool {
    guard let first = character.unicodeScalars.first, first.value >= 0x1100 else { return false }
    switch first.value {
    case 0x1100...0x115F,  // Hangul initial consonants
      0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF,  // CJK, kana, Yi
      0xAC00...0xD7A3,  // Hangul syllables
      0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,  // compatibility forms
      0x20000...0x3FFFD:  // CJK extensions
      return true
    default:
      // A variation selector asks for the emoji form of a character that is text by default.
      return first.properties.isEmojiPresentation
        || character.unicodeScalars.dropFirst().contains("\u{FE0F}")
    }
  }
}
