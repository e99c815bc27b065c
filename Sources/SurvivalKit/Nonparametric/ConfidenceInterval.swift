// SPDX-License-Identifier: Apache-2.0

/// Two limits and the level at which they hold.
public struct ConfidenceInterval: Hashable, Sendable, Codable {
  /// The lower limit.
  public let lower: Double
  /// The upper limit.
  public let upper: Double
  /// The level of confidence, between 0 and 1.
  public let level: Double

  /// Creates an interval.
  /// - Parameters:
  ///   - lower: The lower limit.
  ///   - upper: The upper limit.
  ///   - level: The level of confidence.
  public init(lower: Double, upper: Double, level: Double) {
    self.lower = lower
    self.upper = upper
    self.level = level
  }

  /// The normal quantile z of a two-sided interval at a level.
  static func normalQuantile(level: Double) -> Double {
    precondition(level > 0 && level < 1, "a confidence level lies between 0 and 1, not \(level)")
    return -NormalDistribution.quantile((1 - level) / 2)
  }
}
