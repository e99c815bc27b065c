// SPDX-License-Identifier: Apache-2.0

internal import CohortReports
internal import SurvivalKit

/// A test of the log-rank family as text, JSON and CSV.
struct LogRankReport: Report {
  let result: LogRankResult
  let showsTrend: Bool

  /// The test as text of at most 80 columns.
  var text: String { result.text(showsTrend: showsTrend) }

  /// The test as JSON; `trend` and `pairwise` are `null` unless they were asked for.
  var json: JSON {
    .object(
      [("weightFunction", .string(result.weightFunction.name))] + members(of: result.overall) + [
        (
          "groups",
          .array(
            result.groups.map { group in
              .object([
                ("name", .string(group.name)), ("subjects", .integer(group.rowCount)),
                ("observed", .number(group.observed)), ("expected", .number(group.expected)),
              ])
            })
        ),
        ("trend", showsTrend ? result.trend.map { .object(members(of: $0)) } ?? .null : .null),
        ("pairwise", result.pairAdjustment == nil ? .null : .array(result.pairs.map(json))),
      ])
  }

  private func members(of test: ChiSquaredTest) -> [(key: String, value: JSON)] {
    [
      ("statistic", .number(test.statistic)),
      ("degreesOfFreedom", .integer(test.degreesOfFreedom)), ("pValue", .number(test.pValue)),
    ]
  }

  private func json(of pair: LogRankResult.Pair) -> JSON {
    .object([
      ("first", .string(pair.first)), ("second", .string(pair.second)),
      ("statistic", .number(pair.statistic)), ("pValue", .number(pair.pValue)),
      ("adjustedPValue", .number(pair.adjustedPValue)),
    ])
  }

  /// The pairs as CSV when they were asked for; otherwise the groups, with the test in every row.
  var csv: CSVText {
    guard result.pairAdjustment == nil else {
      var text = CSVText(header: ["first", "second", "statistic", "pValue", "adjustedPValue"])
      for pair in result.pairs {
        text.append([
          .text(pair.first), .text(pair.second), .number(pair.statistic), .number(pair.pValue),
          .number(pair.adjustedPValue),
        ])
      }
      return text
    }
    var text = CSVText(header: [
      "name", "subjects", "observed", "expected", "statistic", "degreesOfFreedom", "pValue",
    ])
    for group in result.groups {
      text.append([
        .text(group.name), .number(Double(group.rowCount)), .number(group.observed),
        .number(group.expected), .number(result.statistic),
        .number(Double(result.degreesOfFreedom)), .number(result.pValue),
      ])
    }
    return text
  }
}
