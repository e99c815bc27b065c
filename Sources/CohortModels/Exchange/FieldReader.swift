// SPDX-License-Identifier: Apache-2.0

/// Fills records from the texts of rows, and notes every text that cannot be.
///
/// An empty cell, `NA` and `.` are nothing recorded. No code that is not of a list becomes
/// `unknown`: it is a finding, with the codes that are allowed.
struct FieldReader: FieldExchange {
  /// The file, for messages.
  let file: String
  /// The cells of the row in the order of the fields.
  var cells: [String] = []
  /// The number of the row in the file.
  var row = 0
  /// The subject whose row it is.
  var subjectID = ""
  /// Stands before the names of columns in messages.
  var path = ""
  /// Every text refused so far.
  private(set) var findings: [Finding] = []
  private var cursor = 0

  init(file: String) { self.file = file }

  /// The record that the cells hold; where a text cannot be, the value is missing and noted.
  mutating func record<Row: TableRow>(_: Row.Type) -> Row {
    cursor = 0
    var record = Row()
    record.exchange(&self)
    return record
  }

  /// The next cell; when it is missing, so is the value.
  private mutating func next<Value>(_ value: inout Value?) -> String? {
    defer { cursor += 1 }
    let text = cursor < cells.count ? cells[cursor] : ""
    guard Cell.isMissing(text) else { return text }
    value = nil
    return nil
  }

  private mutating func refuse(
    _ rule: ValidationRule, _ field: Field, _ found: String, _ allowed: String
  ) {
    findings.append(
      Finding(
        rule, subjectID: subjectID, column: path + field.name, found: ImportError.quoted(found),
        allowed: allowed, file: file, row: row))
  }

  mutating func text(_ field: Field, _ value: inout String) {
    value = cursor < cells.count ? cells[cursor] : ""
    cursor += 1
  }

  mutating func text(_ field: Field, _ value: inout String?) {
    value = cursor < cells.count ? Optional(cells[cursor]).nonempty : nil
    cursor += 1
  }

  mutating func day(_ field: Field, _ value: inout CalendarDay?) {
    guard let text = next(&value) else { return }
    value = CalendarDay(text)
    guard value == nil else { return }
    refuse(
      .dateForm, field, text,
      "a day of the calendar as YYYY-MM-DD; estimate a partial date and list it in estimatedDates")
  }

  mutating func integer(_ field: Field, _ value: inout Int?) {
    guard let text = next(&value) else { return }
    value = Int(text)
    if value == nil { refuse(.numberForm, field, text, "a whole number\(Self.unit(field))") }
  }

  mutating func number(_ field: Field, _ value: inout Double?) {
    guard let text = next(&value) else { return }
    value = Cell.number(text).flatMap { $0.isFinite ? $0 : nil }
    guard value == nil else { return }
    refuse(
      .numberForm, field, text, "a number with a decimal point\(Self.unit(field))")
  }

  mutating func flag(_ field: Field, _ value: inout Bool?) {
    guard let text = next(&value) else { return }
    switch text {
    case FieldText.yes: value = true
    case FieldText.no: value = false
    default: refuse(.unknownCode, field, text, "yes, no")
    }
  }

  mutating func code<Code: CodeList>(_ field: Field, _ value: inout Coded<Code>?) {
    guard let text = next(&value) else { return }
    if let code = Code(rawValue: text) {
      value = .known(code)
    } else if text == FieldText.unknown {
      value = .unknown
    } else if text == FieldText.notApplicable {
      value = .notApplicable
    } else {
      refuse(.unknownCode, field, text, Self.list(Code.self))
    }
  }

  mutating func codes<Code: CodeList>(_ field: Field, _ value: inout Coded<Set<Code>>?) {
    guard let text = next(&value) else { return }
    switch text {
    case FieldText.unknown: value = .unknown
    case FieldText.notApplicable: value = .notApplicable
    case FieldText.emptySet: value = .known([])
    default:
      let parts = text.split(separator: ";", omittingEmptySubsequences: false)
      let codes = parts.compactMap { Code(rawValue: String($0)) }
      guard codes.count == parts.count, Set(codes).count == codes.count else {
        refuse(
          .unknownCode, field, text,
          "none, or different ones of these, separated by semicolons: \(Self.list(Code.self))")
        return
      }
      value = .known(Set(codes))
    }
  }

  private static func unit(_ field: Field) -> String {
    field.unit.isEmpty ? "" : ", in \(field.unit), without the unit"
  }

  private static func list<Code: CodeList>(_: Code.Type) -> String {
    (Code.allCases.map(\.rawValue) + [FieldText.unknown, FieldText.notApplicable])
      .joined(separator: ", ")
  }
}
