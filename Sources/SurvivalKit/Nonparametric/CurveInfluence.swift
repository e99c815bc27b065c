// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels

/// The influence of every cluster on a curve, in a form that is updated in constant time.
///
/// While a row is at risk its influence on Λ̂(t) falls with Q(t) = ∫ dΛ/Y, and at its death it jumps;
/// so the influence of a cluster is A(t) + B(t)·Q(t) where A and B change only when a row of the
/// cluster enters, leaves or dies. The sum of squares over clusters is
/// ΣA² + 2Q ΣAB + Q² ΣB², whose three sums are kept up to date: O(*n* + *m*) for all times together.
///
/// The infinitesimal jackknife of Jaeckel (1972); for survival curves see Therneau & Grambsch (2000),
/// doi:10.1007/978-1-4757-3294-8.
struct CurveInfluence: Hashable, Sendable, Codable {
  /// What one time does to the influence on Λ̂ and on log Ŝ: to each row at risk, and to each death.
  struct Increment: Hashable, Sendable, Codable {
    var hazardRisk = 0.0
    var hazardDeath = 0.0
    var logRisk = 0.0
    var logDeath = 0.0
  }

  private let changes: [RiskChanges.Change]
  private let multiplicity: [Double]?
  private let clusterCount: Int
  /// Whether rows belong to clusters, which another curve's rows may share.
  let isClustered: Bool
  private var increments: [Increment] = []

  /// Collects when the rows of a stratum enter and leave.
  ///
  /// `continued` says which rows another row of their subject continues: when censoring plays the
  /// event, theirs is none.
  init(
    data: SurvivalData, table: RiskTable, stratum: Int, slots: [Int], isReversed: Bool,
    continued: [Bool]
  ) {
    let collected = RiskChanges(
      data: data, table: table, stratum: stratum, slots: slots, isReversed: isReversed,
      continued: continued)
    changes = collected.changes
    multiplicity = collected.multiplicity
    clusterCount = collected.clusterCount
    isClustered = data.dependence != nil
  }

  /// Sets what each step of the curve does to the influences.
  mutating func setIncrements(_ increments: [Increment]) { self.increments = increments }

  /// The variance of Λ̂ after each step.
  func hazardVariances() -> [Double] { variances(risk: \.hazardRisk, death: \.hazardDeath) }

  /// The variance of log Ŝ after each step.
  func logVariances() -> [Double] { variances(risk: \.logRisk, death: \.logDeath) }

  private func variances(
    risk: KeyPath<Increment, Double>, death: KeyPath<Increment, Double>
  ) -> [Double] {
    let risks = increments.map { $0[keyPath: risk] }
    let deaths = increments.map { $0[keyPath: death] }
    var a = [Double](repeating: 0, count: clusterCount)
    var b = a
    var (sumAA, sumAB, sumBB) = (CompensatedSum(), CompensatedSum(), CompensatedSum())
    var q = 0.0
    var next = 0
    // What rounding is a fraction of: each update of a sum may leave an ulp of the square.
    var (sizeAA, sizeAB, sizeBB) = (0.0, 0.0, 0.0)
    var result = [Double]()
    result.reserveCapacity(increments.count)

    func apply(_ change: RiskChanges.Change, _ deltaA: Double, _ deltaB: Double) {
      let cluster = Int(change.cluster)
      let times = multiplicity?[cluster] ?? 1
      sumAA.add(times * (2 * a[cluster] + deltaA) * deltaA)
      sumAB.add(times * (a[cluster] * deltaB + deltaA * b[cluster] + deltaA * deltaB))
      sumBB.add(times * (2 * b[cluster] + deltaB) * deltaB)
      let (largestA, largestB) = (
        a[cluster].magnitude + deltaA.magnitude, b[cluster].magnitude + deltaB.magnitude
      )
      sizeAA += times * largestA * largestA
      sizeAB += times * largestA * largestB
      sizeBB += times * largestB * largestB
      a[cluster] += deltaA
      b[cluster] += deltaB
    }

    for step in increments.indices {
      while next < changes.count, changes[next].step == step,
        changes[next].kind == .enters || changes[next].kind == .leavesBefore
      {
        let weight = changes[next].weight
        let sign = changes[next].kind == .enters ? 1.0 : -1.0
        apply(changes[next], sign * weight * q, -sign * weight)
        next += 1
      }
      q += risks[step]
      while next < changes.count, changes[next].step == step {
        let weight = changes[next].weight
        let jump = changes[next].kind == .dies ? weight * deaths[step] : 0
        apply(changes[next], jump - weight * q, weight)
        next += 1
      }
      // Where the influences within every cluster cancel, only rounding is left: no variance.
      let variance = sumAA.value + 2 * q * sumAB.value + q * q * sumBB.value
      let size = sizeAA + 2 * q * sizeAB + q * q * sizeBB
      result.append(variance > size * 0x1p-50 ? variance : 0)
    }
    return result
  }

  /// What a change does to A and B of its cluster, given Q after each step.
  private func deltas(_ change: RiskChanges.Change, _ cumulative: [Double]) -> (
    a: Double, b: Double
  ) {
    let step = Int(change.step)
    let isEarly = change.kind == .enters || change.kind == .leavesBefore
    let q = isEarly ? (step == 0 ? 0 : cumulative[step - 1]) : cumulative[step]
    let sign = change.kind == .enters ? 1.0 : -1.0
    let jump = change.kind == .dies ? increments[step].logDeath : 0
    return (change.weight * (sign * q + jump), -sign * change.weight)
  }

  /// Q for log Ŝ after each of the first steps.
  private func cumulativeRisks(_ steps: Int) -> [Double] {
    var (q, cumulative) = (0.0, [Double]())
    for step in 0..<steps {
      q += increments[step].logRisk
      cumulative.append(q)
    }
    return cumulative
  }

  /// The influence of each cluster on log Ŝ after a step; `nil` is before the first.
  /// - Complexity: O(*n* + *m*).
  func influencesOnLog(through step: Int?) -> [Double] {
    var influences = [Double](repeating: 0, count: clusterCount)
    guard let step else { return influences }
    let cumulative = cumulativeRisks(step + 1)
    for change in changes where change.step <= step {
      let delta = deltas(change, cumulative)
      influences[Int(change.cluster)] -= delta.a + delta.b * cumulative[step]
    }
    return influences
  }

  /// The influence of each cluster on the area under a curve up to a limit.
  ///
  /// The influence on Ŝ(t) is −Ŝ(t)(A(t) + B(t)Q(t)); its integral to the limit is a sum over the
  /// changes of A and B, each weighted by what is left of ∫ Ŝ and of ∫ Ŝ Q.
  ///
  /// `areas` holds, for each step, the area under the curve from its time to the limit `end`.
  func influencesOnArea(curve: SurvivalCurve, areas: [Double], end: Double) -> [Double] {
    let steps = areas.count - 1
    let cumulative = cumulativeRisks(steps)
    // What is left, from each step on, of ∫ Ŝ Q.
    var weighted = [Double](repeating: 0, count: steps + 1)
    var right = end
    for step in stride(from: steps - 1, through: 0, by: -1) {
      weighted[step] =
        weighted[step + 1] + curve.survival[step] * cumulative[step] * (right - curve.times[step])
      right = curve.times[step]
    }
    var influences = [Double](repeating: 0, count: clusterCount)
    for change in changes where change.step < steps {
      let delta = deltas(change, cumulative)
      influences[Int(change.cluster)] -=
        delta.a * areas[Int(change.step)] + delta.b * weighted[Int(change.step)]
    }
    return influences
  }

  /// The variance of the area under a curve up to a limit.
  func varianceOfArea(curve: SurvivalCurve, areas: [Double], end: Double) -> Double {
    let influences = influencesOnArea(curve: curve, areas: areas, end: end)
    var sum = 0.0
    for cluster in influences.indices {
      sum += (multiplicity?[cluster] ?? 1) * influences[cluster] * influences[cluster]
    }
    return sum
  }
}
