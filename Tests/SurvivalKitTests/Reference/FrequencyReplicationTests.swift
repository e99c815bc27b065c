// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

/// Frequency weights against the rows they stand for, written out.
@Suite("Frequency weights are replicated rows")
struct FrequencyReplicationTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    let data: String
    let isLate, isClustered: Bool

    var testDescription: String {
      "\(data)\(isLate ? ", entry" : "")\(isClustered ? ", clusters" : "")"
    }
  }

  static let settings: [Setting] = ["random1", "random2", "random3"].flatMap { data in
    [false, true].flatMap { isLate in
      [false, true].map { Setting(data: data, isLate: isLate, isClustered: $0) }
    }
  }

  private struct Columns {
    let data: SurvivalData
    let groups, strata: Grouping
    let design: DesignMatrix
    let offset: [Double]
  }

  private static func columns(
    _ table: ReferenceTable, _ setting: Setting, weights: Weights?
  ) throws -> Columns {
    let clusters = setting.isClustered ? try table.grouping("cluster") : nil
    let (times, events) = (try table.numbers("time"), try table.events("status", value: 1))
    let data =
      setting.isLate
      ? try SurvivalData(
        starts: table.numbers("entry"), stops: times, events: events, weights: weights,
        clusters: clusters)
      : try SurvivalData(times: times, events: events, weights: weights, clusters: clusters)
    return try Columns(
      data: data, groups: table.grouping("group"), strata: table.grouping("stratum"),
      design: table.design(["z1", "z2", "fb"]), offset: table.numbers("off"))
  }

  private static func pair(_ setting: Setting) throws -> (weighted: Columns, replicated: Columns) {
    let table = try ReferenceTable(name: setting.data)
    let counts = try FrequencyWeights(table.numbers("fw").map { Int($0) })
    return (
      try columns(table, setting, weights: .frequency(counts)),
      try columns(table.replicated(by: "fw"), setting, weights: nil)
    )
  }

  @Test("curves, all estimators and variances, to 1e-10", arguments: settings)
  func curves(_ setting: Setting) throws {
    let (weighted, replicated) = try Self.pair(setting)
    var differences = ReferenceDifferences()
    for estimator in CurveEstimator.allCases {
      for variance in CurveVariance.allCases
      where !(variance == .greenwood && estimator != .kaplanMeier) {
        for isReversed in [false, true] {
          func fitted(_ columns: Columns) throws -> [SurvivalCurve] {
            try KaplanMeier.curves(
              of: columns.data, groupedBy: columns.groups, estimator: estimator,
              variance: variance, isReversed: isReversed
            ).curves
          }
          for (one, other) in zip(try fitted(weighted), try fitted(replicated)) {
            let at = "\(estimator), \(variance), \(one.group)\(isReversed ? ", reversed" : "")"
            func compare(_ quantity: String, _ values: [Double?], _ references: [Double?]) {
              differences.compare(quantity, values, references, at: at)
            }
            compare("times", one.times, other.times)
            compare("at risk", one.atRisk, other.atRisk)
            compare("events", one.events, other.events)
            compare("censored", one.censored, other.censored)
            compare("entered", one.entered, other.entered)
            compare("survival", one.survival, other.survival)
            compare("standard errors", one.standardErrors, other.standardErrors)
            compare("hazard", one.cumulativeHazard, other.cumulativeHazard)
            compare("hazard variance", one.hazardVariance, other.hazardVariance)
            let (mean, otherMean) = (one.restrictedMean(), other.restrictedMean())
            compare("mean", [mean?.estimate], [otherMean?.estimate])
            compare("error of mean", [mean?.standardError], [otherMean?.standardError])
          }
        }
      }
    }
    let failures = differences.failures(above: 1e-10)
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("log-rank family, to 1e-10", arguments: settings)
  func logRank(_ setting: Setting) throws {
    let (weighted, replicated) = try Self.pair(setting)
    var differences = ReferenceDifferences()
    for function in [
      LogRankWeight.logRank, .gehanBreslow, .taroneWare, .petoPeto, .modifiedPetoPeto,
      .flemingHarrington(rho: 1, gamma: 0.5),
    ] {
      for isStratified in [false, true] {
        func tested(_ columns: Columns) throws -> LogRankResult {
          try LogRankTest.compare(
            columns.data, groups: columns.groups, strata: isStratified ? columns.strata : nil,
            weightFunction: function)
        }
        let (one, other) = (try tested(weighted), try tested(replicated))
        let at = "\(function.name)\(isStratified ? ", strata" : "")"
        differences.compare(
          "observed", one.groups.map(\.observed), other.groups.map(\.observed), at: at)
        differences.compare(
          "expected", one.groups.map(\.expected), other.groups.map(\.expected), at: at)
        differences.compareCovariance("covariance", one.covariance, other.covariance, at: at)
        differences.compare("statistic", one.statistic, other.statistic, scale: 1, at: at)
        differences.compare(
          "trend", one.trend?.statistic, other.trend?.statistic, scale: 1, at: at)
      }
    }
    let failures = differences.failures(above: 1e-10)
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("Cox models, to 1e-10", arguments: settings)
  func cox(_ setting: Setting) throws {
    let (weighted, replicated) = try Self.pair(setting)
    var differences = ReferenceDifferences()
    for ties in TieMethod.allCases {
      for bits in 0..<4 {
        func fitted(_ columns: Columns) throws -> CoxRegression {
          try CoxRegression.fit(
            columns.data, design: columns.design, strata: bits & 1 != 0 ? columns.strata : nil,
            offset: bits & 2 != 0 ? columns.offset : nil, ties: ties,
            isRobust: !ties.isExact)
        }
        let (one, other) = (try fitted(weighted), try fitted(replicated))
        let at = "\(ties)\(bits & 1 != 0 ? ", strata" : "")\(bits & 2 != 0 ? ", offset" : "")"
        for (own, reference) in zip(one.coefficients, other.coefficients) {
          differences.compare(
            "coefficient", own.estimate, reference.estimate,
            scale: reference.modelStandardError ?? 0, at: at)
        }
        differences.compareCovariance(
          "model covariance", one.modelCovariance, other.modelCovariance, at: at)
        differences.compareCovariance(
          "robust covariance", one.covariance, other.covariance, at: at)
        differences.compare("log-likelihood", one.logLikelihood, other.logLikelihood, at: at)
        differences.compare("null", one.nullLogLikelihood, other.nullLogLikelihood, at: at)
        for (name, own, reference) in [
          ("Wald", one.waldTest, other.waldTest), ("score", one.scoreTest, other.scoreTest),
        ] {
          differences.compare(name, own.statistic, reference.statistic, scale: 1, at: at)
        }
        differences.compare(
          "robust score", one.robustScoreTest?.statistic, other.robustScoreTest?.statistic,
          scale: 1, at: at)
      }
    }
    let failures = differences.failures(above: 1e-10)
    #expect(failures.isEmpty, "\(failures)")
  }
}
