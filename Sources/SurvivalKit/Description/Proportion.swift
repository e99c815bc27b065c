// SPDX-License-Identifier: Apache-2.0

/// How an interval for a proportion is formed.
public enum ProportionInterval: String, Hashable, Sendable, Codable, CaseIterable {
  /// The proportions whose score test is not significant. Wilson (1927),
  /// doi:10.1080/01621459.1927.10502953.
  case wilson
  /// Wilson's interval with a correction of 1/(2n) for continuity: that of R's `prop.test`.
  case wilsonCorrected = "wilson-corrected"
  /// The proportions neither of whose exact tails is below (1 − level)/2. Clopper & Pearson (1934),
  /// doi:10.1093/biomet/26.4.404. Covers at least with its level, and usually more often: that of R's
  /// `binom.test`.
  case clopperPearson = "clopper-pearson"
}

/// A proportion: so many of so many.
public struct Proportion: Hashable, Sendable, Codable {
  /// The number that have the property.
  public let count: Int
  /// The number of all.
  public let total: Int

  /// The share that has the property.
  public var estimate: Double { Double(count) / Double(total) }

  /// Creates a proportion.
  /// - Parameters:
  ///   - count: The number that have the property.
  ///   - total: The number of all, 1 or more.
  /// - Throws: ``SurvivalError`` with code `noRows` for a total of 0, or `invalidData` for a count
  ///   outside 0 … `total`.
  public init(_ count: Int, of total: Int) throws(SurvivalError) {
    guard total != 0 else { throw SurvivalError(.noRows, "a proportion of none has no value") }
    guard count >= 0, count <= total, total <= 1 << 53 else {
      throw SurvivalError(
        .invalidData, "a proportion is a count between 0 and a total, not \(count) of \(total)")
    }
    self.count = count
    self.total = total
  }

  /// A confidence interval.
  ///
  ///     (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)   (Wilson)
  /// - Parameters:
  ///   - level: The level of confidence, between 0 and 1.
  ///   - interval: How it is formed.
  /// - Returns: The interval, within 0 … 1.
  public func interval(
    level: Double = 0.95, _ interval: ProportionInterval = .wilson
  ) -> ConfidenceInterval {
    let z = ConfidenceInterval.normalQuantile(level: level)
    let limits: (lower: Double, upper: Double) =
      switch interval {
      case .wilson: (wilsonLower(count, z, 0), 1 - wilsonLower(total - count, z, 0))
      case .wilsonCorrected: (wilsonLower(count, z, 0.5), 1 - wilsonLower(total - count, z, 0.5))
      case .clopperPearson: exactLimits(level)
      }
    return ConfidenceInterval(lower: limits.lower, upper: limits.upper, level: level)
  }

  /// Wilson's lower limit for a count; the upper one is that of the others.
  ///
  /// The smaller root of the quadratic, from its product with the larger: no digits cancel.
  private func wilsonLower(_ count: Int, _ z: Double, _ correction: Double) -> Double {
    guard count > 0 else { return 0 }
    let n = Double(total)
    let x = Double(count) - correction
    let p = x / n
    let root = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    let larger = p + z * z / (2 * n) + root
    return p * p / larger
  }

  private func exactLimits(_ level: Double) -> (lower: Double, upper: Double) {
    let tail = (1 - level) / 2
    let (x, n) = (Double(count), Double(total))
    let lower = count == 0 ? 0 : BetaDistribution.quantile(tail, a: x, b: n - x + 1)
    // The lower limit of the others, so that a small tail is not taken from 1.
    let upper = count == total ? 1 : 1 - BetaDistribution.quantile(tail, a: n - x, b: x + 1)
    return (lower, upper)
  }

  /// The difference of two proportions of independent groups, with Newcombe's hybrid score interval.
  ///
  ///     d − √((p₁ − l₁)² + (u₂ − p₂)²) … d + √((u₁ − p₁)² + (p₂ − l₂)²)
  ///
  /// with Wilson's limits l, u of each. Newcombe (1998), methods 10 and 11,
  /// doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I. (R's `prop.test` gives
  /// Wald's interval, which is too short for small groups.)
  /// - Parameters:
  ///   - other: The proportion that is taken away.
  ///   - level: The level of confidence, between 0 and 1.
  ///   - correctsForContinuity: Whether Wilson's limits are those with correction.
  /// - Returns: The difference and its interval.
  public func difference(
    from other: Proportion, level: Double = 0.95, correctsForContinuity: Bool = false
  ) -> (estimate: Double, interval: ConfidenceInterval) {
    let kind = correctsForContinuity ? ProportionInterval.wilsonCorrected : .wilson
    let (mine, theirs) = (interval(level: level, kind), other.interval(level: level, kind))
    let (p, q) = (estimate, other.estimate)
    func distance(_ one: Double, _ two: Double) -> Double {
      (one * one + two * two).squareRoot()
    }
    return (
      p - q,
      ConfidenceInterval(
        lower: p - q - distance(p - mine.lower, theirs.upper - q),
        upper: p - q + distance(mine.upper - p, q - theirs.lower), level: level)
    )
  }
}

extension Proportion {
  private enum CodingKeys: String, CodingKey { case count, total }

  /// Decodes a proportion and checks it: a value that exists is valid.
  /// - Parameter decoder: The decoder to read from.
  /// - Throws: A decoding error, or ``SurvivalError`` for counts that cannot be.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      container.decode(Int.self, forKey: .count), of: container.decode(Int.self, forKey: .total))
  }
}
