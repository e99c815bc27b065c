// SPDX-License-Identifier: Apache-2.0

import RealModule
import SurvivalKernels
import Testing

@testable import SurvivalKit

/// Cox models against R's `coxph`, converged to `eps = 1e-14`.
@Suite("Cox models against R")
struct CoxReferenceTests {
  @Test("every number of coxph, to 1e-9", arguments: ReferenceFixtures.cox)
  func agrees(_ reference: CoxCase) throws {
    let failures = try Self.differences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(reference.name): \(failures.joined(separator: "\n"))")
  }

  @Test("all cases are read")
  func count() throws {
    let cases: [CoxCase] = try ReferenceFixtures.cases("coxph")
    #expect(cases.count == 296)
  }

  static func differences(_ reference: CoxCase) throws -> ReferenceDifferences {
    let expected = reference.expected
    let table = try reference.table()
    let data = try table.survivalData(
      time: reference.time, event: reference.event, eventValue: reference.eventValue,
      entry: reference.entry, weights: reference.weights, cluster: reference.cluster)
    let design = try table.design(reference.covariates, factors: reference.factors)
    let strata = try table.grouping(reference.strata)
    let offset = try reference.offset.map(table.numbers)
    let ties = try #require(TieMethod(rawValue: reference.ties))
    let fit = try CoxRegression.fit(
      data, design: design, strata: strata, offset: offset, ties: ties,
      isRobust: reference.robust)
    let at = reference.name
    var result = ReferenceDifferences()
    try #require(fit.coefficients.map(\.name) == expected.names)
    #expect(fit.hasConverged, "\(at)")
    #expect(fit.rowCount == expected.rowsUsed, "\(at)")
    #expect(fit.eventCount == expected.events, "\(at)")
    #expect(fit.degreesOfFreedom == expected.degreesOfFreedom, "\(at)")
    for (position, coefficient) in fit.coefficients.enumerated() {
      let place = "\(at), \(coefficient.name)"
      // A coefficient is known to a fraction of its standard error.
      result.compare(
        "coefficient", coefficient.estimate, expected.coefficients[position],
        scale: expected.standardErrors[position] ?? 0, at: place)
      result.compare(
        "model standard error", coefficient.modelStandardError, expected.standardErrors[position],
        at: place)
      if let robust = expected.robustStandardErrors {
        result.compare(
          "robust standard error", coefficient.robustStandardError, robust[position], at: place)
      }
    }
    result.compareCovariance("model covariance", fit.modelCovariance, expected.covariance, at: at)
    if let robust = expected.robustCovariance {
      result.compareCovariance("robust covariance", fit.covariance, robust, at: at)
    }
    result.compare(
      "log-likelihood", [fit.nullLogLikelihood, fit.logLikelihood], expected.logLikelihood, at: at)
    // The difference of two log-likelihoods is no more exact than they are.
    result.compare(
      "likelihood-ratio test", fit.likelihoodRatioTest.statistic, expected.likelihoodRatioTest,
      scale: expected.logLikelihood[0].magnitude, at: at)
    // Tests are squares of something of order 1 if the hypothesis is true.
    result.compare(
      "Wald test", fit.waldTest.statistic, expected.waldTest, scale: 1, at: at)
    result.compare(
      "score test", fit.scoreTest.statistic, expected.scoreTest, scale: 1, at: at)
    result.compare(
      "robust score test", fit.robustScoreTest?.statistic, expected.robustScoreTest?.value,
      scale: 1, at: at)
    let likelihood = try CoxPartialLikelihood(
      data, design: design, strata: strata, offset: offset, ties: ties)
    compareResiduals(likelihood, fit, reference, table, strata, &result)
    return result
  }

  /// Compares what residuals and baseline hazards are made of, through the internal types.
  private static func compareResiduals(
    _ likelihood: CoxPartialLikelihood, _ fit: CoxRegression, _ reference: CoxCase,
    _ table: ReferenceTable, _ strata: Grouping?, _ result: inout ReferenceDifferences
  ) {
    let expected = reference.expected
    let at = reference.name
    let p = likelihood.names.count
    let point = fit.coefficients.indices.map {
      (fit.coefficients[$0].estimate ?? 0) / likelihood.scales[$0]
    }
    guard let record = likelihood.scan(at: point, wants: .record).record else {
      result.compare("martingale residual", nil, 0, at: at)
      return
    }
    let order = likelihood.table.order
    let predictors = likelihood.linearPredictors(at: point)
    let residuals = ScoreResiduals(likelihood, predictors: predictors, record: record)
    var position = [Int](repeating: 0, count: order.count)
    for (place, row) in order.enumerated() { position[Int(row)] = place }
    if let martingale = expected.martingale {
      // δ minus an integral: the scale is 1.
      result.compare(
        "martingale residual", position.map { residuals.martingale[$0] }, martingale, scale: 1,
        at: at)
    }
    if let score = expected.score {
      for column in 0..<p {
        let own = position.map { residuals.score[$0 * p + column] / likelihood.scales[column] }
        let references = score.map { $0[column] }
        let largest = references.reduce(0) { max($0, $1.magnitude) }
        result.compare("score residual", own, references, scale: largest, at: "\(at), \(column)")
      }
    }
    if let schoenfeld = expected.schoenfeld, let rows = expected.schoenfeldRows {
      compareSchoenfeld(likelihood, record, schoenfeld, rows, position, table, at, &result)
    }
    compareBaseline(likelihood, record, point, expected.baseline, strata, at, &result)
  }

  private static func compareSchoenfeld(
    _ likelihood: CoxPartialLikelihood, _ record: HazardRecord, _ expected: [[Double]],
    _ rows: [Int], _ position: [Int], _ table: ReferenceTable, _ at: String,
    _ result: inout ReferenceDifferences
  ) {
    let p = likelihood.names.count
    var eventOf = [Int](repeating: 0, count: position.count)
    for (event, slot) in likelihood.times.slots.enumerated() {
      for place in likelihood.table.eventPositions(slot) { eventOf[place] = event }
    }
    var placeOf = [Int: Int]()
    for (row, number) in table.rows.enumerated() { placeOf[number] = position[row] }
    for column in 0..<p {
      let own = rows.map { number -> Double? in
        guard let place = placeOf[number - 1] else { return nil }
        let row = likelihood.rows.row(place)
        let difference = row[row.startIndex + column] - record.mean[eventOf[place] * p + column]
        return difference / likelihood.scales[column]
      }
      let references = expected.map { $0[column] }
      let largest = references.reduce(0) { max($0, $1.magnitude) }
      result.compare("Schoenfeld residual", own, references, scale: largest, at: "\(at), \(column)")
    }
  }

  /// Compares the baseline hazard at covariates 0 and the offset that R has put in.
  private static func compareBaseline(
    _ likelihood: CoxPartialLikelihood, _ record: HazardRecord, _ point: [Double],
    _ expected: CoxCase.Baseline, _ strata: Grouping?, _ at: String,
    _ result: inout ReferenceDifferences
  ) {
    var center = 0.0
    for column in point.indices {
      center += point[column] * likelihood.centers[column] * likelihood.scales[column]
    }
    for (stratum, events) in likelihood.times.strata.enumerated() {
      var sum = 0.0
      var next = events.lowerBound
      for index in expected.time.indices {
        if let name = expected.stratum?[index], name != strata?.levels[stratum] { continue }
        while next < events.upperBound,
          likelihood.table.slotTimes[likelihood.times.slots[next]] <= expected.time[index]
        {
          sum +=
            record.hazard[next]
            * Double.exp(
              expected.offset - likelihood.offsetMeans[stratum] - center - record.references[next])
          next += 1
        }
        result.compare("baseline hazard", sum, expected.hazard[index], at: "\(at) [\(index)]")
      }
    }
  }
}
