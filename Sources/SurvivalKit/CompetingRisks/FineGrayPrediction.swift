// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

/// A predicted probability of having had an event by a time.
public struct PredictedIncidence: Hashable, Sendable, Codable {
  /// The time.
  public let time: Double
  /// The probability of having had the event of the cause by then.
  public let probability: Double
  /// Its standard error.
  public let standardError: Double

  /// A confidence interval, symmetric on the scale log(−log(1 − F̂)), so that it lies within 0 … 1.
  /// - Parameter level: The level of confidence, between 0 and 1.
  /// - Returns: The interval; `nil` for a probability of 0 or 1 with a positive standard error.
  public func interval(level: Double = 0.95) -> ConfidenceInterval? {
    let z = ConfidenceInterval.normalQuantile(level: level)
    if standardError == 0 {
      return ConfidenceInterval(lower: probability, upper: probability, level: level)
    }
    guard probability > 0, probability < 1 else { return nil }
    let hazard = -Double.log(onePlus: -probability)
    let factor = Double.exp(z * standardError / ((1 - probability) * hazard))
    return ConfidenceInterval(
      lower: -Double.expMinusOne(-hazard / factor), upper: -Double.expMinusOne(-hazard * factor),
      level: level)
  }
}

/// The cumulative baseline subdistribution hazard of a stratum at some times, with what the error of a
/// prediction needs.
///
/// Computed once for many predictions at the same times.
public struct SubdistributionBaseline: Hashable, Sendable {
  /// The name of the stratum; empty when there is one.
  public let stratum: String
  /// The times, in the order asked for.
  public let times: [Double]
  /// The position of the stratum.
  let position: Int
  /// The largest time at which anybody of the stratum was observed.
  let lastTime: Double
  /// At each time the hazard and, *p* numbers, ∫ x̄ dΛ, in units of exp(−reference).
  let hazards: [Double]
  let meanIntegrals: [[Double]]
  /// The variance of the hazard, coefficients held, and its covariance with the coefficients.
  let variances: [Double]
  let covariances: [[Double]]
  let reference: Double
}

extension FineGrayRegression {
  /// The cumulative baseline hazard of a stratum at some times.
  ///
  /// Errors are from influences on the hazard and on the coefficients, which are not independent; under
  /// the `model` variance from the information alone, as those of a Cox model.
  /// - Parameters:
  ///   - times: The times.
  ///   - stratum: The position of the stratum in the order of its grouping.
  /// - Returns: The baseline.
  /// - Throws: ``SurvivalError`` with code `unknownLevel` for a stratum that the fit has not.
  /// - Complexity: O(*k* *n* *p*) for *k* times.
  public func baseline(
    at times: [Double], stratum: Int = 0
  ) throws(SurvivalError) -> SubdistributionBaseline {
    guard likelihood.strata.indices.contains(stratum) else {
      throw SurvivalError(
        .unknownLevel, "the fit has \(likelihood.strata.count) strata; there is none at \(stratum)")
    }
    let p = likelihood.dimension
    let scan = FineGrayScan(likelihood, at: point)
    let influence = FineGrayInfluence(scan, countsCensoring: variance == .fineGray)
    let hazards = scan.cumulative(scan.hazard)
    let variances = scan.cumulative(scan.hazardVariance)
    let means = scan.cumulative(scan.hazardMean, width: p)
    let events = likelihood.strata[stratum]
    let eventTimes = likelihood.slots[events].map { likelihood.table.slotTimes[$0] }
    let isRobust = variance != .model
    let scores = isRobust ? influence.ofScore() : []
    let inverse = modelInverse
    let range = likelihood.table.strata[stratum]
    let ends = times.map {
      events.lowerBound + (eventTimes.lastPosition(atOrBefore: $0) ?? -1) + 1
    }
    var (found, crossed) = ([Double](), [[Double]]())
    for end in ends {
      guard isRobust else {
        found.append(variances[end + stratum])
        crossed.append([Double](repeating: 0, count: p))
        continue
      }
      let ofHazard = influence.ofHazard(stratum: stratum, end: end)
      var (square, cross) = (0.0, [Double](repeating: 0, count: p))
      for cluster in ofHazard.indices {
        square += ofHazard[cluster] * ofHazard[cluster]
        for j in 0..<p { cross[j] += ofHazard[cluster] * scores[cluster * p + j] }
      }
      found.append(square)
      crossed.append((0..<p).map { i in (0..<p).reduce(0) { $0 + inverse[i][$1] * cross[$1] } })
    }
    return SubdistributionBaseline(
      stratum: strata?.levels[stratum] ?? "", times: times, position: stratum,
      lastTime: range.isEmpty ? -.infinity : likelihood.table.slotTimes[range.lowerBound],
      hazards: ends.map { hazards[$0 + stratum] },
      meanIntegrals: ends.map { end in (0..<p).map { means[(end + stratum) * p + $0] } },
      variances: found, covariances: crossed, reference: scan.reference)
  }

  /// The inverse of the information in scaled coordinates, 0 for aliased columns.
  private var modelInverse: [[Double]] { scaled(estimates.modelCovariance) }

  private func scaled(_ covariance: [[Double]]) -> [[Double]] {
    let p = likelihood.dimension
    var result = [[Double]](repeating: [Double](repeating: 0, count: p), count: p)
    let free = estimates.coefficients.indices.filter { !estimates.coefficients[$0].isAliased }
    for (i, row) in free.enumerated() {
      for (j, column) in free.enumerated() {
        result[row][column] =
          covariance[i][j] / likelihood.scales[row] / likelihood.scales[column]
      }
    }
    return result
  }

  /// The cumulative incidence that the model predicts for covariates.
  ///
  ///     F̂(t | x) = 1 − exp(−exp(η) Λ̂₀(t))
  /// - Parameters:
  ///   - covariates: One value for each column of the design.
  ///   - offset: The known part of the linear predictor.
  ///   - baseline: The baseline of the stratum at the times asked for.
  /// - Returns: The incidence at each time of the baseline; `nil` beyond the last time at which anybody
  ///   of the stratum was observed.
  /// - Throws: ``SurvivalError`` when the number of values is wrong or one is not finite.
  /// - Complexity: O(*k* *p*²) for *k* times.
  public func cumulativeIncidence(
    for covariates: [Double], offset: Double = 0, baseline: SubdistributionBaseline
  ) throws(SurvivalError) -> [PredictedIncidence?] {
    let p = likelihood.dimension
    guard covariates.count == p else {
      throw SurvivalError(.invalidArgument, "\(covariates.count) values for \(p) columns")
    }
    let centers = likelihood.centers[baseline.position]
    let x = (0..<p).map { (covariates[$0] - centers[$0]) * likelihood.scales[$0] }
    let predictor = (0..<p).reduce(offset - likelihood.offsetMeans[baseline.position]) {
      $0 + x[$1] * point[$1]
    }
    guard predictor.isFinite, x.allSatisfy(\.isFinite) else {
      throw SurvivalError(.overflow, "the linear predictor is not a finite number")
    }
    let covariance = scaled(estimates.covariance)
    return baseline.times.indices.map { index in
      let time = baseline.times[index]
      guard !time.isNaN, time <= baseline.lastTime else { return nil }
      let base = baseline.hazards[index]
      let distance = (0..<p).map { x[$0] * base - baseline.meanIntegrals[index][$0] }
      var variance = baseline.variances[index]
      for i in 0..<p {
        variance += 2 * distance[i] * baseline.covariances[index][i]
        for j in 0..<p { variance += distance[i] * covariance[i][j] * distance[j] }
      }
      let factor = Double.exp(predictor - baseline.reference)
      let hazard = factor * base
      return PredictedIncidence(
        time: time, probability: -Double.expMinusOne(-hazard),
        standardError: Double.exp(-hazard) * factor * Swift.max(0, variance).squareRoot())
    }
  }
}
