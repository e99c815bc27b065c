// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

/// The likelihood and its derivatives as a few passes of matrix arithmetic over parts of the rows.
///
/// With rᵢ = wᵢ exp(ηᵢ), aᵢ the hazard that row *i* lives through and S, D the sums of r x over the
/// risk set and over the dying of an event time,
///
///     gradient    = Σ (wᵢ δᵢ − rᵢ aᵢ) xᵢ
///     information = Σ rᵢ aᵢ xᵢ xᵢᵀ − Σ over event times (u uᵀ + v vᵀ)
///
/// where u = √α (S − κ D) and v = √β D, with α = Σₖ (W/d)/φₖ² and κ, β/α the mean and variance of k/d
/// under those weights: at most two vectors for an event time, however many events are tied. Rows are
/// read twice; the rest is a weighted Gram product (see Documentation/Numerics.md).
///
/// The sums are differences of larger ones. Where that loses digits, as with covariates that drift
/// with time or risk sets that nearly empty, the scan says so and the caller turns to moments.
///
/// The rows are cut into parts by their number alone, and the parts' sums are added in order, so the
/// result has the same bits for any number of threads.
package final class RiskSetBlocks: @unchecked Sendable {
  private let rows: RowMatrix
  private let offsets, weights: [Double]
  private let slotStart, eventEnd: [Int]
  private let countsReplicates: Bool
  private let parts: [Part]
  private let threads: Int
  private let groups: GramAccumulator.Groups
  /// Where the linear predictors are measured from: the mean offset.
  private let reference: Double
  private let predictors, risks, informationWeights, gradientWeights: ScratchColumn<Double>
  /// By slot: hazards for bystanders and dying, then the hazard since the stratum began.
  private let hazard, ownHazard, cumulative: ScratchColumn<Double>
  /// By slot: the risk of the dying and of the others that end there, and of all at risk.
  private let dyingRisk, otherRisk, totalRisk: ScratchColumn<Double>
  /// By slot: the weight of the dying where they count as one event; 0 at tied ones and at none.
  private let singleWeight: ScratchColumn<Double>
  /// By position: the last slot at or before the row's entry, or −1.
  private let entrySlot: ScratchColumn<Int32>?

  /// Prepares the passes over rows.
  package init(_ layout: Layout, threads: Int) {
    self.threads = threads
    rows = layout.rows
    offsets = layout.offsets
    weights = layout.weights
    slotStart = layout.slotStart
    eventEnd = layout.eventEnd
    countsReplicates = layout.countsReplicates
    let (n, p) = (layout.rows.rows, layout.rows.columns)
    let slots = layout.eventEnd.count
    var total = 0.0
    var sum = 0.0
    for index in 0..<n {
      total += layout.weights[index]
      sum += layout.weights[index] * layout.offsets[index]
    }
    reference = sum / total
    let strata = layout.strata.filter { !$0.isEmpty }
    parts = Self.split(layout).map {
      Part(slots: $0, strata: strata, layout: layout, width: p)
    }
    // Every evaluation writes them before it reads them.
    func column() -> ScratchColumn<Double> { ScratchColumn(uninitialized: n) }
    (predictors, risks, informationWeights, gradientWeights) = (
      column(), column(), column(), column()
    )
    func slotColumn() -> ScratchColumn<Double> { ScratchColumn(uninitialized: slots) }
    (hazard, ownHazard, cumulative) = (slotColumn(), slotColumn(), slotColumn())
    (dyingRisk, otherRisk, totalRisk) = (slotColumn(), slotColumn(), slotColumn())
    let singleWeight = ScratchColumn<Double>(repeating: 0, count: slots)
    for slot in 0..<slots where !layout.isTied(slot) {
      for position in layout.slotStart[slot]..<layout.eventEnd[slot] {
        singleWeight[slot] += layout.weights[position]
      }
    }
    self.singleWeight = singleWeight
    let start = ScratchColumn<Int64>(repeating: 0, count: slots + 1)
    let special = ScratchColumn<Int64>(repeating: 0, count: slots)
    let reset = ScratchColumn<UInt8>(repeating: 0, count: slots)
    let leavingStart = ScratchColumn<Int64>(repeating: 0, count: slots + 1)
    for slot in 0...slots { start[slot] = Int64(layout.slotStart[slot]) }
    for slot in 0..<slots { special[slot] = Int64(layout.eventEnd[slot] - layout.slotStart[slot]) }
    for range in layout.strata where !range.isEmpty { reset[range.lowerBound] = 1 }
    var leaving: ScratchColumn<Int32>?
    var entrySlot: ScratchColumn<Int32>?
    if !layout.leaving.isEmpty {
      let slotOfEntry = ScratchColumn<Int32>(repeating: -1, count: n)
      for slot in 0..<slots {
        leavingStart[slot + 1] = Int64(layout.leavingStart[slot + 1])
        for index in layout.leavingStart[slot]..<layout.leavingStart[slot + 1] {
          slotOfEntry[Int(layout.leaving[index])] = Int32(slot)
        }
      }
      leaving = ScratchColumn(layout.leaving)
      entrySlot = slotOfEntry
    }
    self.entrySlot = entrySlot
    groups = GramAccumulator.Groups(
      start: start, special: special, leaving: leaving, leavingStart: leavingStart, reset: reset,
      first: slotColumn(), share: ScratchColumn(repeating: 0, count: slots),
      second: ScratchColumn(repeating: 0, count: slots))
  }

  /// Evaluates the likelihood at scaled coefficients.
  /// - Returns: The evaluation; `nil` when its digits cannot be trusted.
  package func evaluate(at point: [Double], wantsInformation: Bool) -> Evaluation? {
    let p = rows.columns
    forEachPart { self.computeRisks($0, at: point, wantsInformation) }
    if groups.leaving != nil { forEachPart { self.removeEntries($0, wantsInformation) } }
    guard carryRisks(wantsInformation), parts.allSatisfy(\.isSafe) else { return nil }
    forEachPart { self.computeHazards($0) }
    guard parts.allSatisfy(\.isSafe) else { return nil }
    carryHazards()
    forEachPart { self.accumulateHazards($0) }
    forEachPart { self.accumulateDerivatives($0, wantsInformation) }
    guard parts.allSatisfy(\.isSafe) else { return nil }

    var result = Evaluation(
      gradient: [Double](repeating: 0, count: p),
      information: [Double](repeating: 0, count: wantsInformation ? p * p : 0))
    var subtracted = result.gradient
    for part in parts {
      result.logLikelihood += part.logLikelihood
      for j in 0..<p {
        result.gradient[j] += part.gradient[j]
        subtracted[j] += part.gram.subtractedSquares[j]
      }
      if wantsInformation { part.gram.add(to: &result.information) }
    }
    if wantsInformation {
      // What is left of the first sum once the second is taken away must not be rounding.
      for j in 0..<p {
        let left = result.information[j * p + j]
        if left < 1e-6 * (left + subtracted[j]) { return nil }
      }
    }
    return result.logLikelihood.isFinite && result.gradient.allSatisfy(\.isFinite) ? result : nil
  }

  private func forEachPart(_ body: @Sendable (Part) -> Void) {
    Parallel.forEachPart(parts.count, threads: threads) { body(self.parts[$0]) }
  }

  private func rows(_ slots: Range<Int>) -> Range<Int> {
    slotStart[slots.lowerBound]..<slotStart[slots.upperBound]
  }

  /// Linear predictors, risks, and their sums by slot and over the rows of the stratum that the part
  /// ends in.
  private func computeRisks(_ part: Part, at point: [Double], _ wantsInformation: Bool) {
    part.isSafe = true
    part.risk = 0
    part.logLikelihood = 0
    for j in 0..<part.rowSum.count { part.rowSum[j] = 0 }
    let last = slotStart[part.lastStart ?? part.slots.lowerBound]
    for stretch in part.stretches {
      let range = rows(stretch)
      rows.products(range, with: point, plus: offsets, into: predictors)
      part.isSafe = Exponentials.weighted(
        range, of: predictors, weights: weights, reference: reference, limit: 200, into: risks)
      guard part.isSafe else { return }
      part.risk = groups.sums(
        stretch, of: risks, after: part.risk, into: dyingRisk, otherRisk,
        weights: weights, predictors: predictors, reference: reference,
        adding: &part.logLikelihood)
      guard wantsInformation else { continue }
      rows.addWeighted(
        Swift.max(last, range.lowerBound)..<Swift.max(last, range.upperBound), weights: risks,
        to: part.rowSum)
    }
  }

  /// Takes the rows that enter later out of the sums of a part.
  private func removeEntries(_ part: Part, _ wantsInformation: Bool) {
    guard let leaving = groups.leaving else { return }
    for slot in (part.lastStart ?? part.slots.lowerBound)..<part.slots.upperBound {
      for index in groups.leavingStart[slot]..<groups.leavingStart[slot + 1] {
        let position = Int(leaving[Int(index)])
        part.risk -= risks[position]
        if wantsInformation {
          rows.addWeighted(row: position, -risks[position], to: part.rowSum)
        }
      }
    }
  }

  /// Hands the sums of each part on to the next within a stratum.
  private func carryRisks(_ wantsInformation: Bool) -> Bool {
    var risk = 0.0
    var sum = [Double](repeating: 0, count: rows.columns)
    for part in parts {
      part.carriedRisk = risk
      if wantsInformation {
        part.gram.reset()
        for j in sum.indices { part.gram.runningSum[j] = sum[j] }
      }
      let begins = part.lastStart != nil
      risk = part.risk + (begins ? 0 : risk)
      for j in sum.indices { sum[j] = part.rowSum[j] + (begins ? 0 : sum[j]) }
    }
    return risk.isFinite
  }

  /// The terms of every event time of a part.
  private func computeHazards(_ part: Part) {
    let slots = part.slots
    part.isSafe = groups.runningSums(
      slots, dyingRisk, otherRisk, of: risks, after: part.carriedRisk, into: totalRisk)
    guard part.isSafe else { return }
    part.logLikelihood -= groups.singleHazards(
      slots, totalRisk, weights: singleWeight, into: hazard, ownHazard)
    for slot in part.tiedSlots {
      let dying = dyingRisk[slot]
      let count = Double(eventEnd[slot] - slotStart[slot])
      var weight = 0.0
      for position in slotStart[slot]..<eventEnd[slot] { weight += weights[position] }
      let sums = TieSums(
        isEfron: true, events: countsReplicates ? weight : count, weight: weight,
        dying: dying, bystanders: Swift.max(0, totalRisk[slot] - dying))
      part.logLikelihood -= sums.logDenominator
      hazard[slot] = sums.hazard
      ownHazard[slot] = sums.ownHazard
      groups.first[slot] = sums.hazardVariance.squareRoot()
      groups.share[slot] = sums.meanShare
      groups.second[slot] = sums.shareVariance.squareRoot()
    }
    // The hazard of the slots up to the end of the stratum that the part begins in.
    part.hazard = 0
    for slot in slots.lowerBound..<part.firstEnd { part.hazard += hazard[slot] }
  }

  /// Hands the hazards on in the direction of time, against the order of the slots.
  private func carryHazards() {
    var carried = 0.0
    for part in parts.reversed() {
      part.carriedHazard = carried
      carried = part.hazard + (part.continuesPast ? carried : 0)
    }
  }

  /// The hazard from the beginning of each stratum up to each slot of a part.
  private func accumulateHazards(_ part: Part) {
    var sum = part.lastGoesOn ? part.carriedHazard : 0
    for slot in part.slots.reversed() {
      if slot + 1 < part.slots.upperBound, groups.reset[slot + 1] != 0 { sum = 0 }
      sum += hazard[slot]
      cumulative[slot] = sum
    }
  }

  /// The gradient and the information of a part.
  private func accumulateDerivatives(_ part: Part, _ wantsInformation: Bool) {
    for j in 0..<part.gradient.count { part.gradient[j] = 0 }
    for stretch in part.stretches {
      if !groups.rowWeights(
        stretch, risks: risks, weights: weights, cumulative: cumulative, hazard: hazard,
        own: ownHazard, entrySlot: entrySlot, information: informationWeights,
        gradient: gradientWeights)
      {
        part.isSafe = false
      }
      let range = rows(stretch)
      rows.addWeighted(range, weights: gradientWeights, to: part.gradient)
      guard wantsInformation else { continue }
      part.gram.add(range, of: rows, weights: informationWeights)
      part.gram.subtractRunning(of: rows, weights: risks, groups: stretch, groups)
    }
    if wantsInformation { part.gram.finish() }
  }
}
