// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels

/// The estimation of probabilities of states from histories of subjects.
///
/// ```swift
/// let history = try StateHistory(
///   subjects: Grouping(ids), starts: starts, stops: stops, from: from, to: to)
/// let curve = try AalenJohansen.curves(of: history)[0]
/// ```
public enum AalenJohansen {
  /// The probabilities of the states as time goes by, one curve for each group.
  /// - Parameters:
  ///   - history: The rows.
  ///   - grouping: The group of every row; one group of all rows when `nil`.
  ///   - limit: Where restricted means end; by default the last time of each group.
  /// - Returns: The curves in the order of the groups.
  /// - Throws: ``SurvivalError`` when there are no rows, the grouping has another length, or the limit is
  ///   beyond the last time of a group or before its beginning.
  /// - Complexity: O(*n* log *n* + *m* (*s* *c* + *n*)) for *c* clusters, *s* states and *m* times.
  public static func curves(
    of history: StateHistory, groupedBy grouping: Grouping? = nil, restrictedTo limit: Double? = nil
  ) throws(SurvivalError) -> [StateCurve] {
    let groups =
      grouping ?? Grouping(codes: [Int](repeating: 0, count: history.count), levels: ["all"])
    guard groups.count == history.count else {
      throw SurvivalError(
        .mismatchedLengths,
        "the history has \(history.count) rows but the grouping has \(groups.count)")
    }
    let table = RiskTable(history.data, strata: groups)
    guard !table.order.isEmpty else {
      throw SurvivalError(.noRows, "there are no rows with a weight above 0")
    }
    var result = [StateCurve]()
    for (group, range) in table.strata.enumerated() where !range.isEmpty {
      let last = table.slotTimes[range.lowerBound]
      let kernel = AalenJohansenKernel(history: history, table: table, stratum: group)
      let end = limit ?? last
      guard end.isFinite, end <= last, end >= kernel.start else {
        throw SurvivalError(
          .invalidArgument,
          "a restricted mean to \(end) is not known: group \(groups.levels[group]) is observed from "
            + "\(kernel.start) to \(last)")
      }
      result.append(kernel.curve(group: groups.levels[group], end: end))
    }
    return result
  }
}

/// The estimation for one group.
struct AalenJohansenKernel {
  let history: StateHistory
  let table: RiskTable
  let stratum: Int

  /// A transition of one time: its states, and the share of those at risk that make it.
  private struct Transition {
    let from: Int
    let to: Int
    var weight: Double
    var share = 0.0
    var fall = 0.0
  }

  private var positions: Range<Int> {
    let range = table.strata[stratum]
    return table.slotStart[range.lowerBound]..<table.slotStart[range.upperBound]
  }

  /// Where time begins: 0, or the earliest start where that is negative.
  var start: Double {
    let entries = history.data.entries ?? []
    return positions.reduce(0) { Swift.min($0, entries[Int(table.order[$1])]) }
  }

  private func weight(_ row: Int) -> Double { history.data.weights?.values[row] ?? 1 }

  func curve(group: String, end: Double) -> StateCurve {
    let s = history.states.count
    let (data, range) = (history.data, table.strata[stratum])
    let slots = Array(range.reversed())
    // Clusters of this group only, numbered anew.
    var clusterOf = [Int: Int]()
    var rowCluster = [Int](repeating: 0, count: data.count)
    var multiplicity = [Double]()
    let standsForMany = data.weightKind == .frequency && data.clusters == nil
    for position in positions {
      let row = Int(table.order[position])
      let code = data.dependence?.codes[row] ?? row
      let cluster = clusterOf[code] ?? multiplicity.count
      if clusterOf[code] == nil {
        clusterOf[code] = cluster
        multiplicity.append(standsForMany ? weight(row) : 1)
      }
      rowCluster[row] = cluster
    }
    let clusters = multiplicity.count
    func ownWeight(_ row: Int) -> Double { standsForMany ? 1 : weight(row) }

    // Who is at risk in each state: total weight, and that of every cluster.
    var sums = [CompensatedSum](repeating: CompensatedSum(), count: s)
    var counts = [Int](repeating: 0, count: s)
    var share = [Double](repeating: 0, count: clusters * s)
    func change(_ row: Int, _ sign: Int) {
      let state = history.from[row]
      sums[state].add(Double(sign) * weight(row))
      counts[state] += sign
      if counts[state] == 0 { sums[state] = CompensatedSum() }
      share[rowCluster[row] * s + state] += Double(sign) * ownWeight(row)
    }
    let entryOrder = table.entryOrder ?? []
    if let last = range.last {
      for position in table.entryEnd[last]..<(table.entryStart[stratum] + positions.count) {
        change(Int(entryOrder[position]), 1)
      }
    }
    let firstSlot = slots.first { table.eventEnd[$0] > table.slotStart[$0] } ?? range.lowerBound
    var p = [Double](repeating: 0, count: s)
    var (initial, initialVariances) = (p, p)
    var influence = [Double](repeating: 0, count: clusters * s)
    var area = influence
    var (mean, time) = (p, start)
    var (times, transitions) = ([Double](), [[Double]](repeating: p, count: s))
    var (atRisk, probabilities, variances) = (
      [[Double]](repeating: [], count: s), [[Double]](repeating: [], count: s),
      [[Double]](repeating: [], count: s)
    )

    /// Adds the stretch up to a time to the areas.
    func integrate(to next: Double) {
      let width = Swift.min(next, end) - Swift.min(time, end)
      time = next
      guard width > 0 else { return }
      for state in 0..<s { mean[state] += width * p[state] }
      for index in influence.indices { area[index] += width * influence[index] }
    }
    func squares(_ values: [Double], _ state: Int) -> Double {
      (0..<clusters).reduce(0) {
        $0 + multiplicity[$1] * values[$1 * s + state] * values[$1 * s + state]
      }
    }
    /// The shares of the states among those at risk at the first transition.
    func begin() {
      let total = sums.reduce(0) { $0 + $1.value }
      for state in 0..<s { initial[state] = sums[state].value / total }
      p = initial
      guard initial.count(where: { $0 > 0 }) > 1 else { return }
      for cluster in 0..<clusters {
        let own = (0..<s).reduce(0) { $0 + share[cluster * s + $1] }
        for state in 0..<s {
          influence[cluster * s + state] =
            (share[cluster * s + state] - own * initial[state]) / total
        }
      }
      for state in 0..<s { initialVariances[state] = squares(influence, state) }
    }

    // The first transition's risk set is needed before the times that come before it.
    if let first = slots.first, first != firstSlot {
      let saved = (sums, counts, share)
      for slot in slots where slot > firstSlot { leave(slot) }
      begin()
      (sums, counts, share) = saved
    } else {
      begin()
    }
    /// The rows that end at a slot leave, and those that start at it enter.
    func leave(_ slot: Int) {
      for position in table.slotStart[slot]..<table.slotStart[slot + 1] {
        change(Int(table.order[position]), -1)
      }
      for position in table.enteredPositions(slot, stratum: stratum) {
        change(Int(entryOrder[position]), 1)
      }
    }

    var before = [Double](repeating: 0, count: s)
    for slot in slots {
      let slotTime = table.slotTimes[slot]
      guard slotTime.isFinite else { continue }
      integrate(to: slotTime)
      times.append(slotTime)
      for state in 0..<s { atRisk[state].append(sums[state].value) }
      var found = [Transition]()
      for position in table.eventPositions(slot) {
        let row = Int(table.order[position])
        guard let to = history.to[row] else { continue }
        let from = history.from[row]
        transitions[from][to] += weight(row)
        if let index = found.firstIndex(where: { $0.from == from && $0.to == to }) {
          found[index].weight += weight(row)
        } else {
          found.append(Transition(from: from, to: to, weight: weight(row)))
        }
      }
      if !found.isEmpty {
        let old = p
        for index in found.indices {
          let y = sums[found[index].from].value
          found[index].share = found[index].weight / y
          found[index].fall = old[found[index].from] * found[index].share / y
          let flow = old[found[index].from] * found[index].share
          p[found[index].from] -= flow
          p[found[index].to] += flow
        }
        for state in 0..<s where p[state] < 0 { p[state] = 0 }
        for cluster in 0..<clusters {
          let base = cluster * s
          for state in 0..<s { before[state] = influence[base + state] }
          for transition in found {
            let flow =
              before[transition.from] * transition.share
              - share[base + transition.from] * transition.fall
            influence[base + transition.to] += flow
            influence[base + transition.from] -= flow
          }
        }
        for position in table.eventPositions(slot) {
          let row = Int(table.order[position])
          guard let to = history.to[row] else { continue }
          let from = history.from[row]
          let jump = old[from] * ownWeight(row) / sums[from].value
          influence[rowCluster[row] * s + to] += jump
          influence[rowCluster[row] * s + from] -= jump
        }
      }
      for state in 0..<s {
        probabilities[state].append(p[state])
        variances[state].append(squares(influence, state))
      }
      leave(slot)
    }
    integrate(to: Swift.max(end, time))
    let rows = positions.map { Int(table.order[$0]) }
    let subjects = data.subjects.map { subjects in Set(rows.map { subjects.codes[$0] }).count }
    return StateCurve(
      group: group, states: history.states, weightKind: data.weightKind, rowCount: rows.count,
      subjectCount: subjects ?? rows.count, times: times, atRisk: atRisk,
      transitions: transitions, initial: initial, probabilities: probabilities,
      variances: variances, initialVariances: initialVariances,
      restrictedMeans: (0..<s).map {
        RestrictedMean(
          estimate: mean[$0], standardError: squares(area, $0).squareRoot(), upTo: end)
      })
  }
}
