// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

/// Tests of the log-rank family against R's `survdiff`.
@Suite("Log-rank tests against R")
struct LogRankReferenceTests {
  @Test("every number of survdiff, to 1e-9", arguments: ReferenceFixtures.logRank)
  func agrees(_ reference: LogRankCase) throws {
    let failures = try Self.differences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(reference.name): \(failures.joined(separator: "\n"))")
  }

  @Test("all cases are read")
  func count() throws {
    let cases: [LogRankCase] = try ReferenceFixtures.cases("survdiff")
    #expect(cases.count == 93)
  }

  static func differences(_ reference: LogRankCase) throws -> ReferenceDifferences {
    let table = try reference.table()
    let data = try table.survivalData(
      time: reference.time, event: reference.event, eventValue: reference.eventValue)
    let test = try LogRankTest.compare(
      data, groups: table.grouping(reference.group), strata: table.grouping(reference.strata),
      weightFunction: reference.rho == 0
        ? .logRank : .flemingHarrington(rho: reference.rho, gamma: 0))
    var result = ReferenceDifferences()
    let at = reference.name
    try #require(test.groups.map(\.name) == reference.groups)
    result.compare(
      "rows", test.groups.map { Double($0.rowCount) }, reference.subjects.map(Double.init), at: at)
    result.compare("observed", test.groups.map(\.observed), reference.observed, at: at)
    result.compare("expected", test.groups.map(\.expected), reference.expected, at: at)
    result.compareCovariance("covariance", test.covariance, reference.covariance, at: at)
    // A statistic is made of observed − expected: its natural scale is 1.
    result.compare("statistic", test.statistic, reference.statistic, scale: 1, at: at)
    result.compare(
      "degrees of freedom", Double(test.degreesOfFreedom), Double(reference.degreesOfFreedom),
      at: at)
    result.compare("p-value", test.pValue, reference.pValue, at: at)
    return result
  }
}
