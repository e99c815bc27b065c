// SPDX-License-Identifier: Apache-2.0

/// The layout of printed results: lines of at most 80 columns.
package enum TextLayout {
  /// The number of columns of a line.
  package static let lineWidth = 80

  /// A paragraph broken between words so that its lines fit.
  ///
  /// A word that is longer than a line is broken within.
  /// - Parameters:
  ///   - text: The paragraph.
  ///   - indentation: The number of spaces before every line but the first.
  ///   - width: The number of columns of a line.
  /// - Returns: The lines, separated by newlines.
  package static func wrapped(
    _ text: String, indentation: Int = 0, width: Int = lineWidth
  ) -> String {
    let margin = String(repeating: " ", count: indentation)
    var lines = [""]
    for word in TextTable.escaped(text).split(separator: " ") {
      for piece in pieces(of: String(word), width: width - indentation) {
        let last = lines.count - 1
        let isStart = lines[last].isEmpty || lines[last] == margin
        let gap = isStart ? 0 : 1
        if TextTable.width(of: lines[last]) + gap + TextTable.width(of: piece) <= width {
          lines[last] += (isStart ? "" : " ") + piece
        } else if isStart {
          lines[last] += piece
        } else {
          lines.append(margin + piece)
        }
      }
    }
    return lines.joined(separator: "\n")
  }

  /// A text cut into pieces of at most a number of columns.
  package static func pieces(of text: String, width: Int) -> [String] {
    guard TextTable.width(of: text) > width else { return [text] }
    var pieces = [""]
    var used = 0
    for character in text {
      let width1 = TextTable.width(of: String(character))
      if used + width1 > width, used > 0 {
        pieces.append("")
        used = 0
      }
      pieces[pieces.count - 1].append(character)
      used += width1
    }
    return pieces
  }
}

extension TextTable {
  /// The same table with its labels broken over lines, if it is too wide.
  ///
  /// Columns of text share what the numbers leave: the short ones keep their width, the long ones get
  /// as much as one another. A label goes on below, beside empty cells; only after twelve lines is it
  /// cut off, with an ellipsis. At least eight columns are left for labels, so a table with very many or
  /// very long figures may still be wider.
  /// - Parameter width: The number of columns that a line may have.
  /// - Returns: The table.
  package func fitted(to width: Int = TextLayout.lineWidth) -> TextTable {
    let cells = [columns.map(\.header)] + rows
    let widths = columns.indices.map { column in
      cells.reduce(0) { max($0, Self.width(of: Self.escaped($1[column]))) }
    }
    let texts = columns.indices.filter { $0 == 0 || columns[$0].alignment == .leading }
    var room = width - indentation - 2 * (columns.count - 1)
    for column in columns.indices where !texts.contains(column) { room -= widths[column] }
    guard texts.reduce(0, { $0 + widths[$1] }) > room else { return self }
    // The narrowest first, each with an equal share of what those before have left.
    var shares = widths
    for (index, column) in texts.sorted(by: { (widths[$0], $0) < (widths[$1], $1) }).enumerated() {
      shares[column] = min(widths[column], max(8, room / (texts.count - index)))
      room -= shares[column]
    }
    var result = TextTable(columns: columns, indentation: indentation)
    for row in rows {
      let lines = texts.map { Self.lines(of: row[$0], width: shares[$0]) }
      for line in 0..<lines.reduce(1, { max($0, $1.count) }) {
        var cells = columns.indices.map { line == 0 ? row[$0] : "" }
        for (index, column) in texts.enumerated() {
          cells[column] = line < lines[index].count ? lines[index][line] : ""
        }
        result.append(cells)
      }
    }
    return result
  }

  /// A label in lines of a width, at most twelve.
  private static func lines(of text: String, width: Int) -> [String] {
    // More than twelve lines of even the widest characters need not be looked at.
    let label = escaped(text)
    let start = String(label.prefix(width * 12))
    let lines = TextLayout.wrapped(start, width: width).split(separator: "\n").map { String($0) }
    let isCut = start.count < label.count || lines.count > 12
    return isCut ? lines.prefix(11) + ["…"] : lines
  }
}
