// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels

/// The event times of every stratum, and at which of them each row is at risk.
///
/// A row is at risk *as a bystander* at a run of event times; a row with the event is besides that
/// one of the deaths at its own time. The two are kept apart because the rule for ties treats deaths
/// differently, and so that sums over a risk set never need a subtraction.
struct EventTimes: Sendable {
  /// The slots of the risk table that hold events, by stratum, ascending in time.
  let slots: [Int]
  /// The event times of each stratum, as positions in ``slots``.
  let strata: [Range<Int>]
  /// For each row, in the order of the table: the event times at which it is a bystander.
  let covers: [Range<Int32>]
  /// Whether some row enters after the first event time of its stratum.
  let hasLateEntries: Bool

  /// Finds the event times of a table.
  /// - Complexity: O(*n*), with late entries O(*n* log *m*).
  init(_ table: RiskTable, entries: [Double]?) {
    let found = EventSlots(
      start: table.slotStart, eventEnd: table.eventEnd, strata: table.strata)
    slots = found.slots
    strata = found.strata
    guard let entries else {
      covers = found.covers
      hasLateEntries = false
      return
    }
    var covers = found.covers
    var hasLateEntries = false
    for (stratum, range) in table.strata.enumerated() {
      let first = strata[stratum].lowerBound
      for slot in range {
        for position in table.slotStart[slot]..<table.slotStart[slot + 1] {
          let entry = entries[Int(table.order[position])]
          guard entry > -.infinity else { continue }
          // The first event time after the entry.
          var (lower, high) = (first, strata[stratum].upperBound)
          while lower < high {
            let middle = (lower + high) / 2
            if table.slotTimes[slots[middle]] <= entry {
              lower = middle + 1
            } else {
              high = middle
            }
          }
          if lower > first { hasLateEntries = true }
          let upper = covers[position].upperBound
          covers[position] = Swift.min(Int32(lower), upper)..<upper
        }
      }
    }
    self.covers = covers
    self.hasLateEntries = hasLateEntries
  }
}

/// A binary tree over the event times of a stratum in which every row lies at the few nodes whose
/// times, together, are exactly those at which it is at risk as a bystander.
///
/// Then the risk set of an event time is what lies on the path from the root to its leaf. Rows are
/// only ever added, never taken away, so with delayed entry no sum suffers from cancellation
/// whatever the weights and risks: the price is a factor log *m*.
struct RiskTree: Sendable {
  /// The number of leaves, a power of two; leaf `j` stands for the event time `j` of the stratum.
  let leafCount: Int
  /// Node `v` (the root is 1, its children 2v and 2v + 1) holds `rows[starts[v]..<starts[v + 1]]`.
  let starts: [Int]
  /// Rows as positions in the order of the risk table.
  let rows: [Int32]

  /// The nodes whose leaves, together, are a range of leaves.
  @inline(__always)
  static func forEachNode(_ range: Range<Int>, leafCount: Int, _ body: (Int) -> Void) {
    var (low, high) = (range.lowerBound + leafCount, range.upperBound + leafCount)
    while low < high {
      if low & 1 == 1 {
        body(low)
        low += 1
      }
      if high & 1 == 1 {
        high -= 1
        body(high)
      }
      low >>= 1
      high >>= 1
    }
  }

  /// Places rows of a stratum.
  /// - Parameters:
  ///   - positions: The rows of the stratum, as positions in the order of the table.
  ///   - covers: For each position, the event times it covers.
  ///   - events: The event times of the stratum.
  /// - Complexity: O(*n* log *m*).
  init(positions: Range<Int>, covers: [Range<Int32>], events: Range<Int>) {
    var size = 1
    while size < events.count { size *= 2 }
    leafCount = size
    var starts = [Int](repeating: 0, count: 2 * size + 1)
    func local(_ position: Int) -> Range<Int> {
      (Int(covers[position].lowerBound) - events.lowerBound)..<(Int(covers[position].upperBound)
        - events.lowerBound)
    }
    for position in positions {
      Self.forEachNode(local(position), leafCount: size) { starts[$0 + 1] += 1 }
    }
    for node in 1..<starts.count { starts[node] += starts[node - 1] }
    var rows = [Int32](repeating: 0, count: starts[2 * size])
    var next = starts
    for position in positions {
      Self.forEachNode(local(position), leafCount: size) { node in
        rows[next[node]] = Int32(position)
        next[node] += 1
      }
    }
    self.starts = starts
    self.rows = rows
  }
}
