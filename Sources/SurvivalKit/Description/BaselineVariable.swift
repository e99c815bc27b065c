// SPDX-License-Identifier: Apache-2.0

/// One variable of a table of baseline characteristics: how it is read from a record.
///
/// ```swift
/// .numeric("age", \.age)                       // median, quartiles, range
/// .category("performance status", \.status)    // a count for each level
/// .indicator("previous therapy", \.wasTreated) // a count of yes
/// ```
public struct BaselineVariable<Record>: Sendable {
  /// The name, as it is printed.
  public let name: String
  let kind: Kind

  enum Kind: Sendable {
    case numeric(@Sendable (Record) -> Double?)
    case indicator(@Sendable (Record) -> Bool?)
    /// The level of each record, `nil` where missing, and the names of the levels that occur.
    case category(@Sendable ([Record]) -> (codes: [Int?], levels: [String]))
  }

  /// A number, described by median, quartiles and range.
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - value: The number; `nil` when missing, which is counted.
  /// - Returns: The variable.
  public static func numeric(
    _ name: String, _ value: @escaping @Sendable (Record) -> Double?
  ) -> BaselineVariable {
    BaselineVariable(name: name, kind: .numeric(value))
  }

  /// A yes or no, described by the number of yes.
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - value: The answer; `nil` when missing, which is counted.
  /// - Returns: The variable.
  public static func indicator(
    _ name: String, _ value: @escaping @Sendable (Record) -> Bool?
  ) -> BaselineVariable {
    BaselineVariable(name: name, kind: .indicator(value))
  }

  /// A variable with several levels, described by the number at each.
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - value: The level; `nil` when missing, which is counted. Levels are ordered as ``Grouping``
  ///     says; those that no record has are left out.
  /// - Returns: The variable.
  public static func category<Level: Hashable & Sendable>(
    _ name: String, _ value: @escaping @Sendable (Record) -> Level?
  ) -> BaselineVariable {
    BaselineVariable(
      name: name,
      kind: .category { records in
        let labels = records.map(value)
        let levels = LevelOrder.ordered(labels.compactMap { $0 })
        var position = [Level: Int](minimumCapacity: levels.count)
        for (index, level) in levels.enumerated() { position[level] = index }
        return (labels.map { $0.flatMap { position[$0] } }, levels.map(LevelOrder.name))
      })
  }
}
