// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

/// Figures of R's coxphf that the tests of the Python package firthmodels publish, and what that package
/// finds itself: coxphf.json, written by make-coxphf.py.
@Suite("Firth's penalty against published figures of coxphf")
struct PublishedFirthTests {
  private struct Published: Decodable {
    let times: [Double]
    let events: [Bool]
    let columns: [[Double]]
    let firthmodels, coefficients, errors, pValues: [Double]
    let likelihoodRatio: Double
    let intervals: [[Double]]
  }

  /// coxphf stops when standardized coefficients change by less than 1e-6; its figures agree with ours
  /// to 7e-8.
  @Test("estimates, errors, tests and profile intervals of a monotone likelihood, to 1e-6")
  func agrees() throws {
    let cases: [Published] = try ReferenceFixtures.cases("coxphf")
    let published = try #require(cases.first)
    let names = ["separator", "x1", "x2", "x3"]
    let data = try SurvivalData(times: published.times, events: published.events)
    let design = try DesignMatrix(zip(names, published.columns).map { ($0, $1) })
    #expect(try CoxRegression.fit(data, design: design).coefficients[0].infiniteLimit == .positive)
    let fit = try CoxRegression.fit(data, design: design, penalty: .firth)
    func expectEqual(_ own: Double?, _ other: Double, _ what: String) throws {
      let own = try #require(own)
      #expect(abs(own - other) <= 1e-6 * Swift.max(1, abs(other)), "\(what): \(own) for \(other)")
    }
    for (k, name) in names.enumerated() {
      try expectEqual(fit.coefficients[k].estimate, published.coefficients[k], name)
      try expectEqual(fit.coefficients[k].estimate, published.firthmodels[k], name)
      try expectEqual(fit.coefficients[k].standardError, published.errors[k], "error of \(name)")
      let interval = try fit.profileInterval(of: name)
      try expectEqual(interval.lower, published.intervals[k][0], "lower of \(name)")
      try expectEqual(interval.upper, published.intervals[k][1], "upper of \(name)")
      let test = try fit.jointLikelihoodRatioTest(of: [name])
      #expect(abs(test.pValue / published.pValues[k] - 1) <= 1e-5, "\(name): \(test.pValue)")
    }
    try expectEqual(
      fit.likelihoodRatioTest.statistic, published.likelihoodRatio, "likelihood ratio")
  }
}
