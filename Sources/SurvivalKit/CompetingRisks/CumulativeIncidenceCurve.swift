// SPDX-License-Identifier: Apache-2.0

/// The estimated probability of having had the event of one cause, in one group, as time goes by.
///
///     F̂(t) = Σ over event times s ≤ t of Ŝ(s−) d₁(s) / Y(s)
///
/// with Ŝ the event-free probability, d₁ the events of the cause and Y those at risk: the estimator of
/// Aalen & Johansen (1978), doi:10.2307/4615704. The columns have one element for each distinct time
/// at which somebody's observation ended; the curve is right-continuous.
public struct CumulativeIncidenceCurve: Hashable, Sendable, Codable {
  /// The group that the curve describes; `all` when rows were not grouped.
  public let group: String
  /// The cause whose incidence it is.
  public let cause: String
  /// Which variance it has; never `automatic`.
  public let variance: CurveVariance
  /// What the weights of the rows mean.
  public let weightKind: WeightKind
  /// The time from which the curve is counted: 0, or the earliest entry where that is negative.
  public let startTime: Double
  /// The number of rows in the group, weights not counted.
  public let rowCount: Int
  /// The number of subjects in the group.
  public let subjectCount: Int

  /// The distinct times at which observation ended, ascending.
  public let times: [Double]
  /// The weight at risk just before each time.
  public let atRisk: [Double]
  /// The weight of the events of the cause at each time.
  public let events: [Double]
  /// The weight of the events of all other causes at each time.
  public let otherEvents: [Double]
  /// The weight censored at each time.
  public let censored: [Double]
  /// The weight that entered late, at or after the time before and before this one.
  public let entered: [Double]
  /// The cumulative incidence up to and including each time.
  public let probabilities: [Double]
  /// The probability of having had no event of any cause by each time.
  public let eventFree: [Double]
  /// The variance of the cumulative incidence.
  public let variances: [Double]
  /// The weight left at risk after the events of each time.
  let survivors: [Double]
  /// What a robust variance needs beyond the curve; `nil` for other variances.
  let influence: IncidenceInfluence?

  /// The total weight of the events of the cause.
  public var eventCount: Double { events.reduce(0, +) }
  /// The last time at which somebody was observed; `nil` for a curve without rows.
  public var lastTime: Double? { times.last }
  /// The standard error of the cumulative incidence at each time.
  public var standardErrors: [Double] { variances.map { $0.squareRoot() } }

  /// Whether the data say what the curve is at a time.
  func isKnown(at time: Double) -> Bool {
    guard let last = times.last, let end = eventFree.last else { return false }
    return !time.isNaN && time >= startTime && (time <= last || end == 0)
  }

  /// The probability of having had the event of the cause by `time`.
  /// - Parameter time: A time, in the unit of the data.
  /// - Returns: The probability; `nil` before the start of the curve, and after the last observed
  ///   time unless everybody has had an event: the data do not say.
  /// - Complexity: O(log *m*), where *m* is the number of distinct times.
  public func probability(at time: Double) -> Double? {
    guard isKnown(at: time) else { return nil }
    return times.lastPosition(atOrBefore: time).map { probabilities[$0] } ?? 0
  }

  /// The standard error of the cumulative incidence at a time.
  /// - Parameter time: A time, in the unit of the data.
  /// - Returns: The standard error; `nil` where the data do not say.
  /// - Complexity: O(log *m*).
  public func standardError(at time: Double) -> Double? {
    guard isKnown(at: time) else { return nil }
    return times.lastPosition(atOrBefore: time).map { variances[$0].squareRoot() } ?? 0
  }

  /// A pointwise confidence interval for the cumulative incidence at a time.
  ///
  /// The scale is that of F̂ itself, as in R's `survfit`: `log` is exp(log F̂ ± z·se/F̂). R lets an
  /// upper limit exceed 1; here it does not.
  /// - Parameters:
  ///   - time: A time, in the unit of the data.
  ///   - level: The level of confidence, between 0 and 1.
  ///   - interval: The scale on which the interval is symmetric; `log` as in R.
  /// - Returns: The interval; `nil` where the data do not say, and where the scale has no limit
  ///   (at probability 0 but for `plain`, and at 1 on the log-log or logit scale).
  /// - Complexity: O(log *m*).
  public func interval(
    at time: Double, level: Double = 0.95, _ interval: CurveInterval = .log
  ) -> ConfidenceInterval? {
    guard isKnown(at: time) else { return nil }
    guard let position = times.lastPosition(atOrBefore: time) else {
      return ConfidenceInterval(lower: 0, upper: 0, level: level)
    }
    return self.interval(position: position, level: level, interval)
  }

  /// Pointwise confidence intervals at every time of the curve.
  /// - Parameters:
  ///   - level: The level of confidence, between 0 and 1.
  ///   - interval: The scale on which the intervals are symmetric.
  /// - Returns: One interval for each of ``times``, `nil` where there is none.
  /// - Complexity: O(*m*).
  public func intervals(
    level: Double = 0.95, _ interval: CurveInterval = .log
  ) -> [ConfidenceInterval?] {
    times.indices.map { self.interval(position: $0, level: level, interval) }
  }

  private func interval(
    position: Int, level: Double, _ interval: CurveInterval
  ) -> ConfidenceInterval? {
    interval.interval(
      probability: probabilities[position], standardError: variances[position].squareRoot(),
      level: level)
  }

  /// The mean time lost to the cause up to a limit.
  ///
  ///     L(τ) = ∫ F̂(t) dt from the start to τ
  ///
  /// Of the time to τ, so much is lost on average to this cause: Andersen (2013),
  /// doi:10.1002/sim.5903. It is R's restricted mean time in the state.
  /// - Parameter limit: The limit τ; by default the last observed time.
  /// - Returns: The mean with its standard error; `nil` when the curve is not known up to the limit.
  /// - Complexity: O(*m*); O(*n*) with a robust variance.
  public func restrictedTimeLost(upTo limit: Double? = nil) -> RestrictedMean? {
    guard let end = limit ?? lastTime, isKnown(at: end), end.isFinite else { return nil }
    let steps = IncidenceSteps(
      atRisk: atRisk, events: events, otherEvents: otherEvents, survivors: survivors)
    let reached = times[..<(times.lastPosition(atOrBefore: end).map { $0 + 1 } ?? 0)]
    let estimate = reached.indices.reduce(0) {
      $0 + steps.steps[$1].increment * (end - times[$1])
    }
    let variance =
      influence?.varianceOfArea(steps, times: reached, end: end)
      ?? steps.varianceOfArea(
        self.variance == .aalen ? .aalen : .greenwood, times: reached, end: end)
    return RestrictedMean(
      estimate: estimate, standardError: Swift.max(0, variance).squareRoot(), upTo: end)
  }
}

extension CurveInterval {
  /// An interval for a probability from its own standard error.
  func interval(
    probability p: Double, standardError: Double, level: Double
  ) -> ConfidenceInterval? {
    let z = ConfidenceInterval.normalQuantile(level: level)
    if p == 0 {
      return self == .plain && standardError == 0
        ? ConfidenceInterval(lower: 0, upper: 0, level: level) : nil
    }
    guard let limits = limits(probability: p, logStandardError: standardError / p, z: z) else {
      return nil
    }
    return ConfidenceInterval(lower: limits.lower, upper: limits.upper, level: level)
  }
}
