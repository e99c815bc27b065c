// SPDX-License-Identifier: Apache-2.0

internal import CSurvivalKernels

/// The rows of strata in their order, and cut where their times change: each stratum by itself, some on
/// one thread and some on another.
package struct SortedStrata {
  /// The rows by stratum, then by the value descending, then events first; equal ones as they were.
  package let order: [Int32]
  /// The slots; `nil` when no events were given.
  package let slots: SortedSlots?

  /// Sorts rows.
  ///
  /// The result is the same for any number of threads, and `nil` when a value is not a whole number from 0
  /// up to 2³⁰.
  /// - Parameters:
  ///   - rows: Row numbers.
  ///   - column: A value for every row number.
  ///   - codes: The stratum of every row number.
  ///   - ends: Where each stratum ends in the order, from ``ends(_:codes:count:)``.
  ///   - events: Which rows have the event; `nil` where only an order is wanted.
  ///   - threads: How many threads to use.
  /// - Complexity: O(*n* · threads).
  package init?(
    _ rows: [Int32], byDescending column: [Double], codes: [Int], ends: [Int], events: [Bool]?,
    threads: Int
  ) {
    precondition(
      ends.last == rows.count && codes.count == column.count
        && (events?.count ?? column.count) == column.count)
    let largest = WholeNumberKeys.largest(of: rows, in: column)
    guard largest >= 0, largest < 1 << 30 else { return nil }
    let workers = Parallel.workerCount(parts: ends.count, threads: threads)
    let bounds = Self.bounds(ends, parts: workers)
    let room = Room(rows: rows.count, strata: ends.count, workers: workers)
    let found = events.map { _ in Found(rows: rows.count, strata: ends.count) }
    order = [Int32](unsafeUninitializedCapacity: rows.count) { order, count in
      nonisolated(unsafe) let order = order.baseAddress
      Parallel.forEachPart(workers, threads: workers) { part in
        let strata = bounds[part]..<bounds[part + 1]
        column.withUnsafeBufferPointer { column in
          rows.withUnsafeBufferPointer { rows in
            codes.withUnsafeBufferPointer { codes in
              ends.withUnsafeBufferPointer { ends in
                WholeNumberKeys.withPointer(events) { events in
                  guard let values = column.baseAddress, let rowBase = rows.baseAddress,
                    let codes = codes.baseAddress, let ends = ends.baseAddress, let order
                  else { return }
                  survival_sort_strata(
                    values, rowBase, rows.count, largest, codes, events, ends, strata.lowerBound,
                    strata.upperBound, room.next.base + strata.lowerBound + part, room.keys.base,
                    room.other.base, rows.count + part, order, found?.times.base,
                    found?.start.base, found?.eventEnd.base, found?.counts.base)
                }
              }
            }
          }
        }
      }
      count = rows.count
    }
    slots = found.map { SortedSlots($0.times, $0.start, $0.eventEnd, $0.counts, ends: ends) }
  }

  /// Where the rows of each stratum end, when they stand by stratum.
  /// - Parameters:
  ///   - rows: Row numbers.
  ///   - codes: The stratum of every row number.
  ///   - count: The number of strata.
  /// - Returns: The end of each stratum, which is where the next begins.
  /// - Complexity: O(*n*).
  package static func ends(_ rows: [Int32], codes: [Int], count: Int) -> [Int] {
    var ends = [Int](repeating: 0, count: count)
    let isInside = rows.withUnsafeBufferPointer { rows in
      codes.withUnsafeBufferPointer { codes in
        ends.withUnsafeMutableBufferPointer { ends in
          guard let rowBase = rows.baseAddress, let codeBase = codes.baseAddress,
            let ends = ends.baseAddress
          else { return true }
          return survival_count_codes(
            rowBase, rows.count, codes.count, codeBase, count, ends) != 0
        }
      }
    }
    precondition(isInside)
    for stratum in ends.indices.dropFirst() { ends[stratum] += ends[stratum - 1] }
    return ends
  }

  /// Where the strata of each part begin, so that parts have about equally many rows.
  private static func bounds(_ ends: [Int], parts: Int) -> [Int] {
    let total = ends.last ?? 0
    var bounds = [0]
    for (stratum, end) in ends.enumerated()
    where bounds.count < parts && end * parts >= total * bounds.count {
      bounds.append(stratum + 1)
    }
    while bounds.count <= parts { bounds.append(ends.count) }
    return bounds
  }

  /// Room to work in.
  private struct Room {
    let keys, other: ScratchColumn<UInt64>
    let next: ScratchColumn<Int>

    init(rows: Int, strata: Int, workers: Int) {
      keys = ScratchColumn(uninitialized: rows + workers)
      other = ScratchColumn(uninitialized: rows)
      next = ScratchColumn(uninitialized: strata + workers)
    }
  }

  /// The slots of each stratum, from where its rows begin.
  private struct Found {
    let times: ScratchColumn<Double>
    let start, eventEnd, counts: ScratchColumn<Int>

    init(rows: Int, strata: Int) {
      times = ScratchColumn(uninitialized: rows)
      start = ScratchColumn(uninitialized: rows)
      eventEnd = ScratchColumn(uninitialized: rows)
      counts = ScratchColumn(uninitialized: strata)
    }
  }
}
