// SPDX-License-Identifier: Apache-2.0

/// The colours of a figure, on a light or on a dark ground.
///
/// Every colour can be overridden by the page that holds the figure: text and lines take
/// `--survival-ink`, secondary text `--survival-muted`, grid lines `--survival-grid`, the ground
/// `--survival-background`, and the groups `--survival-series-1`, `--survival-series-2`, … where the
/// page defines them. Programs that do not know custom properties draw the colours of ``colors``.
public struct Theme: Hashable, Sendable {
  /// The colours on one ground.
  public struct Colors: Hashable, Sendable {
    /// Text and axes.
    public var ink: FigureColor
    /// Secondary text.
    public var muted: FigureColor
    /// Grid and reference lines.
    public var grid: FigureColor
    /// The ground; transparent when `nil`.
    public var background: FigureColor?
    /// The groups in order; more groups begin again, with other line styles.
    public var series: [FigureColor]

    /// Creates a set of colours.
    /// - Parameters:
    ///   - ink: Text and axes.
    ///   - muted: Secondary text.
    ///   - grid: Grid and reference lines.
    ///   - background: The ground; transparent when `nil`.
    ///   - series: The groups in order; at least one.
    public init(
      ink: FigureColor, muted: FigureColor, grid: FigureColor, background: FigureColor?,
      series: [FigureColor]
    ) {
      precondition(!series.isEmpty, "a figure needs at least one colour for its groups")
      self.ink = ink
      self.muted = muted
      self.grid = grid
      self.background = background
      self.series = series
    }

    /// Black on white.
    ///
    /// The groups have the colours of Okabe & Ito (2008), which people with any kind of colour vision
    /// can tell apart. Lines of their yellow would vanish on white; wine stands in its place.
    public static let light = Colors(
      ink: FigureColor(0x1A1A1A), muted: FigureColor(0x595959), grid: FigureColor(0xD9D9D9),
      background: FigureColor(0xFFFFFF),
      series: [
        0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000, 0x882255,
      ].map { FigureColor($0) })

    /// Light grey on nearly black; the groups in hues like those of ``light``, as far apart for any kind
    /// of colour vision and light enough to be seen.
    public static let dark = Colors(
      ink: FigureColor(0xECECEC), muted: FigureColor(0xB0B0B0), grid: FigureColor(0x4A4A4A),
      background: FigureColor(0x16181C),
      series: [
        0x699FFF, 0xFF7F40, 0x35D8A2, 0xE09BC3, 0xFFE779, 0x4D72DB, 0xECECEC, 0xC04A7A,
      ].map { FigureColor($0) })
  }

  /// The colours of the figure.
  public var colors: Colors
  /// The colours where the reader prefers a dark page; the same everywhere when `nil`.
  public var darkColors: Colors?

  /// Creates a theme.
  /// - Parameters:
  ///   - colors: The colours of the figure.
  ///   - darkColors: The colours where the reader prefers a dark page.
  public init(colors: Colors, darkColors: Colors? = nil) {
    self.colors = colors
    self.darkColors = darkColors
  }

  /// Black on white, as for print.
  public static let light = Theme(colors: .light)
  /// Light on dark.
  public static let dark = Theme(colors: .dark)
  /// Light, and dark where the reader prefers that: for web pages.
  public static let adaptive = Theme(colors: .light, darkColors: .dark)
}
