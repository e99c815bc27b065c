// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit
internal import SurvivalPlots

extension Presentation {
  /// Curves of groups with their numbers, their test and their differences; the names of tables and
  /// figures begin with the key.
  func blocks<Group>(
    _ key: String, _ comparison: SurvivalComparison<Group>
  ) -> [StudyReport.Block] {
    let title = "\(comparison.endpoint.capitalizedStart) by \(comparison.grouping)"
    var blocks = comparison.curves.blocks(title) { curves in
      [.figure(figure("\(key)-curves", caption: title, curves, test: comparison.logRank.value))]
    }
    if !comparison.summaries.isEmpty {
      let label = comparison.grouping.capitalizedStart
      blocks += [
        .table(
          summary(
            "\(key)-summary", comparison.summaries, comparison.logRank.value, title, label)),
        .table(probabilities("\(key)-probabilities", comparison.summaries, title, label)),
      ]
    }
    blocks += comparison.logRank.blocks("Log-rank test, \(title)") { test in
      [.table(.logRankTests("\(key)-tests", test, title))]
    }
    return blocks + contrasts("\(key)-contrasts", comparison.contrasts, title)
  }

  /// Curves with bands and the numbers under their axis, and their steps for the files of numbers.
  func figure<Group>(
    _ identifier: String, caption: String, _ curves: SurvivalCurves<Group>,
    test: LogRankResult? = nil
  ) -> StudyReport.Figure {
    var drawing = SurvivalPlot(curves, test: test)
    drawing.timeUnit = unit
    drawing.level = level
    drawing.interval = interval
    return StudyReport.Figure(
      identifier, caption: caption, drawing: drawing,
      data: steps("\(identifier)-steps", caption, curves))
  }

  /// log(−log S) against log time.
  func logLogFigure<Group>(
    _ identifier: String, _ curves: SurvivalCurves<Group>
  ) -> StudyReport.Figure {
    var drawing = LogLogPlot(curves)
    drawing.timeUnit = unit
    return StudyReport.Figure(
      identifier,
      caption: "log(−log S) of \(curves.endpoint): parallel where hazards are proportional",
      drawing: drawing)
  }

  /// For each group its size, its events, those expected, and the median with its limits.
  func summary(
    _ identifier: String, _ summaries: [SurvivalSummary], _ test: LogRankResult?, _ title: String,
    _ label: String
  ) -> StudyReport.Table {
    var notes = [String]()
    if summaries.contains(where: { $0.median.estimate == nil || $0.median.upper == nil }) {
      notes.append("NR: not reached within follow-up.")
    }
    if test != nil { notes.append("Expected: if all groups had the same hazard.") }
    return StudyReport.Table(
      identifier, caption: "\(title): events and medians", labelTitle: label,
      columns: [
        .init("median", withInterval("Median, \(unit.rawValue)")), .init("subjects", "Patients"),
        .init("events", "Events"),
      ] + (test == nil ? [] : [.init("expected", "Expected events")]),
      rows: summaries.map { summary in
        let expected = test?.groups.first { $0.name == summary.group }?.expected
        return StudyReport.Row(
          summary.group.groupName,
          [
            .quantile(summary.median), .count(Double(summary.subjectCount)),
            .count(Double(summary.eventCount)),
            expected.map { .number($0, .places(1)) } ?? .empty,
          ])
      }, notes: notes)
  }

  /// Survival with limits and numbers at risk at the times of the plan.
  func probabilities(
    _ identifier: String, _ summaries: [SurvivalSummary], _ title: String, _ label: String
  ) -> StudyReport.Table {
    StudyReport.Table(
      identifier, caption: "\(title), at given times", labelTitle: "\(label), \(unit.rawValue)",
      columns: [.init("survival", withInterval("Survival")), .init("atRisk", "At risk")],
      rows: summaries.map { summary in
        StudyReport.Row(
          summary.group.groupName,
          children: summary.probabilities.map {
            StudyReport.Row(
              time($0.time),
              [.estimate($0.estimate, $0.interval, .percent(1)), .count($0.atRisk)])
          })
      }, notes: ["At risk: just before the time."])
  }

  /// Differences between two groups in survival at a time and in mean survival time.
  func contrasts(
    _ identifier: String, _ contrasts: [AnalysisPart<CurveContrast>], _ title: String
  ) -> [StudyReport.Block] {
    let found = contrasts.compactMap(\.value)
    let reasons = contrasts.compactMap(\.reason).map { "Not estimated: \($0.message)." }
    guard let first = found.first else {
      return reasons.map { .note(.refusal, "\(title), difference of the groups. \($0)") }
    }
    return [
      .table(
        StudyReport.Table(
          identifier, caption: "\(title): \(first.group) less \(first.reference)",
          labelTitle: "Quantity",
          columns: [
            .init("difference", withInterval("Difference")), .init("pValue", "p"),
            .init("group", first.group.capitalizedStart),
            .init("reference", first.reference.capitalizedStart),
          ],
          rows: found.map { contrast in
            let style = contrast.quantity.style
            return StudyReport.Row(
              words(contrast.quantity).capitalizedStart,
              [
                .estimate(contrast.estimate, contrast.interval(level: level), style),
                .pValue(contrast.pValue), .number(contrast.groupEstimate, style),
                .number(contrast.referenceEstimate, style),
              ])
          }, notes: reasons))
    ]
  }

  /// A quantity of a curve in words, with the unit of time.
  func words(_ quantity: CurveQuantity) -> String {
    if case .restrictedMean(nil) = quantity { return quantity.title }
    return "\(quantity.title) \(unit.rawValue)"
  }

  /// All steps of curves, for the files of numbers.
  private func steps<Group>(
    _ identifier: String, _ title: String, _ curves: SurvivalCurves<Group>
  ) -> StudyReport.Table {
    StudyReport.Table(
      identifier, caption: "\(title): steps of the curves", labelTitle: "Group",
      columns: [
        .init("time", "Time"), .init("atRisk", "At risk"), .init("events", "Events"),
        .init("censored", "Censored"), .init("survival", "Survival"),
        .init("standardError", "Standard error"),
        .init("cumulativeHazard", "Cumulative hazard"),
      ],
      rows: curves.curves.flatMap { curve in
        let limits = curve.intervals(level: level, interval)
        let errors = curve.standardErrors
        return curve.times.indices.map { i in
          StudyReport.Row(
            curve.group,
            [
              .number(curve.times[i], .digits(6)), .count(curve.atRisk[i]),
              .count(curve.events[i]), .count(curve.censored[i]),
              .estimate(curve.survival[i], limits[i], .percent(1)),
              .number(errors[i], .digits(4)), .number(curve.cumulativeHazard[i], .digits(4)),
            ])
        }
      })
  }
}

extension CurveQuantity {
  /// How numbers of the quantity are shown.
  var style: StudyReport.NumberStyle {
    if case .survival = self { .percent(1) } else { .places(2) }
  }
}
