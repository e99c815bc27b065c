// SPDX-License-Identifier: Apache-2.0

extension RiskSetBlocks {
  /// Some slots whose rows stay in the cache from one use to the next.
  struct Stretch {
    let slots: Range<Int>
    let rows: Range<Int>
    /// The slots with more than one event, where that makes a difference, as indices of
    /// ``Part/tiedSlots``.
    let tied: Range<Int>
  }

  /// A run of slots and what was summed over it.
  final class Part: @unchecked Sendable {
    let slots: Range<Int>
    let stretches: [Stretch]
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

    /// Lays a part out.
    ///
    /// `strata` are the slots of the strata that are not empty. In a part of whole strata no stratum is
    /// cut into stretches.
    init(slots: Range<Int>, strata: [Range<Int>], layout table: Layout, width: Int, isWhole: Bool) {
      self.slots = slots
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
      let tiedSlots = table.tiedSlots(slots)
      self.tiedSlots = tiedSlots
      let length = Swift.max(192, 4096 / Swift.max(1, width))
      var stretches = [Stretch]()
      func add(_ range: Range<Int>) {
        let first = stretches.last?.tied.upperBound ?? 0
        var tied = first
        while tied < tiedSlots.count, tiedSlots[tied] < range.upperBound { tied += 1 }
        stretches.append(
          Stretch(
            slots: range,
            rows: table.slotStart[range.lowerBound]..<table.slotStart[range.upperBound],
            tied: first..<tied))
      }
      var first = slots.lowerBound
      func endStretch(at slot: Int, before following: Int) {
        if slot == slots.upperBound
          || table.slotStart[following] - table.slotStart[first] > length
        {
          add(first..<slot)
          first = slot
        }
      }
      if isWhole {
        for index in next...last {
          endStretch(
            at: strata[index].upperBound,
            before: strata[Swift.min(index + 1, strata.count - 1)].upperBound)
        }
      } else {
        for slot in slots {
          endStretch(at: slot + 1, before: Swift.min(slot + 2, table.eventEnd.count))
        }
      }
      self.stretches = stretches
      gram = GramAccumulator(width: width)
      gradient = RowMatrix.sum(width: width)
      rowSum = RowMatrix.sum(width: width)
    }

    /// Forgets the last evaluation.
    func begin() {
      isSafe = true
      (risk, carriedRisk, logLikelihood) = (0, 0, 0)
      for j in 0..<gradient.count { gradient[j] = 0 }
    }
  }

  /// Up to this many rows a stratum is evaluated from end to end while it is in the cache.
  static let shortStratum = 1024

  /// Whether every stratum is so short that parts, and their stretches, can end where strata do.
  static func isShort(_ table: Layout, strata: [Range<Int>]) -> Bool {
    table.leaving.isEmpty
      && strata.allSatisfy {
        table.slotStart[$0.upperBound] - table.slotStart[$0.lowerBound] <= shortStratum
      }
  }

  /// Cuts the slots into runs of about equally many rows; their number depends on the shape alone.
  ///
  /// A run may end behind certain slots only, or behind every one when there are none named.
  static func split(_ table: Layout, endingAt ends: [Int]?) -> [Range<Int>] {
    let (n, p) = (table.rows.rows, table.rows.columns)
    let slotCount = table.eventEnd.count
    let count = Swift.max(1, Swift.min(64, n / 4096, Swift.max(4, n / (4 * Swift.max(1, p)))))
    var result = [Range<Int>]()
    var first = 0
    func end(at slot: Int) {
      let filled = table.slotStart[slot] - table.slotStart[first]
      if filled * count >= n || slot == slotCount {
        result.append(first..<slot)
        first = slot
      }
    }
    if let ends {
      for slot in ends { end(at: slot) }
    } else {
      for slot in 0..<slotCount { end(at: slot + 1) }
    }
    return result
  }
}

extension RiskSetBlocks.Layout {
  /// The slots of a range at which Efron's rule has more than one term.
  func tiedSlots(_ slots: Range<Int>) -> [Int] {
    guard isEfron else { return [] }
    var result = [Int]()
    for slot in slots where eventEnd[slot] - slotStart[slot] > 1 || countsReplicates {
      if isTied(slot) { result.append(slot) }
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
