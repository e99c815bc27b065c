// SPDX-License-Identifier: Apache-2.0

/// A table written as CSV: numbers at full precision, undefined ones as empty cells.
package struct CSVText: Sendable, CustomStringConvertible {
  /// One cell.
  package enum Cell: Sendable {
    case text(String)
    case number(Double?)

    package var content: String {
      switch self {
      case .text(let text): CSVText.quoted(text)
      case .number(let value): value.flatMap(JSON.text(of:)) ?? ""
      }
    }
  }

  private var lines: [String]

  /// A table with a header and no rows.
  package init(header: [String]) { lines = [header.map(Self.quoted).joined(separator: ",")] }

  /// Adds a row.
  package mutating func append(_ cells: [Cell]) {
    lines.append(cells.map(\.content).joined(separator: ","))
  }

  /// The lines, separated by newlines and without one at the end.
  package var description: String { lines.joined(separator: "\n") }

  private static func quoted(_ text: String) -> String {
    let needsQuotes =
      text.utf8.contains { byte in
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
          || byte == UInt8(ascii: "\r")
      } || text.hasPrefix(" ") || text.hasSuffix(" ")
    guard needsQuotes else { return text }
    let doubled = text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"")
    return "\"\(doubled)\""
  }
}
