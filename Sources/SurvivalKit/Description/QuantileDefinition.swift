// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// What a quantile of a sample is: the nine definitions in use, numbered as in R.
///
///     Q(p) = (1 − γ) x₍ⱼ₎ + γ x₍ⱼ₊₁₎,   j = ⌊n p + m⌋,   g = n p + m − j
///
/// Hyndman & Fan (1996), *Sample quantiles in statistical packages*, The American Statistician 50,
/// 361–365, doi:10.2307/2684934. The median is the same under all but 1, 3 and 4.
public enum QuantileDefinition: Int, Hashable, Sendable, Codable, CaseIterable {
  /// The smallest value that at least a share *p* does not exceed: m = 0, γ = 1 unless g = 0.
  case inverse = 1
  /// The same, averaged with the next value where the share is exactly *p*: the default of SAS.
  case averagedInverse = 2
  /// The value whose position is nearest to n p, even positions for ties: m = −½.
  case nearestEven = 3
  /// Linear interpolation of the empirical distribution: m = 0, γ = g.
  case interpolatedInverse = 4
  /// Knots half-way up the steps: m = ½, γ = g.
  case hazen = 5
  /// Positions p (n + 1): m = p, γ = g. The default of SPSS and Minitab.
  case weibull = 6
  /// Positions 1 + p (n − 1), so that 0 and 1 are the extremes: m = 1 − p, γ = g. R's default, and ours.
  case linear = 7
  /// Approximately unbiased for the median, whatever the distribution: m = (p + 1)/3, γ = g.
  case medianUnbiased = 8
  /// Approximately unbiased for normal samples: m = p/4 + 3/8, γ = g.
  case normalUnbiased = 9

  /// The quantile of ascending values, of which there is at least one.
  ///
  /// A position within 4ε of a whole number counts as whole, so that 0.1 · 10 is 1.
  func quantile(_ probability: Double, of sorted: [Double]) -> Double {
    let count = Double(sorted.count)
    let p = probability
    let offset: Double =
      switch self {
      case .inverse, .averagedInverse, .interpolatedInverse: 0
      case .nearestEven: -0.5
      case .hazen: 0.5
      case .weibull: p
      case .linear: 1 - p
      case .medianUnbiased: (p + 1) / 3
      case .normalUnbiased: p / 4 + 0.375
      }
    // Written so that the extremes of type 7 are whole: n p + 1 − p rounds.
    let position = self == .linear ? 1 + (count - 1) * p : count * p + offset
    let fuzz = 4 * Double.ulpOfOne
    let whole = (position + fuzz).rounded(.down)
    let excess = position - whole
    let isWhole = excess.magnitude < fuzz
    let share: Double =
      switch self {
      case .inverse: isWhole ? 0 : 1
      case .averagedInverse: isWhole ? 0.5 : 1
      case .nearestEven: isWhole && Int(whole).isMultiple(of: 2) ? 0 : 1
      default: isWhole ? 0 : excess
      }
    func value(_ place: Int) -> Double { sorted[Swift.min(Swift.max(place, 1), sorted.count) - 1] }
    let (lower, upper) = (value(Int(whole)), value(Int(whole) + 1))
    if share == 0 || lower == upper { return lower }
    if share == 1 { return upper }
    return (1 - share) * lower + share * upper
  }
}

/// A sample of numbers in ascending order, of which quantiles and moments are asked.
public struct OrderedSample: Hashable, Sendable {
  /// The values, ascending.
  public let values: [Double]

  /// Sorts a sample.
  /// - Parameter values: The values, in any order.
  /// - Throws: ``SurvivalError`` with code `noRows` for an empty sample, or `invalidData` that lists
  ///   every value that is not a finite number.
  /// - Complexity: O(*n*).
  public init(_ values: [Double]) throws(SurvivalError) {
    guard !values.isEmpty else {
      throw SurvivalError(.noRows, "an empty sample has no quantiles; there must be a value")
    }
    try Self.checkFinite(values, "values")
    self.values = SortedOrder.sorted(values)
  }

  /// The value below which a share of the sample lies.
  /// - Parameters:
  ///   - probability: The share, from 0 to 1; 0.5 is the median.
  ///   - definition: Which of the nine definitions; R's default when not given.
  /// - Returns: The quantile.
  /// - Throws: ``SurvivalError`` with code `invalidArgument` for a share outside 0 … 1.
  /// - Complexity: O(1).
  public func quantile(
    _ probability: Double, _ definition: QuantileDefinition = .linear
  ) throws(SurvivalError) -> Double {
    guard probability >= 0, probability <= 1 else {
      throw SurvivalError(
        .invalidArgument, "a quantile is asked for a share from 0 to 1, not \(probability)")
    }
    return definition.quantile(probability, of: values)
  }

  /// The sum of the values divided by their number.
  public var mean: Double {
    // Divided before they are summed, so that a sum of large values does not overflow; then once more,
    // for what the first sum lost.
    let count = Double(values.count)
    let estimate = values.reduce(0) { $0 + $1 / count }
    return estimate + values.reduce(0) { $0 + ($1 / count - estimate / count) }
  }

  /// The standard deviation with divisor *n* − 1; `nil` for a single value, or when it exceeds the
  /// range of a `Double`.
  public var standardDeviation: Double? {
    guard values.count > 1 else { return nil }
    let mean = mean
    let scale = values.reduce(0) { Swift.max($0, ($1 - mean).magnitude) }
    guard scale > 0 else { return 0 }
    let squares = values.reduce(0) { $0 + ($1 - mean) / scale * (($1 - mean) / scale) }
    let result = scale * (squares / Double(values.count - 1)).squareRoot()
    return result.isFinite ? result : nil
  }

  /// Refuses values that are not finite numbers.
  static func checkFinite(_ values: [Double], _ column: String) throws(SurvivalError) {
    let problems = values.indices.filter { !values[$0].isFinite }.map {
      SurvivalError.RowProblem(
        index: $0, column: column, found: "\(values[$0])", allowed: "a finite number")
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(problems.count) value(s) of \(column) are not finite numbers",
        problems: problems)
    }
  }
}
