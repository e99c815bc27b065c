// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// A sum of multiples of coefficients, with its standard error.
///
///     cᵀβ̂ ± z √(cᵀ V c)
public struct LinearContrast: Hashable, Sendable, Codable {
  /// The factor of each coefficient that takes part, by name.
  public let factors: [String: Double]
  /// The estimate of the sum, a log hazard ratio.
  public let estimate: Double
  /// The standard error; robust where those of the coefficients are.
  public let standardError: Double

  /// The Wald statistic, estimate / standardError; `nil` when the standard error is 0.
  public var z: Double? { standardError > 0 ? estimate / standardError : nil }

  /// The two-sided p-value of the Wald statistic.
  public var pValue: Double? {
    z.map { Swift.min(1, 2 * NormalDistribution.upperTail(abs($0))) }
  }

  /// The hazard ratio, exp(estimate).
  public var hazardRatio: Double { Double.exp(estimate) }

  /// A confidence interval for the sum, estimate ± z·standardError.
  /// - Parameter level: The level of confidence, between 0 and 1.
  /// - Returns: The interval.
  public func interval(level: Double = 0.95) -> ConfidenceInterval {
    let halfWidth = ConfidenceInterval.normalQuantile(level: level) * standardError
    return ConfidenceInterval(
      lower: estimate - halfWidth, upper: estimate + halfWidth, level: level)
  }

  /// A confidence interval for the hazard ratio.
  /// - Parameter level: The level of confidence, between 0 and 1.
  /// - Returns: The exponential of ``interval(level:)``.
  public func hazardRatioInterval(level: Double = 0.95) -> ConfidenceInterval {
    let limits = interval(level: level)
    return ConfidenceInterval(
      lower: Double.exp(limits.lower), upper: Double.exp(limits.upper), level: level)
  }
}
