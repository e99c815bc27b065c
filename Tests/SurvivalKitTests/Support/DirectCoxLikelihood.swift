// SPDX-License-Identifier: Apache-2.0

import RealModule
import SurvivalKit

/// The Cox likelihood by its definition: for every event time every row is asked if it is at risk.
///
/// O(*n*²), without centring, scaling or running sums; the twin of the fast one.
struct DirectCoxLikelihood {
  let study: RandomStudy
  let isLate: Bool
  let isStratified: Bool
  let ties: TieMethod
  let weights: [Double]
  let offset: [Double]

  private(set) var logLikelihood = 0.0
  private(set) var gradient: [Double]
  private(set) var information: [[Double]]
  private(set) var martingale: [Double]
  /// Score residuals, row by row.
  private(set) var score: [[Double]]

  init(
    _ study: RandomStudy, at beta: [Double], isLate: Bool, isStratified: Bool, ties: TieMethod,
    weights: [Double]? = nil, offset: [Double]? = nil
  ) {
    self.study = study
    self.isLate = isLate
    self.isStratified = isStratified
    self.ties = ties
    self.weights = weights ?? study.stops.map { _ in 1 }
    self.offset = offset ?? study.stops.map { _ in 0 }
    let p = study.x.count
    gradient = [Double](repeating: 0, count: p)
    information = [[Double]](repeating: gradient, count: p)
    martingale = study.events.map { $0 ? 1 : 0 }
    score = [[Double]](repeating: gradient, count: study.count)
    for stratum in Set(study.strata.map { isStratified ? $0 : 0 }) {
      let members = (0..<study.count).filter {
        self.weights[$0] > 0 && (!isStratified || study.strata[$0] == stratum)
      }
      for time in Set(members.filter { study.events[$0] }.map { study.stops[$0] }) {
        add(time, members, beta)
      }
    }
  }

  private mutating func add(_ time: Double, _ members: [Int], _ beta: [Double]) {
    let p = beta.count
    let atRisk = members.filter {
      study.stops[$0] >= time && (!isLate || study.starts[$0] < time)
    }
    let dying = atRisk.filter { study.events[$0] && study.stops[$0] == time }
    func predictor(_ row: Int) -> Double {
      (0..<p).reduce(offset[row]) { $0 + study.x[$1][row] * beta[$1] }
    }
    let weight = dying.reduce(0) { $0 + weights[$1] }
    for row in dying { logLikelihood += weights[row] * predictor(row) }
    for k in 0..<dying.count {
      // The share with which each row is still there for the k-th of the tied events.
      func share(_ row: Int) -> Double {
        ties == .efron && dying.contains(row) ? 1 - Double(k) / Double(dying.count) : 1
      }
      let risks = atRisk.map { weights[$0] * share($0) * .exp(predictor($0)) }
      let total = risks.reduce(0, +)
      let part = weight / Double(dying.count)
      let means = (0..<p).map { j in
        zip(atRisk, risks).reduce(0) { $0 + study.x[j][$1.0] * $1.1 } / total
      }
      logLikelihood -= part * .log(total)
      for j in 0..<p {
        for row in dying {
          gradient[j] += weights[row] / Double(dying.count) * (study.x[j][row] - means[j])
          score[row][j] += (study.x[j][row] - means[j]) / Double(dying.count)
        }
        for l in 0..<p {
          information[j][l] +=
            part
            * zip(atRisk, risks).reduce(0) {
              $0 + (study.x[j][$1.0] - means[j]) * (study.x[l][$1.0] - means[l]) * $1.1
            } / total
        }
      }
      for row in atRisk {
        let hazard = part / total * share(row) * .exp(predictor(row))
        martingale[row] -= hazard
        for j in 0..<p { score[row][j] -= hazard * (study.x[j][row] - means[j]) }
      }
    }
  }
}
