// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

@Suite("Concordances compared")
struct ConcordanceComparisonTests {
  private static let names = ["one", "two", "three"]

  private static func comparison(
    _ study: RandomStudy, weights: Weights? = nil, clusters: Grouping? = nil,
    _ weighting: ConcordanceWeight = .uno
  ) throws -> ConcordanceComparison {
    try ConcordanceComparison(
      of: Array(zip(names, study.x)),
      study.data(late: false, weights: weights, clusters: clusters),
      strata: Grouping(study.strata), weighting: weighting, upTo: 9)
  }

  @Test("the covariance is that of numerical changes; differences have its variances")
  func covariance() throws {
    let study = RandomStudy(seed: 11, rows: 24)
    var direct = DirectConcordance(study, weights: study.weights)
    direct.isStratified = true
    direct.limit = 9
    direct.weighting = .uno
    let changes = study.x.map { x in zip(study.weights, direct.changes(x)).map { $0 * $1 } }
    let own = try Self.comparison(study, weights: study.probability)
    for (i, name) in Self.names.enumerated() {
      for (j, other) in Self.names.enumerated() {
        expectClose(
          own.covariance[i][j], zip(changes[i], changes[j]).reduce(0) { $0 + $1.0 * $1.1 },
          within: 1e-9)
        let difference = try #require(own.difference(name, minus: other))
        let variance =
          own.covariance[i][i] + own.covariance[j][j] - 2 * own.covariance[i][j]
        expectClose(difference.standardError, max(0, variance).squareRoot(), within: 1e-9)
        #expect(
          difference.estimate == own.concordances[i].estimate - own.concordances[j].estimate)
      }
    }
    // With one difference the test of equality is the square of z.
    let pair = try ConcordanceComparison(
      of: [("one", study.x[0]), ("two", study.x[1])], study.data(late: false))
    let z = try #require(pair.difference("one", minus: "two")?.z)
    expectClose(pair.equalityTest?.statistic, z * z)
    expectClose(
      pair.equalityTest?.pValue, try #require(pair.difference("two", minus: "one")?.pValue))
    #expect(own.equalityTest?.degreesOfFreedom == 2)
  }

  @Test("a frequency weight is as many rows; clusters of one row are rows")
  func replication() throws {
    let study = RandomStudy(seed: 12)
    let one = try Self.comparison(study, weights: study.frequency)
    let other = try Self.comparison(study.replicated)
    let clustered = try Self.comparison(
      study.replicated, clusters: Grouping(Array(0..<study.replicated.count)))
    for i in 0..<3 {
      for j in 0..<3 {
        expectClose(one.covariance[i][j], other.covariance[i][j])
        expectClose(clustered.covariance[i][j], other.covariance[i][j])
      }
    }
  }

  @Test("predictors that order alike differ by exactly nothing, and have no z")
  func alike() throws {
    let study = RandomStudy(seed: 13)
    let own = try ConcordanceComparison(
      of: [("x", study.x[0]), ("exp x", study.x[0].map { .exp($0) })], study.data(late: true))
    let difference = try #require(own.difference("x", minus: "exp x"))
    #expect(difference.estimate == 0 && difference.standardError == 0)
    #expect(difference.z == nil && difference.pValue == nil && own.equalityTest == nil)
  }

  @Test("what cannot be compared is refused")
  func errors() throws {
    let study = RandomStudy(seed: 14)
    let data = try study.data(late: false)
    expectError(.invalidArgument) {
      try ConcordanceComparison(of: [("a", study.x[0])], data)
    }
    expectError(.invalidArgument) {
      try ConcordanceComparison(of: [("a", study.x[0]), ("a", study.x[1])], data)
    }
    var bad = study.x[1]
    bad[4] = .nan
    let found = expectError(.invalidData) {
      try ConcordanceComparison(of: [("a", study.x[0]), ("b", bad)], data)
    }
    #expect(found?.problems.first?.column == "b" && found?.problems.first?.index == 4)
    #expect(try ConcordanceComparison(of: Array(zip(["a", "b"], study.x)), data)["c"] == nil)

    let fit = try CoxRegression.fit(data, design: study.design)
    let stratified = try CoxRegression.fit(
      data, design: study.design, strata: Grouping(study.strata))
    let late = try CoxRegression.fit(study.data(late: true), design: study.design)
    let none = [(name: String, fit: CoxRegression)]()
    expectError(.invalidArgument) { try ConcordanceComparison(of: none) }
    for other in [stratified, late] {
      expectError(.invalidArgument) {
        try ConcordanceComparison(of: [("one", fit), ("other", other)])
      }
    }
  }

  @Test("fits of the same records, and records that the fits have not seen")
  func records() throws {
    let all = try Veteran.all()
    func model(_ covariates: [Covariate<Veteran>]) -> CoxModel<Veteran> {
      CoxModel(
        endpoint: .death, covariates: covariates, strata: [.by("treatment", \.treatment)])
    }
    let small = try model([.numeric("karno", \.karno)]).fitted(to: all)
    let large = try model([.numeric("karno", \.karno), .factor("cell", \.cell)]).fitted(to: all)
    let comparison = try ConcordanceComparison(of: [("small", small), ("large", large)])
    #expect(try comparison["large"] == large.concordance())
    // The records of the fit, as if they were new.
    #expect(try large.concordance(among: all) == large.concordance())
    #expect(
      try large.concordance(among: all, weighting: .uno, upTo: 180)
        == large.concordance(weighting: .uno, upTo: 180))
    let some = Array(all.prefix(30))
    let seen = try model([.numeric("karno", \.karno), .factor("cell", \.cell)]).fitted(to: some)
    let known = Set(some.map(\.cell))
    let unknown = all.indices.filter { !known.contains(all[$0].cell) }
    #expect(!unknown.isEmpty)
    let found = expectError(.unknownLevel) { try seen.concordance(among: all) }
    #expect(found?.problems.map(\.index) == unknown)
    let fewer = try model([.numeric("karno", \.karno)]).fitted(to: some)
    expectError(.invalidArgument) {
      try ConcordanceComparison(of: [("all", small), ("some", fewer)])
    }
  }

  @Test("a description has a line for each predictor")
  func description() throws {
    let data = try SurvivalData(
      times: ConcordanceTests.small.times, events: ConcordanceTests.small.events)
    let own = try ConcordanceComparison(
      of: [("x", ConcordanceTests.small.x), ("number", [8, 7, 6, 5, 4, 3, 2, 1])], data)
    #expect(
      own.description == """
                concordance       se  difference      se      z      p
        x            0.6053  0.19617
        number       0.9474  0.06694      0.3421  0.2182  1.568  0.117
        """)
  }
}
