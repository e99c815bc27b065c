// SPDX-License-Identifier: Apache-2.0

/// One curve of a figure, as positions in data units.
struct CurveSeries {
  var name: String
  var style: SeriesStyle
  /// The corners of the curve.
  var corners: [CurvePoint]
  /// The limits of the band; a gap in the band ends a list and begins another.
  var bands: [[BandPoint]] = []
  /// Where the curve bears marks, such as those of censored times.
  var marks: [CurvePoint] = []
}

/// A place in data units.
struct CurvePoint: Hashable {
  var x: Double
  var y: Double
}

/// The limits of a band at a place.
struct BandPoint: Hashable {
  var x: Double
  var lower: Double
  var upper: Double
}

/// A line from the vertical axis to a curve and from there down to the horizontal axis.
struct ReadOff: Hashable {
  var x: Double
  var y: Double
}

/// What figures of curves over time consist of, whatever quantity they show.
struct CurveFigure {
  var kind: String
  var title: String
  var description: String
  var legend: Legend
  /// A sentence under the legend, such as the result of a test.
  var statement: String?
  var series: [CurveSeries]
  /// Whether the area under each curve, down to the one before, is filled.
  var isStacked = false
  var readOffs: [ReadOff] = []
  var xAxis: Axis
  var steps = TickSteps.decimal
  var yAxis: Axis
  /// The table under the axis at given times.
  var table: (([Double]) -> CountTable)?
  var notes: [String]

  /// Draws the figure.
  func svg(_ options: FigureOptions) -> String {
    var page = Page(options)
    page.addTitle(title)
    page.addLegend(legend)
    if let statement { page.addParagraph(statement) }
    page.y += 10
    let panel = panel(on: page)
    page.addAxes(of: panel)
    draw(in: panel, on: &page)
    if let table = table?(panel.xAxis.ticks.map(\.value)) {
      page.addTable(table, under: panel)
    }
    page.addNotes(notes)
    return page.svg(kind: kind, title: title, description: description)
  }

  /// The rectangle of the data: as wide as labels and table leave it, with ticks for that width.
  private func panel(on page: Page) -> Panel {
    var (xAxis, yAxis) = (xAxis, yAxis)
    let height = page.options.panelHeight
    if yAxis.ticks.isEmpty { yAxis.ticks = page.verticalTicks(for: yAxis, height: height) }
    func columnWidth(_ ticks: [Tick]) -> Double {
      guard let table = table?(ticks.map(\.value)) else { return 0 }
      return table.groups.reduce(0) {
        Swift.max($0, $1.counts.width(table.content, size: page.size))
      }
    }
    let labels = table.map { page.leftRoom(for: $0([xAxis.lower])) } ?? 0
    var ends = 0.0
    var left = page.left
    var right = page.right
    // Twice, because the width of the labels depends on the ticks, which depend on the width.
    for _ in 0..<2 {
      left = page.left + Swift.max(page.leftRoom(for: yAxis), labels + ends)
      right = page.right - Swift.max(ends, 4)
      xAxis.ticks = ticks(of: xAxis, on: page, length: right - left, columnWidth)
      ends = Swift.max(page.widestLabel(xAxis.ticks), columnWidth(xAxis.ticks)) / 2
    }
    return Panel(
      left: left, right: right, top: page.y, bottom: page.y + height, xAxis: xAxis, yAxis: yAxis)
  }

  /// Round times, and the beginning of the axis even if it is not round.
  private func ticks(
    of axis: Axis, on page: Page, length: Double, _ columnWidth: @escaping ([Tick]) -> Double
  ) -> [Tick] {
    var ticks = page.ticks(for: axis, steps: steps, length: length, width: columnWidth)
    if axis.scale == .linear, let first = ticks.first, first.value > axis.lower {
      let start = Tick(value: axis.lower, label: Ticks.label(axis.lower, places: 7))
      func width(_ ticks: [Tick]) -> Double {
        Swift.max(page.widestLabel(ticks), columnWidth(ticks))
      }
      while let next = ticks.first,
        !page.areApart([start, next], on: axis, length: length, width: width([start] + ticks))
      {
        ticks.removeFirst()
      }
      ticks.insert(start, at: 0)
    }
    return ticks
  }

  // MARK: - Data

  private func draw(in panel: Panel, on page: inout Page) {
    page.canvas.begin("sk-panel")
    let theme = page.options.theme
    if isStacked {
      drawAreas(in: panel, on: &page)
    } else {
      // The more bands lie over one another, the paler each.
      let opacity = series.count <= 2 ? 0.2 : series.count <= 4 ? 0.14 : 0.09
      for curve in series {
        for band in curve.bands {
          page.canvas.path(
            panel.path(band), class: "sk-band", fill: curve.style.paint(in: theme),
            opacity: opacity)
        }
      }
    }
    drawReadOffs(in: panel, on: &page)
    for curve in series {
      let width = page.options.lineWidth
      let paint = curve.style.paint(in: theme)
      page.canvas.path(
        panel.path(curve.corners), class: "sk-curve", stroke: paint, width: width,
        dashes: isStacked ? nil : curve.style.dashes(width: width))
      let markWidth = Swift.max(1, width * 0.75)
      // A mark for each time; hundreds of them stand apart, or they run together to a bar that hides
      // the curve.
      let distance = curve.marks.count > 200 ? markWidth * 2 : Panel.resolution
      let marks = panel.ticks(
        at: curve.marks, halfLength: page.size * 0.33, apart: distance)
      page.canvas.path(marks, class: "sk-censored", stroke: paint, width: markWidth)
    }
    page.canvas.end()
  }

  private func drawAreas(in panel: Panel, on page: inout Page) {
    let theme = page.options.theme
    for curve in series {
      for band in curve.bands {
        page.canvas.path(
          panel.path(band), class: "sk-area", fill: curve.style.paint(in: theme), opacity: 0.55)
      }
    }
  }

  private func drawReadOffs(in panel: Panel, on page: inout Page) {
    guard !readOffs.isEmpty else { return }
    page.canvas.begin("sk-medians", stroke: .muted, width: 1, [("stroke-dasharray", "2 3")])
    let farthest = readOffs.reduce(panel.xAxis.lower) { Swift.max($0, $1.x) }
    for height in Set(readOffs.map(\.y)).sorted() {
      page.canvas.line(
        x1: panel.left, y1: panel.y(height), x2: panel.x(farthest), y2: panel.y(height))
    }
    for readOff in readOffs {
      page.canvas.line(
        x1: panel.x(readOff.x), y1: panel.y(readOff.y), x2: panel.x(readOff.x),
        y2: panel.bottom)
    }
    page.canvas.end()
  }
}

extension Panel {
  /// Pixels closer than this are one place: no eye or printer tells them apart.
  static var resolution: Double { 0.1 }

  /// A line through corners.
  func path(_ corners: [CurvePoint]) -> SVGPath {
    var path = SVGPath()
    for corner in thinned(corners) { path.line(x(corner.x), y(corner.y)) }
    return path
  }

  /// The area between the limits of a band.
  func path(_ band: [BandPoint]) -> SVGPath {
    var path = path(band.map { CurvePoint(x: $0.x, y: $0.upper) })
    guard !path.data.isEmpty else { return path }
    for corner in thinned(band.reversed().map { CurvePoint(x: $0.x, y: $0.lower) }) {
      path.line(x(corner.x), y(corner.y))
    }
    path.close()
    return path
  }

  /// Corners, of which within a tenth of a pixel from left to right only the first and the last are
  /// kept, so that a file does not grow with the data without end.
  private func thinned(_ corners: [CurvePoint]) -> [CurvePoint] {
    var kept = [CurvePoint]()
    var column = Double.infinity
    var waiting: CurvePoint?
    for corner in corners {
      let x = x(corner.x)
      if abs(x - column) < Self.resolution {
        waiting = corner
        continue
      }
      if let last = waiting { kept.append(last) }
      waiting = nil
      kept.append(corner)
      column = x
    }
    if let last = waiting { kept.append(last) }
    return kept
  }

  /// Short upright lines through places, one for all that lie within a distance in pixels.
  func ticks(at places: [CurvePoint], halfLength: Double, apart distance: Double) -> SVGPath {
    var path = SVGPath()
    var last = -Double.infinity
    for place in places {
      let (x, y) = (x(place.x), y(place.y))
      guard x - last >= distance else { continue }
      path.move(x, y - halfLength)
      path.line(x, y + halfLength)
      last = x
    }
    return path
  }
}
