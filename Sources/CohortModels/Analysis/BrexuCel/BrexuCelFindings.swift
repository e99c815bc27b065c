// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// What the analysis of the study found, part by part.
public struct BrexuCelFindings: Codable, Hashable, Sendable {
  /// The plan that was followed.
  public let plan: BrexuCelAnalysis
  /// The study.
  public let study: Study
  /// The warnings about the data that were analysed, then what the rules for analysis data say of the
  /// two main endpoints, such as that somebody's duration is 0.
  public let warnings: [Finding]
  /// From apheresis to a remission without residual disease, of everybody.
  public let flow: PatientFlow
  /// The same by arm; those without a recorded exposure are in none.
  public let flowByArm: [PatientFlow]
  /// The first table: baseline characteristics of the infused, overall and by arm.
  public let baseline: AnalysisPart<BaselineResult>
  /// The exposure of the exposed: doses, timing, and response to inotuzumab.
  public let exposure: AnalysisPart<BaselineResult>
  /// Remission and residual disease on day 28, by arm.
  public let responses: [RateComparison]
  /// Toxicity and its treatment, by arm.
  public let toxicities: [RateComparison]
  /// Days to the onset of toxicities and their duration, overall and by arm; those without a toxicity
  /// count as missing.
  public let toxicityTimes: AnalysisPart<BaselineResult>
  /// Consolidation of those in remission, by arm.
  public let consolidationRates: [RateComparison]
  /// Follow-up by the reverse Kaplan–Meier method, overall and by arm.
  public let followUp: AnalysisPart<[FollowUpSummary]>
  /// Progression-free survival.
  public let progressionFreeSurvival: StudyEndpointFindings
  /// Overall survival.
  public let overallSurvival: StudyEndpointFindings
  /// Consolidation as a covariate that changes with time, and from landmarks.
  public let consolidation: ConsolidationFindings
  /// Relapse or progression, and death without it.
  public let competingRisks: CompetingRisks<InotuzumabArm>
  /// Who had inotuzumab, and how alike the arms are with and without weights.
  public let propensity: AnalysisPart<PropensityFindings>
  /// The exposure under other definitions, models and choices.
  public let sensitivity: [SensitivityFinding]
  /// The adjusted exposure in progression-free survival without each hospital in turn, in the order of
  /// their names.
  public let leaveOneSiteOut: [SiteLeftOut]
}

/// What was found for one endpoint of the study.
public struct StudyEndpointFindings: Codable, Hashable, Sendable {
  /// The endpoint.
  public let parameter: SurvivalParameter
  /// Exposed and naive.
  public let byArm: SurvivalComparison<InotuzumabArm>
  /// Among the exposed: who had responded to inotuzumab, and who had not.
  public let byInotuzumabResponse: SurvivalComparison<InotuzumabResponse>
  /// Among the exposed: inotuzumab as bridging, or before apheresis only.
  public let byInotuzumabTiming: SurvivalComparison<InotuzumabTiming>
  /// A model for the exposure and for each characteristic alone.
  public let univariable: [UnivariableModel]
  /// The prespecified model.
  public let multivariable: AnalysisPart<HazardModel>
  /// The exposure in the model without covariates.
  public let unadjusted: AnalysisPart<HazardEffect>
  /// The exposure in the prespecified model.
  public let adjusted: AnalysisPart<HazardEffect>
  /// How strong an unmeasured confounder would have to be to explain the unadjusted effect away.
  public let unadjustedEValue: AnalysisPart<EValue>
  /// The same for the adjusted effect.
  public let adjustedEValue: AnalysisPart<EValue>
  /// The exposure in subgroups.
  public let subgroups: [SubgroupEffects]
  /// The arms weighted to be alike, by propensity scores.
  public let weighted: WeightedFindings
  /// The survival of all had they all been exposed, and naive, from the prespecified model.
  public let standardized: AnalysisPart<StandardizedFindings>
}

/// A model with one characteristic.
public struct UnivariableModel: Codable, Hashable, Sendable {
  /// The characteristic.
  public let characteristic: BaselineCharacteristic
  /// The model.
  public let model: AnalysisPart<HazardModel>
}
