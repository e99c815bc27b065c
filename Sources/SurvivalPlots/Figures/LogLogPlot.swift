// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// log(−log S) against log t: curves of proportional hazards run parallel.
///
/// ```swift
/// let svg = LogLogPlot(curves).svg()
/// ```
///
/// Straight lines besides speak for a Weibull distribution. Drawn where the curve lies strictly
/// between 0 and 1 and time is positive, as R's `plot(fit, fun = "cloglog")` does.
public struct LogLogPlot: Figure {
  /// The curves, one for each group.
  public let curves: [SurvivalCurve]
  /// The name of the endpoint; empty for columns.
  public let endpoint: String

  /// Texts, sizes and colours.
  public var options = FigureOptions()
  /// The unit of time, for the title of the axis.
  public var timeUnit: TimeUnit?
  /// The title of the time axis; from ``timeUnit`` when `nil`.
  public var timeTitle: String?

  /// Creates a figure of transformed curves.
  /// - Parameter curves: The curves of one or more groups.
  public init<Group>(_ curves: SurvivalCurves<Group>) {
    self.curves = curves.curves
    endpoint = curves.endpoint
  }

  /// Draws the figure.
  /// - Returns: One `svg` element.
  /// - Complexity: O(*m* + *w*) for *m* times and a width of *w* pixels.
  public func svg() -> String {
    let series = series
    let places = series.flatMap(\.corners)
    let times = places.map(\.x)
    let (first, last) = (times.min() ?? 1, times.max() ?? 10)
    // A little more on either side, and a decade at least where all happens at one time.
    let (lower, upper) = first < last ? (first / 1.05, last * 1.05) : (first / 3, first * 3)
    let name = "log(−log S)" + (endpoint.isEmpty ? "" : " of \(endpoint)")
    let title = options.title ?? "\(name) against log time"
    let time = Wording.time(title: timeTitle, unit: timeUnit)
    return CurveFigure(
      kind: "sk-log-log-plot", title: title,
      description: options.description
        ?? "\(title), for \(NumberFormatting.quantity(curves.count, "group")): "
        + curves.map { Wording.name($0, of: curves) }.joined(separator: ", ")
        + ". Curves of proportional hazards run parallel.",
      legend: Legend(
        entries: curves.enumerated().map {
          Legend.Entry(
            name: Wording.name($1, of: curves), style: SeriesStyle(index: $0))
        }),
      series: series,
      xAxis: Axis(.logarithmic, from: lower, to: upper, title: "\(time), log scale"),
      yAxis: Axis.around(places.map(\.y), title: "log(−log S)"),
      notes: places.isEmpty
        ? ["Nothing to draw: no curve lies between 0 and 1 at a time after 0."]
        : ["Proportional hazards give curves that run parallel."]
    ).svg(options)
  }

  private var series: [CurveSeries] {
    curves.enumerated().map { index, curve in
      var corners = [CurvePoint]()
      for i in curve.times.indices {
        let (time, survival) = (curve.times[i], curve.survival[i])
        guard time > 0, time.isFinite, survival > 0, survival < 1 else { continue }
        let value = ElementaryFunctions.log(-ElementaryFunctions.log(survival))
        if let last = corners.last {
          if last.y == value, i + 1 < curve.times.count { continue }
          corners.append(CurvePoint(x: time, y: last.y))
        }
        if corners.last?.y != value { corners.append(CurvePoint(x: time, y: value)) }
      }
      return CurveSeries(name: curve.group, style: SeriesStyle(index: index), corners: corners)
    }
  }
}
