// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// A curve by its definition: at every time every row is asked whether it is at risk.
///
/// O(*n*²), and without running sums; the twin of the fast one.
struct DirectCurve {
  private(set) var times: [Double] = []
  private(set) var atRisk: [Double] = []
  private(set) var events: [Double] = []
  private(set) var survival: [Double] = []
  private(set) var hazard: [Double] = []
  private(set) var greenwood: [Double] = []
  private(set) var aalen: [Double] = []

  init(_ study: RandomStudy, isLate: Bool, weights: [Double], _ estimator: CurveEstimator) {
    var state = (survival: 1.0, hazard: 0.0, greenwood: 0.0, aalen: 0.0)
    let members = (0..<study.count).filter { weights[$0] > 0 }
    for time in Set(members.map { study.stops[$0] }).sorted() {
      let risk = members.filter {
        study.stops[$0] >= time && (!isLate || study.starts[$0] < time)
      }
      let dying = risk.filter { study.stops[$0] == time && study.events[$0] }
      let n = risk.reduce(0) { $0 + weights[$1] }
      let d = dying.reduce(0) { $0 + weights[$1] }
      if d > 0 {
        if estimator == .flemingHarrington {
          for k in 0..<dying.count {
            let left = n - d * Double(k) / Double(dying.count)
            state.hazard += d / Double(dying.count) / left
            state.aalen += d / Double(dying.count) / (left * left)
          }
        } else {
          state.hazard += d / n
          state.aalen += d / (n * n)
        }
        state.survival *= dying.count == risk.count ? 0 : 1 - d / n
        if dying.count < risk.count { state.greenwood += d / (n * (n - d)) }
      }
      times.append(time)
      atRisk.append(n)
      events.append(d)
      survival.append(estimator == .kaplanMeier ? state.survival : .exp(-state.hazard))
      hazard.append(state.hazard)
      greenwood.append(state.greenwood)
      aalen.append(state.aalen)
    }
  }
}

@Suite("Survival curves against their definition")
struct CurveTwinTests {
  @Test("counts, curve, hazard and variances", arguments: CurveEstimator.allCases, [true, false])
  func curves(estimator: CurveEstimator, isLate: Bool) throws {
    for seed in UInt64(1)...6 {
      let study = RandomStudy(seed: seed, rows: 40, isTied: seed % 2 == 0)
      for isWeighted in [false, true] {
        let weights = isWeighted ? study.weights : study.stops.map { _ in 1 }
        let data = try study.data(late: isLate, weights: isWeighted ? study.probability : nil)
        let curve = try #require(
          KaplanMeier.curves(
            of: data, estimator: estimator,
            variance: estimator == .kaplanMeier ? .greenwood : .aalen
          ).curves.first)
        let twin = DirectCurve(study, isLate: isLate, weights: weights, estimator)
        #expect(curve.times == twin.times)
        expectClose(curve.atRisk, twin.atRisk, within: 1e-14)
        expectClose(curve.events, twin.events, within: 1e-14)
        expectClose(curve.survival, twin.survival, within: 1e-13)
        expectClose(curve.cumulativeHazard, twin.hazard, within: 1e-13)
        expectClose(curve.hazardVariance, twin.aalen, within: 1e-13)
        expectClose(
          curve.logVariance, estimator == .kaplanMeier ? twin.greenwood : twin.aalen,
          within: 1e-12)
        // Who is at risk is who entered and has not left.
        var risk = isLate ? 0 : curve.censored.reduce(curve.eventCount, +)
        if isLate { risk = curve.entered[0] }
        for step in curve.times.indices {
          if isLate, step > 0 { risk += curve.entered[step] }
          expectClose(curve.atRisk[step], risk, within: 1e-13)
          risk -= curve.events[step] + curve.censored[step]
        }
      }
    }
  }

  @Test(
    "the robust variance is the sum of squared derivatives with respect to the weights",
    arguments: CurveEstimator.allCases, [true, false])
  func robust(estimator: CurveEstimator, isLate: Bool) throws {
    let study = RandomStudy(seed: 31, rows: 24)
    let clusters = Grouping(study.clusters)
    let limit = 7.5
    func curve(_ weights: [Double]) throws -> SurvivalCurve {
      var study = study
      study.weights = weights
      return try #require(
        KaplanMeier.curves(
          of: study.data(late: isLate, weights: study.probability, clusters: clusters),
          estimator: estimator
        ).curves.first)
    }
    let found = try curve(study.weights)
    #expect(found.variance == .robust)
    var hazards = found.times.map { _ in 0.0 }
    var probabilities = hazards
    var areas = 0.0
    let step = 1e-5
    for cluster in clusters.levels.indices {
      var (left, right) = (study.weights, study.weights)
      for row in 0..<study.count where clusters.codes[row] == cluster {
        left[row] *= 1 - step
        right[row] *= 1 + step
      }
      let (below, above) = (try curve(left), try curve(right))
      for k in found.times.indices {
        let hazard = (above.cumulativeHazard[k] - below.cumulativeHazard[k]) / (2 * step)
        let probability = (above.survival[k] - below.survival[k]) / (2 * step)
        hazards[k] += hazard * hazard
        probabilities[k] += probability * probability
      }
      let area =
        (try #require(above.restrictedMean(upTo: limit)).estimate
          - (try #require(below.restrictedMean(upTo: limit)).estimate)) / (2 * step)
      areas += area * area
    }
    // Central differences: h² and ε/h, both about 1e-10.
    expectClose(found.hazardVariance, hazards, within: 1e-8)
    for k in found.times.indices {
      let error = try #require(found.standardError(position: k))
      expectClose(error * error, probabilities[k], within: 1e-8)
    }
    let mean = try #require(found.restrictedMean(upTo: limit))
    expectClose(mean.standardError * mean.standardError, areas, within: 1e-8)
  }
}
