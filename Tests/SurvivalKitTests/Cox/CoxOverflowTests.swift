// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// Expected numbers come from Newton's method in 60 digits (Python, mpmath) on the same doubles.
@Suite("Cox fits with large predictors, offsets and weights")
struct CoxOverflowTests {
  @Test("ordinary data, as a base line")
  func ordinary() throws {
    try expectFit(
      CoxRegression.fit(Forty.data(late: false), design: Forty.design),
      [-0.5946941044311217, 1.9601475439295022], [0.7965095052482094, 1.093189260749029],
      -72.77122950324328, -74.46352429631825, within: 1e-12)
    try expectFit(
      CoxRegression.fit(Forty.data(late: true), design: Forty.design),
      [0.24109117660628618, -0.06835623299268015], [0.9513326441662379, 1.0810939911559891],
      -47.797875428123035, -47.83938294342002, within: 1e-12)
  }

  @Test("linear predictors of ±1000")
  func hugePredictors() throws {
    let right = try CoxPartialLikelihood(Forty.data(late: false), design: Forty.design)
      .evaluate(at: [2000, -1500])
    expectClose(right.logLikelihood, -19742.61554500174, within: 1e-14)
    expectClose(right.gradient, [-2.5567010309278357, 9.752808988764045], within: 1e-13)
    // exp of a difference near 50 is good to 50 ε · 1000.
    expectClose(right.information[0][0] / 1.059062524367256e-23, 1, within: 1e-10)
    expectClose(right.information[0][1] / 4.617036293708871e-23, 1, within: 1e-10)
    expectClose(right.information[1][1] / 2.012820256977563e-22, 1, within: 1e-10)
    let late = try CoxPartialLikelihood(Forty.data(late: true), design: Forty.design)
      .evaluate(at: [2000, -1500])
    expectClose(late.logLikelihood, -13327.348546282523, within: 1e-14)
    expectClose(late.gradient, [-2.8041237118849875, 5.14606741491393], within: 1e-12)
    expectClose(late.information[0][0] / 4.493043183910232e-11, 1, within: 1e-10)
    expectClose(late.information[1][1] / 1.0090424665066816e-10, 1, within: 1e-10)
    let far = try CoxPartialLikelihood(Forty.data(late: true), design: Forty.design)
      .evaluate(at: [1e6, 1e6])
    #expect(far.logLikelihood.isFinite && far.gradient.allSatisfy { $0.isFinite })
    let overflowing = try CoxPartialLikelihood(Forty.data(late: false), design: Forty.design)
    expectError(.overflow) { try overflowing.evaluate(at: [1e308, -1e308]) }
    expectError(.overflow) { try overflowing.evaluate(at: [.nan, 0]) }
  }

  @Test("offsets of −100, as case-cohort designs have them")
  func caseCohort() throws {
    try expectFit(
      CoxRegression.fit(
        Forty.data(late: false), design: Forty.design,
        offset: (0..<Forty.count).map { $0 % 5 == 0 ? -100 : 0 }),
      [-0.6360924312294074, 3.8577670496713674], [0.7970500688999529, 1.3680871500557372],
      -567.7798436948117, -572.3850094733574, within: 1e-11)
  }

  @Test("offsets of ±700")
  func hugeOffsets() throws {
    try expectFit(
      CoxRegression.fit(
        Forty.data(late: false), design: Forty.design,
        offset: (0..<Forty.count).map { $0 % 2 == 1 ? -700 : 700 }),
      [-1.1869450793619625, 2.638133373549728], [0.8074760639496743, 1.1706054117244336],
      -18256.31765888373, -18259.397079950257, within: 1e-10)
  }

  @Test("offsets of a million, with differences that matter")
  func millionOffsets() throws {
    let offset = Forty.z.map { 1e6 + $0 }
    try expectFit(
      CoxRegression.fit(Forty.data(late: false), design: Forty.design, offset: offset),
      [-1.5946941044614777, 1.960147543932681], [0.7965095052483283, 1.0931892607504923],
      -72.7712295030596, -75.52036825850566, within: 1e-12)
    try expectFit(
      CoxRegression.fit(Forty.data(late: true), design: Forty.design, offset: offset),
      [-0.7589088234148702, -0.06835623301025753], [0.9513326441662713, 1.0810939911593784],
      -47.797875427960115, -48.410955371922185, within: 1e-12)
  }

  @Test("strata whose offsets lie a million apart")
  func offsetsByStratum() throws {
    let strata = Grouping((0..<Forty.count).map { $0 % 2 })
    let plain = try CoxRegression.fit(
      Forty.data(late: false), design: Forty.design, strata: strata)
    let moved = try CoxRegression.fit(
      Forty.data(late: false), design: Forty.design, strata: strata,
      offset: (0..<Forty.count).map { $0 % 2 == 0 ? -1e6 : 1e6 })
    for (one, other) in zip(moved.coefficients, plain.coefficients) {
      expectClose(one.estimate, try #require(other.estimate), within: 1e-9)
      expectClose(one.standardError, try #require(other.standardError), within: 1e-9)
    }
    expectClose(moved.logLikelihood, plain.logLikelihood, within: 1e-9)
  }

  @Test("offsets that leave each risk set to one row do not make a column aliased")
  func dominatedAtZero() throws {
    // At 0 every risk set belongs to its largest offset; the information there is about e⁻⁵⁰.
    let count = 12
    let x = (0..<count).map { Double(($0 * 5) % 7) }
    let offset = x.enumerated().map { -50 * $0.element + Double(($0.offset * 3) % 5) }
    let data = try SurvivalData(
      times: (0..<count).map { Double(($0 * 7) % 13 + 1) },
      events: (0..<count).map { _ in true })
    let rest = try CoxRegression.fit(
      data, design: DesignMatrix([("x", x)]), offset: (0..<count).map { Double(($0 * 3) % 5) })
    if let fit = try fitOrRefusal({
      try CoxRegression.fit(data, design: DesignMatrix([("x", x)]), offset: offset)
    }) {
      #expect(!fit.coefficients[0].isAliased)
      expectClose(
        fit.coefficients[0].estimate, 50 + (try #require(rest.coefficients[0].estimate)),
        within: 1e-10)
    }
  }

  @Test("weights 1e-8 and 1e8 together")
  func extremeWeights() throws {
    let weights = Weights.probability(
      try ProbabilityWeights(
        (0..<Forty.count).map { $0 % 4 == 0 ? 1e8 : $0 % 4 == 1 ? 1e-8 : 1 }))
    try expectFit(
      CoxRegression.fit(Forty.data(late: false, weights: weights), design: Forty.design),
      [0.045266165673243576, 3.86855952309758], [0.0001653705397629745, 0.0002644638237349155],
      -12008163240.853647, -12153415515.826103, within: 1e-8)
    try expectFit(
      CoxRegression.fit(Forty.data(late: true, weights: weights), design: Forty.design),
      [2.4107118338939033, -2.2984258491818648], [0.0002353093941547823, 0.0002762964808237096],
      -11409632861.881298, -11480075312.162806, within: 1e-8)
  }

  @Test("weights that are all tiny or all huge are weights 1", arguments: [1e-8, 1e-3, 1e8])
  func scaledWeights(factor: Double) throws {
    let weights = Weights.probability(
      try ProbabilityWeights([Double](repeating: factor, count: Forty.count)))
    let fit = try CoxRegression.fit(
      Forty.data(late: true, weights: weights), design: Forty.design)
    let plain = try CoxRegression.fit(Forty.data(late: true), design: Forty.design, isRobust: true)
    for (one, other) in zip(fit.coefficients, plain.coefficients) {
      expectClose(one.estimate, try #require(other.estimate), within: 1e-11)
      expectClose(one.robustStandardError, try #require(other.robustStandardError), within: 1e-10)
    }
    // ℓ(w) = w ℓ(1) − w d log w: it may be positive, and cross 0, on the way.
    let events = Double(Forty.events.count { $0 })
    expectClose(
      fit.logLikelihood / factor, plain.logLikelihood - events * .log(factor), within: 1e-12)
  }
}
