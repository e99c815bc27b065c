// SPDX-License-Identifier: Apache-2.0

internal import RealModule

extension SurvivalCurve {
  /// A pointwise confidence interval for the survival probability at a time.
  /// - Parameters:
  ///   - time: A time, in the unit of the data.
  ///   - level: The level of confidence, between 0 and 1.
  ///   - interval: The scale on which the interval is symmetric; `log` as in R.
  /// - Returns: The interval; `nil` where the data do not say, and where the scale has no limit
  ///   (at probability 0, and at 1 with a positive standard error on the log-log or logit scale).
  /// - Complexity: O(log *m*).
  public func interval(
    at time: Double, level: Double = 0.95, _ interval: CurveInterval = .log
  ) -> ConfidenceInterval? {
    guard isKnown(at: time) else { return nil }
    guard let position = position(at: time) else {
      return ConfidenceInterval(lower: 1, upper: 1, level: level)
    }
    return self.interval(position: position, level: level, interval)
  }

  /// Pointwise confidence intervals at every time of the curve.
  /// - Parameters:
  ///   - level: The level of confidence, between 0 and 1.
  ///   - interval: The scale on which the intervals are symmetric.
  /// - Returns: One interval for each of ``times``, `nil` where there is none.
  /// - Complexity: O(*m*).
  public func intervals(
    level: Double = 0.95, _ interval: CurveInterval = .log
  ) -> [ConfidenceInterval?] {
    times.indices.map { self.interval(position: $0, level: level, interval) }
  }

  func interval(position: Int, level: Double, _ interval: CurveInterval) -> ConfidenceInterval? {
    let z = ConfidenceInterval.normalQuantile(level: level)
    guard
      let limits = interval.limits(
        probability: survival[position], logStandardError: logVariance[position].squareRoot(), z: z)
    else { return nil }
    return ConfidenceInterval(lower: limits.lower, upper: limits.upper, level: level)
  }
}

extension CurveInterval {
  /// Confidence limits of a probability.
  ///
  /// A standard error of 0 gives the probability itself on every scale; a probability of 0 has no
  /// standard error on the scale of the logarithm, hence no limits.
  func limits(
    probability p: Double, logStandardError se: Double, z: Double
  ) -> (lower: Double, upper: Double)? {
    if p == 0 { return nil }
    if se == 0 { return (p, p) }
    switch self {
    case .log:
      return (p * Double.exp(-z * se), Swift.min(1, p * Double.exp(z * se)))
    case .logLog:
      guard p < 1 else { return nil }
      let center = Double.log(-Double.log(p))
      let halfWidth = z * se / Double.log(p)
      return (
        Double.exp(-Double.exp(center - halfWidth)), Double.exp(-Double.exp(center + halfWidth))
      )
    case .plain:
      return (Swift.max(0, p - z * se * p), Swift.min(1, p + z * se * p))
    case .logit:
      guard p < 1 else { return nil }
      let odds = p / (1 - p)
      let factor = Double.exp(z * se / (1 - p))
      return (odds / (odds + factor), 1 / (1 + 1 / (odds * factor)))
    case .arcsine:
      let angle = Double.asin(p.squareRoot())
      let halfWidth = 0.5 * z * se * (p / (1 - p)).squareRoot()
      let lower = Double.sin(Swift.max(0, angle - halfWidth))
      let upper = Double.sin(Swift.min(Double.pi / 2, angle + halfWidth))
      return p == 1 ? nil : (lower * lower, upper * upper)
    }
  }
}
