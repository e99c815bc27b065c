// SPDX-License-Identifier: Apache-2.0

internal import CSurvivalKernels

/// Passes over slots, each in terms of what is known of them. A range of slots belongs to one part of
/// the work, and nobody else writes there meanwhile.
extension GramAccumulator.Groups {
  /// The risks of the dying and of the others that end at each slot; the value gains
  /// Σ w (η − reference) over the dying.
  /// - Returns: The given sum plus all risks, since the last beginning.
  func sums(
    _ range: Range<Int>, of risks: ScratchColumn<Double>, after sum: Double,
    into dying: ScratchColumn<Double>, _ others: ScratchColumn<Double>, weights: [Double],
    predictors: ScratchColumn<Double>, reference: Double, adding value: inout Double
  ) -> Double {
    guard !range.isEmpty else { return sum }
    let k = range.lowerBound
    return weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress else { return sum }
      return survival_slot_sums(
        risks.base, weights, predictors.base, reference, start.base + k, special.base + k,
        reset.base + k, range.count, sum, dying.base + k, others.base + k, &value)
    }
  }

  /// The risk of everybody at risk at each slot.
  /// - Returns: Whether the digits of every sum at which somebody dies can be trusted.
  func runningSums(
    _ range: Range<Int>, _ dying: ScratchColumn<Double>, _ others: ScratchColumn<Double>,
    of risks: ScratchColumn<Double>, after carried: Double, into total: ScratchColumn<Double>
  ) -> Bool {
    let k = range.lowerBound
    return survival_running_risks(
      dying.base + k, others.base + k, special.base + k, reset.base + k, leaving?.base,
      leavingStart.base + k, risks.base, range.count, carried, total.base + k) != 0
  }

  /// Hazards and factors of the slots whose dying count as one event of a weight.
  /// - Returns: Σ w log φ.
  func singleHazards(
    _ range: Range<Int>, _ total: ScratchColumn<Double>, weights: ScratchColumn<Double>,
    into hazard: ScratchColumn<Double>, _ own: ScratchColumn<Double>
  ) -> Double {
    let k = range.lowerBound
    return survival_single_hazards(
      total.base + k, weights.base + k, range.count, hazard.base + k, own.base + k,
      first.base + k)
  }

  /// What each row counts in the gradient and in the first sum of the information.
  /// - Returns: Whether the digits of every hazard lived through can be trusted.
  func rowWeights(
    _ range: Range<Int>, risks: ScratchColumn<Double>, weights: [Double],
    cumulative: ScratchColumn<Double>, hazard: ScratchColumn<Double>, own: ScratchColumn<Double>,
    entrySlot: ScratchColumn<Int32>?, information: ScratchColumn<Double>,
    gradient: ScratchColumn<Double>
  ) -> Bool {
    let k = range.lowerBound
    return weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress else { return true }
      return survival_row_weights(
        risks.base, weights, start.base + k, special.base + k, cumulative.base + k,
        hazard.base + k, own.base + k, entrySlot?.base, cumulative.base, range.count,
        information.base, gradient.base) != 0
    }
  }
}
