// SPDX-License-Identifier: Apache-2.0

/// Pearson's chi-squared test that rows and columns of a table are independent.
public struct PearsonTest: Hashable, Sendable, Codable {
  /// The statistic, its degrees of freedom and p-value.
  public let test: ChiSquaredTest
  /// Whether Yates' correction was made.
  public let isCorrectedForContinuity: Bool
  /// The smallest count expected; below 5 the p-value is a rough one, and Fisher's test is better.
  public let smallestExpected: Double

  /// The probability of a statistic at least as large if rows and columns are independent.
  public var pValue: Double { test.pValue }
}

extension ContingencyTable {
  /// Pearson's chi-squared test.
  ///
  ///     X² = Σ (|O − E| − c)² / E,   E = row total · column total / total
  ///
  /// with c = 0, or for Yates' correction of a 2 × 2 table min(½, |O − E|). Pearson (1900),
  /// doi:10.1080/14786440009463897; Yates (1934), doi:10.2307/2983604. The numbers are those of R's
  /// `chisq.test`, which corrects unless told otherwise and has no answer for an empty row or column;
  /// here those are left out and the degrees of freedom follow.
  /// - Parameter correctsForContinuity: Whether Yates' correction is made; for 2 × 2 tables only.
  /// - Returns: The test.
  /// - Throws: ``SurvivalError``: `tooFewGroups` with fewer than two rows or columns that have counts,
  ///   `invalidArgument` for a correction of a larger table.
  public func pearsonTest(
    correctsForContinuity: Bool = false
  ) throws(SurvivalError) -> PearsonTest {
    let counts = try occupied()
    let columns = counts[0].indices
    guard !correctsForContinuity || (counts.count == 2 && columns.count == 2) else {
      throw SurvivalError(
        .invalidArgument,
        "Yates' correction is one of 2 × 2 tables, not of \(counts.count) × \(columns.count)")
    }
    let rowTotals = counts.map { Double($0.reduce(0, +)) }
    let columnTotals = columns.map { column in Double(counts.reduce(0) { $0 + $1[column] }) }
    let total = rowTotals.reduce(0, +)
    var smallest = Double.infinity
    var statistic = 0.0
    // In a 2 × 2 table all deviations are one number, of which the determinant has all digits.
    let isFourfold = counts.count == 2 && columns.count == 2
    let determinant =
      isFourfold
      ? (DoubleDouble(productOf: Double(counts[0][0]), Double(counts[1][1]))
        - DoubleDouble(productOf: Double(counts[0][1]), Double(counts[1][0]))).high.magnitude : 0
    for (row, values) in counts.enumerated() {
      for (column, count) in values.enumerated() {
        let expected = rowTotals[row] * columnTotals[column] / total
        smallest = Swift.min(smallest, expected)
        var deviation =
          isFourfold ? determinant / total : (Double(count) - expected).magnitude
        if correctsForContinuity { deviation = Swift.max(0, deviation - 0.5) }
        statistic += deviation * deviation / expected
      }
    }
    return PearsonTest(
      test: ChiSquaredTest(
        statistic, degreesOfFreedom: (counts.count - 1) * (columns.count - 1)),
      isCorrectedForContinuity: correctsForContinuity, smallestExpected: smallest)
  }
}
