// SPDX-License-Identifier: Apache-2.0

/// A figure of points in a panel, with a smooth line through them and lines to compare with.
struct PointFigure {
  var kind: String
  var title: String
  var description: String
  /// A sentence above the panel.
  var statement: String?
  var xAxis: Axis
  var steps = TickSteps.decimal
  var yAxis: Axis
  /// Broken lines behind the points.
  var guides: [[CurvePoint]] = []
  var points: [CurvePoint] = []
  /// Upright lines through points.
  var limits: [BandPoint] = []
  /// Whether points are few and matter one by one.
  var isProminent = false
  var trend: [CurvePoint] = []
  var band: [BandPoint] = []
  /// At least so much room is left for labels at the left.
  var leastLeftRoom = 0.0
  var notes: [String] = []

  init(kind: String, title: String, description: String, xAxis: Axis, yAxis: Axis) {
    self.kind = kind
    self.title = title
    self.description = description
    self.xAxis = xAxis
    self.yAxis = yAxis
  }

  /// Draws the figure.
  func svg(_ options: FigureOptions) -> String {
    var page = Page(options)
    page.addTitle(title)
    if let statement { page.addParagraph(statement) }
    page.y += 10
    draw(on: &page)
    page.addNotes(notes)
    return page.svg(kind: kind, title: title, description: description)
  }

  private func tickedYAxis(on page: Page) -> Axis {
    var axis = yAxis
    if axis.ticks.isEmpty {
      axis.ticks = page.verticalTicks(for: axis, height: page.options.panelHeight)
    }
    return axis
  }

  /// The room that labels and title at the left need.
  func leftRoom(on page: Page) -> Double { page.leftRoom(for: tickedYAxis(on: page)) }

  /// Draws the panel below what the page holds.
  func draw(on page: inout Page, showsLine: Bool = false) {
    var xAxis = xAxis
    let height = page.options.panelHeight
    let yAxis = tickedYAxis(on: page)
    let left = page.left + Swift.max(leastLeftRoom, page.leftRoom(for: yAxis))
    var right = page.right - 4
    for _ in 0..<2 {
      if xAxis.ticks.isEmpty || right == page.right - 4 {
        xAxis.ticks = page.ticks(for: xAxis, steps: steps, length: right - left)
      }
      right = page.right - Swift.max(4, page.widestLabel(xAxis.ticks) / 2)
    }
    let panel = Panel(
      left: left, right: right, top: page.y, bottom: page.y + height, xAxis: xAxis, yAxis: yAxis)
    page.addAxes(of: panel)
    page.canvas.begin("sk-panel")
    let paint = Paint.series(0)
    let width = page.options.lineWidth
    for guide in guides {
      page.canvas.path(
        panel.path(guide), class: "sk-guide", stroke: .muted, width: 1, dashes: "4 3")
    }
    page.canvas.path(panel.path(band), class: "sk-band", fill: .series(1), opacity: 0.2)
    for limit in limits {
      let x = panel.x(limit.x)
      page.canvas.line(
        x1: x, y1: panel.y(limit.lower), x2: x, y2: panel.y(limit.upper), stroke: paint,
        width: width, class: "sk-interval")
    }
    if showsLine {
      page.canvas.path(panel.path(points), class: "sk-curve", stroke: paint, width: width)
    }
    for point in points {
      page.canvas.circle(
        x: panel.x(point.x), y: panel.y(point.y), radius: isProminent ? 4 : 2.4, fill: paint,
        opacity: isProminent ? nil : 0.55, class: "sk-point")
    }
    page.canvas.path(
      panel.path(trend), class: "sk-trend", stroke: .series(1), width: width * 1.2)
    page.canvas.end()
  }
}
