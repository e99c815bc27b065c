// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

extension CoxEstimates {
  /// Akaike's information criterion, −2ℓ + 2 · ``degreesOfFreedom``: the smaller the better.
  ///
  /// Compares models of the same rows. It has no meaning with probability weights.
  public var akaikeInformationCriterion: Double {
    -2 * logLikelihood + 2 * Double(degreesOfFreedom)
  }

  /// The Bayesian information criterion, −2ℓ + log(events) · ``degreesOfFreedom``.
  ///
  /// The number of events stands for that of observations, as in R's `BIC` of a `coxph`: Volinsky &
  /// Raftery (2000), doi:10.1111/j.0006-341X.2000.00256.x. With frequency weights it is the total
  /// weight of the events, as if every row were there as often as it counts; R counts rows.
  public var bayesianInformationCriterion: Double {
    let events = weightKind == .frequency ? eventWeight : Double(eventCount)
    return -2 * logLikelihood + Double.log(events) * Double(degreesOfFreedom)
  }

  /// Tests whether several coefficients are all 0.
  ///
  ///     β̂ᵀ V⁻¹ β̂   over the chosen coefficients and their part of the covariance
  /// - Parameter names: The names of the coefficients. Aliased ones are left out.
  /// - Returns: The Wald test, whose degrees of freedom are the rank of that part of the covariance.
  /// - Throws: ``SurvivalError`` with code `invalidArgument` for a name that is not in the fit, or
  ///   `notEstimable` when all are aliased or one is infinite.
  public func jointWaldTest(of names: [String]) throws(SurvivalError) -> ChiSquaredTest {
    for name in names where self[coefficient: name] == nil { throw unknown(name) }
    let free = names.filter { self[coefficient: $0]?.isAliased == false }
    guard !free.isEmpty || names.isEmpty else {
      throw SurvivalError(
        .notEstimable, "\(names.joined(separator: ", ")) have no coefficients of their own to test")
    }
    return try jointWaldTest(ofContrasts: free.map { [$0: 1] })
  }

  /// Tests whether several sums of multiples of coefficients are all 0.
  ///
  ///     (Cβ̂)ᵀ (C V Cᵀ)⁻¹ Cβ̂
  /// - Parameter contrasts: Each sum, as the factors of the coefficients that take part, by name.
  /// - Returns: The Wald test, whose degrees of freedom are the rank of C V Cᵀ.
  /// - Throws: ``SurvivalError`` as ``contrast(_:)``, or with code `invalidArgument` for no sum at all.
  /// - Complexity: O(*k* *p*² + *k*³) for *k* sums of *p* coefficients.
  public func jointWaldTest(
    ofContrasts contrasts: [[String: Double]]
  ) throws(SurvivalError) -> ChiSquaredTest {
    guard !contrasts.isEmpty else {
      throw SurvivalError(.invalidArgument, "a Wald test needs at least one coefficient")
    }
    var vectors = [[Double]]()
    for factors in contrasts { vectors.append(try vector(of: factors)) }
    let products = vectors.map(multiplied)
    var matrix = Matrix(rows: vectors.count, columns: vectors.count)
    for i in vectors.indices {
      for j in 0...i {
        let value = zip(vectors[i], products[j]).reduce(0) { $0 + $1.0 * $1.1 }
        matrix[i, j] = value
        matrix[j, i] = value
      }
    }
    guard let form = OrderedElimination(matrix)?.quadraticFormOfInverse(vectors.map(value)) else {
      throw SurvivalError(.overflow, "the factors of the contrasts leave the range of numbers")
    }
    return ChiSquaredTest(form.value, degreesOfFreedom: form.rank)
  }

  /// A sum of multiples of coefficients, such as the difference of two levels of a factor.
  ///
  /// ```swift
  /// try fit.contrast(["dose[high]": 1, "dose[low]": -1]).hazardRatioInterval()
  /// ```
  /// - Parameter factors: The factor of each coefficient that takes part, by name.
  /// - Returns: The estimate of the sum with its standard error.
  /// - Throws: ``SurvivalError`` with code `invalidArgument` for a name that is not in the fit, a
  ///   factor that is not finite or factors that are all 0; `notEstimable` when a coefficient that
  ///   takes part is aliased or infinite.
  /// - Complexity: O(*p*²).
  public func contrast(_ factors: [String: Double]) throws(SurvivalError) -> LinearContrast {
    let vector = try vector(of: factors)
    let variance = zip(vector, multiplied(vector)).reduce(0) { $0 + $1.0 * $1.1 }
    let estimate = value(vector)
    guard estimate.isFinite, variance.isFinite else {
      throw SurvivalError(.overflow, "the factors of the contrast leave the range of numbers")
    }
    return LinearContrast(
      factors: factors, estimate: estimate, standardError: Swift.max(0, variance).squareRoot())
  }

  /// Factors by name as a vector over the coefficients that are not aliased.
  private func vector(of factors: [String: Double]) throws(SurvivalError) -> [Double] {
    for name in factors.keys.sorted() where self[coefficient: name] == nil { throw unknown(name) }
    var vector = [Double]()
    for coefficient in coefficients {
      let factor = factors[coefficient.name] ?? 0
      guard factor.isFinite else {
        throw SurvivalError(
          .invalidArgument, "the factor of \(coefficient.name) is \(factor); give a finite number")
      }
      if factor != 0, coefficient.isAliased || coefficient.isInfinite {
        throw SurvivalError(
          .notEstimable,
          coefficient.isAliased
            ? "\(coefficient.name) is aliased and has no coefficient of its own"
            : "the coefficient of \(coefficient.name) is infinite, so Wald tests and intervals "
              + "do not hold; compare likelihoods instead")
      }
      if !coefficient.isAliased { vector.append(factor) }
    }
    guard vector.contains(where: { $0 != 0 }) else {
      throw SurvivalError(.invalidArgument, "all factors of a contrast are 0")
    }
    return vector
  }

  private func value(_ vector: [Double]) -> Double {
    zip(vector, coefficients.compactMap(\.estimate)).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func multiplied(_ vector: [Double]) -> [Double] {
    covariance.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  func unknown(_ name: String) -> SurvivalError {
    SurvivalError(
      .invalidArgument,
      "the fit has no coefficient \(name); it has "
        + coefficients.prefix(20).map(\.name).joined(separator: ", "))
  }
}
