// SPDX-License-Identifier: Apache-2.0

/// Writes the fields of records as the cells of a CSV row or as the members of a JSON object.
struct FieldWriter: FieldExchange {
  enum Format {
    /// Cells separated by commas; a missing value is an empty cell.
    case csv
    /// Members of an object; a missing value is left out.
    case json
  }

  let format: Format
  private(set) var bytes: [UInt8] = []
  /// Whether a cell or member has been written since the row began.
  private var isWithinRow = false

  init(_ format: Format) { self.format = format }

  /// Begins a row or object.
  mutating func begin() { isWithinRow = false }

  /// Adds bytes as they are.
  mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Writes a text as a cell, or as a JSON string.
  mutating func write(_ text: String) {
    switch format {
    case .csv: CSVWriter.append(text, to: &bytes)
    case .json: JSONText.append(text, to: &bytes)
    }
  }

  /// Begins the value of a field; in JSON with its name.
  mutating func begin(_ name: @autoclosure () -> String) {
    if isWithinRow { bytes.append(UInt8(ascii: ",")) }
    isWithinRow = true
    guard format == .json else { return }
    JSONText.append(name(), to: &bytes)
    bytes.append(UInt8(ascii: ":"))
  }

  /// Begins the value of a field that may be missing; whether there is one to be written.
  private mutating func begins(_ field: Field, _ isPresent: Bool) -> Bool {
    if isPresent || format == .csv { begin(field.name) }
    return isPresent
  }

  mutating func text(_ field: Field, _ value: inout String) {
    begin(field.name)
    write(value)
  }

  mutating func text(_ field: Field, _ value: inout String?) {
    if begins(field, value != nil), let value { write(value) }
  }

  mutating func day(_ field: Field, _ value: inout CalendarDay?) {
    guard begins(field, value != nil), let value else { return }
    if format == .json { bytes.append(UInt8(ascii: "\"")) }
    bytes.append(contentsOf: value.bytes)
    if format == .json { bytes.append(UInt8(ascii: "\"")) }
  }

  mutating func integer(_ field: Field, _ value: inout Int?) {
    if begins(field, value != nil), let value { bytes.append(contentsOf: "\(value)".utf8) }
  }

  mutating func number(_ field: Field, _ value: inout Double?) {
    guard begins(field, value != nil), let value else { return }
    // JSON has no word for what is not finite; as a text it is refused when it is read again.
    if value.isFinite {
      bytes.append(contentsOf: FieldText.number(value).utf8)
    } else {
      write("\(value)")
    }
  }

  mutating func flag(_ field: Field, _ value: inout Bool?) {
    if begins(field, value != nil), let value { write(value ? FieldText.yes : FieldText.no) }
  }

  mutating func code<Code: CodeList>(_ field: Field, _ value: inout Coded<Code>?) {
    if begins(field, value != nil), let value { write(FieldText.code(value)) }
  }

  mutating func codes<Code: CodeList>(_ field: Field, _ value: inout Coded<Set<Code>>?) {
    if begins(field, value != nil), let value { write(FieldText.codes(value)) }
  }
}

/// Cells of a CSV file.
enum CSVWriter {
  /// Adds a cell, in quotation marks where it needs them.
  static func append(_ text: String, to bytes: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let utf8 = text.utf8
    let needsQuotes =
      utf8.contains { byte in
        byte == UInt8(ascii: ",") || byte == quote || byte == UInt8(ascii: "\n")
          || byte == UInt8(ascii: "\r")
      } || isBlank(utf8.first) || isBlank(utf8.last)
    guard needsQuotes else {
      bytes.append(contentsOf: utf8)
      return
    }
    bytes.append(quote)
    for byte in utf8 {
      if byte == quote { bytes.append(quote) }
      bytes.append(byte)
    }
    bytes.append(quote)
  }

  private static func isBlank(_ byte: UInt8?) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
