// SPDX-License-Identifier: Apache-2.0

/// A figure in the making: blocks are added from top to bottom, and the page ends below the last.
struct Page {
  let options: FigureOptions
  var canvas: Canvas
  /// How far down the page is filled.
  var y: Double
  /// The space around everything.
  static let padding = 12.0

  init(_ options: FigureOptions) {
    options.check()
    self.options = options
    canvas = Canvas(theme: options.theme)
    y = Self.padding
    canvas.begin(
      "sk-figure", fill: .ink,
      [
        ("font-family", "Helvetica, Arial, 'Liberation Sans', 'Nimbus Sans', sans-serif"),
        ("font-size", Coordinate.text(options.fontSize)),
      ])
  }

  var size: Double { options.fontSize }
  var smallSize: Double { (options.fontSize * 0.9 * 10).rounded() / 10 }
  var lineHeight: Double { (options.fontSize * 1.4).rounded() }
  var left: Double { Self.padding }
  var right: Double { options.width - Self.padding }
  var room: Double { right - left }

  /// The baseline of a line of text whose box begins at a height.
  func baseline(_ top: Double, size: Double? = nil) -> Double {
    top + (size ?? self.size) * 1.02
  }

  /// How many characters' height a text of a size takes.
  func lineHeight(_ size: Double) -> Double { (size * 1.4).rounded() }

  // MARK: - Blocks of text

  /// The title in bold, on as many as three lines.
  mutating func addTitle(_ title: String) {
    guard options.showsTitle, !title.isEmpty else { return }
    let size = (self.size * 1.15 * 10).rounded() / 10
    let fitted = FittedText(title, width: room, size: size, isBold: true, maximumLines: 3)
    for line in fitted.lines {
      canvas.text(
        line, x: left, y: baseline(y, size: size), size: size, isBold: true,
        tooltip: fitted.fullText)
      y += lineHeight(size)
    }
    y += 4
  }

  /// A paragraph over the whole width.
  mutating func addParagraph(
    _ text: String, size: Double? = nil, paint: Paint? = nil, maximumLines: Int = 12
  ) {
    guard !text.isEmpty else { return }
    let size = size ?? self.size
    let fitted = FittedText(text, width: room, size: size, maximumLines: maximumLines)
    for line in fitted.lines {
      canvas.text(
        line, x: left, y: baseline(y, size: size), size: size == self.size ? nil : size,
        paint: paint, tooltip: fitted.fullText)
      y += lineHeight(size)
    }
  }

  /// The sentences that say what is drawn, in small type.
  mutating func addNotes(_ notes: [String]) {
    guard options.showsNotes, !notes.isEmpty else { return }
    y += 6
    canvas.begin("sk-notes")
    addParagraph(notes.joined(separator: " "), size: smallSize, paint: .muted)
    canvas.end()
  }

  // MARK: - The whole

  /// The finished figure.
  /// - Parameters:
  ///   - kind: The class of the root element after `survival-figure`.
  ///   - title: The name for screen readers.
  ///   - description: What screen readers say.
  /// - Returns: One `svg` element.
  func svg(kind: String, title: String, description: String) -> String {
    let identifier = XMLText.identifier(options.identifier)
    let height = (y + Self.padding).rounded(.up)
    let width = Coordinate.text(options.width)
    var ground = Canvas(theme: options.theme)
    ground.rectangle(
      x: 0, y: 0, width: options.width, height: height, fill: .background, class: "sk-ground")
    var contents = canvas
    contents.end()
    var svg = MarkupBuilder()
    svg.begin(
      "svg",
      [
        ("xmlns", "http://www.w3.org/2000/svg"), ("id", identifier),
        ("class", "survival-figure \(kind)"), ("width", width),
        ("height", Coordinate.text(height)),
        ("viewBox", "0 0 \(width) \(Coordinate.text(height))"), ("role", "img"),
        ("aria-labelledby", "\(identifier)-title \(identifier)-desc"),
      ])
    svg.element("title", [("id", "\(identifier)-title")], text: title)
    svg.element("desc", [("id", "\(identifier)-desc")], text: description)
    svg.styleSheet(contents.styleRules(for: identifier, with: ground))
    svg.append(ground.svg)
    svg.append(contents.svg)
    svg.end()
    return svg.text
  }
}
