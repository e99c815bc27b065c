// SPDX-License-Identifier: Apache-2.0

/// Splits the bytes of a CSV file into rows of fields, as RFC 4180 says.
///
/// - Fields are separated by commas, or by another byte that was asked for, and rows by LF, CRLF or CR;
///   the last row needs no line end.
/// - A field may be enclosed in quotation marks and then holds commas, line ends and, doubled,
///   quotation marks. A quotation mark anywhere else is an error, as is one that is never closed.
/// - Spaces and tabs around a field are not part of it, unless they are within quotation marks.
/// - Empty lines hold no row, but are counted, so that row numbers are those of a text editor.
///
/// Time is linear in the number of bytes, however long a field is.
struct CSVReader {
  /// A fault of form, with the row it is in.
  struct Fault: Error {
    let row: Int
    let message: String
  }

  /// The number of the row read last; the first row of the file is 1.
  private(set) var row = 0
  private let bytes: [UInt8]
  private let separator: UInt8
  private var position: Int

  /// Reads from the first byte, or from after a UTF-8 byte-order mark.
  init(_ bytes: [UInt8], separator: UInt8 = UInt8(ascii: ",")) {
    self.bytes = bytes
    self.separator = separator
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The fields of the next row that is not empty; `nil` at the end.
  mutating func next() throws(Fault) -> [String]? {
    while position < bytes.count, Self.isLineEnd(bytes[position]) {
      endLine()
      row += 1
    }
    guard position < bytes.count else { return nil }
    row += 1
    var fields = [String]()
    while true {
      fields.append(try field())
      guard position < bytes.count else { return fields }
      if Self.isLineEnd(bytes[position]) {
        endLine()
        return fields
      }
      position += 1  // the separator
    }
  }

  /// Passes over the rest of a line with a fault, so that the rows after it can be read.
  mutating func skipLine() {
    while position < bytes.count, !Self.isLineEnd(bytes[position]) { position += 1 }
    if position < bytes.count { endLine() }
  }

  /// Reads one field and stops at the comma, line end or end of file after it.
  private mutating func field() throws(Fault) -> String {
    skipBlanks()
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return try quotedField() }
    let start = position
    var end = start
    while position < bytes.count {
      let byte = bytes[position]
      if byte == separator || Self.isLineEnd(byte) { break }
      guard byte != UInt8(ascii: "\"") else {
        throw Fault(
          row: row,
          message: "a quotation mark stands inside a field that does not begin with one; enclose "
            + "the field in quotation marks and double those within")
      }
      position += 1
      if !Self.isBlank(byte) { end = position }
    }
    return try text(bytes[start..<end])
  }

  private mutating func quotedField() throws(Fault) -> String {
    position += 1
    var content = [UInt8]()
    while true {
      let start = position
      while position < bytes.count, bytes[position] != UInt8(ascii: "\"") { position += 1 }
      guard position < bytes.count else {
        throw Fault(
          row: row,
          message: "a quotation mark is opened but never closed, and all after it is one field")
      }
      content += bytes[start..<position]
      position += 1
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { break }
      content.append(UInt8(ascii: "\""))
      position += 1
    }
    skipBlanks()
    if position < bytes.count, bytes[position] != separator,
      !Self.isLineEnd(bytes[position])
    {
      throw Fault(
        row: row,
        message: "text follows a closing quotation mark; quotation marks within a field must be "
          + "doubled")
    }
    return try text(content[...])
  }

  /// The bytes as text, which they must be: a wrong guess could make two labels one.
  private func text(_ slice: ArraySlice<UInt8>) throws(Fault) -> String {
    let text = String(decoding: slice, as: UTF8.self)
    if slice.contains(where: { $0 >= 0x80 }), !text.utf8.elementsEqual(slice) {
      throw Fault(row: row, message: "the text is not encoded in UTF-8; save the file as UTF-8")
    }
    return text
  }

  /// Passes over CR, LF or CRLF.
  private mutating func endLine() {
    let isReturn = bytes[position] == UInt8(ascii: "\r")
    position += 1
    if isReturn, position < bytes.count, bytes[position] == UInt8(ascii: "\n") { position += 1 }
  }

  private mutating func skipBlanks() {
    while position < bytes.count, Self.isBlank(bytes[position]), bytes[position] != separator {
      position += 1
    }
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
