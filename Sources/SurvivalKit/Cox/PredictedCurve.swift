// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

/// The survival that a Cox model predicts for one record, or along the intervals of one person.
///
///     Λ̂(t | x) = ∫ exp(η) dΛ̂₀,   Ŝ(t | x) = exp(−Λ̂(t | x))
///
/// Nothing is computed before it is asked for: curves for many records share one baseline hazard and
/// one covariance matrix, and a curve itself holds *p* numbers for each interval.
public struct PredictedCurve: Sendable {
  /// A stretch of time with constant covariates.
  struct Segment: Sendable {
    /// The interval (start, end].
    let start, end: Double
    let linearPredictor: Double
    let baseline: BaselineHazard
    /// The linear predictor less that at the means, to which the baseline refers.
    let centredPredictor: Double
    /// The covariates less their means, in scaled coordinates.
    let distances: [Double]

    /// The logarithm of the factor of the stored hazards.
    var logFactor: Double { centredPredictor + baseline.logScale }
  }

  /// At least one, each beginning where the one before ends.
  let segments: [Segment]
  /// The covariance of the coefficients in scaled coordinates.
  private let covariance: Matrix
  /// The last time at which the curve is known.
  private let lastTime: Double

  init(_ segments: [Segment], covariance: Matrix) {
    self.segments = segments
    self.covariance = covariance
    lastTime =
      segments.first { $0.end > $0.baseline.lastTime }.map {
        Swift.max($0.start, $0.baseline.lastTime)
      } ?? segments[segments.count - 1].end
  }

  /// The linear predictor of the record, not centred; of several intervals that of the first.
  public var linearPredictor: Double { segments[0].linearPredictor }
  /// The baseline hazard that the curve belongs to; of several intervals that of the first.
  public var baseline: BaselineHazard { segments[0].baseline }
  /// The time at which the curve begins, at 1; −∞ for a record that is at risk from the beginning.
  public var start: Double { segments[0].start }

  /// The event times at which the curve steps: those of the stratum, within the intervals.
  public var times: [Double] {
    if segments.count == 1, start == -.infinity { return baseline.times }
    return segments.flatMap { segment in
      segment.baseline.positions(after: segment.start, through: segment.end).map {
        segment.baseline.times[$0]
      }
    }
  }

  private func isKnown(at time: Double) -> Bool { time >= start && time <= lastTime }

  /// The cumulative hazard up to and including a time.
  /// - Parameter time: A time, in the unit of the data.
  /// - Returns: The hazard, ∞ where it leaves the range of numbers; `nil` before the curve begins, and
  ///   beyond its intervals or the last time at which anybody of the stratum was observed.
  /// - Complexity: O(*k* log *m*) for *k* intervals, without allocation.
  public func cumulativeHazard(at time: Double) -> Double? {
    guard isKnown(at: time) else { return nil }
    return hazard(after: -.infinity, through: time)
  }

  /// The probability of surviving past a time.
  /// - Parameter time: A time, in the unit of the data.
  /// - Returns: The probability; `nil` where ``cumulativeHazard(at:)`` is.
  /// - Complexity: O(*k* log *m*) for *k* intervals, without allocation.
  public func probability(at time: Double) -> Double? {
    cumulativeHazard(at: time).map { Double.exp(-$0) }
  }

  /// The probability of surviving past a time for one who has survived to an earlier time.
  ///
  ///     P(T > t | T > s) = exp(−(Λ(t) − Λ(s)))
  /// - Parameters:
  ///   - time: A time, in the unit of the data.
  ///   - start: The earlier time that has been survived.
  /// - Returns: The probability; `nil` when `time` is before `start`, or one of them is not within the
  ///   curve.
  public func probability(at time: Double, given start: Double) -> Double? {
    guard time >= start, isKnown(at: time), isKnown(at: start) else { return nil }
    return Double.exp(-hazard(after: start, through: time))
  }

  /// The standard error of the cumulative hazard.
  ///
  ///     Var Λ̂(t | x) = ∫ r² dΛ₀/φ + dᵀ V d,   d = ∫ r (x − x̄) dΛ₀,   r = exp(η)
  /// - Parameter time: A time, in the unit of the data.
  /// - Returns: The standard error; `nil` where ``cumulativeHazard(at:)`` is.
  /// - Complexity: O(*k* (*p* + log *m*) + *p*²) for *k* intervals.
  public func cumulativeHazardStandardError(at time: Double) -> Double? {
    guard isKnown(at: time) else { return nil }
    return standardError(after: -.infinity, through: time)
  }

  /// A confidence interval for the survival probability.
  /// - Parameters:
  ///   - time: A time, in the unit of the data.
  ///   - level: The level of confidence, between 0 and 1.
  ///   - interval: The scale on which the interval is symmetric; `log` as in R.
  /// - Returns: The interval; `nil` where ``cumulativeHazard(at:)`` is, and where the scale has no limit.
  public func interval(
    at time: Double, level: Double = 0.95, _ interval: CurveInterval = .log
  ) -> ConfidenceInterval? {
    guard isKnown(at: time) else { return nil }
    return limits(after: -.infinity, through: time, level, interval)
  }

  /// A confidence interval for the probability of surviving past a time for one who has survived to an
  /// earlier time.
  /// - Parameters:
  ///   - time: A time, in the unit of the data.
  ///   - start: The earlier time that has been survived.
  ///   - level: The level of confidence, between 0 and 1.
  ///   - interval: The scale on which the interval is symmetric.
  /// - Returns: The interval; `nil` where ``probability(at:given:)`` is, and where the scale has no
  ///   limit.
  public func interval(
    at time: Double, given start: Double, level: Double = 0.95, _ interval: CurveInterval = .log
  ) -> ConfidenceInterval? {
    guard time >= start, isKnown(at: time), isKnown(at: start) else { return nil }
    return limits(after: start, through: time, level, interval)
  }

  private func limits(
    after start: Double, through end: Double, _ level: Double, _ interval: CurveInterval
  ) -> ConfidenceInterval? {
    guard
      let limits = interval.limits(
        probability: Double.exp(-hazard(after: start, through: end)),
        logStandardError: standardError(after: start, through: end),
        z: ConfidenceInterval.normalQuantile(level: level))
    else { return nil }
    return ConfidenceInterval(lower: limits.lower, upper: limits.upper, level: level)
  }

  /// The number of events expected over (start, end], which is the growth of the cumulative hazard.
  /// - Parameters:
  ///   - start: Where the follow-up begins; −∞ for the beginning of the curve.
  ///   - end: Where it ends.
  /// - Returns: The number with its standard error; `nil` where the curve does not say.
  /// - Throws: ``SurvivalError`` with code `overflow` when the number leaves the range of numbers.
  public func expectedEvents(
    from start: Double = -.infinity, to end: Double
  ) throws(SurvivalError) -> ExpectedEvents? {
    guard end >= start, isKnown(at: end), start == -.infinity || isKnown(at: start) else {
      return nil
    }
    return try ExpectedEvents(
      estimate: hazard(after: start, through: end),
      standardError: standardError(after: start, through: end))
  }

  /// The growth of the hazard over (start, end].
  private func hazard(after start: Double, through end: Double) -> Double {
    var sum = 0.0
    for segment in segments {
      let baseline = segment.baseline
      let positions = baseline.positions(
        after: Swift.max(start, segment.start), through: Swift.min(end, segment.end))
      if positions.isEmpty { continue }
      sum += Self.product(
        segment.logFactor, baseline.growth(of: baseline.cumulative, over: positions))
    }
    return sum
  }

  /// The exponential of a logarithm times a number that may be 0.
  private static func product(_ logarithm: Double, _ value: Double) -> Double {
    value > 0 ? Double.exp(logarithm + Double.log(value)) : 0
  }

  /// The standard error of the growth of the hazard over (start, end].
  private func standardError(after start: Double, through end: Double) -> Double {
    let p = covariance.rows
    // Sums in units of exp(reference), the largest factor yet.
    var reference = -Double.infinity
    var variance = 0.0
    var distance = [Double](repeating: 0, count: p)
    for segment in segments {
      let baseline = segment.baseline
      let positions = baseline.positions(
        after: Swift.max(start, segment.start), through: Swift.min(end, segment.end))
      if positions.isEmpty { continue }
      if segment.logFactor > reference {
        let factor = Double.exp(reference - segment.logFactor)
        variance *= factor * factor
        for j in 0..<p { distance[j] *= factor }
        reference = segment.logFactor
      }
      let factor = Double.exp(segment.logFactor - reference)
      variance += factor * factor * baseline.growth(of: baseline.variance, over: positions)
      let hazard = baseline.growth(of: baseline.cumulative, over: positions)
      for j in 0..<p {
        distance[j] +=
          factor
          * (segment.distances[j] * hazard - baseline.meanGrowth(j, of: p, over: positions))
      }
    }
    for i in 0..<p {
      for j in 0..<p { variance += distance[i] * covariance[i, j] * distance[j] }
    }
    return variance > 0 ? Double.exp(reference + 0.5 * Double.log(variance)) : 0
  }
}

extension PredictedCurve {
  /// One time at which a curve steps.
  public struct Step: Hashable, Sendable {
    /// The event time.
    public let time: Double
    /// The cumulative hazard up to and including the time.
    public let cumulativeHazard: Double
    /// The probability of surviving past the time.
    public var probability: Double { Double.exp(-cumulativeHazard) }
  }

  /// The steps of a curve, one after the other, each computed when it is reached.
  public struct Steps: Sequence, IteratorProtocol, Sendable {
    private let curve: PredictedCurve
    private var segment = 0
    private var position: Int
    /// The hazard of the segments before.
    private var earlier = 0.0

    init(_ curve: PredictedCurve) {
      self.curve = curve
      position = Self.first(curve.segments[0])
    }

    private static func first(_ segment: Segment) -> Int {
      segment.baseline.position(at: segment.start).map { $0 + 1 } ?? 0
    }

    /// The next step; `nil` after the last.
    public mutating func next() -> Step? {
      while segment < curve.segments.count {
        let current = curve.segments[segment]
        let first = Self.first(current)
        let times = current.baseline.times
        if position < times.count, times[position] <= current.end {
          guard times[position] <= curve.lastTime else { return nil }
          defer { position += 1 }
          return Step(
            time: times[position], cumulativeHazard: earlier + growth(current, first...position))
        }
        if position > first { earlier += growth(current, first...(position - 1)) }
        segment += 1
        if segment < curve.segments.count { position = Self.first(curve.segments[segment]) }
      }
      return nil
    }

    private func growth(_ segment: Segment, _ positions: ClosedRange<Int>) -> Double {
      PredictedCurve.product(
        segment.logFactor,
        segment.baseline.growth(of: segment.baseline.cumulative, over: Range(positions)))
    }
  }

  /// The steps of the curve, computed one by one: a walk takes no memory that grows with their number.
  public var steps: Steps { Steps(self) }
}
