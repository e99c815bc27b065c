// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// What must hold for every Cox fit, whatever the data.
@Suite("Properties of Cox fits")
struct CoxPropertyTests {
  /// Expects two fits to agree in every number that does not depend on how rows are counted.
  private func expectSame(
    _ found: CoxRegression, _ expected: CoxRegression, within tolerance: Double = 1e-10,
    _ label: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) {
    func close(_ one: Double?, _ other: Double?, _ what: String) {
      guard let other else {
        #expect(one == nil, "\(label) \(what)", sourceLocation: sourceLocation)
        return
      }
      expectClose(
        one, other, within: tolerance, "\(label) \(what)", sourceLocation: sourceLocation)
    }
    for (one, other) in zip(found.coefficients, expected.coefficients) {
      close(one.estimate, other.estimate, "\(one.name) estimate")
      close(one.standardError, other.standardError, "\(one.name) error")
      close(one.modelStandardError, other.modelStandardError, "\(one.name) model error")
    }
    close(found.logLikelihood, expected.logLikelihood, "log likelihood")
    close(found.nullLogLikelihood, expected.nullLogLikelihood, "null")
    close(found.waldTest.statistic, expected.waldTest.statistic, "Wald")
    close(found.scoreTest.statistic, expected.scoreTest.statistic, "score")
    close(found.robustScoreTest?.statistic, expected.robustScoreTest?.statistic, "robust score")
  }

  /// The rules for ties that have a robust variance.
  static let robustTies: [TieMethod] = [.efron, .breslow]

  @Test("episode splitting changes nothing", arguments: robustTies, [true, false])
  func splitting(ties: TieMethod, isLate: Bool) throws {
    for seed in UInt64(1)...3 {
      let study = RandomStudy(seed: seed)
      var pieces = [FollowUp]()
      var owners = [Int]()
      for row in 0..<study.count {
        let whole =
          isLate
          ? try FollowUp(from: study.starts[row], to: study.stops[row], isEvent: study.events[row])
          : try FollowUp(time: study.stops[row], isEvent: study.events[row])
        let parts = whole.split(at: [2, 3.5, 5, 7.25, 9])
        pieces += parts
        owners += parts.map { _ in row }
      }
      let split = study.rows(owners)
      let (whole, cut) = (
        try study.data(late: isLate, clusters: Grouping(Array(0..<study.count))),
        try SurvivalData(pieces, subjects: Grouping(owners))
      )
      let strata = (Grouping(study.strata), Grouping(split.strata))
      let expected = try CoxRegression.fit(
        whole, design: study.design, strata: strata.0, ties: ties)
      let found = try CoxRegression.fit(cut, design: split.design, strata: strata.1, ties: ties)
      expectSame(found, expected, within: 1e-11)
      #expect(found.isRobust && expected.isRobust)
      #expect(found.subjectCount == study.count)
      #expect(found.rowCount == owners.count)
      #expect(found.eventCount == expected.eventCount)
    }
  }

  @Test("frequency weights are replicated rows", arguments: TieMethod.allCases, [true, false])
  func frequency(ties: TieMethod, isLate: Bool) throws {
    for seed in UInt64(1)...4 {
      let study = RandomStudy(seed: seed)
      let copies = study.replicated
      for isRobust in ties.isExact ? [false] : [false, true] {
        let found = try CoxRegression.fit(
          study.data(late: isLate, weights: study.frequency), design: study.design, ties: ties,
          isRobust: isRobust)
        let expected = try CoxRegression.fit(
          copies.data(late: isLate), design: copies.design, ties: ties, isRobust: isRobust)
        expectSame(found, expected, within: 1e-11, "robust \(isRobust)")
      }
    }
  }

  @Test("weight 0 is an absent row", arguments: robustTies, [true, false])
  func zeroWeight(ties: TieMethod, isLate: Bool) throws {
    var study = RandomStudy(seed: 5)
    for row in stride(from: 0, to: study.count, by: 4) {
      study.weights[row] = 0
      study.x[0][row] = 1e9
      study.offset[row] = 600
    }
    let rest = study.rows((0..<study.count).filter { study.weights[$0] > 0 })
    let found = try CoxRegression.fit(
      study.data(late: isLate, weights: study.probability), design: study.design,
      offset: study.offset, ties: ties)
    let expected = try CoxRegression.fit(
      rest.data(late: isLate, weights: rest.probability), design: rest.design, offset: rest.offset,
      ties: ties)
    expectSame(found, expected, within: 1e-12)
    #expect(found.rowCount == rest.count)
    #expect(found.diagnostics.map(\.code) == [.zeroWeights])
  }

  @Test("doubled probability weights halve the model's variance only", arguments: [true, false])
  func doubledWeights(isLate: Bool) throws {
    let study = RandomStudy(seed: 6)
    var twice = study
    twice.weights = study.weights.map { 2 * $0 }
    let once = try CoxRegression.fit(
      study.data(late: isLate, weights: study.probability), design: study.design)
    let doubled = try CoxRegression.fit(
      twice.data(late: isLate, weights: twice.probability), design: study.design)
    for (one, two) in zip(once.coefficients, doubled.coefficients) {
      expectClose(two.estimate, try #require(one.estimate), within: 1e-12)
      expectClose(two.robustStandardError, try #require(one.robustStandardError), within: 1e-11)
      let model = try #require(one.modelStandardError)
      expectClose(two.modelStandardError, model / Double.sqrt(2), within: 1e-11)
      #expect(two.standardError == two.robustStandardError)
    }
  }

  @Test("the stratified likelihood is the sum over strata", arguments: CoxSetting.all)
  func strataSum(_ setting: CoxSetting) throws {
    guard setting.isStratified else { return }
    let study = RandomStudy(seed: 7)
    let beta = [0.2, 0.5, -0.3]
    let whole = try setting.likelihood(study).evaluate(at: beta)
    var (value, gradient) = (0.0, [0.0, 0, 0])
    for stratum in Set(study.strata) {
      let part = study.rows((0..<study.count).filter { study.strata[$0] == stratum })
      let found = try setting.likelihood(part).evaluate(at: beta)
      value += found.logLikelihood
      for j in 0..<3 { gradient[j] += found.gradient[j] }
    }
    expectClose(whole.logLikelihood, value, within: 1e-13)
    expectClose(whole.gradient, gradient, within: 1e-12)
  }

  @Test(
    "an affine change of the covariates changes their unit only",
    arguments: [
      (shift: 0.0, scale: 2.0), (5, -3), (1e7, 1), (-1e7, 0.5), (0, 1e-6), (0, 1e7), (1e7, 1e3),
    ], [true, false])
  func affine(change: (shift: Double, scale: Double), isLate: Bool) throws {
    let study = RandomStudy(seed: 8)
    var moved = study
    moved.x[0] = study.x[0].map { change.shift + change.scale * $0 }
    let expected = try CoxRegression.fit(study.data(late: isLate), design: study.design)
    let found = try CoxRegression.fit(study.data(late: isLate), design: moved.design)
    // A shift of 1e7 rounds the covariate itself to 1e-9 of its spread, and the estimate to some of
    // those.
    let tolerance = abs(change.shift) > 1e6 ? 2e-8 : 1e-11
    for column in 0..<3 {
      let unit = column == 0 ? abs(change.scale) : 1
      let (one, other) = (found.coefficients[column], expected.coefficients[column])
      let estimate = try #require(one.estimate) * (column == 0 ? change.scale : 1)
      expectClose(estimate, try #require(other.estimate), within: tolerance)
      let error = try #require(one.standardError) * unit
      expectClose(error, try #require(other.standardError), within: tolerance)
    }
    expectClose(found.logLikelihood, expected.logLikelihood, within: tolerance)
    expectClose(found.waldTest.statistic, expected.waldTest.statistic, within: tolerance)
    expectClose(found.scoreTest.statistic, expected.scoreTest.statistic, within: tolerance)
  }

  @Test("a linear map of all covariates leaves likelihood and tests")
  func linearMap() throws {
    let study = RandomStudy(seed: 9)
    var mixed = study
    for row in 0..<study.count {
      let (a, b, c) = (study.x[0][row], study.x[1][row], study.x[2][row])
      mixed.x[0][row] = a + 3 * b - 2 * c
      mixed.x[1][row] = b - c
      mixed.x[2][row] = 100 * a + c
    }
    let expected = try CoxRegression.fit(study.data(late: true), design: study.design)
    let found = try CoxRegression.fit(study.data(late: true), design: mixed.design)
    expectClose(found.logLikelihood, expected.logLikelihood, within: 1e-12)
    expectClose(found.waldTest.statistic, expected.waldTest.statistic, within: 1e-9)
    expectClose(found.scoreTest.statistic, expected.scoreTest.statistic, within: 1e-9)
  }

  @Test("the order of the rows does not matter", arguments: robustTies, [true, false])
  func permutation(ties: TieMethod, isLate: Bool) throws {
    let study = RandomStudy(seed: 10)
    let expected = try fit(study, ties, isLate)
    for seed in UInt64(1)...3 {
      expectSame(try fit(study.shuffled(seed: seed), ties, isLate), expected, within: 1e-12)
    }
    func fit(_ study: RandomStudy, _ ties: TieMethod, _ isLate: Bool) throws -> CoxRegression {
      try CoxRegression.fit(
        study.data(
          late: isLate, weights: study.probability, clusters: Grouping(study.clusters)),
        design: study.design, strata: Grouping(study.strata), offset: study.offset, ties: ties)
    }
  }

  @Test("without ties Efron and Breslow agree")
  func tieFree() throws {
    let study = RandomStudy(seed: 11, isTied: false)
    expectSame(
      try CoxRegression.fit(study.data(late: true), design: study.design, ties: .efron),
      try CoxRegression.fit(study.data(late: true), design: study.design, ties: .breslow),
      within: 1e-13)
  }

  @Test("the unit of time does not matter")
  func timeUnit() throws {
    let study = RandomStudy(seed: 12)
    var years = study
    years.starts = study.starts.map { $0 / 365.25 }
    years.stops = study.stops.map { $0 / 365.25 }
    expectSame(
      try CoxRegression.fit(years.data(late: true), design: years.design),
      try CoxRegression.fit(study.data(late: true), design: study.design), within: 1e-13)
  }

  @Test("clusters of copies: the robust variance of the originals", arguments: [true, false])
  func replicatedClusters(isLate: Bool) throws {
    let study = RandomStudy(seed: 13)
    let rows = Array(0..<study.count)
    let copies = study.rows(rows + rows)
    let expected = try CoxRegression.fit(
      study.data(late: isLate), design: study.design, ties: .breslow, isRobust: true)
    let found = try CoxRegression.fit(
      copies.data(late: isLate, clusters: Grouping(rows + rows)), design: copies.design,
      ties: .breslow)
    for (one, two) in zip(found.coefficients, expected.coefficients) {
      expectClose(one.estimate, try #require(two.estimate), within: 1e-12)
      expectClose(one.robustStandardError, try #require(two.robustStandardError), within: 1e-11)
    }
  }

  @Test("a null model has hazards and residuals of Nelson–Aalen")
  func nullModel() throws {
    let study = RandomStudy(seed: 14)
    let design = try DesignMatrix([], rowCount: study.count)
    for ties in TieMethod.allCases {
      let fit = try CoxRegression.fit(study.data(late: true), design: design, ties: ties)
      #expect(fit.coefficients.isEmpty && fit.degreesOfFreedom == 0 && fit.hasConverged)
      #expect(fit.logLikelihood == fit.nullLogLikelihood)
      #expect(fit.likelihoodRatioTest.pValue == 1)
      let likelihood = try CoxPartialLikelihood(study.data(late: true), design: design, ties: ties)
      let record = try #require(likelihood.scan(at: [], wants: .record).record)
      let curve = try #require(
        KaplanMeier.curves(
          of: study.data(late: true), estimator: ties == .efron ? .flemingHarrington : .nelsonAalen
        ).curves.first)
      var (hazard, variance) = (0.0, 0.0)
      for (event, slot) in likelihood.times.slots.enumerated() {
        let unit = Double.exp(-record.references[event])
        hazard += unit * record.hazard[event]
        variance += unit * unit * record.hazardVariance[event]
        let time = likelihood.table.slotTimes[slot]
        expectClose(curve.cumulativeHazard(at: time), hazard, within: 1e-13)
        let position = try #require(curve.times.firstIndex(of: time))
        expectClose(curve.hazardVariance[position], variance, within: 1e-13)
      }
    }
  }
}
