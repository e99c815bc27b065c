// SPDX-License-Identifier: Apache-2.0

/// Reads typed values from the rows of a table and collects every value that cannot be.
struct RowReader {
  private let table: CSVTable
  private let columns: [String: [String]]
  /// Every value refused so far.
  private(set) var problems: [ImportError.Problem] = []
  /// The row that is read now, counted from 0.
  var row = 0

  /// A reader of some columns.
  /// - Throws: ``ImportError`` when one of the columns is not in the table.
  init(_ table: CSVTable, columns names: [String]) throws(ImportError) {
    self.table = table
    var columns = [String: [String]]()
    for name in names { columns[name] = try table.column(name) }
    self.columns = columns
  }

  /// A finite number of a range; `nil`, with a problem noted, for anything else.
  mutating func number(_ column: String, in range: ClosedRange<Double>, unit: String) -> Double? {
    let text = cell(column)
    if let value = Cell.number(text), value.isFinite, range.contains(value) { return value }
    let (low, high) = (Int(range.lowerBound), Int(range.upperBound))
    refuse(column, "a number of \(unit) from \(low) to \(high)")
    return nil
  }

  /// A whole number; `nil`, with a problem noted, for anything else.
  mutating func integer(_ column: String) -> Int? {
    if let value = Int(cell(column)) { return value }
    refuse(column, "a whole number")
    return nil
  }

  /// Yes for 1 and no for 0; `nil`, with a problem noted, for anything else.
  mutating func flag(_ column: String) -> Bool? {
    switch cell(column) {
    case "0": return false
    case "1": return true
    default:
      refuse(column, "0 for no or 1 for yes")
      return nil
    }
  }

  /// The case of an enumeration by its position, counted from 1, as the file codes it.
  mutating func code<Value: CaseIterable>(_ column: String, of _: Value.Type) -> Value? {
    let cases = Array(Value.allCases)
    if let code = Int(cell(column)), cases.indices.contains(code - 1) { return cases[code - 1] }
    refuse(column, "a code from 1 to \(cases.count)")
    return nil
  }

  /// A time with an indicator of whether it ended with the outcome.
  mutating func outcome(days: String, indicator: String) -> TimedOutcome? {
    let days = number(days, in: 0...40_000, unit: "days")
    let hasOccurred = flag(indicator)
    guard let days, let hasOccurred else { return nil }
    return TimedOutcome(days: days, hasOccurred: hasOccurred)
  }

  /// Notes that the value of a column in this row cannot be.
  mutating func refuse(_ column: String, _ allowed: String) {
    problems.append(
      ImportError.Problem(
        row: table.rowNumbers[row], column: column, found: ImportError.quoted(cell(column)),
        allowed: allowed))
  }

  private func cell(_ column: String) -> String { columns[column]?[row] ?? "" }
}
