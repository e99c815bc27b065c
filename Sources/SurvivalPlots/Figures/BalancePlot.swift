// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// Standardized differences of covariates between two groups before and after weighting or matching:
/// a love plot.
///
/// ```swift
/// let svg = try BalancePlot([
///   .init("Age", before: 0.41, after: 0.03),
///   .init("Prior lines", before: -0.22, after: 0.01),
/// ]).svg()
/// ```
///
/// Broken lines stand at the threshold of 0.1 below which imbalance is commonly taken to be slight
/// (Austin 2009, doi:10.1002/sim.3697).
public struct BalancePlot: Figure {
  /// The standardized differences of one covariate.
  public struct Difference: Hashable, Sendable {
    /// The name of the covariate.
    public let covariate: String
    /// The difference in standard deviations before.
    public let before: Double
    /// The difference in standard deviations after; `nil` when there is only one.
    public let after: Double?

    /// Creates the differences of one covariate.
    /// - Parameters:
    ///   - covariate: The name of the covariate.
    ///   - before: The difference in standard deviations before.
    ///   - after: The difference in standard deviations after.
    public init(_ covariate: String, before: Double, after: Double? = nil) {
      self.covariate = covariate
      self.before = before
      self.after = after
    }
  }

  /// The differences, from top to bottom.
  public let differences: [Difference]

  /// Texts, sizes and colours.
  public var options = FigureOptions()
  /// Whether signs are dropped.
  public var isAbsolute = true
  /// Where broken lines are drawn; none when `nil`.
  public var threshold: Double? = 0.1
  /// What the first marks are.
  public var beforeTitle = "Before weighting"
  /// What the second marks are.
  public var afterTitle = "After weighting"

  /// Creates a figure of differences.
  /// - Parameter differences: The differences, from top to bottom.
  /// - Throws: ``/SurvivalKit/SurvivalError`` with code `invalidData` for a difference that is not
  ///   finite.
  public init(_ differences: [Difference]) throws(SurvivalError) {
    try Checks.finite(differences.map(\.before), "differences before")
    try Checks.finite(differences.map { $0.after ?? 0 }, "differences after")
    self.differences = differences
  }

  /// Creates a figure of the balance that weights achieve.
  /// - Parameter balance: The balance of each covariate; a difference that is infinite is drawn as an
  ///   arrowhead at the end of the axis.
  public init(_ balance: [CovariateBalance]) {
    differences = balance.map {
      Difference($0.name, before: $0.unweighted ?? .infinity, after: $0.weighted ?? .infinity)
    }
  }

  /// Draws the figure.
  /// - Returns: One `svg` element.
  /// - Complexity: O(*k*) for *k* covariates.
  public func svg() -> String {
    let hasAfter = differences.contains { $0.after != nil }
    let values = differences.flatMap { [$0.before] + ($0.after.map { [$0] } ?? []) }.map(shown)
      .filter(\.isFinite)
    let edge = threshold.map { isAbsolute ? [$0] : [-$0, $0] } ?? []
    let around = Axis.around(values + edge + [0], margin: 0.05, title: "")
    let axis = Axis(
      from: isAbsolute ? 0 : around.lower, to: around.upper,
      title: isAbsolute ? "Absolute standardized difference" : "Standardized difference")
    let title = options.title ?? "Balance of covariates"
    let styles = [SeriesStyle(index: 1), SeriesStyle(index: 0)]
    let titles = hasAfter ? [beforeTitle, afterTitle] : [beforeTitle]
    return RowFigure(
      kind: "sk-balance-plot", title: title,
      description: options.description ?? description(title),
      legend: hasAfter
        ? Legend(
          sample: .point,
          entries: zip(titles, styles).map { Legend.Entry(name: $0, style: $1) }) : nil,
      headings: [],
      rows: differences.map { difference in
        var row = RowFigure.Row(label: difference.covariate, facts: [])
        row.marks = [mark(difference.before, styles[0])]
        if let after = difference.after { row.marks.append(mark(after, styles[1])) }
        return row
      },
      axis: axis, references: [0] + edge,
      notes: differences.contains { !$0.before.isFinite || $0.after?.isFinite == false }
        ? ["Arrowhead: the difference is infinite."] : []
    ).svg(options)
  }

  private func mark(_ value: Double, _ style: SeriesStyle) -> RowFigure.Mark {
    RowFigure.Mark(value: shown(value), shape: value.isFinite ? .series(style) : .above)
  }

  private func shown(_ value: Double) -> Double { isAbsolute ? abs(value) : value }

  private func description(_ title: String) -> String {
    let sentences = differences.map { difference in
      let after = difference.after.map { ", then \(Wording.number(shown($0)))" } ?? ""
      return "\(difference.covariate): \(Wording.number(shown(difference.before)))\(after)."
    }
    return (["\(title) in standardized differences."] + sentences).joined(separator: " ")
  }
}
