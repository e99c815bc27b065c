// SPDX-License-Identifier: Apache-2.0

/// A test of the log-rank family, with what it was computed from.
public struct LogRankResult: Hashable, Sendable, Codable {
  /// One group of the comparison.
  public struct Group: Hashable, Sendable, Codable {
    /// The name of the group.
    public let name: String
    /// The number of rows in the group, weights not counted.
    public let rowCount: Int
    /// The events observed, each counted by the weight function.
    public let observed: Double
    /// The events expected if all groups had the same hazard, likewise.
    public let expected: Double
  }

  /// The comparison of two of the groups.
  public struct Pair: Hashable, Sendable, Codable {
    /// The first group.
    public let first: String
    /// The second group.
    public let second: String
    /// The statistic, on one degree of freedom; `nil` when the two have no event between them.
    public let statistic: Double?
    /// Its p-value.
    public let pValue: Double?
    /// The p-value adjusted for the number of pairs.
    public let adjustedPValue: Double?
  }

  /// How much each event time counted.
  public let weightFunction: LogRankWeight
  /// What the weights of the rows mean.
  public let weightKind: WeightKind
  /// Whether the variance is robust rather than hypergeometric.
  public let isRobust: Bool
  /// The groups, in order.
  public let groups: [Group]
  /// The covariance matrix of observed − expected, row by row.
  public let covariance: [[Double]]
  /// The test that all groups have the same hazard.
  public let overall: ChiSquaredTest
  /// The test of a trend over the order of the groups; `nil` when there is no variance for it.
  public let trend: ChiSquaredTest?
  /// The comparison of each pair of groups, when asked for.
  public internal(set) var pairs: [Pair] = []
  /// How the p-values of the pairs were adjusted; `nil` when pairs were not asked for.
  public internal(set) var pairAdjustment: PValueAdjustment?
  /// The number of strata within which the comparison was made.
  public internal(set) var stratumCount = 1
  /// The name of the endpoint; empty for columns.
  public package(set) var endpoint = ""
  /// The rows that were left out.
  public package(set) var exclusions = Exclusions.none
  /// Which times were merged.
  public internal(set) var mergedTimes = MergedTimes.none

  /// The chi-squared statistic.
  public var statistic: Double { overall.statistic }
  /// Its degrees of freedom.
  public var degreesOfFreedom: Int { overall.degreesOfFreedom }
  /// The probability of a statistic at least as large if all groups have the same hazard.
  public var pValue: Double { overall.pValue }
}
