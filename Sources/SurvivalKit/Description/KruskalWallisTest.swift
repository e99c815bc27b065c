// SPDX-License-Identifier: Apache-2.0

/// The Kruskal–Wallis test that several groups have the same distribution.
///
///     H = 12 / (N(N + 1)) · Σ nⱼ (R̄ⱼ − (N + 1)/2)² / (1 − Σ(t³ − t) / (N³ − N))
///
/// on one degree of freedom less than there are groups. Kruskal & Wallis (1952),
/// doi:10.1080/01621459.1952.10483441. The numbers are those of R's `kruskal.test`.
public struct KruskalWallisTest: Hashable, Sendable, Codable {
  /// The statistic H, its degrees of freedom and p-value.
  public let test: ChiSquaredTest
  /// The numbers of values in the groups.
  public let counts: [Int]
  /// The mean ranks of the groups; `nil` for a group without values, which is left out.
  public let meanRanks: [Double?]

  /// The probability of a statistic at least as large if the distributions are the same.
  public var pValue: Double { test.pValue }

  /// Compares groups.
  /// - Parameter groups: The values of each group; a group without values is left out.
  /// - Throws: ``SurvivalError``: `tooFewGroups` with values in fewer than two groups, `invalidData`
  ///   for values that are not finite, `notEstimable` when all values are equal.
  /// - Complexity: O(*n*).
  public init(_ groups: [[Double]]) throws(SurvivalError) {
    let present = groups.count { !$0.isEmpty }
    guard present >= 2 else {
      throw SurvivalError(
        .tooFewGroups, "a Kruskal–Wallis test needs values in two groups, not in \(present)")
    }
    let values = groups.flatMap { $0 }
    try OrderedSample.checkFinite(values, "values")
    let midranks = Midranks(values)
    let total = Double(values.count)
    let ties = midranks.tieSum / (total * (total * total - 1))
    guard ties < 1 else {
      throw SurvivalError(
        .notEstimable, "all \(values.count) values are equal, so ranks tell nothing")
    }
    var (sum, start) = (0.0, 0)
    var means = [Double?]()
    for group in groups {
      let end = start + group.count
      guard !group.isEmpty else {
        means.append(nil)
        continue
      }
      let mean = midranks.ranks[start..<end].reduce(0, +) / Double(group.count)
      means.append(mean)
      let excess = mean - (total + 1) / 2
      sum += Double(group.count) * excess * excess
      start = end
    }
    counts = groups.map(\.count)
    meanRanks = means
    test = ChiSquaredTest(
      12 / (total * (total + 1)) * sum / (1 - ties), degreesOfFreedom: present - 1)
  }
}
