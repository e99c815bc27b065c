// SPDX-License-Identifier: Apache-2.0

/// How often each combination of two groupings occurs.
///
/// ```swift
/// let table = try ContingencyTable(rows: Grouping(sex), columns: Grouping(arm))
/// print(try table.pearsonTest().pValue, try table.fisherTest().pValue)
/// ```
public struct ContingencyTable: Hashable, Sendable, Codable {
  /// The names of the rows.
  public let rowNames: [String]
  /// The names of the columns.
  public let columnNames: [String]
  /// The counts, row by row.
  public let counts: [[Int]]

  /// The total of each row.
  public var rowTotals: [Int] { counts.map { $0.reduce(0, +) } }
  /// The total of each column.
  public var columnTotals: [Int] {
    columnNames.indices.map { column in counts.reduce(0) { $0 + $1[column] } }
  }
  /// The total of all counts.
  public var total: Int { rowTotals.reduce(0, +) }

  /// Creates a table of counts.
  /// - Parameters:
  ///   - counts: The counts, row by row.
  ///   - rowNames: The names of the rows; numbers when `nil`.
  ///   - columnNames: The names of the columns; numbers when `nil`.
  /// - Throws: ``SurvivalError``: `mismatchedLengths` when rows differ in length or names in number,
  ///   `invalidData` for a count below 0, `overflow` for a total above 2⁵³.
  public init(
    _ counts: [[Int]], rowNames: [String]? = nil, columnNames: [String]? = nil
  ) throws(SurvivalError) {
    let width = counts.first?.count ?? 0
    guard counts.allSatisfy({ $0.count == width }), rowNames?.count ?? counts.count == counts.count,
      columnNames?.count ?? width == width
    else {
      throw SurvivalError(
        .mismatchedLengths, "the rows of a table are of one length, and each has one name")
    }
    var problems = [SurvivalError.RowProblem]()
    for (row, values) in counts.enumerated() {
      for (column, count) in values.enumerated() where count < 0 {
        problems.append(
          SurvivalError.RowProblem(
            index: row, column: columnNames?[column] ?? "\(column + 1)", found: "\(count)",
            allowed: "a count, 0 or more"))
      }
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(problems.count) count(s) of the table are below 0", problems: problems)
    }
    guard counts.joined().reduce(0.0, { $0 + Double($1) }) <= 0x1p53 else {
      throw SurvivalError(.overflow, "the counts of a table sum to 2^53 at most")
    }
    self.counts = counts
    self.rowNames = rowNames ?? counts.indices.map { "\($0 + 1)" }
    self.columnNames = columnNames ?? (0..<width).map { "\($0 + 1)" }
  }

  /// Counts the combinations of two groupings of the same rows.
  /// - Parameters:
  ///   - rows: What the rows of the table are.
  ///   - columns: What its columns are.
  /// - Throws: ``SurvivalError`` with code `mismatchedLengths` when the groupings differ in length.
  /// - Complexity: O(*n*).
  public init(rows: Grouping, columns: Grouping) throws(SurvivalError) {
    guard rows.count == columns.count else {
      throw SurvivalError(
        .mismatchedLengths,
        "groupings of \(rows.count) and \(columns.count) rows cannot be tabulated")
    }
    var counts = [[Int]](
      repeating: [Int](repeating: 0, count: columns.levels.count), count: rows.levels.count)
    for (row, column) in zip(rows.codes, columns.codes) { counts[row][column] += 1 }
    try self.init(counts, rowNames: rows.levels, columnNames: columns.levels)
  }

  /// The counts without empty rows and columns, which no test can learn from.
  func occupied() throws(SurvivalError) -> [[Int]] {
    let columns = columnTotals.indices.filter { columnTotals[$0] > 0 }
    let result = counts.filter { $0.contains { $0 > 0 } }.map { row in columns.map { row[$0] } }
    guard result.count >= 2, columns.count >= 2 else {
      throw SurvivalError(
        .tooFewGroups,
        "a test of association needs two rows and two columns with counts, not \(result.count) "
          + "and \(columns.count)")
    }
    return result
  }
}

extension ContingencyTable {
  private enum CodingKeys: String, CodingKey { case rowNames, columnNames, counts }

  /// Decodes a table and checks it: a value that exists is valid.
  /// - Parameter decoder: The decoder to read from.
  /// - Throws: A decoding error, or ``SurvivalError`` for counts that cannot be.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      container.decode([[Int]].self, forKey: .counts),
      rowNames: container.decode([String].self, forKey: .rowNames),
      columnNames: container.decode([String].self, forKey: .columnNames))
  }
}
