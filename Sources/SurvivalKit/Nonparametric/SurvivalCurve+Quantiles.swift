// SPDX-License-Identifier: Apache-2.0

/// A quantile of survival time: the estimate and its confidence limits, each `nil` when the curve
/// does not reach it.
public struct QuantileEstimate: Hashable, Sendable, Codable {
  /// The probability of having had the event by the quantile: 0.5 for the median.
  public let probability: Double
  /// The time; `nil` when the curve does not fall so far.
  public let estimate: Double?
  /// The lower confidence limit.
  public let lower: Double?
  /// The upper confidence limit; `nil` when the upper confidence curve does not fall so far.
  public let upper: Double?
  /// The level of confidence.
  public let level: Double
}

extension SurvivalCurve {
  /// The median survival time with its confidence limits.
  /// - Parameters:
  ///   - level: The level of confidence.
  ///   - interval: The scale of the confidence curves.
  ///   - rule: What to do when the curve is flat at exactly one half.
  /// - Returns: The median; its estimate is `nil` when the curve stays above one half.
  /// - Complexity: O(*m*).
  public func median(
    level: Double = 0.95, _ interval: CurveInterval = .log, rule: QuantileRule = .midpoint
  ) -> QuantileEstimate {
    quantile(0.5, level: level, interval, rule: rule)
  }

  /// The time by which a given share has had the event, with confidence limits.
  ///
  /// The limits are the same quantile of the lower and upper confidence curves (Brookmeyer & Crowley
  /// 1982, doi:10.2307/2530286), as in R.
  /// - Parameters:
  ///   - probability: The share with the event, between 0 and 1; 0.25 is the first quartile.
  ///   - level: The level of confidence.
  ///   - interval: The scale of the confidence curves.
  ///   - rule: What to do when a curve is flat at exactly 1 − `probability`, to within √ε.
  /// - Returns: The quantile and its limits.
  /// - Complexity: O(*m*).
  public func quantile(
    _ probability: Double, level: Double = 0.95, _ interval: CurveInterval = .log,
    rule: QuantileRule = .midpoint
  ) -> QuantileEstimate {
    let limits = intervals(level: level, interval)
    return QuantileEstimate(
      probability: probability,
      estimate: crossing(of: survival, below: 1 - probability, rule),
      lower: crossing(of: limits.map { $0?.lower }, below: 1 - probability, rule),
      upper: crossing(of: limits.map { $0?.upper }, below: 1 - probability, rule),
      level: level)
  }

  private func crossing(of curve: [Double], below level: Double, _ rule: QuantileRule) -> Double? {
    crossing(of: curve.map(Optional.some), below: level, rule)
  }

  /// The time at which a step curve, 1 before its first time, falls to a level.
  private func crossing(
    of curve: [Double?], below level: Double, _ rule: QuantileRule
  ) -> Double? {
    let tolerance = 0x1p-26
    guard let last = times.last, level >= 0, level <= 1 else { return nil }
    // The first time at or below the level, and the first one below it.
    let reached =
      1 <= level + tolerance
      ? startTime
      : curve.firstIndex { $0.map { $0 <= level + tolerance } ?? false }.map { times[$0] }
    let passed = curve.firstIndex { $0.map { $0 < level - tolerance } ?? false }.map { times[$0] }
    switch rule {
    case .first: return reached
    case .next: return passed
    case .midpoint:
      guard let reached else { return nil }
      if level >= 1 { return reached }
      return reached == passed ? reached : (reached + (passed ?? last)) / 2
    }
  }
}
