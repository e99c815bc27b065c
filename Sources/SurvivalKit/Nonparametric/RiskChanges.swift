// SPDX-License-Identifier: Apache-2.0

/// When the rows of a stratum enter and leave the risk set, in the order of the steps of a curve, and
/// which cluster each belongs to: what the influences on a curve are updated by.
struct RiskChanges: Hashable, Sendable, Codable {
  /// A change of one row's state at a step: it enters before the step, or leaves after it.
  struct Change: Hashable, Sendable, Codable {
    var step: Int32
    var row: Int32
    var cluster: Int32
    var weight: Double
    var kind: Kind
  }

  enum Kind: Int8, Hashable, Sendable, Codable {
    case enters, leavesBefore, dies, leaves
  }

  /// Changes in the order of time.
  private(set) var changes: [Change] = []
  /// How many identical clusters each cluster stands for; `nil` when each stands for itself.
  private(set) var multiplicity: [Double]?
  let clusterCount: Int

  /// Collects when the rows of a stratum enter and leave.
  ///
  /// `continued` says which rows another row of their subject continues: when censoring plays the
  /// event, theirs is none. `hasWholeSubjects` says that all rows of a subject have the same frequency,
  /// so that it is the subject that stands for many, not each of its rows.
  init(
    data: SurvivalData, table: RiskTable, stratum: Int, slots: [Int], isReversed: Bool,
    continued: [Bool], hasWholeSubjects: Bool = false
  ) {
    let range = table.strata[stratum]
    let positions =
      range.isEmpty ? 0..<0 : table.slotStart[range.lowerBound]..<table.slotStart[range.upperBound]
    let weights = data.weights?.values
    let dependence = data.dependence
    clusterCount = dependence?.levels.count ?? data.count
    let isIndependent = hasWholeSubjects ? data.clusters == nil : dependence == nil
    let standsForMany = isIndependent && data.weightKind == .frequency
    if standsForMany, let weights {
      var multiplicity = [Double](repeating: 1, count: clusterCount)
      for row in weights.indices { multiplicity[dependence?.codes[row] ?? row] = weights[row] }
      self.multiplicity = multiplicity
    }
    func change(_ position: Int, in order: [Int32], _ step: Int, _ kind: Kind) -> Change {
      let row = Int(order[position])
      return Change(
        step: Int32(step), row: Int32(row), cluster: Int32(dependence?.codes[row] ?? row),
        weight: standsForMany ? 1 : weights?[row] ?? 1, kind: kind)
    }
    changes.reserveCapacity(2 * positions.count)
    if let entryOrder = table.entryOrder, let last = range.last {
      for position in table.entryEnd[last]..<(table.entryStart[stratum] + positions.count) {
        changes.append(change(position, in: entryOrder, 0, .enters))
      }
    } else {
      for position in positions { changes.append(change(position, in: table.order, 0, .enters)) }
    }
    for (step, slot) in slots.enumerated() {
      for position in table.eventPositions(slot) {
        changes.append(change(position, in: table.order, step, isReversed ? .leavesBefore : .dies))
      }
      for position in table.censoredPositions(slot) {
        let isContinued = !continued.isEmpty && continued[Int(table.order[position])]
        let kind = isReversed && !isContinued ? Kind.dies : .leaves
        changes.append(change(position, in: table.order, step, kind))
      }
      if let entryOrder = table.entryOrder {
        for position in table.enteredPositions(slot, stratum: stratum) {
          changes.append(change(position, in: entryOrder, step + 1, .enters))
        }
      }
    }
  }
}
