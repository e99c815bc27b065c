// SPDX-License-Identifier: Apache-2.0

internal import RealModule

extension SurvivalCurve {
  /// Pointwise confidence intervals for the cumulative hazard at every time of the curve.
  ///
  ///     Ĥ(t) exp(±z se(Ĥ(t)) / Ĥ(t))
  ///
  /// Symmetric on the scale of the logarithm, so that the lower limit is positive; the limits that
  /// R's `plot(fit, cumhaz = TRUE)` draws with `conf.type = "log"`.
  /// - Parameter level: The level of confidence, between 0 and 1.
  /// - Returns: One interval for each of ``times``; `nil` where the hazard is 0.
  /// - Complexity: O(*m*).
  public func cumulativeHazardIntervals(level: Double = 0.95) -> [ConfidenceInterval?] {
    let z = ConfidenceInterval.normalQuantile(level: level)
    return zip(cumulativeHazard, cumulativeHazardStandardErrors).map { hazard, standardError in
      guard hazard > 0 else { return nil }
      let factor = Double.exp(z * standardError / hazard)
      return ConfidenceInterval(lower: hazard / factor, upper: hazard * factor, level: level)
    }
  }
}
