// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels

/// Who is at risk, dies, is censored and enters at every slot of a risk table, weights included.
struct RiskCounts: Sendable {
  /// Total weight at risk just before each slot's time.
  var atRisk: [Double]
  /// Total weight of the events.
  var events: [Double]
  /// Number of rows with the event; for frequency weights the number of events they stand for.
  var tiedEvents: [Double]
  /// Total weight censored.
  var censored: [Double]
  /// Number of rows censored, counted like ``tiedEvents``.
  var tiedCensored: [Double]
  /// Total weight that entered late, since the slot before in time.
  var entered: [Double]
  /// Total weight at risk after the events of a slot, added up and not subtracted from ``atRisk``.
  var afterEvents: [Double]
  /// Total weight at risk after the censorings of a slot as well.
  var afterCensoring: [Double]
  /// For each row, whether another row of its subject continues it; empty when each is a subject.
  let continued: [Bool]
  /// For each row, whether it continues another; likewise.
  let continues: [Bool]

  /// Counts by one backward scan.
  ///
  /// Where a row of a subject continues another, at the time the other ends, nobody is censored or
  /// enters; not even after an event, as in R, since a subject with events that recur has been there
  /// all along. A slot is met from its end: who stays, who is censored, who dies, so that what is left
  /// of a risk set is a sum of weights and nothing cancels. With late entries rows are also taken away:
  /// the sum has twice the working precision, and is exactly 0 when nobody is left.
  /// - Complexity: O(*n* + *m*) for *n* rows and *m* slots.
  init(_ table: RiskTable, _ data: SurvivalData) {
    let slots = table.slotCount
    let weights = data.weights?.values
    let countsReplicates = data.weightKind == .frequency
    let (continued, continues) = Self.joints(table, data)
    self.continued = continued
    self.continues = continues
    atRisk = [Double](repeating: 0, count: slots)
    events = atRisk
    tiedEvents = atRisk
    censored = atRisk
    tiedCensored = atRisk
    entered = atRisk
    afterEvents = atRisk
    afterCensoring = atRisk
    if weights == nil, table.entryOrder == nil {
      countRows(table)
      return
    }
    for (stratum, range) in table.strata.enumerated() {
      var sum = CompensatedSum()
      var rowsAtRisk = 0
      for slot in range {
        if let entryOrder = table.entryOrder, let entries = data.entries {
          for position in table.enteredPositions(slot, stratum: stratum) {
            let row = Int(entryOrder[position])
            let weight = weights?[row] ?? 1
            // Entered between this slot and the later one before it in the scan.
            if slot > range.lowerBound, continues.isEmpty || !continues[row],
              entries[row] > -.infinity
            {
              entered[slot - 1] += weight
            }
            sum.add(-weight)
            rowsAtRisk -= 1
          }
        }
        if rowsAtRisk == 0 { sum = CompensatedSum() }
        if !continued.isEmpty {
          for position in table.censoredPositions(slot) {
            let row = Int(table.order[position])
            if continued[row] { sum.add(weights?[row] ?? 1) }
          }
        }
        afterCensoring[slot] = sum.value
        // Summed as the set at risk is, so that a set of nobody else has the same weight to the bit.
        var (lost, died) = (CompensatedSum(), CompensatedSum())
        for position in table.censoredPositions(slot) {
          let row = Int(table.order[position])
          guard continued.isEmpty || !continued[row] else { continue }
          let weight = weights?[row] ?? 1
          tiedCensored[slot] += countsReplicates ? weight : 1
          lost.add(weight)
          sum.add(weight)
        }
        afterEvents[slot] = sum.value
        for position in table.eventPositions(slot) {
          let weight = weights?[Int(table.order[position])] ?? 1
          tiedEvents[slot] += countsReplicates ? weight : 1
          died.add(weight)
          sum.add(weight)
        }
        (censored[slot], events[slot]) = (lost.value, died.value)
        atRisk[slot] = sum.value
        rowsAtRisk += table.slotStart[slot + 1] - table.slotStart[slot]
      }
      Self.countEarlyEntries(table, data, stratum, continues, into: &entered)
    }
  }

  /// Counts rows that are all at risk from the beginning and count once: whole numbers, exact.
  private mutating func countRows(_ table: RiskTable) {
    for range in table.strata where !range.isEmpty {
      let first = table.slotStart[range.lowerBound]
      for slot in range {
        let (start, middle) = (table.slotStart[slot], table.eventEnd[slot])
        let end = table.slotStart[slot + 1]
        events[slot] = Double(middle - start)
        tiedEvents[slot] = events[slot]
        censored[slot] = Double(end - middle)
        tiedCensored[slot] = censored[slot]
        afterCensoring[slot] = Double(start - first)
        afterEvents[slot] = Double(start - first + end - middle)
        atRisk[slot] = Double(end - first)
      }
    }
  }

  /// Rows that entered before a stratum's first time in the clock's order.
  private static func countEarlyEntries(
    _ table: RiskTable, _ data: SurvivalData, _ stratum: Int, _ continues: [Bool],
    into entered: inout [Double]
  ) {
    guard let entryOrder = table.entryOrder, let entries = data.entries,
      let last = table.strata[stratum].last
    else { return }
    let end =
      stratum + 1 < table.entryStart.count ? table.entryStart[stratum + 1] : entryOrder.count
    for position in table.entryEnd[last]..<end {
      let row = Int(entryOrder[position])
      if entries[row] > -.infinity, continues.isEmpty || !continues[row] {
        entered[last] += data.weights?.values[row] ?? 1
      }
    }
  }

  /// Where rows of one subject meet: for each row, whether it is continued, and whether it continues.
  ///
  /// Empty when every row is a subject.
  private static func joints(
    _ table: RiskTable, _ data: SurvivalData
  ) -> (continued: [Bool], continues: [Bool]) {
    guard let subjects = data.subjects, let entries = data.entries,
      let entryOrder = table.entryOrder
    else { return ([], []) }
    var continued = [Bool](repeating: false, count: data.count)
    var continues = continued
    var stratumOf = [Int32](repeating: 0, count: data.count)
    for (stratum, range) in table.strata.enumerated() {
      guard let first = range.first else { continue }
      for position in table.slotStart[first]..<table.slotStart[range.upperBound] {
        stratumOf[Int(table.order[position])] = Int32(stratum)
      }
    }
    var latest = [Int32](repeating: -1, count: subjects.levels.count)
    // Entry order descends, so the row met before is the subject's next in time.
    for row in entryOrder.map(Int.init) {
      let subject = subjects.codes[row]
      let next = Int(latest[subject])
      if next >= 0, entries[next] == data.times[row], stratumOf[next] == stratumOf[row] {
        continued[row] = true
        continues[next] = true
      }
      latest[subject] = Int32(row)
    }
    return (continued, continues)
  }
}
