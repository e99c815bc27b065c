// SPDX-License-Identifier: Apache-2.0

/// What is known of one column of a table: its name, meaning, unit and range.
struct Field {
  /// Of whom a value is expected; where one is missing too often, V41 says so.
  enum Expectation: String {
    /// Of every row.
    case everyone
    /// Of every subject that was infused.
    case infused
    /// Of nobody in particular.
    case optional
  }

  private let prefix: String
  private let stem: String
  let meaning: String
  let unit: String
  let expectation: Expectation
  /// The values that a number may have; V30 is the rule.
  let range: ClosedRange<Double>?

  init(
    _ stem: String, _ meaning: String, _ expectation: Expectation = .optional, prefix: String = "",
    unit: String = "", range: ClosedRange<Double>? = nil
  ) {
    self.prefix = prefix
    self.stem = stem
    self.meaning = meaning
    self.unit = unit
    self.expectation = expectation
    self.range = range
  }

  /// The name of the column.
  var name: String { prefix + stem }
}

/// Somebody who is shown every field of a record in the order of its columns, and may change it.
///
/// A record names its fields once, in `exchange(_:)`. Reading, writing, the data dictionary, the
/// check of ranges and the count of missing values are five exchanges, so they cannot disagree.
protocol FieldExchange {
  mutating func text(_ field: Field, _ value: inout String)
  mutating func text(_ field: Field, _ value: inout String?)
  mutating func day(_ field: Field, _ value: inout CalendarDay?)
  mutating func integer(_ field: Field, _ value: inout Int?)
  mutating func number(_ field: Field, _ value: inout Double?)
  mutating func flag(_ field: Field, _ value: inout Bool?)
  mutating func code<Code: CodeList>(_ field: Field, _ value: inout Coded<Code>?)
  mutating func codes<Code: CodeList>(_ field: Field, _ value: inout Coded<Set<Code>>?)
}

/// A record that is one row of a table.
protocol TableRow {
  /// The name of the table, and of its file without `.csv`.
  static var tableName: String { get }
  /// A row of which nothing is recorded.
  init()
  /// Shows every field, in the order of the columns.
  mutating func exchange(_ fields: inout some FieldExchange)
}

extension TableRow {
  /// Shows every field to somebody who only looks.
  func show(_ fields: inout some FieldExchange) {
    var copy = self
    copy.exchange(&fields)
  }
}
