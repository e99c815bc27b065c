// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// Events that compete: incidences of everybody and by groups, tests, and models of each cause.
public struct CompetingRisks<Group: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
  /// What was found for one cause.
  public struct Cause: Codable, Hashable, Sendable {
    /// The name of the cause.
    public let name: String
    /// The incidence of everybody, named `all`, and of each group.
    public let summaries: [IncidenceSummary]
    /// Gray's test between the groups.
    public let grayTest: AnalysisPart<ChiSquaredTest>
    /// The Cox model of the cause's hazard, in which other events are censored: for what raises the
    /// rate.
    public let causeSpecific: AnalysisPart<HazardModel>
    /// The Fine–Gray model: for what raises the share that has the event.
    public let subdistribution: AnalysisPart<HazardModel>
  }

  /// The name of the endpoint.
  public let endpoint: String
  /// What the groups are, in words.
  public let grouping: String
  /// The incidences of all who have a group.
  public let everybody: AnalysisPart<CumulativeIncidenceCurves<String>>
  /// The incidences of the groups.
  public let curves: AnalysisPart<CumulativeIncidenceCurves<Group>>
  /// Gray's tests of all causes.
  public let gray: AnalysisPart<GrayResult>
  /// The causes, in order.
  public let causes: [Cause]
}

/// The numbers of a cumulative incidence.
public struct IncidenceSummary: Codable, Hashable, Sendable {
  /// The incidence by one time.
  public struct Probability: Codable, Hashable, Sendable {
    /// The time, in the unit of the endpoint.
    public let time: Double
    /// The share with the event by then; `nil` beyond follow-up.
    public let estimate: Double?
    /// Its confidence interval; `nil` where there is none.
    public let interval: ConfidenceInterval?
  }

  /// The name of the group.
  public let group: String
  /// The number of subjects.
  public let subjectCount: Int
  /// The number of events of the cause.
  public let eventCount: Int
  /// The incidence by the times of the tables.
  public let probabilities: [Probability]

  init(_ curve: CumulativeIncidenceCurve, _ style: AnalysisStyle) {
    group = curve.group
    subjectCount = curve.subjectCount
    eventCount = Int(curve.eventCount.rounded())
    probabilities = style.times.sorted().map { time in
      Probability(
        time: time, estimate: curve.probability(at: time),
        interval: curve.interval(at: time, level: style.level, style.interval))
    }
  }
}

extension CompetingRisks {
  /// Describes and compares causes of events, each given with the endpoint in which it alone is the
  /// event.
  static func of<Record, Cause: Hashable & Sendable>(
    _ records: [Record], _ endpoint: Endpoint<Record>, by grouping: String,
    _ group: @escaping @Sendable (Record) -> Group?,
    causes: [(cause: Cause, name: String, endpoint: Endpoint<Record>)],
    covariates: [Covariate<Record>], ties: TieMethod, _ style: AnalysisStyle
  ) -> CompetingRisks {
    let plan = CumulativeIncidence(endpoint: endpoint)
    let everybody = AnalysisPart { () throws(SurvivalError) in
      try plan.fitted(to: records.filter { group($0) != nil })
    }
    let curves = AnalysisPart { () throws(SurvivalError) in
      try plan.fitted(to: records, groupedBy: group)
    }
    let gray = AnalysisPart { () throws(SurvivalError) in
      try GrayTest(endpoint: endpoint).applied(to: records, groupedBy: group)
    }
    return CompetingRisks(
      endpoint: endpoint.name, grouping: grouping, everybody: everybody, curves: curves,
      gray: gray,
      causes: causes.map { entry in
        let all = everybody.value.map { $0[cause: entry.cause] } ?? []
        let grouped = curves.value.map { $0[cause: entry.cause] } ?? []
        return CompetingRisks.Cause(
          name: entry.name,
          summaries: (all + grouped).map { IncidenceSummary($0, style) },
          grayTest: gray.then { result throws(SurvivalError) in
            guard let test = result[cause: entry.cause] else {
              throw SurvivalError(
                .noEvents, "no event of the cause \(entry.name) tells the groups apart")
            }
            return test
          },
          causeSpecific: AnalysisPart { () throws(SurvivalError) in
            try HazardModel(
              CoxModel(endpoint: entry.endpoint, covariates: covariates, ties: ties), records,
              level: style.level)
          },
          subdistribution: AnalysisPart { () throws(SurvivalError) in
            try HazardModel(
              FineGrayModel(
                endpoint: endpoint, cause: entry.cause, covariates: covariates, ties: ties),
              records)
          })
      })
  }
}
