// SPDX-License-Identifier: Apache-2.0

/// A table of baseline characteristics.
public struct BaselineResult: Hashable, Sendable, Codable {
  /// A column of the table: all rows, or a group.
  public struct Column: Hashable, Sendable, Codable {
    /// The name of the group; `all` for the first column.
    public let name: String
    /// The number of rows.
    public let rowCount: Int
  }

  /// What is said of a variable, for each column.
  public enum Summary: Hashable, Sendable, Codable {
    /// A number's centre, spread and range.
    case numeric([NumericSummary])
    /// How many of those with an answer said yes.
    case indicator(counts: [Int], totals: [Int])
    /// How many are at each level; the counts of a level are those of its columns.
    case category(levels: [String], counts: [[Int]])
  }

  /// A variable of the table.
  public struct Variable: Hashable, Sendable, Codable {
    /// The name.
    public let name: String
    /// What is said of it, for each column.
    public let summary: Summary
    /// The number of rows without a value, for each column.
    public let missingCounts: [Int]
    /// The comparison of the groups; `nil` when there was none, or could be none: see ``note``.
    public let comparison: BaselineComparison?
    /// The standardized difference of the first group from the second, or the largest magnitude of
    /// those between any two of several; `nil` when not asked for, or when one is infinite or a group
    /// has too few values.
    public let standardizedDifference: Double?
    /// Why there is no comparison; `nil` when there is one, or none was asked for.
    public let note: String?
  }

  /// The columns: all rows, and then each group.
  public let columns: [Column]
  /// The variables, in order.
  public let variables: [Variable]
  /// How medians and quartiles are defined.
  public let quantiles: QuantileDefinition
  /// Whether groups were compared.
  public let comparesGroups: Bool
  /// The rows that were left out because they have no group.
  public let exclusions: Exclusions

  /// A variable by its name; the first of that name, `nil` when there is none.
  public subscript(_ name: String) -> Variable? { variables.first { $0.name == name } }

  /// The table as rows of a CSV file, one number in each, the first row being the header.
  ///
  /// The columns are variable, level, statistic, column and value. Statistics are `count`, `missing`,
  /// `mean`, `standard deviation`, `minimum`, `first quartile`, `median`, `third quartile`, `maximum`,
  /// `share`, and for the variable as a whole `p` (its level is the test) and `standardized
  /// difference`. A value that does not exist is an empty cell; others have all digits. Cells are not
  /// quoted: that is left to who writes the file.
  public var csvRows: [[String]] {
    var rows = [["variable", "level", "statistic", "column", "value"]]
    for column in columns { rows.append(["", "", "count", column.name, "\(column.rowCount)"]) }
    for variable in variables {
      func add(_ level: String, _ statistic: String, _ values: [Double?]) {
        for (column, value) in zip(columns, values) {
          rows.append([
            variable.name, level, statistic, column.name, value.map { Self.text($0) } ?? "",
          ])
        }
      }
      switch variable.summary {
      case .numeric(let summaries):
        add("", "count", summaries.map { Double($0.count) })
        add("", "mean", summaries.map(\.mean))
        add("", "standard deviation", summaries.map(\.standardDeviation))
        add("", "minimum", summaries.map(\.minimum))
        add("", "first quartile", summaries.map(\.firstQuartile))
        add("", "median", summaries.map(\.median))
        add("", "third quartile", summaries.map(\.thirdQuartile))
        add("", "maximum", summaries.map(\.maximum))
      case .indicator(let counts, let totals):
        add("yes", "count", counts.map { Double($0) })
        add("yes", "share", zip(counts, totals).map { $1 > 0 ? Double($0) / Double($1) : nil })
      case .category(let levels, let counts):
        let totals = variable.presentCounts(columns)
        for (level, counts) in zip(levels, counts) {
          add(level, "count", counts.map { Double($0) })
          add(level, "share", zip(counts, totals).map { $1 > 0 ? Double($0) / Double($1) : nil })
        }
      }
      add("", "missing", variable.missingCounts.map { Double($0) })
      guard comparesGroups else { continue }
      rows.append([
        variable.name, variable.comparison?.test.rawValue ?? "", "p", "",
        variable.comparison.map { Self.text($0.pValue) } ?? "",
      ])
      rows.append([
        variable.name, "", "standardized difference", "",
        variable.standardizedDifference.map { Self.text($0) } ?? "",
      ])
    }
    return rows
  }

  /// All digits of a number, without a point when it is whole.
  private static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }
}

extension BaselineResult.Variable {
  /// The number of rows with a value, for each column.
  func presentCounts(_ columns: [BaselineResult.Column]) -> [Int] {
    zip(columns, missingCounts).map { $0.rowCount - $1 }
  }
}
