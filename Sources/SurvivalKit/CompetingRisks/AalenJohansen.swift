// SPDX-License-Identifier: Apache-2.0

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
  /// - Complexity: O(*n* (log *n* + *s*² log *m*) + *m* *s*³) for *n* rows, *s* states and *m* times.
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

  private var positions: Range<Int> {
    let range = table.strata[stratum]
    return table.slotStart[range.lowerBound]..<table.slotStart[range.upperBound]
  }

  /// Where time begins: 0, or the earliest start where that is negative.
  var start: Double {
    let entries = history.data.entries ?? []
    return positions.reduce(0) { Swift.min($0, entries[Int(table.order[$1])]) }
  }

  func curve(group: String, end: Double) -> StateCurve {
    let data = history.data
    let slots = table.strata[stratum].reversed().filter { table.slotTimes[$0].isFinite }
    let changes = RiskChanges(
      data: data, table: table, stratum: stratum, slots: slots, isReversed: false, continued: [],
      hasWholeSubjects: true)
    let steps = StateSteps(history, changes.changes, times: slots.map { table.slotTimes[$0] })
    let influence = StateInfluence(steps, history, changes)
    let start = start
    let variances = influence.varianceOfAreas(from: start, to: end)
    let rows = positions
    let subjects = data.subjects.map { subjects in
      var isThere = [Bool](repeating: false, count: subjects.levels.count)
      for position in rows { isThere[subjects.codes[Int(table.order[position])]] = true }
      return isThere.count { $0 }
    }
    return StateCurve(
      group: group, states: history.states, weightKind: data.weightKind, rowCount: rows.count,
      subjectCount: subjects ?? rows.count, times: steps.times, atRisk: steps.atRisk,
      transitions: steps.transitions, initial: steps.initial, probabilities: steps.probabilities,
      variances: influence.variances(), initialVariances: influence.initialVariances(),
      restrictedMeans: history.states.indices.map { state in
        RestrictedMean(
          estimate: steps.area(of: state, from: start, to: end),
          standardError: variances[state].squareRoot(), upTo: end)
      })
  }
}
