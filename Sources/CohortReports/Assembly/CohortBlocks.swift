// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit
internal import SurvivalPlots

extension Presentation {
  /// The table of baseline characteristics.
  func table(_ identifier: String, _ baseline: BaselineResult, _ title: String)
    -> StudyReport.Table
  {
    let compares = baseline.comparesGroups
    let columns =
      baseline.columns.enumerated().map { position, column in
        StudyReport.Column("group\(position)", column.name.groupName)
      }
      + (compares
        ? [.init("pValue", "p"), .init("standardizedDifference", "SMD")] : [])
    var rows = [StudyReport.Row("Patients", baseline.columns.map { .count(Double($0.rowCount)) })]
    for variable in baseline.variables {
      let comparison: [StudyReport.Cell] =
        compares
        ? [
          .pValue(variable.comparison?.pValue),
          .number(variable.standardizedDifference, .places(2)),
        ] : []
      let empty = [StudyReport.Cell](repeating: .empty, count: baseline.columns.count)
      var row: StudyReport.Row
      switch variable.summary {
      case .numeric(let summaries):
        row = StudyReport.Row(variable.name, empty + comparison)
        row.children = [
          StudyReport.Row(
            "median (quartiles)",
            summaries.map {
              .median(
                $0.median, firstQuartile: $0.firstQuartile, thirdQuartile: $0.thirdQuartile,
                .digits(4))
            }),
          StudyReport.Row(
            "range", summaries.map { .range($0.minimum, $0.maximum, .digits(4)) }),
        ]
      case .indicator(let counts, let totals):
        row = StudyReport.Row(
          variable.name, zip(counts, totals).map { .share($0, of: $1) } + comparison)
      case .category(let levels, let counts):
        let totals = zip(baseline.columns, variable.missingCounts).map { $0.rowCount - $1 }
        row = StudyReport.Row(variable.name, empty + comparison)
        row.children = zip(levels, counts).map { level, counts in
          StudyReport.Row(level, zip(counts, totals).map { .share($0, of: $1) })
        }
      }
      if variable.missingCounts.contains(where: { $0 > 0 }) {
        row.children.append(
          StudyReport.Row("missing", variable.missingCounts.map { .count(Double($0)) }))
      }
      rows.append(row)
    }
    return StudyReport.Table(
      identifier, caption: title, labelTitle: "Characteristic", columns: columns, rows: rows,
      notes: notes(baseline))
  }

  private func notes(_ baseline: BaselineResult) -> [String] {
    var notes = [
      "Shares are of those with a value. \(baseline.exclusions.description.capitalizedStart)."
    ]
    guard baseline.comparesGroups else { return notes }
    for test in BaselineComparison.Test.allCases {
      let names = baseline.variables.filter { $0.comparison?.test == test }.map(\.name)
      if !names.isEmpty { notes.append("\(test.title): \(names.joined(separator: "; ")).") }
    }
    for variable in baseline.variables {
      if let note = variable.note { notes.append("\(variable.name): no test, since \(note).") }
    }
    notes.append(
      baseline.columns.count > 3
        ? "SMD: the largest standardized difference between two groups."
        : "SMD: the standardized difference, first group less second. P-values say nothing of how "
          + "alike groups are; an SMD beyond 0.1 is commonly called an imbalance.")
    return notes
  }

  /// Follow-up by the reverse Kaplan–Meier method.
  func table(_ identifier: String, _ followUp: [FollowUpSummary]) -> StudyReport.Table {
    StudyReport.Table(
      identifier, caption: "Follow-up, \(unit.rawValue)", labelTitle: "Group",
      columns: [
        .init("median", withInterval("Median")), .init("firstQuartile", "First quartile"),
        .init("thirdQuartile", "Third quartile"), .init("longest", "Longest"),
        .init("subjects", "Patients"),
      ],
      rows: followUp.map {
        StudyReport.Row(
          $0.group.groupName,
          [
            .quantile($0.median), .number($0.firstQuartile.estimate, .digits(4)),
            .number($0.thirdQuartile.estimate, .digits(4)), .number($0.longest, .digits(4)),
            .count(Double($0.subjectCount)),
          ])
      },
      notes: [
        "Reverse Kaplan–Meier: censoring is the event, so that a death does not count as short "
          + "follow-up (Schemper & Smith 1996). Longest: the longest time observed."
      ])
  }

  /// How often properties occur, of everybody and by groups.
  func table(
    _ identifier: String, _ rates: [RateComparison], _ title: String
  ) -> StudyReport.Table {
    StudyReport.Table(
      identifier, caption: title, labelTitle: "Property",
      columns: [
        .init("count", "Count"), .init("share", withInterval("Share")),
        .init("exact", "Exact interval", isDetail: true),
        .init("difference", withInterval("Difference")), .init("pValue", "p"),
        .init("missing", "Not known"),
      ],
      rows: rates.map { rate in
        let difference = rate.difference.map {
          StudyReport.Cell.estimate($0.estimate, $0.interval, .percent(1))
        }
        return StudyReport.Row(
          "\(rate.name), of \(rate.population)",
          cells(rate.everybody, [difference ?? .empty, .pValue(rate.fisher.value?.pValue)]),
          children: rate.groups.map { StudyReport.Row($0.group, cells($0, [.empty, .empty])) })
      },
      notes: [
        "Intervals of shares are Wilson's, those of differences (second group less first) Newcombe's; "
          + "p is that of Fisher's exact test. Shares are of those of whom the property is known."
      ])
  }

  private func cells(_ rate: Rate, _ comparison: [StudyReport.Cell]) -> [StudyReport.Cell] {
    let known: [StudyReport.Cell] =
      rate.proportion.map {
        [
          .fraction($0.count, of: $0.total), .estimate($0.estimate, rate.wilson, .percent(1)),
          .estimate($0.estimate, rate.exact, .percent(1)),
        ]
      } ?? [.empty, .empty, .empty]
    return known + comparison + [.count(Double(rate.missingCount))]
  }

  /// What validation found, as counts by rule and one by one.
  func blocks(_ key: String, _ findings: [Finding]) -> [StudyReport.Block] {
    guard !findings.isEmpty else { return [.paragraph("There is no warning either.")] }
    let rules = ValidationRule.allCases.compactMap { rule -> StudyReport.Row? in
      let own = findings.filter { $0.rule == rule }
      guard let first = own.first else { return nil }
      return StudyReport.Row(first.code, [.count(Double(own.count)), .text(rule.statement)])
    }
    let limit = 100
    let shown = findings.prefix(limit)
    let rest = findings.count - shown.count
    return [
      .table(
        StudyReport.Table(
          "\(key)-rules", caption: "Findings of validation, by rule", labelTitle: "Rule",
          columns: [.init("count", "Findings"), .init("statement", "The rule", isText: true)],
          rows: rules)),
      .table(
        StudyReport.Table(
          "\(key)-findings", caption: "Findings of validation, one by one", labelTitle: "Rule",
          columns: [
            .init("subject", "Subject", isText: true), .init("column", "Column", isText: true),
            .init("found", "Found", isText: true), .init("allowed", "Allowed", isText: true),
          ],
          rows: shown.map {
            StudyReport.Row(
              $0.code,
              [.text($0.subjectID), .text($0.column), .text($0.found), .text($0.allowed)])
          },
          notes: rest > 0
            ? [
              "\(rest) more: survival cohort validate and survival cohort adtte list all."
            ] : [])),
    ]
  }
}
