// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

/// A case of expected.json, written by make-expected.R.
struct ExpectedCase: ReferenceCase {
  let name, data, time, event: String
  let eventValue: Double
  let entry, weights, offset, cluster: String?
  let covariates, strata: [String]
  let ties: TieMethod
  let excludedRows: [Int]
  let estimate, standardError: [Double]
  let newCovariates: [[Double]]
  let newEntry: [Double]?
  let newExit, newOffset: [Double]
  let newStrata: [String]
  let newEstimate, newError: [Double]

  static let all: [ExpectedCase] = (try? ReferenceFixtures.cases("expected")) ?? []
}

/// A case of path.json, by the same script.
struct PathCase: ReferenceCase {
  let name, data, time, event: String
  let eventValue: Double
  let entry, weights, offset, cluster: String?
  let covariates, strata: [String]
  let ties: TieMethod
  let excludedRows: [Int]
  let starts, stops, pathOffset: [Double]
  let pathCovariates: [[Double]]
  let pathStrata: [String]
  let times, hazard, error, survival, lower, upper: [Double]

  static let all: [PathCase] = (try? ReferenceFixtures.cases("path")) ?? []
}

@Suite("Expected events and covariate paths against R")
struct ExpectedReferenceTests {
  @Test("expected events of fitted and of new rows, to 1e-9", arguments: ExpectedCase.all)
  func expected(_ reference: ExpectedCase) throws {
    let failures = try Self.differences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(reference.name): \(failures.joined(separator: "\n"))")
  }

  @Test("curves along covariate paths, to 1e-9", arguments: PathCase.all)
  func path(_ reference: PathCase) throws {
    let failures = try Self.differences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(reference.name): \(failures.joined(separator: "\n"))")
  }

  @Test("all cases are read")
  func count() throws {
    let expected: [ExpectedCase] = try ReferenceFixtures.cases("expected")
    let paths: [PathCase] = try ReferenceFixtures.cases("path")
    #expect(expected.count == 34 && paths.count == 20)
  }

  private static func fit(
    _ reference: some ReferenceCase, entry: String?, weights: String?, offset: String?,
    cluster: String?, time: String, event: String, covariates: [String], strata: [String],
    ties: TieMethod
  ) throws -> CoxRegression {
    let table = try reference.table()
    return try CoxRegression.fit(
      table.survivalData(
        time: time, event: event, eventValue: 1, entry: entry, weights: weights, cluster: cluster),
      design: table.design(covariates), strata: table.grouping(strata),
      offset: offset.map(table.numbers), ties: ties)
  }

  static func differences(_ reference: ExpectedCase) throws -> ReferenceDifferences {
    let fit = try fit(
      reference, entry: reference.entry, weights: reference.weights, offset: reference.offset,
      cluster: reference.cluster, time: reference.time, event: reference.event,
      covariates: reference.covariates, strata: reference.strata, ties: reference.ties)
    let at = reference.name
    var result = ReferenceDifferences()
    let own = try fit.expectedEvents()
    // Events less residuals: numbers of order 1 are subtracted in R.
    result.compare(
      "expected events of a fitted row", own.map { $0?.estimate }, reference.estimate, scale: 1,
      at: at)
    result.compare(
      "standard error, fitted row", own.map { $0?.standardError }, reference.standardError, at: at)
    let baselines = fit.baselineHazards()
    for (row, covariates) in reference.newCovariates.enumerated() {
      let baseline = try #require(baselines.first { $0.stratum == reference.newStrata[row] })
      let curve = try fit.survivalCurve(
        for: covariates, offset: reference.newOffset[row], baseline: baseline)
      let new = try curve.expectedEvents(
        from: reference.newEntry?[row] ?? -.infinity, to: reference.newExit[row])
      result.compare(
        "expected events of a new row", new?.estimate, reference.newEstimate[row], at: at)
      result.compare(
        "standard error, new row", new?.standardError, reference.newError[row], at: at)
    }
    return result
  }

  static func differences(_ reference: PathCase) throws -> ReferenceDifferences {
    let fit = try fit(
      reference, entry: reference.entry, weights: reference.weights, offset: reference.offset,
      cluster: reference.cluster, time: reference.time, event: reference.event,
      covariates: reference.covariates, strata: reference.strata, ties: reference.ties)
    let baselines = fit.baselineHazards()
    let intervals = try reference.starts.indices.map { index in
      CovariateInterval(
        from: reference.starts[index], to: reference.stops[index],
        covariates: reference.pathCovariates[index], offset: reference.pathOffset[index],
        baseline: try #require(
          baselines.first { $0.stratum == reference.pathStrata[index] }, "\(reference.name)"))
    }
    let curve = try fit.survivalCurve(along: intervals, allowsStratumChange: true)
    var result = ReferenceDifferences()
    let (at, times) = (reference.name, reference.times)
    result.compare(
      "cumulative hazard along a path", times.map { curve.cumulativeHazard(at: $0) },
      reference.hazard, at: at)
    result.compare(
      "standard error along a path", times.map { curve.cumulativeHazardStandardError(at: $0) },
      reference.error, at: at)
    result.compare(
      "survival along a path", times.map { curve.probability(at: $0) }, reference.survival, at: at)
    let limits = times.map { curve.interval(at: $0) }
    result.compare("lower limit along a path", limits.map { $0?.lower }, reference.lower, at: at)
    result.compare("upper limit along a path", limits.map { $0?.upper }, reference.upper, at: at)
    return result
  }
}
