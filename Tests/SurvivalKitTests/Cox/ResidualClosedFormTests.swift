// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

@Suite("Residuals in closed form")
struct ResidualClosedFormTests {
  /// Martingale and score residuals in the order of the rows and the unit of the covariate.
  private func residuals(
    _ data: SurvivalData, _ x: [Double], _ ties: TieMethod, at beta: Double
  ) throws -> (martingale: [Double], score: [Double]) {
    let likelihood = try CoxPartialLikelihood(data, design: DesignMatrix([("x", x)]), ties: ties)
    let point = [beta / likelihood.scales[0]]
    let evaluation = likelihood.scan(at: point, wants: [.information, .record])
    let record = try #require(evaluation.record)
    let found = ScoreResiduals(
      likelihood, predictors: likelihood.linearPredictors(at: point), record: record)
    var (martingale, score) = ([Double](x), [Double](x))
    for (position, row) in likelihood.table.order.enumerated() {
      martingale[Int(row)] = found.martingale[position]
      score[Int(row)] = found.score[position] / likelihood.scales[0]
    }
    return (martingale, score)
  }

  @Test("data 1 at 0, Breslow")
  func firstBreslow() throws {
    let found = try residuals(ClosedForm.first(), ClosedForm.firstX, .breslow, at: 0)
    expectClose(
      found.martingale, [5 / 6, -1 / 6, 1 / 3, 1 / 3, -2 / 3, -2 / 3], within: 1e-15)
    expectClose(
      found.score, [5 / 12, -1 / 12, 7 / 24, -1 / 24, 5 / 24, 5 / 24], within: 1e-15)
  }

  @Test("data 1 at 0, Efron")
  func firstEfron() throws {
    let found = try residuals(ClosedForm.first(), ClosedForm.firstX, .efron, at: 0)
    expectClose(
      found.martingale, [5 / 6, -1 / 6, 5 / 12, 5 / 12, -3 / 4, -3 / 4], within: 1e-15)
    expectClose(
      found.score, [5 / 12, -1 / 12, 55 / 144, -5 / 144, 29 / 144, 29 / 144], within: 1e-15)
  }

  @Test("data 2 at log 2, Breslow: the table of score residuals")
  func second() throws {
    let found = try residuals(ClosedForm.second(), ClosedForm.secondX, .breslow, at: .log(2))
    let expected: [Double] = [
      1 / 9, -3 / 8, -21 / 32, -165 / 784, -2417 / 14112, 33 / 392, -15 / 784, -211 / 784, 3 / 16,
      3 / 16,
    ]
    expectClose(found.score, expected, within: 1e-15)
    expectClose(found.score.reduce(0, +), -95 / 84, within: 1e-14)
  }

  @Test("data 3 at 0, weighted: the martingale residuals")
  func third() throws {
    let breslow = try residuals(ClosedForm.third(), ClosedForm.thirdX, .breslow, at: 0)
    expectClose(
      breslow.martingale,
      [
        18 / 19, -1 / 19, 49 / 152, 49 / 152, 49 / 152, -103 / 152, -103 / 152, -157 / 456,
        -613 / 456,
      ], within: 1e-15)
    let efron = try residuals(ClosedForm.third(), ClosedForm.thirdX, .efron, at: 0)
    expectClose(
      efron.martingale,
      [
        18 / 19, -1 / 19, 473 / 1064, 473 / 1064, 473 / 1064, -2813 / 3192, -2813 / 3192,
        -1749 / 3192, -4941 / 3192,
      ], within: 1e-15)
  }
}
