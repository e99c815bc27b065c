// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

@Suite("Printed curves")
struct SurvivalCurveDescriptionTests {
  /// Freireich's remission times in weeks; the numbers are those of R's survfit.
  private func curves() throws -> SurvivalCurves<String> {
    let treated: [(Double, Bool)] = [
      (6, true), (6, true), (6, true), (6, false), (7, true), (9, false), (10, true), (10, false),
      (11, false), (13, true), (16, true), (17, false), (19, false), (20, false), (22, true),
      (23, true), (25, false), (32, false), (32, false), (34, false), (35, false),
    ]
    let placebo: [Double] = [
      1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23,
    ]
    let data = try SurvivalData(
      times: treated.map(\.0) + placebo,
      events: treated.map(\.1) + placebo.map { _ in true })
    let groups = treated.map { _ in "6-MP" } + placebo.map { _ in "placebo" }
    return try KaplanMeier.curves(of: data, groupedBy: Grouping(groups))
  }

  @Test("of groups, as R prints survfit, with restricted means")
  func groups() throws {
    #expect(
      "\(try curves())" == """
        Kaplan–Meier curves
        42 rows used; no rows left out

        group     n  events  median  lower 95%  upper 95%  mean to 23    se
        6-MP     21       9      23         16         NA      17.909  1.55
        placebo  21      21       8          4         12       8.667  1.38

        95% limits on the log scale, Greenwood variance. NA: not reached, or not known.
        """)
  }

  @Test("of one group, as R prints summary(survfit)")
  func oneGroup() throws {
    let curve = try #require(curves()["6-MP"])
    #expect(
      "\(curve)" == """
        Kaplan–Meier curve of group 6-MP: 21 subjects, 9 events

        time  at risk  events  censored  survival       se   lower   upper
           6       21       3         1    0.8571  0.07636  0.7198  1.0000
           7       17       1         0    0.8067  0.08694  0.6531  0.9964
          10       15       1         2    0.7529  0.09635  0.5859  0.9676
          13       12       1         1    0.6902  0.10681  0.5096  0.9348
          16       11       1         0    0.6275  0.11405  0.4394  0.8960
          22        7       1         3    0.5378  0.12823  0.3370  0.8582
          23        6       1         0    0.4482  0.13459  0.2488  0.8074

        95% limits on the log scale, Greenwood variance.
        """)
  }
}
