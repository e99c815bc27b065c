// SPDX-License-Identifier: Apache-2.0

/// Gray's test of each cause, with what it was computed from.
public struct GrayResult: Hashable, Sendable, Codable {
  /// One group of the comparison.
  public struct Group: Hashable, Sendable, Codable {
    /// The name of the group.
    public let name: String
    /// The number of rows in the group, weights not counted.
    public let rowCount: Int
  }

  /// The test of one cause.
  public struct CauseTest: Hashable, Sendable, Codable {
    /// The cause.
    public let cause: String
    /// The events of the cause in each group.
    public let events: [Double]
    /// Events less those expected if all groups had the same incidence, weighted; for each group.
    public let scores: [Double]
    /// The covariance matrix of the scores, row by row.
    public let covariance: [[Double]]
    /// The test; `nil` when no event tells the groups apart.
    public let test: ChiSquaredTest?
  }

  /// The power ρ of 1 − F̂(t−) that event times are weighted by.
  public let rho: Double
  /// What the weights of the rows mean.
  public let weightKind: WeightKind
  /// The groups, in order.
  public let groups: [Group]
  /// The tests, in the order of the causes.
  public let tests: [CauseTest]
  /// The number of strata within which the comparison was made.
  public let stratumCount: Int
  /// The name of the endpoint; empty for columns.
  public package(set) var endpoint = ""
  /// The rows that were left out.
  public package(set) var exclusions = Exclusions.none
  /// Which times were merged.
  public internal(set) var mergedTimes = MergedTimes.none

  /// The test of a cause; `nil` for a cause without events, or when no event tells the groups apart.
  public subscript<Cause: Hashable & Sendable>(cause cause: Cause) -> ChiSquaredTest? {
    tests.first { $0.cause == LevelOrder.name(cause) }?.test
  }
}

extension GrayResult: CustomStringConvertible {
  /// For each cause the statistic, its degrees of freedom and its p-value.
  public var description: String {
    var title = "Gray's test"
    if !endpoint.isEmpty { title += " of \(endpoint)" }
    if rho != 0 { title += ", rho \(NumberFormatting.significant(rho, digits: 6))" }
    if stratumCount > 1 { title += ", within \(stratumCount) strata" }
    let rows = groups.reduce(0) { $0 + $1.rowCount }
    var blocks = [
      TextLayout.wrapped(title) + "\n"
        + TextLayout.wrapped(
          "\(NumberFormatting.quantity(rows, "row")) used; \(exclusions)", indentation: 2),
      table.description,
    ]
    let notes = [weightKind.sentence, mergedTimes.sentence].compactMap { $0 }
    if !notes.isEmpty { blocks.append(TextLayout.wrapped(notes.joined(separator: " "))) }
    return blocks.joined(separator: "\n\n")
  }

  /// The tests, a row for each cause.
  package var table: TextTable {
    let statistics = NumberFormatting.column(tests.map { $0.test?.statistic }, digits: 4)
    var table = TextTable(columns: [
      .text("Gray's test of"), .number("events"), .number("chi-squared"), .number("df"),
      .number("p"),
    ])
    for (row, test) in tests.enumerated() {
      table.append([
        test.cause, NumberFormatting.count(test.events.reduce(0, +)), statistics[row],
        test.test.map { "\($0.degreesOfFreedom)" } ?? "NA",
        test.test.map { NumberFormatting.pValue($0.pValue, digits: 3) } ?? "NA",
      ])
    }
    return table.fitted()
  }
}
