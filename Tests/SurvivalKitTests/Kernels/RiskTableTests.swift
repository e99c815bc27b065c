// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

@Suite("The order of rows, and their slots")
struct RiskTableTests {
  /// Random rows; times are whole numbers, fractions, or whole numbers too large for a short key.
  private func data(
    seed: UInt64, rows: Int, strata: Int, scale: Double, hasWeights: Bool, isLate: Bool
  ) throws -> (SurvivalData, Grouping) {
    var random = SplitMix(seed: seed)
    var (starts, stops, events) = ([Double](), [Double](), [Bool]())
    var (weights, codes) = ([Int](), [Int]())
    for _ in 0..<rows {
      let start = Double(random.below(20))
      starts.append(start * scale)
      stops.append((start + 1 + Double(random.below(40))) * scale)
      events.append(random.below(2) == 0)
      weights.append(random.below(4))
      codes.append(random.below(strata) * random.below(strata))
    }
    let counts: Weights? = hasWeights ? .frequency(try FrequencyWeights(weights)) : nil
    let data =
      isLate
      ? try SurvivalData(starts: starts, stops: stops, events: events, weights: counts)
      : try SurvivalData(times: stops, events: events, weights: counts)
    return (data, Grouping(codes))
  }

  @Test(
    "equal a sort by stratum, time and event, for any number of threads",
    arguments: [1.0, 0.125, 3e9], [(7, 1), (200, 3), (3000, 2), (3000, 40), (3000, 700)])
  func order(scale: Double, shape: (rows: Int, strata: Int)) throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      let (data, strata) = try data(
        seed: seed, rows: shape.rows, strata: shape.strata, scale: scale,
        hasWeights: seed % 2 == 0, isLate: seed > 2)
      let weights = data.weights?.values
      let rows = (0..<data.count).filter { (weights?[$0] ?? 1) > 0 }
      func expected(_ column: [Double], breaksTies: Bool) -> [Int32] {
        rows.sorted { a, b in
          if strata.codes[a] != strata.codes[b] { return strata.codes[a] < strata.codes[b] }
          if column[a] != column[b] { return column[a] > column[b] }
          if breaksTies, data.events[a] != data.events[b] { return data.events[a] }
          return a < b
        }.map(Int32.init)
      }
      let table = RiskTable(data, strata: strata)
      #expect(table.order == expected(data.times, breaksTies: true))
      if let entries = data.entries {
        #expect(table.entryOrder == expected(entries, breaksTies: false))
      }
      // The slots are the runs of equal times.
      #expect(table.slotStart.first == 0 && table.slotStart.last == rows.count)
      for (stratum, slots) in table.strata.enumerated() {
        for slot in slots {
          let positions = table.slotStart[slot]..<table.slotStart[slot + 1]
          #expect(!positions.isEmpty)
          for position in positions {
            let row = Int(table.order[position])
            #expect(strata.codes[row] == stratum && data.times[row] == table.slotTimes[slot])
            #expect(data.events[row] == (position < table.eventEnd[slot]))
          }
          if slot + 1 < slots.upperBound {
            #expect(table.slotTimes[slot] > table.slotTimes[slot + 1])
          }
        }
      }
      for threads in [2, 3, 5] {
        let other = RiskTable(data, strata: strata, threads: threads)
        #expect(other.order == table.order && other.entryOrder == table.entryOrder)
        #expect(other.slotTimes == table.slotTimes && other.slotStart == table.slotStart)
        #expect(other.eventEnd == table.eventEnd && other.strata == table.strata)
        #expect(other.entryEnd == table.entryEnd)
      }
    }
  }
}
