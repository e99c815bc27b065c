// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

/// Forty rows that are the same doubles in Python: times 1 to 41 without ties, two covariates.
enum Forty {
  static let count = 40
  static var times: [Double] { (0..<count).map { Double(($0 * 17) % 41 + 1) } }
  static var events: [Bool] { (0..<count).map { $0 % 3 != 0 } }
  static var starts: [Double] {
    (0..<count).map { row in Double(max(0, (row * 17) % 41 - (row * 7) % 13)) }
  }
  static var z: [Double] { (0..<count).map { Double(($0 * 29) % 97) / 97 - 0.5 } }
  static var u: [Double] { (0..<count).map { Double(($0 * 53) % 89) / 89 } }
  static var design: DesignMatrix { get throws { try DesignMatrix([("z", z), ("u", u)]) } }

  static func data(late: Bool, weights: Weights? = nil) throws -> SurvivalData {
    late
      ? try SurvivalData(starts: starts, stops: times, events: events, weights: weights)
      : try SurvivalData(times: times, events: events, weights: weights)
  }
}

/// Expects a fit to have converged to given estimates, standard errors and log likelihoods.
func expectFit(
  _ fit: CoxRegression, _ estimates: [Double], _ errors: [Double], _ logLikelihood: Double,
  _ null: Double, within tolerance: Double, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(fit.hasConverged, sourceLocation: sourceLocation)
  for (position, coefficient) in fit.coefficients.enumerated() {
    let estimate = try #require(coefficient.estimate, sourceLocation: sourceLocation)
    let error = try #require(coefficient.modelStandardError, sourceLocation: sourceLocation)
    // In standard errors, whatever the unit of the covariate.
    expectClose(
      (estimate - estimates[position]) / errors[position], 0, within: tolerance,
      "estimate of \(coefficient.name)", sourceLocation: sourceLocation)
    expectClose(
      error / errors[position], 1, within: max(tolerance, 1e-10),
      "error of \(coefficient.name)", sourceLocation: sourceLocation)
  }
  expectClose(
    fit.logLikelihood, logLikelihood, within: 1e-13, "log likelihood",
    sourceLocation: sourceLocation)
  expectClose(
    fit.nullLogLikelihood, null, within: 1e-13, "null", sourceLocation: sourceLocation)
}

/// A fit, or `nil` if it was refused because it did not converge, which is an answer as well.
func fitOrRefusal(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> CoxRegression
) throws -> CoxRegression? {
  do {
    return try body()
  } catch let error as SurvivalError {
    #expect(error.code == .notConverged, "\(error)", sourceLocation: sourceLocation)
    return nil
  }
}
