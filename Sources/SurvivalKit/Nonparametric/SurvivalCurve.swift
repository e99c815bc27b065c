// SPDX-License-Identifier: Apache-2.0

/// An estimated survival curve: a step function with the counts and variances it came from.
///
/// The columns have one element for each distinct time at which somebody's observation ended. The
/// curve is right-continuous: at the time of an event it has already dropped.
public struct SurvivalCurve: Hashable, Sendable, Codable {
  /// The group that the curve describes; `all` when rows were not grouped.
  public let group: String
  /// How the curve was estimated.
  public let estimator: CurveEstimator
  /// Which variance it has; never `automatic`.
  public let variance: CurveVariance
  /// What the weights of the rows mean.
  public let weightKind: WeightKind
  /// Whether censoring plays the event: the distribution of follow-up.
  public let isReversed: Bool
  /// The time at which the curve is 1: 0, or the time on which it is conditional.
  public let startTime: Double
  /// The number of rows in the group, weights not counted.
  public let rowCount: Int
  /// The number of subjects in the group.
  public let subjectCount: Int

  /// The distinct times at which observation ended, ascending.
  public let times: [Double]
  /// The weight at risk just before each time.
  public let atRisk: [Double]
  /// The weight of the events at each time.
  public let events: [Double]
  /// The weight censored at each time.
  public let censored: [Double]
  /// The weight that entered late, at or after the time before and before this one.
  public let entered: [Double]
  /// The probability of surviving past each time.
  public let survival: [Double]
  /// The cumulative hazard up to and including each time.
  public let cumulativeHazard: [Double]
  /// The variance of the cumulative hazard.
  public let hazardVariance: [Double]
  /// The variance of log Ŝ, without the infinite term of a time at which all at risk die: where the
  /// survival probability is 0 it has no standard error.
  let logVariance: [Double]
  /// The distinct times at which rows entered late, ascending, and the weight that did.
  let lateEntries: [LateEntry]
  /// What a robust variance needs beyond the curve; `nil` for other variances.
  let influence: CurveInfluence?

  /// Weight that came under observation at a time.
  struct LateEntry: Hashable, Sendable, Codable {
    let time: Double
    let weight: Double
  }

  /// The total weight of the events.
  public var eventCount: Double { events.reduce(0, +) }

  /// The last time at which somebody was observed; `nil` for a curve without rows.
  public var lastTime: Double? { times.last }

  /// The position of the last time at or before `time`; `nil` before the first.
  func position(at time: Double) -> Int? { times.lastPosition(atOrBefore: time) }

  /// Whether the data say what the curve is at a time.
  func isKnown(at time: Double) -> Bool {
    guard let last = times.last, let end = survival.last else { return false }
    return !time.isNaN && time >= startTime && (time <= last || end == 0)
  }

  /// The probability of surviving past `time`.
  ///
  ///     Ŝ(t) = ∏ (1 − dᵢ / nᵢ)   over event times tᵢ ≤ t   (Kaplan–Meier)
  ///
  /// Equals R's `summary(fit, times:)`, which leaves a time beyond follow-up out.
  /// - Parameter time: A time, in the unit of the data.
  /// - Returns: The probability; `nil` before the start of the curve, and after the last observed
  ///   time unless the curve has reached 0: the data do not say.
  /// - Complexity: O(log *m*), where *m* is the number of distinct times.
  public func probability(at time: Double) -> Double? {
    guard isKnown(at: time) else { return nil }
    return position(at: time).map { survival[$0] } ?? 1
  }

  /// The cumulative hazard up to and including `time`.
  /// - Parameter time: A time, in the unit of the data.
  /// - Returns: The hazard; `nil` where the data do not say.
  /// - Complexity: O(log *m*).
  public func cumulativeHazard(at time: Double) -> Double? {
    guard isKnown(at: time) else { return nil }
    return position(at: time).map { cumulativeHazard[$0] } ?? 0
  }

  /// The standard error of the survival probability at each time; `nil` where the curve is 0, unless
  /// the variance is robust.
  public var standardErrors: [Double?] { times.indices.map(standardError(position:)) }

  /// The standard error of the survival probability at a time.
  /// - Parameter time: A time, in the unit of the data.
  /// - Returns: The standard error; `nil` where the data do not say or the curve is 0.
  /// - Complexity: O(log *m*).
  public func standardError(at time: Double) -> Double? {
    guard isKnown(at: time) else { return nil }
    guard let position = position(at: time) else { return 0 }
    return standardError(position: position)
  }

  func standardError(position: Int) -> Double? {
    let probability = survival[position]
    // Where the curve is 0 a cluster's influence on it is 0 too, but Greenwood's formula is 0 · ∞.
    if probability == 0 { return variance == .robust ? 0 : nil }
    return probability * logVariance[position].squareRoot()
  }

  /// The standard error of the cumulative hazard at each time.
  public var cumulativeHazardStandardErrors: [Double] { hazardVariance.map { $0.squareRoot() } }
}
