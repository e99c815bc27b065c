// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// Survival at one endpoint, of everybody and by groups, with the test between the groups.
public struct SurvivalComparison<Group: Codable & Hashable & Sendable>: Codable, Hashable,
  Sendable
{
  /// The name of the endpoint.
  public let endpoint: String
  /// What the groups are, in words.
  public let grouping: String
  /// The curve of all who have a group.
  public let everybody: AnalysisPart<SurvivalCurves<String>>
  /// The curves of the groups.
  public let curves: AnalysisPart<SurvivalCurves<Group>>
  /// The numbers of the curves: everybody, named `all`, and then each group.
  public let summaries: [SurvivalSummary]
  /// The log-rank test between the groups; of each two of more than two, with Holm's adjustment.
  public let logRank: AnalysisPart<LogRankResult>
  /// For two groups: the second less the first in survival at each time of the tables, and in the
  /// mean survival time up to a limit.
  public let contrasts: [AnalysisPart<CurveContrast>]
}

/// The numbers of a survival curve.
public struct SurvivalSummary: Codable, Hashable, Sendable {
  /// Survival at one time.
  public struct Probability: Codable, Hashable, Sendable {
    /// The time, in the unit of the endpoint.
    public let time: Double
    /// How many are at risk just before the time.
    public let atRisk: Double
    /// The share that survives; `nil` beyond follow-up.
    public let estimate: Double?
    /// Its confidence interval; `nil` where there is none.
    public let interval: ConfidenceInterval?
  }

  /// The name of the group.
  public let group: String
  /// The number of subjects.
  public let subjectCount: Int
  /// The number of events.
  public let eventCount: Int
  /// The median survival time; its estimate is `nil` when it is not reached.
  public let median: QuantileEstimate
  /// Survival at the times of the tables.
  public let probabilities: [Probability]

  init(_ curve: SurvivalCurve, _ style: AnalysisStyle) {
    group = curve.group
    subjectCount = curve.subjectCount
    eventCount = Int(curve.eventCount.rounded())
    median = curve.median(level: style.level, style.interval)
    let times = style.times.sorted()
    probabilities = zip(times, curve.numbersAtRisk(at: times)).map { time, row in
      Probability(
        time: time, atRisk: row.atRisk, estimate: curve.probability(at: time),
        interval: curve.interval(at: time, level: style.level, style.interval))
    }
  }
}

/// How the numbers of every part are formed.
struct AnalysisStyle: Sendable {
  /// The times of the tables, in the unit of the endpoints.
  var times: [Double]
  /// Where mean survival times end; `nil` for where all curves are known.
  var restriction: Double?
  /// The level of confidence.
  var level: Double
  /// The scale of intervals for curves.
  var interval: CurveInterval
}

extension SurvivalComparison {
  /// Compares groups of records.
  static func of<Record>(
    _ records: [Record], _ endpoint: Endpoint<Record>, by grouping: String,
    _ group: @escaping @Sendable (Record) -> Group?, _ style: AnalysisStyle
  ) -> SurvivalComparison {
    let plan = KaplanMeier(endpoint: endpoint)
    let everybody = AnalysisPart { () throws(SurvivalError) in
      try plan.fitted(to: records.filter { group($0) != nil })
    }
    let curves = AnalysisPart { () throws(SurvivalError) in
      try plan.fitted(to: records, groupedBy: group)
    }
    let groups = curves.value?.groups ?? []
    return SurvivalComparison(
      endpoint: endpoint.name, grouping: grouping, everybody: everybody, curves: curves,
      summaries: ((everybody.value?.curves ?? []) + (curves.value?.curves ?? [])).map {
        SurvivalSummary($0, style)
      },
      logRank: AnalysisPart { () throws(SurvivalError) in
        try LogRankTest(endpoint: endpoint).applied(
          to: records, groupedBy: group, pairwise: groups.count > 2 ? .holm : nil)
      },
      contrasts: contrasts(curves, style))
  }

  /// The second group less the first, for two groups.
  static func contrasts(
    _ curves: AnalysisPart<SurvivalCurves<Group>>, _ style: AnalysisStyle
  ) -> [AnalysisPart<CurveContrast>] {
    guard let curves = curves.value, curves.groups.count == 2 else { return [] }
    let quantities =
      style.times.sorted().map { CurveQuantity.survival(at: $0) } + [
        .restrictedMean(upTo: style.restriction)
      ]
    return quantities.map { quantity in
      AnalysisPart { () throws(SurvivalError) in
        try curves.contrast(quantity, of: curves.groups[1], relativeTo: curves.groups[0])
      }
    }
  }
}
