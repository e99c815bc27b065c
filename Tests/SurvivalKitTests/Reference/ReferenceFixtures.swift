// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SurvivalKit

/// The files that `Fixtures/make-fixtures.R` has written: R's answers and the data they belong to.
enum ReferenceFixtures {
  static let curves: [CurveCase] = (try? cases("survfit")) ?? []
  static let logRank: [LogRankCase] = (try? cases("survdiff")) ?? []
  static let cox: [CoxCase] = (try? cases("coxph")) ?? []

  private struct File<Case: Decodable>: Decodable {
    let cases: [Case]
  }

  /// The cases of a file.
  static func cases<Case: Decodable>(_ name: String) throws -> [Case] {
    let url = try #require(Self.url("\(name).json"))
    return try JSONDecoder().decode(File<Case>.self, from: Data(contentsOf: url)).cases
  }

  static func url(_ path: String) -> URL? {
    Bundle.module.resourceURL?.appendingPathComponent("Fixtures").appendingPathComponent(path)
  }
}

/// What the cases of all three files have in common: which rows of which data set they use.
protocol ReferenceCase: Decodable, Sendable, CustomTestStringConvertible {
  var name: String { get }
  var data: String { get }
  /// Rows that R left out for a missing cell, counted from 1.
  var excludedRows: [Int] { get }
}

extension ReferenceCase {
  var testDescription: String { name }

  /// The data set, without the rows that R left out.
  func table() throws -> ReferenceTable {
    try ReferenceTable(name: data).dropping(Set(excludedRows.map { $0 - 1 }))
  }
}

struct CurveCase: ReferenceCase {
  struct Quantile: Decodable, Sendable {
    let probability: Double
    let estimate, lower, upper: Double?
  }

  struct Mean: Decodable, Sendable {
    let upTo, estimate, standardError: Double
  }

  struct Curve: Decodable, Sendable {
    let group: String
    let subjects: Int
    let events: Double
    let time, atRisk, eventCount, censoredCount: [Double]
    let enteredCount: [Double]?
    let survival: [Double]
    let standardError, lower, upper: [Double?]
    let cumulativeHazard, cumulativeHazardStandardError: [Double]
    let quantiles: [Quantile]
    let restrictedMean: Mean
  }

  let name, data, time, event: String
  let eventValue: Double
  let entry, group, weights, cluster, id: String?
  let robust: Bool
  let estimator: CurveEstimator
  let interval: CurveInterval
  let level: Double
  let excludedRows: [Int]
  let curves: [Curve]
}

struct LogRankCase: ReferenceCase {
  let name, data, time, event, group: String
  let eventValue, rho: Double
  let strata, groups: [String]
  let subjects: [Int]
  let observed, expected: [Double]
  let covariance: [[Double]]
  let statistic: Double
  let degreesOfFreedom: Int
  let pValue: Double
  let excludedRows: [Int]
}

struct CoxCase: ReferenceCase {
  struct Factor: Decodable, Sendable {
    let name, reference: String

    private enum CodingKeys: CodingKey { case name, reference }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      name = try container.decode(String.self, forKey: .name)
      if let number = try? container.decode(Int.self, forKey: .reference) {
        reference = "\(number)"
      } else {
        reference = try container.decode(String.self, forKey: .reference)
      }
    }
  }

  /// A number, which R now and then leaves as a matrix of one row and column.
  struct Scalar: Decodable, Sendable {
    let value: Double?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let matrix = try? container.decode([[Double]].self) {
        value = matrix.first?.first
      } else {
        value = container.decodeNil() ? nil : try container.decode(Double.self)
      }
    }
  }

  struct Baseline: Decodable, Sendable {
    let time, hazard: [Double]
    let stratum: [String]?
    let offset: Double
  }

  struct ProportionalHazards: Decodable, Sendable {
    let terms: [String]
    let chisq, df, p: [Double]
  }

  struct Expected: Decodable, Sendable {
    let names: [String]
    let coefficients, standardErrors: [Double?]
    let robustStandardErrors: [Double?]?
    let covariance: [[Double]]
    let robustCovariance: [[Double]]?
    let logLikelihood: [Double]
    let scoreTest, waldTest, likelihoodRatioTest: Double
    let robustScoreTest: Scalar?
    let degreesOfFreedom, rowsUsed, events: Int
    let martingale, deviance: [Double]?
    let score, schoenfeld, scaledSchoenfeld, dfbeta: [[Double]]?
    let concordance, concordanceStandardError: Double
    let zph: [String: ProportionalHazards]?
    let schoenfeldRows: [Int]?
    let baseline: Baseline
  }

  let name, data, time, event: String
  let eventValue: Double
  let entry, weights, offset, cluster: String?
  let covariates, strata: [String]
  let factors: [Factor]
  let robust: Bool
  let ties: String
  let excludedRows: [Int]
  let expected: Expected
}
