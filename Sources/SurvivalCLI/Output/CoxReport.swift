// SPDX-License-Identifier: Apache-2.0

internal import CohortReports
internal import SurvivalKit

/// A Cox model with the questions that were asked of it, as text, JSON and CSV.
struct CoxReport: Report {
  let estimates: CoxEstimates
  let inference: CoxInference
  /// The factors of the model, each with its reference level.
  let references: [(factor: String, level: String)]
  let level: Double
  /// The concordance; `nil` when no two rows can be compared.
  let concordance: Concordance?
  /// What was asked for, and `nil` for what was not.
  let proportionalHazards: ProportionalHazardsTest?
  let residuals: CoxResiduals?
  /// The expected events of each row used; `nil` for a row of weight 0.
  let expected: [ExpectedEvents?]?
  let predictions: [Prediction]?

  /// The model as JSON, as the documentation of the command lays down.
  ///
  /// What it does not lay down comes last, and only where it was asked for or has something to say.
  var json: JSON {
    var all = members + furtherMembers
    if let expected { all.append(("expectedEvents", json(of: expected))) }
    return .object(all)
  }

  private var members: [(key: String, value: JSON)] {
    [
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
      ("concordance", concordance.map(json) ?? .null),
      (
        "proportionalHazards",
        proportionalHazards.map { .array(($0.terms + [$0.global]).map(json)) } ?? .null
      ),
      ("residuals", residuals.map(json) ?? .null),
      ("predictions", predictions.map { .array($0.map(json)) } ?? .null),
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
    ]
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

  func json(of test: ChiSquaredTest) -> JSON { .object(members(of: test)) }

  func members(of test: ChiSquaredTest) -> [(key: String, value: JSON)] {
    [
      ("statistic", .number(test.statistic)),
      ("degreesOfFreedom", .integer(test.degreesOfFreedom)), ("pValue", .number(test.pValue)),
    ]
  }

  private func json(of concordance: Concordance) -> JSON {
    let common: [(key: String, value: JSON)] = [
      ("estimate", .number(concordance.estimate)),
      ("standardError", .number(concordance.standardError)),
    ]
    guard concordance.weighting != .harrell || concordance.lastTime != nil else {
      return .object(common)
    }
    return .object(
      common + [
        ("standardErrorOfKnownWeights", .number(concordance.standardErrorOfKnownWeights)),
        ("weighting", .string(concordance.weighting.rawValue)),
        ("upTo", .number(concordance.lastTime)),
      ])
  }

  private func json(of expected: [ExpectedEvents?]) -> JSON {
    .array(
      expected.map { expected in
        guard let expected else { return .null }
        return .object([
          ("estimate", .number(expected.estimate)),
          ("standardError", .number(expected.standardError)),
        ])
      })
  }

  private func json(of term: ProportionalHazardsTest.Term) -> JSON {
    .object([("term", .string(term.name))] + members(of: term.test))
  }

  private func json(of residuals: CoxResiduals) -> JSON {
    .object([
      ("kind", .string(residuals.kind.rawValue)),
      ("columns", .array(residuals.columns.map { .string($0) })),
      (
        "values",
        .array(
          residuals.reportOrder.map { index in
            .array(residuals.values[index].map { .number($0) })
          })
      ),
    ])
  }

  private func json(of prediction: Prediction) -> JSON {
    .object([
      ("row", .integer(prediction.row)),
      ("linearPredictor", .number(prediction.linearPredictor)),
      (
        "points",
        .array(
          prediction.points.map { point in
            .object([
              ("time", .number(point.time)), ("survival", .number(point.survival)),
              ("lower", .number(point.lower)), ("upper", .number(point.upper)),
              ("cumulativeHazard", .number(point.cumulativeHazard)),
            ])
          })
      ),
    ])
  }

  /// The coefficients as CSV, whatever else was asked for; with their profile limits if these were.
  var csv: CSVText {
    let profiles = inference.profileIntervals
    var text = CSVText(
      header: ["name"] + Self.names + ["aliased", "infinite"]
        + (profiles == nil ? [] : ["profileLower", "profileUpper"]))
    for coefficient in estimates.coefficients {
      let profile = profiles?.first { $0.name == coefficient.name }
      text.append(
        [.text(coefficient.name)] + figures(of: coefficient).map { .number($0) }
          + [.text("\(coefficient.isAliased)"), .text("\(coefficient.isInfinite)")]
          + (profiles == nil
            ? [] : [.number(profile?.lowerHazardRatio), .number(profile?.upperHazardRatio)]))
    }
    return text
  }
}

extension CoxResiduals {
  /// The positions of the residuals in the order in which they are reported: that of the file for
  /// rows, that of time for events, and for events at the same time that of the file again.
  var reportOrder: [Int] {
    guard !times.isEmpty else { return Array(rows.indices) }
    return rows.indices.sorted { (times[$0], rows[$0]) < (times[$1], rows[$1]) }
  }
}
