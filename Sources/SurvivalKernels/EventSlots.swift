// SPDX-License-Identifier: Apache-2.0

/// The slots of sorted rows at which somebody has the event, and the events that each row outlives.
package struct EventSlots: Sendable {
  /// The slots with events, by stratum, ascending in time.
  package let slots: [Int]
  /// The event times of each stratum, as positions in ``slots``.
  package let strata: [Range<Int>]
  /// For each row, the event times at which it is at risk and does not die, if all are at risk from the
  /// first on.
  package let covers: [Range<Int32>]

  /// Finds the slots with events.
  /// - Parameters:
  ///   - start: Slot *k* holds the rows from start[k] up to start[k + 1], latest times first.
  ///   - eventEnd: The rows of slot *k* up to eventEnd[k] have the event.
  ///   - allSlots: The slots of each stratum.
  /// - Complexity: O(*n*).
  package init(start: [Int], eventEnd: [Int], strata allSlots: [Range<Int>]) {
    precondition(
      start.count == eventEnd.count + 1 && (allSlots.last?.upperBound ?? 0) == eventEnd.count)
    let found = ScratchColumn<Int>(uninitialized: eventEnd.count + 1)
    var strata = [Range<Int>]()
    strata.reserveCapacity(allSlots.count)
    var count = 0
    covers = [Range<Int32>](unsafeUninitializedCapacity: start[eventEnd.count]) { covers, length in
      start.withUnsafeBufferPointer { start in
        eventEnd.withUnsafeBufferPointer { eventEnd in
          for range in allSlots {
            let first = count
            // A slot without event is overwritten by the next one: no branch that cannot be guessed.
            for slot in range.reversed() {
              found.base[count] = slot
              count += eventEnd[slot] > start[slot] ? 1 : 0
            }
            strata.append(first..<count)
            var reached = count
            for slot in range {
              let (middle, end) = (eventEnd[slot], start[slot + 1])
              let before = reached - (middle > start[slot] ? 1 : 0)
              for row in start[slot]..<end {
                let upper = row < middle ? before : reached
                covers.initializeElement(
                  at: row, to: Range(uncheckedBounds: (Int32(first), Int32(upper))))
              }
              reached = before
            }
          }
        }
      }
      length = start[eventEnd.count]
    }
    self.strata = strata
    slots = found.prefix(count)
  }
}
