// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// The sums of a test of the log-rank family, by one backward scan over each stratum.
struct LogRankKernel {
  private let data: SurvivalData
  private let groups: Grouping
  private let table: RiskTable
  private let counts: RiskCounts
  private let weightFunction: LogRankWeight
  private var groupCount: Int { groups.levels.count }

  private(set) var observed: [Double]
  private(set) var expected: [Double]
  /// The hypergeometric covariance of observed − expected.
  private(set) var covariance: Matrix
  /// Weighted numbers at risk of each group at each slot, slot by slot; kept for the influences.
  private var groupAtRisk: [Double] = []
  /// The weight function at each slot.
  private var slotWeights: [Double] = []
  /// Whether several groups are at risk at some event time, and at one that has a weight.
  private var hasSharedRiskSet = false
  private var hasWeight = false

  init(
    _ data: SurvivalData, groups: Grouping, strata: Grouping?, weightFunction: LogRankWeight
  ) {
    self.data = data
    self.groups = groups
    self.weightFunction = weightFunction
    table = RiskTable(data, strata: strata)
    counts = RiskCounts(table, data)
    let k = groups.levels.count
    observed = [Double](repeating: 0, count: k)
    expected = observed
    covariance = Matrix(rows: k, columns: k)
    for range in table.strata { slotWeights += weightFunction.weights(counts, slots: range) }
    scan()
  }

  private mutating func scan() {
    let k = groupCount
    let weights = data.weights?.values
    let (order, codes) = (table.order, groups.codes)
    var (died, left) = ([Int](repeating: 0, count: k), [Int](repeating: 0, count: k))
    let keepsRisk = data.asksForRobustVariance
    if keepsRisk { groupAtRisk = [Double](repeating: 0, count: table.slotCount * k) }
    var variance = [Double](repeating: 0, count: k * k)
    for (stratum, range) in table.strata.enumerated() {
      var sums = [CompensatedSum](repeating: CompensatedSum(), count: k)
      var rowsAtRisk = [Int](repeating: 0, count: k)
      for slot in range {
        let (n, d, w) = (counts.atRisk[slot], counts.events[slot], slotWeights[slot])
        if let weights {
          for position in table.slotStart[slot]..<table.slotStart[slot + 1] {
            let row = Int(order[position])
            sums[codes[row]].add(weights[row])
            rowsAtRisk[codes[row]] += 1
            if position < table.eventEnd[slot] { observed[codes[row]] += w * weights[row] }
          }
        } else {
          for j in 0..<k { (died[j], left[j]) = (0, 0) }
          for position in table.eventPositions(slot) { died[codes[Int(order[position])]] += 1 }
          for position in table.censoredPositions(slot) { left[codes[Int(order[position])]] += 1 }
          for j in 0..<k where died[j] + left[j] > 0 {
            sums[j].add(Double(died[j] + left[j]))
            rowsAtRisk[j] += died[j] + left[j]
            observed[j] += w * Double(died[j])
          }
        }
        if let entryOrder = table.entryOrder {
          for position in table.enteredPositions(slot, stratum: stratum) {
            let row = Int(entryOrder[position])
            sums[groups.codes[row]].add(-(weights?[row] ?? 1))
            rowsAtRisk[groups.codes[row]] -= 1
          }
          for j in 0..<k where rowsAtRisk[j] == 0 { sums[j] = CompensatedSum() }
        }
        if keepsRisk { for j in 0..<k { groupAtRisk[slot * k + j] = sums[j].value } }
        guard d > 0 else { continue }
        if sums.count(where: { $0.value > 0 }) > 1 {
          hasSharedRiskSet = true
          if w > 0 { hasWeight = true }
        }
        let factor = n > 1 ? w * w * d * counts.afterEvents[slot] / (n - 1) : 0
        for j in 0..<k {
          let share = sums[j].value / n
          expected[j] += w * d * share
          guard factor > 0, share > 0 else { continue }
          // 1 − share is the share of the others, added up: it may be far below rounding.
          for l in 0..<k where l != j {
            let term = factor * share * (sums[l].value / n)
            variance[j * k + l] -= term
            variance[j * k + j] += term
          }
        }
      }
    }
    covariance = Matrix(rows: k, columns: k, columnMajor: variance)
  }

  /// The covariance of observed − expected as the sum of squared influences of the clusters.
  ///
  ///     zᵢ = δᵢ w(tᵢ)(eᵢ − p(tᵢ)) − ∫ Yᵢ w (eᵢ − p) dΛ,   p = shares of the groups at risk
  private func robustCovariance() -> Matrix {
    let k = groupCount
    // From the start of each stratum up to and including a slot: ∫ w dΛ and ∫ w p dΛ.
    var hazard = [Double](repeating: 0, count: table.slotCount)
    var shares = [Double](repeating: 0, count: table.slotCount * k)
    for range in table.strata {
      for slot in range.reversed() {
        let (n, d, w) = (counts.atRisk[slot], counts.events[slot], slotWeights[slot])
        let hasBefore = slot + 1 < range.upperBound
        let step = d > 0 ? w * d / n : 0
        hazard[slot] = step + (hasBefore ? hazard[slot + 1] : 0)
        for j in 0..<k {
          let before = hasBefore ? shares[(slot + 1) * k + j] : 0
          let share = d > 0 ? groupAtRisk[slot * k + j] / n : 0
          shares[slot * k + j] = before + step * share
        }
      }
    }
    let dependence = data.dependence
    let clusterCount = dependence?.levels.count ?? data.count
    let standsForMany = dependence == nil && data.weightKind == .frequency
    var influence = [Double](repeating: 0, count: clusterCount * k)
    let weights = data.weights?.values
    func add(row: Int, slot: Int, sign: Double, isEvent: Bool) {
      let weight = sign * (standsForMany ? 1 : weights?[row] ?? 1)
      let base = (dependence?.codes[row] ?? row) * k
      let own = groups.codes[row]
      influence[base + own] -= weight * hazard[slot]
      for j in 0..<k { influence[base + j] += weight * shares[slot * k + j] }
      if isEvent {
        let (n, w) = (counts.atRisk[slot], slotWeights[slot])
        influence[base + own] += weight * w
        for j in 0..<k { influence[base + j] -= weight * w * groupAtRisk[slot * k + j] / n }
      }
    }
    for (stratum, range) in table.strata.enumerated() {
      for slot in range {
        for position in table.slotStart[slot]..<table.slotStart[slot + 1] {
          add(
            row: Int(table.order[position]), slot: slot, sign: 1,
            isEvent: position < table.eventEnd[slot])
        }
        // Who has not yet entered at this slot has not lived through the hazard up to it.
        if let entryOrder = table.entryOrder {
          for position in table.enteredPositions(slot, stratum: stratum) {
            add(row: Int(entryOrder[position]), slot: slot, sign: -1, isEvent: false)
          }
        }
      }
    }
    var sum = [Double](repeating: 0, count: k * k)
    for cluster in 0..<clusterCount {
      let times = standsForMany ? weights?[cluster] ?? 1 : 1
      for j in 0..<k {
        for l in 0..<k {
          sum[j * k + l] += times * influence[cluster * k + j] * influence[cluster * k + l]
        }
      }
    }
    return Matrix(rows: k, columns: k, columnMajor: sum)
  }

  /// The test from the sums; trend scores are 1, 2, … when `nil`.
  func result(trendScores: [Double]?) throws(SurvivalError) -> LogRankResult {
    let k = groupCount
    guard table.hasEvents else {
      throw SurvivalError(.noEvents, "nobody had the event, so there is nothing to compare")
    }
    let isRobust = data.asksForRobustVariance
    let covariance = isRobust ? robustCovariance() : covariance
    let difference = (0..<k).map { observed[$0] - expected[$0] }
    guard let elimination = OrderedElimination(covariance) else {
      throw SurvivalError(.overflow, "the weights are so large that the variance has no value")
    }
    let (value, rank) = elimination.quadraticFormOfInverse(difference)
    guard rank > 0 else {
      let reason =
        !hasSharedRiskSet
        ? "at no event time was more than one of them at risk"
        : !hasWeight
          ? "wherever more than one of them was at risk, the \(weightFunction.name) weight of the event is 0"
          : "wherever more than one of them was at risk, their difference has no variance"
      throw SurvivalError(.notEstimable, "the groups cannot be compared: \(reason)")
    }
    var trend: ChiSquaredTest?
    let scores = trendScores ?? (1...k).map(Double.init)
    let score = zip(scores, difference).reduce(0) { $0 + $1.0 * $1.1 }
    let variance = covariance.quadraticForm(scores)
    let scale = (0..<k).reduce(0) { $0 + scores[$1] * scores[$1] * covariance[$1, $1] }
    if variance > 1e-12 * scale {
      trend = ChiSquaredTest(score * score / variance, degreesOfFreedom: 1)
    }
    var rowCounts = [Int](repeating: 0, count: k)
    for row in table.order { rowCounts[groups.codes[Int(row)]] += 1 }
    return LogRankResult(
      weightFunction: weightFunction, weightKind: data.weightKind, isRobust: isRobust,
      groups: (0..<k).map {
        LogRankResult.Group(
          name: groups.levels[$0], rowCount: rowCounts[$0], observed: observed[$0],
          expected: expected[$0])
      },
      covariance: covariance.rowArrays,
      overall: ChiSquaredTest(value, degreesOfFreedom: rank), trend: trend)
  }
}
