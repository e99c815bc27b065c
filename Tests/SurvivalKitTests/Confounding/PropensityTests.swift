// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

extension Veteran {
  /// The trial with times that are all different, as in make-propensity.R.
  fileprivate static func untied() throws -> [Veteran] {
    try all().enumerated().map { row, subject in
      var subject = subject
      subject.time += Double(row + 1) / 1000
      return subject
    }
  }

  fileprivate static let model = PropensityModel<Veteran>(
    exposure: { $0.treatment == 2 },
    covariates: [.numeric("karno", \.karno), .numeric("age", \.age), .factor("cell", \.cell)])
}

@Suite("Logistic regression and propensity weights")
struct PropensityTests {
  private static func cases(_ name: String) throws -> [FixtureCase] {
    let all: [FixtureCase] = try ReferenceFixtures.cases("propensity")
    return all.filter { $0.name == name }
  }

  private static func report(_ worst: ReferenceDifferences) {
    let failures = worst.failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    for quantity in worst.quantities {
      print("propensity", quantity, worst.worst[quantity]?.difference ?? 0)
    }
  }

  @Test("logistic regression is R's glm")
  func logistic() throws {
    var worst = ReferenceDifferences()
    let cases = try Self.cases("logistic")
    #expect(cases.count == 5)
    for reference in cases {
      let rows = try reference.rows("x")
      let columns = rows[0].indices.map { column in
        (name: "x\(column)", values: rows.map { $0[column] })
      }
      let fit = try LogisticRegression.fit(
        try reference.numbers("y").map { $0 == 1 }, design: DesignMatrix(columns))
      let title = try reference.text("title")
      worst.compare(
        "coefficient", fit.coefficients.map(\.estimate), try reference.optionals("coefficients"),
        at: title)
      worst.compareCovariance(
        "covariance", fit.covariance, try reference.rows("covariance"), at: title)
      worst.compare(
        "log likelihood", [fit.nullLogLikelihood, fit.logLikelihood],
        try reference.numbers("loglik"), at: title)
      worst.compare(
        "probability", fit.probabilities, try reference.numbers("fitted"), at: title)
      // The score equations: the fitted probabilities sum to the outcomes.
      expectClose(fit.probabilities.reduce(0, +), try reference.numbers("y").reduce(0, +))
    }
    Self.report(worst)
  }

  @Test("one indicator: log odds and their difference in closed form")
  func closedForm() throws {
    // 3 of 10 without, 6 of 8 with the indicator.
    let outcomes = (0..<18).map { $0 < 10 ? $0 < 3 : $0 < 16 }
    let fit = try LogisticRegression.fit(
      outcomes, design: DesignMatrix([("x", (0..<18).map { $0 < 10 ? 0 : 1 })]))
    expectClose(fit.coefficients[0].estimate, Double.log(3 / 7.0))
    expectClose(fit.coefficients[1].estimate, Double.log(3) - Double.log(3 / 7.0))
    expectClose(fit.covariance[0][0], 1 / 3.0 + 1 / 7)
    expectClose(fit.covariance[1][1], 1 / 3.0 + 1 / 7 + 1 / 6 + 1 / 2)
    expectClose(fit.covariance[0][1], -(1 / 3.0 + 1 / 7))
    #expect(fit.coefficients.map(\.name) == ["(intercept)", "x"])
    // Without covariates: the share.
    let none = try LogisticRegression.fit(outcomes, design: DesignMatrix([], rowCount: 18))
    expectClose(none.coefficients[0].estimate, Double.log(9 / 9.0))
    expectClose(none.logLikelihood, none.nullLogLikelihood)
  }

  @Test("an affine change of a covariate changes only its unit")
  func units() throws {
    let study = RandomStudy(seed: 5)
    let outcomes = study.x[2].enumerated().map { $1 + study.x[0][$0] + study.offset[$0] > 0.5 }
    let plain = try LogisticRegression.fit(outcomes, design: RandomStudy.design(study.x))
    var changed = study.x
    changed[0] = changed[0].map { 1000 * $0 + 1e5 }
    let other = try LogisticRegression.fit(outcomes, design: RandomStudy.design(changed))
    expectClose(
      try #require(other.coefficients[1].estimate) * 1000,
      try #require(plain.coefficients[1].estimate), within: 1e-9)
    expectClose(other.probabilities, plain.probabilities, within: 1e-10)
  }

  @Test("separation is proved and named; outcomes that do not vary are refused")
  func separation() throws {
    func fit(_ outcomes: [Bool], _ columns: [(name: String, values: [Double])]) throws
      -> LogisticRegression
    {
      try LogisticRegression.fit(outcomes, design: DesignMatrix(columns))
    }
    let half = (0..<12).map { $0 >= 6 }
    let rising = (0..<12).map { Double($0) }
    let noise = (0..<12).map { Double(($0 * 5) % 7) }
    // Complete, by one column beside another; quasi-complete, by an indicator.
    for column in [rising, (0..<12).map { $0 >= 8 ? 1 : 0 }] {
      let error = expectError(.notEstimable) {
        try fit(half, [("noise", noise), ("risk", column)])
      }
      #expect(error?.message.contains("risk") == true)
    }
    // By a sum of two columns, neither of which does it alone.
    let sum = try #require(
      expectError(.notEstimable) {
        try fit(
          half, [("a", noise.map { 3 * $0 }), ("b", zip(rising, noise).map { $0 - 3 * $1 })])
      })
    #expect(sum.message.contains("a, b"))
    // Nearly, but not: a finite estimate.
    let nearly = half.enumerated().map {
      $0.offset == 5 ? true : $0.offset == 6 ? false : $0.element
    }
    #expect(try fit(nearly, [("risk", rising)]).coefficients[1].estimate ?? 0 > 1)
    for same in [true, false] {
      expectError(.tooFewGroups) { try fit([same, same], [("x", [1, 2])]) }
    }
    expectError(.mismatchedLengths) { try fit([true], [("x", [1, 2])]) }
    expectError(.tooFewGroups) {
      try LogisticRegression.fit([], design: DesignMatrix([], rowCount: 0))
    }
  }

  @Test("weights, balance and weighted analyses are those of glm and survey")
  func weights() throws {
    let subjects = try Veteran.untied()
    let fit = try Veteran.model.fitted(to: subjects)
    var worst = ReferenceDifferences()
    let cases = try Self.cases("weights")
    #expect(cases.count == 6)
    for reference in cases {
      let name = try reference.text("target")
      let target = PropensityTarget(rawValue: name) ?? .everyone
      let weights = try fit.weights(
        target, isStabilized: name != "plain", truncation: name == "truncated" ? 0.05 : 0)
      #expect((weights.truncatedCount > 0) == (name == "truncated"))
      worst.compare("weight", weights.values, try reference.numbers("values"), at: name)
      worst.compare(
        "weight of a record", subjects.map { weights.weight(for: $0) },
        try reference.numbers("values"), at: name)
      worst.compare(
        "effective size", weights.groups.map(\.effectiveSampleSize), try reference.numbers("ess"),
        at: name)
      worst.compare(
        "balance before", weights.balance.map(\.unweighted), try reference.numbers("before"),
        scale: 1, at: name)
      worst.compare(
        "balance after", weights.balance.map(\.weighted), try reference.numbers("after"),
        scale: 1, at: name)
      let cox = try CoxModel(
        endpoint: .death,
        covariates: [.indicator("exposed") { $0.treatment == 2 }, .numeric("karno", \.karno)],
        weights: weights.recordWeights
      ).fitted(to: subjects)
      worst.compare(
        "Cox", cox.coefficients.map(\.estimate), try reference.numbers("cox"), at: name)
      worst.compare(
        "Cox, robust error", cox.coefficients.map(\.standardError),
        try reference.numbers("coxErrors"), at: name)
      let curves = try KaplanMeier(endpoint: .death, weights: weights.recordWeights).fitted(
        to: subjects, groupedBy: { $0.treatment })
      worst.compare(
        "survival",
        [2, 1].flatMap { group in [30.0, 100, 250].map { curves[group]?.probability(at: $0) } },
        try reference.numbers("survival"), at: name)
      let test = try LogRankTest(endpoint: .death, weights: weights.recordWeights).applied(
        to: subjects, groupedBy: { $0.treatment })
      worst.compare(
        "log-rank",
        [test.groups[1].observed - test.groups[1].expected, test.statistic],
        try reference.numbers("logrank"), scale: 1e-2, at: name)
    }
    Self.report(worst)
  }

  @Test("overlap weights balance the means exactly; equal scores give equal weights")
  func overlap() throws {
    let fit = try Veteran.model.fitted(to: Veteran.all())
    #expect(fit.rows.count == 137 && fit.exclusions.count == 0)
    let overlap = try fit.weights(.overlap)
    #expect(try #require(overlap.largestImbalance) < 1e-12)
    #expect(overlap.values.allSatisfy { $0 > 0 && $0 < 1 })
    let stable = try fit.weights(.everyone)
    #expect(stable.isStabilized && !overlap.isStabilized)
    let groups = stable.groups.map { $0.totalWeight / Double($0.count) }
    for mean in groups { #expect(abs(mean - 1) < 0.02) }
    for group in stable.groups { #expect(group.effectiveSampleSize <= Double(group.count)) }
    let flat = try PropensityModel<Veteran>(
      exposure: { $0.treatment == 2 }, covariates: []
    ).fitted(to: Veteran.all()).weights(.everyone)
    expectClose(flat.values, [Double](repeating: 1, count: 137))
    #expect(flat.balance.isEmpty && flat.largestImbalance == 0)
    expectClose(flat.groups[0].effectiveSampleSize, 68)
  }

  @Test("missing values are left out and named; what is certain has no weight")
  func missingAndErrors() throws {
    var subjects = try Veteran.all()
    subjects[3].karno = nil
    let fit = try Veteran.model.fitted(to: subjects)
    #expect(fit.rows.count == 136)
    #expect(fit.exclusions.missing == [Exclusions.Missing(column: "karno", rows: [3])])
    let weights = try fit.weights(.exposed)
    #expect(weights.weight(for: subjects[3]) == nil)
    let curves = try KaplanMeier(endpoint: .death, weights: weights.recordWeights).fitted(
      to: subjects, groupedBy: \.treatment)
    #expect(curves.exclusions.missing.map(\.rows) == [[3]])
    expectClose(try fit.score(for: subjects[0]), fit.scores[0])
    expectError(.invalidData) { try fit.score(for: subjects[3]) }
    expectError(.invalidArgument) { try fit.weights(.overlap, truncation: 0.5) }
    expectError(.invalidArgument) { try fit.weights(.overlap, truncation: .nan) }
    subjects[5].karno = .infinity
    let error = expectError(.invalidData) { try Veteran.model.fitted(to: subjects) }
    #expect(error?.problems.map(\.index) == [5])
    expectError(.tooFewGroups) {
      try Veteran.model.fitted(to: subjects.filter { $0.treatment == 1 && $0.karno != .infinity })
    }
    expectError(.noRows) { try Veteran.model.fitted(to: []) }
    expectError(.notEstimable) {
      try PropensityModel<Veteran>(
        exposure: { $0.cell == .large }, covariates: [.factor("cell", \.cell)]
      ).fitted(to: Veteran.all())
    }
    expectError(.notEstimable) {
      try PropensityModel<Veteran>(
        exposure: { $0.treatment == 2 }, covariates: [.timeDependent("x") { $0.age * $1 }]
      ).fitted(to: Veteran.all())
    }
    // A level that the fit has not seen has no weight.
    let seen = try Veteran.model.fitted(to: Veteran.all().filter { $0.cell != .large })
    let unseen = try #require(try Veteran.all().first { $0.cell == .large })
    #expect(try seen.weights(.overlap).weight(for: unseen) == nil)
    expectError(.unknownLevel) { try seen.score(for: unseen) }
  }

  @Test("is printed in 80 columns")
  func text() throws {
    let weights = try Veteran.model.fitted(to: Veteran.all()).weights(.everyone, truncation: 0.05)
    #expect(
      weights.description == """
        Propensity weights for the effect in everyone, stabilized, 14 cut back to the 5%
        and 95% quantiles
        137 rows used; no rows left out

                    n  effective n  largest weight         scores
        exposed    68        64.53           1.525  0.263 – 0.798
        unexposed  69         64.9           1.525  0.278 – 0.723

        standardized difference  before   after
        karno                    -0.063  -0.022
        age                       0.153   0.024
        cell                      0.465   0.041
        """)
    #expect(weights.description.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }
}
