// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// Expected numbers come from Newton's method in 60 digits (Python, mpmath) on the same doubles.
@Suite("Collinear, badly scaled and drifting covariates")
struct CoxCollinearityTests {
  @Test("aliased columns are the later ones, and leave the others as they were")
  func aliased() throws {
    let study = RandomStudy(seed: 92)
    let x = study.x
    let constant = [Double](repeating: 0.1 + 0.2, count: study.count)
    let sum = zip(x[0], x[1]).map { 2 * $0 - 3 * $1 + 7 }
    let fit = try CoxRegression.fit(
      study.data(late: true),
      design: DesignMatrix([
        ("constant", constant), ("a", x[0]), ("copy", x[0]), ("b", x[1]), ("sum", sum),
        ("c", x[2]),
      ]))
    #expect(fit.coefficients.filter(\.isAliased).map(\.name) == ["constant", "copy", "sum"])
    #expect(fit.degreesOfFreedom == 3 && fit.covariance.count == 3)
    #expect(fit.diagnostics.map(\.code) == [.aliasedColumn, .aliasedColumn, .aliasedColumn])
    #expect(fit.diagnostics[0].message.contains("constant does not vary"))
    #expect(fit.diagnostics[1].message.contains("1 × a"))
    #expect(fit.diagnostics[2].message.contains("2 × a"))
    let plain = try CoxRegression.fit(study.data(late: true), design: study.design)
    for (one, other) in zip(fit.coefficients.filter { !$0.isAliased }, plain.coefficients) {
      expectClose(one.estimate, try #require(other.estimate), within: 1e-11)
      expectClose(one.standardError, try #require(other.standardError), within: 1e-11)
    }
    let aliased = fit.coefficients[0]
    #expect(aliased.estimate == nil && aliased.z == nil && aliased.pValue == nil)
    #expect(aliased.interval() == nil && aliased.hazardRatio == nil)
    #expect(fit.waldTest.degreesOfFreedom == 3 && fit.likelihoodRatioTest.degreesOfFreedom == 3)
    expectClose(fit.scoreTest.statistic, plain.scoreTest.statistic, within: 1e-11)
  }

  @Test("a column that varies between strata only is aliased")
  func stratumColumn() throws {
    let study = RandomStudy(seed: 93)
    let fit = try CoxRegression.fit(
      study.data(late: true),
      design: DesignMatrix([
        ("stratum", study.strata.map { 1e6 * Double($0) + 0.1 }), ("x", study.x[0]),
      ]), strata: Grouping(study.strata))
    #expect(fit.coefficients.map(\.isAliased) == [true, false])
    let all = try CoxRegression.fit(
      study.data(late: true),
      design: DesignMatrix([("stratum", study.strata.map { 1e6 * Double($0) + 0.1 })]),
      strata: Grouping(study.strata))
    #expect(all.degreesOfFreedom == 0 && all.hasConverged)
    #expect(all.waldTest.pValue == 1 && all.logLikelihood == all.nullLogLikelihood)
  }

  @Test("fewer rows than columns: what the data can tell, and no more")
  func wide() throws {
    var random = SplitMix(seed: 4)
    let columns = (0..<30).map { column in
      (name: "x\(column)", values: (0..<12).map { _ in random.symmetric() })
    }
    let times = (1...12).map(Double.init)
    if let fit = try fitOrRefusal({
      try CoxRegression.fit(
        SurvivalData(times: times, events: times.map { _ in true }), design: DesignMatrix(columns))
    }) {
      #expect(fit.degreesOfFreedom == 11)
      #expect(fit.coefficients.prefix(11).allSatisfy { !$0.isAliased })
      #expect(!fit.hasConverged)
    }
  }

  @Test("columns of scale 1e-8 and 1e8 side by side")
  func scales() throws {
    try expectFit(
      CoxRegression.fit(
        Forty.data(late: true),
        design: DesignMatrix([("z", Forty.z.map { $0 * 1e-8 }), ("u", Forty.u.map { $0 * 1e8 })])),
      [24109117.660628635, -6.83562329926804e-10], [95133264.41662379, 1.0810939911559893e-08],
      -47.797875428123035, -47.83938294342002, within: 1e-12)
    for extreme in [1e-150, 1e150] {
      let fit = try CoxRegression.fit(
        Forty.data(late: true), design: DesignMatrix([("z", Forty.z.map { $0 * extreme })]))
      let plain = try CoxRegression.fit(
        Forty.data(late: true), design: DesignMatrix([("z", Forty.z)]))
      expectClose(
        try #require(fit.coefficients[0].estimate) * extreme,
        try #require(plain.coefficients[0].estimate), within: 1e-12)
      expectClose(
        fit.coefficients[0].z, try #require(plain.coefficients[0].z), within: 1e-10)
    }
    // Their variance is no number: an error, not a standard error of 0 or ∞.
    for extreme in [1e-300, 1e300] {
      expectError(.overflow) {
        try CoxRegression.fit(
          Forty.data(late: true), design: DesignMatrix([("z", Forty.z.map { $0 * extreme })]))
      }
    }
  }

  @Test(
    "a covariate that drifts with time",
    arguments: [
      (1000.0, 1.0, 1.8954555233027786, 1.3309746620614396, -15.051082371386833),
      (1000.0, 0.01, 189.5455523431117, 133.0974662076437, -15.051082371189645),
      (1e6, 1.0, 1.895455522355751, 1.330974661480517, -15.051082371928823),
    ])
  func drift(
    slope: Double, noise: Double, estimate: Double, error: Double, logLikelihood: Double
  ) throws {
    var (starts, stops, events, x) = ([Double](), [Double](), [Bool](), [Double]())
    for subject in 0..<12 {
      let end = 3 + (subject * 5) % 30
      for step in 0..<end {
        starts.append(Double(step))
        stops.append(Double(step + 1))
        events.append(step == end - 1 && subject % 4 != 3)
        x.append(
          slope * Double(step + 1) + noise * (Double((subject * 7 + step * 11) % 23) / 23))
      }
    }
    let fit = try CoxRegression.fit(
      SurvivalData(starts: starts, stops: stops, events: events), design: DesignMatrix([("x", x)]))
    #expect(!fit.coefficients[0].isAliased)
    // Linear predictors of up to 2 · 30 · slope / noise are rounded to that many ε.
    let tolerance = 2e-16 * 30 * slope / noise * 100
    expectClose(
      (try #require(fit.coefficients[0].estimate) - estimate) / error, 0, within: tolerance)
    expectClose(fit.coefficients[0].standardError.map { $0 / error }, 1, within: tolerance)
    expectClose(fit.logLikelihood, logLikelihood, within: max(1e-13, tolerance))
    expectClose(fit.nullLogLikelihood, -16.180552005891567, within: 1e-14)
    // A copy is found under the drift, too.
    let twice = try CoxRegression.fit(
      SurvivalData(starts: starts, stops: stops, events: events),
      design: DesignMatrix([("x", x), ("copy", x.map { 3 * $0 - 5 })]))
    #expect(twice.coefficients.map(\.isAliased) == [false, true])
  }
}
