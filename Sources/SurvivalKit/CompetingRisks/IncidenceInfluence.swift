// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels

/// The influence of every cluster on a cumulative incidence, in a form updated in constant time.
///
///     U(t) = Σ over r ≤ t of [ S(r−) dH(r) + (F(t) − F(r)) dL(r) ]
///
/// with dH the influence on the cause's hazard and dL that on log S. With Φ(t) = F(t) − F(∞), which
/// is no larger than S(t), it is Φ(t)A + D + θ(t)B, where A, B and D of a cluster change only when one
/// of its rows enters, leaves or has an event, and θ belongs to the time. Six sums of products, kept
/// up to date, give the sum of squares: O(*n* + *m*) for all times together.
///
/// The infinitesimal jackknife of Jaeckel (1972), as in R's `survfit`.
struct IncidenceInfluence: Hashable, Sendable, Codable {
  private let changes: RiskChanges
  /// For each change, whether it is an event of the cause.
  private let isOfCause: [Bool]

  init(changes: RiskChanges, causes: EventCauses, cause: Int) {
    self.changes = changes
    isOfCause = changes.changes.map { $0.kind == .dies && causes.codes[Int($0.row)] == cause }
  }

  /// What changes of A, B and D a change of a row makes; the sums Q and R are those in force then.
  @inline(__always)
  private func deltas(
    _ index: Int, _ step: IncidenceSteps.Step, q: Double, r: Double
  ) -> (a: Double, b: Double, d: Double) {
    let change = changes.changes[index]
    let weight = change.weight
    if change.kind == .enters { return (-weight * q, weight, -weight * r) }
    var (a, d) = (q, r)
    if change.kind == .dies {
      a -= step.logDeath
      d += step.tail * step.logDeath
      if isOfCause[index] { d += step.hazardDeath }
    }
    return (weight * a, -weight, weight * d)
  }

  /// The variance of the cumulative incidence after each step.
  func variances(_ steps: IncidenceSteps) -> [Double] {
    var a = [Double](repeating: 0, count: changes.clusterCount)
    var (b, d) = (a, a)
    var (sumAA, sumBB, sumDD) = (CompensatedSum(), CompensatedSum(), CompensatedSum())
    var (sumAB, sumAD, sumBD) = (CompensatedSum(), CompensatedSum(), CompensatedSum())
    // What rounding is a fraction of: each update of a sum may leave an ulp of the square.
    var (sizeA, sizeB, sizeD) = (0.0, 0.0, 0.0)
    var (q, r, theta) = (0.0, 0.0, 0.0)
    var next = 0
    var result = [Double]()
    result.reserveCapacity(steps.steps.count)

    func apply(_ step: IncidenceSteps.Step) {
      let (deltaA, deltaB, deltaD) = deltas(next, step, q: q, r: r)
      let g = Int(changes.changes[next].cluster)
      let times = changes.multiplicity?[g] ?? 1
      sumAA.add(times * (2 * a[g] + deltaA) * deltaA)
      sumBB.add(times * (2 * b[g] + deltaB) * deltaB)
      sumDD.add(times * (2 * d[g] + deltaD) * deltaD)
      sumAB.add(times * (a[g] * deltaB + deltaA * b[g] + deltaA * deltaB))
      sumAD.add(times * (a[g] * deltaD + deltaA * d[g] + deltaA * deltaD))
      sumBD.add(times * (b[g] * deltaD + deltaB * d[g] + deltaB * deltaD))
      func square(_ value: Double, _ delta: Double) -> Double {
        let largest = value.magnitude + delta.magnitude
        return times * largest * largest
      }
      sizeA += square(a[g], deltaA)
      sizeB += square(b[g], deltaB)
      sizeD += square(d[g], deltaD)
      a[g] += deltaA
      b[g] += deltaB
      d[g] += deltaD
      next += 1
    }

    let all = changes.changes
    for (index, step) in steps.steps.enumerated() {
      while next < all.count, all[next].step == index, all[next].kind == .enters { apply(step) }
      theta += step.increment * q - step.hazardRisk
      q += step.logRisk
      r -= step.hazardRisk + step.tail * step.logRisk
      while next < all.count, all[next].step == index { apply(step) }
      let phi = step.tail
      let squares = phi * phi * sumAA.value + sumDD.value + theta * theta * sumBB.value
      let products = phi * sumAD.value + phi * theta * sumAB.value + theta * sumBD.value
      let variance = squares + 2 * products
      let size =
        phi.magnitude * sizeA.squareRoot() + theta.magnitude * sizeB.squareRoot()
        + sizeD.squareRoot()
      // Where the influences within every cluster cancel, only rounding is left: no variance.
      result.append(variance > size * size * 0x1p-50 ? variance : 0)
    }
    return result
  }

  /// The variance of the area under the cumulative incidence up to a limit.
  ///
  /// The integral of Φ(t)A + D + θ(t)B is a sum over the changes of A, D and B, each weighted by what
  /// is left of ∫ Φ, of time and of ∫ θ. `times` are those of the steps up to the limit `end`.
  func varianceOfArea(_ steps: IncidenceSteps, times: ArraySlice<Double>, end: Double) -> Double {
    let count = times.count
    var theta = [Double]()
    var sums = [(q: Double, r: Double)]()
    var (q, r, sum) = (0.0, 0.0, 0.0)
    for step in steps.steps.prefix(count) {
      sum += step.increment * q - step.hazardRisk
      q += step.logRisk
      r -= step.hazardRisk + step.tail * step.logRisk
      theta.append(sum)
      sums.append((q, r))
    }
    var leftOfTail = [Double](repeating: 0, count: count + 1)
    var leftOfTheta = leftOfTail
    var right = end
    for step in stride(from: count - 1, through: 0, by: -1) {
      let width = right - times[step]
      leftOfTail[step] = leftOfTail[step + 1] + steps.steps[step].tail * width
      leftOfTheta[step] = leftOfTheta[step + 1] + theta[step] * width
      right = times[step]
    }
    var influences = [Double](repeating: 0, count: changes.clusterCount)
    for (index, change) in changes.changes.enumerated() where change.step < count {
      let step = Int(change.step)
      let isEarly = change.kind == .enters
      let inForce = isEarly ? (step == 0 ? (0, 0) : sums[step - 1]) : sums[step]
      let (deltaA, deltaB, deltaD) = deltas(
        index, steps.steps[step], q: inForce.0, r: inForce.1)
      influences[Int(change.cluster)] +=
        deltaA * leftOfTail[step] + deltaB * leftOfTheta[step] + deltaD * (end - times[step])
    }
    var variance = 0.0
    for cluster in influences.indices {
      variance += (changes.multiplicity?[cluster] ?? 1) * influences[cluster] * influences[cluster]
    }
    return variance
  }
}
