// SPDX-License-Identifier: Apache-2.0

public import CohortModels
internal import SurvivalKit
internal import SurvivalPlots

extension StudyReport {
  /// The report of the transplant cohort.
  /// - Parameter findings: What was found.
  public init(_ findings: TransplantFindings) {
    let plan = findings.plan
    let presentation = Presentation(
      unit: .days, level: plan.confidenceLevel, interval: plan.curveInterval)
    self.init(
      identifier: "transplant", title: "Bone-marrow transplants for leukemia",
      subtitle: "\(findings.patientCount) patients grafted with matched sibling marrow at four "
        + "hospitals, 1984 to 1989. Times are in days from transplant. Copelan et al. (1991); "
        + "Klein & Moeschberger, table 1.3.",
      sections: [
        Section(
          "baseline", title: "Patients",
          blocks: findings.baseline.blocks("Baseline characteristics") {
            [
              .table(
                presentation.table("baseline", $0, "Characteristics at transplant, by risk group"))
            ]
          }),
        Section(
          "follow-up", title: "Follow-up",
          blocks: findings.followUp.blocks("Follow-up") {
            [.table(presentation.table("follow-up", $0))]
          }),
        Self.section(findings.diseaseFreeSurvival, presentation),
        Self.section(findings.overallSurvival, presentation),
        Section(
          "competing-risks", title: "Relapse and death in remission",
          blocks: [
            .paragraph(
              "Either event precludes the other as first event, so their shares are cumulative "
                + "incidences; one minus a Kaplan–Meier curve would be too large.")
          ] + presentation.blocks("competing-risks", findings.competingRisks)),
        Section("plan", title: "The plan", blocks: [.definitions(plan.definitions)]),
        presentation.conventions,
      ])
  }

  private static func section(
    _ findings: TransplantFindings.EndpointFindings, _ presentation: Presentation
  ) -> Section {
    let name = findings.byRiskGroup.endpoint
    let title = "Cox model of \(name)"
    var blocks = presentation.blocks(name.key, findings.byRiskGroup)
    blocks.append(.heading("Model"))
    blocks += findings.multivariable.blocks(title) {
      presentation.blocks(name.key, $0, title)
    }
    if let curves = findings.byRiskGroup.curves.value {
      blocks.append(.figure(presentation.logLogFigure("\(name.key)-loglog", curves)))
    }
    return Section(name.key, title: name.capitalizedStart, blocks: blocks)
  }
}

extension TransplantAnalysis {
  /// The choices of the plan.
  fileprivate var definitions: [StudyReport.Definition] {
    let days = tableDays.map { NumberFormatting.significant($0, digits: 6) }
    return [
      StudyReport.Definition(
        "Endpoints",
        "Disease-free survival: days from transplant to relapse or death. Overall survival: days from "
          + "transplant to death of any cause."),
      StudyReport.Definition(
        "Groups",
        "Acute lymphoblastic leukemia (ALL); acute myeloid leukemia (AML) grafted in first remission, "
          + "low risk, and later or in relapse, high risk."),
      StudyReport.Definition(
        "Models",
        "Cox models with risk group (reference: AML low risk), the ages of patient and donor centred at "
          + "\(NumberFormatting.significant(centralAge, digits: 6)) years, their product, and FAB type "
          + "4 or 5, as in Klein & Moeschberger, example 8.5; ties by the method of \(ties.title)."),
      StudyReport.Definition(
        "Times", "Tables show days \(days.joined(separator: ", "))."),
    ]
  }
}
