// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// The chi-squared distribution, the sum of squares of independent standard normal variables.
///
///     Pr(X ≤ x) = P(k/2, x/2)   with k degrees of freedom
///
/// With zero degrees of freedom all probability is at zero, so a test that compares nothing has
/// statistic 0 and p-value 1. Degrees of freedom must not be negative or exceed 2 × 10⁹.
package enum ChiSquaredDistribution {
  /// The probability of a value of at least `statistic`: the p-value of a test.
  ///
  ///     Q(k/2, x/2);   erfc(√(x/2)) for k = 1;   exp(−x/2) for k = 2
  ///
  /// - Parameters:
  ///   - statistic: The point x; a negative value, as rounding may produce, counts as zero.
  ///   - degreesOfFreedom: The number k.
  /// - Returns: A value in [0, 1]; NaN if `statistic` is.
  /// - Complexity: O(1 + √k) near x = k.
  package static func upperTail(_ statistic: Double, degreesOfFreedom: Int) -> Double {
    precondition(degreesOfFreedom >= 0, "degrees of freedom are not negative")
    if statistic.isNaN { return statistic }
    guard statistic > 0 else { return 1 }
    switch degreesOfFreedom {
    case 0:
      return 0
    case 1:
      guard statistic.isFinite else { return 0 }
      // z + correction is √x to twice the digits: z² differs from x by a rounding error.
      let z = statistic.squareRoot()
      let correction = statistic.addingProduct(-z, z) / (2 * z)
      return min(2 * NormalDistribution.upperTail(z, correction: correction), 1)
    case 2:
      return Double.exp(-statistic / 2)
    default:
      return IncompleteGamma.upper(shape: Double(degreesOfFreedom) / 2, statistic / 2)
    }
  }

  /// The probability of a value at or below `statistic`.
  ///
  ///     P(k/2, x/2);   erf(√(x/2)) for k = 1;   1 − exp(−x/2) for k = 2
  ///
  /// - Parameters:
  ///   - statistic: The point x; negative values count as zero.
  ///   - degreesOfFreedom: The number k.
  /// - Returns: A value in [0, 1], the complement of the upper tail; NaN if `statistic` is.
  /// - Complexity: O(1 + √k) near x = k.
  package static func cumulativeProbability(_ statistic: Double, degreesOfFreedom: Int) -> Double {
    precondition(degreesOfFreedom >= 0, "degrees of freedom are not negative")
    if statistic.isNaN { return statistic }
    guard statistic > 0 else { return 0 }
    switch degreesOfFreedom {
    case 0: return 1
    case 1: return Double.erf((statistic / 2).squareRoot())
    case 2: return -Double.expMinusOne(-statistic / 2)
    default: return IncompleteGamma.lower(shape: Double(degreesOfFreedom) / 2, statistic / 2)
    }
  }

  /// The value at or below which a share `probability` of the distribution lies.
  ///
  ///     x with P(k/2, x/2) = p
  ///
  /// Newton's method for the logarithm of the smaller tail as a function of ln x. Both logarithms
  /// are concave there, so after one step the iterates approach the root from one side and need no
  /// bracket. The start is the larger of the Wilson–Hilferty approximation and the lower bound that
  /// P(a, y) ≤ yᵃ / Γ(a + 1) gives.
  /// - Parameters:
  ///   - probability: The share p.
  ///   - degreesOfFreedom: The number k.
  /// - Returns: 0 at 0, +∞ at 1, and NaN outside [0, 1] only.
  /// - Complexity: O(1 + √k) for each of usually three to eight steps.
  ///
  /// Source of the start: E. B. Wilson, M. M. Hilferty, *The distribution of chi-square*,
  /// Proceedings of the National Academy of Sciences 17 (1931) 684–688, doi:10.1073/pnas.17.12.684.
  package static func quantile(_ probability: Double, degreesOfFreedom: Int) -> Double {
    precondition(degreesOfFreedom >= 0, "degrees of freedom are not negative")
    guard probability >= 0, probability <= 1 else { return .nan }
    if probability == 0 || degreesOfFreedom == 0 { return 0 }
    if probability == 1 { return .infinity }
    if degreesOfFreedom == 2 { return -2 * Double.log(onePlus: -probability) }

    let shape = Double(degreesOfFreedom) / 2
    let usesLowerTail = probability <= 0.5
    let target = usesLowerTail ? probability : 1 - probability
    var x = quantileStart(probability, degreesOfFreedom: degreesOfFreedom)
    for _ in 0..<100 where x > 0 {
      // d ln P / d ln x = a · leading term / P, and the same with the other sign for Q.
      let slope = shape * IncompleteGamma.leadingTerm(shape: shape, x / 2)
      let tail =
        usesLowerTail
        ? cumulativeProbability(x, degreesOfFreedom: degreesOfFreedom)
        : upperTail(x, degreesOfFreedom: degreesOfFreedom)
      // ln(tail/target), which near the root is the small difference without a logarithm's rounding.
      let excess = Double.log(onePlus: (tail - target) / target)
      let step = excess * tail / slope * (usesLowerTail ? -1 : 1)
      guard step.isFinite else { break }
      x *= Double.exp(step)
      if step.magnitude < 1e-12 { break }
    }
    return x
  }

  /// A starting point within a few Newton steps of the quantile, or zero where that underflows.
  private static func quantileStart(_ probability: Double, degreesOfFreedom: Int) -> Double {
    let k = Double(degreesOfFreedom)
    let spread = 2 / (9 * k)
    let root = 1 - spread + NormalDistribution.quantile(probability) * spread.squareRoot()
    let wilsonHilferty = root > 0 ? k * root * root * root : 0
    let shape = k / 2
    let bound =
      2 * Double.exp((Double.log(probability) + Double.logGamma(shape + 1)) / shape)
    return max(wilsonHilferty, bound)
  }
}
