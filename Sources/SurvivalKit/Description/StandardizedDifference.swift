// SPDX-License-Identifier: Apache-2.0

internal import SurvivalLinearAlgebra

/// How far two groups are apart in a variable, in units of its standard deviation.
///
///     d = (x̄₁ − x̄₂) / √((s₁² + s₂²)/2)                      a number
///     d = (p₁ − p₂) / √((p₁(1 − p₁) + p₂(1 − p₂))/2)        a yes or no
///     d = √((p₁ − p₂)ᵀ S⁻¹ (p₁ − p₂))                       several levels
///
/// where S is the mean of the two covariance matrices of the indicators of all levels but one; which
/// one does not matter. Unlike a p-value it does not grow with the number of subjects: a difference
/// above 0.1 is commonly looked into. With weights, means are weighted and
///
///     s² = Σw / ((Σw)² − Σw²) · Σ w (x − x̄)²
///
/// Austin (2009), doi:10.1002/sim.3697; Austin & Stuart (2015), doi:10.1002/sim.6607, for weights; Yang &
/// Dalton (2012), *A unified approach to measuring the effect size between two groups using SAS*, SAS
/// Global Forum, paper 335, for several levels.
public enum StandardizedDifference {
  /// The standardized difference of a number.
  /// - Parameters:
  ///   - first: The values of the first group.
  ///   - second: The values of the second group.
  ///   - firstWeights: Their weights; 1 when `nil`.
  ///   - secondWeights: Their weights; 1 when `nil`.
  /// - Returns: The difference, first less second; `nil` when a group has fewer than two values of
  ///   weight above 0, or when the means differ though neither group varies. 0 when nothing differs.
  /// - Throws: ``SurvivalError`` for values or weights that are not finite, negative weights, or as
  ///   many weights as there are not values.
  /// - Complexity: O(*n*).
  public static func numeric(
    _ first: [Double], _ second: [Double], firstWeights: [Double]? = nil,
    secondWeights: [Double]? = nil
  ) throws(SurvivalError) -> Double? {
    let one = try Moments(first, firstWeights)
    let other = try Moments(second, secondWeights)
    guard let one, let other else { return nil }
    return quotient(one.mean - other.mean, (one.variance + other.variance) / 2)
  }

  /// The standardized difference of a yes or no.
  /// - Parameters:
  ///   - first: The share of yes in the first group, from 0 to 1; weighted if you like.
  ///   - second: The share of yes in the second group.
  /// - Returns: The difference, first less second; `nil` when one group is all yes and the other all
  ///   no. 0 when nothing differs.
  /// - Throws: ``SurvivalError`` with code `invalidArgument` for a share outside 0 … 1.
  public static func binary(_ first: Double, _ second: Double) throws(SurvivalError) -> Double? {
    for share in [first, second] where !(share >= 0 && share <= 1) {
      throw SurvivalError(.invalidArgument, "a share lies between 0 and 1, not at \(share)")
    }
    return quotient(first - second, (first * (1 - first) + second * (1 - second)) / 2)
  }

  /// The standardized difference of a variable with several levels, which has no sign.
  /// - Parameters:
  ///   - first: The count, or total weight, of each level in the first group.
  ///   - second: The same in the second group.
  /// - Returns: The difference; `nil` when a group is empty, or when the groups have no overlap in
  ///   some levels, so that the distance is infinite. 0 for a single level.
  /// - Throws: ``SurvivalError`` for counts that are negative or not finite, or for different numbers of levels.
  /// - Complexity: O(*k*³) for *k* levels.
  public static func category(
    _ first: [Double], _ second: [Double]
  ) throws(SurvivalError) -> Double? {
    guard first.count == second.count else {
      throw SurvivalError(
        .mismatchedLengths, "\(first.count) and \(second.count) levels are not the same levels")
    }
    for count in first + second where !(count >= 0 && count.isFinite) {
      throw SurvivalError(
        .invalidData, "a count of a level is a finite number, 0 or more, not \(count)")
    }
    let (m, n) = (first.reduce(0, +), second.reduce(0, +))
    guard m > 0, n > 0, m.isFinite, n.isFinite else { return nil }
    // Levels that nobody has are none; the last of the others is implied.
    let occupied = first.indices.filter { first[$0] + second[$0] > 0 }
    let used = occupied.dropLast()
    guard !used.isEmpty else { return 0 }
    let (p, q) = (used.map { first[$0] / m }, used.map { second[$0] / n })
    var covariance = Matrix(rows: used.count, columns: used.count)
    for i in used.indices {
      for j in used.indices {
        covariance[i, j] =
          i == j
          ? (p[i] * (1 - p[i]) + q[i] * (1 - q[i])) / 2 : -(p[i] * p[j] + q[i] * q[j]) / 2
      }
    }
    guard
      let form = OrderedElimination(covariance)?.quadraticFormOfInverse(
        zip(p, q).map { $0 - $1 }), form.rank == used.count
    else { return nil }
    return form.value.squareRoot()
  }

  /// A difference over the root of a variance.
  private static func quotient(_ difference: Double, _ variance: Double) -> Double? {
    if difference == 0 { return 0 }
    guard variance > 0 else { return nil }
    let result = difference / variance.squareRoot()
    return result.isFinite ? result : nil
  }

  /// The weighted mean and variance of a group.
  private struct Moments {
    let mean: Double
    let variance: Double

    /// `nil` for fewer than two values of weight above 0.
    init?(_ values: [Double], _ weights: [Double]?) throws(SurvivalError) {
      try OrderedSample.checkFinite(values, "values")
      if let weights {
        guard weights.count == values.count else {
          throw SurvivalError(
            .mismatchedLengths, "\(weights.count) weights cannot belong to \(values.count) values")
        }
        _ = try ProbabilityWeights(weights)
      }
      let weights = weights ?? [Double](repeating: 1, count: values.count)
      let largest = weights.max() ?? 0
      guard weights.count(where: { $0 > 0 }) >= 2 else { return nil }
      // Scaled, so that no weight overflows when it is squared.
      var (total, squares, sum) = (0.0, 0.0, 0.0)
      for weight in weights {
        total += weight / largest
        squares += weight / largest * (weight / largest)
      }
      for (value, weight) in zip(values, weights) { sum += weight / largest / total * value }
      var scatter = 0.0
      var excess = 0.0
      for (value, weight) in zip(values, weights) {
        excess += weight / largest / total * (value - sum)
      }
      mean = sum + excess
      for (value, weight) in zip(values, weights) {
        scatter += weight / largest * (value - mean) * (value - mean)
      }
      variance = total / (total * total - squares) * scatter
    }
  }
}
