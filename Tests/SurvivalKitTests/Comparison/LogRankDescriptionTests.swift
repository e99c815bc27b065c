// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

@Suite("Printed log-rank tests")
struct LogRankDescriptionTests {
  private let data = try? SurvivalData(
    times: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    events: [true, true, true, false, true, true, false, true, false])
  private let groups = Grouping(["a", "b", "c", "a", "b", "c", "a", "b", "c"])

  @Test("as R prints survdiff, with trend and pairs when asked for")
  func test() throws {
    let result = try LogRankTest.compare(#require(data), groups: groups, pairwise: .holm)
    #expect(
      result.text(showsTrend: true) == """
        Log-rank test
        9 rows used; no rows left out

        group  n  observed  expected  (O-E)²/E  (O-E)²/V
        a      3         1     1.319    0.0772     0.106
        b      3         3     2.144    0.3417     0.548
        c      3         2     2.537    0.1136     0.200

        chi-squared 0.5499 on 2 degrees of freedom, p = 0.76
        trend in group order: chi-squared 0.01369 on 1 degree of freedom, p = 0.907

        pair   chi-squared      p  p, Holm
        a - b      0.07644  0.782        1
        a - c      0.07644  0.782        1
        b - c      0.48488  0.486        1
        """)
  }

  @Test("names the weight function, strata and robust variance")
  func conventions() throws {
    let weights = Weights.probability(try ProbabilityWeights([1, 2, 1, 1, 2, 1, 1, 1, 1]))
    let source = try #require(data)
    let weighted = try SurvivalData(times: source.times, events: source.events, weights: weights)
    let strata = Grouping([1, 1, 1, 1, 1, 1, 1, 2, 2])
    let text = try LogRankTest.compare(
      weighted, groups: groups, strata: strata,
      weightFunction: .flemingHarrington(rho: 1, gamma: 0.5)
    ).description
    #expect(
      text.hasPrefix("Fleming–Harrington test with rho 1 and gamma 0.5, within 2 strata\n"))
    #expect(text.hasSuffix("The variance is robust. Weights are probability weights."))
  }
}
