// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// Tests of the log-rank family with weights, clusters and delayed entry against their definition,
/// summed directly over rows and event times.
@Suite("Log-rank tests, twin by direct summation")
struct RobustLogRankTwinTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    let weightFunction: LogRankWeight
    let isLate, isWeighted, isClustered, isStratified: Bool

    var testDescription: String {
      var parts = [weightFunction.name]
      if isLate { parts.append("entry") }
      if isWeighted { parts.append("weights") }
      if isClustered { parts.append("clusters") }
      if isStratified { parts.append("strata") }
      return parts.joined(separator: ", ")
    }
  }

  static let settings: [Setting] = [
    LogRankWeight.logRank, .gehanBreslow, .taroneWare, .petoPeto, .modifiedPetoPeto,
    .flemingHarrington(rho: 1, gamma: 0), .flemingHarrington(rho: 0.5, gamma: 1.5),
  ].flatMap { function in
    (0..<16).map { bits in
      Setting(
        weightFunction: function, isLate: bits & 1 != 0, isWeighted: bits & 2 != 0,
        isClustered: bits & 4 != 0, isStratified: bits & 8 != 0)
    }
  }

  /// One event time of a stratum, by the definition.
  private struct Moment {
    let time, atRisk, deaths, weight: Double
    let shares: [Double]
    let stratum: Int
  }

  private static func moments(
    _ rows: RandomRows, _ setting: Setting, _ w: [Double]
  ) -> [Moment] {
    var result = [Moment]()
    for stratum in setting.isStratified ? [0, 1, 2] : [0] {
      let members = w.indices.filter { !setting.isStratified || rows.strata[$0] == stratum }
      var (survival, peto) = (1.0, 1.0)
      for time in Set(members.filter { rows.events[$0] }.map { rows.times[$0] }).sorted() {
        let riskSet = members.filter { rows.isAtRisk($0, at: time, isLate: setting.isLate) }
        let n = riskSet.reduce(0.0) { $0 + w[$1] }
        let d = riskSet.reduce(0.0) {
          rows.times[$1] == time && rows.events[$1] ? $0 + w[$1] : $0
        }
        peto *= 1 - d / (n + 1)
        let weight: Double
        switch setting.weightFunction {
        case .logRank: weight = 1
        case .gehanBreslow: weight = n
        case .taroneWare: weight = n.squareRoot()
        case .petoPeto: weight = peto
        case .modifiedPetoPeto: weight = peto * n / (n + 1)
        case .flemingHarrington(let rho, let gamma):
          weight =
            (rho == 0 ? 1 : Double.pow(survival, rho))
            * (gamma == 0 ? 1 : Double.pow(max(0, 1 - survival), gamma))
        }
        let shares = (0..<3).map { group in
          riskSet.filter { rows.groups[$0] == group }.reduce(0.0) { $0 + w[$1] } / n
        }
        result.append(
          Moment(
            time: time, atRisk: n, deaths: d, weight: weight, shares: shares, stratum: stratum))
        survival *= max(0, 1 - d / n)
      }
    }
    return result
  }

  @Test("observed, expected and covariance, to 1e-11", arguments: settings)
  func agrees(_ setting: Setting) throws {
    let rows = RandomRows(80, last: 14, seed: 5)
    let w = setting.isWeighted ? rows.weights : [Double](repeating: 1, count: 80)
    let data = try rows.data(
      isLate: setting.isLate,
      weights: setting.isWeighted ? .probability(ProbabilityWeights(w)) : nil,
      clusters: setting.isClustered ? Grouping(rows.clusters) : nil)
    let test = try LogRankTest.compare(
      data, groups: Grouping(rows.groups),
      strata: setting.isStratified ? Grouping(rows.strata) : nil,
      weightFunction: setting.weightFunction)
    #expect(test.isRobust == (setting.isWeighted || setting.isClustered))
    let moments = Self.moments(rows, setting, w)
    var (observed, expected) = ([0.0, 0, 0], [0.0, 0, 0])
    var hypergeometric = [[Double]](repeating: [0, 0, 0], count: 3)
    var influences = [Int: [Double]]()
    for moment in moments {
      let (n, d, q) = (moment.atRisk, moment.deaths, moment.weight)
      for row in w.indices
      where (!setting.isStratified || rows.strata[row] == moment.stratum)
        && rows.isAtRisk(row, at: moment.time, isLate: setting.isLate)
      {
        let isDeath = rows.times[row] == moment.time && rows.events[row]
        let cluster = setting.isClustered ? rows.clusters[row] : row
        for j in 0..<3 {
          let own = rows.groups[row] == j ? 1.0 : 0
          if isDeath { observed[j] += q * w[row] * own }
          // δ w (e − p) − w (e − p) dΛ.
          influences[cluster, default: [0, 0, 0]][j] +=
            w[row] * q * (own - moment.shares[j]) * ((isDeath ? 1 : 0) - d / n)
        }
      }
      for j in 0..<3 {
        expected[j] += q * d * moment.shares[j]
        for l in 0..<3 where n > 1 {
          let delta = j == l ? 1.0 : 0
          hypergeometric[j][l] +=
            q * q * d * (n - d) / (n - 1) * moment.shares[j] * (delta - moment.shares[l])
        }
      }
    }
    var robust = [[Double]](repeating: [0, 0, 0], count: 3)
    for influence in influences.values {
      for j in 0..<3 { for l in 0..<3 { robust[j][l] += influence[j] * influence[l] } }
    }
    var differences = ReferenceDifferences()
    let at = setting.testDescription
    differences.compare("observed", test.groups.map(\.observed), observed, at: at)
    differences.compare("expected", test.groups.map(\.expected), expected, at: at)
    differences.compareCovariance(
      "covariance", test.covariance, test.isRobust ? robust : hypergeometric, at: at)
    // Two groups without their third determine the statistic: a 2 by 2 inverse by hand.
    let v = test.isRobust ? robust : hypergeometric
    let (a, b) = (observed[0] - expected[0], observed[1] - expected[1])
    let determinant = v[0][0] * v[1][1] - v[0][1] * v[1][0]
    let statistic = (a * a * v[1][1] - 2 * a * b * v[0][1] + b * b * v[0][0]) / determinant
    differences.compare("statistic", test.statistic, statistic, scale: 1, at: at)
    let failures = differences.failures(above: 1e-11)
    #expect(failures.isEmpty, "\(failures)")
    #expect(test.degreesOfFreedom == 2)
  }
}
