// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit

/// The levels of a column of categories among the rows that an analysis uses.
struct ColumnLevels {
  let column: String
  /// The level of every row used.
  let grouping: Grouping
  private let positions: [String: Int]
  /// The positions by number, if all levels are numbers: then 1 and 1.0 are the same level.
  private let numbers: [Double: Int]?

  /// Learns the levels from the labels of the rows used.
  init(column: String, labels: [String]) {
    self.column = column
    grouping = Grouping(labels: labels)
    let places = grouping.levels.enumerated().map { ($0.element, $0.offset) }
    positions = Dictionary(places) { first, _ in first }
    let values = grouping.levels.compactMap(Cell.number)
    numbers =
      values.count == grouping.levels.count
      ? Dictionary(values.enumerated().map { ($0.element, $0.offset) }) { first, _ in first } : nil
  }

  /// The position of the level that a cell names; `nil` for one that no row used has.
  func position(of label: String) -> Int? {
    positions[label] ?? Cell.number(label).flatMap { numbers?[$0] }
  }

  /// The names of the levels in a message, at most twenty of them.
  var list: String {
    grouping.levels.prefix(20).joined(separator: ", ") + (grouping.levels.count > 20 ? ", …" : "")
  }
}
