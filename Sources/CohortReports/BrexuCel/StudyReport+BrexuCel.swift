// SPDX-License-Identifier: Apache-2.0

public import CohortModels
internal import SurvivalKit
internal import SurvivalPlots

extension StudyReport {
  /// The report of a cohort of the study of CAR T-cells after inotuzumab.
  /// - Parameter findings: What was found.
  public init(_ findings: BrexuCelFindings) {
    let report = BrexuCelReport(findings: findings)
    let study = findings.study
    let lock = study.dataLock.map { " Data locked on \($0)." } ?? ""
    self.init(
      identifier: "brexu-cel",
      title: "Brexucabtagene autoleucel after inotuzumab ozogamicin",
      subtitle: "\(study.title.isEmpty ? study.studyID : study.title). "
        + "\(findings.flow[.infused]) adults infused for relapsed or refractory B-cell acute "
        + "lymphoblastic leukemia.\(lock) Times are in \(report.presentation.unit.rawValue).",
      isSynthetic: study.isSynthetic == true,
      sections: [
        report.summary, report.flow, report.baseline, report.followUp, report.rates,
        report.survival(findings.progressionFreeSurvival),
        report.survival(findings.overallSurvival),
        report.models, report.subgroups, report.consolidation, report.competingRisks,
        report.confounding, report.sensitivity, report.data, report.planned,
        report.presentation.conventions,
      ])
  }
}

/// The sections of the report of the study.
struct BrexuCelReport {
  let findings: BrexuCelFindings

  var plan: BrexuCelAnalysis { findings.plan }
  var presentation: Presentation {
    let unit: SurvivalPlots.TimeUnit =
      switch plan.policies.unit {
      case .days: .days
      case .months: .months
      case .years: .years
      }
    return Presentation(
      unit: unit, level: plan.confidenceLevel, interval: plan.curveInterval)
  }
  /// The endpoints with what was found for each.
  var endpoints: [StudyEndpointFindings] {
    [findings.progressionFreeSurvival, findings.overallSurvival]
  }
  static let lower = "exposed do better"
  static let higher = "exposed do worse"

  // MARK: - The exposure in one view

  var summary: StudyReport.Section {
    var effects = [NamedEffect]()
    for endpoint in endpoints {
      let name = endpoint.parameter.label.capitalizedStart
      effects += [
        NamedEffect(name: "\(name), unadjusted", effect: endpoint.unadjusted),
        NamedEffect(name: "\(name), adjusted", effect: endpoint.adjusted),
        NamedEffect(name: "\(name), weighted", effect: endpoint.weighted.effect),
      ]
    }
    var blocks = presentation.effectBlocks(
      "exposure", caption: "Hazard ratios of prior inotuzumab", label: "Endpoint and model",
      effects,
      below: Self.lower, above: Self.higher)
    blocks.append(
      .note(
        .method,
        "Adjusted: Cox model with the prespecified covariates. Weighted: arms made alike in measured "
          + "covariates by propensity weights, robust standard errors. Who was given inotuzumab was not "
          + "chosen at random: what was not measured is adjusted for by neither."))
    return StudyReport.Section(
      "summary", title: "Prior inotuzumab in one view", blocks: blocks + eValues)
  }

  /// How strong an unmeasured confounder would have to be.
  private var eValues: [StudyReport.Block] {
    let values = endpoints.flatMap { endpoint in
      let name = endpoint.parameter.label.capitalizedStart
      return [
        ("\(name), unadjusted", endpoint.unadjustedEValue),
        ("\(name), adjusted", endpoint.adjustedEValue),
      ]
    }
    let table = StudyReport.Table(
      "e-values", caption: "E-values: what an unmeasured confounder would have to be",
      labelTitle: "Endpoint and model",
      columns: [
        .init("estimate", "E-value"), .init("limit", "For the nearer limit"),
        .init("riskRatio", "Risk ratio, approximate"),
      ],
      rows: values.map { name, value in
        StudyReport.Row(
          name,
          value.value.map {
            [
              .number($0.estimate, .places(2)), .number($0.limit, .places(2)),
              .number($0.riskRatio, .places(2)),
            ]
          } ?? [])
      },
      notes: [
        "A confounder associated with both exposure and outcome by a risk ratio of the E-value each could "
          + "explain the estimate away, a weaker one could not (VanderWeele & Ding 2017). 1 for the "
          + "nearer limit: the interval includes no effect."
      ])
    return [.table(table)]
      + values.compactMap { name, value in
        value.reason.map { .note(.refusal, "E-value, \(name): \($0.message).") }
      }
  }

  // MARK: - Curves

  func survival(_ endpoint: StudyEndpointFindings) -> StudyReport.Section {
    let key = endpoint.parameter.rawValue.key
    return StudyReport.Section(
      endpoint.parameter.label.key, title: endpoint.parameter.label.capitalizedStart,
      blocks: [.heading("Exposed and naive")]
        + presentation.blocks("\(key)-arm", endpoint.byArm)
        + [.heading("Responders to inotuzumab and refractory patients, among the exposed")]
        + presentation.blocks("\(key)-response", endpoint.byInotuzumabResponse)
        + [
          .note(
            .method,
            "The response to inotuzumab is known only after the exposure, and tells the biology of the "
              + "leukemia: this is a comparison of prognosis, not of treatment."),
          .heading("Inotuzumab as bridging, and before apheresis only"),
        ]
        + presentation.blocks("\(key)-timing", endpoint.byInotuzumabTiming))
  }

  // MARK: - Competing risks and data

  var competingRisks: StudyReport.Section {
    StudyReport.Section(
      "competing-risks", title: "Relapse and non-relapse mortality",
      blocks: [
        .paragraph(
          "Relapse or progression, and death without it, compete: each precludes the other as first "
            + "event. Their incidences add up to one minus progression-free survival.")
      ] + presentation.blocks("competing-risks", findings.competingRisks))
  }

  var data: StudyReport.Section {
    StudyReport.Section(
      "data", title: "Findings of validation",
      blocks: [
        .paragraph(
          "The data keep every rule whose breach is an error"
            + (findings.warnings.isEmpty
              ? "." : "; what follows are warnings, with which they were analysed."))
      ] + presentation.blocks("data", findings.warnings))
  }
}
