// SPDX-License-Identifier: Apache-2.0

extension CoxFit {
  /// Tests whether all coefficients of terms are 0, those of a factor jointly.
  /// - Parameter names: The names of terms as the model has them, or of single coefficients.
  /// - Returns: The Wald test.
  /// - Throws: ``SurvivalError`` as ``CoxEstimates/jointWaldTest(of:)``.
  public func jointWaldTest(of names: [String]) throws(SurvivalError) -> ChiSquaredTest {
    try estimates.jointWaldTest(of: columns(of: names))
  }

  /// A sum of multiples of coefficients, such as the difference of two levels of a factor.
  /// - Parameter factors: The factor of each coefficient that takes part, by name.
  /// - Returns: The estimate of the sum with its standard error.
  /// - Throws: ``SurvivalError`` as ``CoxEstimates/contrast(_:)``.
  public func contrast(_ factors: [String: Double]) throws(SurvivalError) -> LinearContrast {
    try estimates.contrast(factors)
  }

  /// Tests whether this model fits better than a smaller one that is a special case of it.
  /// - Parameter smaller: The fit of the smaller model to the same records.
  /// - Returns: The likelihood-ratio test.
  /// - Throws: ``SurvivalError`` as ``CoxRegression/comparison(with:)``, and when the two
  ///   fits left out different records.
  public func comparison(
    with smaller: CoxFit<Record>
  ) throws(SurvivalError) -> ChiSquaredTest {
    guard rows == smaller.rows else {
      throw SurvivalError(
        .invalidArgument,
        "the models cannot be compared: they left out different records (\(estimates.exclusions) "
          + "and \(smaller.estimates.exclusions)); leave out those with a missing value in either")
    }
    return try regression.comparison(with: smaller.regression)
  }

  /// The names of the coefficients of terms; a name that is no term's is passed on.
  func columns(of names: [String]) -> [String] {
    names.flatMap { name in codings.first { $0.name == name }?.names ?? [name] }
  }
}

extension CoxFit {
  /// A confidence interval for a coefficient by profile likelihood.
  /// - Parameters:
  ///   - name: The name of the coefficient.
  ///   - level: The level of confidence, between 0 and 1.
  /// - Returns: The interval, with a limit of `nil` where it is infinite.
  /// - Throws: ``SurvivalError`` as ``CoxRegression/profileInterval(of:level:)``.
  public func profileInterval(
    of name: String, level: Double = 0.95
  ) throws(SurvivalError) -> ProfileInterval {
    try regression.profileInterval(of: name, level: level)
  }

  /// Tests whether all coefficients of terms are 0 by the likelihood ratio.
  /// - Parameter names: The names of terms as the model has them, or of single coefficients.
  /// - Returns: The likelihood-ratio test.
  /// - Throws: ``SurvivalError`` as ``CoxRegression/jointLikelihoodRatioTest(of:)``.
  public func jointLikelihoodRatioTest(of names: [String]) throws(SurvivalError) -> ChiSquaredTest {
    try regression.jointLikelihoodRatioTest(of: columns(of: names))
  }
}

extension CoxFit {
  /// How the coefficients of the model's terms go with time; a factor is one term.
  /// - Parameters:
  ///   - transform: The scale of time.
  ///   - degreesOfFreedom: Those of the spline, 2 (a straight line) or more.
  ///   - level: The level of the pointwise limits.
  /// - Returns: One course for each term; its rows are positions among ``CoxFit/rows``.
  /// - Throws: ``SurvivalError`` as
  ///   ``CoxRegression/coefficientCourses(_:terms:degreesOfFreedom:points:level:)-(TimeTransform,_,_,_,_)``.
  public func coefficientCourses(
    _ transform: TimeTransform = .kaplanMeier, degreesOfFreedom: Int = 4, level: Double = 0.95
  ) throws(SurvivalError) -> [CoefficientCourse] {
    try regression.coefficientCourses(
      transform, terms: termColumns, degreesOfFreedom: degreesOfFreedom, level: level)
  }

  /// The terms with the positions of their columns in the design.
  var termColumns: [(name: String, columns: [Int])] {
    var next = 0
    return codings.map { coding in
      defer { next += coding.names.count }
      return (coding.name, Array(next..<(next + coding.names.count)))
    }
  }
}
