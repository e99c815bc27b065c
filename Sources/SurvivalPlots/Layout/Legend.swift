// SPDX-License-Identifier: Apache-2.0

/// The groups with the look of their lines, a row for each, and columns of facts beside the names.
struct Legend {
  /// How a group is drawn.
  enum Sample { case line, area, point }

  /// One group.
  struct Entry {
    var name: String
    var style: SeriesStyle
    /// The texts under the headings of the columns.
    var facts: [String] = []
  }

  var sample = Sample.line
  /// The headings of the columns of facts.
  var headings: [String] = []
  var entries: [Entry]
}

extension Page {
  /// Width of the sample of a group, and of the gap after it.
  private static func width(_ sample: Legend.Sample) -> Double {
    switch sample {
    case .line: 30
    case .area: 16
    case .point: 10
    }
  }
  private static var gap: Double { 8 }
  private static var columnGap: Double { 20 }

  /// Adds a legend: a table when there are facts, otherwise names one after another, in lines.
  mutating func addLegend(_ legend: Legend) {
    guard !legend.entries.isEmpty else { return }
    canvas.begin("sk-legend")
    if legend.headings.isEmpty { addNames(legend) } else { addTable(legend) }
    canvas.end()
    y += 4
  }

  private mutating func addTable(_ legend: Legend) {
    let widths = legend.headings.indices.map { column in
      legend.entries.reduce(TextWidth.of(legend.headings[column], size: smallSize)) {
        Swift.max($0, TextWidth.of($1.facts[column], size: size))
      }
    }
    let factRoom = widths.reduce(0) { $0 + $1 + Self.columnGap }
    let nameLeft = left + Self.width(legend.sample) + Self.gap
    let nameRoom = Swift.max(60, right - nameLeft - factRoom)
    func fitted(_ room: Double) -> [FittedText] {
      legend.entries.map { FittedText($0.name, width: room, size: size, maximumLines: 3) }
    }
    var names = fitted(nameRoom)
    // Names that are cut or that take three lines have the whole width, and the facts a line below.
    let isStacked = names.contains { $0.fullText != nil || $0.lines.count > 2 }
    if isStacked { names = fitted(right - nameLeft) }
    // Columns follow the longest name, so that the eye has no long way.
    let nameWidth = isStacked ? nameRoom : names.reduce(60) { Swift.max($0, $1.width(size: size)) }
    var edges = [Double]()
    for width in widths {
      edges.append((edges.last ?? nameLeft + nameWidth) + Self.columnGap + width)
    }
    for (heading, edge) in zip(legend.headings, edges) {
      canvas.text(
        heading, x: edge, y: baseline(y, size: smallSize), anchor: .end, size: smallSize,
        paint: .muted)
    }
    y += lineHeight(smallSize)
    for (entry, name) in zip(legend.entries, names) {
      addSample(legend.sample, entry.style, x: left, y: y + lineHeight / 2)
      let factTop = y + (isStacked ? Double(name.lines.count) * lineHeight : 0)
      for (fact, edge) in zip(entry.facts, edges) {
        canvas.text(fact, x: edge, y: baseline(factTop), anchor: .end)
      }
      for line in name.lines {
        canvas.text(line, x: nameLeft, y: baseline(y), tooltip: name.fullText)
        y += lineHeight
      }
      if isStacked { y += lineHeight + 3 }
    }
  }

  private mutating func addNames(_ legend: Legend) {
    var x = left
    let indentation = Self.width(legend.sample) + Self.gap
    for entry in legend.entries {
      let name = FittedText(entry.name, width: room - indentation, size: size, maximumLines: 3)
      let width = indentation + name.width(size: size)
      if x > left, x + width > right {
        x = left
        y += lineHeight
      }
      addSample(legend.sample, entry.style, x: x, y: y + lineHeight / 2)
      for (index, line) in name.lines.enumerated() {
        if index > 0 { y += lineHeight }
        canvas.text(line, x: x + indentation, y: baseline(y), tooltip: name.fullText)
      }
      // After a name of several lines there is no room beside it.
      x = name.lines.count > 1 ? right : x + width + Self.columnGap
    }
    y += lineHeight
  }

  /// A short piece of a group's line, or of its area.
  mutating func addSample(
    _ sample: Legend.Sample, _ style: SeriesStyle, x: Double, y: Double,
    width: Double? = nil
  ) {
    let width = width ?? Self.width(sample)
    let paint = style.paint(in: options.theme)
    switch sample {
    case .line:
      canvas.line(
        x1: x, y1: y, x2: x + width, y2: y, stroke: paint, width: options.lineWidth,
        dashes: style.dashes(width: options.lineWidth))
    case .area:
      canvas.rectangle(
        x: x, y: y - size * 0.4, width: width, height: size * 0.8, fill: paint,
        opacity: 0.75)
    case .point: addMark(style, x: x + width / 2, y: y)
    }
  }

  /// The mark of a group: disc, ring, square, diamond, in turn.
  mutating func addMark(_ style: SeriesStyle, x: Double, y: Double, radius: Double = 4) {
    let paint = style.paint(in: options.theme)
    switch style.color % 4 {
    case 0: canvas.circle(x: x, y: y, radius: radius, fill: paint, class: "sk-mark")
    case 1:
      canvas.circle(
        x: x, y: y, radius: radius - 0.6, fill: .background, stroke: paint, width: 1.6,
        class: "sk-mark")
    case 2:
      canvas.rectangle(
        x: x - radius * 0.9, y: y - radius * 0.9, width: radius * 1.8, height: radius * 1.8,
        fill: paint, class: "sk-mark")
    default:
      var path = SVGPath()
      path.move(x, y - radius * 1.2)
      path.line(x + radius * 1.2, y)
      path.line(x, y + radius * 1.2)
      path.line(x - radius * 1.2, y)
      path.close()
      canvas.path(path, class: "sk-mark", fill: paint)
    }
  }
}
