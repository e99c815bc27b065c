// SPDX-License-Identifier: Apache-2.0

import CohortModels
import CohortReports
import SurvivalKit
import SurvivalPlots
import Testing

/// The examples of the documentation of CohortReports.
@Suite("Examples of reports")
struct ReportExamplesTests {
  @Test("the landing page")
  func landingPage() throws {
    var printed = ""
    func print(_ value: Any) { printed += "\(value)\n" }

    let findings = TransplantAnalysis().applied(to: try TransplantCohort.load())
    let report = StudyReport(findings)
    print(report)
    let page = report.html()
    let numbers = report.json()

    #expect(printed.hasPrefix("Bone-marrow transplants for leukemia\n"))
    #expect(page.hasPrefix("<!DOCTYPE html>"))
    #expect(numbers.hasPrefix("{\n"))
  }

  @Test("a report of one's own")
  func ownReport() throws {
    let remissions = FigureExamplesTests.remissions
    let curves = try KaplanMeier(endpoint: .relapse).fitted(to: remissions, groupedBy: \.arm)

    let table = StudyReport.Table(
      "medians", caption: "Weeks to relapse", labelTitle: "Arm",
      columns: [.init("median", "Median (95% CI)"), .init("subjects", "Patients")],
      rows: curves.map { arm, curve in
        StudyReport.Row(
          curve.group, [.quantile(curve.median()), .count(Double(curve.subjectCount))])
      })

    let report = StudyReport(
      identifier: "remission", title: "Remission in leukemia",
      sections: [
        StudyReport.Section(
          "relapse", title: "Time to relapse",
          blocks: [
            .figure(
              StudyReport.Figure("curves", caption: "Relapse by arm", drawing: SurvivalPlot(curves))
            ),
            .table(table),
          ])
      ])

    let text = "\(report)"
    #expect(text.contains("\nWeeks to relapse\n\nArm"))
    #expect(report.html().contains("Relapse by arm"))
    #expect(report.csv().contains("false,medians,1,,"))
  }

  @Test("cells")
  func cells() {
    let share = StudyReport.Cell.share(21, of: 42)  // 21 (50.0%)
    let pValue = StudyReport.Cell.pValue(0.000417)  // 0.000417
    let report = StudyReport(
      identifier: "cells", title: "Cells",
      sections: [
        StudyReport.Section(
          "one", title: "One",
          blocks: [
            .table(
              StudyReport.Table(
                "cells", caption: "Cells", columns: [.init("a", "A"), .init("b", "B")],
                rows: [StudyReport.Row("row", [share, pValue])]))
          ])
      ])
    #expect("\(report)".contains("row  21 (50.0%)  0.000417"))
  }
}
