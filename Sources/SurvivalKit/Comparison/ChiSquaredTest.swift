// SPDX-License-Identifier: Apache-2.0

/// A chi-squared test with its degrees of freedom and p-value.
public struct ChiSquaredTest: Hashable, Sendable, Codable {
  /// The statistic.
  public let statistic: Double
  /// Its degrees of freedom.
  public let degreesOfFreedom: Int
  /// The probability of a statistic at least as large if the hypothesis is true.
  public let pValue: Double

  init(_ statistic: Double, degreesOfFreedom: Int) {
    self.statistic = Swift.max(0, statistic)
    self.degreesOfFreedom = degreesOfFreedom
    pValue =
      degreesOfFreedom == 0
      ? 1
      : ChiSquaredDistribution.upperTail(
        self.statistic, degreesOfFreedom: degreesOfFreedom)
  }
}
