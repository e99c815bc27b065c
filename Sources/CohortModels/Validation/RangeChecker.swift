// SPDX-License-Identifier: Apache-2.0

/// Compares every number of a record with the range of its column, rule V30.
struct RangeChecker: FieldExchange {
  let subjectID: String
  /// The table, for the names of columns; empty for that of subjects.
  private var table = ""
  /// The place of the row among those of the subject in the table.
  private var place: Int?
  private(set) var findings: [Finding] = []

  init(subjectID: String) { self.subjectID = subjectID }

  /// Begins a row of another table.
  mutating func begin(_ table: String, _ place: Int) {
    (self.table, self.place) = (table, place)
  }

  private mutating func check(_ field: Field, _ value: Double) {
    guard let range = field.range else {
      if value.isFinite { return }
      note(field, value, "a finite number")
      return
    }
    guard !range.contains(value) else { return }
    let (low, high) = (FieldText.number(range.lowerBound), FieldText.number(range.upperBound))
    note(field, value, "\(low) to \(high)" + (field.unit.isEmpty ? "" : " \(field.unit)"))
  }

  private mutating func note(_ field: Field, _ value: Double, _ allowed: String) {
    findings.append(
      Finding(
        .range, subjectID: subjectID,
        column: table.isEmpty ? field.name : "\(table).\(field.name)",
        found: FieldText.number(value), allowed: allowed, place: place))
  }

  mutating func integer(_ field: Field, _ value: inout Int?) {
    if let value { check(field, Double(value)) }
  }
  mutating func number(_ field: Field, _ value: inout Double?) {
    if let value { check(field, value) }
  }
  mutating func text(_: Field, _: inout String) {}
  mutating func text(_: Field, _: inout String?) {}
  mutating func day(_: Field, _: inout CalendarDay?) {}
  mutating func flag(_: Field, _: inout Bool?) {}
  mutating func code<Code: CodeList>(_: Field, _: inout Coded<Code>?) {}
  mutating func codes<Code: CodeList>(_: Field, _: inout Coded<Set<Code>>?) {}
}

/// Counts, column by column, of how many subjects a value is expected and missing, rule V41.
struct MissingCounter: FieldExchange {
  /// Whether the subject shown now was infused.
  var isInfused = false
  /// The names of the columns, and the counts, in the order of the columns.
  private(set) var columns: [(name: String, expected: Int, missing: Int)] = []
  private var cursor = 0

  /// Begins another subject.
  mutating func begin(isInfused: Bool) {
    self.isInfused = isInfused
    cursor = 0
  }

  private mutating func count(_ field: Field, _ isMissing: Bool) {
    if cursor == columns.count { columns.append((field.name, 0, 0)) }
    if field.expectation == .everyone || field.expectation == .infused && isInfused {
      columns[cursor].expected += 1
      if isMissing { columns[cursor].missing += 1 }
    }
    cursor += 1
  }

  mutating func text(_ field: Field, _ value: inout String) { count(field, value.isEmpty) }
  mutating func text(_ field: Field, _ value: inout String?) { count(field, value == nil) }
  mutating func day(_ field: Field, _ value: inout CalendarDay?) { count(field, value == nil) }
  mutating func integer(_ field: Field, _ value: inout Int?) { count(field, value == nil) }
  mutating func number(_ field: Field, _ value: inout Double?) { count(field, value == nil) }
  mutating func flag(_ field: Field, _ value: inout Bool?) { count(field, value == nil) }
  mutating func code<Code: CodeList>(_ field: Field, _ value: inout Coded<Code>?) {
    count(field, value == nil || value == .unknown)
  }
  mutating func codes<Code: CodeList>(_ field: Field, _ value: inout Coded<Set<Code>>?) {
    count(field, value == nil || value == .unknown)
  }
}
