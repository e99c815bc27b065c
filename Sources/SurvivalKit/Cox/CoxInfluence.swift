// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// What the weight of each row does to a fit: the derivatives of the coefficients and of the baseline
/// hazards.
///
///     ∂β̂/∂wᵢ = V zᵢ,   ∂Λ̂₀(t)/∂wᵢ = Eᵢ(t) − (∫ x̄ dΛ̂₀)ᵀ ∂β̂/∂wᵢ
///     Eᵢ(t) = own jump at a death by t − exp(ηᵢ) ∫ dQ over the time at risk up to t,   dQ = Σₖ (W/d) / φₖ²
///
/// zᵢ are the score residuals. One of *d* tied deaths is at risk for the share cₖ of each of its parts and
/// adds Σₖ (1/d) / φₖ to the hazard. Reid & Crépeau (1985), doi:10.1093/biomet/72.1.1.
struct CoxInfluence: Sendable {
  /// The number of columns.
  let dimension: Int
  /// ∂β̂/∂wᵢ in scaled coordinates, `dimension` for each row, in the order of the risk table.
  let coefficients: [Double]
  /// The stratum of each row.
  private let strata: [Int]
  /// The event times of its stratum at which each row is at risk and does not die, from 0.
  private let covers: [Range<Int>]
  /// The event time at which a row dies, from 0; −1 for none.
  private let deaths: [Int]
  /// What a death adds at its time.
  private let jumps: [Double]
  /// exp(ηᵢ), on the scale of the sums.
  private let risks: [Double]
  /// Q before each event time of a stratum, and after the last.
  private let cumulative: [[Double]]

  /// - Complexity: O(*n* *p*); with delayed entry another factor log *m*.
  init(_ regression: CoxRegression, baselines: [BaselineHazard]) {
    let likelihood = regression.likelihood
    let (predictors, record) = regression.recorded()
    let p = likelihood.names.count
    dimension = p
    let table = likelihood.table
    let count = table.order.count
    let free = regression.coefficients.indices.filter { !regression.coefficients[$0].isAliased }
    let covariance = regression.modelCovariance
    let score = ScoreResiduals(likelihood, predictors: predictors, record: record).score
    var coefficients = [Double](repeating: 0, count: count * p)
    for position in 0..<count {
      for (i, row) in free.enumerated() {
        var sum = 0.0
        for (j, column) in free.enumerated() {
          sum +=
            covariance[i][j] / likelihood.scales[row] / likelihood.scales[column]
            * score[position * p + column]
        }
        coefficients[position * p + row] = sum
      }
    }
    self.coefficients = coefficients
    var strata = [Int](repeating: 0, count: count)
    var covers = [Range<Int>](repeating: 0..<0, count: count)
    var deaths = [Int](repeating: -1, count: count)
    var (jumps, risks) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
    )
    var cumulative = [[Double]]()
    for (stratum, events) in likelihood.times.strata.enumerated() {
      // The likelihood takes the mean offset away; the baseline hazards have put it back.
      let logScale = baselines[stratum].logScale + likelihood.offsetMeans[stratum]
      let lowest = events.reduce(Double.infinity) { Swift.min($0, record.references[$1]) }
      let origin = lowest.isFinite ? lowest : 0
      var sums = [0.0]
      var total = 0.0
      for event in events {
        total +=
          record.hazardVariance[event] * Double.exp(2 * (origin - record.references[event]))
        sums.append(total)
      }
      cumulative.append(sums)
      guard !table.strata[stratum].isEmpty else { continue }
      var event = events.upperBound
      for slot in table.strata[stratum] {
        let dying = table.eventPositions(slot)
        if !dying.isEmpty { event -= 1 }
        for position in table.slotStart[slot]..<table.slotStart[slot + 1] {
          strata[position] = stratum
          let cover = likelihood.times.covers[position]
          let first = events.lowerBound
          covers[position] = (Int(cover.lowerBound) - first)..<(Int(cover.upperBound) - first)
          risks[position] = Double.exp(predictors[position] - 2 * origin - logScale)
          guard dying.contains(position) else { continue }
          let reference = record.references[event]
          deaths[position] = event - events.lowerBound
          jumps[position] =
            Double.exp(-reference - logScale) * record.eventHazard[event]
            - Double.exp(predictors[position] - 2 * reference - logScale)
            * record.ownVariance[event]
        }
      }
    }
    (self.strata, self.covers, self.deaths) = (strata, covers, deaths)
    (self.jumps, self.risks, self.cumulative) = (jumps, risks, cumulative)
  }

  /// Σ over the event times *k* of a row's stratum of measure[k] · Eᵢ(tₖ), for every row.
  ///
  /// `measures` holds one number for each event time of each stratum; hazards are in the units of the
  /// stratum's baseline.
  /// - Complexity: O(*n* + *m*).
  func baseline(_ measures: [[Double]]) -> [Double] {
    // Before each event time: Σ measure, and Σ measure · Q.
    var (totals, moments) = ([[Double]](), [[Double]]())
    for (measure, cumulative) in zip(measures, cumulative) {
      var (total, moment) = ([0.0], [0.0])
      for (k, value) in measure.enumerated() {
        total.append(total[k] + value)
        moment.append(moment[k] + value * cumulative[k + 1])
      }
      totals.append(total)
      moments.append(moment)
    }
    return strata.indices.map { row in
      let stratum = strata[row]
      let (q, total, moment) = (cumulative[stratum], totals[stratum], moments[stratum])
      let all = total.last ?? 0
      let cover = covers[row]
      var sum = 0.0
      if !cover.isEmpty {
        let (from, to) = (cover.lowerBound, cover.upperBound)
        let during = (moment[to] - moment[from]) - q[from] * (total[to] - total[from])
        sum -= risks[row] * (during + (q[to] - q[from]) * (all - total[to]))
      }
      if deaths[row] >= 0 { sum += jumps[row] * (all - total[deaths[row]]) }
      return sum
    }
  }
}
