// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// One evaluation of a Fine–Gray likelihood: its value and derivatives, and what each event time
/// leaves behind for residuals and baseline hazards.
///
/// Hazards are in units of exp(−reference), the largest linear predictor.
struct FineGrayScan {
  let likelihood: FineGrayLikelihood
  let reference: Double
  /// How far the linear predictors are apart.
  private let spread: Double
  /// The risk exp(η − reference) of every row, weight not counted.
  let risks: [Double]
  private(set) var logLikelihood = 0.0
  private(set) var gradient: [Double]
  /// For each event time: the hazard of a bystander and of one of the dying, and the same hazards times
  /// the mean of the risk set.
  private(set) var hazard: [Double]
  private(set) var ownHazard: [Double]
  /// How the hazard falls with the risk of a bystander, Σ (W/d)/φ², and of one of the dying; and what
  /// an event of weight 1 adds to it.
  private(set) var hazardVariance: [Double]
  private(set) var ownVariance: [Double]
  private(set) var eventHazard: [Double]
  private(set) var hazardMean: [Double]
  private(set) var ownHazardMean: [Double]
  /// The mean of the risk set, averaged over the tied events.
  private(set) var mean: [Double]
  /// What is taken from Σ a r x xᵀ to give the information.
  private var between: [Double]

  init(_ likelihood: FineGrayLikelihood, at point: [Double]) {
    self.likelihood = likelihood
    let predictors = likelihood.linearPredictors(at: point)
    let reference = predictors.reduce(-Double.infinity) { Swift.max($0, $1) }
    self.reference = reference
    spread = predictors.reduce(0) { Swift.max($0, reference - $1) }
    risks = predictors.map { Double.exp($0 - reference) }
    let (p, m) = (likelihood.dimension, likelihood.slots.count)
    gradient = [Double](repeating: 0, count: p)
    hazard = [Double](repeating: 0, count: m)
    (ownHazard, hazardVariance, ownVariance, eventHazard) = (hazard, hazard, hazard, hazard)
    hazardMean = [Double](repeating: 0, count: m * p)
    ownHazardMean = hazardMean
    mean = hazardMean
    between = [Double](repeating: 0, count: p * p)
    for stratum in likelihood.strata.indices where !likelihood.strata[stratum].isEmpty {
      let sums = backward(stratum)
      forward(stratum, sums, predictors)
    }
  }

  /// Adds the sums of a row, Σ r and Σ r x, at a place.
  @inline(__always)
  private static func add(
    _ rows: [Double], _ position: Int, _ p: Int, _ risk: Double, to sums: inout [CompensatedSum]
  ) {
    sums[0].add(risk)
    for j in 0..<p { sums[j + 1].add(risk * rows[position * p + j]) }
  }

  /// The sums over those at risk at each event time of a stratum, without those who die there.
  private func backward(_ stratum: Int) -> [Double] {
    let (table, p) = (likelihood.table, likelihood.dimension)
    let events = likelihood.strata[stratum]
    var result = [Double](repeating: 0, count: events.count * (p + 1))
    var sums = [CompensatedSum](repeating: CompensatedSum(), count: p + 1)
    var positionOf = [Int32]()
    if table.entryOrder != nil {
      positionOf = [Int32](repeating: 0, count: likelihood.data.count)
      for (position, row) in table.order.enumerated() { positionOf[Int(row)] = Int32(position) }
    }
    var (event, count) = (events.count, 0)
    for slot in table.strata[stratum] {
      if let entryOrder = table.entryOrder {
        for entered in table.enteredPositions(slot, stratum: stratum) {
          let position = Int(positionOf[Int(entryOrder[entered])])
          let risk = likelihood.weights[position] * risks[position]
          Self.add(likelihood.rows, position, p, -risk, to: &sums)
          count -= 1
        }
        if count == 0 { for j in sums.indices { sums[j] = CompensatedSum() } }
      }
      for position in table.censoredPositions(slot) {
        Self.add(
          likelihood.rows, position, p, likelihood.weights[position] * risks[position], to: &sums)
      }
      let deaths = table.eventPositions(slot)
      if !deaths.isEmpty {
        event -= 1
        for j in 0...p { result[event * (p + 1) + j] = sums[j].value }
      }
      for position in deaths {
        Self.add(
          likelihood.rows, position, p, likelihood.weights[position] * risks[position], to: &sums)
      }
      count += table.slotStart[slot + 1] - table.slotStart[slot]
    }
    return result
  }

  /// Visits the event times of a stratum in order, with the sums over those who have had a competing
  /// event.
  private mutating func forward(_ stratum: Int, _ atRisk: [Double], _ predictors: [Double]) {
    let (table, p) = (likelihood.table, likelihood.dimension)
    let groups = likelihood.factors.count
    let countsReplicates = likelihood.data.weightKind == .frequency
    var past = [CompensatedSum](repeating: CompensatedSum(), count: groups * (p + 1))
    var (bystanders, dying) = ([Double](repeating: 0, count: p + 1), [CompensatedSum]())
    var (otherMean, difference) = (gradient, gradient)
    var event = likelihood.strata[stratum].lowerBound
    let first = event
    for slot in table.strata[stratum].reversed() {
      let deaths = table.eventPositions(slot)
      if !deaths.isEmpty {
        for j in 0...p { bystanders[j] = atRisk[(event - first) * (p + 1) + j] }
        for group in 0..<groups {
          let factor = likelihood.factors[group][event]
          for j in 0...p { bystanders[j] += factor * past[group * (p + 1) + j].value }
        }
        // Bystanders of risk 0 have no mean; rounding may leave a little less than nothing.
        let alone = bystanders[0] <= 0
        dying = [CompensatedSum](repeating: CompensatedSum(), count: p + 1)
        var weight = 0.0
        for position in deaths {
          let w = likelihood.weights[position]
          Self.add(likelihood.rows, position, p, w * risks[position], to: &dying)
          weight += w
          logLikelihood += w * (predictors[position] - reference)
        }
        let dead = dying[0].value
        let sums = TieSums(
          isEfron: likelihood.ties == .efron,
          events: countsReplicates ? weight : Double(deaths.count), weight: weight, dying: dead,
          bystanders: alone ? 0 : bystanders[0])
        logLikelihood -= sums.logDenominator
        for j in 0..<p {
          let own = dead > 0 ? dying[j + 1].value / dead : 0
          otherMean[j] = alone ? own : bystanders[j + 1] / bystanders[0]
          difference[j] = own - otherMean[j]
          gradient[j] -= sums.shift * difference[j]
        }
        for position in deaths {
          let w = likelihood.weights[position]
          for j in 0..<p {
            gradient[j] += w * (likelihood.rows[position * p + j] - otherMean[j])
          }
        }
        hazard[event] = sums.hazard
        ownHazard[event] = sums.ownHazard
        hazardVariance[event] = sums.hazardVariance
        ownVariance[event] = sums.hazardVariance * (1 - sums.meanShare)
        eventHazard[event] = sums.hazard / weight
        let others = alone ? 0 : bystanders[0] * sums.hazard
        for j in 0..<p {
          let (mu, delta) = (otherMean[j], difference[j])
          mean[event * p + j] = mu + sums.shift / weight * delta
          hazardMean[event * p + j] = sums.hazard * mu + sums.hazardShift * delta
          ownHazardMean[event * p + j] = sums.ownHazard * mu + sums.ownHazardShift * delta
          for l in 0...j {
            let own = (mu + delta) * (otherMean[l] + difference[l])
            between[j * p + l] +=
              others * mu * otherMean[l] + sums.ownHazard * dead * own
              - sums.between * delta * difference[l]
          }
        }
        event += 1
      }
      for position in table.censoredPositions(slot) where likelihood.competing[position] > 0 {
        let risk =
          likelihood.weights[position] * risks[position] * likelihood.competing[position]
        let base = likelihood.group(position) * (p + 1)
        past[base].add(risk)
        for j in 0..<p { past[base + j + 1].add(risk * likelihood.rows[position * p + j]) }
      }
    }
  }

  /// Sums of `width` columns of event times, from the first of each stratum up to but not including
  /// each: those before event time `e` of a stratum begin at `(e + stratum) * width`.
  func cumulative(_ columns: [Double], width: Int = 1) -> [Double] {
    var result = [Double](
      repeating: 0, count: (hazard.count + likelihood.strata.count) * width)
    for (stratum, events) in likelihood.strata.enumerated() {
      for event in events {
        let base = (event + stratum) * width
        for j in 0..<width {
          result[base + width + j] = result[base + j] + columns[event * width + j]
        }
      }
    }
    return result
  }

  /// Sums of the same columns times G(t−) of a group, from each event time to the last of its stratum.
  func remaining(_ columns: [Double], width: Int = 1, group: Int) -> [Double] {
    var result = [Double](
      repeating: 0, count: (hazard.count + likelihood.strata.count) * width)
    for (stratum, events) in likelihood.strata.enumerated() {
      for event in events.reversed() {
        let base = (event + stratum) * width
        let factor = likelihood.factors[group][event]
        for j in 0..<width {
          result[base + j] = result[base + width + j] + factor * columns[event * width + j]
        }
      }
    }
    return result
  }

  /// The hazard that each row lives through, competing weights included, in the order of the table.
  func lived() -> [Double] {
    let hazards = cumulative(hazard)
    let tails = likelihood.factors.indices.map { remaining(hazard, group: $0) }
    var result = [Double](repeating: 0, count: risks.count)
    for position in risks.indices {
      let (past, own) = (likelihood.pastEvent[position], likelihood.ownEvent[position])
      let stratum = likelihood.stratumOf[position]
      let end = own >= 0 ? own : past
      var sum = hazards[end + stratum] - hazards[likelihood.firstEvent[position] + stratum]
      if own >= 0 { sum += ownHazard[own] }
      let factor = likelihood.competing[position]
      if factor > 0 { sum += factor * tails[likelihood.group(position)][past + stratum] }
      result[position] = sum
    }
    return result
  }

  /// Σ a r x xᵀ over the rows, the lower triangle: the information before what the means take from it.
  private func secondMoments() -> [Double] {
    let p = likelihood.dimension
    let lived = lived()
    var sums = [CompensatedSum](repeating: CompensatedSum(), count: p * p)
    for position in risks.indices {
      let factor = likelihood.weights[position] * risks[position] * lived[position]
      guard factor > 0 else { continue }
      for j in 0..<p {
        let value = factor * likelihood.rows[position * p + j]
        for l in 0...j { sums[j * p + l].add(value * likelihood.rows[position * p + l]) }
      }
    }
    return sums.map(\.value)
  }

  /// Value, gradient and information, and whether their digits can be trusted.
  ///
  /// The information is the difference of second moments and what the means take from them. Where less
  /// than a millionth of a column's is left, given the columns before it, more than six digits are
  /// lost; where linear predictors are more than 500 apart, risks vanish beside the largest.
  func evaluate() -> (evaluation: CoxPartialLikelihood.ScaledEvaluation, keepsDigits: Bool) {
    let p = likelihood.dimension
    let moments = secondMoments()
    let information = SymmetricSum.matrix(zip(moments, between).map { $0 - $1 }, order: p)
    let evaluation = CoxPartialLikelihood.ScaledEvaluation(
      logLikelihood: logLikelihood, gradient: gradient, information: information)
    let lost = OrderedElimination(
      information, tolerance: 1e-6, relativeTo: (0..<p).map { moments[$0 * p + $0] })
    let keepsDigits = spread < 500 && logLikelihood.isFinite && lost?.kept.count == p
    return (evaluation, keepsDigits)
  }

  var evaluation: CoxPartialLikelihood.ScaledEvaluation { evaluate().evaluation }
}
