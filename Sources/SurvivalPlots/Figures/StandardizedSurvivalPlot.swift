// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// The survival of one population under several interventions, at times of your choice.
///
/// ```swift
/// let survival = try fit.standardizedSurvival(of: patients, [exposed, naive])
/// let points = try [0.0, 6, 12].map { try survival.estimate(.survival(at: $0), of: "exposed") }
/// let svg = StandardizedSurvivalPlot([points]).svg()
/// ```
///
/// Each point is a ``/SurvivalKit/StandardizedEstimate`` of a survival probability. Points of an intervention
/// are joined by straight lines, since the estimates between them are not known to the figure.
public struct StandardizedSurvivalPlot: Figure {
  /// The points of each intervention; those that are no survival probability are left out.
  public let curves: [[StandardizedEstimate]]

  /// Texts, sizes and colours.
  public var options = FigureOptions()
  /// The unit of time, for the title of the axis and its ticks.
  public var timeUnit: TimeUnit?
  /// The scale of the confidence bands; no bands when `nil`.
  public var interval: CurveInterval? = .log
  /// The level of confidence of the bands.
  public var level = 0.95

  /// Creates a figure of estimates.
  /// - Parameter curves: The estimates of each intervention, in any order.
  public init(_ curves: [[StandardizedEstimate]]) {
    self.curves = curves.filter { !$0.isEmpty }
  }

  /// Draws the figure.
  /// - Returns: One `svg` element.
  /// - Complexity: O(*k* log *k*) for *k* points.
  public func svg() -> String {
    let series = series
    let range = TimeRange(
      starts: series.compactMap(\.corners.first?.x), ends: series.compactMap(\.corners.last?.x),
      limit: nil)
    let title = options.title ?? "Standardized survival"
    return CurveFigure(
      kind: "sk-standardized-survival-plot", title: title,
      description: options.description ?? description(title, series),
      legend: Legend(entries: series.map { Legend.Entry(name: $0.name, style: $0.style) }),
      series: series,
      xAxis: Axis(
        from: range.start, to: range.end, title: Wording.time(title: nil, unit: timeUnit)),
      steps: timeUnit?.steps ?? .decimal,
      yAxis: Axis(from: 0, to: 1, title: "Survival probability"), notes: notes
    ).svg(options)
  }

  private var series: [CurveSeries] {
    curves.enumerated().map { index, estimates in
      let points = estimates.compactMap { estimate -> (time: Double, of: StandardizedEstimate)? in
        guard case .survival(let time) = estimate.quantity, time.isFinite,
          estimate.estimate.isFinite
        else { return nil }
        return (time, estimate)
      }.sorted { $0.time < $1.time }
      let band = points.compactMap { point in
        interval.flatMap { point.of.interval(level: level, $0) }.map {
          BandPoint(x: point.time, lower: $0.lower, upper: $0.upper)
        }
      }
      return CurveSeries(
        name: estimates[0].intervention, style: SeriesStyle(index: index),
        corners: points.map { CurvePoint(x: $0.time, y: $0.of.estimate) },
        bands: band.isEmpty ? [] : [band])
    }
  }

  private func description(_ title: String, _ series: [CurveSeries]) -> String {
    let ends = series.map { curve in
      "\(curve.name): \(curve.corners.last.map { Wording.number($0.y) } ?? "nothing") at the end."
    }
    return (["\(title)."] + ends).joined(separator: " ")
  }

  private var notes: [String] {
    var notes = ["Estimates at single times, joined by straight lines."]
    if let interval {
      notes.append(
        "Bands: pointwise \(Wording.percent(level)) confidence intervals on the "
          + "\(interval.title) scale.")
    }
    return notes
  }
}
