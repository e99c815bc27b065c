// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

/// A Cox model as text, JSON and CSV.
struct CoxReport: Report {
  let estimates: CoxEstimates
  /// The factors of the model, each with its reference level.
  let references: [(String, String)]
  let level: Double

  /// The model as text of at most 80 columns.
  var text: String {
    estimates.text(
      level: level, references: references.map { (factor: $0.0, level: $0.1) })
  }

  /// The model as JSON, as the documentation of the command lays down.
  var json: JSON {
    .object([
      ("ties", .string(estimates.ties.rawValue)), ("rowsUsed", .integer(estimates.rowCount)),
      ("rowsExcluded", .integer(estimates.exclusions.count)),
      ("events", .integer(estimates.eventCount)),
      ("iterations", .integer(Swift.max(0, estimates.iterations.count - 1))),
      ("converged", .bool(estimates.hasConverged)),
      ("coefficients", .array(estimates.coefficients.map(json))),
      ("covariance", covariance),
      (
        "logLikelihood",
        .object([
          ("null", .number(estimates.nullLogLikelihood)),
          ("fitted", .number(estimates.logLikelihood)),
        ])
      ),
      (
        "tests",
        .object([
          ("likelihoodRatio", json(of: estimates.likelihoodRatioTest)),
          ("wald", json(of: estimates.waldTest)), ("score", json(of: estimates.scoreTest)),
          ("robustScore", estimates.robustScoreTest.map(json) ?? .null),
        ])
      ),
      ("concordance", .null), ("proportionalHazards", .null), ("residuals", .null),
      ("predictions", .null),
      (
        "diagnostics",
        .array(
          estimates.diagnostics.map { diagnostic in
            .object([
              ("code", .string(diagnostic.code.rawValue)),
              ("message", .string(diagnostic.message)),
            ])
          })
      ),
    ])
  }

  private static let names = [
    "estimate", "standardError", "robustStandardError", "z", "pValue", "hazardRatio", "lower",
    "upper",
  ]

  private func figures(of coefficient: CoxCoefficient) -> [Double?] {
    let limits = coefficient.hazardRatioInterval(level: level)
    return [
      coefficient.estimate, coefficient.modelStandardError, coefficient.robustStandardError,
      coefficient.z, coefficient.pValue, coefficient.hazardRatio, limits?.lower, limits?.upper,
    ]
  }

  private func json(of coefficient: CoxCoefficient) -> JSON {
    .object(
      [("name", .string(coefficient.name))]
        + zip(Self.names, figures(of: coefficient)).map { ($0, JSON.number($1)) }
        + [("aliased", .bool(coefficient.isAliased)), ("infinite", .bool(coefficient.isInfinite))])
  }

  /// The covariance matrix with a row for every coefficient, `null` where one is aliased.
  private var covariance: JSON {
    var position = 0
    let positions = estimates.coefficients.map { coefficient -> Int? in
      guard !coefficient.isAliased else { return nil }
      defer { position += 1 }
      return position
    }
    return .array(
      positions.map { row in
        .array(
          positions.map { column in
            guard let row, let column else { return .null }
            return .number(estimates.covariance[row][column])
          })
      })
  }

  private func json(of test: ChiSquaredTest) -> JSON {
    .object([
      ("statistic", .number(test.statistic)),
      ("degreesOfFreedom", .integer(test.degreesOfFreedom)), ("pValue", .number(test.pValue)),
    ])
  }

  /// The coefficients as CSV.
  var csv: CSVText {
    var text = CSVText(header: ["name"] + Self.names + ["aliased", "infinite"])
    for coefficient in estimates.coefficients {
      text.append(
        [.text(coefficient.name)] + figures(of: coefficient).map { .number($0) }
          + [.text("\(coefficient.isAliased)"), .text("\(coefficient.isInfinite)")])
    }
    return text
  }
}
