// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// A number that a survival curve gives.
public enum CurveQuantity: Hashable, Sendable, Codable {
  /// The probability of surviving past a time.
  case survival(at: Double)
  /// The mean survival time up to a limit; `nil` is the smallest of the last times of the curves that
  /// are compared.
  case restrictedMean(upTo: Double?)
}

/// How two numbers are compared.
public enum ContrastScale: String, Hashable, Sendable, Codable, CaseIterable {
  /// The first less the second.
  case difference
  /// The first divided by the second; intervals and tests are on the scale of its logarithm.
  case ratio
}

/// A difference or a ratio of what the survival curves of two groups say.
///
///     difference:  a − b,   Var(a) + Var(b) − 2 Cov(a, b)
///     ratio:       a / b,   Var log = Var(a)/a² + Var(b)/b² − 2 Cov(a, b)/(ab)
///
/// The covariance is 0 for independent groups. Royston & Parmar (2013), doi:10.1186/1471-2288-13-152, and
/// Uno et al. (2014), doi:10.1200/JCO.2014.55.2208, for restricted means.
public struct CurveContrast: Hashable, Sendable, Codable {
  /// What is compared; a restricted mean with its limit.
  public let quantity: CurveQuantity
  /// Whether it is a difference or a ratio.
  public let scale: ContrastScale
  /// The group whose number comes first.
  public let group: String
  /// The group with which it is compared.
  public let reference: String
  /// The number of the first group.
  public let groupEstimate: Double
  /// The number of the group with which it is compared.
  public let referenceEstimate: Double
  /// The standard error of the difference, or of the logarithm of the ratio.
  public let standardError: Double

  /// A contrast of two numbers, each with its variance.
  /// - Throws: ``SurvivalError`` with code `notEstimable` for a ratio to or of 0.
  init(
    _ quantity: CurveQuantity, _ scale: ContrastScale, group: String, reference: String,
    estimates: (Double, Double),
    variance: (_ first: Double, _ second: Double) -> Double
  ) throws(SurvivalError) {
    let (a, b) = estimates
    guard scale == .difference || (a > 0 && b > 0) else {
      throw SurvivalError(
        .notEstimable,
        "\(quantity.title) is \(a) in \(group) and \(b) in \(reference): a ratio of 0 has no "
          + "logarithm; ask for the difference")
    }
    self.quantity = quantity
    self.scale = scale
    self.group = group
    self.reference = reference
    groupEstimate = a
    referenceEstimate = b
    // The variance of first · (change of a) − second · (change of b).
    let squared = scale == .difference ? variance(1, 1) : variance(1 / a, 1 / b)
    standardError = Swift.max(0, squared).squareRoot()
  }

  /// The difference or the ratio.
  public var estimate: Double {
    scale == .difference ? groupEstimate - referenceEstimate : groupEstimate / referenceEstimate
  }

  /// The estimate on the scale on which it is nearly normal: the difference, or the log ratio.
  private var linearEstimate: Double {
    scale == .difference ? estimate : Double.log(estimate)
  }

  /// A confidence interval for the difference or the ratio.
  /// - Parameter level: The level of confidence, between 0 and 1.
  /// - Returns: estimate ± z·standardError, for a ratio on the scale of its logarithm.
  public func interval(level: Double = 0.95) -> ConfidenceInterval {
    let halfWidth = ConfidenceInterval.normalQuantile(level: level) * standardError
    let (lower, upper) = (linearEstimate - halfWidth, linearEstimate + halfWidth)
    return scale == .difference
      ? ConfidenceInterval(lower: lower, upper: upper, level: level)
      : ConfidenceInterval(lower: Double.exp(lower), upper: Double.exp(upper), level: level)
  }

  /// The statistic of the test that the groups do not differ; `nil` when the standard error is 0.
  public var z: Double? { standardError > 0 ? linearEstimate / standardError : nil }

  /// The two-sided p-value of the test; `nil` when the standard error is 0.
  public var pValue: Double? {
    z.map { Swift.min(1, 2 * NormalDistribution.upperTail(abs($0))) }
  }
}

extension CurveQuantity {
  /// The quantity in words.
  package var title: String {
    switch self {
    case .survival(let time): "survival at \(NumberFormatting.significant(time, digits: 6))"
    case .restrictedMean(let limit):
      limit.map { "mean survival time to \(NumberFormatting.significant($0, digits: 6))" }
        ?? "mean survival time"
    }
  }
}

extension CurveContrast: CustomStringConvertible {
  /// The two numbers, and how they compare with 95% limits.
  public var description: String {
    func text(_ value: Double) -> String { NumberFormatting.significant(value, digits: 4) }
    let limits = interval()
    var lines = [
      "\(scale == .difference ? "Difference" : "Ratio") of \(quantity.title)",
      "\(group): \(text(groupEstimate)); \(reference): \(text(referenceEstimate))",
    ]
    lines.append(
      "\(text(estimate)), 95% limits \(text(limits.lower)) to \(text(limits.upper))"
        + (pValue.map { ", \(NumberFormatting.pStatement($0))" } ?? ""))
    return lines.map { TextLayout.wrapped($0) }.joined(separator: "\n")
  }
}
