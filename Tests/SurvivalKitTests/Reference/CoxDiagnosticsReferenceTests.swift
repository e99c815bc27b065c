// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

/// What is asked of a Cox fit after the coefficients, against R: residuals, concordance, `cox.zph`.
@Suite("Residuals, concordance and proportional hazards against R")
struct CoxDiagnosticsReferenceTests {
  @Test("every number, to 1e-9", arguments: ReferenceFixtures.cox)
  func agrees(_ reference: CoxCase) throws {
    let failures = try Self.differences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(reference.name): \(failures.joined(separator: "\n"))")
  }

  static func differences(_ reference: CoxCase) throws -> ReferenceDifferences {
    let expected = reference.expected
    let table = try reference.table()
    let data = try table.survivalData(
      time: reference.time, event: reference.event, eventValue: reference.eventValue,
      entry: reference.entry, weights: reference.weights, cluster: reference.cluster)
    let fit = try CoxRegression.fit(
      data, design: try table.design(reference.covariates, factors: reference.factors),
      strata: try table.grouping(reference.strata),
      offset: try reference.offset.map(table.numbers),
      ties: try #require(TieMethod(rawValue: reference.ties)), isRobust: reference.robust)
    let at = reference.name
    var result = ReferenceDifferences()
    func compare(_ name: String, _ kind: CoxResidualKind, _ values: [[Double]]?) throws {
      guard let values else { return }
      let own = try fit.residuals(kind)
      try #require(own.values.count == values.count, "\(at), \(name)")
      for column in own.columns.indices {
        let references = values.map { $0[column] }
        let largest = references.reduce(0) { max($0, $1.magnitude) }
        result.compare(
          name, own.values.map { $0[column] }, references, scale: largest, at: "\(at), \(column)")
      }
    }
    try compare("deviance residual", .deviance, expected.deviance?.map { [$0] })
    try compare("martingale residual", .martingale, expected.martingale?.map { [$0] })
    try compare("score residual", .score, expected.score)
    try compare("dfbeta", .dfbeta, expected.dfbeta)
    try compare("Schoenfeld residual", .schoenfeld, expected.schoenfeld)
    try compare("scaled Schoenfeld residual", .scaledSchoenfeld, expected.scaledSchoenfeld)

    let concordance = try fit.concordance()
    result.compare("concordance", concordance.estimate, expected.concordance, at: at)
    // R sums the influences by cluster only where the fit is robust.
    if reference.robust || reference.cluster == nil {
      result.compare(
        "concordance, standard error", concordance.standardError,
        expected.concordanceStandardError, at: at)
    }

    var terms = reference.covariates.enumerated().map { ($0.element, [$0.offset]) }
    for factor in reference.factors {
      let columns = expected.names.indices.filter {
        expected.names[$0].hasPrefix("\(factor.name)[")
      }
      terms.append((factor.name, columns))
    }
    for (transform, zph) in expected.zph ?? [:] {
      let test = try fit.proportionalHazardsTest(
        try #require(TimeTransform(rawValue: transform)), terms: terms)
      let all = test.terms + [test.global]
      try #require(all.map(\.name) == zph.terms, "\(at), \(transform)")
      #expect(all.map { Double($0.test.degreesOfFreedom) } == zph.df, "\(at), \(transform)")
      // A score test is a square of something of order 1 if the hypothesis is true.
      result.compare(
        "proportional hazards", all.map(\.test.statistic), zph.chisq, scale: 1,
        at: "\(at), \(transform)")
    }
    return result
  }
}
