// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// Whose effect weighted groups show.
public enum PropensityTarget: String, Hashable, Sendable, Codable, CaseIterable {
  /// The whole population: 1/e for the exposed, 1/(1 − e) for the others. Robins, Hernán & Brumback
  /// (2000), doi:10.1097/00001648-200009000-00011.
  case everyone
  /// Those who were exposed: 1, and e/(1 − e) for the others.
  case exposed
  /// Those who were not: (1 − e)/e for the exposed, and 1.
  case unexposed
  /// Those who might have been either: 1 − e for the exposed, e for the others. Covariates of the model
  /// are balanced exactly, and no weight exceeds 1. Li, Morgan & Zaslavsky (2018),
  /// doi:10.1080/01621459.2016.1260466.
  case overlap
}

/// A fitted propensity model: the probability of exposure of each record, and the weights from it.
public struct PropensityFit<Record>: Sendable {
  /// The logistic regression.
  public let regression: LogisticRegression
  /// The positions of the records that were used, counted from 0.
  public let rows: [Int]
  /// Whether each record that was used is exposed.
  public let isExposed: [Bool]
  /// The rows that were left out.
  public let exclusions: Exclusions
  let codings: [CovariateCoding<Record>]
  let exposure: @Sendable (Record) -> Bool?
  /// What the balance of each term is computed from.
  let terms: [BalanceTerm]

  /// The propensity scores of the records that were used.
  public var scores: [Double] { regression.probabilities }

  /// The probability that a record is exposed.
  /// - Parameter record: A record, of the fit or new.
  /// - Returns: The propensity score.
  /// - Throws: ``SurvivalError`` with code `unknownLevel` for a level the fit has not seen, or
  ///   `invalidData` for a missing value.
  public func score(for record: Record) throws(SurvivalError) -> Double {
    var row = [Double]()
    for coding in codings { row += try coding.encoded(record) }
    return Self.score(row, regression)
  }

  private static func score(_ row: [Double], _ regression: LogisticRegression) -> Double {
    let predictor = zip([1] + row, regression.coefficients).reduce(0) {
      $0 + $1.0 * ($1.1.estimate ?? 0)
    }
    return 1 / (1 + Double.exp(-predictor))
  }

  /// Weights that make the groups alike in the covariates.
  ///
  /// Standard errors that take them for known probability weights are those of the usual robust
  /// variance. For the target `everyone` these are conservative; for the others they may err to either side, and a
  /// bootstrap that fits the propensity model anew is safer.
  /// - Parameters:
  ///   - target: Whose effect the weighted groups show.
  ///   - isStabilized: For the target `everyone`: whether weights are multiplied by the share of the
  ///     group, so that their mean is about 1. Estimates within groups do not change.
  ///   - truncation: The share of weights at either end that is cut back to the quantile there; 0 for
  ///     none. Less variance for more bias: Cole & Hernán (2008), doi:10.1093/aje/kwn164.
  /// - Returns: The weights, with the balance that they give.
  /// - Throws: ``SurvivalError``: `invalidArgument` for a truncation outside 0 … 0.5, `overflow` when
  ///   a score is so near to 0 or 1 that a weight is no number.
  public func weights(
    _ target: PropensityTarget, isStabilized: Bool = true, truncation: Double = 0
  ) throws(SurvivalError) -> PropensityWeights<Record> {
    guard truncation >= 0, truncation < 0.5 else {
      throw SurvivalError(
        .invalidArgument,
        "a truncation cuts back a share of weights from 0 to 0.5 at either end, not \(truncation)")
    }
    let share = Double(isExposed.count { $0 }) / Double(isExposed.count)
    let formula = WeightFormula(
      target: target, exposedFactor: isStabilized && target == .everyone ? share : 1,
      unexposedFactor: isStabilized && target == .everyone ? 1 - share : 1)
    let plain = zip(isExposed, scores).map { formula.weight(isExposed: $0, score: $1) }
    let problems = plain.indices.filter { !plain[$0].isFinite }.map {
      SurvivalError.RowProblem(
        index: rows[$0], column: "propensity score", found: "\(scores[$0])",
        allowed: "a probability away from 0 and 1")
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .overflow, "\(problems.count) record(s) have no weight: their exposure is certain",
        problems: problems)
    }
    let sorted = SortedOrder.sorted(plain)
    let limits =
      truncation == 0
      ? 0...Double.greatestFiniteMagnitude
      : QuantileDefinition.linear.quantile(
        truncation, of: sorted)...QuantileDefinition.linear
        .quantile(1 - truncation, of: sorted)
    let values = plain.map { Swift.min(Swift.max($0, limits.lowerBound), limits.upperBound) }
    var balance = [CovariateBalance]()
    for term in terms { balance.append(try term.balance(isExposed, values)) }
    return PropensityWeights(
      target: target, isStabilized: isStabilized && target == .everyone, truncation: truncation,
      values: values, rows: rows, truncatedCount: zip(plain, values).count { $0 != $1 },
      groups: [true, false].map { group in
        PropensityGroup(
          isExposed: group,
          scores: zip(isExposed, scores).filter { $0.0 == group }.map(\.1),
          weights: zip(isExposed, values).filter { $0.0 == group }.map(\.1))
      },
      balance: balance, exclusions: exclusions
    ) { [codings, exposure, regression] record in
      guard let isExposed = exposure(record) else { return nil }
      var row = [Double]()
      for coding in codings {
        guard let values = coding.values(record), values.allSatisfy(\.isFinite) else { return nil }
        row += values
      }
      let weight = formula.weight(
        isExposed: isExposed, score: Self.score(row, regression))
      return Swift.min(Swift.max(weight, limits.lowerBound), limits.upperBound)
    }
  }
}

/// How a weight follows from exposure and score.
struct WeightFormula: Sendable {
  let target: PropensityTarget
  let exposedFactor: Double
  let unexposedFactor: Double

  func weight(isExposed: Bool, score: Double) -> Double {
    let other = 1 - score
    return switch target {
    case .everyone: isExposed ? exposedFactor / score : unexposedFactor / other
    case .exposed: isExposed ? 1 : score / other
    case .unexposed: isExposed ? other / score : 1
    case .overlap: isExposed ? other : score
    }
  }
}
