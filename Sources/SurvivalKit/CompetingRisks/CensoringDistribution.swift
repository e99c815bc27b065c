// SPDX-License-Identifier: Apache-2.0

/// The probability of being neither censored nor yet to enter just before a time, by which rows that
/// have had a competing event are weighted.
///
///     w(t) = G(t−) H(t−) / (G(T−) H(T−))   for t > T
///
/// G is the Kaplan–Meier curve of the censoring times, in which events come before censorings at the
/// same time, as in R's `finegray`; H, for delayed entry, the product-limit estimate of P(entry < t)
/// by reversed time (Geskus 2011, doi:10.1111/j.1541-0420.2010.01420.x). Both are estimated within
/// groups.
struct CensoringDistribution: Sendable {
  /// The group of every row.
  let codes: [Int]
  let groupCount: Int
  /// For each group the times at which G or H changes, ascending.
  ///
  /// `upTo` is G H on the stretch up to and including each, and `last` beyond, up to the last time at
  /// which anybody of the group was observed. After that nothing is known, and the weight is 0.
  private let cuts: [[Double]]
  private let upTo: [[Double]]
  private let last: [Double]
  private let lastTimes: [Double]
  /// For each group, the censorings among those at risk at each of its censoring times, ascending.
  private(set) var censorings: [[Censoring]]

  /// The censorings of one time.
  struct Censoring: Sendable {
    let time: Double
    let censored: Double
    let atRisk: Double
  }

  /// Estimates the distributions.
  ///
  /// Rows count once, unless weights are frequencies: probability weights say what a row represents,
  /// not how it is censored, and R's `finegray` leaves them out here as well.
  init(_ data: SurvivalData, groups: Grouping?) {
    let groups = groups ?? Grouping(codes: [Int](repeating: 0, count: data.count), levels: ["all"])
    codes = groups.codes
    groupCount = groups.levels.count
    let counting = data.weightKind == .probability ? data.unweighted() : data
    let table = RiskTable(counting, strata: groups)
    let counts = RiskCounts(table, counting)
    var (cuts, upTo, last) = ([[Double]](), [[Double]](), [Double]())
    censorings = []
    for (group, range) in table.strata.enumerated() {
      var found = [Censoring]()
      for slot in range.reversed() where counts.censored[slot] > 0 {
        let time = table.slotTimes[slot]
        guard time.isFinite else { continue }
        found.append(
          Censoring(
            time: time, censored: counts.censored[slot], atRisk: counts.afterEvents[slot]))
      }
      let (entered, start) = Self.entryProbabilities(counting, table, counts, group)
      let times = Array(Set(found.map(\.time) + entered.map(\.time))).sorted()
      var (g, next) = (1.0, 0)
      var values = [Double]()
      var h = start
      var nextEntry = 0
      for time in times {
        values.append(g * h)
        if next < found.count, found[next].time == time {
          g *= (found[next].atRisk - found[next].censored) / found[next].atRisk
          next += 1
        }
        if nextEntry < entered.count, entered[nextEntry].time == time {
          h = entered[nextEntry].after
          nextEntry += 1
        }
      }
      cuts.append(times)
      upTo.append(values)
      last.append(g * h)
      censorings.append(found)
    }
    (self.cuts, self.upTo, self.last) = (cuts, upTo, last)
    lastTimes = table.strata.map {
      $0.isEmpty ? -.infinity : table.slotTimes[$0.lowerBound]
    }
  }

  /// H just after each entry time of a group, ascending, and before the first of them.
  private static func entryProbabilities(
    _ data: SurvivalData, _ table: RiskTable, _ counts: RiskCounts, _ group: Int
  ) -> (entries: [(time: Double, after: Double)], start: Double) {
    let slots = table.strata[group]
    guard let entries = data.entries, let entryOrder = table.entryOrder, let first = slots.first
    else { return ([], 1) }
    let positions = table.slotStart[first]..<table.slotStart[slots.upperBound]
    // By reversed time: rows come at risk when they end and "die" when they enter.
    var atRisk = 0.0
    var slot = slots.lowerBound
    var (times, factors) = ([Double](), [Double]())
    var position = positions.lowerBound
    while position < positions.upperBound {
      let time = entries[Int(entryOrder[position])]
      guard time > -.infinity else { break }
      while slot < slots.upperBound, table.slotTimes[slot] > time {
        for row in table.slotStart[slot]..<table.slotStart[slot + 1] {
          atRisk += data.weights?.values[Int(table.order[row])] ?? 1
        }
        slot += 1
      }
      var (entering, leaving) = (0.0, 0.0)
      while position < positions.upperBound, entries[Int(entryOrder[position])] == time {
        let row = Int(entryOrder[position])
        let weight = data.weights?.values[row] ?? 1
        leaving += weight
        if counts.continues.isEmpty || !counts.continues[row] { entering += weight }
        position += 1
      }
      if entering > 0 {
        times.append(time)
        factors.append((atRisk - entering) / atRisk)
      }
      atRisk -= leaving
    }
    // H after a time is the product over later entries.
    var result = [(time: Double, after: Double)]()
    var product = 1.0
    for (time, factor) in zip(times, factors) {
      result.append((time, product))
      product *= factor
    }
    return (result.reversed(), product)
  }

  /// The product G H just before a time.
  func probability(before time: Double, group: Int) -> Double {
    // The stretch up to and including the first cut at or after the time.
    var (low, high) = (0, cuts[group].count)
    while low < high {
      let middle = (low + high) / 2
      if cuts[group][middle] < time { low = middle + 1 } else { high = middle }
    }
    return low < cuts[group].count ? upTo[group][low] : time <= lastTimes[group] ? last[group] : 0
  }

  /// The product just before each of ascending times.
  func probabilities(before times: [Double], group: Int) -> [Double] {
    var next = 0
    return times.map { time in
      while next < cuts[group].count, cuts[group][next] < time { next += 1 }
      return next < cuts[group].count
        ? upTo[group][next] : time <= lastTimes[group] ? last[group] : 0
    }
  }
}
