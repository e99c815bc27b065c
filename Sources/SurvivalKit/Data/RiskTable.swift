// SPDX-License-Identifier: Apache-2.0

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
  /// - Complexity: O(*n*) for the radix sort of *n* rows.
  init(_ data: SurvivalData, strata: Grouping? = nil, from origin: Double? = nil) {
    let times = data.times
    var entries = data.entries
    let weights = data.weights?.values
    var rows = [Int32]()
    rows.reserveCapacity(times.count)
    // Events first: the sorts below are stable.
    for isEvent in [true, false] {
      for row in times.indices where data.events[row] == isEvent {
        if let weights, weights[row] == 0 { continue }
        if let origin, times[row] <= origin { continue }
        rows.append(Int32(row))
      }
    }
    if let origin, let late = entries { entries = late.map { Swift.max($0, origin) } }
    let codes = strata?.codes
    let stratumCount = strata?.levels.count ?? 1
    func sorted(_ rows: [Int32], byDescending column: [Double]) -> [Int32] {
      let byTime = SortedOrder.ascending(rows) { ~SortedOrder.key(column[Int($0)]) }
      guard let codes, stratumCount > 1 else { return byTime }
      return SortedOrder.ascending(byTime) { UInt64(codes[Int($0)]) }
    }
    let order = sorted(rows, byDescending: times)

    var slotTimes = [Double]()
    var slotStart = [Int]()
    var eventEnd = [Int]()
    var ranges = [Range<Int>]()
    var position = 0
    var entryOrder: [Int32]?
    var entryEnd = [Int]()
    var entryStart = [Int]()
    if let entries { entryOrder = sorted(rows, byDescending: entries) }
    for stratum in 0..<stratumCount {
      let firstSlot = slotTimes.count
      let firstPosition = position
      while position < order.count {
        let row = Int(order[position])
        if let codes, codes[row] != stratum { break }
        let time = times[row]
        slotTimes.append(time)
        slotStart.append(position)
        while position < order.count, times[Int(order[position])] == time,
          data.events[Int(order[position])], codes?[Int(order[position])] ?? 0 == stratum
        {
          position += 1
        }
        eventEnd.append(position)
        while position < order.count, times[Int(order[position])] == time,
          codes?[Int(order[position])] ?? 0 == stratum
        {
          position += 1
        }
      }
      ranges.append(firstSlot..<slotTimes.count)
      entryStart.append(firstPosition)
      if let entries, let entryOrder {
        var next = firstPosition
        for slot in firstSlot..<slotTimes.count {
          while next < position, entries[Int(entryOrder[next])] >= slotTimes[slot] { next += 1 }
          entryEnd.append(next)
        }
      }
    }
    slotStart.append(position)
    self.order = order
    self.slotTimes = slotTimes
    self.slotStart = slotStart
    self.eventEnd = eventEnd
    self.strata = ranges
    self.entryOrder = entryOrder
    self.entryEnd = entryEnd
    self.entryStart = entryStart
  }

  /// Whether some row ends with the event.
  var hasEvents: Bool { (0..<slotCount).contains { eventEnd[$0] > slotStart[$0] } }

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
