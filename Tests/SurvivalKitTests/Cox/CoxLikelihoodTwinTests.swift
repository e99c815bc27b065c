// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// One way of combining what the likelihood supports.
struct CoxSetting: CustomTestStringConvertible, Sendable {
  let isLate: Bool
  let isStratified: Bool
  let isWeighted: Bool
  let hasOffset: Bool
  let ties: TieMethod

  var testDescription: String {
    "\(ties)\(isLate ? ", late" : "")\(isStratified ? ", strata" : "")"
      + "\(isWeighted ? ", weights" : "")\(hasOffset ? ", offset" : "")"
  }

  static let all: [CoxSetting] = (0..<32).map { bits in
    CoxSetting(
      isLate: bits & 1 != 0, isStratified: bits & 2 != 0, isWeighted: bits & 4 != 0,
      hasOffset: bits & 8 != 0, ties: bits & 16 != 0 ? .efron : .breslow)
  }

  func likelihood(_ study: RandomStudy) throws -> CoxPartialLikelihood {
    try CoxPartialLikelihood(
      study.data(late: isLate, weights: isWeighted ? study.probability : nil),
      design: study.design, strata: isStratified ? Grouping(study.strata) : nil,
      offset: hasOffset ? study.offset : nil, ties: ties)
  }

  func twin(_ study: RandomStudy, at beta: [Double]) -> DirectCoxLikelihood {
    DirectCoxLikelihood(
      study, at: beta, isLate: isLate, isStratified: isStratified, ties: ties,
      weights: isWeighted ? study.weights : nil, offset: hasOffset ? study.offset : nil)
  }
}

@Suite("Cox likelihood against its definition")
struct CoxLikelihoodTwinTests {
  @Test("value, gradient and information", arguments: CoxSetting.all)
  func evaluation(_ setting: CoxSetting) throws {
    for seed in UInt64(1)...4 {
      let study = RandomStudy(seed: seed, rows: 50, isTied: seed % 2 == 0)
      let likelihood = try setting.likelihood(study)
      for beta in [[0, 0, 0], [0.7, -1.1, 0.4], [-1.8, 2.5, 0.9]] {
        let found = try likelihood.evaluate(at: beta)
        let twin = setting.twin(study, at: beta)
        expectClose(found.logLikelihood, twin.logLikelihood, within: 1e-13)
        expectClose(found.gradient, twin.gradient, within: 1e-12)
        for j in 0..<3 { expectClose(found.information[j], twin.information[j], within: 1e-12) }
      }
    }
  }

  @Test("martingale and score residuals, and their sums", arguments: CoxSetting.all)
  func residuals(_ setting: CoxSetting) throws {
    for seed in UInt64(11)...14 {
      let study = RandomStudy(seed: seed, rows: 50, isTied: seed % 2 == 0)
      let beta = [0.7, -1.1, 0.4]
      let likelihood = try setting.likelihood(study)
      let twin = setting.twin(study, at: beta)
      let point = zip(beta, likelihood.scales).map { $0 / $1 }
      let evaluation = likelihood.scan(at: point, wants: [.information, .record])
      let record = try #require(evaluation.record)
      let found = ScoreResiduals(
        likelihood, predictors: likelihood.linearPredictors(at: point), record: record)
      var martingaleSum = 0.0
      var scoreSum = [0.0, 0, 0]
      for (position, row) in likelihood.table.order.map(Int.init).enumerated() {
        expectClose(found.martingale[position], twin.martingale[row], within: 1e-12)
        martingaleSum += likelihood.weights[position] * found.martingale[position]
        for j in 0..<3 {
          let score = found.score[position * 3 + j]
          expectClose(score / likelihood.scales[j], twin.score[row][j], within: 1e-12)
          scoreSum[j] += likelihood.weights[position] * score
        }
      }
      expectClose(martingaleSum, 0, within: 1e-12, "Σ w m")
      expectClose(scoreSum, evaluation.gradient, within: 1e-12, "Σ w z")
    }
  }

  @Test("gradient and information are the derivatives", arguments: CoxSetting.all)
  func derivatives(_ setting: CoxSetting) throws {
    let likelihood = try setting.likelihood(RandomStudy(seed: 21))
    let beta = [0.3, -0.6, 0.9]
    let here = try likelihood.evaluate(at: beta)
    let step = 1e-5
    for j in 0..<3 {
      var (left, right) = (beta, beta)
      left[j] -= step
      right[j] += step
      let (below, above) = (
        try likelihood.evaluate(at: left), try likelihood.evaluate(at: right)
      )
      // A central difference is good to h² and to ε ℓ / h.
      expectClose(
        (above.logLikelihood - below.logLikelihood) / (2 * step), here.gradient[j], within: 1e-8)
      for l in 0..<3 {
        expectClose(
          (below.gradient[l] - above.gradient[l]) / (2 * step), here.information[j][l],
          within: 1e-8)
      }
    }
  }
}
