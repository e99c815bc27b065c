// SPDX-License-Identifier: Apache-2.0

import Foundation
import RealModule
import Testing

@testable import SurvivalKit

/// A case of product-limit.json, written by make-product-limit.R.
struct ProductLimitCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Curve: Decodable, Sendable {
    let time, survival: [Double]
  }

  let name, ties: String
  let terms: [String]
  let new, late, stratified, time, start, event, stratum, weights: [Double]
  let columns: [String: [Double]]
  let curves: [Curve]

  var testDescription: String { name }

  func fit() throws -> CoxRegression {
    let weights = Weights.probability(try ProbabilityWeights(weights))
    let events = event.map { $0 == 1 }
    return try CoxRegression.fit(
      late == [1]
        ? SurvivalData(starts: start, stops: time, events: events, weights: weights)
        : SurvivalData(times: time, events: events, weights: weights),
      design: DesignMatrix(terms.map { ($0, columns[$0] ?? []) }),
      strata: stratified == [1] ? Grouping(stratum) : nil,
      ties: try #require(TieMethod(rawValue: ties)))
  }
}

@Suite("Survival by the product-limit estimate of a Cox model")
struct ProductLimitTests {
  static let cases: [ProductLimitCase] = (try? ReferenceFixtures.cases("product-limit")) ?? []

  static func differences(_ reference: ProductLimitCase) throws -> ReferenceDifferences {
    var worst = ReferenceDifferences()
    let fit = try reference.fit()
    for (stratum, curve) in reference.curves.enumerated() {
      let found = try fit.productLimitSurvival(for: reference.new, stratum: stratum)
      worst.compare("time", found.times, curve.time, at: reference.name)
      worst.compare("survival", found.survival, curve.survival, at: reference.name)
    }
    return worst
  }

  @Test("is that of survfit, stype 1", arguments: cases)
  func survfit(reference: ProductLimitCase) throws {
    let failures = try Self.differences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("without covariates it is the Kaplan–Meier curve, and reaches 0")
  func withoutCovariates() throws {
    #expect(Self.cases.count == 5)
    let data = try SurvivalData(
      times: [1, 2, 2, 3, 4, 5, 5, 6], events: [true, true, true, false, true, true, false, true])
    let fit = try CoxRegression.fit(data, design: DesignMatrix([], rowCount: 8))
    let found = try fit.productLimitSurvival(for: [])
    let curve = try #require(try KaplanMeier.curves(of: data)["all"])
    for time in [0, 1, 2, 3, 4, 5, 6] as [Double] {
      expectClose(found.probability(at: time), curve.probability(at: time) ?? .nan)
    }
    #expect(found.probability(at: 6) == 0 && found.probability(at: 9) == 0)
    #expect(found.probability(at: .nan) == nil)
    let decoded = try JSONDecoder().decode(
      ProductLimitSurvival.self, from: JSONEncoder().encode(found))
    #expect(decoded == found)
  }

  @Test("solves its equation for tied events, to the last digits")
  func equation() throws {
    let x = [1.5, -2, 0.25, 0.5, 0, 3]
    let fit = try CoxRegression.fit(
      SurvivalData(
        times: [1, 1, 1, 2, 3, 4], events: [true, true, true, false, true, false]),
      design: DesignMatrix([("x", x)]))
    let beta = try #require(fit.coefficients[0].estimate)
    let survival = try fit.productLimitSurvival(for: [0])
    let alpha = survival.survival[0]
    let risks = x.map { Double.exp(beta * $0) }
    let left = risks[..<3].reduce(0) { $0 + $1 / (1 - Double.pow(alpha, $1)) }
    expectClose(left, risks.reduce(0, +), within: 1e-13)
    let other = try fit.productLimitSurvival(for: [2]).survival[0]
    expectClose(other, Double.pow(alpha, Double.exp(2 * beta)), within: 1e-13)
    expectError(.invalidArgument) { try fit.productLimitSurvival(for: [1, 2]) }
    expectError(.unknownLevel) { try fit.productLimitSurvival(for: [1], stratum: 1) }
    expectError(.overflow) { try fit.productLimitSurvival(for: [.infinity]) }
  }
}
