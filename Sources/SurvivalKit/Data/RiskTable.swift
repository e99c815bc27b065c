// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels

/// The rows in the order in which every estimator meets them: one sort serves all.
///
/// Within each stratum the distinct exit times are *slots*, latest first. A backward scan visits the
/// slots in order, adds the rows that end there and takes away those that entered at or after the
/// time; what is left is the risk set of that time. Events come before censorings within a slot, so
/// somebody censored at a time is still at risk for the events of that time, and (entry, exit] is
/// half-open, so somebody who enters at a time is not.
///
/// Rows of weight 0 are left out: they count as absent.
struct RiskTable: Sendable {
  /// Row numbers by stratum, exit time descending, events before censorings.
  let order: [Int32]
  /// The time of each slot.
  let slotTimes: [Double]
  /// Slot `k` holds `order[slotStart[k]..<slotStart[k + 1]]`.
  let slotStart: [Int]
  /// The events of slot `k` are `order[slotStart[k]..<eventEnd[k]]`.
  let eventEnd: [Int]
  /// The slots of each stratum.
  let strata: [Range<Int>]
  /// Row numbers by stratum, entry time descending; `nil` when no row enters late.
  let entryOrder: [Int32]?
  /// `entryOrder[..<entryEnd[k]]` holds, of this stratum and those before, every row that is not yet
  /// at risk at slot `k`.
  let entryEnd: [Int]
  /// Where the rows of each stratum begin in ``entryOrder``.
  let entryStart: [Int]

  var slotCount: Int { slotTimes.count }

  /// Sorts the rows.
  /// - Parameters:
  ///   - data: The follow-up of the rows.
  ///   - strata: The stratum of every row; one stratum when `nil`. Its length is the caller's care.
  ///   - origin: A time before which nobody is observed: rows that end by then are left out, rows
  ///     that entered earlier enter then.
  ///   - threads: How many threads may sort strata; the result is the same for any number.
  /// - Complexity: O(*n*) for the radix sort of *n* rows.
  init(
    _ data: SurvivalData, strata: Grouping? = nil, from origin: Double? = nil, threads: Int = 1
  ) {
    let times = data.times
    let events = data.events
    let stratumCount = strata?.levels.count ?? 1
    let codes = stratumCount > 1 ? strata?.codes : nil
    let rows = Self.rows(data, after: origin)
    let ends =
      codes.map { SortedStrata.ends(rows, codes: $0, count: stratumCount) } ?? [rows.count]
    let sorted = Self.sorted(
      rows, byDescending: times, codes, ends: ends, events: events, threads: threads)
    let order = sorted.order
    let slots = sorted.slots ?? SortedSlots(order, times: times, events: events, ends: ends)
    var entries = data.entries
    if let origin, let late = entries { entries = late.map { Swift.max($0, origin) } }
    let entryOrder = entries.map {
      Self.sorted(rows, byDescending: $0, codes, ends: ends, events: nil, threads: threads).order
    }

    var entryEnd = [Int]()
    let entryStart = [0] + ends.dropLast()
    if let entries, let entryOrder {
      entryEnd.reserveCapacity(slots.times.count)
      for (stratum, range) in slots.strata.enumerated() {
        var next = entryStart[stratum]
        for slot in range {
          let position = slots.start[slot + 1]
          while next < position, entries[Int(entryOrder[next])] >= slots.times[slot] { next += 1 }
          entryEnd.append(next)
        }
      }
    }
    self.order = order
    slotTimes = slots.times
    slotStart = slots.start
    eventEnd = slots.eventEnd
    self.strata = slots.strata
    self.entryOrder = entryOrder
    self.entryEnd = entryEnd
    self.entryStart = entryStart
  }

  /// The rows that count.
  private static func rows(_ data: SurvivalData, after origin: Double?) -> [Int32] {
    let weights = data.weights?.values
    let all = (0..<Int32(data.count)).map { $0 }
    guard weights != nil || origin != nil else { return all }
    return all.filter { row in
      if let weights, weights[Int(row)] == 0 { return false }
      if let origin, data.times[Int(row)] <= origin { return false }
      return true
    }
  }

  /// Rows by stratum, then by a column descending, then events first.
  ///
  /// Where the column holds whole numbers that are not too large, one key says it all and its few bits
  /// are soon sorted, and the slots are found with it; otherwise a stable sort by each follows the other.
  private static func sorted(
    _ rows: [Int32], byDescending column: [Double], _ codes: [Int]?, ends: [Int], events: [Bool]?,
    threads: Int
  ) -> (order: [Int32], slots: SortedSlots?) {
    if let codes {
      if let found = SortedStrata(
        rows, byDescending: column, codes: codes, ends: ends, events: events, threads: threads)
      {
        return (found.order, found.slots)
      }
    } else if let found = WholeNumberKeys.sort(rows, byDescending: column, events: events) {
      return (found.order, events.map { _ in SortedSlots(found.keys) })
    }
    var order = rows
    if let events { order = SortedOrder.ascending(order) { events[Int($0)] ? 0 : 1 } }
    order = SortedOrder.ascending(order) { ~SortedOrder.key(column[Int($0)]) }
    if let codes { order = SortedOrder.ascending(order) { UInt64(codes[Int($0)]) } }
    return (order, nil)
  }

  /// Whether some row ends with the event.
  var hasEvents: Bool { (0..<slotCount).contains { eventEnd[$0] > slotStart[$0] } }

  /// Whether some row is not yet at risk at the earliest exit time of its stratum.
  var hasLateEntries: Bool {
    guard entryOrder != nil else { return false }
    return strata.enumerated().contains { stratum, slots in
      slots.last.map { entryEnd[$0] > entryStart[stratum] } ?? false
    }
  }

  /// The rows that end with the event at a slot, as positions in ``order``.
  @inline(__always)
  func eventPositions(_ slot: Int) -> Range<Int> { slotStart[slot]..<eventEnd[slot] }

  /// The rows that are censored at a slot, as positions in ``order``.
  @inline(__always)
  func censoredPositions(_ slot: Int) -> Range<Int> { eventEnd[slot]..<slotStart[slot + 1] }

  /// The rows that leave the risk set when the backward scan reaches a slot of a stratum, as
  /// positions in ``entryOrder``.
  @inline(__always)
  func enteredPositions(_ slot: Int, stratum: Int) -> Range<Int> {
    guard entryOrder != nil else { return 0..<0 }
    let start = slot == strata[stratum].lowerBound ? entryStart[stratum] : entryEnd[slot - 1]
    return start..<entryEnd[slot]
  }
}
