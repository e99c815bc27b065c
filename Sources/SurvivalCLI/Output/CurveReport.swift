// SPDX-License-Identifier: Apache-2.0

internal import CohortReports
internal import SurvivalKit

/// Survival curves with the questions that were asked of them, as text, JSON and CSV.
struct CurveReport: Report {
  let curves: SurvivalCurves<String>
  let level: Double
  let interval: CurveInterval?
  /// The times asked for; all times of the curves when `nil`.
  let times: [Double]?
  let restriction: RestrictionTime

  /// One point of a curve as it is reported.
  private struct Point {
    var time, atRisk, events, censored, entered: Double
    var survival, standardError, lower, upper: Double?
    var cumulativeHazard, cumulativeHazardStandardError: Double?

    static let names = [
      "time", "atRisk", "events", "censored", "entered", "survival", "standardError", "lower",
      "upper", "cumulativeHazard", "cumulativeHazardStandardError",
    ]

    var values: [Double?] {
      [
        time, atRisk, events, censored, entered, survival, standardError, lower, upper,
        cumulativeHazard, cumulativeHazardStandardError,
      ]
    }
  }

  private func points(of curve: SurvivalCurve) -> [Point] {
    let hazardErrors = curve.cumulativeHazardStandardErrors
    guard let times else {
      let limits = interval.map { curve.intervals(level: level, $0) }
      let errors = curve.standardErrors
      return curve.times.indices.map { i in
        Point(
          time: curve.times[i], atRisk: curve.atRisk[i], events: curve.events[i],
          censored: curve.censored[i], entered: curve.entered[i], survival: curve.survival[i],
          standardError: errors[i], lower: limits?[i]?.lower, upper: limits?[i]?.upper,
          cumulativeHazard: curve.cumulativeHazard[i],
          cumulativeHazardStandardError: hazardErrors[i])
      }
    }
    let rows = curve.numbersAtRisk(at: times)
    // Those under observation when the curve begins have entered, too, by the first time after it.
    let late = curve.numbersAtRisk(at: [.infinity]).first?.entered ?? 0
    let atBeginning = curve.entered.reduce(0, +) - late
    let first = rows.firstIndex { $0.time > curve.startTime }
    return rows.enumerated().map { index, row in
      let limits = interval.flatMap { curve.interval(at: row.time, level: level, $0) }
      let hazard = curve.cumulativeHazard(at: row.time)
      let position = curve.times.lastIndex { $0 <= row.time }
      return Point(
        time: row.time, atRisk: row.atRisk, events: row.events, censored: row.censored,
        entered: row.entered + (index == first ? atBeginning : 0),
        survival: curve.probability(at: row.time),
        standardError: curve.standardError(at: row.time), lower: limits?.lower,
        upper: limits?.upper, cumulativeHazard: hazard,
        cumulativeHazardStandardError: hazard == nil
          ? nil : position.map { hazardErrors[$0] } ?? 0)
    }
  }

  /// The curves as text of at most 80 columns.
  var text: String {
    var blocks = [curves.text(level: level, interval: interval, restriction: restriction)]
    if let times {
      for curve in curves.curves {
        let table = curve.table(at: times, level: level, interval: interval)
        blocks.append("\(curve.heading)\n\(table)")
      }
    }
    return blocks.joined(separator: "\n\n")
  }

  /// The curves as JSON, as the documentation of the command lays down.
  var json: JSON {
    let means = curves.restrictedMeans(restriction)
    let rows = curves.curves.reduce(0) { $0 + $1.rowCount }
    return .object([
      ("estimator", .string(curves.curves.first?.estimator.rawValue ?? "")),
      ("rowsUsed", .integer(rows)), ("rowsExcluded", .integer(curves.exclusions.count)),
      ("timesMerged", .integer(curves.mergedTimes.count)),
      ("curves", .array(zip(curves.curves, means).map { json(of: $0, mean: $1) })),
    ])
  }

  private func json(of curve: SurvivalCurve, mean: RestrictedMean?) -> JSON {
    let median = curve.median(level: level, interval ?? .log)
    return .object([
      ("group", .string(curve.group)), ("subjects", .integer(curve.subjectCount)),
      ("events", .number(curve.eventCount)),
      (
        "median",
        .object([
          ("estimate", .number(median.estimate)),
          ("lower", interval == nil ? .null : .number(median.lower)),
          ("upper", interval == nil ? .null : .number(median.upper)),
        ])
      ),
      (
        "restrictedMean",
        .object([
          ("estimate", .number(mean?.estimate)), ("standardError", .number(mean?.standardError)),
          ("upTo", .number(mean?.upTo)),
        ])
      ),
      (
        "points",
        .array(
          points(of: curve).map { point in
            .object(zip(Point.names, point.values).map { ($0, JSON.number($1)) })
          })
      ),
    ])
  }

  /// The points of all curves as CSV.
  var csv: CSVText {
    var text = CSVText(header: ["group"] + Point.names)
    for curve in curves.curves {
      for point in points(of: curve) {
        text.append([.text(curve.group)] + point.values.map { .number($0) })
      }
    }
    return text
  }
}
