// SPDX-License-Identifier: Apache-2.0

/// How many identical subjects each row stands for.
///
/// A row with count 3 is three rows: every estimate, standard error and test is what the replicated
/// rows would give, under every rule for ties. (R's `weights` argument is something else: see
/// ``ProbabilityWeights``.) A count of 0 leaves the row out.
public struct FrequencyWeights: Hashable, Sendable, Codable {
  /// The counts as numbers, one for each row.
  public let values: [Double]

  /// Creates frequency weights.
  /// - Parameter counts: How many subjects each row stands for; 0 or more.
  /// - Throws: ``SurvivalError`` with code `invalidData` that lists every negative count.
  public init(_ counts: [Int]) throws(SurvivalError) {
    let allowed = "a whole number, 0 or more"
    let problems = counts.indices.filter { counts[$0] < 0 || counts[$0] > 1 << 53 }.map {
      SurvivalError.RowProblem(
        index: $0, column: "weights", found: "\(counts[$0])", allowed: allowed)
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(problems.count) frequency weight(s) cannot be", problems: problems)
    }
    values = counts.map(Double.init)
  }
}

extension FrequencyWeights {
  private enum CodingKeys: String, CodingKey { case values }

  /// Decodes counts and checks them: a value that exists is valid.
  /// - Parameter decoder: The decoder to read from.
  /// - Throws: A decoding error, also for a count that is not whole, or ``SurvivalError``.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(container.decode([Int].self, forKey: .values))
  }
}

/// How much of a population, or of a pseudo-population, each row represents.
///
/// Sampling weights, inverse-probability weights and the like. Estimates weight the rows; standard
/// errors are robust, by row or by cluster, since the weights do not say how much information there
/// is. The tie rules follow R: a tied death counts as one death of its weight.
public struct ProbabilityWeights: Hashable, Sendable, Codable {
  /// The weights, one for each row.
  public let values: [Double]

  /// Creates probability weights.
  /// - Parameter values: The weights; finite, 0 or more. 0 leaves the row out.
  /// - Throws: ``SurvivalError`` with code `invalidData` that lists every bad weight.
  public init(_ values: [Double]) throws(SurvivalError) {
    let problems = values.indices.filter { !(values[$0] >= 0 && values[$0].isFinite) }.map {
      SurvivalError.RowProblem(
        index: $0, column: "weights", found: "\(values[$0])",
        allowed: "a finite number, 0 or more")
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(problems.count) probability weight(s) cannot be", problems: problems)
    }
    self.values = values
  }
}

extension ProbabilityWeights {
  private enum CodingKeys: String, CodingKey { case values }

  /// Decodes weights and checks them: a value that exists is valid.
  /// - Parameter decoder: The decoder to read from.
  /// - Throws: A decoding error, or ``SurvivalError`` that lists every bad weight.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(container.decode([Double].self, forKey: .values))
  }
}

/// The weights of the rows, with the meaning they have.
public enum Weights: Hashable, Sendable, Codable {
  /// Each row stands for a number of identical subjects.
  case frequency(FrequencyWeights)
  /// Each row represents a part of a population.
  case probability(ProbabilityWeights)

  /// The weights as numbers, one for each row.
  public var values: [Double] {
    switch self {
    case .frequency(let weights): weights.values
    case .probability(let weights): weights.values
    }
  }

  /// Which of the two kinds these weights are.
  public var kind: WeightKind {
    switch self {
    case .frequency: .frequency
    case .probability: .probability
    }
  }
}

/// What the weights of an analysis mean, as stated in its result.
public enum WeightKind: String, Hashable, Sendable, Codable {
  /// Every row counts once.
  case none
  /// A row stands for a number of identical subjects.
  case frequency
  /// A row represents a part of a population.
  case probability
}
