// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit
internal import SurvivalPlots

extension StudyReport {
  /// The width in pixels at which figures are drawn for screens of a desk and for print.
  private static let wideFigure = 720.0
  /// The width in pixels at which figures are drawn for a phone: their text is not shrunk there.
  private static let narrowFigure = 344.0

  /// The report as one page that needs nothing else: style and figures are in it, and no script.
  ///
  /// The page is HTML that is also well-formed XML, whatever the labels hold. Its policy forbids it to
  /// load anything.
  /// - Returns: The page.
  public func html() -> String {
    var page = MarkupBuilder()
    page.append(markup: "<!DOCTYPE html>\n")
    page.begin("html", [("lang", "en"), ("xmlns", "http://www.w3.org/1999/xhtml")])
    addHead(to: &page)
    page.begin("body")
    page.element("a", [("class", "skip"), ("href", "#content")], text: "Skip to the content")
    addHeader(to: &page)
    page.begin("div", [("class", "columns")])
    addContents(to: &page)
    page.begin("main", [("id", "content"), ("tabindex", "-1")])
    for section in sections { add(section, to: &page) }
    page.end()
    page.end()
    page.begin("footer")
    page.element(
      "p", [],
      text:
        "Computed by SurvivalKit \(SurvivalKitVersion.current). report.json and report.csv, beside "
        + "this page, hold every number of it with all digits.")
    if isSynthetic { page.element("p", [("class", "synthetic")], text: Self.syntheticWarning) }
    page.end()
    page.end()
    page.end()
    return page.text
  }

  // MARK: - Around the sections

  private func addHead(to page: inout MarkupBuilder) {
    page.begin("head")
    page.element("meta", [("charset", "utf-8")])
    page.element(
      "meta",
      [
        ("http-equiv", "Content-Security-Policy"),
        ("content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:"),
      ])
    page.element(
      "meta", [("name", "viewport"), ("content", "width=device-width, initial-scale=1")])
    page.element("meta", [("name", "color-scheme"), ("content", "light dark")])
    page.element(
      "meta", [("name", "generator"), ("content", "SurvivalKit \(SurvivalKitVersion.current)")])
    page.element("title", [], text: title + (isSynthetic ? " (synthetic data)" : ""))
    // Without it a browser asks the server for one.
    page.element("link", [("rel", "icon"), ("href", "data:,")])
    page.styleSheet(ReportStyle.rules)
    page.end()
  }

  private func addHeader(to page: inout MarkupBuilder) {
    page.begin("header")
    page.element("h1", [], text: title)
    if !subtitle.isEmpty { page.element("p", [("class", "subtitle")], text: subtitle) }
    if isSynthetic { page.element("p", [("class", "synthetic")], text: Self.syntheticWarning) }
    page.end()
  }

  private func addContents(to page: inout MarkupBuilder) {
    page.begin("nav", [("aria-labelledby", "contents")])
    page.element("h2", [("id", "contents")], text: "Contents")
    page.begin("ol")
    for section in sections {
      page.begin("li")
      page.element("a", [("href", "#section-\(section.identifier)")], text: section.title)
      page.end()
    }
    page.end()
    page.end()
  }

  // MARK: - Sections

  private func add(_ section: Section, to page: inout MarkupBuilder) {
    let identifier = "section-\(section.identifier)"
    page.begin("section", [("id", identifier), ("aria-labelledby", "\(identifier)-title")])
    page.element("h2", [("id", "\(identifier)-title")], text: section.title)
    for block in section.blocks {
      switch block {
      case .heading(let text): page.element("h3", [], text: text)
      case .paragraph(let text): page.element("p", [], text: text)
      case .note(let kind, let text):
        page.begin("p", [("class", "note \(kind.rawValue)")])
        if !kind.lead.isEmpty { page.element("strong", [], text: kind.lead) }
        page.add(text: text)
        page.end()
      case .definitions(let list):
        page.begin("dl")
        for definition in list {
          page.element("dt", [], text: definition.term)
          page.element("dd", [], text: definition.meaning)
        }
        page.end()
      case .table(let table): add(table, to: &page)
      case .figure(let figure): add(figure, to: &page)
      }
    }
    page.end()
  }

  /// A caption, which says so where the data are synthetic: tables and figures are copied out of pages.
  private func addCaption(_ text: String, _ identifier: String, to page: inout MarkupBuilder) {
    page.begin("figcaption", [("id", identifier)])
    page.add(text: text)
    if isSynthetic { page.element("span", [("class", "tag")], text: "synthetic data") }
    page.end()
  }

  private func add(_ figure: Figure, to page: inout MarkupBuilder) {
    let caption = "figure-\(figure.identifier)-caption"
    page.begin(
      "figure",
      [
        ("id", "figure-\(figure.identifier)"), ("class", "drawing"), ("aria-labelledby", caption),
      ])
    addCaption(figure.caption, caption, to: &page)
    // Only one of the two is displayed, and so seen or read aloud.
    for (name, width) in [("wide", Self.wideFigure), ("narrow", Self.narrowFigure)] {
      page.begin("div", [("class", name)])
      page.append(markup: figure.svg(width: width, suffix: name))
      page.end()
    }
    page.end()
  }

  private func add(_ table: Table, to page: inout MarkupBuilder) {
    let caption = "table-\(table.identifier)-caption"
    page.begin("figure", [("class", "table")])
    addCaption(table.caption, caption, to: &page)
    // Wider than a phone, the table is moved within its box, by keys as well.
    page.begin(
      "div",
      [("class", "box"), ("role", "region"), ("tabindex", "0"), ("aria-labelledby", caption)])
    page.begin("table", [("id", "table-\(table.identifier)"), ("aria-labelledby", caption)])
    page.begin("thead")
    page.begin("tr")
    if table.labelTitle.isEmpty {
      page.element("td", [], text: "")
    } else {
      page.element("th", [("scope", "col")], text: table.labelTitle)
    }
    for column in table.shownColumns.map({ table.columns[$0] }) {
      page.element(
        "th", [("scope", "col")] + Self.classes(column), text: column.title)
    }
    page.end()
    page.end()
    page.begin("tbody")
    for (row, _, depth) in table.flatRows {
      let kind = depth > 0 ? "child" : row.children.isEmpty ? nil : "parent"
      page.begin("tr", kind.map { [("class", $0)] } ?? [])
      page.element("th", [("scope", "row")], text: row.label)
      for position in table.shownColumns {
        let column = table.columns[position]
        let cell = row.cell(position)
        page.element(
          "td", Self.classes(column), text: column.isText ? cell.text : cell.text.withMinusSigns)
      }
      page.end()
    }
    page.end()
    page.end()
    page.end()
    for note in table.notes { page.element("p", [("class", "small")], text: note) }
    page.end()
  }

  private static func classes(_ column: Column) -> [MarkupBuilder.Attribute] {
    column.isText ? [("class", "words")] : []
  }
}

extension String {
  /// Numbers with the minus sign of print, where a hyphen precedes a digit and follows none.
  fileprivate var withMinusSigns: String {
    var result = ""
    var before: Character = " "
    for character in self {
      let isSign = character == "-" && (before == " " || before == "(")
      result.append(isSign ? "\u{2212}" : character)
      before = character
    }
    return result
  }
}
