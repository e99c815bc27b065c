// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// The influence of every cluster on the score of a Fine–Gray likelihood and on its baseline hazard.
///
/// A row's influence on the score is its weighted score residual,
///
///     zᵢ = δᵢ(xᵢ − x̄(Tᵢ)) − exp(ηᵢ) ∫ wᵢ(t) (xᵢ − x̄(t)) dΛ(t)
///
/// and, as the weights are estimated, the integral of q(u)/Y(u) against its censoring martingale, where
/// q(u) is what those with a competing event by *u* contribute after *u*: Fine & Gray (1999), section 4.
struct FineGrayInfluence {
  let scan: FineGrayScan
  /// Whether the estimation of the censoring distribution is counted.
  let countsCensoring: Bool
  let clusterCount: Int
  private var likelihood: FineGrayLikelihood { scan.likelihood }
  private let standsForMany: Bool
  /// The cluster of each position.
  private let clusters: [Int]

  init(_ scan: FineGrayScan, countsCensoring: Bool) {
    self.scan = scan
    self.countsCensoring = countsCensoring
    let likelihood = scan.likelihood
    let dependence = likelihood.data.dependence
    let order = likelihood.table.order
    clusters = order.indices.map { dependence?.codes[Int(order[$0])] ?? $0 }
    clusterCount = dependence?.levels.count ?? order.count
    standsForMany = dependence == nil && likelihood.data.weightKind == .frequency
  }

  /// The influences on the score, `dimension` for each cluster, in scaled coordinates.
  ///
  /// A row that stands for many has the root of their number as a factor, so that squares are right.
  func ofScore() -> [Double] {
    let p = likelihood.dimension
    var result = [Double](repeating: 0, count: clusterCount * p)
    guard p > 0 else { return result }
    let lived = scan.lived()
    let means = scan.cumulative(scan.hazardMean, width: p)
    let tails = likelihood.factors.indices.map {
      scan.remaining(scan.hazardMean, width: p, group: $0)
    }
    for position in likelihood.weights.indices {
      let (past, own) = (likelihood.pastEvent[position], likelihood.ownEvent[position])
      let stratum = likelihood.stratumOf[position]
      let end = ((own >= 0 ? own : past) + stratum) * p
      let start = (likelihood.firstEvent[position] + stratum) * p
      let (risk, factor) = (scan.risks[position], likelihood.competing[position])
      let group = likelihood.group(position)
      let multiple = multiple(of: position)
      let base = clusters[position] * p
      for j in 0..<p {
        let x = likelihood.rows[position * p + j]
        var mean = means[end + j] - means[start + j]
        if own >= 0 { mean += scan.ownHazardMean[own * p + j] }
        if factor > 0 { mean += factor * tails[group][(past + stratum) * p + j] }
        var value = -risk * (x * lived[position] - mean)
        if own >= 0 { value += x - scan.mean[own * p + j] }
        result[base + j] += multiple * value
      }
    }
    if countsCensoring {
      let hazardTails = likelihood.factors.indices.map {
        scan.remaining(scan.hazard, group: $0)
      }
      addCensoring(width: p, to: &result) { stratum, past, sums, group, q in
        // What those with a competing event still contribute: Σ r x ∫ G dΛ − Σ r ∫ G x̄ dΛ.
        let mean = tails[group]
        let hazard = hazardTails[group][past + stratum]
        for j in 0..<p {
          q[j] += sums[j + 1] * hazard - sums[0] * mean[(past + stratum) * p + j]
        }
      }
    }
    return result
  }

  /// The influences on the cumulative baseline hazard of a stratum up to a time, coefficients held.
  ///
  /// `end` is the first event time of the stratum after that time.
  func ofHazard(stratum: Int, end: Int) -> [Double] {
    var result = [Double](repeating: 0, count: clusterCount)
    let falls = scan.cumulative(scan.hazardVariance)
    let tails = likelihood.factors.indices.map {
      scan.remaining(scan.hazardVariance, group: $0)
    }
    for position in likelihood.weights.indices where likelihood.stratumOf[position] == stratum {
      let own = likelihood.ownEvent[position]
      let past = Swift.min(end, likelihood.pastEvent[position])
      let hasEvent = own >= 0 && own < end
      let start = Swift.min(likelihood.firstEvent[position], past)
      var value = falls[(hasEvent ? own : past) + stratum] - falls[start + stratum]
      if hasEvent { value += scan.ownVariance[own] }
      let factor = likelihood.competing[position]
      if factor > 0 {
        let tail = tails[likelihood.group(position)]
        value += factor * (tail[past + stratum] - tail[end + stratum])
      }
      value *= -scan.risks[position]
      if hasEvent { value += scan.eventHazard[own] }
      result[clusters[position]] += multiple(of: position) * value
    }
    if countsCensoring {
      addCensoring(width: 1, only: stratum, to: &result) { stratum, past, sums, group, q in
        let tail = tails[group]
        q[0] += sums[0] * (tail[Swift.min(past, end) + stratum] - tail[end + stratum])
      }
    }
    return result
  }

  /// What the influence of a row is multiplied by in that of its cluster.
  private func multiple(of position: Int) -> Double {
    let weight = likelihood.weights[position]
    return standsForMany ? weight.squareRoot() : weight
  }

  /// Adds, for each row, the integral of q/Y against its censoring martingale.
  ///
  /// `contribute` adds to q(u) what a stratum gives, from the sums Σ r and Σ r x over the stratum's rows
  /// with a competing event by *u*, divided by G before their events, and the first event time after *u*.
  private func addCensoring(
    width: Int, only: Int? = nil, to result: inout [Double],
    contribute: (Int, Int, [Double], Int, inout [Double]) -> Void
  ) {
    let (table, p) = (likelihood.table, likelihood.dimension)
    let times = likelihood.data.times
    for group in 0..<likelihood.censoring.groupCount {
      let censorings = likelihood.censoring.censorings[group]
      guard !censorings.isEmpty else { continue }
      var q = [[Double]](repeating: [Double](repeating: 0, count: width), count: censorings.count)
      for (stratum, range) in table.strata.enumerated() where only == nil || only == stratum {
        var sums = [CompensatedSum](repeating: CompensatedSum(), count: p + 1)
        var values = [Double](repeating: 0, count: p + 1)
        var (slot, past) = (range.upperBound - 1, likelihood.strata[stratum].lowerBound)
        for (index, censoring) in censorings.enumerated() {
          while slot >= range.lowerBound, table.slotTimes[slot] <= censoring.time {
            for position in table.censoredPositions(slot)
            where likelihood.competing[position] > 0 && likelihood.group(position) == group {
              let risk =
                likelihood.weights[position] * scan.risks[position]
                * likelihood.competing[position]
              sums[0].add(risk)
              for j in 0..<p { sums[j + 1].add(risk * likelihood.rows[position * p + j]) }
            }
            slot -= 1
          }
          while past < likelihood.strata[stratum].upperBound,
            table.slotTimes[likelihood.slots[past]] <= censoring.time
          {
            past += 1
          }
          guard sums[0].value > 0 else { continue }
          for j in 0...p { values[j] = sums[j].value }
          contribute(stratum, past, values, group, &q[index])
        }
      }
      // ∫ q/Y dΛᶜ up to and including each censoring time.
      let censorTimes = censorings.map(\.time)
      var integral = [Double](repeating: 0, count: (censorings.count + 1) * width)
      for (index, censoring) in censorings.enumerated() {
        let share = censoring.censored / censoring.atRisk / censoring.atRisk
        for j in 0..<width {
          integral[(index + 1) * width + j] = integral[index * width + j] + share * q[index][j]
        }
      }
      for position in likelihood.weights.indices where likelihood.group(position) == group {
        let row = Int(table.order[position])
        let isEvent = likelihood.ownEvent[position] >= 0 || likelihood.competing[position] > 0
        // An event comes before censorings of the same time: it is not at risk of them.
        let limit = isEvent ? times[row].nextDown : times[row]
        let steps = censorTimes.lastPosition(atOrBefore: limit).map { $0 + 1 } ?? 0
        // The censoring distribution counts rows, or what they stand for, not probability weights.
        let multiple =
          likelihood.data.weightKind == .frequency ? self.multiple(of: position) : 1
        let isCensored = !isEvent && steps > 0 && censorTimes[steps - 1] == times[row]
        for j in 0..<width {
          var value = -integral[steps * width + j]
          if isCensored { value += q[steps - 1][j] / censorings[steps - 1].atRisk }
          result[clusters[position] * width + j] += multiple * value
        }
      }
    }
  }
}
