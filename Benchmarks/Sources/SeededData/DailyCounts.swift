// SPDX-License-Identifier: Apache-2.0

/// Deaths and numbers at risk by day, counted in the plainest way: what curves and tests are checked
/// with, written without the library.
public struct DailyCounts: Sendable {
  /// For each day from 0 and each code: deaths, and those whose observation ended.
  private let deaths, ends: [[Int]]

  /// Counts.
  /// - Parameter rows: The study; its times are whole days.
  public init(_ rows: SeededRows) {
    let days = Int(rows.times.max() ?? 0) + 1
    let none = [Int](repeating: 0, count: rows.levels)
    var deaths = [[Int]](repeating: none, count: days)
    var ends = deaths
    for row in 0..<rows.count {
      let day = Int(rows.times[row])
      ends[day][rows.codes[row]] += 1
      if rows.events[row] { deaths[day][rows.codes[row]] += 1 }
    }
    self.deaths = deaths
    self.ends = ends
  }

  /// The product limit after a day.
  /// - Parameter last: The day.
  /// - Returns: The probability of surviving it.
  public func survival(after last: Int) -> Double {
    var atRisk = ends.reduce(0) { $0 + $1.reduce(0, +) }
    var result = 1.0
    for day in 0...last {
      result *= 1 - Double(deaths[day].reduce(0, +)) / Double(atRisk)
      atRisk -= ends[day].reduce(0, +)
    }
    return result
  }

  /// The deaths that the log-rank test expects in each group.
  /// - Returns: One number for each code.
  public func expectedDeaths() -> [Double] {
    var atRisk = ends.reduce(into: ends[0].map { _ in 0 }) { sum, day in
      for group in day.indices { sum[group] += day[group] }
    }
    var result = atRisk.map { _ in 0.0 }
    for day in deaths.indices {
      let died = Double(deaths[day].reduce(0, +))
      let total = Double(atRisk.reduce(0, +))
      for group in result.indices where died > 0 {
        result[group] += died * Double(atRisk[group]) / total
      }
      for group in atRisk.indices { atRisk[group] -= ends[day][group] }
    }
    return result
  }

  /// The number of pairs of which one died while the other lived on.
  /// - Returns: The number of pairs that a concordance compares.
  public func comparablePairs() -> Double {
    var later = 0.0
    var result = 0.0
    for day in deaths.indices.reversed() {
      let died = Double(deaths[day].reduce(0, +))
      let ended = Double(ends[day].reduce(0, +))
      result += died * (later + ended - died)
      later += ended
    }
    return result
  }
}
