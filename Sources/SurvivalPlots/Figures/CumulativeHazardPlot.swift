// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// Cumulative hazards with their confidence bands: straight where the hazard is constant.
///
/// ```swift
/// let svg = CumulativeHazardPlot(curves).svg()
/// ```
///
/// Steps are `cumulativeHazard` of ``/SurvivalKit/SurvivalCurve`` (Nelson–Aalen's for Kaplan–Meier
/// curves as well), bands its `cumulativeHazardIntervals(level:)`.
public struct CumulativeHazardPlot: Figure {
  /// The curves, one for each group.
  public let curves: [SurvivalCurve]
  /// The name of the endpoint; empty for columns.
  public let endpoint: String

  /// Texts, sizes and colours.
  public var options = FigureOptions()
  /// The unit of time, for the title of the axis and its ticks.
  public var timeUnit: TimeUnit?
  /// The title of the time axis; from ``timeUnit`` when `nil`.
  public var timeTitle: String?
  /// Where the axis of time ends; at the last observed time when `nil`.
  public var timeLimit: Double?
  /// Whether bands are drawn.
  public var showsBands = true
  /// The level of confidence of the bands.
  public var level = 0.95
  /// The numbers under the axis.
  public var table = CountTableContent.atRisk

  /// Creates a figure of cumulative hazards.
  /// - Parameter curves: The curves of one or more groups.
  public init<Group>(_ curves: SurvivalCurves<Group>) {
    self.curves = curves.curves
    endpoint = curves.endpoint
  }

  /// Draws the figure.
  /// - Returns: One `svg` element.
  /// - Complexity: O(*m* + *w*) for *m* times and a width of *w* pixels.
  public func svg() -> String {
    let range = TimeRange(curves, limit: timeLimit)
    let series = series(range)
    let highest = series.flatMap { $0.corners.map(\.y) }.max() ?? 0
    let top = highest > 0 ? highest * 1.05 : 1
    // To the tick above the highest curve; a band that goes farther is cut there.
    let yAxis = Axis.upToTick(above: top, atMost: .infinity, title: "Cumulative hazard")
    let title = "Cumulative hazards" + (endpoint.isEmpty ? "" : " of \(endpoint)")
    return CurveFigure(
      kind: "sk-cumulative-hazard-plot", title: options.title ?? title,
      description: options.description ?? description(title, range),
      legend: Legend(
        entries: curves.enumerated().map {
          Legend.Entry(
            name: Wording.name($1, of: curves), style: SeriesStyle(index: $0))
        }),
      series: series.map { $0.cut(at: yAxis.upper) },
      xAxis: Axis(
        from: range.start, to: range.end, title: Wording.time(title: timeTitle, unit: timeUnit)),
      steps: timeUnit?.steps ?? .decimal, yAxis: yAxis,
      table: CountTable.make(of: curves, table), notes: notes
    ).svg(options)
  }

  private func series(_ range: TimeRange) -> [CurveSeries] {
    curves.enumerated().map { index, curve in
      let limits = showsBands ? curve.cumulativeHazardIntervals(level: level) : []
      var steps = StepPath(start: Swift.max(range.start, curve.startTime), range: range)
      steps.begin(value: 0, limits: nil)
      for i in curve.times.indices where range.contains(curve.times[i]) {
        steps.step(
          to: curve.cumulativeHazard[i], at: curve.times[i],
          limits: showsBands ? limits[i].map { ($0.lower, $0.upper) } : nil)
      }
      if let last = curve.lastTime { steps.end(at: last) }
      return CurveSeries(
        name: curve.group, style: SeriesStyle(index: index),
        corners: curve.times.isEmpty ? [] : steps.corners, bands: steps.bands)
    }
  }

  private func description(_ title: String, _ range: TimeRange) -> String {
    let ends = curves.map { curve in
      let last = curve.times.lastIndex { range.contains($0) }
      let hazard = last.map { Wording.number(curve.cumulativeHazard[$0]) } ?? "0"
      return "\(Wording.name(curve, of: curves)): \(Wording.events(curve)), \(hazard) at the end."
    }
    return ([title + "."] + ends).joined(separator: " ")
  }

  private var notes: [String] {
    var notes = [String]()
    if showsBands {
      notes.append(
        "Bands: pointwise \(Wording.percent(level)) confidence intervals on the log scale.")
    }
    return notes + CountTable.notes(table, curves)
  }
}

extension CurveSeries {
  /// The series with everything above a value at that value.
  func cut(at limit: Double) -> CurveSeries {
    var series = self
    series.bands = bands.map { band in
      band.map {
        BandPoint(x: $0.x, lower: Swift.min($0.lower, limit), upper: Swift.min($0.upper, limit))
      }
    }
    return series
  }
}
