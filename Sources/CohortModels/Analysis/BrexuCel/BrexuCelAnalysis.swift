// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// The plan of the study's analysis: every choice by name, with its default.
///
/// ```swift
/// let findings = BrexuCelAnalysis().applied(to: cohort)
/// findings.progressionFreeSurvival.byArm.summaries
/// ```
///
/// The plan is a value that can be changed, printed and stored before any data are seen. Applying it
/// never fails as a whole: a part that a cohort does not support says why (``AnalysisPart``).
///
/// The total effect of the exposure is asked about: covariates are what was known before infusion, and
/// consolidation, which the exposure may influence, has models of its own.
public struct BrexuCelAnalysis: Codable, Hashable, Sendable {
  /// What the definitions of the endpoints leave open.
  public var policies = EndpointPolicies()
  /// The times of tables of survival and incidence, in months.
  public var tableMonths: [Double] = [6, 12, 24]
  /// Where mean survival times end, in months.
  public var restrictionMonths = 12.0
  /// The level of confidence of every interval.
  public var confidenceLevel = 0.95
  /// The scale of intervals for curves; R's default.
  public var curveInterval = CurveInterval.log
  /// How tied events are treated.
  public var ties = TieMethod.efron
  /// The rows of the first table.
  public var baseline: [BaselineCharacteristic] = BaselineCharacteristic.allCases.filter {
    $0 != .inotuzumab
  }
  /// The characteristics with a model of their own, beside the exposure.
  public var univariable: [BaselineCharacteristic] = [
    .age, .sex, .raceEthnicity, .philadelphia, .priorLines, .priorTransplant, .priorBlinatumomab,
    .activeMarrow, .extramedullaryDisease, .cnsDisease, .bridging, .remissionAtInfusion,
  ]
  /// The characteristics in the multivariable models, beside the exposure [A].
  ///
  /// Few, for the sake of the number of events: with the exposure six degrees of freedom.
  public var covariates: [BaselineCharacteristic] = [
    .activeMarrow, .priorLines, .age, .philadelphia, .priorTransplant,
  ]
  /// The covariates of the models of relapse and of non-relapse mortality, beside the exposure: fewer,
  /// since either cause has only a part of the events [A].
  public var competingCovariates: [BaselineCharacteristic] = [.activeMarrow, .priorLines]
  /// What may have influenced who had inotuzumab, for propensity scores [A].
  public var propensityCovariates: [BaselineCharacteristic] = [
    .activeMarrow, .priorLines, .age, .philadelphia, .priorTransplant, .priorBlinatumomab,
    .cnsDisease, .extramedullaryDisease,
  ]
  /// Whose effect the weighted curves show.
  public var propensityTarget = PropensityTarget.everyone
  /// The share of propensity weights that is cut back at either end.
  public var propensityTruncation = 0.01
  /// The characteristics by which the effect of the exposure is looked at in subgroups.
  public var subgroups: [BaselineCharacteristic] = [
    .age, .sex, .philadelphia, .priorLines, .priorTransplant, .priorBlinatumomab, .activeMarrow,
    .cnsDisease, .remissionAtInfusion,
  ]
  /// The landmark of the analysis of consolidation, in days from infusion.
  public var landmarkDays = 73
  /// Other landmarks, to see what hangs on the choice.
  public var otherLandmarkDays = [60, 100]
  /// The variants of the analysis.
  public var variants: [SensitivityVariant] = SensitivityVariant.standard
  /// How many hospitals are left out in turn at most, those with the most subjects; 0 for none.
  public var sitesLeftOut = 40

  /// The plan with its defaults.
  public init() {}

  /// A time in months in the unit of the policies.
  func time(months: Double) -> Double {
    policies.unit == .months
      ? months : months * EndpointPolicies.TimeUnit.months.days / policies.unit.days
  }

  var style: AnalysisStyle {
    AnalysisStyle(
      times: tableMonths.map(time), restriction: time(months: restrictionMonths),
      level: confidenceLevel, interval: curveInterval)
  }

  /// The name of the exposure as a term of every model.
  public static let exposure = BaselineCharacteristic.inotuzumab.termName
  /// The name of consolidation as a term of a model.
  public static let consolidation = "consolidation"
}
