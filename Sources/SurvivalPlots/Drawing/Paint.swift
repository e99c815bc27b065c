// SPDX-License-Identifier: Apache-2.0

/// The role of a colour in a figure.
enum Paint: Hashable, Comparable {
  case background, ink, muted, grid
  /// The colour of the group at a position.
  case series(Int)

  /// The name of the role in classes and custom properties.
  var name: String {
    switch self {
    case .background: "background"
    case .ink: "ink"
    case .muted: "muted"
    case .grid: "grid"
    case .series(let index): "series-\(index + 1)"
    }
  }

  /// The colour of the role as CSS writes it.
  func css(in colors: Theme.Colors) -> String {
    switch self {
    case .background: colors.background?.css ?? "none"
    case .ink: colors.ink.css
    case .muted: colors.muted.css
    case .grid: colors.grid.css
    case .series(let index): colors.series[index % colors.series.count].css
    }
  }
}

/// The look of a group: a colour, and a line style besides, so that print without colour serves.
struct SeriesStyle: Hashable {
  /// The position of the colour.
  let color: Int
  /// The position of the line style.
  let dash: Int

  init(color: Int, dash: Int) {
    self.color = color
    self.dash = dash
  }

  /// The look of the group at a position: the eight line styles go round once for eight colours, and
  /// then begin one further.
  init(index: Int) {
    self.init(color: index, dash: index + index / 8)
  }

  /// The role of its colour.
  func paint(in theme: Theme) -> Paint { .series(color % theme.colors.series.count) }

  /// Lengths of dashes and gaps, in widths of the line; a whole line when empty.
  private static let dashes: [[Double]] = [
    [], [6, 2.5], [2, 1.6], [8, 2, 2, 2], [10, 3], [4, 1.6, 1.2, 1.6, 1.2, 1.6], [3.2, 3.2],
    [9, 1.8, 3, 1.8, 3, 1.8],
  ]

  /// The value of `stroke-dasharray` for a line of a width; `nil` for a whole line.
  func dashes(width: Double) -> String? {
    let pattern = Self.dashes[dash % Self.dashes.count]
    guard !pattern.isEmpty else { return nil }
    return pattern.map { Coordinate.text($0 * width) }.joined(separator: " ")
  }
}
