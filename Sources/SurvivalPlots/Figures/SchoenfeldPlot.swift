// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// Scaled Schoenfeld residuals against time: how a coefficient changes, β(t).
///
/// ```swift
/// let courses = try fit.coefficientCourses()
/// let svg = SchoenfeldPlot(courses[0]).svg()
/// ```
///
/// Each point is one event; their mean at a time estimates the coefficient then (Grambsch & Therneau
/// 1994, doi:10.1093/biomet/81.3.515). A smooth line that is flat speaks for proportional hazards.
public struct SchoenfeldPlot: Figure {
  /// A place on the smooth line.
  public struct TrendPoint: Hashable, Sendable {
    /// The time.
    public let time: Double
    /// The smoothed coefficient.
    public let estimate: Double
    /// Its confidence interval.
    public let interval: ConfidenceInterval?

    /// Creates a place on the smooth line.
    /// - Parameters:
    ///   - time: The time.
    ///   - estimate: The smoothed coefficient.
    ///   - interval: Its confidence interval.
    public init(time: Double, estimate: Double, interval: ConfidenceInterval? = nil) {
      self.time = time
      self.estimate = estimate
      self.interval = interval
    }
  }

  /// How times are spread along the axis.
  public enum TimeScale: String, Hashable, Sendable, Codable, CaseIterable {
    /// Evenly.
    case linear
    /// By their logarithms; needs positive times, and is linear without.
    case logarithmic
  }

  /// The name of the covariate.
  public let covariate: String
  /// The times of the events.
  public let times: [Double]
  /// The scaled residual of each event.
  public let residuals: [Double]
  /// The smooth line, by ascending time; empty for none.
  public let trend: [TrendPoint]
  /// Whether the line is that of a factor by which all coefficients of a term are multiplied at a time.
  public let isCombined: Bool

  /// Texts, sizes and colours.
  public var options = FigureOptions()
  /// The coefficient of the fit, as a broken line.
  public var coefficient: Double?
  /// The p-value of the test that the coefficient does not change.
  public var pValue: Double?
  /// The unit of time, for the title of the axis and its ticks.
  public var timeUnit: TimeUnit?
  /// How times are spread along the axis.
  public var timeScale = TimeScale.linear

  /// Creates a figure of residuals.
  /// - Parameters:
  ///   - covariate: The name of the covariate.
  ///   - times: The times of the events.
  ///   - residuals: The scaled residual of each event, the coefficient added, as R's `cox.zph` has it.
  ///   - trend: A smooth line, by ascending time.
  /// - Throws: ``/SurvivalKit/SurvivalError`` with code `mismatchedLengths` or `invalidData`.
  public init(
    covariate: String, times: [Double], residuals: [Double], trend: [TrendPoint] = []
  ) throws(SurvivalError) {
    try Checks.lengths(times.count, residuals.count, "times", "residuals")
    try Checks.finite(times, "times")
    try Checks.finite(residuals, "residuals")
    try Checks.finite(
      trend.flatMap {
        [$0.time, $0.estimate] + ($0.interval.map { [$0.lower, $0.upper] } ?? [])
      }, "trend")
    self.covariate = covariate
    self.times = times
    self.residuals = residuals
    self.trend = trend
    isCombined = false
  }

  /// Creates a figure of how the coefficient of a term goes with time: the residuals, the smooth line
  /// through them with its limits, and the coefficient of the fit.
  ///
  /// The line is left out where its places have no times, since the transform is not ascending.
  /// - Parameter course: The course of the coefficient.
  public init(_ course: CoefficientCourse) {
    covariate = course.name
    times = course.residuals.map(\.time)
    residuals = course.residuals.map(\.value)
    trend = course.line.compactMap { point in
      point.time.map {
        TrendPoint(
          time: $0, estimate: point.value,
          interval: ConfidenceInterval(
            lower: point.lower, upper: point.upper, level: course.level))
      }
    }
    isCombined = course.isCombined
    coefficient = course.estimate
  }

  /// Creates a figure of one column of a fit's residuals.
  /// - Parameters:
  ///   - residuals: Residuals of kind `scaledSchoenfeld`.
  ///   - column: The name of the column.
  ///   - trend: A smooth line, by ascending time.
  /// - Throws: ``/SurvivalKit/SurvivalError`` for residuals of another kind, and for a column that
  ///   they do not have.
  public init(
    _ residuals: CoxResiduals, of column: String, trend: [TrendPoint] = []
  ) throws(SurvivalError) {
    guard residuals.kind == .scaledSchoenfeld else {
      throw SurvivalError(
        .invalidArgument,
        "the figure shows scaled Schoenfeld residuals, not \(residuals.kind.rawValue)")
    }
    guard let position = residuals.columns.firstIndex(of: column) else {
      throw SurvivalError(
        .invalidArgument,
        "there are no residuals of \(column); there are those of "
          + residuals.columns.joined(separator: ", "))
    }
    try self.init(
      covariate: column, times: residuals.times,
      residuals: residuals.values.map { $0[position] }, trend: trend)
  }

  /// Draws the figure.
  /// - Returns: One `svg` element.
  /// - Complexity: O(*d*) for *d* events.
  public func svg() -> String {
    let name = isCombined ? "Coefficients of \(covariate)" : "Coefficient of \(covariate)"
    let title = options.title ?? "\(name) over time"
    let allTimes = times + trend.map(\.time)
    let isLogarithmic = timeScale == .logarithmic && allTimes.allSatisfy { $0 > 0 }
    let (first, last) = (allTimes.min() ?? 0, allTimes.max() ?? 1)
    let time = Wording.time(title: nil, unit: timeUnit)
    let xAxis =
      isLogarithmic
      ? Axis(
        .logarithmic, from: first < last ? first / 1.05 : first / 3,
        to: first < last ? last * 1.05 : last * 3, title: "\(time), log scale")
      : Axis.around([Swift.min(0, first), last], margin: 0.02, title: time).starting(
        at: Swift.min(0, first))
    let values =
      residuals
      + trend.flatMap { [$0.estimate, $0.interval?.lower, $0.interval?.upper] }
      .compactMap { $0 } + [coefficient ?? residuals.first ?? 0]
    var figure = PointFigure(
      kind: "sk-schoenfeld-plot", title: title,
      description: options.description ?? description(title), xAxis: xAxis,
      yAxis: Axis.around(
        values, title: isCombined ? "Factor of all coefficients" : "β(t), log hazard ratio"))
    figure.steps = timeUnit?.steps ?? .decimal
    figure.statement = pValue.map {
      "Test of proportional hazards: \(NumberFormatting.decimalPStatement($0))"
    }
    if let coefficient {
      figure.guides = [
        [CurvePoint(x: xAxis.lower, y: coefficient), CurvePoint(x: xAxis.upper, y: coefficient)]
      ]
      figure.notes.append(
        isCombined
          ? "Broken line: the coefficients of the fit." : "Broken line: the coefficient of the fit."
      )
    }
    figure.points = zip(times, residuals).map { CurvePoint(x: $0, y: $1) }
    figure.trend = trend.map { CurvePoint(x: $0.time, y: $0.estimate) }
    figure.band = trend.compactMap { point in
      point.interval.map { BandPoint(x: point.time, lower: $0.lower, upper: $0.upper) }
    }
    figure.notes.insert("Points: scaled Schoenfeld residuals, one for each event.", at: 0)
    if let level = trend.first(where: { $0.interval != nil })?.interval?.level {
      figure.notes.append(
        "Line and band: smoothed, with pointwise \(Wording.percent(level)) confidence intervals.")
    }
    return figure.svg(options)
  }

  private func description(_ title: String) -> String {
    var text = "\(title): scaled Schoenfeld residuals of "
    text += NumberFormatting.quantity(times.count, "event") + "."
    if let coefficient { text += " Coefficient of the fit \(Wording.number(coefficient))." }
    if let pValue {
      text += " Test of proportional hazards: \(NumberFormatting.decimalPStatement(pValue))."
    }
    return text
  }
}

extension Axis {
  /// The same axis from another lower end.
  func starting(at lower: Double) -> Axis {
    Axis(scale, from: lower, to: upper, title: title)
  }
}
