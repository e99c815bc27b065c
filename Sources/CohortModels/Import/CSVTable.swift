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
  ///   - allowsNoRows: Whether a header without rows is a table.
  /// - Throws: ``ImportError`` for an empty file, for one without a header or rows, for names that
  ///   occur twice, for rows with another number of fields than the header, and for stray quotation
  ///   marks.
  /// - Complexity: O(number of bytes).
  package init(
    file: String, bytes: [UInt8], allowsNoRows: Bool = false
  ) throws(ImportError) {
    self.file = file
    guard !bytes.isEmpty else { throw ImportError(file: file, message: "\(file) is empty") }
    guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]) else {
      throw ImportError(file: file, message: "\(file) is encoded in UTF-16; save it as UTF-8")
    }
    var reader = CSVReader(bytes)
    do {
      guard let header = try reader.next() else {
        throw ImportError(file: file, message: "\(file) is empty")
      }
      try Self.check(header, file: file)
      self.header = header
      var columns = [[String]](repeating: [], count: header.count)
      var numbers = [Int]()
      var ragged = [(row: Int, count: Int)]()
      while let fields = try reader.next() {
        guard fields.count == header.count else {
          ragged.append((reader.row, fields.count))
          continue
        }
        for column in fields.indices { columns[column].append(fields[column]) }
        numbers.append(reader.row)
      }
      if let first = ragged.first {
        throw Self.raggedError(first, others: ragged.dropFirst(), width: header.count, file: file)
      }
      guard allowsNoRows || !numbers.isEmpty else {
        throw ImportError(file: file, message: "\(file) has a header but no rows")
      }
      self.columns = columns
      rowNumbers = numbers
    } catch let fault as CSVReader.Fault {
      throw ImportError(file: file, message: "\(file), row \(fault.row): \(fault.message)")
    } catch let error as ImportError {
      throw error
    } catch {
      throw ImportError(file: file, message: "\(file) cannot be read: \(error)")
    }
  }

  /// Whether there is a column of a name.
  package func hasColumn(_ name: String) -> Bool { !name.isEmpty && header.contains(name) }

  /// The cells of a column, as text.
  /// - Parameter name: The name of the column, as in the header.
  /// - Returns: One text for each row.
  /// - Throws: ``ImportError`` when there is no such column; it lists those that are there.
  package func column(_ name: String) throws(ImportError) -> [String] {
    guard !name.isEmpty, let position = header.firstIndex(of: name) else {
      throw ImportError(file: file, message: noColumn(name))
    }
    return columns[position]
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
  private static func check(_ header: [String], file: String) throws(ImportError) {
    guard !header.allSatisfy({ Cell.isMissing($0) || Cell.number($0) != nil }) else {
      let found = header.prefix(5).joined(separator: ", ") + (header.count > 5 ? ", …" : "")
      throw ImportError(
        file: file,
        message: "\(file), row 1: the first row must be a header with the names of the columns, "
          + "but it holds \(found.isEmpty ? "nothing" : found)")
    }
    var seen = Set<String>()
    for name in header where !name.isEmpty {
      guard seen.insert(name).inserted else {
        throw ImportError(
          file: file, message: "\(file), row 1: two columns are both named \(name)")
      }
    }
  }

  private static func raggedError(
    _ first: (row: Int, count: Int), others: ArraySlice<(row: Int, count: Int)>, width: Int,
    file: String
  ) -> ImportError {
    func fields(_ count: Int) -> String { "\(count) field\(count == 1 ? "" : "s")" }
    var message =
      "\(file), row \(first.row): the row has \(fields(first.count)) where the header has \(width)"
    if !others.isEmpty {
      let rows = others.prefix(10).map { "\($0.row)" }.joined(separator: ", ")
      message +=
        " (and \(others.count) more row\(others.count == 1 ? "" : "s") so: \(rows)"
        + (others.count > 10 ? ", …)" : ")")
    }
    return ImportError(file: file, message: message)
  }
}
