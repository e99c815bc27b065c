// SPDX-License-Identifier: Apache-2.0

extension BaselineResult: CustomStringConvertible {
  /// The table as text of at most 80 columns, in several parts when there are many groups.
  public var description: String {
    let rows = columns.first?.rowCount ?? 0
    var blocks = [
      "Baseline characteristics\n"
        + TextLayout.wrapped(
          "\(NumberFormatting.quantity(rows, "row")) used; \(exclusions)", indentation: 2)
    ]
    blocks += tables.map { $0.fitted().description }
    if !notes.isEmpty {
      blocks.append(notes.map { TextLayout.wrapped($0) }.joined(separator: "\n"))
    }
    return blocks.joined(separator: "\n\n")
  }

  /// One printed line: a label, a cell for each column, and what compares the groups.
  private struct Line {
    let label: String
    let cells: [String]
    var comparison = ["", ""]
  }

  private var lines: [Line] {
    var lines = [Line(label: "n", cells: columns.map { "\($0.rowCount)" })]
    for variable in variables {
      let comparison = [
        variable.comparison.map { NumberFormatting.pValue($0.pValue, digits: 3) } ?? "NA",
        variable.standardizedDifference.map { NumberFormatting.fixed($0, digits: 3) } ?? "NA",
      ]
      let empty = [String](repeating: "", count: columns.count)
      switch variable.summary {
      case .numeric(let summaries):
        lines.append(Line(label: variable.name, cells: empty, comparison: comparison))
        lines += numericLines(summaries)
      case .indicator(let counts, let totals):
        lines.append(
          Line(
            label: variable.name, cells: zip(counts, totals).map { Self.share($0, $1) },
            comparison: comparison))
      case .category(let levels, let counts):
        lines.append(Line(label: variable.name, cells: empty, comparison: comparison))
        let totals = variable.presentCounts(columns)
        for (level, counts) in zip(levels, counts) {
          lines.append(
            Line(label: "  " + level, cells: zip(counts, totals).map { Self.share($0, $1) }))
        }
      }
      if variable.missingCounts.contains(where: { $0 > 0 }) {
        lines.append(Line(label: "  missing", cells: variable.missingCounts.map { "\($0)" }))
      }
    }
    return lines
  }

  private func numericLines(_ summaries: [NumericSummary]) -> [Line] {
    func column(_ values: [Double?]) -> [String] {
      zip(values, NumberFormatting.column(values, digits: 4)).map { $0 == nil ? "–" : $1 }
    }
    func range(_ low: [Double?], _ high: [Double?]) -> [String] {
      let texts = column(low + high)
      return low.indices.map { low[$0] == nil ? "–" : "\(texts[$0]) – \(texts[$0 + low.count])" }
    }
    return [
      Line(label: "  median", cells: column(summaries.map(\.median))),
      Line(
        label: "  quartiles",
        cells: range(summaries.map(\.firstQuartile), summaries.map(\.thirdQuartile))),
      Line(label: "  range", cells: range(summaries.map(\.minimum), summaries.map(\.maximum))),
    ]
  }

  private static func share(_ count: Int, _ total: Int) -> String {
    guard total > 0 else { return "–" }
    return "\(count) (\(NumberFormatting.fixed(100 * Double(count) / Double(total), digits: 1))%)"
  }

  /// The table, cut between columns so that each part fits; comparisons are in the last part.
  private var tables: [TextTable] {
    let lines = lines
    let last = comparesGroups ? [("p", 0), ("SMD", 1)] : []
    // The label may be broken over lines, so it need not have all its width.
    let label = Swift.min(
      24, lines.reduce(8) { Swift.max($0, TextTable.width(of: TextTable.escaped($1.label))) })
    func width(_ header: String, _ cells: [String]) -> Int {
      cells.reduce(TextTable.width(of: header)) { Swift.max($0, TextTable.width(of: $1)) } + 2
    }
    let headers = columns.map { Self.header($0.name) }
    let widths = columns.indices.map { column in
      width(headers[column], lines.map { $0.cells[column] })
    }
    let lastWidth = last.reduce(0) { sum, item in
      sum + width(item.0, lines.map { $0.comparison[item.1] })
    }
    var parts = [[Int]]()
    var room = 0
    for column in columns.indices {
      if parts.isEmpty || widths[column] > room {
        parts.append([])
        room = TextLayout.lineWidth - label
      }
      parts[parts.count - 1].append(column)
      room -= widths[column]
    }
    if lastWidth > room { parts.append([]) }
    return parts.enumerated().map { index, part in
      let isLast = index == parts.count - 1
      var table = TextTable(
        columns: [.text("")] + part.map { .number(headers[$0]) }
          + (isLast ? last.map { .number($0.0) } : []))
      for line in lines {
        table.append(
          [line.label] + part.map { line.cells[$0] }
            + (isLast ? last.map { line.comparison[$0.1] } : []))
      }
      return table
    }
  }

  /// The name of a column, cut where it would not leave room for anything else.
  private static func header(_ name: String) -> String {
    let pieces = TextLayout.pieces(of: TextTable.escaped(name), width: 40)
    return pieces.count > 1 ? pieces[0].dropLast() + "…" : pieces.first ?? ""
  }

  private var notes: [String] {
    var notes = [String]()
    guard comparesGroups else { return notes }
    for test in BaselineComparison.Test.allCases {
      let names = variables.filter { $0.comparison?.test == test }.map(\.name)
      if !names.isEmpty { notes.append("\(test.title): \(names.joined(separator: ", ")).") }
    }
    for variable in variables {
      if let note = variable.note { notes.append("\(variable.name): no test, since \(note).") }
    }
    notes.append(
      columns.count > 3
        ? "SMD: the largest standardized difference between two groups."
        : "SMD: the standardized difference, first group less second.")
    return notes
  }
}
