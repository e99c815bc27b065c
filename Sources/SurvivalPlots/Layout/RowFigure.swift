// SPDX-License-Identifier: Apache-2.0

/// A figure of rows: a name at the left, marks on a common axis, and texts at the right.
///
/// Where the page is too narrow for the three beside one another, the marks stand below name and texts.
struct RowFigure {
  /// One row.
  struct Row {
    var label: String
    var isHeading = false
    var isIndented = false
    /// The texts in the columns at the right, one for each heading; empty where there is none.
    var facts: [String]
    var marks: [Mark] = []
    /// The ends of a line through the marks.
    var limits: (lower: Double, upper: Double)?

    /// Whether anything stands on the axis.
    var isMarked: Bool { !marks.isEmpty || limits != nil }
  }

  /// A mark in a row.
  struct Mark {
    enum Shape {
      case square, ring
      /// The mark of a group.
      case series(SeriesStyle)
      /// The value lies beyond the axis, at the lower or the upper end.
      case below, above
    }

    var value: Double
    var shape: Shape
  }

  var kind: String
  var title: String
  var description: String
  var legend: Legend?
  /// The heading of the names.
  var labelHeading = ""
  /// The headings of the columns at the right.
  var headings: [String]
  var rows: [Row]
  var axis: Axis
  /// Where an upright line is drawn: whole for the first value, broken for the others.
  var references: [Double]
  /// What is written under the axis at either side of the first reference.
  var sides: (lower: String, upper: String)?
  var notes: [String]

  private static let columnGap = 16.0
  private static let indentation = 14.0
  /// An axis shorter than this is put below the texts.
  private static let shortestAxis = 140.0

  /// Draws the figure.
  func svg(_ options: FigureOptions) -> String {
    var page = Page(options)
    page.addTitle(title)
    if let legend { page.addLegend(legend) }
    let columns = Columns(self, on: page)
    addHeadings(columns, to: &page)
    let top = page.y
    let placed = labels(columns, page)
    let heights = zip(rows, placed).map { row, label in
      Double(lineCount(row, label, columns)) * page.lineHeight + 4
    }
    let bottom = top + heights.reduce(0, +) + 4
    var axis = axis
    axis.ticks = page.ticks(for: axis, length: columns.right - columns.left, limit: 8)
    let panel = Panel(
      left: columns.left, right: columns.right, top: top, bottom: bottom, xAxis: axis,
      yAxis: Axis(from: 0, to: 1, title: ""))
    if !columns.isStacked { drawReferences(in: panel, on: &page) }
    for (row, (label, height)) in zip(rows, zip(placed, heights)) {
      draw(row, label, columns, panel, on: &page)
      page.y += height
    }
    page.y = bottom
    var titled = axis
    if sides != nil { titled.title = "" }
    page.addHorizontalAxis(
      of: Panel(
        left: columns.left, right: columns.right, top: top, bottom: bottom, xAxis: titled,
        yAxis: panel.yAxis))
    if let sides { addSides(sides, panel, to: &page) }
    if sides != nil, !axis.title.isEmpty {
      page.canvas.text(
        axis.title, x: (columns.left + columns.right) / 2, y: page.baseline(page.y),
        anchor: .middle)
      page.y += page.lineHeight
    }
    page.addNotes(notes)
    return page.svg(kind: kind, title: title, description: description)
  }

  // MARK: - Columns

  /// Where the columns stand.
  private struct Columns {
    /// The room of the names.
    let labelWidth: Double
    /// The ends of the axis.
    let left: Double
    let right: Double
    /// The right edges of the columns of texts.
    let edges: [Double]
    /// Whether marks stand below name and texts.
    let isStacked: Bool

    /// The size of text.
    private let size: Double

    /// The room of a name before the first text of its row, indentation included.
    func room(beside row: Row) -> Double {
      for (fact, edge) in zip(row.facts, edges) where !fact.isEmpty {
        return Swift.max(
          40, edge - TextWidth.of(fact, size: size) - RowFigure.columnGap / 2 - Page.padding)
      }
      return right - Page.padding
    }

    /// Whether a name leaves room for the texts beside it.
    func fits(_ row: Row, _ label: FittedText) -> Bool {
      let indentation = row.isIndented ? RowFigure.indentation : 0
      return indentation + label.width(size: size, isBold: row.isHeading) <= room(beside: row) + 1
    }

    init(_ figure: RowFigure, on page: Page) {
      size = page.size
      let widths = figure.headings.indices.map { column in
        figure.rows.reduce(TextWidth.of(figure.headings[column], size: page.smallSize)) {
          Swift.max($0, TextWidth.of($1.facts[column], size: page.size))
        }
      }
      let factRoom = widths.reduce(0) { $0 + $1 + RowFigure.columnGap }
      let widest = figure.rows.reduce(0) { width, row in
        let label = TextWidth.of(row.label, size: page.size, isBold: row.isHeading)
        return Swift.max(width, label + (row.isIndented ? RowFigure.indentation : 0))
      }
      // The axis has at least half of what the texts leave.
      let free = page.room - factRoom - RowFigure.columnGap
      let beside = Swift.min(widest + 2, free * 0.5)
      let start = page.left + beside + RowFigure.columnGap
      let end = page.right - factRoom - (widths.isEmpty ? 8 : 0)
      isStacked = end - start < RowFigure.shortestAxis
      labelWidth = Swift.max(40, isStacked ? page.room - factRoom : beside)
      // Below the texts, with room for arrowheads at either end.
      left = isStacked ? page.left + 8 : start
      right = isStacked ? page.right - 8 : end
      var edges = [Double]()
      for width in widths {
        edges.append((edges.last ?? page.right - factRoom) + RowFigure.columnGap + width)
      }
      self.edges = edges
    }
  }

  private func labels(_ columns: Columns, _ page: Page) -> [FittedText] {
    rows.map { row in
      func fitted(_ width: Double) -> FittedText {
        FittedText(
          row.label, width: width - (row.isIndented ? Self.indentation : 0) + 1, size: page.size,
          isBold: row.isHeading, maximumLines: 3)
      }
      let label = fitted(columns.isStacked ? columns.room(beside: row) : columns.labelWidth)
      // A longer name has the whole width, and the texts a line of their own below it.
      return columns.isStacked && label.lines.count > 1 ? fitted(page.room) : label
    }
  }

  /// The line of a row, counted from 0, on which its texts stand.
  private func factLine(_ row: Row, _ label: FittedText, _ columns: Columns) -> Int {
    let hasFacts = row.facts.contains { !$0.isEmpty }
    return columns.isStacked && hasFacts && !columns.fits(row, label) ? label.lines.count : 0
  }

  private func lineCount(_ row: Row, _ label: FittedText, _ columns: Columns) -> Int {
    let texts = Swift.max(label.lines.count, factLine(row, label, columns) + 1)
    return texts + (columns.isStacked && row.isMarked ? 1 : 0)
  }

  private func addHeadings(_ columns: Columns, to page: inout Page) {
    let size = page.smallSize
    if !labelHeading.isEmpty {
      page.canvas.text(
        labelHeading, x: page.left, y: page.baseline(page.y, size: size), size: size, paint: .muted)
    }
    for (heading, edge) in zip(headings, columns.edges) {
      page.canvas.text(
        heading, x: edge, y: page.baseline(page.y, size: size), anchor: .end, size: size,
        paint: .muted)
    }
    if !labelHeading.isEmpty || !headings.isEmpty { page.y += page.lineHeight(size) + 2 }
  }

  // MARK: - Rows

  /// The upright lines, from the top of a panel to its bottom.
  private func drawReferences(in panel: Panel, on page: inout Page) {
    page.canvas.begin("sk-references", stroke: .muted, width: 1)
    for (index, value) in references.enumerated()
    where value >= panel.xAxis.lower && value <= panel.xAxis.upper {
      let x = panel.x(value)
      page.canvas.line(
        x1: x, y1: panel.top, x2: x, y2: panel.bottom, dashes: index == 0 ? nil : "3 3")
    }
    page.canvas.end()
  }

  private func draw(
    _ row: Row, _ label: FittedText, _ columns: Columns, _ panel: Panel, on page: inout Page
  ) {
    page.canvas.begin("sk-row")
    let x = page.left + (row.isIndented ? Self.indentation : 0)
    for (index, line) in label.lines.enumerated() {
      page.canvas.text(
        line, x: x, y: page.baseline(page.y + Double(index) * page.lineHeight),
        isBold: row.isHeading, tooltip: label.fullText)
    }
    let factTop = page.y + Double(factLine(row, label, columns)) * page.lineHeight
    for (fact, edge) in zip(row.facts, columns.edges) where !fact.isEmpty {
      page.canvas.text(fact, x: edge, y: page.baseline(factTop), anchor: .end)
    }
    var middle = page.y + page.lineHeight / 2
    if columns.isStacked, row.isMarked {
      let above = Double(lineCount(row, label, columns) - 1) * page.lineHeight
      let top = page.y + above
      drawReferences(
        in: Panel(
          left: panel.left, right: panel.right, top: top, bottom: top + page.lineHeight,
          xAxis: panel.xAxis, yAxis: panel.yAxis), on: &page)
      middle += above
    }
    if let limits = row.limits { draw(limits, middle, panel, on: &page) }
    for mark in row.marks { draw(mark, middle, panel, on: &page) }
    page.canvas.end()
  }

  /// The line between limits, with an arrowhead where the axis ends before it.
  private func draw(
    _ limits: (lower: Double, upper: Double), _ y: Double, _ panel: Panel, on page: inout Page
  ) {
    let axis = panel.xAxis
    let left = panel.x(axis.clamped(limits.lower))
    let right = panel.x(axis.clamped(limits.upper))
    page.canvas.line(
      x1: left, y1: y, x2: right, y2: y, stroke: .ink, width: page.options.lineWidth,
      class: "sk-interval")
    if limits.lower < axis.lower { arrow(at: left, y, pointing: -1, on: &page) }
    if limits.upper > axis.upper { arrow(at: right, y, pointing: 1, on: &page) }
  }

  private func draw(_ mark: Mark, _ y: Double, _ panel: Panel, on page: inout Page) {
    switch mark.shape {
    case .square:
      page.canvas.rectangle(
        x: panel.x(mark.value) - 4, y: y - 4, width: 8, height: 8, fill: .series(0),
        class: "sk-estimate")
    case .ring:
      page.canvas.circle(
        x: panel.x(mark.value), y: y, radius: 3.4, fill: .background, stroke: .ink, width: 1.4,
        class: "sk-reference")
    case .series(let style): page.addMark(style, x: panel.x(mark.value), y: y, radius: 4.2)
    case .below: arrow(at: panel.left, y, pointing: -1, on: &page)
    case .above: arrow(at: panel.right, y, pointing: 1, on: &page)
    }
  }

  private func arrow(at x: Double, _ y: Double, pointing side: Double, on page: inout Page) {
    var path = SVGPath()
    path.move(x + side * 4, y)
    path.line(x - side * 5, y - 4.5)
    path.line(x - side * 5, y + 4.5)
    path.close()
    page.canvas.path(path, class: "sk-arrow", fill: .ink)
  }

  /// Words under the axis for either side of the reference.
  private func addSides(
    _ sides: (lower: String, upper: String), _ panel: Panel, to page: inout Page
  ) {
    guard let reference = references.first else { return }
    let x = panel.x(panel.xAxis.clamped(reference))
    let gap = 8.0
    let lower = FittedText("← " + sides.lower, width: x - page.left - gap, size: page.size)
    let upper = FittedText(sides.upper + " →", width: page.right - x - gap, size: page.size)
    let y = page.baseline(page.y)
    guard lower.lines.count == 1, lower.fullText == nil, upper.fullText == nil else {
      // Too near an end of the axis for both: one below the other.
      for (text, x, anchor) in [
        ("← " + sides.lower, page.left, Canvas.Anchor.start),
        (sides.upper + " →", page.right, .end),
      ] {
        let fitted = FittedText(text, width: page.room, size: page.size)
        page.canvas.text(
          fitted.lines[0], x: x, y: page.baseline(page.y), anchor: anchor, paint: .muted,
          tooltip: fitted.fullText)
        page.y += page.lineHeight
      }
      page.y += 2
      return
    }
    page.canvas.text(
      lower.lines[0], x: x - gap, y: y, anchor: .end, paint: .muted, tooltip: lower.fullText)
    page.canvas.text(upper.lines[0], x: x + gap, y: y, paint: .muted, tooltip: upper.fullText)
    page.y += page.lineHeight + 2
  }
}
