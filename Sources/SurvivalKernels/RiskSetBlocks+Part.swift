// SPDX-License-Identifier: Apache-2.0

extension RiskSetBlocks {
  /// A run of slots and what was summed over it.
  final class Part: @unchecked Sendable {
    let slots: Range<Int>
    /// The slots in stretches whose rows stay in the cache from one use to the next.
    let stretches: [Range<Int>]
    /// The slots with more than one event, where that makes a difference.
    let tiedSlots: [Int]
    /// Whether a stratum begins within the part, and where the last one does.
    let lastStart: Int?
    /// One after the last slot of the stratum that the part begins in, or the end of the part.
    let firstEnd: Int
    let continuesPast: Bool
    /// Whether the stratum of the last slot goes on in the next part.
    let lastGoesOn: Bool
    let gram: GramAccumulator
    let gradient: ScratchColumn<Double>
    let rowSum: ScratchColumn<Double>
    var risk = 0.0
    var carriedRisk = 0.0
    var logLikelihood = 0.0
    var hazard = 0.0
    var carriedHazard = 0.0
    var isSafe = true

    /// Lays a part out; `strata` are the slots of the strata that are not empty.
    init(slots: Range<Int>, strata: [Range<Int>], layout table: Layout, width: Int) {
      self.slots = slots
      let length = Swift.max(192, 4096 / Swift.max(1, width))
      var stretches = [Range<Int>]()
      var first = slots.lowerBound
      for slot in slots
      where slot + 1 == slots.upperBound
        || table.slotStart[slot + 2] - table.slotStart[first] > length
      {
        stretches.append(first..<(slot + 1))
        first = slot + 1
      }
      self.stretches = stretches
      // Strata that are not empty end where others begin.
      let next = strata.partitioningIndex { $0.upperBound > slots.lowerBound }
      let end = next < strata.count ? strata[next].upperBound : slots.upperBound
      let last = strata.partitioningIndex { $0.lowerBound >= slots.upperBound } - 1
      lastStart =
        last >= 0 && strata[last].lowerBound >= slots.lowerBound
        ? strata[last].lowerBound : nil
      firstEnd = Swift.min(end, slots.upperBound)
      continuesPast = end > slots.upperBound
      lastGoesOn = last >= 0 && strata[last].upperBound > slots.upperBound
      tiedSlots = slots.filter(table.isTied)
      gram = GramAccumulator(width: width)
      gradient = ScratchColumn(repeating: 0, count: width)
      rowSum = ScratchColumn(repeating: 0, count: width)
    }
  }

  /// Cuts the slots into runs of about equally many rows; their number depends on the shape alone.
  static func split(_ table: Layout) -> [Range<Int>] {
    let (n, p) = (table.rows.rows, table.rows.columns)
    let slotCount = table.eventEnd.count
    let count = Swift.max(1, Swift.min(64, n / 4096, Swift.max(4, n / (4 * Swift.max(1, p)))))
    var result = [Range<Int>]()
    var first = 0
    for slot in 0..<slotCount {
      let filled = table.slotStart[slot + 1] - table.slotStart[first]
      if filled * count >= n || slot + 1 == slotCount {
        result.append(first..<(slot + 1))
        first = slot + 1
      }
    }
    return result
  }
}

extension Array {
  /// The first index whose element satisfies a condition, which every later one does, or the count.
  /// - Complexity: O(log *n*).
  fileprivate func partitioningIndex(where condition: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
