// SPDX-License-Identifier: Apache-2.0

extension RiskSetBlocks {
  /// What is known of the rows, in the order of the risk table.
  package struct Layout: Sendable {
    /// Rows by stratum, time descending, events before censorings.
    package let rows: RowMatrix
    package let offsets, weights: [Double]
    /// The weights of the rows with the event, 0 for the others.
    package let eventWeights: [Double]
    /// Slot *k* holds the rows from slotStart[k] to slotStart[k + 1], the first up to eventEnd[k] dying.
    package let slotStart, eventEnd: [Int]
    /// The slots of each stratum.
    package let strata: [Range<Int>]
    /// The rows that entered at or after a slot's time, but before that of the slot before it, are
    /// leaving[leavingStart[k]..<leavingStart[k + 1]]; empty when no row enters late.
    package let leaving: [Int32]
    package let leavingStart: [Int]
    /// Whether ties are Efron's, else Breslow's.
    package let isEfron: Bool
    /// Whether a weight is a number of identical rows.
    package let countsReplicates: Bool

    /// Collects the columns.
    package init(
      rows: RowMatrix, offsets: [Double], weights: [Double], eventWeights: [Double],
      slotStart: [Int], eventEnd: [Int], strata: [Range<Int>], leaving: [Int32],
      leavingStart: [Int], isEfron: Bool,
      countsReplicates: Bool
    ) {
      self.rows = rows
      self.offsets = offsets
      self.weights = weights
      self.eventWeights = eventWeights
      self.slotStart = slotStart
      self.eventEnd = eventEnd
      self.strata = strata
      self.leaving = leaving
      self.leavingStart = leavingStart
      self.isEfron = isEfron
      self.countsReplicates = countsReplicates
    }

    /// Whether Efron's rule has more than one term at a slot.
    func isTied(_ slot: Int) -> Bool {
      let deaths = slotStart[slot]..<eventEnd[slot]
      guard isEfron, !deaths.isEmpty else { return false }
      return deaths.count > 1 || (countsReplicates && weights[deaths.lowerBound] > 1)
    }
  }

  /// An evaluation in the coordinates of the rows.
  package struct Evaluation: Sendable {
    package var logLikelihood = 0.0
    package var gradient: [Double]
    /// The lower triangle of the information, row by row in full rows; empty if not wanted.
    package var information: [Double]
  }
}
