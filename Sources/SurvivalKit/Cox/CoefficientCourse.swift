// SPDX-License-Identifier: Apache-2.0

/// How the coefficient of a term goes with time, as data for a plot: residuals, and a smooth line
/// through them with limits.
///
/// Each event has a scaled Schoenfeld residual plus the coefficient, whose expectation is nearly the
/// coefficient at that time; a natural spline over the transformed time is fitted to them by least
/// squares. Grambsch & Therneau (1994), doi:10.1093/biomet/81.3.515. A line that could be level, within
/// its limits, goes with proportional hazards.
public struct CoefficientCourse: Hashable, Sendable, Codable {
  /// One event.
  public struct Residual: Hashable, Sendable, Codable {
    /// The position of the row in the data, counted from 0.
    public let row: Int
    /// The time of the event.
    public let time: Double
    /// The transformed time, where the point stands.
    public let position: Double
    /// The scaled Schoenfeld residual plus ``CoefficientCourse/estimate``.
    public let value: Double
  }

  /// One point of the smooth line.
  public struct Point: Hashable, Sendable, Codable {
    /// The transformed time.
    public let position: Double
    /// The time, between event times by interpolation; `nil` when the transform is not ascending.
    public let time: Double?
    /// The value of the line.
    public let value: Double
    /// Its standard error, which takes the residuals to be independent with one variance.
    public let standardError: Double
    /// The lower limit, value − z · standardError.
    public let lower: Double
    /// The upper limit.
    public let upper: Double
  }

  /// The name of the term.
  public let name: String
  /// Whether the term has several coefficients.
  ///
  /// Then the line is that of a factor by which all of them are multiplied at a time, 1 on average.
  public let isCombined: Bool
  /// The coefficient of the fit, around which the residuals lie; 1 when they are combined.
  public let estimate: Double
  /// The name of the transform of time; `custom` for a function of your own.
  public let transform: String
  /// The degrees of freedom of the spline.
  public let degreesOfFreedom: Int
  /// The level of the limits.
  public let level: Double
  /// The events, by stratum and time, but for those of strata in which the term does not vary.
  public let residuals: [Residual]
  /// The smooth line, from the first to the last event in equal steps of the transformed time.
  public let line: [Point]
  /// Where an axis of time may be marked.
  ///
  /// Up to eight round times, evenly spread over the transformed time; empty when the transform is not
  /// ascending.
  public let marks: [Point]
}

extension CoefficientCourse: CustomStringConvertible {
  /// The line at the marks, as a table.
  public var description: String {
    let shown =
      marks.isEmpty ? line.enumerated().filter { $0.offset % 6 == 3 }.map(\.element) : marks
    let percent = NumberFormatting.percent(level)
    let columns: [(TextTable.Column, [String])] = [
      (
        .number(marks.isEmpty ? "transformed time" : "time"),
        shown.map {
          NumberFormatting.significant(marks.isEmpty ? $0.position : $0.time ?? .nan, digits: 4)
        }
      ),
      (
        .number(isCombined ? "multiple" : "coef"),
        NumberFormatting.column(shown.map(\.value), digits: 4)
      ),
      (.number("lower \(percent)"), NumberFormatting.column(shown.map(\.lower), digits: 4)),
      (.number("upper \(percent)"), NumberFormatting.column(shown.map(\.upper), digits: 4)),
    ]
    var table = TextTable(columns: columns.map(\.0))
    for row in shown.indices { table.append(columns.map { $0.1[row] }) }
    let what = isCombined ? "Multiple of the coefficients" : "Coefficient"
    return TextLayout.wrapped(
      "\(what) of \(name) over time: \(NumberFormatting.quantity(residuals.count, "event")), "
        + "natural spline of \(degreesOfFreedom) degrees of freedom over \(scale)")
      + "\n" + table.description
  }

  private var scale: String {
    switch transform {
    case "km": "1 − Kaplan–Meier"
    case "identity": "time"
    case "log": "log time"
    case "rank": "the rank of time"
    default: "a function of time"
    }
  }
}
