// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

/// Weeks of remission of 42 children with leukaemia.
///
/// Freireich et al. (1963); the data of Cox (1972).
enum Freireich {
  static let placebo: [Double] = [
    1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23,
  ]
  static let treated: [Double] = [
    6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35,
  ]
  static let treatedRelapsed: [Bool] = [
    true, true, true, false, true, false, true, false, false, true, true, false, false, false, true,
    true, false, false, false, false, false,
  ]
  static var times: [Double] { placebo + treated }
  static var events: [Bool] { placebo.map { _ in true } + treatedRelapsed }
  static var arms: Grouping {
    Grouping(placebo.map { _ in "placebo" } + treated.map { _ in "6-MP" })
  }
  static var isPlacebo: [Double] { placebo.map { _ in 1 } + treated.map { _ in 0 } }
  static var data: SurvivalData { get throws { try SurvivalData(times: times, events: events) } }
}

@Suite("Freireich's leukaemia data, as textbooks have them")
struct FreireichTests {
  @Test(
    "the log-rank family",
    arguments: [
      (LogRankWeight.logRank, 16.792941), (.gehanBreslow, 13.457852), (.taroneWare, 15.123575),
      (.petoPeto, 14.084140), (.flemingHarrington(rho: 1, gamma: 0), 14.457151),
    ])
  func logRank(weight: LogRankWeight, statistic: Double) throws {
    let test = try LogRankTest.compare(
      Freireich.data, groups: Freireich.arms, weightFunction: weight)
    // Six decimals are printed.
    expectClose(test.statistic, statistic, within: 4e-8)
    #expect(test.degreesOfFreedom == 1)
    #expect(test.groups.map(\.name) == ["6-MP", "placebo"])
  }

  @Test("observed and expected relapses sum to each other")
  func expected() throws {
    let test = try LogRankTest.compare(Freireich.data, groups: Freireich.arms)
    #expect(test.groups.map(\.observed) == [9, 21])
    // Textbooks print two decimals; the fixtures hold all digits.
    expectClose(test.groups[0].expected, 19.25, within: 1e-3)
    expectClose(test.groups[1].expected, 10.75, within: 1e-3)
    expectClose(test.groups.map(\.expected).reduce(0, +), 30, within: 1e-14)
  }

  @Test(
    "the Cox model",
    arguments: [
      (TieMethod.breslow, [1.5091914, 0.4095644, -93.985050, -86.379622, 4.523072, 15.930540]),
      (.efron, [1.5721251, 0.4123967, -93.184270, -85.008425, 4.816874, 17.246537]),
    ])
  func cox(ties: TieMethod, values: [Double]) throws {
    let fit = try CoxRegression.fit(
      Freireich.data, design: DesignMatrix([("placebo", Freireich.isPlacebo)]), ties: ties)
    let coefficient = try #require(fit[coefficient: "placebo"])
    // As many digits as are printed.
    expectClose(coefficient.estimate, values[0], within: 6e-8)
    expectClose(coefficient.standardError, values[1], within: 6e-8)
    expectClose(fit.nullLogLikelihood, values[2], within: 6e-9)
    expectClose(fit.logLikelihood, values[3], within: 6e-9)
    expectClose(coefficient.hazardRatio, values[4], within: 2e-7)
    expectClose(fit.scoreTest.statistic, values[5], within: 4e-8)
  }

  @Test("the product-limit curve of 6-MP")
  func kaplanMeier() throws {
    let curves = try KaplanMeier.curves(of: Freireich.data, groupedBy: Freireich.arms)
    let curve = try #require(curves["6-MP"])
    let expected: [(Double, Double, Double)] = [
      (6, 0.857143, 0.076360), (7, 0.806723, 0.086935), (10, 0.752941, 0.096350),
      (13, 0.690196, 0.106815), (16, 0.627451, 0.114054), (22, 0.537815, 0.128234),
      (23, 0.448179, 0.134591),
    ]
    for (time, probability, error) in expected {
      expectClose(curve.probability(at: time), probability, within: 6e-7)
      expectClose(curve.standardError(at: time), error, within: 6e-7)
    }
    #expect(curve.median().estimate == 23)
    // Exact: 18/21 · 16/17 · 14/15 · 11/12 · 10/11 · 6/7 · 5/6.
    expectClose(
      curve.probability(at: 34),
      18.0 / 21 * 16 / 17 * 14 / 15 * 11 / 12 * 10 / 11 * 6 / 7 * 5 / 6, within: 1e-14)
    #expect(curves["placebo"]?.survival.last == 0)
    #expect(curves["placebo"]?.median().estimate == 8)
  }
}
