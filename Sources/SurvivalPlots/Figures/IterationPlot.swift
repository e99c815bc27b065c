// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// The history of a fit: log likelihood and Newton decrement, step by step.
///
/// ```swift
/// let svg = IterationPlot(fit.estimates).svg()
/// ```
///
/// The decrement λ² is twice the gain that the next full step promises. Towards a maximum it falls
/// faster with every step; towards a coefficient that is infinite it falls by a constant factor, a
/// straight line on its logarithmic axis.
public struct IterationPlot: Figure {
  /// The points that the climb passed; the first is the null model.
  public let steps: [NewtonStep]
  /// Whether the maximum was found.
  public let hasConverged: Bool

  /// Texts, sizes and colours.
  public var options = FigureOptions(width: 480, panelHeight: 150)

  /// Creates a figure of a fit's iterations.
  /// - Parameter estimates: The estimates of a Cox model.
  public init(_ estimates: CoxEstimates) {
    steps = estimates.iterations
    hasConverged = estimates.hasConverged
  }

  /// Draws the figure.
  /// - Returns: One `svg` element.
  /// - Complexity: O(*k*) for *k* steps.
  public func svg() -> String {
    let title = options.title ?? "Iterations of the fit"
    var page = Page(options)
    page.addTitle(title)
    page.y += 10
    let last = Double(Swift.max(1, steps.count - 1))
    var xAxis = Axis(from: 0, to: last, title: "")
    // Whole steps only: there is nothing between them.
    xAxis.ticks = Ticks.linear(
      from: 0, to: last, steps: TickSteps(whole: [1, 2, 5, 10, 20, 50]), limit: 11
    ).filter { $0.value == $0.value.rounded() }
    let likelihoods = steps.enumerated().map {
      CurvePoint(x: Double($0), y: $1.logLikelihood)
    }
    var upper = PointFigure(
      points: likelihoods, xAxis: xAxis,
      yAxis: Axis.around(likelihoods.map(\.y), margin: 0.08, title: "Log likelihood"))
    let decrements = steps.enumerated().filter { $1.newtonDecrement > 0 }.map {
      CurvePoint(x: Double($0), y: $1.newtonDecrement)
    }
    let (least, most) = (decrements.map(\.y).min() ?? 1, decrements.map(\.y).max() ?? 10)
    xAxis.title = "Iteration"
    var lower = PointFigure(
      points: decrements, xAxis: xAxis,
      yAxis: Axis(.logarithmic, from: least / 3, to: most * 3, title: "Decrement λ²"))
    // One below the other, step under step.
    let labelRoom = Swift.max(upper.leftRoom(on: page), lower.leftRoom(on: page))
    upper.leastLeftRoom = labelRoom
    lower.leastLeftRoom = labelRoom
    upper.draw(on: &page, showsLine: true)
    page.y += 10
    lower.draw(on: &page, showsLine: true)
    page.addNotes(notes)
    return page.svg(
      kind: "sk-iteration-plot", title: title,
      description: options.description ?? description(title))
  }

  private var notes: [String] {
    var notes = ["λ²: twice the gain that the next full step promises."]
    let halvings = steps.reduce(0) { $0 + $1.halvings }
    if halvings > 0 {
      notes.append("\(NumberFormatting.quantity(halvings, "step")) had to be halved.")
    }
    if steps.contains(where: { $0.newtonDecrement <= 0 }) {
      notes.append("A decrement of 0 has no place on a logarithmic axis.")
    }
    if !hasConverged { notes.append("The maximum was not found: a coefficient is infinite.") }
    return notes
  }

  private func description(_ title: String) -> String {
    let (first, last) = (steps.first?.logLikelihood ?? 0, steps.last?.logLikelihood ?? 0)
    let count = NumberFormatting.quantity(Swift.max(0, steps.count - 1), "iteration")
    return
      "\(title): the log likelihood rose from \(NumberFormatting.significant(first, digits: 7)) "
      + "to \(NumberFormatting.significant(last, digits: 7)) in \(count)."
  }
}

extension PointFigure {
  /// A panel of a figure that has several.
  fileprivate init(points: [CurvePoint], xAxis: Axis, yAxis: Axis) {
    self.init(kind: "", title: "", description: "", xAxis: xAxis, yAxis: yAxis)
    self.points = points
    isProminent = true
  }
}
