// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// The cumulative baseline hazard of one stratum, with what its variance needs.
///
///     Λ̂₀(t) = Σ over event times ≤ t of Σₖ (W/d) / φₖ
///
/// under the rule for ties of the fit, for a row whose covariates are all at their means and whose
/// offset is 0. Kept on a scale of its own, so that no linear predictor makes it overflow.
/// Breslow (1972); Efron (1977); the variance is that of Tsiatis (1981),
/// Annals of Statistics 9, 93–108.
public struct BaselineHazard: Hashable, Sendable, Codable {
  /// The name of the stratum; empty when there is one stratum.
  public let stratum: String
  /// The event times of the stratum, ascending.
  public let times: [Double]
  private let last: CodedTime
  /// The last time at which anybody of the stratum was observed; −∞ when nobody counts in it.
  public var lastTime: Double { last.value }
  /// The logarithm of the factor that every stored hazard is to be multiplied by.
  let logScale: Double
  /// The cumulative hazard at the means, divided by the factor.
  let cumulative: [Double]
  /// ∫ dΛ / risk: the variance of the hazard if the coefficients were known; divided by the factor².
  let variance: [Double]
  /// ∫ (mean of the risk set − mean of all) dΛ, *p* for each time; divided by the factor.
  let meanIntegral: [Double]

  private enum CodingKeys: String, CodingKey {
    case stratum, times, logScale, cumulative, variance, meanIntegral
    case last = "lastTime"
  }

  init(
    stratum: String, times: [Double], lastTime: Double, logScale: Double, cumulative: [Double],
    variance: [Double], meanIntegral: [Double]
  ) {
    self.stratum = stratum
    self.times = times
    last = CodedTime(value: lastTime)
    self.logScale = logScale
    self.cumulative = cumulative
    self.variance = variance
    self.meanIntegral = meanIntegral
  }

  /// The cumulative hazard at each of ``times`` for a row with all covariates at their means.
  public var cumulativeHazards: [Double] { cumulative.map { $0 * Double.exp(logScale) } }

  /// The position of the last event time at or before `time`; `nil` before the first.
  func position(at time: Double) -> Int? { times.lastPosition(atOrBefore: time) }

  /// The positions of the event times in (start, end].
  func positions(after start: Double, through end: Double) -> Range<Int> {
    let first = position(at: start).map { $0 + 1 } ?? 0
    return first..<Swift.max(first, position(at: end).map { $0 + 1 } ?? 0)
  }

  /// How much a cumulative column grows over positions, of which there is at least one.
  func growth(of column: [Double], over positions: Range<Int>) -> Double {
    let end = column[positions.upperBound - 1]
    return positions.lowerBound == 0 ? end : end - column[positions.lowerBound - 1]
  }

  /// How much ∫ mean dΛ of one of *p* columns grows over positions, of which there is at least one.
  func meanGrowth(_ column: Int, of p: Int, over positions: Range<Int>) -> Double {
    let end = meanIntegral[(positions.upperBound - 1) * p + column]
    return positions.lowerBound == 0
      ? end : end - meanIntegral[(positions.lowerBound - 1) * p + column]
  }

  /// Whether the times ascend, none beyond the last, and the hazard never falls.
  var isAscending: Bool {
    zip(times, times.dropFirst()).allSatisfy(<) && (times.last ?? lastTime) <= lastTime
      && zip([0] + cumulative, cumulative).allSatisfy(<=)
  }

  /// Whether the columns are those of a model with so many coefficients.
  func belongs(to columns: Int) -> Bool {
    cumulative.count == times.count && variance.count == times.count
      && meanIntegral.count == times.count * columns
  }
}

extension CoxRegression {
  /// The cumulative baseline hazards, one for each stratum, in the order of the strata.
  /// - Returns: The hazards at the means of the covariates.
  /// - Complexity: O(*n* *p*); with delayed entry another factor log *m*.
  public func baselineHazards() -> [BaselineHazard] {
    let (_, record) = recorded()
    let table = likelihood.table
    let p = likelihood.names.count
    return likelihood.times.strata.enumerated().map { stratum, events in
      let slots = likelihood.times.slots[events]
      // The largest increment fixes the scale.
      let logScale = events.reduce(-Double.infinity) {
        Swift.max($0, Double.log(record.hazard[$1]) - record.references[$1])
      }
      var (hazard, variance) = (0.0, 0.0)
      var mean = [Double](repeating: 0, count: p)
      var (cumulative, variances, means) = ([Double](), [Double](), [Double]())
      for event in events {
        let factor = Double.exp(-record.references[event] - logScale)
        hazard += factor * record.hazard[event]
        variance += factor * factor * record.hazardVariance[event]
        cumulative.append(hazard)
        variances.append(variance)
        for j in 0..<p { mean[j] += factor * record.hazardMean[event * p + j] }
        means += mean
      }
      let range = table.strata[stratum]
      return BaselineHazard(
        stratum: strata?.levels[stratum] ?? "", times: slots.map { table.slotTimes[$0] },
        lastTime: range.isEmpty ? -.infinity : table.slotTimes[range.lowerBound],
        logScale: events.isEmpty ? 0 : logScale - likelihood.offsetMeans[stratum],
        cumulative: cumulative, variance: variances,
        meanIntegral: means)
    }
  }
}
