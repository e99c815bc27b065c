// SPDX-License-Identifier: Apache-2.0

import CohortModels
@testable import CohortReports
import Foundation
import SurvivalKit
import SurvivalPlots
import SurvivalTestSupport
import Testing

@Suite("The page of a report")
struct ReportPageTests {
  @Test("is well-formed, and every name in it is unique and found", arguments: [0, 1])
  func structure(_ index: Int) throws {
    let report = try Reports.all()[index]
    let page = try Element.read(Reports.page(index))
    let identifiers = page.all.compactMap { $0.attributes["id"] }
    #expect(Set(identifiers).count == identifiers.count)
    let known = Set(identifiers)
    for link in page.named("a").compactMap({ $0.attributes["href"] }) {
      #expect(link.hasPrefix("#") && known.contains(String(link.dropFirst())), "\(link)")
    }
    for labels in page.all.compactMap({ $0.attributes["aria-labelledby"] }) {
      #expect(labels.split(separator: " ").allSatisfy { known.contains(String($0)) }, "\(labels)")
    }
    let sections = page.named("section").compactMap { $0.attributes["id"] }
    #expect(sections == report.sections.map { "section-\($0.identifier)" })
    for landmark in ["header", "nav", "main", "footer", "h1"] {
      #expect(page.named(landmark).count == 1, "\(landmark)")
    }
    for row in page.named("table").flatMap({ $0.named("tbody") }).flatMap({ $0.named("tr") }) {
      #expect(row.named("th").first?.attributes["scope"] == "row")
    }
  }

  @Test("refers to nothing outside, and forbids itself to", arguments: [0, 1])
  func selfContained(_ index: Int) throws {
    let text = try Reports.page(index)
    let page = try Element.read(text)
    for name in ["script", "iframe", "img", "object", "embed", "form", "base"] {
      #expect(page.named(name).isEmpty, "\(name)")
    }
    #expect(page.all.allSatisfy { $0.attributes["src"] == nil })
    #expect(page.named("link").compactMap { $0.attributes["href"] } == ["data:,"])
    let policy = page.named("meta").first {
      $0.attributes["http-equiv"] == "Content-Security-Policy"
    }
    #expect(policy?.attributes["content"]?.contains("default-src 'none'") == true)
    for style in page.named("style") {
      #expect(!style.text.contains("url(") && !style.text.contains("@import"))
    }
  }

  @Test("draws every figure for a desk and for a phone", arguments: [0, 1])
  func figures(_ index: Int) throws {
    let report = try Reports.all()[index]
    let page = try Element.read(Reports.page(index))
    let figures = report.sections.flatMap(\.blocks).compactMap { block -> StudyReport.Figure? in
      if case .figure(let figure) = block { figure } else { nil }
    }
    #expect(figures.count >= (index == 0 ? 8 : 25))
    for figure in figures {
      let element = try #require(
        page.all.first { $0.attributes["id"] == "figure-\(figure.identifier)" })
      let drawings = element.named("svg")
      #expect(drawings.map { $0.number("width") } == [720, 344], "\(figure.identifier)")
      for drawing in drawings {
        #expect(drawing.children.first?.name == "title")
        #expect(drawing.children.dropFirst().first?.name == "desc")
      }
    }
  }

  @Test("shows the cells of the document, and no column that is left to the files")
  func cells() throws {
    let report = try Reports.transplant()
    let page = try Element.read(Reports.page(0))
    for block in report.sections.flatMap(\.blocks) {
      guard case .table(let table) = block else { continue }
      let element = try #require(
        page.all.first { $0.attributes["id"] == "table-\(table.identifier)" })
      let shown = element.named("tbody").flatMap { $0.named("tr") }
      #expect(shown.count == table.flatRows.count)
      for (row, (wanted, _, _)) in zip(shown, table.flatRows) {
        #expect(row.named("th").map(\.wholeText) == [wanted.label])
        #expect(
          row.named("td").map { $0.wholeText.replacing("\u{2212}", with: "-") }
            == table.shownColumns.map { wanted.cell($0).text }, "\(table.identifier)")
      }
    }
  }

  @Test("keeps markup in names and data as text")
  func escaping() throws {
    let evil = "<script>alert(\"1\")</script>&amp;'\u{1}\u{202E}"
    let report = StudyReport(
      identifier: "evil", title: evil, subtitle: evil, isSynthetic: true,
      sections: [
        StudyReport.Section(
          "one", title: evil,
          blocks: [
            .heading(evil), .paragraph(evil), .note(.warning, evil),
            .definitions([StudyReport.Definition(evil, evil)]),
            .table(
              StudyReport.Table(
                "table", caption: evil, labelTitle: evil,
                columns: [.init("a", evil), .init("b", evil, isText: true)],
                rows: [
                  StudyReport.Row(
                    evil, [.text(evil), .text(evil)], children: [StudyReport.Row(evil)])
                ], notes: [evil])),
            .figure(
              StudyReport.Figure(
                "figure", caption: evil,
                drawing: ForestPlot([try ForestPlot.Row(evil, ratio: 2)]))),
          ])
      ])
    let page = try Element.read(report.html())
    #expect(page.named("script").isEmpty)
    let wanted = evil.replacing("\u{1}", with: "\u{FFFD}")
    for name in ["h1", "h2", "h3", "dt", "dd", "th", "td", "p", "figcaption"] {
      #expect(page.named(name).contains { $0.wholeText.contains(wanted) }, "\(name)")
    }
    let root = try ReadReport(report).root
    #expect(root["title"] as? String == evil)
    #expect(report.csv().contains("\"<script>alert(\"\"1\"\")</script>&amp;"))
    // Nothing in the printed text acts on a terminal.
    #expect(!"\(report)".unicodeScalars.contains { $0 == "\u{1}" || $0 == "\u{202E}" })
  }

  @Test("a subject whose name is markup stays text from the file to the page")
  func markupInFiles() throws {
    let evil = "<img src=x onerror=alert(1)>"
    let report = try Reports.study { cohort in
      cohort.study.title = evil
      // Two subjects that may be one person: a warning that names them.
      var twin = cohort.subjects[0]
      twin.subjectID = evil
      cohort.subjects.append(twin)
    }
    let page = try Element.read(report.html())
    #expect(page.named("img").isEmpty)
    #expect(page.named("td").contains { $0.wholeText == evil })
    #expect(page.of(class: "subtitle").contains { $0.wholeText.contains(evil) })
  }
}
