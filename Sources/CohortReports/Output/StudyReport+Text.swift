// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

extension StudyReport: CustomStringConvertible {
  /// The report as text of at most 80 columns, without its figures.
  public var description: String {
    var head = [Self.underlined(title, "=")]
    if !subtitle.isEmpty { head.append(TextLayout.wrapped(subtitle)) }
    if isSynthetic { head.append(TextLayout.wrapped(Self.syntheticWarning)) }
    let parts = sections.map { section in
      ([Self.underlined(section.title, "-")] + section.blocks.compactMap(text))
        .joined(separator: "\n\n")
    }
    let end = "SurvivalKit \(SurvivalKitVersion.current)"
    return ([head.joined(separator: "\n\n")] + parts + [end]).joined(separator: "\n\n\n")
  }

  private static func underlined(_ title: String, _ line: String) -> String {
    let title = TextLayout.wrapped(title)
    let width = title.split(separator: "\n").map { TextTable.width(of: String($0)) }.max() ?? 0
    return title + "\n" + String(repeating: line, count: width)
  }

  private func text(_ block: Block) -> String? {
    switch block {
    case .heading(let text): return TextLayout.wrapped(text)
    case .paragraph(let text): return TextLayout.wrapped(text)
    case .note(let kind, let text): return TextLayout.wrapped(kind.lead + text)
    case .definitions(let list):
      return list.map {
        TextLayout.wrapped("\($0.term): \($0.meaning)", indentation: 2)
      }.joined(separator: "\n")
    case .table(let table):
      let caption = table.caption + (isSynthetic ? " (synthetic data)" : "")
      return
        ([TextLayout.wrapped(caption)] + table.textTables.map(\.description)
        + (table.notes.isEmpty ? [] : [TextLayout.wrapped(table.notes.joined(separator: " "))]))
        .joined(separator: "\n\n")
    case .figure: return nil
    }
  }
}

extension StudyReport.NoteKind {
  /// The word before a note.
  var lead: String {
    switch self {
    case .method: ""
    case .warning: "Warning: "
    case .refusal: "Not estimated: "
    }
  }
}

extension StudyReport.Table {
  /// The most that a heading takes of a line; what is longer is cut.
  private static let widestHeading = 32
  /// The most that labels and cells of words take of a line; they are broken over lines.
  private static let widestLabel = 28
  private static let widestWords = 36

  /// The table, cut between columns so that each part fits a line.
  var textTables: [TextTable] {
    let rows = flatRows.map { row, _, depth in
      (
        label: Self.lines(row.label, Self.widestLabel, indentation: 2 * depth),
        cells: columns.indices.map { column in
          columns[column].isText
            ? Self.lines(row.cell(column).text, Self.widestWords) : [row.cell(column).text]
        }
      )
    }
    func width(_ texts: [String]) -> Int {
      texts.reduce(0) { Swift.max($0, TextTable.width(of: TextTable.escaped($1))) }
    }
    let labelTitle = Self.heading(labelTitle)
    let titles = columns.map { Self.heading($0.title) }
    let label = width([labelTitle] + rows.flatMap(\.label))
    let widths = columns.indices.map { column in
      width([titles[column]] + rows.flatMap { $0.cells[column] }) + 2
    }
    var parts = [[Int]]()
    var room = 0
    for column in shownColumns {
      if parts.isEmpty || widths[column] > room {
        parts.append([])
        room = TextLayout.lineWidth - label
      }
      parts[parts.count - 1].append(column)
      room -= widths[column]
    }
    return parts.map { part in
      var table = TextTable(
        columns: [.text(labelTitle)]
          + part.map { columns[$0].isText ? .text(titles[$0]) : .number(titles[$0]) })
      for row in rows {
        let cells = [row.label] + part.map { row.cells[$0] }
        for line in 0..<(cells.map(\.count).max() ?? 0) {
          table.append(cells.map { line < $0.count ? $0[line] : "" })
        }
      }
      return table
    }
  }

  /// A heading, cut where it would not leave room for anything else.
  private static func heading(_ title: String) -> String {
    let pieces = TextLayout.pieces(of: TextTable.escaped(title), width: widestHeading)
    return pieces.count > 1 ? pieces[0].dropLast() + "…" : pieces.first ?? ""
  }

  /// A text broken between words, every line with spaces before it.
  private static func lines(_ text: String, _ width: Int, indentation: Int = 0) -> [String] {
    let margin = String(repeating: " ", count: indentation)
    return TextLayout.wrapped(text, width: width - indentation)
      .split(separator: "\n", omittingEmptySubsequences: false).map { margin + $0 }
  }
}
