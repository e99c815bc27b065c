// SPDX-License-Identifier: Apache-2.0

internal import CohortReports
internal import SurvivalKit

/// Cumulative incidences and Gray's test as text, JSON and CSV.
struct IncidenceReport: Report {
  let curves: CumulativeIncidenceCurves<String>
  let level: Double
  let interval: CurveInterval?
  /// The times asked for; all times of the curves when `nil`.
  let times: [Double]?
  /// Gray's test; `nil` when there is nothing to compare or the test is not defined.
  let gray: GrayResult?

  private static let names = ["time", "estimate", "standardError", "lower", "upper"]

  private func points(of curve: CumulativeIncidenceCurve) -> [[Double?]] {
    guard let times else {
      let limits = interval.map { curve.intervals(level: level, $0) }
      let errors = curve.standardErrors
      return curve.times.indices.map { i in
        [
          curve.times[i], curve.probabilities[i], errors[i], limits?[i]?.lower, limits?[i]?.upper,
        ]
      }
    }
    return times.sorted().map { time in
      let limits = interval.flatMap { curve.interval(at: time, level: level, $0) }
      return [
        time, curve.probability(at: time), curve.standardError(at: time), limits?.lower,
        limits?.upper,
      ]
    }
  }

  /// The curves and the test as text of at most 80 columns.
  var text: String {
    var blocks = [curves.text(level: level, interval: interval)]
    if let times {
      for curve in curves.curves {
        let table = curve.table(at: times, level: level, interval: interval)
        blocks.append("\(curve.heading)\n\(table)")
      }
    }
    if let gray {
      let strata = gray.stratumCount > 1 ? "\nwithin \(gray.stratumCount) strata" : ""
      blocks.append("\(gray.table)\(strata)")
    } else if curves.groups.count > 1 {
      blocks.append(
        "Gray's test is not defined with entry times, probability weights or clusters.")
    }
    return blocks.joined(separator: "\n\n")
  }

  /// The curves and the test as JSON; `gray` is `null` when there is no test.
  var json: JSON {
    .object([
      (
        "curves",
        .array(
          curves.curves.map { curve in
            .object([
              ("group", .string(curve.group)), ("cause", .string(curve.cause)),
              (
                "points",
                .array(
                  points(of: curve).map { point in
                    .object(zip(Self.names, point).map { ($0, JSON.number($1)) })
                  })
              ),
            ])
          })
      ),
      (
        "gray",
        gray.map { result in
          .array(
            result.tests.map { test in
              .object([
                ("cause", .string(test.cause)), ("statistic", .number(test.test?.statistic)),
                ("degreesOfFreedom", .number(test.test.map { Double($0.degreesOfFreedom) })),
                ("pValue", .number(test.test?.pValue)),
              ])
            })
        } ?? .null
      ),
    ])
  }

  /// The points of all curves as CSV.
  var csv: CSVText {
    var text = CSVText(header: ["group", "cause"] + Self.names)
    for curve in curves.curves {
      for point in points(of: curve) {
        text.append([.text(curve.group), .text(curve.cause)] + point.map { .number($0) })
      }
    }
    return text
  }
}
