// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// How long subjects were followed: quantiles of the reverse Kaplan–Meier curve.
///
/// Censoring plays the event, so that a death does not count as short follow-up: Schemper & Smith
/// (1996), doi:10.1016/0197-2456(96)00075-X.
public struct FollowUpSummary: Codable, Hashable, Sendable {
  /// The name of the group; `all` for everybody.
  public let group: String
  /// The number of subjects.
  public let subjectCount: Int
  /// The time by which a quarter would have been censored.
  public let firstQuartile: QuantileEstimate
  /// The median follow-up.
  public let median: QuantileEstimate
  /// The time by which three quarters would have been censored.
  public let thirdQuartile: QuantileEstimate
  /// The longest time observed.
  public let longest: Double?

  private init(_ curve: SurvivalCurve, _ style: AnalysisStyle) {
    group = curve.group
    subjectCount = curve.subjectCount
    func quantile(_ probability: Double) -> QuantileEstimate {
      curve.quantile(probability, level: style.level, style.interval)
    }
    (firstQuartile, median, thirdQuartile) = (quantile(0.25), quantile(0.5), quantile(0.75))
    longest = curve.lastTime
  }

  /// The follow-up of everybody and of each group.
  static func of<Record, Group: Hashable & Sendable>(
    _ records: [Record], _ endpoint: Endpoint<Record>,
    by group: @escaping @Sendable (Record) -> Group?, _ style: AnalysisStyle
  ) -> AnalysisPart<[FollowUpSummary]> {
    AnalysisPart { () throws(SurvivalError) in
      let plan = KaplanMeier(endpoint: endpoint, isReversed: true)
      let all = try plan.fitted(to: records).curves
      let grouped = (try? plan.fitted(to: records, groupedBy: group))?.curves ?? []
      return (all + grouped).map { FollowUpSummary($0, style) }
    }
  }
}
