// SPDX-License-Identifier: Apache-2.0

/// The mean survival time up to a limit: the area under the curve.
public struct RestrictedMean: Hashable, Sendable, Codable {
  /// The area under the curve from its start to the limit.
  public let estimate: Double
  /// The standard error of the area.
  public let standardError: Double
  /// The limit τ.
  public let upTo: Double

  /// A confidence interval, symmetric about the estimate.
  /// - Parameter level: The level of confidence, between 0 and 1.
  /// - Returns: estimate ± z·standardError.
  public func interval(level: Double = 0.95) -> ConfidenceInterval {
    let halfWidth = ConfidenceInterval.normalQuantile(level: level) * standardError
    return ConfidenceInterval(
      lower: estimate - halfWidth, upper: estimate + halfWidth, level: level)
  }
}

extension SurvivalCurve {
  /// The mean survival time restricted to `limit`.
  ///
  ///     μ(τ) = ∫ Ŝ(t) dt from the start to τ,   Var = Σ A(tᵢ)² ΔVar log Ŝ(tᵢ),   A(t) = ∫ₜ^τ Ŝ
  ///
  /// With a robust variance the influences of the clusters are integrated instead. R's
  /// `print(fit, rmean =)` extends a curve beyond its last time; this does not.
  /// - Parameter limit: The limit τ; by default the last observed time.
  /// - Returns: The restricted mean; `nil` when the curve is not known up to the limit.
  /// - Complexity: O(*m*); O(*n*) with a robust variance.
  public func restrictedMean(upTo limit: Double? = nil) -> RestrictedMean? {
    guard let end = limit ?? lastTime, isKnown(at: end), end.isFinite else { return nil }
    let areas = areas(upTo: end)
    let steps = areas.count - 1
    let estimate = areas[0] + ((steps > 0 ? times[0] : end) - startTime)
    let varianceOfMean: Double
    if let influence {
      varianceOfMean = influence.varianceOfArea(curve: self, areas: areas, end: end)
    } else {
      var sum = 0.0
      for step in 0..<steps {
        let previous = step == 0 ? 0 : logVariance[step - 1]
        sum += areas[step] * areas[step] * (logVariance[step] - previous)
      }
      varianceOfMean = sum
    }
    return RestrictedMean(
      estimate: estimate, standardError: Swift.max(0, varianceOfMean).squareRoot(), upTo: end)
  }

  /// The area under the curve from each of its times to a limit, and a last 0.
  func areas(upTo end: Double) -> [Double] {
    let steps = position(at: end).map { $0 + 1 } ?? 0
    var areas = [Double](repeating: 0, count: steps + 1)
    var right = end
    for step in stride(from: steps - 1, through: 0, by: -1) {
      areas[step] = areas[step + 1] + survival[step] * (right - times[step])
      right = times[step]
    }
    return areas
  }
}
