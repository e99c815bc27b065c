// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// A forest plot: ratios with their intervals, of the coefficients of a Cox model or of subgroups.
///
/// ```swift
/// let svg = ForestPlot(fit).svg()
/// ```
///
/// The axis is logarithmic, so that a ratio and its inverse are equally far from 1. An interval that
/// leaves the axis ends in an arrowhead; an infinite coefficient is an arrowhead alone.
public struct ForestPlot: Figure {
  /// One row.
  public struct Row: Hashable, Sendable {
    enum Content: Hashable, Sendable {
      case heading
      case effect(estimate: Double, interval: ConfidenceInterval?)
      case reference
      /// The coefficient is infinite, towards a ratio of 0 when `isNegative`.
      case infinite(isNegative: Bool)
      case unknown(String)
    }

    /// The name at the left.
    public let label: String
    /// The p-value of the row; of interaction in the heading of a subgroup.
    public let pValue: Double?
    /// A text between name and axis, such as the number of events.
    public let detail: String
    let content: Content
    /// Whether the row belongs to the heading above it.
    var isIndented = false

    init(label: String, pValue: Double? = nil, detail: String = "", content: Content) {
      self.label = label
      self.pValue = pValue
      self.detail = detail
      self.content = content
    }

    /// A ratio with its interval.
    /// - Parameters:
    ///   - label: The name at the left.
    ///   - ratio: The ratio; positive and finite.
    ///   - interval: The confidence interval of the ratio.
    ///   - pValue: The p-value.
    ///   - detail: A text beside the name, such as the number of events.
    /// - Throws: ``/SurvivalKit/SurvivalError`` with code `invalidData` for a ratio or a limit that is
    ///   not positive and finite, and for a ratio outside its interval.
    public init(
      _ label: String, ratio: Double, interval: ConfidenceInterval? = nil, pValue: Double? = nil,
      detail: String = ""
    ) throws(SurvivalError) {
      let limits = interval.map { [$0.lower, $0.upper] } ?? []
      try Checks.all([ratio] + limits, label, allowed: "a positive number") {
        $0 > 0 && $0.isFinite
      }
      if let interval {
        try Checks.all([ratio], label, allowed: "within its interval") {
          interval.lower <= $0 && $0 <= interval.upper
        }
      }
      self.init(
        label: label, pValue: pValue, detail: detail,
        content: .effect(estimate: ratio, interval: interval))
    }

    /// The ratio of a coefficient.
    /// - Parameters:
    ///   - coefficient: A coefficient of a Cox model.
    ///   - label: The name at the left; that of the coefficient when `nil`.
    ///   - level: The level of confidence.
    ///   - detail: A text beside the name, such as the number of events.
    public init(
      _ coefficient: CoxCoefficient, label: String? = nil, level: Double = 0.95,
      detail: String = ""
    ) {
      let content: Content
      if coefficient.isAliased || coefficient.estimate == nil {
        content = .unknown("aliased")
      } else if coefficient.isInfinite {
        content = .infinite(isNegative: (coefficient.estimate ?? 0) < 0)
      } else if let ratio = coefficient.hazardRatio, ratio > 0, ratio.isFinite {
        let interval = coefficient.hazardRatioInterval(level: level).flatMap {
          $0.lower > 0 && $0.upper.isFinite ? $0 : nil
        }
        content = .effect(estimate: ratio, interval: interval)
      } else {
        content = .infinite(isNegative: (coefficient.estimate ?? 0) < 0)
      }
      let isKnown = if case .effect = content { true } else { false }
      self.init(
        label: label ?? coefficient.name, pValue: isKnown ? coefficient.pValue : nil,
        detail: detail, content: content)
    }
  }

  /// A characteristic by whose levels an effect is shown.
  public struct Subgroup: Hashable, Sendable {
    /// The name of the characteristic.
    public let name: String
    /// The effect at each level.
    public let rows: [Row]
    /// The p-value of the interaction of characteristic and effect; it belongs to the characteristic,
    /// and the p-values of the levels are not shown.
    public let interactionPValue: Double?

    /// Creates a subgroup.
    /// - Parameters:
    ///   - name: The name of the characteristic.
    ///   - rows: The effect at each level.
    ///   - interactionPValue: The p-value of the interaction.
    public init(_ name: String, rows: [Row], interactionPValue: Double? = nil) {
      self.name = name
      self.rows = rows
      self.interactionPValue = interactionPValue
    }
  }

  /// The rows from top to bottom.
  public let rows: [Row]
  /// The level of confidence of the intervals.
  public let level: Double
  /// Whether the p-values are those of interactions.
  public let showsInteractions: Bool
  /// The name of the endpoint; empty for columns.
  public let endpoint: String

  /// Texts, sizes and colours.
  public var options = FigureOptions()
  /// What the ratio is, for the heading and the title of the axis.
  public var ratioTitle = "Hazard ratio"
  /// The heading of the texts beside the names; none when empty.
  public var detailTitle = ""
  /// What it means when a ratio is below 1, written under the axis.
  public var below: String?
  /// What it means when a ratio is above 1, written under the axis.
  public var above: String?
  private var note = ""

  /// Creates a figure of the coefficients of a Cox model, by the names of its columns.
  /// - Parameters:
  ///   - estimates: The estimates.
  ///   - level: The level of confidence.
  public init(_ estimates: CoxEstimates, level: Double = 0.95) {
    self.init(estimates, references: [], level: level)
  }

  /// Creates a figure of the coefficients of a Cox model, the levels of each factor under its name,
  /// and above them the level that they are compared with.
  /// - Parameters:
  ///   - fit: The fit.
  ///   - level: The level of confidence.
  public init<Record>(_ fit: CoxFit<Record>, level: Double = 0.95) {
    self.init(fit.estimates, references: fit.references, level: level)
  }

  /// Creates a figure of rows of your own.
  /// - Parameters:
  ///   - rows: The rows from top to bottom.
  ///   - level: The level of confidence of their intervals.
  public init(_ rows: [Row], level: Double = 0.95) {
    self.rows = rows
    self.level = level
    showsInteractions = false
    endpoint = ""
  }

  /// Creates a figure of one effect in subgroups.
  /// - Parameters:
  ///   - subgroups: The characteristics with the effect at each level.
  ///   - overall: The effect in all, as the first row; its p-value is not shown.
  ///   - level: The level of confidence of the intervals.
  public init(subgroups: [Subgroup], overall: Row? = nil, level: Double = 0.95) {
    // The p-values of this figure are those of interactions, which a whole has none of.
    var rows = overall.map { [Row(label: $0.label, detail: $0.detail, content: $0.content)] } ?? []
    for subgroup in subgroups {
      rows.append(
        Row(label: subgroup.name, pValue: subgroup.interactionPValue, content: .heading))
      for row in subgroup.rows {
        var row = Row(label: row.label, detail: row.detail, content: row.content)
        row.isIndented = true
        rows.append(row)
      }
    }
    self.rows = rows
    self.level = level
    showsInteractions = true
    endpoint = ""
  }

  /// The rows of a model; `references` are its factors with the level that others are compared with.
  package init(
    _ estimates: CoxEstimates, references: [(factor: String, level: String)], level: Double
  ) {
    var rows = [Row]()
    var open: String?
    for coefficient in estimates.coefficients {
      let factor = references.first {
        coefficient.name.hasPrefix("\($0.factor)[") && coefficient.name.hasSuffix("]")
      }
      guard let factor else {
        open = nil
        rows.append(Row(coefficient, level: level))
        continue
      }
      if open != factor.factor {
        open = factor.factor
        rows.append(Row(label: factor.factor, content: .heading))
        var reference = Row(label: factor.level, content: .reference)
        reference.isIndented = true
        rows.append(reference)
      }
      let name = coefficient.name.dropFirst(factor.factor.count + 1).dropLast()
      var row = Row(coefficient, label: String(name), level: level)
      row.isIndented = true
      rows.append(row)
    }
    self.rows = rows
    self.level = level
    showsInteractions = false
    endpoint = estimates.endpoint
    if estimates.subdistributionCause != nil { ratioTitle = "Subdistribution hazard ratio" }
    note =
      "\(NumberFormatting.quantity(estimates.subjectCount, "subject")), "
      + "\(NumberFormatting.quantity(estimates.eventCount, "event"))."
  }

  /// Draws the figure.
  /// - Returns: One `svg` element.
  /// - Complexity: O(*k*) for *k* rows.
  public func svg() -> String {
    let ratioHeading = "\(ratioTitle) (\(Wording.percent(level)) CI)"
    let hasP = rows.contains { $0.pValue != nil }
    let pHeading = showsInteractions ? "p, interaction" : "p"
    let headings = [detailTitle, ratioHeading] + (hasP ? [pHeading] : [])
    let hasDetails = rows.contains { !$0.detail.isEmpty }
    let shown = hasDetails ? headings : Array(headings.dropFirst())
    let title = options.title ?? self.title
    return RowFigure(
      kind: "sk-forest-plot", title: title,
      description: options.description ?? description(title),
      headings: shown,
      rows: rows.map { row in
        var facts = [row.detail, text(row)]
        if hasP { facts.append(row.pValue.map { NumberFormatting.decimalPValue($0) } ?? "") }
        return figureRow(row, hasDetails ? facts : Array(facts.dropFirst()))
      },
      axis: axis, references: [1], sides: sides, notes: notes
    ).svg(options)
  }

  // MARK: - Parts

  private func figureRow(_ row: Row, _ facts: [String]) -> RowFigure.Row {
    var figure = RowFigure.Row(label: row.label, facts: facts)
    figure.isIndented = row.isIndented
    switch row.content {
    case .heading: figure.isHeading = true
    case .effect(let estimate, let interval):
      figure.marks = [RowFigure.Mark(value: estimate, shape: .square)]
      figure.limits = interval.map { ($0.lower, $0.upper) }
    case .reference: figure.marks = [RowFigure.Mark(value: 1, shape: .ring)]
    case .infinite(let isNegative):
      figure.marks = [RowFigure.Mark(value: 1, shape: isNegative ? .below : .above)]
    case .unknown: break
    }
    return figure
  }

  private func text(_ row: Row) -> String {
    switch row.content {
    case .heading: return ""
    case .effect(let estimate, let interval):
      guard let interval else { return Wording.ratio(estimate) }
      return Wording.ratio(estimate, interval)
    case .reference: return "reference"
    case .infinite(let isNegative): return isNegative ? "0, infinite log" : "infinite"
    case .unknown(let reason): return reason
    }
  }

  /// Wide enough for all estimates, and for their limits up to twenty times beyond.
  private var axis: Axis {
    var estimates = [1.0]
    var limits = [Double]()
    for row in rows {
      guard case .effect(let estimate, let interval) = row.content else { continue }
      estimates.append(estimate)
      if let interval { limits += [interval.lower, interval.upper] }
    }
    let (least, most) = (estimates.min() ?? 1, estimates.max() ?? 1)
    let lower = Swift.min(least, Swift.max(limits.min() ?? least, least / 20))
    let upper = Swift.max(most, Swift.min(limits.max() ?? most, most * 20))
    // Never so narrow that chance looks like an effect.
    return Axis(
      .logarithmic, from: Swift.min(lower / 1.1, 0.8), to: Swift.max(upper * 1.1, 1.25),
      title: "\(ratioTitle), log scale")
  }

  private var sides: (lower: String, upper: String)? {
    guard below != nil || above != nil else { return nil }
    return (below ?? "lower", above ?? "higher")
  }

  // MARK: - Words

  private var title: String {
    let subject = endpoint.isEmpty ? "" : " of \(endpoint)"
    return showsInteractions ? "\(ratioTitle)s in subgroups" : "\(ratioTitle)s\(subject)"
  }

  private func description(_ title: String) -> String {
    let sentences = rows.compactMap { row -> String? in
      let p = row.pValue.map { ", \(NumberFormatting.decimalPStatement($0))" } ?? ""
      if case .heading = row.content {
        return row.label + (p.isEmpty ? ":" : "\(p) for interaction:")
      }
      return "\(row.label): \(text(row))\(p)."
    }
    return (["\(title)."] + sentences).joined(separator: " ")
  }

  private var notes: [String] {
    var notes = note.isEmpty ? [] : [note]
    if rows.contains(where: { if case .infinite = $0.content { true } else { false } }) {
      notes.append("Arrowhead alone: the likelihood rises without end.")
    }
    return notes
  }
}
