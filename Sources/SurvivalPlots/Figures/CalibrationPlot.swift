// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// Observed against predicted probabilities: a model that is calibrated follows the diagonal.
///
/// ```swift
/// let svg = try CalibrationPlot([
///   .init(predicted: 0.12, observed: 0.10, interval: interval),
///   .init(predicted: 0.35, observed: 0.41),
/// ]).svg()
/// ```
public struct CalibrationPlot: Figure {
  /// A group of subjects whose predictions are alike.
  public struct Point: Hashable, Sendable {
    /// The mean predicted probability.
    public let predicted: Double
    /// The probability that was observed.
    public let observed: Double
    /// The confidence interval of the observed probability.
    public let interval: ConfidenceInterval?

    /// Creates a point.
    /// - Parameters:
    ///   - predicted: The mean predicted probability.
    ///   - observed: The probability that was observed, such as that of a Kaplan–Meier curve.
    ///   - interval: Its confidence interval.
    public init(predicted: Double, observed: Double, interval: ConfidenceInterval? = nil) {
      self.predicted = predicted
      self.observed = observed
      self.interval = interval
    }
  }

  /// The groups.
  public let points: [Point]
  /// A smooth curve through single predictions, as points in ascending order; empty for none.
  public let smooth: [Point]

  /// Texts, sizes and colours.
  public var options = FigureOptions(width: 480, panelHeight: 380)
  /// The title of the horizontal axis.
  public var predictedTitle = "Predicted probability"
  /// The title of the vertical axis.
  public var observedTitle = "Observed probability"

  /// Creates a figure of calibration.
  /// - Parameters:
  ///   - points: The groups; probabilities between 0 and 1.
  ///   - smooth: A smooth curve through single predictions, by ascending prediction.
  /// - Throws: ``/SurvivalKit/SurvivalError`` with code `invalidData` for what is no probability.
  public init(_ points: [Point], smooth: [Point] = []) throws(SurvivalError) {
    for (list, name) in [(points, "points"), (smooth, "smooth")] {
      let values = list.flatMap { point in
        [point.predicted, point.observed] + (point.interval.map { [$0.lower, $0.upper] } ?? [])
      }
      try Checks.all(values, name, allowed: "a probability") { $0 >= 0 && $0 <= 1 }
    }
    self.points = points
    self.smooth = smooth
  }

  /// Draws the figure.
  /// - Returns: One `svg` element.
  /// - Complexity: O(*k*) for *k* points.
  public func svg() -> String {
    let title = options.title ?? "Calibration"
    let hasIntervals = points.contains { $0.interval != nil }
    var figure = PointFigure(
      kind: "sk-calibration-plot", title: title,
      description: options.description ?? description(title),
      xAxis: Axis(from: 0, to: 1, title: predictedTitle),
      yAxis: Axis(from: 0, to: 1, title: observedTitle))
    figure.guides = [[CurvePoint(x: 0, y: 0), CurvePoint(x: 1, y: 1)]]
    figure.points = points.map { CurvePoint(x: $0.predicted, y: $0.observed) }
    figure.limits = points.compactMap { point in
      point.interval.map { BandPoint(x: point.predicted, lower: $0.lower, upper: $0.upper) }
    }
    figure.isProminent = true
    figure.trend = smooth.map { CurvePoint(x: $0.predicted, y: $0.observed) }
    figure.band = smooth.compactMap { point in
      point.interval.map { BandPoint(x: point.predicted, lower: $0.lower, upper: $0.upper) }
    }
    let level = points.first { $0.interval != nil }?.interval?.level
    figure.notes = ["Broken line: perfect calibration."]
    if hasIntervals, let level {
      figure.notes.append("Upright lines: \(Wording.percent(level)) confidence intervals.")
    }
    return figure.svg(options)
  }

  private func description(_ title: String) -> String {
    let sentences = points.map {
      "Predicted \(Wording.number($0.predicted)), observed \(Wording.number($0.observed))."
    }
    return (["\(title)."] + sentences).joined(separator: " ")
  }
}
