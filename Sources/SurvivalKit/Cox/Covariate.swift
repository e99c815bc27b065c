// SPDX-License-Identifier: Apache-2.0

/// One term of a regression over records: how it is read, and how it becomes columns.
///
/// ```swift
/// .numeric("age per decade") { $0.age / 10 }
/// .numeric("creatinine", \Patient.creatinine)          // Double?: nil leaves the record out
/// .factor("treatment", \.arm, reference: .control)    // levels from the enumeration
/// ```
public struct Covariate<Record>: Sendable {
  /// The name, as it is printed.
  public let name: String
  /// Whether a record has a value.
  let isPresent: @Sendable (Record) -> Bool
  /// Whether the value changes with time.
  var isTimeDependent = false
  /// Learns the coding of the term from the records used.
  let coding: @Sendable ([Record], [Int]) throws(SurvivalError) -> CovariateCoding<Record>

  /// A number.
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - value: The number; `nil` when missing, which leaves the record out, counted.
  /// - Returns: The term, with one column.
  public static func numeric(
    _ name: String, _ value: @escaping @Sendable (Record) -> Double?
  ) -> Covariate {
    Covariate(name: name, isPresent: { value($0) != nil }) { _, _ in
      var coding = CovariateCoding<Record>(name: name, names: [name]) { record in
        value(record).map { [$0] }
      }
      coding.number = value
      return coding
    }
  }

  /// A yes or no: 1 or 0.
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - value: The answer; `nil` when missing, which leaves the record out, counted.
  /// - Returns: The term, with one column.
  public static func indicator(
    _ name: String, _ value: @escaping @Sendable (Record) -> Bool?
  ) -> Covariate {
    numeric(name) { value($0).map { $0 ? 1 : 0 } }
  }

  /// A factor with treatment coding: a column for each level but the reference, named `name[level]`.
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - value: The level; `nil` when missing, which leaves the record out, counted.
  ///   - reference: The level that the others are compared with; the first when `nil`. Levels are
  ///     ordered as ``Grouping`` says; levels that no record has get no column.
  /// - Returns: The term.
  public static func factor<Level: Hashable & Sendable>(
    _ name: String, _ value: @escaping @Sendable (Record) -> Level?, reference: Level? = nil
  ) -> Covariate {
    Covariate(name: name, isPresent: { value($0) != nil }) {
      (records: [Record], rows: [Int]) throws(SurvivalError) in
      let levels = LevelOrder.ordered(rows.compactMap { value(records[$0]) })
      if let reference, !levels.contains(reference) {
        throw SurvivalError(
          .unknownLevel,
          "no record has the reference level \(LevelOrder.name(reference)) of "
            + "\(name); levels are \(levels.map(LevelOrder.name).joined(separator: ", "))")
      }
      guard let base = reference ?? levels.first else {
        throw SurvivalError(.noRows, "no record has a value of \(name)")
      }
      let others = levels.filter { $0 != base }
      return CovariateCoding(
        name: name, names: others.map { "\(name)[\(LevelOrder.name($0))]" },
        levels: levels.map(LevelOrder.name)
      ) { record in
        guard let level = value(record), levels.contains(level) else { return nil }
        return others.map { $0 == level ? 1 : 0 }
      } found: { record in
        value(record).map(LevelOrder.name)
      }
    }
  }

  /// The product of two terms, column by column: how the effect of one depends on the other.
  /// - Parameters:
  ///   - first: One term; it is not added to the model by this.
  ///   - second: The other term.
  /// - Returns: The term, with columns named `first:second`.
  public static func interaction(_ first: Covariate, _ second: Covariate) -> Covariate {
    Covariate(
      name: "\(first.name):\(second.name)",
      isPresent: { first.isPresent($0) && second.isPresent($0) }
    ) { (records: [Record], rows: [Int]) throws(SurvivalError) in
      guard !first.isTimeDependent, !second.isTimeDependent else {
        throw SurvivalError(
          .invalidArgument,
          "\(first.name):\(second.name): a time-dependent term cannot be part of an interaction; "
            + "take the product inside its function")
      }
      let one = try first.coding(records, rows)
      let other = try second.coding(records, rows)
      return CovariateCoding(
        name: "\(first.name):\(second.name)",
        names: one.names.flatMap { left in other.names.map { "\(left):\($0)" } }
      ) { record in
        guard let left = one.values(record), let right = other.values(record) else { return nil }
        return left.flatMap { value in right.map { value * $0 } }
      }
    }
  }
}

/// A term as the fit has learnt it: a record is coded the same way ever after.
struct CovariateCoding<Record>: Sendable {
  let name: String
  /// The names of the columns.
  let names: [String]
  /// The levels of a factor; empty for other terms.
  var levels: [String] = []
  /// The values of the columns; `nil` for a record without a value, or with an unknown level.
  let values: @Sendable (Record) -> [Double]?
  /// The value of a term that is one number, without an array; `nil` for other terms.
  var number: (@Sendable (Record) -> Double?)?
  /// The values at a time of a term that changes with time; `nil` for other terms.
  var valuesAtTime: (@Sendable (Record, Double) -> [Double]?)?
  /// What the record holds, for error messages.
  var found: @Sendable (Record) -> String? = { _ in nil }

  init(
    name: String, names: [String], levels: [String] = [],
    values: @escaping @Sendable (Record) -> [Double]?,
    found: @escaping @Sendable (Record) -> String? = { _ in nil }
  ) {
    self.name = name
    self.names = names
    self.levels = levels
    self.values = values
    self.found = found
  }

  /// The values of a record that must have them.
  func encoded(_ record: Record, at time: Double? = nil) throws(SurvivalError) -> [Double] {
    if valuesAtTime != nil, time == nil {
      throw SurvivalError(
        .notEstimable,
        "\(name) changes with time: ask for the record at a time, with an argument at:")
    }
    guard let values = valuesAtTime.map({ $0(record, time ?? .nan) }) ?? values(record) else {
      guard let found = found(record) else {
        throw SurvivalError(
          .invalidData, "the record has no value of \(name), which the model needs")
      }
      throw SurvivalError(
        .unknownLevel,
        "the fit has not seen the level \(found) of \(name); it knows "
          + levels.joined(separator: ", "))
    }
    guard values.allSatisfy(\.isFinite) else {
      throw SurvivalError(.invalidData, "the record's value of \(name) is not a finite number")
    }
    return values
  }
}
