// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

extension BrexuCelAnalysis {
  /// Analyses a cohort.
  /// - Parameters:
  ///   - cohort: The cohort.
  ///   - progress: Told the name of each stage before it begins; nothing when `nil`.
  /// - Returns: The findings. A part that cannot be computed holds the reason.
  /// - Complexity: O(*n* log *n*) for *n* subjects, for each of some two hundred fits.
  public func applied(
    to cohort: ValidatedCohort, progress: ((String) -> Void)? = nil
  ) -> BrexuCelFindings {
    progress?("describing the cohort")
    let infused = cohort.infused
    let sites = Set(infused.map(\.siteID)).sorted()
    let rows = StudyRow.rows(infused, sites: sites, policies)
    let rates = StudyRates(infused, policies, level: confidenceLevel)
    let flow = PatientFlow(cohort.subjects, policies)
    let flowByArm = InotuzumabArm.allCases.map { arm in
      PatientFlow(cohort.subjects.filter { $0.inotuzumabArm == arm }, arm: arm, policies)
    }
    let table = AnalysisPart { () throws(SurvivalError) in
      try BaselineTable(variables: baseline.map(\.baselineVariable)).applied(
        to: rows, groupedBy: { $0.arm })
    }
    let exposure = AnalysisPart { () throws(SurvivalError) in
      try BaselineTable(variables: Self.exposureVariables).applied(
        to: rows.filter { $0.arm == .exposed })
    }
    let times = AnalysisPart { () throws(SurvivalError) in
      try BaselineTable(variables: Self.toxicityVariables).applied(
        to: rows, groupedBy: { $0.arm })
    }
    let (responses, toxicities) = (rates.responses, rates.toxicities)
    let consolidationRates = rates.consolidations
    progress?("progression-free and overall survival")
    let confounding = ConfoundingWork(self, rows)
    let progressionFree = findings(
      .progressionFreeSurvival, .studyProgressionFree, rows, confounding)
    let overall = findings(.overallSurvival, .studyOverall, rows, confounding)
    progress?("consolidation and competing risks")
    let consolidation = ConsolidationFindings(self, infused, rows)
    let competing = competingRisks(rows)
    let durations = ADTTE(
      cohort, parameters: [.overallSurvival, .progressionFreeSurvival], policies)
    progress?("sensitivity")
    let work = SensitivityWork(plan: self, infused: infused, rows: rows, sites: sites)
    return BrexuCelFindings(
      plan: self, study: cohort.study, warnings: cohort.warnings + durations.findings(), flow: flow,
      flowByArm: flowByArm, baseline: table, exposure: exposure, responses: responses,
      toxicities: toxicities, toxicityTimes: times, consolidationRates: consolidationRates,
      followUp: FollowUpSummary.of(rows, .studyOverall, by: { $0.arm }, style),
      progressionFreeSurvival: progressionFree, overallSurvival: overall,
      consolidation: consolidation, competingRisks: competing, propensity: confounding.propensity,
      sensitivity: variants.flatMap(work.findings),
      leaveOneSiteOut: work.leaveOneSiteOut())
  }

  private static let exposureVariables: [BaselineVariable<StudyRow>] = [
    .numeric("doses of inotuzumab") { $0.inotuzumabDoses },
    .category("timing of inotuzumab") { $0.timing },
    .category("response to inotuzumab") { $0.response },
  ]

  private static let toxicityVariables: [BaselineVariable<StudyRow>] = [
    .numeric("CRS, onset, days") { $0.crsTimes.onset },
    .numeric("CRS, duration, days") { $0.crsTimes.duration },
    .numeric("ICANS, onset, days") { $0.icansTimes.onset },
    .numeric("ICANS, duration, days") { $0.icansTimes.duration },
  ]

  /// The Cox model of an endpoint with the exposure and other characteristics.
  func model(
    _ endpoint: Endpoint<StudyRow>, _ characteristics: [BaselineCharacteristic]
  ) -> CoxModel<StudyRow> {
    CoxModel(
      endpoint: endpoint, covariates: terms([.inotuzumab] + characteristics), ties: ties)
  }

  private func terms(_ characteristics: [BaselineCharacteristic]) -> [Covariate<StudyRow>] {
    characteristics.map { $0.covariate { $0 } }
  }

  /// The findings for one endpoint.
  private func findings(
    _ parameter: SurvivalParameter, _ endpoint: Endpoint<StudyRow>, _ rows: [StudyRow],
    _ confounding: ConfoundingWork
  ) -> StudyEndpointFindings {
    let exposed = rows.filter { $0.arm == .exposed }
    let multivariable = AnalysisPart { () throws(SurvivalError) in
      try HazardModel(model(endpoint, covariates), rows, level: confidenceLevel)
    }
    let unadjusted = HazardEffect.of(
      Self.exposure, in: model(endpoint, []), rows, level: confidenceLevel)
    let adjusted = multivariable.then { model throws(SurvivalError) in
      try HazardEffect(model, Self.exposure)
    }
    return StudyEndpointFindings(
      parameter: parameter,
      byArm: .of(rows, endpoint, by: "prior inotuzumab", { $0.arm }, style),
      byInotuzumabResponse: .of(
        exposed, endpoint, by: "response to inotuzumab", { $0.response }, style),
      byInotuzumabTiming: .of(
        exposed, endpoint, by: "timing of inotuzumab", { $0.timing }, style),
      univariable: ([.inotuzumab] + univariable).map { characteristic in
        UnivariableModel(
          characteristic: characteristic,
          model: AnalysisPart { () throws(SurvivalError) in
            try HazardModel(
              CoxModel(endpoint: endpoint, covariates: terms([characteristic]), ties: ties), rows,
              level: confidenceLevel)
          })
      },
      multivariable: multivariable, unadjusted: unadjusted, adjusted: adjusted,
      unadjustedEValue: eValue(unadjusted), adjustedEValue: eValue(adjusted),
      subgroups: subgroups.map { characteristic in
        SubgroupEffects.of(
          BaselineCharacteristic.inotuzumab.covariate { $0 }, by: characteristic.label,
          characteristic.subgroup, in: model(endpoint, []), rows, level: confidenceLevel)
      },
      weighted: confounding.weighted(endpoint),
      standardized: confounding.standardized(model(endpoint, covariates)))
  }

  /// The outcome is common: by two years most have relapsed or died.
  private func eValue(_ effect: AnalysisPart<HazardEffect>) -> AnalysisPart<EValue> {
    effect.then { effect throws(SurvivalError) in
      guard let value = try effect.coefficient.eValue(.common, level: confidenceLevel) else {
        throw SurvivalError(.notEstimable, "an infinite hazard ratio has no E-value")
      }
      return value
    }
  }

  private func competingRisks(_ rows: [StudyRow]) -> CompetingRisks<InotuzumabArm> {
    .of(
      rows, .studyCompeting, by: "prior inotuzumab", { $0.arm },
      causes: [
        (
          CompetingCause.relapse, "relapse or progression",
          .studyCause(.relapse, SurvivalParameter.relapse.label)
        ),
        (
          .nonRelapseMortality, "non-relapse mortality",
          .studyCause(.nonRelapseMortality, SurvivalParameter.nonRelapseMortality.label)
        ),
      ],
      covariates: terms([.inotuzumab] + competingCovariates), ties: ties, style)
  }
}
