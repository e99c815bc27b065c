// SPDX-License-Identifier: Apache-2.0

internal import SurvivalLinearAlgebra

/// A stretch of follow-up (start, end] with constant covariates: a part of a covariate path.
public struct CovariateInterval: Hashable, Sendable {
  /// Where the interval begins; −∞ for the beginning.
  public var start: Double
  /// Where the interval ends.
  public var end: Double
  /// One value for each column of the design.
  public var covariates: [Double]
  /// The known part of the linear predictor.
  public var offset: Double
  /// The baseline hazard of the stratum.
  public var baseline: BaselineHazard

  /// Creates an interval.
  /// - Parameters:
  ///   - start: Where the interval begins; −∞ for the beginning.
  ///   - end: Where the interval ends.
  ///   - covariates: One value for each column of the design.
  ///   - offset: The known part of the linear predictor.
  ///   - baseline: The baseline hazard of the stratum, one of ``CoxRegression/baselineHazards()``.
  public init(
    from start: Double, to end: Double, covariates: [Double], offset: Double = 0,
    baseline: BaselineHazard
  ) {
    self.start = start
    self.end = end
    self.covariates = covariates
    self.offset = offset
    self.baseline = baseline
  }
}

extension CoxRegression {
  /// The survival that the model predicts for covariates.
  /// - Parameters:
  ///   - covariates: One value for each column of the design.
  ///   - offset: The known part of the linear predictor.
  ///   - baseline: The baseline hazard of the stratum, one of ``baselineHazards()``.
  /// - Returns: The curve.
  /// - Throws: ``SurvivalError`` when the number of values is wrong, one is not finite, or the baseline
  ///   is that of another model.
  /// - Complexity: O(*p*).
  public func survivalCurve(
    for covariates: [Double], offset: Double = 0, baseline: BaselineHazard
  ) throws(SurvivalError) -> PredictedCurve {
    try basis.curve(
      along: [
        CovariateInterval(
          from: -.infinity, to: .infinity, covariates: covariates, offset: offset,
          baseline: baseline)
      ], allowsStratumChange: false)
  }

  /// The survival that the model predicts for one whose covariates change with time.
  ///
  ///     Λ̂(t) = Σ over intervals of exp(ηᵢ) (Λ̂₀(min(t, endᵢ)) − Λ̂₀(startᵢ))
  ///
  /// The curve begins, at 1, where the first interval does. It supposes that the path is known
  /// beforehand: a covariate that is measured only because its bearer is still alive has no such curve.
  /// As R's `survfit(fit, newdata, id =)`; Therneau & Grambsch (2000),
  /// doi:10.1007/978-1-4757-3294-8, section 10.2.4.
  /// - Parameters:
  ///   - intervals: The intervals in order of time, each beginning where the one before ends.
  ///   - allowsStratumChange: Whether an interval may belong to another stratum than the one before.
  /// - Returns: The curve.
  /// - Throws: ``SurvivalError`` with code `invalidData` that lists the intervals that are empty, or
  ///   leave a gap after, or overlap with, the one before; `invalidArgument` for a change of stratum
  ///   that is not allowed; `noRows` for no interval; or as ``survivalCurve(for:offset:baseline:)``.
  /// - Complexity: O(*k* *p*) for *k* intervals.
  public func survivalCurve(
    along intervals: [CovariateInterval], allowsStratumChange: Bool = false
  ) throws(SurvivalError) -> PredictedCurve {
    try basis.curve(along: intervals, allowsStratumChange: allowsStratumChange)
  }
}

/// What a Cox model predicts with, apart from the baseline hazards: where its columns are centred, how
/// they are scaled, and the coefficients with their covariance.
struct PredictionBasis: Hashable, Sendable {
  /// The coefficients, 0 for aliased columns.
  let coefficients: [Double]
  let centers, scales: [Double]
  /// The covariance of the coefficients in scaled coordinates, 0 for aliased columns.
  let covariance: Matrix

  init(_ estimates: CoxEstimates, centers: [Double], scales: [Double]) {
    coefficients = estimates.coefficients.map { $0.estimate ?? 0 }
    self.centers = centers
    self.scales = scales
    var covariance = Matrix(rows: scales.count, columns: scales.count)
    let free = estimates.coefficients.indices.filter { !estimates.coefficients[$0].isAliased }
    for (i, row) in free.enumerated() {
      for (j, column) in free.enumerated() {
        covariance[row, column] = estimates.covariance[i][j] / scales[row] / scales[column]
      }
    }
    self.covariance = covariance
  }

  /// The curve along intervals, each beginning where the one before ends.
  func curve(
    along intervals: [CovariateInterval], allowsStratumChange: Bool
  ) throws(SurvivalError) -> PredictedCurve {
    guard !intervals.isEmpty else {
      throw SurvivalError(.noRows, "a curve needs at least one interval of covariates")
    }
    try Self.checkJoints(intervals)
    var segments = [PredictedCurve.Segment]()
    for (index, interval) in intervals.enumerated() {
      if let last = segments.last?.baseline.stratum, last != interval.baseline.stratum,
        !allowsStratumChange
      {
        throw SurvivalError(
          .invalidArgument,
          "the path changes from stratum \(last) to \(interval.baseline.stratum) at "
            + "\(interval.start); pass allowsStratumChange: true if that is meant",
          problems: [
            SurvivalError.RowProblem(
              index: index, column: "stratum", found: interval.baseline.stratum, allowed: last)
          ])
      }
      // Where intervals meet but for rounding, the earlier end counts.
      segments.append(try segment(interval, from: segments.last?.end))
    }
    return PredictedCurve(segments, covariance: covariance)
  }

  /// Refuses intervals that are empty, overlap or leave gaps; all of them.
  private static func checkJoints(_ intervals: [CovariateInterval]) throws(SurvivalError) {
    var problems = [SurvivalError.RowProblem]()
    for (index, interval) in intervals.enumerated() {
      if !(interval.start < interval.end) {
        problems.append(
          SurvivalError.RowProblem(
            index: index, column: "entry", found: "(\(interval.start), \(interval.end)]",
            allowed: "an entry before the exit"))
      } else if index > 0 {
        let end = intervals[index - 1].end
        guard !(abs(interval.start - end) <= 0x1p-26 * Swift.max(1, abs(end))) else { continue }
        problems.append(
          SurvivalError.RowProblem(
            index: index, column: "entry", found: "\(interval.start)",
            allowed: "\(end), where the interval before ends"))
      }
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData,
        "\(problems.count) interval(s) of the path are empty, overlap or leave a gap, in which "
          + "nothing is known of the covariates", problems: problems)
    }
  }

  private func segment(
    _ interval: CovariateInterval, from start: Double? = nil
  ) throws(SurvivalError) -> PredictedCurve.Segment {
    let (centred, distances) = try self.centred(interval.covariates, offset: interval.offset)
    guard interval.baseline.belongs(to: distances.count) else {
      throw SurvivalError(
        .invalidArgument,
        "the baseline hazard is not of this model: pass one of baselineHazards() of this fit")
    }
    var predictor = interval.offset
    for (value, coefficient) in zip(interval.covariates, coefficients) {
      predictor += value * coefficient
    }
    return PredictedCurve.Segment(
      start: start ?? interval.start, end: interval.end, linearPredictor: predictor,
      baseline: interval.baseline, centredPredictor: centred, distances: distances)
  }

  /// Covariates less their means: the linear predictor that is left, and the scaled distances.
  func centred(
    _ covariates: [Double], offset: Double
  ) throws(SurvivalError) -> (predictor: Double, distances: [Double]) {
    guard covariates.count == coefficients.count else {
      throw SurvivalError(
        .invalidArgument, "\(covariates.count) values for \(coefficients.count) columns")
    }
    var predictor = offset
    var distances = [Double]()
    distances.reserveCapacity(covariates.count)
    for (j, coefficient) in coefficients.enumerated() {
      let distance = covariates[j] - centers[j]
      distances.append(distance * scales[j])
      predictor += distance * coefficient
    }
    guard predictor.isFinite, distances.allSatisfy(\.isFinite) else {
      throw SurvivalError(.overflow, "the linear predictor is not a finite number")
    }
    return (predictor, distances)
  }
}
