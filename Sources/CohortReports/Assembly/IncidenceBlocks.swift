// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit
internal import SurvivalPlots

extension Presentation {
  /// Events that compete: incidences of everybody and of groups, tests, and models of each cause.
  func blocks<Group>(_ key: String, _ risks: CompetingRisks<Group>) -> [StudyReport.Block] {
    let title = "Cumulative incidence by \(risks.grouping)"
    var blocks = risks.everybody.blocks("Cumulative incidence of everybody") { curves in
      [.figure(stackedFigure("\(key)-stacked", "What happened first, of everybody", curves))]
    }
    blocks += risks.curves.blocks(title) { curves in
      [.figure(figure("\(key)-curves", title, curves, test: risks.gray.value))]
    }
    for cause in risks.causes where !cause.summaries.isEmpty {
      blocks.append(
        .table(
          incidences(
            "\(key)-\(cause.name.key)", cause.summaries, cause.name.capitalizedStart,
            risks.grouping.capitalizedStart)))
    }
    blocks += risks.gray.blocks("Gray's test") { [.table(.gray("\(key)-gray", $0, title))] }
    for cause in risks.causes {
      blocks.append(.heading("Models of \(cause.name)"))
      let models = [
        (
          "cause-specific", "Cause-specific Cox model of \(cause.name)", "hazard ratio",
          cause.causeSpecific
        ),
        (
          "subdistribution", "Fine–Gray model of \(cause.name)", "subdistribution hazard ratio",
          cause.subdistribution
        ),
      ]
      for (kind, title, ratio, model) in models {
        blocks += model.blocks(title) { model in
          [.table(table("\(key)-\(cause.name.key)-\(kind)", model, title, ratio: ratio))]
            + doubts(model)
        }
      }
    }
    return blocks
  }

  /// The incidence of each cause in each group, as lines.
  func figure<Group>(
    _ identifier: String, _ caption: String, _ curves: CumulativeIncidenceCurves<Group>,
    test: GrayResult? = nil
  ) -> StudyReport.Figure {
    var drawing = CumulativeIncidencePlot(curves, test: test)
    drawing.timeUnit = unit
    drawing.level = level
    return StudyReport.Figure(
      identifier, caption: caption, drawing: drawing,
      data: steps("\(identifier)-steps", caption, curves))
  }

  /// The incidences of everybody, one upon another.
  private func stackedFigure(
    _ identifier: String, _ caption: String, _ curves: CumulativeIncidenceCurves<String>
  ) -> StudyReport.Figure {
    let group = curves.groups.first ?? "all"
    guard var drawing = try? CumulativeIncidencePlot(stacking: curves, of: group) else {
      return figure(identifier, caption, curves)
    }
    drawing.timeUnit = unit
    return StudyReport.Figure(
      identifier, caption: caption, drawing: drawing,
      data: steps("\(identifier)-steps", caption, curves))
  }

  /// The incidence of a cause by the times of the plan.
  private func incidences(
    _ identifier: String, _ summaries: [IncidenceSummary], _ title: String, _ label: String
  ) -> StudyReport.Table {
    StudyReport.Table(
      identifier, caption: "\(title): cumulative incidence",
      labelTitle: "\(label), \(unit.rawValue)",
      columns: [
        .init("incidence", withInterval("Incidence")), .init("events", "Events"),
        .init("subjects", "Patients"),
      ],
      rows: summaries.map { summary in
        StudyReport.Row(
          summary.group.groupName,
          [.empty, .count(Double(summary.eventCount)), .count(Double(summary.subjectCount))],
          children: summary.probabilities.map {
            StudyReport.Row(time($0.time), [.estimate($0.estimate, $0.interval, .percent(1))])
          })
      })
  }

  /// All steps of incidences, for the files of numbers.
  private func steps<Group>(
    _ identifier: String, _ title: String, _ curves: CumulativeIncidenceCurves<Group>
  ) -> StudyReport.Table {
    StudyReport.Table(
      identifier, caption: "\(title): steps of the curves", labelTitle: "Group",
      columns: [
        .init("cause", "Event", isText: true), .init("time", "Time"), .init("atRisk", "At risk"),
        .init("events", "Events"), .init("incidence", "Incidence"),
        .init("standardError", "Standard error"),
      ],
      rows: curves.curves.flatMap { curve in
        let limits = curve.intervals(level: level, interval)
        let errors = curve.standardErrors
        return curve.times.indices.map { i in
          StudyReport.Row(
            curve.group,
            [
              .text(curve.cause), .number(curve.times[i], .digits(6)), .count(curve.atRisk[i]),
              .count(curve.events[i]),
              .estimate(curve.probabilities[i], limits[i], .percent(1)),
              .number(errors[i], .digits(4)),
            ])
        }
      })
  }
}
