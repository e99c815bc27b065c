// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

/// A model and new rows with their curves, as `Fixtures/make-predictions.R` has written them.
struct PredictionCase: ReferenceCase {
  struct Row: Decodable, Sendable {
    let covariates: [Double]
    let factors: [String]
    let stratum: String
    let offset: Double?
    let linearPredictor: Double
    let cumulativeHazard, standardError, survival, lower, upper: [Double?]
  }

  let name, data, time, event: String
  let eventValue: Double
  let entry, weights, offset, cluster: String?
  let covariates, strata: [String]
  let factors: [CoxCase.Factor]
  let robust: Bool
  let ties: String
  let excludedRows: [Int]
  let times: [Double]
  let rows: [Row]

  static let all: [PredictionCase] = (try? ReferenceFixtures.cases("predictions")) ?? []
}

/// Predicted survival against R's `survfit(coxph, newdata)`: Efron and Breslow, weights, clusters,
/// strata, offsets, delayed entry and aliased columns.
@Suite("Predicted survival against R")
struct PredictionReferenceTests {
  @Test("every number of survfit, to 1e-9", arguments: PredictionCase.all)
  func agrees(_ reference: PredictionCase) throws {
    let failures = try Self.differences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(reference.name): \(failures.joined(separator: "\n"))")
  }

  @Test("all cases are read")
  func count() throws {
    let cases: [PredictionCase] = try ReferenceFixtures.cases("predictions")
    #expect(cases.count == 64)
    #expect(cases.reduce(0) { $0 + $1.rows.count } == 186)
  }

  static func differences(_ reference: PredictionCase) throws -> ReferenceDifferences {
    let table = try reference.table()
    let data = try table.survivalData(
      time: reference.time, event: reference.event, eventValue: reference.eventValue,
      entry: reference.entry, weights: reference.weights, cluster: reference.cluster)
    let design = try table.design(reference.covariates, factors: reference.factors)
    let fit = try CoxRegression.fit(
      data, design: design, strata: try table.grouping(reference.strata),
      offset: try reference.offset.map(table.numbers),
      ties: try #require(TieMethod(rawValue: reference.ties)), isRobust: reference.robust)
    let baselines = fit.baselineHazards()
    var result = ReferenceDifferences()
    for (position, row) in reference.rows.enumerated() {
      let at = "\(reference.name), row \(position)"
      let levels = zip(reference.factors, row.factors).map { "\($0.name)[\($1)]" }
      let values =
        row.covariates
        + design.names.dropFirst(row.covariates.count).map { levels.contains($0) ? 1 : 0 }
      let baseline = try #require(baselines.first { $0.stratum == row.stratum }, "\(at)")
      let curve = try fit.survivalCurve(for: values, offset: row.offset ?? 0, baseline: baseline)
      let times = reference.times
      let limits = times.map { curve.interval(at: $0) }
      // A sum of products: no smaller than the products of ordinary covariates.
      result.compare(
        "linear predictor", curve.linearPredictor, row.linearPredictor, scale: 1, at: at)
      result.compare(
        "cumulative hazard", times.map { curve.cumulativeHazard(at: $0) }, row.cumulativeHazard,
        at: at)
      result.compare(
        "standard error", times.map { curve.cumulativeHazardStandardError(at: $0) },
        row.standardError, at: at)
      result.compare(
        "survival", times.map { curve.probability(at: $0) }, row.survival, at: at)
      result.compare("lower limit", limits.map { $0?.lower }, row.lower, at: at)
      result.compare("upper limit", limits.map { $0?.upper }, row.upper, at: at)
    }
    return result
  }
}
