// SPDX-License-Identifier: Apache-2.0

/// The estimation of the cumulative incidences of one group from one stratum of a risk table.
struct IncidenceKernel {
  let data: SurvivalData
  let causes: EventCauses
  let table: RiskTable
  let counts: RiskCounts
  let variance: CurveVariance

  /// One curve for each cause.
  /// - Complexity: O(*n* + *m* *k*) for *k* causes.
  func curves(stratum: Int, group: String) -> [CumulativeIncidenceCurve] {
    let range = table.strata[stratum]
    let slots = range.reversed().filter { table.slotTimes[$0].isFinite }
    let times = slots.map { table.slotTimes[$0] }
    func column(_ values: [Double]) -> [Double] { slots.map { values[$0] } }
    let (atRisk, all) = (column(counts.atRisk), column(counts.events))
    let survivors = column(counts.afterEvents)
    let byCause = eventsByCause(slots)
    let changes =
      variance == .robust
      ? RiskChanges(
        data: data, table: table, stratum: stratum, slots: slots, isReversed: false,
        continued: counts.continued) : nil
    let rows =
      range.isEmpty ? 0..<0 : table.slotStart[range.lowerBound]..<table.slotStart[range.upperBound]
    let subjectCount =
      data.subjects.map { subjects in
        Set(rows.map { subjects.codes[Int(table.order[$0])] }).count
      } ?? rows.count
    return causes.levels.indices.map { cause in
      let events = byCause[cause]
      let others = causes.levels.indices.reduce(into: [Double](repeating: 0, count: all.count)) {
        guard $1 != cause else { return }
        for index in all.indices { $0[index] += byCause[$1][index] }
      }
      let steps = IncidenceSteps(
        atRisk: atRisk, events: events, otherEvents: others, survivors: survivors)
      let influence = changes.map {
        IncidenceInfluence(changes: $0, causes: causes, cause: cause)
      }
      var (sum, otherShare) = (0.0, 0.0)
      return CumulativeIncidenceCurve(
        group: group, cause: causes.levels[cause], variance: variance,
        weightKind: data.weightKind, startTime: earliestStart(rows, times),
        rowCount: rows.count, subjectCount: subjectCount, times: times, atRisk: atRisk,
        events: events, otherEvents: others, censored: column(counts.censored),
        entered: column(counts.entered),
        probabilities: steps.steps.map { step in
          sum += step.increment
          otherShare += step.otherShare
          // Exactly 1 where everybody has had this event, in spite of rounding.
          return step.after == 0 && otherShare == 0 ? 1 : Swift.min(1, sum)
        },
        eventFree: steps.steps.map(\.after),
        variances: influence?.variances(steps)
          ?? steps.variances(variance == .aalen ? .aalen : .greenwood),
        survivors: survivors, influence: influence)
    }
  }

  /// The weight of the events of each cause at each slot.
  private func eventsByCause(_ slots: [Int]) -> [[Double]] {
    let weights = data.weights?.values
    var result = causes.levels.map { _ in [Double](repeating: 0, count: slots.count) }
    for (index, slot) in slots.enumerated() {
      for position in table.eventPositions(slot) {
        let row = Int(table.order[position])
        guard let cause = causes.codes[row] else { continue }
        result[cause][index] += weights?[row] ?? 1
      }
    }
    return result
  }

  /// The origin: 0, or the earliest entry or exit where that is earlier.
  private func earliestStart(_ rows: Range<Int>, _ times: [Double]) -> Double {
    var earliest = Swift.min(0, times.first ?? 0)
    if let entries = data.entries {
      for position in rows {
        let entry = entries[Int(table.order[position])]
        if entry.isFinite { earliest = Swift.min(earliest, entry) }
      }
    }
    return earliest
  }
}

/// The estimation of cumulative incidences from columns, whoever asks.
enum IncidenceFitting {
  static func curves(
    of data: SurvivalData, groupedBy grouping: Grouping, variance: CurveVariance
  ) throws(SurvivalError) -> (causes: [String], curves: [CumulativeIncidenceCurve]) {
    guard grouping.count == data.count else {
      throw SurvivalError(
        .mismatchedLengths,
        "the data have \(data.count) rows but the grouping has "
          + "\(grouping.count); both describe the same rows")
    }
    guard data.count > 0 else {
      throw SurvivalError(.noRows, "there are no rows to estimate a cumulative incidence from")
    }
    let causes = try data.knownCauses()
    guard !(variance == .aalen && data.weightKind == .probability) else {
      throw SurvivalError(
        .invalidArgument,
        "Aalen's variance counts events, which probability weights do not; use robust")
    }
    try data.checkEventsEnd()
    let table = RiskTable(data, strata: grouping)
    guard !table.order.isEmpty else { throw SurvivalError(.noRows, "every row has weight 0") }
    // With right-censored rows that are independent the two are the same number.
    let needsInfluence = data.asksForRobustVariance || data.entries != nil
    let automatic: CurveVariance = needsInfluence ? .robust : .greenwood
    let kernel = IncidenceKernel(
      data: data, causes: causes, table: table, counts: RiskCounts(table, data),
      variance: variance == .automatic ? automatic : variance)
    return (
      causes.levels,
      grouping.levels.indices.flatMap { kernel.curves(stratum: $0, group: grouping.levels[$0]) }
    )
  }
}

extension SurvivalData {
  /// Refuses a row that follows an event of its subject: a competing event ends a subject's history.
  func checkEventsEnd() throws(SurvivalError) {
    guard let subjects else { return }
    var end = [Double](repeating: .infinity, count: subjects.levels.count)
    for row in 0..<count where events[row] {
      end[subjects.codes[row]] = Swift.min(end[subjects.codes[row]], times[row])
    }
    let problems = (0..<count).filter { times[$0] > end[subjects.codes[$0]] }.map {
      let subject = subjects.codes[$0]
      return SurvivalError.RowProblem(
        index: $0, column: "time",
        found: "\(times[$0]) for subject \(subjects.levels[subject])",
        allowed: "no row after \(end[subject]), where the subject had an event")
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData,
        "\(problems.count) row(s) follow an event of their subject; a competing event is the last "
          + "thing that happens to a subject", problems: problems)
    }
  }
}
