// SPDX-License-Identifier: Apache-2.0

/// How the p-value of a rank-sum test is found.
public enum RankSumMethod: String, Hashable, Sendable, Codable, CaseIterable {
  /// Exact without ties when both groups have fewer than 50 values, otherwise normal: R's rule.
  case automatic
  /// From the distribution of the statistic over all arrangements; there must be no ties.
  case exact
  /// From the normal approximation, with the variance that the ties leave.
  case normal
}

/// The Wilcoxon rank-sum test of two groups, which is that of Mann and Whitney.
///
///     W = Σ ranks of the first group − n₁(n₁ + 1)/2,   the number of pairs in which the first is larger
///     z = (W − n₁n₂/2 ∓ ½) / √(n₁n₂/12 · (N + 1 − Σ(t³ − t) / (N(N − 1))))
///
/// Wilcoxon (1945), doi:10.2307/3001968; Mann & Whitney (1947), doi:10.1214/aoms/1177730491. The numbers
/// are those of R's `wilcox.test`.
public struct RankSumTest: Hashable, Sendable, Codable {
  /// W: pairs in which the value of the first group is the larger, ties counted one half.
  public let statistic: Double
  /// The two-sided p-value.
  public let pValue: Double
  /// How it was found; never `automatic`.
  public let method: RankSumMethod
  /// Whether the normal approximation was corrected by one half for continuity.
  public let isCorrectedForContinuity: Bool
  /// Whether some values are equal.
  public let hasTies: Bool
  /// The numbers of values in the first and the second group.
  public let counts: [Int]

  /// The share of pairs in which the first group's value is the larger: the area under the ROC curve.
  public var concordance: Double { statistic / (Double(counts[0]) * Double(counts[1])) }

  /// Compares two groups.
  /// - Parameters:
  ///   - first: The values of the first group.
  ///   - second: The values of the second group.
  ///   - method: How the p-value is found.
  ///   - correctsForContinuity: Whether the normal approximation is corrected by one half.
  /// - Throws: ``SurvivalError``: `tooFewGroups` for a group without values, `invalidData` for values
  ///   that are not finite, `notEstimable` when all values are equal, `invalidArgument` for an exact
  ///   test with ties or with more than 40 000 pairs.
  /// - Complexity: O(*n*); exact O((*n*₁ *n*₂)²).
  public init(
    _ first: [Double], _ second: [Double], method: RankSumMethod = .automatic,
    correctsForContinuity: Bool = true
  ) throws(SurvivalError) {
    guard !first.isEmpty, !second.isEmpty else {
      throw SurvivalError(
        .tooFewGroups,
        "a rank-sum test needs values in both groups, not \(first.count) and \(second.count)")
    }
    try OrderedSample.checkFinite(first + second, "values")
    let midranks = Midranks(first + second)
    let (m, n) = (Double(first.count), Double(second.count))
    let rankSum = midranks.ranks.prefix(first.count).reduce(0, +)
    statistic = rankSum - m * (m + 1) / 2
    counts = [first.count, second.count]
    hasTies = midranks.hasTies
    let isSmall = first.count < 50 && second.count < 50
    let isExact = method == .exact || (method == .automatic && isSmall && !hasTies)
    if isExact {
      guard !hasTies else {
        throw SurvivalError(
          .invalidArgument,
          "some values are equal, so the exact distribution of the rank sum is another; "
            + "use the normal approximation")
      }
      guard m * n <= 40_000 else {
        throw SurvivalError(
          .invalidArgument,
          "\(first.count) × \(second.count) pairs are too many for an exact rank-sum test; "
            + "use the normal approximation")
      }
      self.method = .exact
      isCorrectedForContinuity = false
      pValue = Self.exactPValue(Int(statistic), first.count, second.count)
      return
    }
    let total = m + n
    let ties = total > 1 ? midranks.tieSum / (total * (total - 1)) : 0
    let variance = m * n / 12 * (total + 1 - ties)
    // With all values equal the two terms are the same number.
    guard variance > 1e-9 * m * n else {
      throw SurvivalError(
        .notEstimable, "all \(Int(total)) values are equal, so ranks tell nothing")
    }
    var distance = (statistic - m * n / 2).magnitude
    if correctsForContinuity, distance > 0 { distance = Swift.max(0, distance - 0.5) }
    self.method = .normal
    isCorrectedForContinuity = correctsForContinuity
    pValue = Swift.min(1, 2 * NormalDistribution.upperTail(distance / variance.squareRoot()))
  }

  /// Twice the smaller tail, from the number of arrangements with each value of the statistic.
  ///
  ///     c(w; m, n) = c(w − n; m − 1, n) + c(w; m, n − 1)
  private static func exactPValue(_ statistic: Int, _ first: Int, _ second: Int) -> Double {
    let pairs = first * second
    // The distribution is symmetric: the smaller tail is wanted.
    let limit = Swift.min(statistic, pairs - statistic)
    let (m, n) = (Swift.min(first, second), Swift.max(first, second))
    // counts[i * width + w]: arrangements of i and j values with statistic w, for j = 1, 2, …, n.
    let width = limit + 1
    var counts = [Double](repeating: 0, count: (m + 1) * width)
    for i in 0...m { counts[i * width] = 1 }
    for j in 1...n {
      for i in 1...m where j <= limit {
        let (here, above) = (i * width, (i - 1) * width)
        for w in j...limit { counts[here + w] += counts[above + w - j] }
      }
    }
    var total = 1.0
    for i in 1...m { total *= Double(n + i) / Double(i) }
    let tail = counts[(m * width)...].reduce(0, +) / total
    return Swift.min(1, 2 * tail)
  }
}
