// SPDX-License-Identifier: Apache-2.0

/// A figure as a value: a result, and how it is to be shown.
///
/// Make one from a result, change what you like, and ask for its SVG:
///
/// ```swift
/// var figure = SurvivalPlot(curves, test: test)
/// figure.timeUnit = .days
/// figure.options.title = "Time to relapse"
/// let svg = figure.svg()
/// ```
///
/// The text is one `svg` element, without an XML declaration, so that it can be a file of its own or
/// stand in an HTML page. Equal figures give equal bytes, on every platform.
public protocol Figure: Hashable, Sendable {
  /// Texts, sizes and colours.
  var options: FigureOptions { get set }

  /// Draws the figure.
  /// - Returns: One `svg` element that is well-formed XML 1.0, whatever the labels hold.
  func svg() -> String
}
