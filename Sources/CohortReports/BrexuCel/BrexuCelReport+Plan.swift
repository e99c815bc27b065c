// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit
internal import SurvivalPlots

extension BrexuCelReport {
  /// The plan that was followed, choice by choice.
  var planned: StudyReport.Section {
    let policies = plan.policies
    func list(_ characteristics: [BaselineCharacteristic]) -> String {
      characteristics.map(\.label).joined(separator: "; ")
    }
    func number(_ value: Double) -> String { NumberFormatting.significant(value, digits: 6) }
    let landmarks = plan.otherLandmarkDays.map { "\($0)" }.joined(separator: " and ")
    let definitions = [
      StudyReport.Definition(
        "Question",
        "Whether prior inotuzumab ozogamicin has an effect on survival after brexucabtagene autoleucel. The "
          + "total effect is asked about: covariates are what was known before infusion, and "
          + "consolidation, which the exposure may influence, has models of its own."),
      StudyReport.Definition(
        "Endpoints",
        "From the day of infusion. Overall survival: death of any cause. Progression-free survival: "
          + "relapse, progression or death; not censored at transplant or maintenance. "
          + "\(policies.nonResponse.words) \(policies.censoring.words) "
          + (policies.countsMolecularRelapse
            ? "The return of residual disease alone is a relapse."
            : "The return of residual disease alone is no relapse.")),
      StudyReport.Definition(
        "Time",
        "Durations are \(policies.duration.words), in \(policies.unit.rawValue) of "
          + "\(number(policies.unit.days)) days. Events after the data lock do not count. Tables show "
          + "\(plan.tableMonths.map(number).joined(separator: ", ")) months; mean survival times end at "
          + "\(number(plan.restrictionMonths)) months."),
      StudyReport.Definition(
        "Remission",
        "By the \(policies.criteria.words); the assessment of day 28 is the one nearest to it within days "
          + "\(policies.day28Window.lowerBound) to \(policies.day28Window.upperBound)."),
      StudyReport.Definition("Univariable models", list([.inotuzumab] + plan.univariable) + "."),
      StudyReport.Definition(
        "Multivariable models",
        list([.inotuzumab] + plan.covariates) + ". Ties by the method of \(plan.ties.title)."),
      StudyReport.Definition(
        "Models of competing events", list([.inotuzumab] + plan.competingCovariates) + "."),
      StudyReport.Definition(
        "Propensity scores",
        list(plan.propensityCovariates) + ". Target: \(plan.propensityTarget.words); "
          + "\(NumberFormatting.percent(plan.propensityTruncation)) of weights cut back at either end."
      ),
      StudyReport.Definition("Subgroups", list(plan.subgroups) + "."),
      StudyReport.Definition(
        "Landmarks",
        "Day \(plan.landmarkDays), the median time to transplant in reports on such patients"
          + (landmarks.isEmpty ? "." : "; to see what hangs on the choice, also \(landmarks).")),
      StudyReport.Definition(
        "Sensitivity analyses",
        plan.variants.map(\.words).joined(separator: "; ")
          + (plan.sitesLeftOut > 0
            ? "; without each hospital in turn, at most the \(plan.sitesLeftOut) largest." : ".")),
      StudyReport.Definition(
        "Intervals",
        "Level \(NumberFormatting.percent(plan.confidenceLevel)); those of curves on the "
          + "\(plan.curveInterval.title) scale."),
    ]
    return StudyReport.Section("plan", title: "The plan", blocks: [.definitions(definitions)])
  }
}

extension EndpointPolicies.NonResponse {
  fileprivate var words: String {
    switch self {
    case .eventAtNextProgressionOrDeath:
      "Without a remission on day 28 the event is the next progression, or death."
    case .eventAtAssessment: "No remission on day 28 is an event on the day of the assessment."
    }
  }
}

extension EndpointPolicies.Censoring {
  fileprivate var words: String {
    switch self {
    case .atLastContact: "Patients without an event are censored on the last day known alive."
    case .atLastAssessment:
      "Patients without an event are censored at the last assessment of the disease; for overall "
        + "survival, on the last day known alive."
    }
  }
}

extension EndpointPolicies.Duration {
  fileprivate var words: String {
    switch self {
    case .elapsed: "differences of days"
    case .inclusive: "differences of days and one more"
    }
  }
}
