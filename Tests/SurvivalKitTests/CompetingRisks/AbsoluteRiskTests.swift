// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SurvivalKit

/// A case of absolute-risk.json, written by make-absolute-risk.R.
struct AbsoluteRiskCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Rows: Decodable, Sendable {
    let stop, cause, x1, x2, stratum: [Double]
  }

  let name: String
  let rows: Rows
  let strata, times: [Double]
  let new: [[Double]]
  let risks, errors: [[[Double]]]

  var testDescription: String { name }

  func fit(
    weights: [Double]? = nil, late: Bool = false, ties: TieMethod = .efron, rounded: Bool = false
  ) throws -> CauseSpecificRegression {
    let causes = EventCauses(rows.cause.map { $0 == 0 ? nil : Int($0) })
    let times = rounded ? rows.stop.map { ($0 * 8).rounded(.up) / 8 } : rows.stop
    let weights = try weights.map { Weights.probability(try ProbabilityWeights($0)) }
    let data =
      try late
      ? SurvivalData(
        starts: times.enumerated().map { $0.offset % 2 == 0 ? 0 : 0.6 * $0.element }, stops: times,
        causes: causes, weights: weights)
      : SurvivalData(times: times, causes: causes, weights: weights)
    return try CauseSpecificRegression.fit(
      data, design: DesignMatrix([("x1", rows.x1), ("x2", rows.x2)]),
      strata: strata == [1] ? Grouping(rows.stratum) : nil, ties: ties)
  }
}

@Suite("Absolute risks from cause-specific Cox models")
struct AbsoluteRiskTests {
  static let cases: [AbsoluteRiskCase] = (try? ReferenceFixtures.cases("absolute-risk")) ?? []

  @Test("there are cases")
  func loaded() { #expect(Self.cases.count == 3) }

  static func differences(_ reference: AbsoluteRiskCase) throws -> ReferenceDifferences {
    var worst = ReferenceDifferences()
    let fit = try reference.fit()
    for (index, new) in reference.new.enumerated() {
      let found = try fit.absoluteRisks(
        for: Array(new[..<2]), stratum: reference.strata == [1] ? Int(new[2]) - 1 : 0,
        at: reference.times)
      for cause in fit.causes.indices {
        let at = "\(reference.name), row \(index), cause \(fit.causes[cause])"
        worst.compare(
          "risk", found.risks[cause].map { $0?.probability }, reference.risks[cause][index],
          at: at)
        worst.compare(
          "standard error", found.risks[cause].map { $0?.standardError },
          reference.errors[cause][index], at: at)
      }
    }
    return worst
  }

  @Test("riskRegression, to 1e-9", arguments: cases)
  func riskRegression(reference: AbsoluteRiskCase) throws {
    let failures = try Self.differences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  @Test("errors are those of a numerical jackknife", arguments: [false, true], [false, true])
  func numericalInfluence(late: Bool, tied: Bool) throws {
    let reference = Self.cases[2]
    let weights = reference.rows.stop.indices.map { 0.5 + Double($0 % 4) / 2 }
    let times = [0.5]
    func risks(_ weights: [Double]) throws -> AbsoluteRisks {
      // Under Efron's rule the number of tied events is that of rows, so weights may be changed.
      try reference.fit(weights: weights, late: late, rounded: tied)
        .absoluteRisks(for: [0.4, 1], stratum: 1, at: times)
    }
    var sums = [0.0, 0.0]
    let h = 1e-4
    for row in weights.indices {
      var (up, down) = (weights, weights)
      up[row] += h
      down[row] -= h
      let (above, below) = (try risks(up), try risks(down))
      for cause in sums.indices {
        let change =
          (above.risks[cause][0]?.probability ?? .nan)
          - (below.risks[cause][0]?.probability ?? .nan)
        sums[cause] += (weights[row] * change / (2 * h)) * (weights[row] * change / (2 * h))
      }
    }
    let found = try risks(weights)
    for cause in sums.indices {
      // Differences of second order: h² of what they measure.
      expectClose(
        try #require(found.risks[cause][0]).standardError / sums[cause].squareRoot(), 1,
        within: 1e-6)
    }
  }

  @Test("one cause: the risk is what its own model predicts, to the order of an increment")
  func oneCause() throws {
    let reference = Self.cases[0]
    let fit = try CauseSpecificRegression.fit(
      SurvivalData(
        times: reference.rows.stop,
        causes: EventCauses(reference.rows.cause.map { $0 == 0 ? nil : "any" })),
      design: DesignMatrix([("x1", reference.rows.x1)]))
    let found = try fit.absoluteRisks(for: [0.3], at: [0.4])
    let cox = fit.fits[0]
    let curve = try cox.survivalCurve(for: [0.3], baseline: cox.baselineHazards()[0])
    let survival = try #require(curve.probability(at: 0.4))
    expectClose(found.eventFree[0] ?? .nan, survival, within: 1e-12)
    // Σ S(s−)dΛ is more than 1 − exp(−Λ) by half the sum of squared increments.
    let risk = try #require(found["any"][0])
    #expect(risk.probability > 1 - survival)
    #expect(risk.probability < 1 - survival + 0.01)
    let error = try #require(curve.cumulativeHazardStandardError(at: 0.4)) * survival
    // The error of the Cox model is that of the information, this one is robust.
    expectClose(risk.standardError / error, 1, within: 0.1)
  }

  @Test("risks that sum to more than one are reported")
  func exceeding() throws {
    // The hazard of the last event is 1 among few, and the sum of S(s−)dΛ is not bound to 1.
    let fit = try CauseSpecificRegression.fit(
      SurvivalData(times: [1, 2, 3, 4], causes: EventCauses(["a", "b", "a", "b"])),
      design: DesignMatrix([("x", [0, 1, 1, 0])]))
    let found = try fit.absoluteRisks(for: [0.5], at: [1, 4, 5])
    let sum = found.risks.reduce(0) { $0 + ($1[1]?.probability ?? .nan) }
    #expect((sum > 1) == (found.diagnostics.map(\.code) == [.incidencesExceedOne]))
    #expect(sum > 1)
    #expect(found.risks[0][2] == nil)
    #expect(found.eventFree[2] == nil)
    #expect(found.description.contains("sum to more than 1"))
    #expect(found.description.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let decoded = try JSONDecoder().decode(
      AbsoluteRisks.self, from: JSONEncoder().encode(found))
    #expect(decoded == found)
  }

  @Test("records give what columns give")
  func records() throws {
    struct Subject: Sendable {
      var time: Double
      var cause: Int
      var x: Double?
      var stratum: Int
    }
    let rows = Self.cases[2].rows
    let subjects = rows.stop.indices.map {
      Subject(
        time: rows.stop[$0], cause: Int(rows.cause[$0]), x: $0 == 3 ? nil : rows.x1[$0],
        stratum: Int(rows.stratum[$0]))
    }
    let model = CauseSpecificCoxModel(
      endpoint: Endpoint<Subject>(
        "first event", time: \.time, event: { $0.cause != 0 }, cause: \.cause),
      covariates: [.numeric("x", \.x)], strata: [.by("stratum", \.stratum)])
    let fit = try model.fitted(to: subjects)
    let kept = rows.stop.indices.filter { $0 != 3 }
    let columns = try CauseSpecificRegression.fit(
      SurvivalData(
        times: kept.map { rows.stop[$0] },
        causes: EventCauses(kept.map { rows.cause[$0] == 0 ? nil : Int(rows.cause[$0]) })),
      design: DesignMatrix([("x", kept.map { rows.x1[$0] })]),
      strata: Grouping(kept.map { rows.stratum[$0] }))
    #expect(fit[1]?.coefficients == columns[1]?.coefficients)
    #expect(fit[1]?.exclusions.count == 1)
    #expect(fit[3] == nil)
    let one = try fit.absoluteRisks(for: subjects[0], at: [0.4])
    let other = try columns.absoluteRisks(
      for: [rows.x1[0]], stratum: Int(rows.stratum[0]) - 1, at: [0.4])
    #expect(one == other)
    expectError(.invalidData) { try fit.absoluteRisks(for: subjects[3], at: [1]) }
    expectError(.unknownLevel) { try columns.absoluteRisks(for: [1], stratum: 2, at: [1]) }
    expectError(.invalidArgument) { try columns.absoluteRisks(for: [1, 2], at: [1]) }
    expectError(.invalidArgument) {
      try CauseSpecificRegression.fit(
        SurvivalData(times: [1, 2], causes: EventCauses(["a", nil])),
        design: DesignMatrix([("x", [1, 2])]), ties: .exact)
    }
    let few = expectError(.noEvents) {
      try CauseSpecificRegression.fit(
        SurvivalData(
          times: [1, 2, 3], causes: EventCauses(["a", "b", nil]),
          weights: .probability(ProbabilityWeights([1, 0, 1]))),
        design: DesignMatrix([("x", [1, 2, 3])]))
    }
    #expect(few?.message.hasPrefix("cause b: ") == true)
  }
}
