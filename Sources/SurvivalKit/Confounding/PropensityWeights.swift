// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// One of the two groups of a propensity model.
public struct PropensityGroup: Hashable, Sendable, Codable {
  /// Whether the group is that of the exposed.
  public let isExposed: Bool
  /// The number of records.
  public let count: Int
  /// The number of records of equal weight that would tell as much: (Σw)² / Σw², after Kish.
  public let effectiveSampleSize: Double
  /// The total weight.
  public let totalWeight: Double
  /// The largest weight.
  public let largestWeight: Double
  /// The smallest propensity score; where the groups' ranges do not overlap, there is nobody to compare
  /// with.
  public let smallestScore: Double
  /// The largest propensity score.
  public let largestScore: Double

  init(isExposed: Bool, scores: [Double], weights: [Double]) {
    self.isExposed = isExposed
    count = weights.count
    totalWeight = weights.reduce(0, +)
    let largest = weights.max() ?? 0
    let squares = weights.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }
    effectiveSampleSize =
      largest > 0 ? totalWeight / largest * (totalWeight / largest) / squares : 0
    largestWeight = largest
    smallestScore = scores.min() ?? 0
    largestScore = scores.max() ?? 1
  }
}

/// How alike the groups are in a covariate, before and after weighting.
public struct CovariateBalance: Hashable, Sendable, Codable {
  /// The covariate, or its column.
  public let name: String
  /// The standardized difference, exposed less unexposed, without weights; `nil` when it is infinite.
  public let unweighted: Double?
  /// The standardized difference with weights.
  public let weighted: Double?
}

/// A covariate as its balance sees it: a number or an answer, or a level.
struct BalanceTerm: Sendable {
  private enum Values: Sendable {
    case numbers([Double])
    case levels([Int], count: Int)
  }

  private let name: String
  private let values: Values

  /// One term for a number, an answer or a factor; otherwise one for each column.
  static func terms<Record>(
    _ coding: CovariateCoding<Record>, _ records: [Record]
  ) -> [BalanceTerm] {
    if coding.levels.count > 2 {
      let levels = records.map { record in
        coding.found(record).flatMap { coding.levels.firstIndex(of: $0) } ?? 0
      }
      return [
        BalanceTerm(name: coding.name, values: .levels(levels, count: coding.levels.count))
      ]
    }
    let rows = records.compactMap { coding.values($0) }
    return coding.names.enumerated().map { position, name in
      BalanceTerm(name: name, values: .numbers(rows.map { $0[position] }))
    }
  }

  /// The balance of the two groups, without weights and with them.
  func balance(
    _ isExposed: [Bool], _ weights: [Double]
  ) throws(SurvivalError) -> CovariateBalance {
    let equal = [Double](repeating: 1, count: weights.count)
    return CovariateBalance(
      name: name, unweighted: try difference(isExposed, equal),
      weighted: try difference(isExposed, weights))
  }

  private func difference(
    _ isExposed: [Bool], _ weights: [Double]
  ) throws(SurvivalError) -> Double? {
    func group(_ exposed: Bool, _ values: [Double]) -> [Double] {
      zip(isExposed, values).filter { $0.0 == exposed }.map(\.1)
    }
    switch values {
    case .levels(let levels, let count):
      var totals = [[Double]](repeating: [Double](repeating: 0, count: count), count: 2)
      for (row, level) in levels.enumerated() {
        totals[isExposed[row] ? 0 : 1][level] += weights[row]
      }
      return try StandardizedDifference.category(totals[0], totals[1])
    case .numbers(let column):
      let (first, second) = (group(true, column), group(false, column))
      let (firstWeights, secondWeights) = (group(true, weights), group(false, weights))
      guard column.allSatisfy({ $0 == 0 || $0 == 1 }) else {
        return try StandardizedDifference.numeric(
          first, second, firstWeights: firstWeights, secondWeights: secondWeights)
      }
      func share(_ values: [Double], _ weights: [Double]) -> Double {
        let ones = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
        let all = weights.reduce(0, +)
        return all > 0 ? Swift.min(1, ones / all) : 0
      }
      return try StandardizedDifference.binary(
        share(first, firstWeights), share(second, secondWeights))
    }
  }
}

/// Weights from propensity scores, with what they do to the groups.
///
/// ``recordWeights`` is what ``KaplanMeier``, ``LogRankTest`` and ``CoxModel`` take as their `weights`.
public struct PropensityWeights<Record>: Sendable {
  /// Whose effect the weighted groups show.
  public let target: PropensityTarget
  /// Whether weights were multiplied by the share of the group.
  public let isStabilized: Bool
  /// The share of weights cut back at either end.
  public let truncation: Double
  /// The weights of the records that were used.
  public let values: [Double]
  /// The positions of these records, counted from 0.
  public let rows: [Int]
  /// The number of weights that were cut back.
  public let truncatedCount: Int
  /// The exposed and the unexposed.
  public let groups: [PropensityGroup]
  /// How alike the groups are in each covariate, before and after.
  public let balance: [CovariateBalance]
  /// The rows that were left out.
  public let exclusions: Exclusions
  private let weight: @Sendable (Record) -> Double?

  init(
    target: PropensityTarget, isStabilized: Bool, truncation: Double, values: [Double], rows: [Int],
    truncatedCount: Int, groups: [PropensityGroup], balance: [CovariateBalance],
    exclusions: Exclusions, weight: @escaping @Sendable (Record) -> Double?
  ) {
    self.target = target
    self.isStabilized = isStabilized
    self.truncation = truncation
    self.values = values
    self.rows = rows
    self.truncatedCount = truncatedCount
    self.groups = groups
    self.balance = balance
    self.exclusions = exclusions
    self.weight = weight
  }

  /// The weight of a record; `nil` when it has a missing value or a level that the fit has not seen.
  /// - Parameter record: A record, of the fit or new.
  /// - Returns: The weight.
  public func weight(for record: Record) -> Double? { weight(record) }

  /// The weights as a part of an analysis: a record without one is left out, counted.
  public var recordWeights: RecordWeights<Record> { .probability(weight) }

  /// The largest magnitude of a standardized difference that is left; `nil` when one is infinite.
  public var largestImbalance: Double? {
    var largest = 0.0
    for row in balance {
      guard let value = row.weighted else { return nil }
      largest = Swift.max(largest, value.magnitude)
    }
    return largest
  }
}

extension PropensityWeights: CustomStringConvertible {
  /// The groups with their effective sizes, and the balance before and after, in 80 columns.
  public var description: String {
    func number(_ value: Double, _ digits: Int = 4) -> String {
      NumberFormatting.significant(value, digits: digits)
    }
    var title = "Propensity weights for \(target.title)"
    if isStabilized { title += ", stabilized" }
    if truncatedCount > 0 {
      title +=
        ", \(truncatedCount) cut back to the \(NumberFormatting.percent(truncation)) and "
        + "\(NumberFormatting.percent(1 - truncation)) quantiles"
    }
    var table = TextTable(columns: [
      .text(""), .number("n"), .number("effective n"), .number("largest weight"), .number("scores"),
    ])
    for group in groups {
      table.append([
        group.isExposed ? "exposed" : "unexposed", "\(group.count)",
        number(group.effectiveSampleSize), number(group.largestWeight),
        "\(number(group.smallestScore, 3)) – \(number(group.largestScore, 3))",
      ])
    }
    var differences = TextTable(columns: [
      .text("standardized difference"), .number("before"), .number("after"),
    ])
    for row in balance {
      differences.append(
        [row.name]
          + [row.unweighted, row.weighted].map {
            $0.map { NumberFormatting.fixed($0, digits: 3) } ?? "NA"
          })
    }
    return [
      TextLayout.wrapped(title) + "\n"
        + TextLayout.wrapped(
          "\(NumberFormatting.quantity(rows.count, "row")) used; \(exclusions)", indentation: 2),
      table.fitted().description, differences.fitted().description,
    ].joined(separator: "\n\n")
  }
}

extension PropensityTarget {
  /// The target in a heading.
  var title: String {
    switch self {
    case .everyone: "the effect in everyone"
    case .exposed: "the effect in the exposed"
    case .unexposed: "the effect in the unexposed"
    case .overlap: "the effect in the overlap"
    }
  }
}
