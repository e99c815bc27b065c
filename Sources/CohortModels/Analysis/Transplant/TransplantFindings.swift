// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// What the analysis of the transplant cohort found, part by part.
public struct TransplantFindings: Codable, Hashable, Sendable {
  /// What was found for one endpoint.
  public struct EndpointFindings: Codable, Hashable, Sendable {
    /// The curves of the risk groups, and the log-rank test of all of them and of each two.
    public let byRiskGroup: SurvivalComparison<RiskGroup>
    /// The Cox model with risk group, ages and FAB type.
    public let multivariable: AnalysisPart<HazardModel>
  }

  /// The plan that was followed.
  public let plan: TransplantAnalysis
  /// The number of patients.
  public let patientCount: Int
  /// The first table: baseline characteristics, overall and by risk group.
  public let baseline: AnalysisPart<BaselineResult>
  /// Follow-up by the reverse Kaplan–Meier method, overall and by risk group.
  public let followUp: AnalysisPart<[FollowUpSummary]>
  /// What was found for survival without relapse.
  public let diseaseFreeSurvival: EndpointFindings
  /// What was found for survival.
  public let overallSurvival: EndpointFindings
  /// Relapse, and death in remission.
  public let competingRisks: CompetingRisks<RiskGroup>
}
