// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// After Therneau's collection of data on which programs fail.
@Suite("Infinite coefficients of the Cox model")
struct InfiniteCoefficientTests {
  private func expectInfinite(
    _ fit: CoxRegression, _ names: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(!fit.hasConverged, sourceLocation: sourceLocation)
    #expect(
      fit.coefficients.filter(\.isInfinite).map(\.name) == names, sourceLocation: sourceLocation)
    #expect(
      fit.diagnostics.map(\.code).contains(.infiniteCoefficient), sourceLocation: sourceLocation)
    #expect(
      fit.coefficients.allSatisfy { $0.estimate?.isFinite ?? false },
      sourceLocation: sourceLocation)
  }

  @Test("Drummond's forty rows: a level that only dies", arguments: TieMethod.allCases)
  func drummond(ties: TieMethod) throws {
    let x: [Double] = [1, 1, 1, 0, 1] + [Double](repeating: 0, count: 35)
    let times = (1...40).map(Double.init)
    let fit = try CoxRegression.fit(
      SurvivalData(times: times, events: times.map { $0 <= 5 }),
      design: DesignMatrix([("x", x)]), ties: ties)
    // One of the first five to die has x = 0 while another with x = 1 is at risk: finite.
    #expect(fit.hasConverged)
    let all = try CoxRegression.fit(
      SurvivalData(times: times, events: times.map { _ in true }),
      design: DesignMatrix([("x", x)]), ties: ties)
    #expect(all.hasConverged)
    // Without the fifth the likelihood rises for ever.
    let monotone = try CoxRegression.fit(
      SurvivalData(times: times, events: times.map { _ in true }),
      design: DesignMatrix([("x", [1, 1, 1] + [Double](repeating: 0, count: 37))]), ties: ties)
    expectInfinite(monotone, ["x"])
    // The limit of the likelihood: 3! orders of the first three, then 37!.
    let limit =
      -(1...37).reduce(0.0) { $0 + .log(Double($1)) }
      - (1...3).reduce(0.0) { $0 + .log(Double($1)) }
    // The iteration stops at a decrement of 1e-8, which is what is left of the climb.
    expectClose(monotone.logLikelihood, limit, within: 1e-7)
  }

  @Test("perfect separation, right-censored and late", arguments: [true, false])
  func separation(isLate: Bool) throws {
    let times = (1...20).map(Double.init)
    let x = times.map { -$0 }
    let data =
      isLate
      ? try SurvivalData(
        starts: times.map { max(0, $0 - 6) }, stops: times, events: times.map { _ in true })
      : try SurvivalData(times: times, events: times.map { _ in true })
    let fit = try CoxRegression.fit(data, design: DesignMatrix([("x", x)]))
    expectInfinite(fit, ["x"])
    // Absolute, since the limit is 0: what is left of the climb at a decrement of 1e-8.
    expectClose(fit.logLikelihood, 0, within: 1e-6)
    // A scale and a shift change nothing.
    for (scale, shift) in [(1e-8, 0.0), (1e8, 0), (1, 1e7)] {
      let scaled = try CoxRegression.fit(
        data, design: DesignMatrix([("x", x.map { $0 * scale + shift })]))
      expectInfinite(scaled, ["x"])
    }
  }

  @Test("a level of a factor without events goes to −∞, the others are those without it")
  func zeroEventLevel() throws {
    let study = RandomStudy(seed: 91)
    var events = study.events
    for row in 0..<study.count where study.arms[row] == "c" { events[row] = false }
    let design = try DesignMatrix([
      ("b", study.arms.map { $0 == "b" ? 1 : 0 }), ("c", study.arms.map { $0 == "c" ? 1 : 0 }),
      ("x", study.x[0]),
    ])
    for isLate in [true, false] {
      let data =
        isLate
        ? try SurvivalData(starts: study.starts, stops: study.stops, events: events)
        : try SurvivalData(times: study.stops, events: events)
      let fit = try CoxRegression.fit(data, design: design)
      expectInfinite(fit, ["c"])
      #expect(try #require(fit.coefficients[1].estimate) < -5)
      let rows = (0..<study.count).filter { study.arms[$0] != "c" }
      let rest = try CoxRegression.fit(
        data.subset(rows),
        design: DesignMatrix([
          ("b", rows.map { design.columns[0][$0] }), ("x", rows.map { design.columns[2][$0] }),
        ]))
      // As close as the iteration came to the limit.
      expectClose(
        fit.coefficients[0].estimate, try #require(rest.coefficients[0].estimate), within: 1e-3)
      expectClose(
        fit.coefficients[2].estimate, try #require(rest.coefficients[1].estimate), within: 1e-3)
      expectClose(fit.logLikelihood, rest.logLikelihood, within: 1e-6)
    }
  }

  @Test("a direction of two variables")
  func twoVariables() throws {
    // The sum decides who dies first; neither alone does.
    let a: [Double] = [3, 0, 2, 0, 1, 0, 1, 0, 0, 0]
    let b: [Double] = [0, 3, 0, 2, 0, 1, -1, 0, 0, -1]
    let times = (1...10).map(Double.init)
    let fit = try CoxRegression.fit(
      SurvivalData(times: times, events: times.map { $0 <= 6 }),
      design: DesignMatrix([("a", a), ("b", b)]))
    expectInfinite(fit, ["a", "b"])
  }

  @Test("a direction with an irrational ratio")
  func irrationalDirection() throws {
    let ratio = 0.6180339887498949
    // Both ways across the direction (1, ratio), so that no other one will do.
    let rows: [(Double, Double)] = [
      (ratio, -1), (0, 0), (-ratio, 1), (0, 0), (-1, -0.3), (-2, -1), (-1.5, -0.7), (-3, 0.1),
    ]
    let order = [(0.0, 0.0), rows[0], rows[2], (0.0, 0.0)] + rows[4...]
    let times = (1...order.count).map(Double.init)
    let fit = try CoxRegression.fit(
      SurvivalData(times: times, events: times.map { $0 <= 5 }),
      design: DesignMatrix([("a", order.map(\.0)), ("b", order.map(\.1))]))
    expectInfinite(fit, ["a", "b"])
    let terms = try #require(fit.monotoneDirection?.terms)
    expectClose(terms.map(\.factor), [1, ratio], within: 1e-12)
  }

  @Test("a flat but finite likelihood is not called infinite", arguments: [1e6, 1e8, 1e10, 1e13])
  func flatButFinite(outlier: Double) throws {
    let first = try #require(
      (0..<Forty.count).filter { Forty.events[$0] }.min { Forty.times[$0] < Forty.times[$1] })
    // One extreme row dies first. Its term is flat once β is a little above 0; the others decide.
    var flat = Forty.u
    flat[first] = outlier
    // Here it is the others' terms that fall, and the maximum lies where the extreme row's bends.
    var bent = Forty.z
    bent[first] = outlier
    let expected = [
      1e6: 1.869257019139878e-05, 1e10: 2.7903025091443437e-09, 1e13: 3.4810780387488832e-12,
    ]
    for (x, value) in [(flat, 2.0844781133459405), (bent, expected[outlier])] {
      // Newton's method moves the extreme row's predictor by 1 a step, and may need many. At 1e13 the
      // others have too few digits left.
      let fit = try fitOrRefusal {
        try CoxRegression.fit(Forty.data(late: false), design: DesignMatrix([("x", x)]))
      }
      guard let fit else {
        #expect(outlier == 1e13)
        continue
      }
      #expect(fit.hasConverged && !fit.coefficients[0].isInfinite)
      let estimate = try #require(fit.coefficients[0].estimate)
      // Centring at the mean costs the others as many digits as the extreme row has more.
      if let value { expectClose(estimate / value, 1, within: max(1e-9, 1e-15 * outlier)) }
    }
  }

  @Test("a row that is never at risk has no say, however absurd")
  func neverAtRisk() throws {
    let plain = try CoxRegression.fit(Forty.data(late: false), design: Forty.design)
    for absurd in [1e10, 1e300] {
      let fit = try CoxRegression.fit(
        SurvivalData(times: Forty.times + [0.5], events: Forty.events + [false]),
        design: DesignMatrix([("z", Forty.z + [absurd]), ("u", Forty.u + [-absurd])]))
      #expect(fit.hasConverged && fit.degreesOfFreedom == 2)
      for (one, other) in zip(fit.coefficients, plain.coefficients) {
        expectClose(one.estimate, try #require(other.estimate), within: 1e-12)
        expectClose(one.standardError, try #require(other.standardError), within: 1e-12)
      }
      let robust = try CoxRegression.fit(
        SurvivalData(times: Forty.times + [0.5], events: Forty.events + [false]),
        design: DesignMatrix([("z", Forty.z + [absurd]), ("u", Forty.u + [-absurd])]),
        isRobust: true)
      let base = try CoxRegression.fit(
        Forty.data(late: false), design: Forty.design, isRobust: true)
      expectClose(
        robust.coefficients[0].robustStandardError,
        try #require(base.coefficients[0].robustStandardError), within: 1e-12)
    }
  }

  @Test("a perfect fit has log likelihood 0 and no finite maximum")
  func perfectFit() throws {
    // As in Therneau's cdata, where the likelihood goes to 0; here there is a covariate for each row.
    var random = SplitMix(seed: 3)
    let columns = (0..<25).map { column in
      (name: "x\(column)", values: (0..<26).map { _ in random.symmetric() })
    }
    let times = (1...26).map(Double.init)
    let fit = try CoxRegression.fit(
      SurvivalData(times: times, events: times.map { $0 <= 7 }), design: DesignMatrix(columns))
    #expect(!fit.hasConverged)
    #expect(fit.logLikelihood <= 0 && fit.logLikelihood > -1e-3)
    #expect(fit.diagnostics.map(\.code).contains(.fewEvents))
    // There is a direction for each way of each coefficient.
    #expect(fit.coefficients.allSatisfy { $0.isAliased || $0.infiniteLimit == .undetermined })
  }
}

@Suite("Infinite coefficients under the exact rules for ties")
struct InfiniteExactCoefficientTests {
  @Test("data 1 has an infinite estimate: log likelihood rises to -2 log 3")
  func firstData() throws {
    let fit = try CoxRegression.fit(
      SurvivalData(
        times: [1, 1, 6, 6, 8, 9], events: [true, false, true, true, false, true]),
      design: DesignMatrix([("x", [1, 1, 1, 0, 0, 0])]), ties: .exact)
    #expect(fit.coefficients[0].isInfinite)
    #expect(!fit.hasConverged)
    #expect(fit.diagnostics.contains { $0.code == .infiniteCoefficient })
    // Within e^{-β} of its limit where the iteration stopped.
    expectClose(fit.logLikelihood / (-2 * Double.log(3)), 1, within: 1e-8)
    expectClose(fit.nullLogLikelihood / (-2 * Double.log(6)), 1, within: 1e-14)
    #expect(abs(fit.scoreTest.statistic - 2) < 1e-12)
  }
}
