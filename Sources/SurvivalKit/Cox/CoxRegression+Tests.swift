// SPDX-License-Identifier: Apache-2.0

extension CoxRegression {
  /// Tests whether several coefficients are all 0.
  /// - Parameter names: The names of the coefficients. Aliased ones are left out.
  /// - Returns: The Wald test.
  /// - Throws: ``SurvivalError`` as ``CoxEstimates/jointWaldTest(of:)``.
  public func jointWaldTest(of names: [String]) throws(SurvivalError) -> ChiSquaredTest {
    try estimates.jointWaldTest(of: names)
  }

  /// A sum of multiples of coefficients.
  /// - Parameter factors: The factor of each coefficient that takes part, by name.
  /// - Returns: The estimate of the sum with its standard error.
  /// - Throws: ``SurvivalError`` as ``CoxEstimates/contrast(_:)``.
  public func contrast(_ factors: [String: Double]) throws(SurvivalError) -> LinearContrast {
    try estimates.contrast(factors)
  }

  /// Tests whether this model fits better than a smaller one that is a special case of it.
  ///
  ///     2 (ℓ − ℓ of the smaller model) on the difference of their degrees of freedom
  ///
  /// Both must be fits to the same follow-up, weights and strata with the same rule for ties. That the
  /// smaller is a special case of the larger is the caller's care, since columns may be coded in many
  /// ways; a smaller model that fits better is refused, because it cannot be one. R's `anova`
  /// compares whatever it is given.
  /// - Parameter smaller: The fit of the smaller model.
  /// - Returns: The likelihood-ratio test.
  /// - Throws: ``SurvivalError`` with code `invalidArgument` when the fits cannot be compared: other
  ///   rows, events, weights or strata, another rule for ties, no more coefficients, a penalty,
  ///   or a robust variance, with which a likelihood-ratio test has no meaning.
  /// - Complexity: O(*n*).
  public func comparison(
    with smaller: CoxRegression
  ) throws(SurvivalError) -> ChiSquaredTest {
    let (one, other) = (likelihood.data, smaller.likelihood.data)
    let (large, small) = (estimates, smaller.estimates)
    func differ(_ what: String) -> SurvivalError {
      SurvivalError(.invalidArgument, "the models cannot be compared: \(what)")
    }
    guard large.rowCount == small.rowCount, one.count == other.count else {
      throw differ(
        "they were fitted to \(large.rowCount) and \(small.rowCount) rows; leave out the same rows, "
          + "those with a missing value in either model, from both")
    }
    guard large.eventCount == small.eventCount else {
      throw differ("they have \(large.eventCount) and \(small.eventCount) events")
    }
    guard one.times == other.times, one.entries == other.entries, one.events == other.events,
      one.weights == other.weights
    else { throw differ("their rows hold other follow-up or weights, or come in another order") }
    guard strata?.codes ?? [] == smaller.strata?.codes ?? [] else {
      throw differ("their strata differ")
    }
    guard large.ties == small.ties else {
      throw differ(
        "their rules for large.ties are \(large.ties.rawValue) and \(small.ties.rawValue)")
    }
    guard large.penalty == .none, small.penalty == .none else {
      throw differ(
        "Firth's penalty depends on the coefficients a model has; use "
          + "jointLikelihoodRatioTest(of:) of the larger model")
    }
    guard !large.isRobust, !small.isRobust else {
      throw differ(
        "a likelihood ratio takes rows as independent and counting once, which a robust variance "
          + "denies; use a Wald test of the additional coefficients")
    }
    guard large.degreesOfFreedom > small.degreesOfFreedom else {
      throw differ(
        "the smaller model has \(small.degreesOfFreedom) coefficients, the larger "
          + "\(large.degreesOfFreedom)")
    }
    let gain = large.logLikelihood - small.logLikelihood
    guard gain >= -1e-9 * Swift.max(1, abs(large.logLikelihood)) else {
      throw differ(
        "the smaller model fits better, so it is not a special case of the larger one")
    }
    return ChiSquaredTest(
      2 * gain, degreesOfFreedom: large.degreesOfFreedom - small.degreesOfFreedom)
  }
}
