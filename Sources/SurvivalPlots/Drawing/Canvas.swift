// SPDX-License-Identifier: Apache-2.0

/// What figures draw on: text, lines, paths and marks whose colours are roles.
///
/// Every colour is written twice, as an attribute, which every program understands, and as a class,
/// whose rule lets a page override it.
struct Canvas {
  private(set) var svg = MarkupBuilder()
  private let theme: Theme
  private var fills = Set<Paint>()
  private var strokes = Set<Paint>()

  /// Where a text stands in relation to its point.
  enum Anchor: String {
    case start, middle, end
  }

  init(theme: Theme) { self.theme = theme }

  // MARK: - Groups

  /// Begins a group that scripts and style sheets can find by its class.
  mutating func begin(
    _ name: String, fill: Paint? = nil, stroke: Paint? = nil, width: Double? = nil,
    _ attributes: [MarkupBuilder.Attribute] = []
  ) {
    var list: [MarkupBuilder.Attribute] = [("class", name)]
    paint(&list, fill: fill, stroke: stroke)
    if let width { list.append(("stroke-width", Coordinate.text(width))) }
    svg.begin("g", list + attributes)
  }

  /// Ends the group that was begun last.
  mutating func end() { svg.end() }

  // MARK: - Text

  /// A line of text on its baseline.
  mutating func text(
    _ content: String, x: Double, y: Double, anchor: Anchor = .start, size: Double? = nil,
    isBold: Bool = false, paint: Paint? = nil, isVertical: Bool = false, tooltip: String? = nil
  ) {
    var list: [MarkupBuilder.Attribute] = [("x", Coordinate.text(x)), ("y", Coordinate.text(y))]
    if anchor != .start { list.append(("text-anchor", anchor.rawValue)) }
    if let size { list.append(("font-size", Coordinate.text(size))) }
    if isBold { list.append(("font-weight", "bold")) }
    if isVertical {
      list.append(
        ("transform", "rotate(-90 \(Coordinate.text(x)) \(Coordinate.text(y)))"))
    }
    self.paint(&list, fill: paint, stroke: nil)
    svg.element("text", list, text: content, tooltip: tooltip)
  }

  // MARK: - Lines and areas

  /// A straight line.
  mutating func line(
    x1: Double, y1: Double, x2: Double, y2: Double, stroke: Paint? = nil, width: Double? = nil,
    dashes: String? = nil, class name: String? = nil
  ) {
    var list: [MarkupBuilder.Attribute] = [
      ("x1", Coordinate.text(x1)), ("y1", Coordinate.text(y1)), ("x2", Coordinate.text(x2)),
      ("y2", Coordinate.text(y2)),
    ]
    if let name { list.append(("class", name)) }
    paint(&list, fill: nil, stroke: stroke)
    if let width { list.append(("stroke-width", Coordinate.text(width))) }
    if let dashes { list.append(("stroke-dasharray", dashes)) }
    svg.element("line", list)
  }

  /// A path; nothing when it is empty.
  mutating func path(
    _ path: SVGPath, class name: String? = nil, fill: Paint? = nil, stroke: Paint? = nil,
    width: Double? = nil, dashes: String? = nil, opacity: Double? = nil
  ) {
    guard !path.data.isEmpty else { return }
    var list = [MarkupBuilder.Attribute]()
    if let name { list.append(("class", name)) }
    paint(&list, fill: fill, stroke: stroke)
    if fill == nil { list.append(("fill", "none")) }
    if let width { list.append(("stroke-width", Coordinate.text(width))) }
    if let dashes { list.append(("stroke-dasharray", dashes)) }
    if let opacity { list.append(("fill-opacity", Coordinate.text(opacity))) }
    svg.element("path", list + [("d", path.data)])
  }

  /// A rectangle.
  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, fill: Paint, class name: String? = nil,
    opacity: Double? = nil
  ) {
    var list: [MarkupBuilder.Attribute] = [
      ("x", Coordinate.text(x)), ("y", Coordinate.text(y)), ("width", Coordinate.text(width)),
      ("height", Coordinate.text(height)),
    ]
    if let name { list.append(("class", name)) }
    paint(&list, fill: fill, stroke: nil)
    if let opacity { list.append(("fill-opacity", Coordinate.text(opacity))) }
    svg.element("rect", list)
  }

  /// A circle, filled or as a ring.
  mutating func circle(
    x: Double, y: Double, radius: Double, fill: Paint?, stroke: Paint? = nil,
    width: Double? = nil, opacity: Double? = nil, class name: String? = nil
  ) {
    var list: [MarkupBuilder.Attribute] = [
      ("cx", Coordinate.text(x)), ("cy", Coordinate.text(y)), ("r", Coordinate.text(radius)),
    ]
    if let name { list.append(("class", name)) }
    paint(&list, fill: fill, stroke: stroke)
    if fill == nil { list.append(("fill", "none")) }
    if let width { list.append(("stroke-width", Coordinate.text(width))) }
    if let opacity { list.append(("fill-opacity", Coordinate.text(opacity))) }
    svg.element("circle", list)
  }

  // MARK: - Colours

  private mutating func paint(
    _ attributes: inout [MarkupBuilder.Attribute], fill: Paint?, stroke: Paint?
  ) {
    var classes = [String]()
    var colors = [MarkupBuilder.Attribute]()
    if let fill {
      fills.insert(fill)
      classes.append("sk-fill-\(fill.name)")
      colors.append(("fill", fill.css(in: theme.colors)))
    }
    if let stroke {
      strokes.insert(stroke)
      classes.append("sk-stroke-\(stroke.name)")
      colors.append(("stroke", stroke.css(in: theme.colors)))
    }
    guard !classes.isEmpty else { return }
    let list = classes.joined(separator: " ")
    if let position = attributes.firstIndex(where: { $0.name == "class" }) {
      attributes[position].value += " " + list
    } else {
      attributes.append(("class", list))
    }
    attributes += colors
  }

  /// The rules that let a page override the colours used here and on another canvas, for the figure
  /// of an `id`.
  func styleRules(for identifier: String, with other: Canvas) -> [String] {
    let fills = fills.union(other.fills).sorted()
    let strokes = strokes.union(other.strokes).sorted()
    func rules(_ colors: Theme.Colors) -> [String] {
      func rule(_ paint: Paint, _ property: String) -> String {
        "#\(identifier) .sk-\(property)-\(paint.name)"
          + "{\(property):var(--survival-\(paint.name),\(paint.css(in: colors)))}"
      }
      return fills.map { rule($0, "fill") } + strokes.map { rule($0, "stroke") }
    }
    // Each label in the direction of its own script, wherever the figure is shown.
    var sheet = ["#\(identifier) .sk-figure text{unicode-bidi:plaintext}"] + rules(theme.colors)
    if let dark = theme.darkColors {
      sheet.append("@media (prefers-color-scheme:dark){")
      sheet += rules(dark)
      sheet.append("}")
    }
    return sheet
  }
}

/// The commands of a path, in absolute coordinates.
struct SVGPath {
  private(set) var data = ""
  private var x = ""
  private var y = ""

  /// Begins anew at a point.
  mutating func move(_ x: Double, _ y: Double) {
    (self.x, self.y) = (Coordinate.text(x), Coordinate.text(y))
    data += "M\(self.x) \(self.y)"
  }

  /// A straight line to a point, where the path begins when it is empty.
  mutating func line(_ x: Double, _ y: Double) {
    if data.isEmpty { return move(x, y) }
    let (newX, newY) = (Coordinate.text(x), Coordinate.text(y))
    switch (newX == self.x, newY == self.y) {
    case (true, true): return
    case (true, false): data += "V\(newY)"
    case (false, true): data += "H\(newX)"
    case (false, false): data += "L\(newX) \(newY)"
    }
    (self.x, self.y) = (newX, newY)
  }

  /// A line back to where the path began.
  mutating func close() { data += "Z" }
}
