// SPDX-License-Identifier: Apache-2.0

/// A CSV file with a header row, as columns of text.
///
/// A table that exists is rectangular and has a name for every column that can be asked for. Errors
/// are one sentence that names the file, the row (the header is row 1) and the column.
package struct CSVTable: Sendable {
  /// The file, as it was named.
  package let file: String
  /// The names of the columns, in order; a column whose header is empty has an empty name.
  package let header: [String]
  /// The number of each row in the file; the header is row 1, and empty lines count.
  package let rowNumbers: [Int]
  private let columns: [[String]]

  /// A row that is not in the columns.
  struct RefusedRow: Sendable {
    enum Fault: Sendable {
      /// It has another number of fields than the header.
      case fieldCount(Int)
      /// It cannot be divided into fields.
      case form(String)
    }

    /// The number of the row in the file.
    let row: Int
    let fault: Fault

    /// What was found.
    var found: String {
      switch fault {
      case .fieldCount(let count): "\(count) field\(count == 1 ? "" : "s")"
      case .form(let message): message
      }
    }
  }

  /// The rows that could not be read; none where a table is read as a whole.
  let refusedRows: [RefusedRow]

  /// The number of rows, without the header.
  package var rowCount: Int { rowNumbers.count }

  /// Reads a file.
  /// - Parameter path: Where the file is.
  /// - Throws: ``ImportError`` when the file cannot be read, or as ``init(file:bytes:)``.
  package init(contentsOf path: String) throws(ImportError) {
    try self.init(file: path, bytes: FileBytes.read(path))
  }

  /// Reads the bytes of a file.
  /// - Parameters:
  ///   - file: The name of the file, for messages.
  ///   - bytes: Its content, UTF-8 with or without a byte-order mark.
  /// - Throws: ``ImportError`` for an empty file, for one without a header or rows, for names that
  ///   occur twice, for rows with another number of fields than the header, and for stray quotation
  ///   marks.
  /// - Complexity: O(number of bytes).
  package init(file: String, bytes: [UInt8]) throws(ImportError) {
    do throws(Refusal) {
      try self.init(file: file, readableRowsOf: bytes)
    } catch {
      let place = error.row.map { ", row \($0):" } ?? ""
      throw ImportError(file: file, message: "\(file)\(place) \(error.message)")
    }
    for refused in refusedRows {
      if case .form(let message) = refused.fault {
        throw ImportError(file: file, message: "\(file), row \(refused.row): \(message)")
      }
    }
    if let first = refusedRows.first { throw raggedError(first) }
    guard !rowNumbers.isEmpty else {
      throw ImportError(file: file, message: "\(file) has a header but no rows")
    }
  }

  /// Why a file is no table.
  struct Refusal: Error {
    /// The row that is to blame; `nil` when it is the file.
    let row: Int?
    /// What is wrong, to be read after the name of the file or the place of the row.
    let message: String
  }

  /// Reads the rows of a file that can be read, and lists the others in ``refusedRows``; a header
  /// without rows is a table too.
  /// - Throws: ``Refusal`` for an empty file, for one without a header, and for names that occur twice.
  init(file: String, readableRowsOf bytes: [UInt8], separator: Character = ",") throws(Refusal) {
    self.file = file
    guard !bytes.isEmpty else { throw Refusal(row: nil, message: "is empty") }
    guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]) else {
      throw Refusal(row: nil, message: "is encoded in UTF-16; save it as UTF-8")
    }
    var reader = CSVReader(bytes, separator: separator.asciiValue ?? UInt8(ascii: ","))
    let header: [String]?
    do throws(CSVReader.Fault) {
      header = try reader.next()
    } catch {
      throw Refusal(row: error.row, message: error.message)
    }
    guard let header else { throw Refusal(row: nil, message: "is empty") }
    try Self.check(header)
    self.header = header
    var columns = [[String]](repeating: [], count: header.count)
    var numbers = [Int]()
    var refused = [RefusedRow]()
    while true {
      do throws(CSVReader.Fault) {
        guard let fields = try reader.next() else { break }
        guard fields.count == header.count else {
          refused.append(RefusedRow(row: reader.row, fault: .fieldCount(fields.count)))
          continue
        }
        for column in fields.indices { columns[column].append(fields[column]) }
        numbers.append(reader.row)
      } catch {
        refused.append(RefusedRow(row: error.row, fault: .form(error.message)))
        reader.skipLine()
      }
    }
    self.columns = columns
    rowNumbers = numbers
    refusedRows = refused
  }

  /// Whether there is a column of a name.
  package func hasColumn(_ name: String) -> Bool { !name.isEmpty && header.contains(name) }

  /// The cells of a column, as text; `nil` when there is no such column.
  func cells(_ name: String) -> [String]? {
    name.isEmpty ? nil : header.firstIndex(of: name).map { columns[$0] }
  }

  /// The cells of a column, as text.
  /// - Parameter name: The name of the column, as in the header.
  /// - Returns: One text for each row.
  /// - Throws: ``ImportError`` when there is no such column; it lists those that are there.
  package func column(_ name: String) throws(ImportError) -> [String] {
    guard let cells = cells(name) else {
      throw ImportError(file: file, message: noColumn(name))
    }
    return cells
  }

  private func noColumn(_ name: String) -> String {
    var names = header.filter { !$0.isEmpty }.prefix(30).map { String($0.prefix(40)) }
    if header.count > 30 { names.append("…") }
    var message =
      "\(file) has no column \(ImportError.quoted(name)); "
      + "its columns are \(names.joined(separator: ", "))"
    if let only = header.first, header.count == 1, only.contains(where: { ";\t|".contains($0) }) {
      message += "; fields must be separated by commas"
    }
    return message
  }

  /// Refuses a first row that cannot be a header.
  private static func check(_ header: [String]) throws(Refusal) {
    guard !header.allSatisfy({ Cell.isMissing($0) || Cell.number($0) != nil }) else {
      let found = header.prefix(5).joined(separator: ", ") + (header.count > 5 ? ", …" : "")
      throw Refusal(
        row: 1,
        message: "the first row must be a header with the names of the columns, but it holds "
          + (found.isEmpty ? "nothing" : found))
    }
    var seen = Set<String>()
    for name in header where !name.isEmpty {
      guard seen.insert(name).inserted else {
        throw Refusal(row: 1, message: "two columns are both named \(name)")
      }
    }
  }

  private func raggedError(_ first: RefusedRow) -> ImportError {
    let others = refusedRows.dropFirst()
    var message =
      "\(file), row \(first.row): the row has \(first.found) where the header has \(header.count)"
    if !others.isEmpty {
      let rows = others.prefix(10).map { "\($0.row)" }.joined(separator: ", ")
      message +=
        " (and \(others.count) more row\(others.count == 1 ? "" : "s") so: \(rows)"
        + (others.count > 10 ? ", …)" : ")")
    }
    return ImportError(file: file, message: message)
  }
}
