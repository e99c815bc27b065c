// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// The survival that a Cox model predicts for one record.
///
///     Λ̂(t | x) = exp(η) Λ̂₀(t),   Ŝ(t | x) = exp(−Λ̂(t | x))
///
/// Nothing is computed before it is asked for: curves for many records share one baseline hazard.
public struct PredictedCurve: Sendable {
  /// The linear predictor of the record, not centred.
  public let linearPredictor: Double
  /// The baseline hazard that the curve belongs to.
  public let baseline: BaselineHazard
  /// The linear predictor less that at the means, to which the baseline refers.
  let centredPredictor: Double
  /// The covariates less their means, in scaled coordinates, and their product with the covariance.
  let covariates: [Double]
  let covariance: [[Double]]

  /// The event times of the stratum, at which the curve steps.
  public var times: [Double] { baseline.times }

  private func isKnown(at time: Double) -> Bool { !time.isNaN && time <= baseline.lastTime }

  /// The cumulative hazard up to and including a time.
  /// - Parameter time: A time, in the unit of the data.
  /// - Returns: The hazard; `nil` beyond the last time at which anybody of the stratum was observed.
  /// - Complexity: O(log *m*).
  public func cumulativeHazard(at time: Double) -> Double? {
    guard isKnown(at: time) else { return nil }
    guard let position = baseline.position(at: time) else { return 0 }
    let hazard = baseline.cumulative[position]
    return hazard == 0 ? 0 : Double.exp(centredPredictor + baseline.logScale + Double.log(hazard))
  }

  /// The probability of surviving past a time.
  /// - Parameter time: A time, in the unit of the data.
  /// - Returns: The probability; `nil` beyond the last time at which anybody was observed.
  /// - Complexity: O(log *m*).
  public func probability(at time: Double) -> Double? {
    cumulativeHazard(at: time).map { Double.exp(-$0) }
  }

  /// The probability of surviving past a time for one who has survived to an earlier time.
  ///
  ///     P(T > t | T > s) = exp(−(Λ(t) − Λ(s)))
  /// - Parameters:
  ///   - time: A time, in the unit of the data.
  ///   - start: The earlier time that has been survived.
  /// - Returns: The probability; `nil` when `time` is before `start` or beyond follow-up.
  public func probability(at time: Double, given start: Double) -> Double? {
    guard time >= start, let later = cumulativeHazard(at: time),
      let earlier = cumulativeHazard(at: start)
    else { return nil }
    return Double.exp(earlier - later)
  }

  /// The standard error of the cumulative hazard.
  ///
  ///     Var Λ̂(t | x) = exp(2η) [ ∫ dΛ₀/φ + (xΛ₀ − ∫x̄ dΛ₀)ᵀ V (xΛ₀ − ∫x̄ dΛ₀) ]
  /// - Parameter time: A time, in the unit of the data.
  /// - Returns: The standard error; `nil` beyond follow-up.
  /// - Complexity: O(*p*²).
  public func cumulativeHazardStandardError(at time: Double) -> Double? {
    guard isKnown(at: time) else { return nil }
    guard let position = baseline.position(at: time) else { return 0 }
    let p = covariates.count
    let hazard = baseline.cumulative[position]
    let distance = (0..<p).map {
      covariates[$0] * hazard - baseline.meanIntegral[position * p + $0]
    }
    var sum = baseline.variance[position]
    for i in 0..<p {
      for j in 0..<p { sum += distance[i] * covariance[i][j] * distance[j] }
    }
    guard sum > 0 else { return 0 }
    return Double.exp(centredPredictor + baseline.logScale + 0.5 * Double.log(sum))
  }

  /// A confidence interval for the survival probability.
  /// - Parameters:
  ///   - time: A time, in the unit of the data.
  ///   - level: The level of confidence, between 0 and 1.
  ///   - interval: The scale on which the interval is symmetric; `log` as in R.
  /// - Returns: The interval; `nil` beyond follow-up, and where the scale has no limit.
  public func interval(
    at time: Double, level: Double = 0.95, _ interval: CurveInterval = .log
  ) -> ConfidenceInterval? {
    guard let probability = probability(at: time),
      let standardError = cumulativeHazardStandardError(at: time),
      let limits = interval.limits(
        probability: probability, logStandardError: standardError,
        z: ConfidenceInterval.normalQuantile(level: level))
    else { return nil }
    return ConfidenceInterval(lower: limits.lower, upper: limits.upper, level: level)
  }
}

extension CoxRegression {
  /// The survival that the model predicts for covariates.
  /// - Parameters:
  ///   - covariates: One value for each column of the design.
  ///   - offset: The known part of the linear predictor.
  ///   - baseline: The baseline hazard of the stratum, one of ``baselineHazards()``.
  /// - Returns: The curve.
  /// - Throws: ``SurvivalError`` when the number of values is wrong or one is not finite.
  public func survivalCurve(
    for covariates: [Double], offset: Double = 0, baseline: BaselineHazard
  ) throws(SurvivalError) -> PredictedCurve {
    let (centred, scaled) = try self.centred(covariates, offset: offset)
    var predictor = offset
    for (value, coefficient) in zip(covariates, estimates.coefficients) {
      predictor += value * (coefficient.estimate ?? 0)
    }
    let p = likelihood.names.count
    var covariance = [[Double]](repeating: [Double](repeating: 0, count: p), count: p)
    let free = estimates.coefficients.indices.filter { !estimates.coefficients[$0].isAliased }
    for (i, row) in free.enumerated() {
      for (j, column) in free.enumerated() {
        covariance[row][column] =
          estimates.covariance[i][j] / likelihood.scales[row] / likelihood.scales[column]
      }
    }
    return PredictedCurve(
      linearPredictor: predictor, baseline: baseline, centredPredictor: centred,
      covariates: scaled, covariance: covariance)
  }

  /// Covariates less their means: the linear predictor that is left, and the scaled distances.
  func centred(
    _ covariates: [Double], offset: Double
  ) throws(SurvivalError) -> (predictor: Double, distances: [Double]) {
    guard covariates.count == likelihood.names.count else {
      throw SurvivalError(
        .invalidArgument, "\(covariates.count) values for \(likelihood.names.count) columns")
    }
    var predictor = offset
    var distances = [Double]()
    for (j, coefficient) in estimates.coefficients.enumerated() {
      let distance = covariates[j] - likelihood.centers[j]
      distances.append(distance * likelihood.scales[j])
      predictor += distance * (coefficient.estimate ?? 0)
    }
    guard predictor.isFinite, distances.allSatisfy(\.isFinite) else {
      throw SurvivalError(.overflow, "the linear predictor is not a finite number")
    }
    return (predictor, distances)
  }
}
