// SPDX-License-Identifier: Apache-2.0

import SurvivalKit

/// The concordance by its definition: every pair of rows is looked at, in O(*n*²).
struct DirectConcordance {
  let study: RandomStudy
  var weighting = ConcordanceWeight.harrell
  var isLate = false
  var isStratified = false
  var weights: [Double]
  var limit = Double.infinity
  /// Whether the distribution of censoring has already dropped at the time of an event, as in
  /// scikit-survival.
  var censorsFirst = false

  init(_ study: RandomStudy, weights: [Double]? = nil) {
    self.study = study
    self.weights = weights ?? study.stops.map { _ in 1 }
  }

  private func stratum(_ row: Int) -> Int { isStratified ? study.strata[row] : 0 }

  private func isAtRisk(_ row: Int, _ time: Double) -> Bool {
    study.stops[row] >= time && (!isLate || study.starts[row] < time)
  }

  /// The weight of an event time of a stratum.
  func timeWeight(_ time: Double, _ group: Int) -> Double {
    if time > limit { return 0 }
    let members = (0..<study.count).filter { stratum($0) == group }
    func total(_ chosen: (Int) -> Bool) -> Double {
      members.filter(chosen).reduce(0) { $0 + weights[$1] }
    }
    var (survival, censoring) = (1.0, 1.0)
    for past in Set(members.map { study.stops[$0] }).sorted() where past <= time {
      let deaths = total { study.stops[$0] == past && study.events[$0] }
      let lost = total { study.stops[$0] == past && !study.events[$0] }
      let atRisk = total { isAtRisk($0, past) }
      if past < time { survival *= 1 - deaths / atRisk }
      if past < time || censorsFirst, lost > 0 { censoring *= 1 - lost / (atRisk - deaths) }
    }
    let atRisk = total { isAtRisk($0, time) }
    switch weighting {
    case .harrell: return 1
    case .uno: return 1 / censoring / censoring
    case .schemper: return total { _ in true } * survival / censoring / atRisk
    case .peto: return total { _ in true } * survival / atRisk
    case .logRank: return 1 / atRisk
    }
  }

  /// The concordance of a predictor.
  func estimate(_ x: [Double]) -> Double {
    var (right, all) = (0.0, 0.0)
    var known = [[Double]: Double]()
    for one in 0..<study.count where study.events[one] {
      let time = study.stops[one]
      let key = [time, Double(stratum(one))]
      let timeWeight = known[key] ?? self.timeWeight(time, stratum(one))
      known[key] = timeWeight
      let factor = timeWeight * weights[one]
      for other in 0..<study.count where stratum(other) == stratum(one) {
        guard isAtRisk(other, time), study.stops[other] > time || !study.events[other] else {
          continue
        }
        let share = x[one] > x[other] ? 1 : x[one] == x[other] ? 0.5 : 0
        right += factor * weights[other] * share
        all += factor * weights[other]
      }
    }
    return right / all
  }

  /// How the concordance changes with the weight of each row, by differences.
  func changes(_ x: [Double]) -> [Double] {
    (0..<study.count).map { row in
      let step = 1e-4 * weights[row]
      func moved(_ factor: Double) -> Double {
        var copy = self
        copy.weights[row] += factor * step
        return copy.estimate(x)
      }
      // Four points: an error of order step⁴.
      return (8 * (moved(1) - moved(-1)) - (moved(2) - moved(-2))) / (12 * step)
    }
  }
}
