// SPDX-License-Identifier: Apache-2.0

public import SurvivalPlots

extension StudyReport {
  /// A figure with its caption, and the numbers that it shows.
  public struct Figure: Sendable {
    /// The name of the figure in links and data: letters, digits and hyphens; unique in a report.
    public var identifier: String
    /// What the figure shows.
    public var caption: String
    /// The drawing.
    public var drawing: any SurvivalPlots.Figure
    /// The numbers that are drawn, for the files of numbers; `nil` when a table of the report has them.
    public var data: Table?

    /// Creates a figure.
    /// - Parameters:
    ///   - identifier: The name of the figure in links and data; unique in a report.
    ///   - caption: What the figure shows.
    ///   - drawing: The drawing; its size, colours and identifier are those of the report.
    ///   - data: The numbers that are drawn.
    public init(
      _ identifier: String, caption: String, drawing: any SurvivalPlots.Figure, data: Table? = nil
    ) {
      self.identifier = identifier
      self.caption = caption
      self.drawing = drawing
      self.data = data
    }

    /// The drawing for a page.
    /// - Parameters:
    ///   - width: The width in pixels.
    ///   - suffix: What follows the identifier, so that no two drawings of a page share one.
    /// - Returns: One `svg` element.
    func svg(width: Double, suffix: String) -> String {
      var drawing = drawing
      drawing.options.identifier = "figure-\(identifier)-\(suffix)"
      drawing.options.width = width
      drawing.options.theme = .light
      drawing.options.showsTitle = false
      drawing.options.title = drawing.options.title ?? caption
      return drawing.svg()
    }
  }
}
