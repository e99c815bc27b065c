// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

/// The sums of Gray's test for one cause.
///
/// With hᵢ = Yᵢ/Ŝᵢ(t−) and Rᵢ = hᵢ(1 − F̂ᵢ(t−)) for group *i*, and pooled increments dF̂ = dN₁/Σh:
///
///     z_k = Σ w(t) (dN₁ₖ − dN₁ R_k/ΣR),   w(t) = (1 − F̂(t−))^ρ
///
/// To first order z_k is a sum over groups *i* and times *s* of
///
///     [a_ki + (1 − x)(c_ki(τ) − c_ki(s))] m₁ − x (c_ki(τ) − c_ki(s)) m₂
///
/// where m₁ and m₂ are the martingale increments of the two kinds of events times Ŝᵢ(s−)/Yᵢ,
/// a_ki = w h_k(δ_ki − hᵢ/Σh), c_ki(s) = ∫ a_ki dF̂/(1 − F̂−) and x = (1 − F̂(s))/Ŝᵢ(s).
struct GrayKernel {
  /// Counts of one stratum at its event times, ascending; `count` groups for each time.
  private struct Stratum {
    var atRisk: [Double] = []
    var events: [Double] = []
    var otherEvents: [Double] = []
  }

  private let count: Int
  private let rho: Double
  private(set) var scores: [Double]
  private(set) var covariance: Matrix

  init(
    _ data: SurvivalData, causes: EventCauses, cause: Int, groups: Grouping, table: RiskTable,
    rho: Double
  ) {
    count = groups.levels.count
    self.rho = rho
    scores = [Double](repeating: 0, count: count)
    covariance = Matrix(rows: count, columns: count)
    for range in table.strata {
      let stratum = Self.counts(data, causes, cause, groups, table, range)
      var path = Path(count: count)
      let final = add(stratum, &path, total: nil)
      path = Path(count: count)
      _ = add(stratum, &path, total: final)
    }
  }

  /// Counts by one backward scan.
  private static func counts(
    _ data: SurvivalData, _ causes: EventCauses, _ cause: Int, _ groups: Grouping,
    _ table: RiskTable, _ range: Range<Int>
  ) -> Stratum {
    let k = groups.levels.count
    let weights = data.weights?.values
    var reversed = [(atRisk: [Double], events: [Double], others: [Double])]()
    var atRisk = [Double](repeating: 0, count: k)
    for slot in range {
      var (events, others) = ([Double](repeating: 0, count: k), [Double](repeating: 0, count: k))
      for position in table.slotStart[slot]..<table.slotStart[slot + 1] {
        let row = Int(table.order[position])
        let weight = weights?[row] ?? 1
        atRisk[groups.codes[row]] += weight
        guard let code = causes.codes[row] else { continue }
        if code == cause {
          events[groups.codes[row]] += weight
        } else {
          others[groups.codes[row]] += weight
        }
      }
      guard table.eventEnd[slot] > table.slotStart[slot] else { continue }
      reversed.append((atRisk, events, others))
    }
    var result = Stratum()
    for time in reversed.reversed() {
      result.atRisk += time.atRisk
      result.events += time.events
      result.otherEvents += time.others
    }
    return result
  }

  /// What has happened so far in a stratum: event-free probability and incidence of each group, the
  /// pooled incidence, and the integrals c.
  private struct Path {
    var free: [Double]
    var incidence: [Double]
    var pooled = 0.0
    var integral: [Double]

    init(count: Int) {
      free = [Double](repeating: 1, count: count)
      incidence = [Double](repeating: 0, count: count)
      integral = [Double](repeating: 0, count: count * count)
    }
  }

  /// Runs through the times of a stratum: first for the scores and the integrals to the end, then,
  /// when those are known, for the variance.
  private mutating func add(
    _ stratum: Stratum, _ path: inout Path, total: [Double]?
  ) -> [Double] {
    let k = count
    var a = [Double](repeating: 0, count: k * k)
    var (h, effect) = (a, a)
    for time in 0..<(stratum.atRisk.count / Swift.max(1, k)) {
      let y = stratum.atRisk[(time * k)..<((time + 1) * k)].map { $0 }
      let d = stratum.events[(time * k)..<((time + 1) * k)].map { $0 }
      let others = stratum.otherEvents[(time * k)..<((time + 1) * k)].map { $0 }
      let deaths = d.reduce(0, +)
      let before = path.free
      var (sumH, sumR) = (0.0, 0.0)
      for i in 0..<k {
        h[i] = y[i] > 0 ? y[i] / before[i] : 0
        sumH += h[i]
        sumR += h[i] * (1 - path.incidence[i])
      }
      let left = 1 - path.pooled
      let weight = rho == 0 ? 1 : Double.pow(left, rho)
      if deaths > 0, left > 0 {
        let step = deaths / (sumH * left)
        for i in 0..<k where y[i] > 0 {
          for j in 0..<k {
            a[i * k + j] = weight * h[j] * ((i == j ? 1 : 0) - h[i] / sumH)
            path.integral[i * k + j] += a[i * k + j] * step
          }
          if total == nil {
            scores[i] += weight * (d[i] - deaths * h[i] * (1 - path.incidence[i]) / sumR)
          }
        }
        path.pooled += deaths / sumH
      }
      for i in 0..<k where y[i] > 0 {
        path.incidence[i] += before[i] * d[i] / y[i]
        path.free[i] = before[i] * ((y[i] - d[i] - others[i]) / y[i])
        guard let total else { continue }
        let x = path.free[i] > 0 ? (1 - path.pooled) / path.free[i] : 0
        if deaths > 0 {
          let ties = deaths > 1 ? 1 - (deaths - 1) / (sumH * before[i] - 1) : 1
          for j in 0..<k {
            let rest = total[i * k + j] - path.integral[i * k + j]
            effect[j] = a[i * k + j] + (1 - x) * rest
          }
          addSquares(effect, ties * before[i] * deaths / (sumH * y[i]))
        }
        if others[i] > 0 {
          let ties = others[i] > 1 ? 1 - (others[i] - 1) / (y[i] - 1) : 1
          for j in 0..<k { effect[j] = x * (total[i * k + j] - path.integral[i * k + j]) }
          addSquares(effect, ties * before[i] * before[i] * others[i] / (y[i] * y[i]))
        }
      }
    }
    return path.integral
  }

  private mutating func addSquares(_ effect: [Double], _ variance: Double) {
    for i in 0..<count {
      for j in 0..<count { covariance[i, j] += variance * effect[i] * effect[j] }
    }
  }
}
