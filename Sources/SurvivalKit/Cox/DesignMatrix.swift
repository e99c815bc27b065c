// SPDX-License-Identifier: Apache-2.0

/// The covariates of a regression as named columns, checked once.
public struct DesignMatrix: Hashable, Sendable, Codable {
  /// The names of the columns.
  public let names: [String]
  /// The columns, each with one finite number for every row.
  public let columns: [[Double]]
  /// The number of rows.
  public let rowCount: Int

  /// Creates a design from named columns.
  /// - Parameters:
  ///   - columns: Each column's name and values. The names must differ.
  ///   - rowCount: The number of rows; needed only for a design without columns.
  /// - Throws: ``SurvivalError`` that lists every value that is not a finite number, or names the
  ///   columns whose lengths or names do not fit.
  /// - Complexity: O(*n* *p*).
  public init(
    _ columns: [(name: String, values: [Double])], rowCount: Int? = nil
  ) throws(SurvivalError) {
    let count = rowCount ?? columns.first?.values.count ?? 0
    var seen = Set<String>()
    var problems = [SurvivalError.RowProblem]()
    for (name, values) in columns {
      guard values.count == count else {
        throw SurvivalError(
          .mismatchedLengths, "column \(name) has \(values.count) rows where \(count) are expected")
      }
      guard seen.insert(name).inserted else {
        throw SurvivalError(.invalidArgument, "two columns are both named \(name)")
      }
      for row in values.indices where !values[row].isFinite {
        problems.append(
          SurvivalError.RowProblem(
            index: row, column: name, found: "\(values[row])", allowed: "a finite number"))
      }
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(problems.count) covariate value(s) are not finite numbers",
        problems: problems)
    }
    names = columns.map(\.name)
    self.columns = columns.map(\.values)
    self.rowCount = count
  }
}

extension DesignMatrix {
  private enum CodingKeys: String, CodingKey { case names, columns, rowCount }

  /// Decodes a design and checks it: a value that exists is valid.
  /// - Parameter decoder: The decoder to read from.
  /// - Throws: A decoding error, or ``SurvivalError`` for columns that do not fit.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let names = try container.decode([String].self, forKey: .names)
    let columns = try container.decode([[Double]].self, forKey: .columns)
    guard names.count == columns.count else {
      throw SurvivalError(
        .mismatchedLengths, "\(columns.count) columns cannot have \(names.count) names")
    }
    try self.init(
      zip(names, columns).map { (name: $0, values: $1) },
      rowCount: container.decode(Int.self, forKey: .rowCount))
  }
}
