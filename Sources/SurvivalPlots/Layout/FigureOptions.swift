// SPDX-License-Identifier: Apache-2.0

/// What all figures have in common: texts, sizes and colours.
///
/// The defaults suit a column of a journal: printed 174 mm wide, text of 12 pixels is 9 points and a
/// curve is 1.2 points strong. Figures are as high as their contents need.
public struct FigureOptions: Hashable, Sendable {
  /// The title above the figure, which is also its name for screen readers; that of the result when
  /// `nil`.
  public var title: String?
  /// Whether the title is drawn; screen readers are told in any case.
  public var showsTitle: Bool
  /// What a screen reader says of the figure; the numbers that it shows, in sentences, when `nil`.
  public var description: String?
  /// The `id` of the figure and the beginning of every `id` in it.
  ///
  /// Figures that share a page need different ones. Characters that an `id` may not have are replaced.
  public var identifier: String
  /// The width in pixels, 320 to 4000.
  public var width: Double
  /// The height in pixels of the area in which data are drawn, 80 to 4000; figures with one row for
  /// each entry take the height that their rows need.
  public var panelHeight: Double
  /// The size of text in pixels, 6 to 32.
  public var fontSize: Double
  /// The width of curves in pixels.
  public var lineWidth: Double
  /// The colours.
  public var theme: Theme
  /// Whether the sentences are written that say what is drawn and by which conventions.
  public var showsNotes: Bool

  /// Creates options.
  /// - Parameters:
  ///   - title: The title; that of the result when `nil`.
  ///   - showsTitle: Whether the title is drawn.
  ///   - description: What a screen reader says; the numbers in sentences when `nil`.
  ///   - identifier: The beginning of every `id` in the figure.
  ///   - width: The width in pixels, 320 to 4000.
  ///   - panelHeight: The height in pixels of the area in which data are drawn, 80 to 4000.
  ///   - fontSize: The size of text in pixels, 6 to 32.
  ///   - lineWidth: The width of curves in pixels.
  ///   - theme: The colours.
  ///   - showsNotes: Whether conventions are written under the figure.
  public init(
    title: String? = nil, showsTitle: Bool = true, description: String? = nil,
    identifier: String = "survival-figure", width: Double = 640, panelHeight: Double = 300,
    fontSize: Double = 12, lineWidth: Double = 1.6, theme: Theme = .light,
    showsNotes: Bool = true
  ) {
    self.title = title
    self.showsTitle = showsTitle
    self.description = description
    self.identifier = identifier
    self.width = width
    self.panelHeight = panelHeight
    self.fontSize = fontSize
    self.lineWidth = lineWidth
    self.theme = theme
    self.showsNotes = showsNotes
  }

  /// Stops a program that asks for a figure of no size.
  func check() {
    precondition(
      width >= 320 && width <= 4000, "a figure is 320 to 4000 pixels wide, not \(width)")
    precondition(
      panelHeight >= 80 && panelHeight <= 4000,
      "the panel of a figure is 80 to 4000 pixels high, not \(panelHeight)")
    precondition(
      fontSize >= 6 && fontSize <= 32, "the text of a figure has 6 to 32 pixels, not \(fontSize)")
    precondition(
      lineWidth > 0 && lineWidth <= 20, "a curve is up to 20 pixels wide, not \(lineWidth)")
  }
}
