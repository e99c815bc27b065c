// SPDX-License-Identifier: Apache-2.0

import RealModule
import SurvivalKit

/// A test of the log-rank family by its definition, O(*n*²).
struct DirectLogRank {
  private(set) var observed: [Double]
  private(set) var expected: [Double]
  private(set) var covariance: [[Double]]

  init(
    _ study: RandomStudy, groups: [Int], isLate: Bool, isStratified: Bool, _ weight: LogRankWeight
  ) {
    let k = (groups.max() ?? 0) + 1
    observed = [Double](repeating: 0, count: k)
    expected = observed
    covariance = [[Double]](repeating: observed, count: k)
    for stratum in Set(study.strata.map { isStratified ? $0 : 0 }) {
      let members = (0..<study.count).filter { !isStratified || study.strata[$0] == stratum }
      var (survival, peto) = (1.0, 1.0)
      for time in Set(members.filter { study.events[$0] }.map { study.stops[$0] }).sorted() {
        let risk = members.filter {
          study.stops[$0] >= time && (!isLate || study.starts[$0] < time)
        }
        let dying = risk.filter { study.stops[$0] == time && study.events[$0] }
        let (n, d) = (Double(risk.count), Double(dying.count))
        peto *= 1 - d / (n + 1)
        let w: Double
        switch weight {
        case .logRank: w = 1
        case .gehanBreslow: w = n
        case .taroneWare: w = n.squareRoot()
        case .petoPeto: w = peto
        case .modifiedPetoPeto: w = peto * n / (n + 1)
        case .flemingHarrington(let rho, let gamma):
          w = Double.pow(survival, rho) * (gamma == 0 ? 1 : Double.pow(1 - survival, gamma))
        }
        survival *= 1 - d / n
        let shares = (0..<k).map { group in Double(risk.count { groups[$0] == group }) / n }
        let factor = n > 1 ? d * (n - d) / (n - 1) : 0
        for row in dying { observed[groups[row]] += w }
        for j in 0..<k {
          expected[j] += w * d * shares[j]
          for l in 0..<k {
            covariance[j][l] += w * w * factor * shares[j] * ((j == l ? 1 : 0) - shares[l])
          }
        }
      }
    }
  }
}
