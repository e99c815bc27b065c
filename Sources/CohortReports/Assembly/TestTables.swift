// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

extension StudyReport.Table {
  /// The log-rank test of all groups, and of each two where that was asked for.
  static func logRankTests(
    _ identifier: String, _ result: LogRankResult, _ title: String
  ) -> StudyReport.Table {
    var columns: [StudyReport.Column] = [
      .init("pValue", "p"), .init("statistic", "Chi-squared"), .init("degreesOfFreedom", "df"),
    ]
    if let adjustment = result.pairAdjustment {
      columns.insert(.init("adjustedPValue", "p, \(adjustment.title)"), at: 1)
    }
    func row(
      _ name: String, _ pValue: Double?, _ adjusted: Double?, _ statistic: Double?, _ df: Int
    ) -> StudyReport.Row {
      let adjustment: [StudyReport.Cell] =
        result.pairAdjustment == nil ? [] : [adjusted.map { .pValue($0) } ?? .empty]
      return StudyReport.Row(
        name,
        [.pValue(pValue)] + adjustment + [
          .number(statistic, .places(2)), statistic == nil ? .empty : .count(Double(df)),
        ])
    }
    let robust = result.isRobust ? ", robust variance" : ""
    return StudyReport.Table(
      identifier, caption: "\(title): \(result.weightFunction.title.lowercased())\(robust)",
      labelTitle: "Groups", columns: columns,
      rows: [
        row(
          result.groups.count == 2
            ? "\(result.groups[0].name) / \(result.groups[1].name)" : "All groups",
          result.pValue, nil, result.statistic, result.degreesOfFreedom)
      ]
        + result.pairs.map {
          row("\($0.first) / \($0.second)", $0.pValue, $0.adjustedPValue, $0.statistic, 1)
        })
  }

  /// The tests of proportional hazards, term by term.
  static func proportionalHazards(
    _ identifier: String, _ test: ProportionalHazardsTest, _ title: String
  ) -> StudyReport.Table {
    StudyReport.Table(
      identifier, caption: "\(title): tests of proportional hazards", labelTitle: "Term",
      columns: [
        .init("pValue", "p"), .init("statistic", "Chi-squared"), .init("degreesOfFreedom", "df"),
      ],
      rows: (test.terms + [test.global]).map {
        StudyReport.Row(
          $0.name == "GLOBAL" ? "all terms" : $0.name,
          [
            .pValue($0.test.pValue), .number($0.test.statistic, .places(2)),
            .count(Double($0.test.degreesOfFreedom)),
          ])
      },
      notes: [
        "Score tests that a coefficient does not change with time (transform \(test.transform)); "
          + "Grambsch & Therneau (1994). A small p speaks against proportional hazards."
      ])
  }

  /// Gray's tests, cause by cause.
  static func gray(
    _ identifier: String, _ result: GrayResult, _ title: String
  ) -> StudyReport.Table {
    StudyReport.Table(
      identifier, caption: "\(title): Gray's test", labelTitle: "Event",
      columns: [
        .init("pValue", "p"), .init("statistic", "Chi-squared"), .init("degreesOfFreedom", "df"),
        .init("events", "Events"),
      ],
      rows: result.tests.map { test in
        StudyReport.Row(
          test.cause,
          [
            .pValue(test.test?.pValue), .number(test.test?.statistic, .places(2)),
            test.test.map { .count(Double($0.degreesOfFreedom)) } ?? .empty,
            .count(test.events.reduce(0, +)),
          ])
      })
  }
}
