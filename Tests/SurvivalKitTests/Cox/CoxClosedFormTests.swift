// SPDX-License-Identifier: Apache-2.0

import RealModule
import SurvivalLinearAlgebra
import Testing

@testable import SurvivalKit

/// A log partial likelihood of one covariate with whole values, written as Therneau & Grambsch (2000)
/// do in their appendix E: sβ − Σ w log P(r), r = exp(β), with polynomials P.
struct PolynomialLikelihood {
  let slope: Double
  /// The weight of each logarithm, and the coefficients of its polynomial from the constant up.
  let terms: [(weight: Double, polynomial: [Double])]

  func logLikelihood(_ beta: Double) -> Double {
    terms.reduce(slope * beta) { $0 - $1.weight * .log(moment(0, $1.polynomial, beta)) }
  }

  func gradient(_ beta: Double) -> Double {
    terms.reduce(slope) {
      $0 - $1.weight * moment(1, $1.polynomial, beta) / moment(0, $1.polynomial, beta)
    }
  }

  func information(_ beta: Double) -> Double {
    terms.reduce(0) {
      let total = moment(0, $1.polynomial, beta)
      let mean = moment(1, $1.polynomial, beta) / total
      return $0 + $1.weight * (moment(2, $1.polynomial, beta) / total - mean * mean)
    }
  }

  private func moment(_ order: Int, _ polynomial: [Double], _ beta: Double) -> Double {
    polynomial.enumerated().reduce(0) {
      $0 + $1.element * Double.pow(Double($1.offset), order) * .exp(Double($1.offset) * beta)
    }
  }
}

/// One data set of the appendix under one rule for ties.
struct ClosedForm: CustomTestStringConvertible, Sendable {
  let name: String
  let ties: TieMethod
  let data: SurvivalData
  let x: [Double]
  let likelihood: PolynomialLikelihood
  /// The root of the gradient: in closed form where there is one, else to 25 digits by mpmath.
  let maximum: Double
  let gradientAtZero: Double
  let informationAtZero: Double

  var testDescription: String { "\(name), \(ties)" }

  static func first() throws -> SurvivalData {
    try SurvivalData(
      times: [1, 1, 6, 6, 8, 9], events: [true, false, true, true, false, true])
  }

  static func second() throws -> SurvivalData {
    try SurvivalData(
      starts: [1, 2, 5, 2, 1, 7, 3, 4, 8, 8], stops: [2, 3, 6, 7, 8, 9, 9, 9, 14, 17],
      events: (0..<10).map { $0 < 7 })
  }

  static func third() throws -> SurvivalData {
    try SurvivalData(
      times: [1, 1, 2, 2, 2, 2, 3, 4, 5],
      events: [true, false, true, true, true, false, false, true, false],
      weights: .probability(try ProbabilityWeights([1, 2, 3, 4, 3, 2, 1, 2, 1])))
  }

  static let firstX: [Double] = [1, 1, 1, 0, 0, 0]
  static let secondX: [Double] = [1, 0, 0, 1, 0, 1, 1, 1, 0, 0]
  static let thirdX: [Double] = [2, 0, 1, 1, 0, 1, 0, 1, 0]

  static var all: [ClosedForm] {
    get throws {
      // β̂ = log(2 √(23/3) cos(φ/3)), φ = arccos((45/23) √(3/23))
      let phi = Double.acos(45.0 / 23 * Double.sqrt(3.0 / 23))
      return [
        ClosedForm(
          name: "data 1", ties: .breslow, data: try first(), x: firstX,
          likelihood: PolynomialLikelihood(slope: 2, terms: [(1, [3, 3]), (2, [3, 1])]),
          maximum: .log((3 + Double.sqrt(33)) / 2), gradientAtZero: 1, informationAtZero: 5.0 / 8),
        ClosedForm(
          name: "data 1", ties: .efron, data: try first(), x: firstX,
          likelihood: PolynomialLikelihood(
            slope: 2, terms: [(1, [3, 3]), (1, [3, 1]), (1, [2.5, 0.5])]),
          maximum: .log(2 * Double.sqrt(23.0 / 3) * .cos(phi / 3)), gradientAtZero: 52.0 / 48,
          informationAtZero: 83.0 / 144),
        ClosedForm(
          name: "data 2", ties: .breslow, data: try second(), x: secondX,
          likelihood: PolynomialLikelihood(
            slope: 4, terms: [(1, [1, 1]), (1, [2, 1]), (3, [2, 3]), (2, [1, 3])]),
          maximum: -0.0845260806613091196, gradientAtZero: -2.0 / 15,
          informationAtZero: 2821.0 / 1800),
        ClosedForm(
          name: "data 2", ties: .efron, data: try second(), x: secondX,
          likelihood: PolynomialLikelihood(
            slope: 4, terms: [(1, [1, 1]), (1, [2, 1]), (2, [2, 3]), (2, [1, 3]), (1, [2, 2])]),
          maximum: -0.0211052095801749, gradientAtZero: -1.0 / 30,
          informationAtZero: 2839.0 / 1800),
        ClosedForm(
          name: "data 3", ties: .breslow, data: try third(), x: thirdX,
          likelihood: PolynomialLikelihood(
            slope: 11, terms: [(1, [7, 11, 1]), (10, [5, 11]), (2, [1, 2])]),
          maximum: 0.859557444506881126,
          gradientAtZero: 11 - 13.0 / 19 - 110.0 / 16 - 4.0 / 3,
          // The variances of x in the three risk sets, times the weights of the events.
          informationAtZero: (15.0 / 19 - 169.0 / 361) + 10 * 55.0 / 256 + 2 * 2.0 / 9),
        ClosedForm(
          name: "data 3", ties: .efron, data: try third(), x: thirdX,
          likelihood: PolynomialLikelihood(
            slope: 11,
            terms: [
              (1, [7, 11, 1]), (10.0 / 3, [5, 11]), (10.0 / 3, [4, 26.0 / 3]),
              (10.0 / 3, [3, 19.0 / 3]), (2, [1, 2]),
            ]),
          maximum: 0.872604246398395827,
          gradientAtZero: 11 - 13.0 / 19 - 10.0 / 3 * (11.0 / 16 + 26.0 / 38 + 19.0 / 28)
            - 4.0 / 3,
          informationAtZero: (15.0 / 19 - 169.0 / 361)
            + 10.0 / 3 * (55.0 / 256 + 26.0 * 12 / (38 * 38) + 19.0 * 9 / (28 * 28)) + 2 * 2.0 / 9),
      ]
    }
  }

  func partialLikelihood() throws -> CoxPartialLikelihood {
    try CoxPartialLikelihood(data, design: DesignMatrix([("x", x)]), ties: ties)
  }
}

@Suite("Cox model in closed form")
struct CoxClosedFormTests {
  @Test("gradient and information at 0 are the exact fractions", arguments: try ClosedForm.all)
  func atZero(_ form: ClosedForm) throws {
    let found = try form.partialLikelihood().evaluate(at: [0])
    expectClose(found.logLikelihood, form.likelihood.logLikelihood(0), within: 1e-14)
    expectClose(found.gradient[0], form.gradientAtZero, within: 1e-14)
    expectClose(found.information[0][0], form.informationAtZero, within: 1e-14)
  }

  @Test("the likelihood is its polynomial everywhere", arguments: try ClosedForm.all)
  func everywhere(_ form: ClosedForm) throws {
    let likelihood = try form.partialLikelihood()
    for beta in [-4, -1, -0.1, 0.3, .log(2), 1.5, 5] {
      let found = try likelihood.evaluate(at: [beta])
      expectClose(found.logLikelihood, form.likelihood.logLikelihood(beta), within: 1e-13)
      // The polynomials' moments are what loses digits here: E x² − (E x)².
      expectClose(found.gradient[0], form.likelihood.gradient(beta), within: 1e-13)
      expectClose(found.information[0][0], form.likelihood.information(beta), within: 1e-13)
    }
  }

  @Test("the maximum, its likelihood and its information", arguments: try ClosedForm.all)
  func maximum(_ form: ClosedForm) throws {
    let fit = try CoxRegression.fit(
      form.data, design: DesignMatrix([("x", form.x)]), ties: form.ties)
    let estimate = try #require(fit.coefficients[0].estimate)
    expectClose(estimate, form.maximum, within: 1e-13)
    expectClose(
      fit.logLikelihood, form.likelihood.logLikelihood(form.maximum), within: 1e-14)
    expectClose(fit.nullLogLikelihood, form.likelihood.logLikelihood(0), within: 1e-14)
    // The information is that of the last point but one: at most 1e-10 standard errors away.
    expectClose(
      1 / fit.modelCovariance[0][0], form.likelihood.information(form.maximum), within: 1e-10)
    expectClose(
      fit.scoreTest.statistic, form.gradientAtZero * form.gradientAtZero / form.informationAtZero,
      within: 1e-13)
    #expect(fit.hasConverged)
  }

  /// The digits that the appendix prints, so that the polynomials above are themselves checked.
  @Test("the printed digits of the appendix")
  func printed() throws {
    let printed: [(null: Double, best: Double, information: Double)] = [
      (-4.564348, -3.824750, 0.634168), (-4.276666, -3.358975, 0.612632),
      (-9.392662, -9.387015, 1.586934), (-9.169518, -9.169166, 1.581512),
      (-32.867551, -32.021046, 1.966555), (-30.292180, -29.416785, 1.969447),
    ]
    for (form, value) in zip(try ClosedForm.all, printed) {
      expectClose(form.likelihood.logLikelihood(0), value.null, within: 6e-7)
      expectClose(form.likelihood.logLikelihood(form.maximum), value.best, within: 6e-7)
      expectClose(form.likelihood.information(form.maximum), value.information, within: 6e-7)
    }
  }

  @Test("the first Newton step of data 1 is 8/5")
  func firstStep() throws {
    let form = try ClosedForm.all[0]
    let fit = try CoxRegression.fit(
      form.data, design: DesignMatrix([("x", form.x)]), ties: .breslow)
    let step = try #require(fit.iterations.dropFirst().first)
    expectClose(step.logLikelihood, form.likelihood.logLikelihood(8.0 / 5), within: 1e-14)
    expectClose(fit.iterations[0].newtonDecrement, 8.0 / 5, within: 1e-14)
  }

  @Test("the variance of the cumulative hazard of data 1")
  func hazardVariance() throws {
    // For Efron the appendix prints 1996/6225 and 8221/6225 at the later times, which is not what
    // its own formula gives: 29/144 + (29/144)² / (83/144). R's survfit agrees with the formula.
    let expected: [(TieMethod, [Double])] = [
      (.breslow, [7.0 / 180, 2.0 / 9, 11.0 / 9]),
      (.efron, [119.0 / 2988, 203.0 / 747, 950.0 / 747]),
    ]
    for (ties, values) in expected {
      let likelihood = try CoxPartialLikelihood(
        ClosedForm.first(), design: DesignMatrix([("x", ClosedForm.firstX)]), ties: ties)
      let evaluation = likelihood.scan(at: [0], wants: [.information, .record])
      let record = try #require(evaluation.record)
      // x = 0 in scaled coordinates.
      let origin = -likelihood.centers[0] * likelihood.scales[0]
      var (variance, drift) = (0.0, 0.0)
      for event in record.hazard.indices {
        let unit = Double.exp(-record.references[event])
        variance += unit * unit * record.hazardVariance[event]
        drift += unit * (origin * record.hazard[event] - record.hazardMean[event])
        expectClose(
          variance + drift * drift / evaluation.information[0, 0], values[event], within: 1e-14)
      }
    }
  }
}
