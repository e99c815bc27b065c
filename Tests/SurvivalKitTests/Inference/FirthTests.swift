// SPDX-License-Identifier: Apache-2.0

import RealModule
import SurvivalLinearAlgebra
import Testing

@testable import SurvivalKit

/// A case of firth.json, written by make-firth.R.
struct FirthCase: Decodable, Sendable {
  let name: String
  let coefficients, errors, loglik: [Double]
  let intervals: [[Double]]
}

@Suite("Firth's penalized likelihood")
struct FirthTests {
  /// The fit that a case of firth.json describes.
  private static func fit(_ name: String) throws -> CoxRegression {
    let isHeart = name.hasPrefix("heart")
    let table = try ReferenceTable(name: isHeart ? "heart" : "veteran")
    var design = try table.design(
      isHeart ? ["age", "year", "surgery"] : ["karno", "age", "diagtime"])
    let data: SurvivalData
    if isHeart {
      data = try table.survivalData(time: "stop", event: "event", eventValue: 1, entry: "start")
    } else {
      var events = try table.events("status", value: 1)
      if name.contains("without adeno") {
        let adeno = try table.text("celltype").map { $0 == "adeno" }
        for row in events.indices where adeno[row] { events[row] = false }
        design = try DesignMatrix([
          ("karno", table.numbers("karno")), ("adeno", adeno.map { $0 ? 1 : 0 }),
          ("age", table.numbers("age")),
        ])
      }
      data = try SurvivalData(times: table.numbers("time"), events: events)
    }
    return try CoxRegression.fit(
      data, design: design, strata: name.contains("strata") ? table.grouping("celltype") : nil,
      ties: name.contains("breslow") ? .breslow : .efron, penalty: .firth)
  }

  @Test("agrees with R's coxph value, score and information, to 1e-8")
  func agrees() throws {
    let failures = try Self.differences().failures(above: 1e-8)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  static func differences() throws -> ReferenceDifferences {
    let cases: [FirthCase] = try ReferenceFixtures.cases("firth")
    #expect(cases.count == 6)
    var worst = ReferenceDifferences()
    for reference in cases {
      let fit = try Self.fit(reference.name)
      #expect(fit.hasConverged && fit.penalty == .firth)
      worst.compare(
        "log likelihood", [fit.nullLogLikelihood, fit.logLikelihood], reference.loglik,
        at: reference.name)
      for (column, coefficient) in fit.coefficients.enumerated() {
        let at = "\(reference.name), \(coefficient.name)"
        let scale = reference.errors[column]
        worst.compare(
          "estimate", coefficient.estimate, reference.coefficients[column], scale: scale, at: at)
        worst.compare(
          "standard error", coefficient.standardError, reference.errors[column], at: at)
        let interval = try fit.profileInterval(of: coefficient.name)
        worst.compare(
          "lower", interval.lower, reference.intervals[column][0], scale: scale, at: at)
        worst.compare(
          "upper", interval.upper, reference.intervals[column][1], scale: scale, at: at)
      }
    }
    return worst
  }

  /// ℓ + ½ log |I| by O(n²) sums.
  private static func value(
    _ study: RandomStudy, _ beta: [Double], isLate: Bool, isStratified: Bool, _ ties: TieMethod
  ) throws -> Double {
    let direct = DirectCoxLikelihood(
      study, at: beta, isLate: isLate, isStratified: isStratified, ties: ties,
      offset: study.offset)
    let p = beta.count
    let matrix = Matrix(rows: p, columns: p, columnMajor: direct.information.flatMap { $0 })
    return direct.logLikelihood + (try #require(Cholesky(matrix))).logDeterminant / 2
  }

  @Test(
    "the modified score is the slope of the penalized likelihood",
    arguments: [TieMethod.efron, .breslow], [true, false])
  func gradient(ties: TieMethod, isLate: Bool) throws {
    for isStratified in [true, false] {
      for seed in 1...1 as ClosedRange<UInt64> {
        let study = RandomStudy(seed: seed)
        let fit = try CoxRegression.fit(
          study.data(late: isLate), design: study.design,
          strata: isStratified ? Grouping(study.strata) : nil, offset: study.offset, ties: ties,
          penalty: .firth, isRobust: false)
        let estimates = fit.coefficients.compactMap(\.estimate)
        func slope(_ beta: [Double], _ column: Int) throws -> Double {
          // Central differences of eighth order.
          let weights = [4.0 / 5, -1.0 / 5, 4.0 / 105, -1.0 / 280]
          var sum = 0.0
          for (k, weight) in weights.enumerated() {
            for sign in [1.0, -1] {
              var moved = beta
              moved[column] += sign * 0.02 * Double(k + 1)
              sum +=
                sign * weight
                * (try Self.value(
                  study, moved, isLate: isLate, isStratified: isStratified, ties))
            }
          }
          return sum / 0.02
        }
        for column in 0..<3 {
          // Zero at the estimates, in standard errors, and exact elsewhere.
          let error = try #require(fit.coefficients[column].standardError)
          expectClose(try slope(estimates, column) * error, 0, within: 1e-9)
        }
        expectClose(
          fit.logLikelihood,
          try Self.value(study, estimates, isLate: isLate, isStratified: isStratified, ties),
          within: 1e-12)
        let beta = [0.7, -0.4, 0.2]
        let point = zip(beta, fit.likelihood.scales).map { $0 / $1 }
        let evaluation = fit.objective.evaluate(at: point)
        for column in 0..<3 {
          expectClose(
            evaluation.gradient[column] / fit.likelihood.scales[column], try slope(beta, column),
            within: 1e-9)
        }
      }
    }
  }

  @Test("a frequency weight is so many rows", arguments: [TieMethod.efron, .breslow])
  func frequency(ties: TieMethod) throws {
    let study = RandomStudy(seed: 8)
    let replicated = study.replicated
    for isLate in [true, false] {
      let weighted = try CoxRegression.fit(
        study.data(late: isLate, weights: study.frequency), design: study.design, ties: ties,
        penalty: .firth)
      let plain = try CoxRegression.fit(
        replicated.data(late: isLate), design: replicated.design, ties: ties, penalty: .firth)
      for (one, other) in zip(weighted.coefficients, plain.coefficients) {
        expectClose(one.estimate, try #require(other.estimate), within: 1e-10)
        expectClose(one.standardError, try #require(other.standardError), within: 1e-10)
      }
      expectClose(weighted.logLikelihood, plain.logLikelihood, within: 1e-12)
    }
  }

  @Test("a shift or scale of a covariate changes only its unit, a drift loses no digits")
  func affine() throws {
    let study = RandomStudy(seed: 31)
    let data = try study.data(late: true)
    let plain = try CoxRegression.fit(data, design: study.design, penalty: .firth)
    for (scale, shift) in [(1e-6, 0.0), (1e6, 1e3), (1, 1e5)] {
      let moved = try CoxRegression.fit(
        data, design: RandomStudy.design(study.x.map { $0.map { $0 * scale + shift } }),
        penalty: .firth)
      for (one, other) in zip(moved.coefficients, plain.coefficients) {
        expectClose(try #require(one.estimate) * scale, try #require(other.estimate), within: 1e-8)
      }
      expectClose(
        moved.likelihoodRatioTest.statistic, plain.likelihoodRatioTest.statistic, within: 1e-8)
    }
  }

  @Test("monotone likelihoods have finite estimates and intervals", arguments: [true, false])
  func monotone(isLate: Bool) throws {
    let times = (1...20).map(Double.init)
    let events = times.map { _ in true }
    let data =
      isLate
      ? try SurvivalData(starts: times.map { max(0, $0 - 6) }, stops: times, events: events)
      : try SurvivalData(times: times, events: events)
    let design = try DesignMatrix([("x", times.map { -$0 })])
    let plain = try CoxRegression.fit(data, design: design)
    #expect(plain.coefficients[0].isInfinite)
    let fit = try CoxRegression.fit(data, design: design, penalty: .firth)
    #expect(fit.hasConverged && !fit.coefficients[0].isInfinite && fit.diagnostics.isEmpty)
    let estimate = try #require(fit.coefficients[0].estimate)
    let interval = try fit.profileInterval(of: "x")
    let (lower, upper) = (try #require(interval.lower), try #require(interval.upper))
    #expect(lower < estimate && estimate < upper)
    #expect(fit.likelihoodRatioTest.statistic > 10)
    expectClose(
      try fit.jointLikelihoodRatioTest(of: ["x"]).statistic, fit.likelihoodRatioTest.statistic,
      within: 1e-10)
    #expect(fit.description.contains("Firth"))
  }

  @Test("aliased columns are set aside as without the penalty, records fit as columns do")
  func aliased() throws {
    let study = RandomStudy(seed: 40)
    let data = try study.data(late: false)
    let fit = try CoxRegression.fit(
      data, design: RandomStudy.design([study.x[0], study.x[0].map { 2 - $0 }, study.x[1]]),
      penalty: .firth)
    let plain = try CoxRegression.fit(
      data, design: RandomStudy.design([study.x[0], study.x[1]]), penalty: .firth)
    #expect(fit.coefficients[1].isAliased)
    expectClose(fit.coefficients[2].estimate, try #require(plain.coefficients[1].estimate))
    let model = CoxModel<Veteran>(
      endpoint: .death,
      covariates: [
        .numeric("karno", \.karno), .numeric("age", \.age),
      ], penalty: .firth)
    let records = try model.fitted(to: Veteran.all())
    #expect(records.penalty == .firth)
    let test = try records.jointLikelihoodRatioTest(of: ["age"])
    #expect(test.degreesOfFreedom == 1)
  }

  @Test("what has no penalized likelihood is refused")
  func badUse() throws {
    let study = RandomStudy(seed: 6)
    let design = try study.design
    let data = try study.data(late: false)
    for ties in [TieMethod.exact, .exactMarginal] {
      expectError(.invalidArgument) {
        try CoxRegression.fit(data, design: design, ties: ties, penalty: .firth)
      }
    }
    expectError(.invalidArgument) {
      try CoxRegression.fit(
        study.data(late: false, weights: study.probability), design: design, penalty: .firth,
        isRobust: false)
    }
    expectError(.invalidArgument) {
      try CoxRegression.fit(data, design: design, penalty: .firth, isRobust: true)
    }
    let fit = try CoxRegression.fit(data, design: design, penalty: .firth)
    let small = try CoxRegression.fit(data, design: RandomStudy.design([study.x[0]]))
    expectError(.invalidArgument) { try fit.comparison(with: small) }
    expectError(.notEstimable) { try fit.proportionalHazardsTest() }
  }
}
