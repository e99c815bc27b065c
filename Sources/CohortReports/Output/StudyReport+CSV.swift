// SPDX-License-Identifier: Apache-2.0

extension StudyReport {
  /// All tables as one CSV file with one value a row, every number with all its digits.
  ///
  /// The columns are `synthetic` (`true` or `false`), `table`, `row` (counted from 1), `parent` (the label
  /// of the row that this one belongs under), `label`, `column`, `statistic` (such as `estimate`, `lower`
  /// and `upper`; empty where a cell is one value) and `value`, empty when undefined. Names of tables,
  /// columns and statistics are those of ``json()``.
  /// - Returns: The lines, with a newline at the end of each.
  public func csv() -> String {
    var text = CSVText(header: [
      "synthetic", "table", "row", "parent", "label", "column", "statistic", "value",
    ])
    for table in tables {
      for (index, (row, parent, _)) in table.flatRows.enumerated() {
        for (position, column) in table.columns.enumerated() {
          for part in row.cell(position).parts {
            let value: CSVText.Cell =
              switch part.value {
              case .number(let number): .number(number)
              case .string(let string): .text(string)
              default: .number(nil)
              }
            text.append([
              .text("\(isSynthetic)"), .text(table.identifier), .number(Double(index + 1)),
              .text(parent ?? ""), .text(row.label), .text(column.key), .text(part.name), value,
            ])
          }
        }
      }
    }
    return text.description + "\n"
  }
}
