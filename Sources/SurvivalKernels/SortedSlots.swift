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
    let n = order.count
    precondition(allTimes.count == events.count && ends.last ?? 0 == n)
    let (slotTimes, starts, eventEnds) = (
      ScratchColumn<Double>(uninitialized: n), ScratchColumn<Int>(uninitialized: n),
      ScratchColumn<Int>(uninitialized: n)
    )
    var count = 0
    order.withUnsafeBufferPointer { order in
      allTimes.withUnsafeBufferPointer { time in
        events.withUnsafeBufferPointer { event in
          guard let order = order.baseAddress, let time = time.baseAddress,
            let event = event.baseAddress
          else { return }
          var first = 0
          for end in ends {
            let found = survival_find_slots(
              order, time, event, first, end, slotTimes.base + count, starts.base + count,
              eventEnds.base + count)
            strata.append(count..<(count + found))
            count += found
            first = end
          }
        }
      }
    }
    if strata.isEmpty { strata = ends.map { _ in 0..<0 } }
    times = slotTimes.prefix(count)
    start = starts.prefix(count, capacity: count + 1)
    start.append(n)
    eventEnd = eventEnds.prefix(count)
  }
}

extension ScratchColumn {
  /// The first elements as an array.
  fileprivate func prefix(_ length: Int, capacity: Int? = nil) -> [Element] {
    [Element](unsafeUninitializedCapacity: capacity ?? length) { buffer, count in
      if length > 0, let to = buffer.baseAddress { to.initialize(from: base, count: length) }
      count = length
    }
  }
}

/// Sort keys of rows in as few bits as their values need.
package enum WholeNumberKeys {
  /// Keys that ascend by stratum, then by a column descending, then with events first.
  /// - Returns: `nil` when a value is not a whole number from 0 to 2⁴⁰.
  /// - Complexity: O(*n*).
  package static func keys(
    _ rows: [Int32], byDescending column: [Double], codes: [Int]?, strata: Int, events: [Bool]?
  ) -> [UInt64]? {
    let isInside = rows.allSatisfy { $0 >= 0 && Int($0) < column.count }
    precondition(isInside && (events?.count ?? column.count) == column.count)
    guard strata < 1 << 22, let largest = largest(rows, column), largest < 1 << 40 else {
      return nil
    }
    return [UInt64](unsafeUninitializedCapacity: rows.count) { keys, count in
      column.withUnsafeBufferPointer { column in
        for (position, row) in rows.enumerated() {
          keys[position] = UInt64(largest - Int64(column[Int(row)])) << 1
        }
      }
      if let codes {
        let span = UInt64(largest) + 1
        for (position, row) in rows.enumerated() {
          keys[position] += (span * UInt64(codes[Int(row)])) << 1
        }
      }
      events?.withUnsafeBufferPointer { events in
        for (position, row) in rows.enumerated() where !events[Int(row)] { keys[position] |= 1 }
      }
      count = rows.count
    }
  }

  /// The largest of some values if all are whole numbers from 0; `nil` otherwise.
  private static func largest(_ rows: [Int32], _ column: [Double]) -> Int64? {
    column.withUnsafeBufferPointer { column in
      var largest = 0.0
      var isWhole = true
      for row in rows {
        let value = column[Int(row)]
        // What does not fit into the integer is not equal to it.
        let inside = Swift.min(Swift.max(value, -1), 0x1p41)
        isWhole = isWhole && value == Double(Int64(inside)) && value >= 0
        largest = Swift.max(largest, inside)
      }
      return isWhole ? Int64(largest) : nil
    }
  }
}
