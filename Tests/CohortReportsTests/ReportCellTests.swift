// SPDX-License-Identifier: Apache-2.0

@testable import CohortReports
@testable import SurvivalKit
import Testing

@Suite("The cells of a report")
struct ReportCellTests {
  private static let interval = ConfidenceInterval(lower: 1.0441, upper: 3.34, level: 0.95)
  private static let narrow = ConfidenceInterval(lower: 1.0013, upper: 1.0051, level: 0.95)

  @Test(
    "are shown as clinicians write them",
    arguments: [
      (StudyReport.Cell.empty, ""),
      (.text("a"), "a"),
      (.count(38), "38"), (.count(62.0878), "62.1"),
      (.number(0.12345, .places(2)), "0.12"), (.number(nil, .places(2)), "–"),
      (.number(0.5, .percent(1)), "50.0%"), (.number(1234.5, .digits(3)), "1234"),
      (.fraction(151, of: 168), "151 / 168"),
      (.share(24, of: 38), "24 (63.2%)"), (.share(0, of: 0), "–"),
      (.estimate(1.868, interval, .ratio), "1.87 (1.04 to 3.34)"),
      (.estimate(1.0032, narrow, .ratio), "1.0032 (1.0013 to 1.0051)"),
      (.estimate(1.868, nil, .ratio), "1.87"), (.estimate(nil, interval, .ratio), "–"),
      (.estimate(0.0123, nil, .ratio), "0.0123"),
      (
        .estimate(-0.077, ConfidenceInterval(lower: -0.2, upper: 0.05, level: 0.9), .percent(1)),
        "-7.7% (-20.0 to 5.0)"
      ),
      (.unboundedRatio(isInfinite: true, limit: 1.87, level: 0.95), "∞ (1.87 to ∞)"),
      (.unboundedRatio(isInfinite: false, limit: 3.21, level: 0.95), "0 (0 to 3.21)"),
      (.unboundedRatio(isInfinite: false, limit: nil, level: nil), "0"),
      (.range(21, 62, .digits(4)), "21 to 62"), (.range(nil, nil, .digits(4)), "–"),
      (.median(32, firstQuartile: 27, thirdQuartile: 40.5, .digits(4)), "32 (27 to 40.5)"),
      (.pValue(0.000789), "0.000789"), (.pValue(0.0003), "0.0003"), (.pValue(1e-5), "<0.0001"),
      (.pValue(0), "<0.0001"), (.pValue(nil), "–"),
    ])
  func text(_ cell: StudyReport.Cell, _ text: String) { #expect(cell.text == text) }

  @Test("a median that is not reached says so, and one limit may be known")
  func quantiles() throws {
    let curves = try KaplanMeier.curves(
      of: try SurvivalData(times: [1, 2, 3, 4], events: [true, false, true, false]))
    // The curve is flat at 3/4 from 1 to 3, and never falls to 1/10; its lower limit does at 3.
    let third = curves.curves[0].quantile(0.25)
    #expect(StudyReport.Cell.quantile(third).text == "2 (1 to NR)")
    let all = curves.curves[0].quantile(0.9)
    #expect(StudyReport.Cell.quantile(all).text == "NR (3 to NR)")
    func text(_ estimate: Double?, _ lower: Double?, _ upper: Double?) -> String {
      StudyReport.Cell.quantile(
        QuantileEstimate(
          probability: 0.5, estimate: estimate, lower: lower, upper: upper, level: 0.95)
      ).text
    }
    #expect(text(8.279, 5.29, 12.81) == "8.28 (5.29 to 12.81)")
    #expect(text(4.501, 3.745, 13.8) == "4.50 (3.75 to 13.80)")
    #expect(text(2204, 704, nil) == "2204 (704 to NR)")
    #expect(text(418.5, 194, nil) == "418.5 (194.0 to NR)")
    #expect(text(0.01234, nil, nil) == "0.01234")
    #expect(
      StudyReport.Cell.quantile(all).parts.map(\.name) == ["estimate", "lower", "upper", "level"])
  }
}
