// SPDX-License-Identifier: Apache-2.0

internal import CSurvivalKernels
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
/// Where all strata are short, each is evaluated from end to end while its rows are in the cache.
/// Otherwise the passes go over all rows in turn, each handing its sums on.
package final class RiskSetBlocks: @unchecked Sendable {
  private let layout: Layout
  private let rows: RowMatrix
  private let threads: Int
  private let parts: [Part]
  /// Whether a stratum begins with a slot.
  private let reset: ScratchColumn<UInt8>
  /// Where the linear predictors are measured from: the mean offset.
  private let reference: Double
  /// By position: the last slot at or before the row's entry, or −1.
  private let entrySlot: ScratchColumn<Int32>?
  /// Whether no part begins or ends within a stratum, nor does any of its stretches.
  private let hasWholeStrata: Bool
  /// Room for each thread, and its own columns where strata are whole; else all use the first.
  private let rooms: [GramAccumulator.Room]
  private let columns: [Columns]

  /// Prepares the passes over rows.
  package init(_ layout: Layout, threads: Int) {
    self.layout = layout
    self.threads = threads
    rows = layout.rows
    let (n, p) = (layout.rows.rows, layout.rows.columns)
    let slotCount = layout.eventEnd.count
    reference = Self.mean(of: layout.offsets, weights: layout.weights)
    let strata = layout.strata.filter { !$0.isEmpty }
    let hasWholeStrata = Self.isShort(layout, strata: strata)
    self.hasWholeStrata = hasWholeStrata
    let runs = Self.split(layout, endingAt: hasWholeStrata ? strata.map(\.upperBound) : nil)
    parts = Parallel.map(runs.count, threads: threads) {
      Part(slots: runs[$0], strata: strata, layout: layout, width: p, isWhole: hasWholeStrata)
    }
    let workers = Parallel.workerCount(parts: runs.count, threads: threads)
    rooms = (0..<workers).map { _ in GramAccumulator.Room(width: p) }
    if hasWholeStrata {
      let stretches = parts.lazy.flatMap(\.stretches)
      let longest = (
        rows: stretches.map(\.rows.count).max() ?? 0, slots: stretches.map(\.slots.count).max() ?? 0
      )
      columns = (0..<workers).map { _ in Columns(rows: longest.rows, slots: longest.slots) }
    } else {
      columns = [Columns(rows: n, slots: slotCount)]
    }
    let reset = ScratchColumn<UInt8>(repeating: 0, count: slotCount)
    for range in strata { reset[range.lowerBound] = 1 }
    self.reset = reset
    guard !layout.leaving.isEmpty else {
      entrySlot = nil
      return
    }
    let slotOfEntry = ScratchColumn<Int32>(repeating: -1, count: n)
    for slot in 0..<slotCount {
      for index in layout.leavingStart[slot]..<layout.leavingStart[slot + 1] {
        slotOfEntry[Int(layout.leaving[index])] = Int32(slot)
      }
    }
    entrySlot = slotOfEntry
  }

  private static func mean(of values: [Double], weights: [Double]) -> Double {
    let total = weights.withUnsafeBufferPointer { weights in
      weights.baseAddress.map { survival_sum($0, weights.count) } ?? 0
    }
    return RowMatrix.weightedSums(of: values, weights: weights, shift: 0).sum / total
  }

  /// Evaluates the likelihood at scaled coefficients.
  /// - Returns: The evaluation; `nil` when its digits cannot be trusted.
  package func evaluate(at point: [Double], wantsInformation: Bool) -> Evaluation? {
    Slots.with(layout, reset: reset) { slots in
      let question = Question(
        point: RowMatrix.factors(point), wantsInformation: wantsInformation, slots: slots)
      let isSafe = hasWholeStrata ? sumWholeStrata(question) : sumAcrossParts(question)
      return isSafe ? total(wantsInformation) : nil
    }
  }

  /// What is asked in an evaluation.
  private struct Question: Sendable {
    let point: [Double]
    let wantsInformation: Bool
    let slots: Slots
  }

  /// Adds the parts up in their order.
  private func total(_ wantsInformation: Bool) -> Evaluation? {
    let p = rows.columns
    var result = Evaluation(
      gradient: [Double](repeating: 0, count: p),
      information: [Double](repeating: 0, count: wantsInformation ? p * p : 0))
    var subtracted = result.gradient
    for part in parts {
      result.logLikelihood += part.logLikelihood
      for j in 0..<p { result.gradient[j] += part.gradient[j] }
      if wantsInformation {
        part.gram.add(to: &result.information, subtractedDiagonal: &subtracted)
      }
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

  private func forEachPart(_ body: @Sendable (_ part: Part, _ worker: Int) -> Void) {
    Parallel.forEachPart(parts.count, threads: threads) { body(self.parts[$0], $1) }
  }

  /// Evaluates strata from end to end, a few at a time.
  private func sumWholeStrata(_ question: Question) -> Bool {
    forEachPart { part, worker in
      let (columns, room) = (self.columns[worker], self.rooms[worker])
      part.begin()
      if question.wantsInformation { part.gram.reset() }
      room.reset()
      for stretch in part.stretches where part.isSafe {
        columns.move(toRow: stretch.rows.lowerBound, slot: stretch.slots.lowerBound)
        self.computeRisks(stretch, part, columns, question)
        guard part.isSafe else { return }
        self.computeHazards(
          stretch.slots, tied: part.tiedSlots[stretch.tied], part, columns, question)
        guard part.isSafe else { return }
        columns.accumulateHazards(stretch.slots, question.slots, after: 0)
        self.sumDerivatives(stretch, part, columns, room, question)
        // The next stretch has its tied slots elsewhere.
        for slot in part.tiedSlots[stretch.tied] {
          columns.factors.share[slot] = 0
          columns.factors.second[slot] = 0
        }
      }
      if question.wantsInformation { part.gram.finish(room) }
    }
    return parts.allSatisfy(\.isSafe)
  }

  /// Makes one pass after the other, each of which hands sums on from part to part.
  private func sumAcrossParts(_ question: Question) -> Bool {
    let columns = columns[0]
    let wantsInformation = question.wantsInformation
    forEachPart { part, _ in
      part.begin()
      for j in 0..<part.rowSum.count { part.rowSum[j] = 0 }
      let last = self.layout.slotStart[part.lastStart ?? part.slots.lowerBound]
      for stretch in part.stretches where part.isSafe {
        self.computeRisks(stretch, part, columns, question)
        guard part.isSafe else { return }
        let range =
          Swift.max(last, stretch.rows.lowerBound)..<Swift.max(last, stretch.rows.upperBound)
        part.risk += columns.risks.sum(range)
        guard wantsInformation else { continue }
        self.rows.addWeighted(range, weights: columns.risks, to: part.rowSum)
      }
    }
    if question.slots.leaving != nil {
      forEachPart { part, _ in self.removeEntries(part, columns, question) }
    }
    guard carryRisks(wantsInformation), parts.allSatisfy(\.isSafe) else { return false }
    forEachPart { part, _ in
      self.computeHazards(part.slots, tied: part.tiedSlots[...], part, columns, question)
      // The hazard of the slots up to the end of the stratum that the part begins in.
      part.hazard = 0
      for slot in part.slots.lowerBound..<part.firstEnd { part.hazard += columns.hazard[slot] }
    }
    guard parts.allSatisfy(\.isSafe) else { return false }
    carryHazards()
    forEachPart { part, _ in
      columns.accumulateHazards(
        part.slots, question.slots, after: part.lastGoesOn ? part.carriedHazard : 0)
    }
    forEachPart { part, worker in
      let room = self.rooms[worker]
      for stretch in part.stretches {
        self.sumDerivatives(stretch, part, columns, room, question)
      }
      if wantsInformation { part.gram.finish(room) }
    }
    return parts.allSatisfy(\.isSafe)
  }

  /// Linear predictors and risks of a stretch.
  private func computeRisks(
    _ stretch: Stretch, _ part: Part, _ columns: Columns, _ question: Question
  ) {
    rows.products(
      stretch.rows, with: question.point, plus: layout.offsets, into: columns.predictors)
    part.isSafe = Exponentials.weighted(
      stretch.rows, of: columns.predictors, weights: layout.weights,
      eventWeights: layout.eventWeights, reference: reference, limit: 200, into: columns.risks,
      adding: &part.logLikelihood)
  }

  /// Takes the rows that enter later out of the sums of a part.
  private func removeEntries(_ part: Part, _ columns: Columns, _ question: Question) {
    guard let leaving = question.slots.leaving else { return }
    for slot in (part.lastStart ?? part.slots.lowerBound)..<part.slots.upperBound {
      for index in question.slots.leavingRows(slot) {
        let position = Int(leaving[index])
        part.risk -= columns.risks[position]
        if question.wantsInformation {
          rows.addWeighted(row: position, -columns.risks[position], to: part.rowSum)
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

  /// The terms of every event time among some slots, some of them tied.
  private func computeHazards(
    _ slots: Range<Int>, tied: ArraySlice<Int>, _ part: Part, _ columns: Columns,
    _ question: Question
  ) {
    part.isSafe = columns.addUp(
      slots, question.slots, eventWeights: layout.eventWeights,
      after: hasWholeStrata ? nil : part.carriedRisk)
    guard part.isSafe else { return }
    // The dying of a tied slot are not one event.
    for slot in tied { columns.eventWeight[slot] = 0 }
    part.logLikelihood -= columns.singleHazards(slots)
    for slot in tied {
      let positions = layout.slotStart[slot]..<layout.eventEnd[slot]
      var (weight, dying) = (0.0, 0.0)
      for position in positions {
        weight += layout.weights[position]
        dying += columns.risks[position]
      }
      let sums = TieSums(
        isEfron: true, events: layout.countsReplicates ? weight : Double(positions.count),
        weight: weight, dying: dying, bystanders: Swift.max(0, columns.totalRisk[slot] - dying))
      part.logLikelihood -= sums.logDenominator
      columns.hazard[slot] = sums.hazard
      columns.ownHazard[slot] = sums.ownHazard
      columns.factors.first[slot] = sums.hazardVariance.squareRoot()
      columns.factors.share[slot] = sums.meanShare
      columns.factors.second[slot] = sums.shareVariance.squareRoot()
    }
  }

  /// Hands the hazards on in the direction of time, against the order of the slots.
  private func carryHazards() {
    var carried = 0.0
    for part in parts.reversed() {
      part.carriedHazard = carried
      carried = part.hazard + (part.continuesPast ? carried : 0)
    }
  }

  /// The gradient and the information of a stretch.
  private func sumDerivatives(
    _ stretch: Stretch, _ part: Part, _ columns: Columns, _ room: GramAccumulator.Room,
    _ question: Question
  ) {
    if !columns.weighRows(
      stretch.slots, question.slots, tied: part.tiedSlots[stretch.tied],
      eventWeights: layout.eventWeights, entrySlot: entrySlot)
    {
      part.isSafe = false
    }
    rows.addWeighted(stretch.rows, weights: columns.gradientWeights, to: part.gradient)
    guard question.wantsInformation else { return }
    part.gram.add(stretch.rows, of: rows, weights: columns.informationWeights, room)
    part.gram.subtractRunning(
      of: rows, weights: columns.risks, slots: stretch.slots, question.slots, columns.factors,
      room)
  }
}
