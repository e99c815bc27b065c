// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// A case of spline.json, written by make-spline.R.
struct SplineCase: Decodable, Sendable {
  let name: String
  let at, loglik, predictors, errors, knots: [Double]
}

@Suite("Natural cubic splines")
struct SplineTests {
  private static func term(_ name: String) -> Covariate<Veteran> {
    switch name {
    case "knots 45 60": return .spline("age", \.age, knots: [45, 60])
    case "knots 50 65 within 40 75":
      return .spline("age", \.age, knots: [50, 65], boundary: 40...75)
    default:
      return .spline("age", \.age, degreesOfFreedom: Int(name.dropFirst(3).prefix(1)) ?? 0)
    }
  }

  private static func fit(
    _ term: Covariate<Veteran>, _ name: String = "", records: [Veteran]? = nil
  ) throws -> CoxFit<Veteran> {
    try CoxModel(
      endpoint: .death, covariates: [.numeric("karno", \.karno), term],
      strata: name.contains("strata") ? [.by("treatment", \.treatment)] : [],
      ties: name.contains("breslow") ? .breslow : .efron
    ).fitted(to: records ?? Veteran.all())
  }

  @Test("likelihood, predictors and their errors are those of R's ns, to 1e-9")
  func agrees() throws {
    let failures = try Self.differences().failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  static func differences() throws -> ReferenceDifferences {
    let cases: [SplineCase] = try ReferenceFixtures.cases("spline")
    #expect(cases.count == 6)
    var worst = ReferenceDifferences()
    for reference in cases {
      let fit = try Self.fit(Self.term(reference.name), reference.name)
      worst.compare(
        "log likelihood", [fit.nullLogLikelihood, fit.logLikelihood], reference.loglik,
        at: reference.name)
      var record = try Veteran.all()[0]
      record.age = reference.at[0]
      let base = record
      for (index, age) in reference.at.enumerated().dropFirst() {
        record.age = age
        let at = "\(reference.name), \(age)"
        let error = reference.errors[index]
        worst.compare(
          "predictor", try fit.linearPredictor(for: record) - fit.linearPredictor(for: base),
          reference.predictors[index], scale: error, at: at)
        let ratio = try fit.hazardRatio(of: record, relativeTo: base)
        let width = Double.log(ratio.interval.upper / ratio.interval.lower)
        worst.compare(
          "standard error", width / 2 / ConfidenceInterval.normalQuantile(level: 0.95), error,
          at: at)
      }
    }
    return worst
  }

  @Test("knots are R's quantiles of the records used; a coefficient is the value at its knot")
  func knots() throws {
    let cases: [SplineCase] = try ReferenceFixtures.cases("spline")
    let fit = try Self.fit(.spline("age", \.age, degreesOfFreedom: 3))
    let knots = [34] + (try #require(cases.first)).knots + [81]
    #expect(
      fit.coefficients.dropFirst().map(\.name)
        == knots.dropFirst().map { "age[\(NumberFormatting.significant($0, digits: 4))]" })
    var record = try Veteran.all()[0]
    record.age = knots[0]
    let base = try fit.linearPredictor(for: record)
    for (knot, coefficient) in zip(knots.dropFirst(), fit.coefficients.dropFirst()) {
      record.age = knot
      expectClose(
        try fit.linearPredictor(for: record) - base, try #require(coefficient.estimate),
        within: 1e-12)
    }
    #expect(fit.description.contains("age = 34"))
    let test = try fit.jointWaldTest(of: ["age"])
    #expect(test.degreesOfFreedom == 3)
    // Only the records used decide: one without a Karnofsky score is not, whatever its age.
    var records = try Veteran.all()
    records.append(records[0])
    records[records.count - 1].karno = nil
    records[records.count - 1].age = 120
    let same = try Self.fit(.spline("age", \.age, degreesOfFreedom: 3), records: records)
    #expect(same.logLikelihood == fit.logLikelihood)
  }

  @Test("the basis is smooth, linear in its tails, and holds straight lines")
  func basis() {
    let spline = NaturalSpline(knots: [-1, 0.5, 2, 2.25, 7])
    for (index, knot) in spline.knots.enumerated() {
      expectClose(spline.values(at: knot), (1...4).map { $0 == index ? 1 : 0 }, within: 1e-15)
    }
    let h = 1e-4
    for x in [-1, -0.3, 0.5, 1.4, 2, 2.1, 2.25, 5, 7] {
      let (left, middle, right) = (
        spline.values(at: x - h), spline.values(at: x), spline.values(at: x + h)
      )
      let far = (spline.values(at: x - 2 * h), spline.values(at: x + 2 * h))
      for j in 0..<4 {
        // First and second derivative from either side.
        let slopes = (
          (3 * middle[j] - 4 * left[j] + far.0[j]) / (2 * h),
          (-3 * middle[j] + 4 * right[j] - far.1[j]) / (2 * h)
        )
        expectClose(slopes.0, slopes.1, within: 1e-5)
        let bends = (middle[j] - 2 * left[j] + far.0[j], middle[j] - 2 * right[j] + far.1[j])
        expectClose(bends.0 / (h * h), bends.1 / (h * h), within: 1e-1)
      }
    }
    for tail in [-5.0, 9] {
      let values = [tail, tail + 1, tail + 2].map { spline.values(at: $0 - (tail < 0 ? 0 : 0)) }
      for j in 0..<4 {
        expectClose(values[2][j] - 2 * values[1][j] + values[0][j], 0, within: 1e-12)
      }
    }
    for x in [-4, -1, 0.1, 2.2, 6, 11] {
      // x − first knot, from its values at the knots.
      let line = zip(spline.values(at: x), spline.knots.dropFirst()).reduce(0) {
        $0 + $1.0 * ($1.1 + 1)
      }
      expectClose(line, x + 1, within: 1e-13)
    }
    #expect(spline.values(at: .nan).allSatisfy { $0.isNaN })
  }

  @Test("a spline can be part of an interaction")
  func interaction() throws {
    let fit = try CoxModel<Veteran>(
      endpoint: .death,
      covariates: [
        .spline("age", \.age, degreesOfFreedom: 2), .factor("treatment", \.treatment),
        .interaction(.spline("age", \.age, degreesOfFreedom: 2), .factor("treatment", \.treatment)),
      ]
    ).fitted(to: Veteran.all())
    #expect(fit.degreesOfFreedom == 5)
  }

  @Test("what is no spline is refused")
  func badUse() throws {
    expectError(.invalidArgument) { try Self.fit(.spline("age", \.age, degreesOfFreedom: 0)) }
    expectError(.notEstimable) {
      try Self.fit(.spline("treatment", { Double($0.treatment) }, degreesOfFreedom: 3))
    }
    expectError(.notEstimable) { try Self.fit(.spline("one", { _ in 1 }, degreesOfFreedom: 1)) }
    expectError(.notEstimable) { try Self.fit(.spline("one", { _ in 1 }, knots: [])) }
    for knots in [[60.0, 50], [50, 50], [20, 50], [50, 90], [.nan]] {
      expectError(.invalidArgument) { try Self.fit(.spline("age", \.age, knots: knots)) }
    }
    expectError(.noRows) { try Self.fit(.spline("age", { _ in nil }, degreesOfFreedom: 2)) }
    let error = expectError(.invalidData) {
      try Self.fit(.spline("age", { $0.age == 69 ? .infinity : $0.age }, degreesOfFreedom: 2))
    }
    #expect(error?.problems.first?.index == 0)
    let fit = try Self.fit(.spline("karno 2", \.karno, degreesOfFreedom: 2))
    var record = try Veteran.all()[0]
    record.karno = nil
    expectError(.invalidData) { try fit.linearPredictor(for: record) }
  }
}
