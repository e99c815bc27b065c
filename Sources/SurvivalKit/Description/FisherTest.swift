// SPDX-License-Identifier: Apache-2.0

/// Fisher's exact test that rows and columns of a table are independent.
public struct FisherTest: Hashable, Sendable, Codable {
  /// The odds ratio of a 2 × 2 table, estimated given its margins.
  public struct OddsRatio: Hashable, Sendable, Codable {
    /// The conditional maximum-likelihood estimate; `nil` when it is infinite.
    public let estimate: Double?
    /// The lower limit of the exact interval; 0 when the first count is as small as it can be.
    public let lower: Double
    /// The upper limit; `nil` when it is infinite, as it is when the first count is as large as it
    /// can be.
    public let upper: Double?
    /// The level of confidence.
    public let level: Double
  }

  /// The probability, given the margins, of a table that is no more probable than this one.
  public let pValue: Double
  /// The odds ratio of a 2 × 2 table; `nil` for a larger one.
  public let oddsRatio: OddsRatio?
}

extension ContingencyTable {
  /// Fisher's exact test.
  ///
  ///     p = Σ P(table) over tables of the same margins with P(table) ≤ P(observed)
  ///
  /// where probabilities that differ by less than a relative 1e-7 count as equal. For a 2 × 2 table the
  /// odds ratio is the ω whose noncentral hypergeometric mean is the first count; its limits are
  /// those at which a tail has half of 1 − `level`. R's `fisher.test` finds the same ratio to four
  /// digits only. Fisher (1935), doi:10.2307/2342435.
  ///
  /// Larger tables are enumerated column by column in the network of Mehta & Patel (1983),
  /// doi:10.1080/01621459.1983.10477989: what is left of the row totals is a node, and a path to it is
  /// counted or dropped as a whole once the most or the least probable end of it decides.
  /// - Parameters:
  ///   - level: The level of confidence of the interval.
  ///   - limit: How many steps an enumeration may take before it is given up.
  /// - Returns: The test.
  /// - Throws: ``SurvivalError``: `tooFewGroups` with fewer than two rows or columns that have counts,
  ///   `notEstimable` for a table too large to enumerate in `limit` steps.
  /// - Complexity: O(smallest margin) for 2 × 2; otherwise exponential, and at most `limit` steps.
  public func fisherTest(
    level: Double = 0.95, limit: Int = 4_000_000
  ) throws(SurvivalError) -> FisherTest {
    precondition(level > 0 && level < 1, "a confidence level lies between 0 and 1, not \(level)")
    let counts = try occupied()
    guard counts.count == 2, counts[0].count == 2 else {
      var network = try FisherNetwork(counts, limit: limit)
      return FisherTest(pValue: try network.pValue(), oddsRatio: nil)
    }
    let observed = counts[0][0]
    let distribution = HypergeometricDistribution(
      successes: counts[0][0] + counts[1][0], failures: counts[0][1] + counts[1][1],
      drawn: counts[0][0] + counts[0][1])
    guard distribution.support.count <= limit else {
      throw FisherNetwork.tooLarge(limit)
    }
    return FisherTest(
      pValue: distribution.probabilityOfAtMost(observed),
      oddsRatio: Self.oddsRatio(observed, distribution, level: level))
  }

  private static func oddsRatio(
    _ observed: Int, _ distribution: HypergeometricDistribution, level: Double
  ) -> FisherTest.OddsRatio {
    let support = distribution.support
    let (isSmallest, isLargest) = (observed == support.lowerBound, observed == support.upperBound)
    let tail = (1 - level) / 2
    let all = 0.0...Double.greatestFiniteMagnitude
    let estimate =
      isSmallest
      ? 0 : MonotoneSearch.first(in: all) { distribution.mean(odds: $0) >= Double(observed) }
    let lower =
      isSmallest
      ? 0 : MonotoneSearch.first(in: all) { distribution.tails(observed, odds: $0).upper >= tail }
    let upper =
      isLargest
      ? nil : MonotoneSearch.first(in: all) { distribution.tails(observed, odds: $0).lower <= tail }
    return FisherTest.OddsRatio(
      estimate: isLargest ? nil : estimate, lower: lower, upper: upper, level: level)
  }
}
