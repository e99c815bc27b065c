// SPDX-License-Identifier: Apache-2.0

internal import CSurvivalKernels

extension RiskSetBlocks {
  /// Where the rows of each slot are, while an evaluation lasts.
  struct Slots: @unchecked Sendable {
    /// Slot *k* holds the rows from start[k] up to start[k + 1]; those up to eventEnd[k] die.
    let start, eventEnd: UnsafePointer<Int>
    /// Whether a stratum begins with a slot.
    let reset: UnsafePointer<UInt8>
    /// Rows that leave the risk set with a slot; `nil` when no row enters late.
    let leaving: UnsafePointer<Int32>?
    private let leavingStarts: UnsafePointer<Int>

    /// Where the rows that leave with a slot begin.
    func leavingStart(_ slot: Int) -> UnsafePointer<Int> {
      leaving == nil ? leavingStarts : leavingStarts + slot
    }

    /// The rows that leave with a slot, as indices of ``leaving``.
    func leavingRows(_ slot: Int) -> Range<Int> {
      leaving == nil ? 0..<0 : leavingStarts[slot]..<leavingStarts[slot + 1]
    }

    /// Calls a body with the slots of a layout; `nil` without rows.
    static func with<Result>(
      _ layout: Layout, reset: ScratchColumn<UInt8>, _ body: (Slots) -> Result?
    ) -> Result? {
      layout.slotStart.withUnsafeBufferPointer { start in
        layout.eventEnd.withUnsafeBufferPointer { eventEnd in
          layout.leaving.withUnsafeBufferPointer { leaving in
            layout.leavingStart.withUnsafeBufferPointer { leavingStart -> Result? in
              guard let start = start.baseAddress, let eventEnd = eventEnd.baseAddress,
                let leavingStart = leavingStart.baseAddress
              else { return nil }
              return body(
                Slots(
                  start: start, eventEnd: eventEnd, reset: reset.base,
                  leaving: leaving.isEmpty ? nil : leaving.baseAddress,
                  leavingStarts: leavingStart))
            }
          }
        }
      }
    }
  }

  /// The columns that an evaluation fills: all rows and slots, or as many as a stretch has.
  ///
  /// The passes over slots belong to it, each in terms of what is known of them. A range of slots
  /// belongs to one part of the work, and nobody else writes there meanwhile.
  final class Columns: @unchecked Sendable {
    let predictors, risks, informationWeights, gradientWeights: ScratchColumn<Double>
    /// By slot: the risk of all at risk, the weight of the dying, the hazard for bystanders, and that
    /// since the stratum began.
    let totalRisk, eventWeight, hazard, cumulative: ScratchColumn<Double>
    /// By slot: the hazard for the dying, where several tie.
    let ownHazard: ScratchColumn<Double>
    let factors: GramAccumulator.Factors

    /// Columns for some rows and slots.
    init(rows: Int, slots: Int) {
      // Every evaluation writes them before it reads them, but for what only tied slots have.
      func column() -> ScratchColumn<Double> { ScratchColumn(uninitialized: rows) }
      (predictors, risks, informationWeights, gradientWeights) = (
        column(), column(), column(), column()
      )
      func slotColumn() -> ScratchColumn<Double> { ScratchColumn(uninitialized: slots) }
      (totalRisk, eventWeight, hazard, cumulative, ownHazard) = (
        slotColumn(), slotColumn(), slotColumn(), slotColumn(), slotColumn()
      )
      factors = GramAccumulator.Factors(
        first: slotColumn(), share: ScratchColumn(repeating: 0, count: slots),
        second: ScratchColumn(repeating: 0, count: slots))
    }

    /// Lets the columns stand for the rows and slots from these on.
    func move(toRow row: Int, slot: Int) {
      predictors.move(to: row)
      risks.move(to: row)
      informationWeights.move(to: row)
      gradientWeights.move(to: row)
      totalRisk.move(to: slot)
      eventWeight.move(to: slot)
      hazard.move(to: slot)
      cumulative.move(to: slot)
      ownHazard.move(to: slot)
      factors.first.move(to: slot)
      factors.share.move(to: slot)
      factors.second.move(to: slot)
    }

    /// The risk of everybody at risk at each slot, and the weight of those who die there.
    ///
    /// `carried` is the risk of those before; `nil` where strata are short and whole.
    /// - Returns: Whether the digits of every sum at which somebody dies can be trusted.
    func addUp(
      _ range: Range<Int>, _ slots: Slots, eventWeights: [Double], after carried: Double?
    ) -> Bool {
      let k = range.lowerBound
      return eventWeights.withUnsafeBufferPointer { events in
        guard let events = events.baseAddress else { return true }
        guard let carried else {
          return survival_short_running_risks(
            risks.base, events, slots.start + k, slots.reset + k, range.count, totalRisk.base + k,
            eventWeight.base + k) != 0
        }
        return survival_running_risks(
          risks.base, events, slots.start + k, slots.reset + k, slots.leaving,
          slots.leavingStart(k), range.count, carried, totalRisk.base + k, eventWeight.base + k)
          != 0
      }
    }

    /// Hazards and factors of the slots, the dying of each as one event of their weight.
    /// - Returns: Σ w log φ.
    func singleHazards(_ range: Range<Int>) -> Double {
      let k = range.lowerBound
      return survival_single_hazards(
        totalRisk.base + k, eventWeight.base + k, range.count, hazard.base + k,
        factors.first.base + k)
    }

    /// The hazard from the beginning of each stratum up to each slot.
    func accumulateHazards(_ range: Range<Int>, _ slots: Slots, after carried: Double) {
      let k = range.lowerBound
      survival_cumulative_hazards(
        hazard.base + k, slots.reset + k, range.count, carried, cumulative.base + k)
    }

    /// What each row counts in the gradient and in the first sum of the information; the dying of the
    /// tied slots live through hazards of their own.
    /// - Returns: Whether the digits of every hazard lived through can be trusted.
    func weighRows(
      _ range: Range<Int>, _ slots: Slots, tied: ArraySlice<Int>, eventWeights: [Double],
      entrySlot: ScratchColumn<Int32>?
    ) -> Bool {
      let k = range.lowerBound
      return eventWeights.withUnsafeBufferPointer { events in
        guard let events = events.baseAddress else { return true }
        var isSafe =
          survival_row_weights(
            risks.base, events, slots.start + k, cumulative.base + k, entrySlot?.base,
            cumulative.base, range.count, informationWeights.base, gradientWeights.base) != 0
        for slot in tied {
          let lived = cumulative[slot] - hazard[slot] + ownHazard[slot]
          let isSlotSafe = survival_tied_row_weights(
            risks.base, events, slots.start[slot], slots.eventEnd[slot], lived, entrySlot?.base,
            cumulative.base, informationWeights.base, gradientWeights.base)
          isSafe = isSafe && isSlotSafe != 0
        }
        return isSafe
      }
    }
  }
}
