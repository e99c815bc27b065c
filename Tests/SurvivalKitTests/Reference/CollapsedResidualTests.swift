// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// A case of collapsed.json, written by make-collapsed.R.
struct CollapsedCase: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let ties: String
  let weighted, weights: [Double]
  let residuals: [String: [[Double?]]]

  var testDescription: String { name }
}

@Suite("Residuals of subjects with several rows")
struct CollapsedResidualTests {
  static let cases: [CollapsedCase] = (try? ReferenceFixtures.cases("collapsed")) ?? []

  private static func fit(_ reference: CollapsedCase) throws -> (CoxRegression, Grouping) {
    let table = try ReferenceTable(name: "heart")
    let names = ["age", "year", "transplant"]
    let fit = try CoxRegression.fit(
      SurvivalData(
        starts: table.numbers("start"), stops: table.numbers("stop"),
        events: table.numbers("event").map { $0 == 1 },
        weights: .probability(ProbabilityWeights(reference.weights))),
      design: DesignMatrix(names.map { ($0, try table.numbers($0)) }),
      ties: try #require(TieMethod(rawValue: reference.ties)), isRobust: false)
    return (fit, Grouping(try table.numbers("id")))
  }

  @Test("are R's, to 1e-9", arguments: cases)
  func survival(reference: CollapsedCase) throws {
    let (fit, subjects) = try Self.fit(reference)
    var worst = ReferenceDifferences()
    for kind in [CoxResidualKind.martingale, .deviance, .score, .dfbeta, .dfbetas] {
      // R multiplies the residual by the weight, and leaves the event as it was.
      if kind == .deviance, reference.weighted == [1] { continue }
      let found = try fit.residuals(
        kind, collapsedBy: subjects, isWeighted: reference.weighted == [1])
      let expected = try #require(reference.residuals[kind.rawValue])
      #expect(found.count == expected.count && found.count > 50)
      for (index, values) in expected.enumerated() {
        worst.compare(
          kind.rawValue, found[index], values, scale: kind == .dfbeta ? 1e-2 : 1,
          at: "\(reference.name), subject \(index)")
      }
    }
    #expect(worst.failures(above: 1e-9).isEmpty, "\(worst.failures(above: 1e-9))")
  }

  @Test("deviance of a subject is that of its counts, and groups must be those of the rows")
  func counts() throws {
    #expect(Self.cases.count == 4)
    let reference = try #require(Self.cases.first)
    let (fit, subjects) = try Self.fit(reference)
    let all = Grouping(subjects.codes.map { _ in 0 })
    let m = try fit.residuals(.martingale, collapsedBy: all)[0][0]
    let events = Double(fit.eventCount)
    let deviance = try fit.residuals(.deviance, collapsedBy: all)[0][0]
    let expected = -2 * (m + events * Double.log((events - m) / events))
    expectClose(deviance * deviance, expected, within: 1e-12)
    expectError(.mismatchedLengths) {
      try fit.residuals(.martingale, collapsedBy: Grouping([1, 2]))
    }
  }
}
