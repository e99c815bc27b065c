// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// Robust variances of curves against the infinitesimal jackknife by its definition: the numerical
/// derivative of the estimate with respect to the weight of each cluster, squared and summed.
@Suite("Robust variances of curves, twin by differentiation")
struct InfluenceTwinTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    let estimator: CurveEstimator
    let isLate, isWeighted, isClustered: Bool

    var testDescription: String {
      var parts = [estimator.rawValue]
      if isLate { parts.append("entry") }
      if isWeighted { parts.append("weights") }
      if isClustered { parts.append("clusters") }
      return parts.joined(separator: ", ")
    }
  }

  static let settings: [Setting] = CurveEstimator.allCases.flatMap { estimator in
    (0..<8).map { bits in
      Setting(
        estimator: estimator, isLate: bits & 1 != 0, isWeighted: bits & 2 != 0,
        isClustered: bits & 4 != 0)
    }
  }

  /// The estimate at each time for given weights, by its definition.
  static func direct(
    _ rows: RandomRows, _ setting: Setting, weights: [Double], times: [Double]
  ) -> (hazard: [Double], survival: [Double]) {
    var (hazard, survival) = (0.0, 1.0)
    var result = (hazard: [Double](), survival: [Double]())
    let all = rows.times.indices
    for time in times {
      let riskSet = all.filter { rows.isAtRisk($0, at: time, isLate: setting.isLate) }
      let dying = all.filter { rows.times[$0] == time && rows.events[$0] }
      let y = riskSet.reduce(0.0) { $0 + weights[$1] }
      let d = dying.reduce(0.0) { $0 + weights[$1] }
      if setting.estimator == .flemingHarrington {
        for k in dying.indices {
          let count = Double(dying.count)
          hazard += d / count / (y - Double(k) * d / count)
        }
      } else if d > 0 {
        hazard += d / y
      }
      survival = setting.estimator == .kaplanMeier ? survival * (1 - d / y) : Double.exp(-hazard)
      result.hazard.append(hazard)
      result.survival.append(survival)
    }
    return result
  }

  static func area(_ survival: [Double], _ times: [Double], upTo end: Double) -> Double {
    var (sum, height, left) = (0.0, 1.0, 0.0)
    for (time, next) in zip(times, survival) where time <= end {
      sum += height * (time - left)
      (height, left) = (next, time)
    }
    return sum + height * (end - left)
  }

  /// The limit of the area: the curve of this seed is above 0 there.
  static let limit = 8.5

  @Test("Λ̂, Ŝ and its area, to 1e-9", arguments: settings)
  func agrees(_ setting: Setting) throws {
    let rows = RandomRows(60, last: 14, seed: 77)
    let base = setting.isWeighted ? rows.weights : [Double](repeating: 1, count: 60)
    let data = try rows.data(
      isLate: setting.isLate,
      weights: setting.isWeighted ? .probability(ProbabilityWeights(base)) : nil,
      clusters: setting.isClustered ? Grouping(rows.clusters) : nil)
    let curve = try #require(
      KaplanMeier.curves(of: data, estimator: setting.estimator, variance: .robust).curves.first)
    let mean = try #require(curve.restrictedMean(upTo: Self.limit))
    let clusters = setting.isClustered ? rows.clusters : Array(0..<60)
    let m = curve.times.count
    var hazardSum = [Double](repeating: 0, count: m)
    var (survivalSum, areaSum) = (hazardSum, 0.0)
    for cluster in Set(clusters) {
      // Central differences of two steps and Richardson's extrapolation: error about 1e-11.
      func slopes(_ h: Double) -> (hazard: [Double], survival: [Double], area: Double) {
        func at(_ factor: Double) -> (hazard: [Double], survival: [Double]) {
          let weights = base.indices.map { clusters[$0] == cluster ? base[$0] * factor : base[$0] }
          return Self.direct(rows, setting, weights: weights, times: curve.times)
        }
        let (up, down) = (at(1 + h), at(1 - h))
        func slope(_ a: [Double], _ b: [Double]) -> [Double] {
          zip(a, b).map { ($0 - $1) / (2 * h) }
        }
        let areas = [up, down].map { Self.area($0.survival, curve.times, upTo: Self.limit) }
        return (
          slope(up.hazard, down.hazard), slope(up.survival, down.survival),
          (areas[0] - areas[1]) / (2 * h)
        )
      }
      let (coarse, fine) = (slopes(4e-3), slopes(2e-3))
      func extrapolated(_ coarse: Double, _ fine: Double) -> Double { (4 * fine - coarse) / 3 }
      for k in 0..<m {
        let hazard = extrapolated(coarse.hazard[k], fine.hazard[k])
        let survival = extrapolated(coarse.survival[k], fine.survival[k])
        hazardSum[k] += hazard * hazard
        survivalSum[k] += survival * survival
      }
      let area = extrapolated(coarse.area, fine.area)
      areaSum += area * area
    }
    var differences = ReferenceDifferences()
    let at = setting.testDescription
    differences.compare(
      "standard error of hazard", curve.cumulativeHazardStandardErrors,
      hazardSum.map { $0.squareRoot() }, scale: 1, at: at)
    differences.compare(
      "standard error of survival", curve.standardErrors, survivalSum.map { $0.squareRoot() },
      scale: 1, at: at)
    differences.compare("standard error of area", mean.standardError, areaSum.squareRoot(), at: at)
    let failures = differences.failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures)")
  }

  /// Rows cut into pieces of the same subjects: every curve stays as it was, the reversed ones too,
  /// though most pieces now end without the event.
  @Test("splitting rows changes no curve, to 1e-12", arguments: CurveEstimator.allCases)
  func splitting(_ estimator: CurveEstimator) throws {
    let rows = RandomRows(60, last: 14, seed: 78)
    var (starts, stops, events, subjects) = ([Double](), [Double](), [Bool](), [Int]())
    for row in rows.times.indices {
      let whole = try FollowUp(
        from: rows.entries[row], to: rows.times[row], isEvent: rows.events[row])
      for piece in whole.split(at: [2, 3.5, 5, 9]) {
        starts.append(piece.entry ?? 0)
        stops.append(piece.exit)
        events.append(piece.isEvent)
        subjects.append(row)
      }
    }
    let data = try SurvivalData(
      starts: starts, stops: stops, events: events, subjects: Grouping(subjects))
    var differences = ReferenceDifferences()
    for isReversed in [false, true] {
      func fitted(_ data: SurvivalData) throws -> SurvivalCurve {
        try #require(
          KaplanMeier.curves(
            of: data, estimator: estimator, variance: .robust, isReversed: isReversed
          ).curves.first)
      }
      let (one, other) = (try fitted(rows.data(isLate: true)), try fitted(data))
      for time in one.times {
        let at = "\(time)\(isReversed ? ", reversed" : "")"
        differences.compare(
          "survival", other.probability(at: time), one.probability(at: time), at: at)
        differences.compare(
          "hazard", other.cumulativeHazard(at: time), one.cumulativeHazard(at: time), at: at)
        differences.compare(
          "standard error", other.standardError(at: time), one.standardError(at: time), scale: 1,
          at: at)
      }
      differences.compare(
        "entered", other.entered.reduce(0, +), one.entered.reduce(0, +), at: "all")
      let table = [1.5, 3, 7, 11, 20.0]
      differences.compare(
        "numbers at risk",
        other.numbersAtRisk(at: table).flatMap { [$0.atRisk, $0.entered, $0.censored] },
        one.numbersAtRisk(at: table).flatMap { [$0.atRisk, $0.entered, $0.censored] }, at: "table")
    }
    let failures = differences.failures(above: 1e-12)
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("a single cluster has no robust variance, not its rounding", arguments: settings)
  func singleCluster(_ setting: Setting) throws {
    guard setting.isClustered else { return }
    let rows = RandomRows(60, last: 9, seed: 77)
    let weights =
      setting.isWeighted ? Weights.probability(try ProbabilityWeights(rows.weights)) : nil
    let clusters = Grouping([Int](repeating: 0, count: rows.times.count))
    let data =
      setting.isLate
      ? try SurvivalData(
        starts: rows.entries, stops: rows.times, events: rows.events, weights: weights,
        clusters: clusters)
      : try SurvivalData(
        times: rows.times, events: rows.events, weights: weights, clusters: clusters)
    let curve = try KaplanMeier.curves(of: data, estimator: setting.estimator).curves[0]
    #expect(curve.cumulativeHazardStandardErrors.allSatisfy { $0 == 0 })
    #expect(curve.standardErrors.allSatisfy { $0 == 0 || $0 == nil })
  }
}
