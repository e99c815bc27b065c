// SPDX-License-Identifier: Apache-2.0

import CohortModels
@testable import CohortReports
import Foundation
import SurvivalKit
import Testing

@Suite("The text of a report")
struct ReportTextTests {
  /// Lines that are wider than 80 columns.
  private func wideLines(_ text: String) -> [Substring] {
    text.split(separator: "\n").filter { TextTable.width(of: String($0)) > 80 }
  }

  @Test("of the transplant cohort is the one that is stored")
  func stored() throws {
    let text = "\(try Reports.transplant())\n"
    let file = Reports.here.appending(path: "Fixtures/transplant.txt")
    // SURVIVAL_TEXTS=1 writes the text anew, after a change that is meant to be read.
    if ProcessInfo.processInfo.environment["SURVIVAL_TEXTS"] != nil {
      try Data(text.utf8).write(to: file)
    }
    let stored = try String(contentsOf: file, encoding: .utf8)
    for (line, wanted) in zip(text.split(separator: "\n"), stored.split(separator: "\n")) {
      #expect(line == wanted)
    }
    #expect(text == stored)
  }

  @Test("keeps to 80 columns", arguments: [0, 1])
  func width(_ index: Int) throws {
    #expect(wideLines("\(try Reports.all()[index])") == [])
  }

  @Test("keeps to 80 columns whatever the labels are")
  func strangeLabels() throws {
    let long = String(repeating: "hazard", count: 40)
    let wide = String(repeating: "危険", count: 60)
    let report = StudyReport(
      identifier: "strange", title: long, subtitle: wide,
      sections: [
        StudyReport.Section(
          "one", title: wide,
          blocks: [
            .heading(long), .note(.refusal, wide),
            .definitions([StudyReport.Definition(long, wide)]),
            .table(
              StudyReport.Table(
                "table", caption: wide, labelTitle: long,
                columns: [
                  .init("a", long), .init("b", wide, isText: true), .init("c", "n"),
                ],
                rows: [
                  StudyReport.Row(
                    wide, [.count(1), .text(long), .number(1, .places(2))],
                    children: [StudyReport.Row(long, [.empty, .text(wide)])])
                ], notes: [long])),
          ])
      ])
    #expect(wideLines("\(report)") == [])
  }

  @Test("has every section of its kind", arguments: [0, 1])
  func sections(_ index: Int) throws {
    let wanted = [
      [
        "baseline", "follow-up", "disease-free-survival", "overall-survival", "competing-risks",
        "plan", "conventions",
      ],
      [
        "summary", "flow", "baseline", "follow-up", "rates", "progression-free-survival",
        "overall-survival", "models", "subgroups", "consolidation", "competing-risks",
        "confounding", "sensitivity", "data", "plan", "conventions",
      ],
    ]
    let report = try Reports.all()[index]
    #expect(report.sections.map(\.identifier) == wanted[index])
    let text = "\(report)"
    for section in report.sections {
      #expect(!section.blocks.isEmpty, "\(section.identifier)")
      #expect(text.contains("\n" + section.title + "\n---"), "\(section.title)")
    }
  }

  @Test("synthetic data are called so in every output, and others are not")
  func synthetic() throws {
    let study = try Reports.study()
    #expect(study.isSynthetic)
    for text in ["\(study)", study.html(), study.json()] {
      #expect(text.contains("ynthetic data") || text.contains("\"synthetic\":true"))
    }
    #expect(study.csv().split(separator: "\n").dropFirst().allSatisfy { $0.hasPrefix("true,") })
    let transplant = try Reports.transplant()
    #expect(!transplant.isSynthetic)
    for text in ["\(transplant)", transplant.html()] { #expect(!text.contains("ynthetic data")) }
    #expect(transplant.json().contains("\"synthetic\":false"))
  }

  @Test("says why a part has no answer, and goes on")
  func refusals() throws {
    let report = try Reports.study { cohort in
      cohort.subjects = cohort.subjects.filter { $0.priorTherapy.hadInotuzumab == true }
    }
    let refusals = report.sections.flatMap(\.blocks).compactMap { block -> String? in
      if case .note(.refusal, let text) = block { text } else { nil }
    }
    #expect(refusals.count > 10)
    #expect(refusals.allSatisfy { $0.hasSuffix(".") && !$0.hasSuffix("..") })
    #expect("\(report)".contains("Not estimated: "))
    #expect(report.tables.contains { $0.identifier == "pfs-timing-summary" })
    #expect(wideLines("\(report)") == [])
  }
}
