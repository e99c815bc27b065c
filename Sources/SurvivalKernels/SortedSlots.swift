// SPDX-License-Identifier: Apache-2.0

internal import CSurvivalKernels

/// Sorted rows, cut where their times change.
package struct SortedSlots: Sendable {
  /// The time of each slot.
  package private(set) var times: [Double] = []
  /// Slot *k* begins at start[k]; one more at the end.
  package private(set) var start: [Int] = []
  /// The rows of slot *k* up to eventEnd[k] have the event.
  package private(set) var eventEnd: [Int] = []
  /// The slots of each stratum.
  package private(set) var strata: [Range<Int>] = []

  /// Cuts rows.
  /// - Parameters:
  ///   - order: Rows by stratum, then by time, events first.
  ///   - allTimes: The times of all rows.
  ///   - events: Which rows have the event.
  ///   - ends: Where each stratum ends in the order.
  /// - Complexity: O(*n*).
  package init(_ order: [Int32], times allTimes: [Double], events: [Bool], ends: [Int]) {
    precondition(allTimes.count == events.count && ends.last ?? 0 == order.count)
    self.init(ends: ends) { first, end, time, start, eventEnd in
      order.withUnsafeBufferPointer { order in
        allTimes.withUnsafeBufferPointer { times in
          events.withUnsafeBufferPointer { events in
            guard let order = order.baseAddress, let times = times.baseAddress,
              let events = events.baseAddress
            else { return 0 }
            return survival_find_slots(
              order, times, events, first, end, time, start, eventEnd)
          }
        }
      }
    }
  }

  /// Cuts the rows of one stratum by their sorted keys.
  /// - Parameter keys: The keys, with events.
  /// - Complexity: O(*n*).
  package init(_ keys: WholeNumberKeys) {
    self.init(ends: [keys.sorted.count]) { first, end, time, start, eventEnd in
      keys.sorted.withUnsafeBufferPointer { sorted in
        guard let sorted = sorted.baseAddress else { return 0 }
        return survival_find_key_slots(
          sorted, first, end, keys.largest, time, start, eventEnd)
      }
    }
  }

  /// Brings together what was found stratum by stratum, from where the rows of each begin.
  init(
    _ foundTimes: ScratchColumn<Double>, _ foundStart: ScratchColumn<Int>,
    _ foundEventEnd: ScratchColumn<Int>, _ counts: ScratchColumn<Int>, ends: [Int]
  ) {
    strata.reserveCapacity(ends.count)
    var total = 0
    for stratum in ends.indices {
      strata.append(total..<(total + counts[stratum]))
      total += counts[stratum]
    }
    let ranges = strata
    func gathered<Element>(_ column: ScratchColumn<Element>, and rest: Int = 0) -> [Element] {
      [Element](unsafeUninitializedCapacity: total + rest) { buffer, count in
        if let to = buffer.baseAddress {
          var first = 0
          for (range, end) in zip(ranges, ends) {
            (to + range.lowerBound).initialize(from: column.base + first, count: range.count)
            first = end
          }
        }
        count = total
      }
    }
    times = gathered(foundTimes)
    start = gathered(foundStart, and: 1)
    start.append(ends.last ?? 0)
    eventEnd = gathered(foundEventEnd)
  }

  /// Cuts one stratum after the other.
  private init(
    ends: [Int],
    _ find: (
      _ first: Int, _ end: Int, UnsafeMutablePointer<Double>,
      UnsafeMutablePointer<Int>, UnsafeMutablePointer<Int>
    ) -> Int
  ) {
    let n = ends.last ?? 0
    let (slotTimes, starts, eventEnds) = (
      ScratchColumn<Double>(uninitialized: n), ScratchColumn<Int>(uninitialized: n),
      ScratchColumn<Int>(uninitialized: n)
    )
    var count = 0
    var first = 0
    for end in ends {
      let found = find(
        first, end, slotTimes.base + count, starts.base + count, eventEnds.base + count)
      strata.append(count..<(count + found))
      count += found
      first = end
    }
    times = slotTimes.prefix(count)
    start = starts.prefix(count, capacity: count + 1)
    start.append(n)
    eventEnd = eventEnds.prefix(count)
  }
}

/// Sorted keys of rows in as few bits as their values need.
package struct WholeNumberKeys {
  /// The keys: by the value descending, then events first.
  let sorted: [UInt64]
  /// The largest value.
  let largest: Int64

  /// Sorts rows by a column descending, then with events first.
  /// - Returns: `nil` when a value is not a whole number from 0 to 2⁴⁰.
  /// - Complexity: O(*n*).
  package static func sort(
    _ rows: [Int32], byDescending column: [Double], events: [Bool]?
  ) -> (order: [Int32], keys: WholeNumberKeys)? {
    let isInside = rows.allSatisfy { $0 >= 0 && Int($0) < column.count }
    precondition(isInside && (events?.count ?? column.count) == column.count)
    let largest = largest(of: rows, in: column)
    guard largest >= 0 else { return nil }
    var keys = [UInt64](unsafeUninitializedCapacity: rows.count) { keys, count in
      column.withUnsafeBufferPointer { column in
        rows.withUnsafeBufferPointer { rows in
          withPointer(events) { events in
            guard let keys = keys.baseAddress, let values = column.baseAddress,
              let rowBase = rows.baseAddress
            else { return }
            survival_whole_keys(values, rowBase, rows.count, largest, events, keys)
          }
        }
      }
      count = rows.count
    }
    var order = rows
    RadixSort.sort(&keys, with: &order)
    return (order, WholeNumberKeys(sorted: keys, largest: largest))
  }

  /// The largest value of some rows, all of which are in the column; −1 when one is not a whole number
  /// from 0 to 2⁴⁰.
  static func largest(of rows: [Int32], in column: [Double]) -> Int64 {
    column.withUnsafeBufferPointer { column in
      rows.withUnsafeBufferPointer { rows in
        guard let values = column.baseAddress, let rowBase = rows.baseAddress else { return 0 }
        return survival_largest_whole(values, rowBase, rows.count)
      }
    }
  }

  static func withPointer<Element>(
    _ values: [Element]?, _ body: (UnsafePointer<Element>?) -> Void
  ) {
    guard let values else { return body(nil) }
    values.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
