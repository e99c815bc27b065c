// SPDX-License-Identifier: Apache-2.0

/// One row of the table of numbers at risk that is printed under a curve.
public struct NumberAtRisk: Hashable, Sendable, Codable {
  /// The time of the row.
  public let time: Double
  /// The weight at risk just before the time.
  public let atRisk: Double
  /// The weight of the events since the row before, this time included.
  public let events: Double
  /// The weight censored since the row before, this time included.
  public let censored: Double
  /// The weight that entered late since the row before.
  public let entered: Double
}

extension SurvivalCurve {
  /// Numbers at risk, with events and censorings in between, at times of your choice.
  ///
  /// Without late entries, and with one event at most for a subject, at risk + events and censorings
  /// before the time sum to the size of the group in every row. Who entered by the beginning of the
  /// curve is there from the beginning, and has not entered late.
  /// - Parameter tableTimes: The times, in any order; the rows come in ascending order.
  /// - Returns: One row for each time, also beyond the last observed time, where nobody is at risk.
  /// - Complexity: O(*m* + *k* log *k*) for *k* table times.
  public func numbersAtRisk(at tableTimes: [Double]) -> [NumberAtRisk] {
    var rows = [NumberAtRisk]()
    var next = 0
    var nextEntry = 0
    for time in tableTimes.sorted() where !time.isNaN {
      var (events, censored, entered) = (0.0, 0.0, 0.0)
      while nextEntry < lateEntries.count, lateEntries[nextEntry].time < time {
        entered += lateEntries[nextEntry].weight
        nextEntry += 1
      }
      // The first time at or after the row's: its risk set, less whoever enters only in between.
      var upcoming = next
      while upcoming < times.count, times[upcoming] < time { upcoming += 1 }
      var atRisk = upcoming < times.count ? self.atRisk[upcoming] : 0
      if upcoming < times.count {
        var entry = nextEntry
        while entry < lateEntries.count, lateEntries[entry].time < times[upcoming] {
          atRisk -= lateEntries[entry].weight
          entry += 1
        }
      }
      while next < times.count, times[next] <= time {
        events += self.events[next]
        censored += self.censored[next]
        next += 1
      }
      rows.append(
        NumberAtRisk(
          time: time, atRisk: Swift.max(0, atRisk), events: events, censored: censored,
          entered: entered))
    }
    return rows
  }
}
