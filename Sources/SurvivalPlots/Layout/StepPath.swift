// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

/// The times that a figure shows.
struct TimeRange {
  let start: Double
  let end: Double

  /// From the earliest start to the last finite time of the curves, or to a limit.
  init(_ curves: [SurvivalCurve], limit: Double?) {
    self.init(
      starts: curves.flatMap { [$0.startTime, $0.times.first ?? $0.startTime] },
      ends: curves.flatMap(\.times), limit: limit)
  }

  /// From the earliest of some times to the last, or to a limit.
  init(starts: [Double], ends: [Double], limit: Double?) {
    let first = starts.filter(\.isFinite).min() ?? 0
    let last = ends.filter(\.isFinite).max() ?? first
    let wanted = limit.flatMap { $0.isFinite && $0 > first ? $0 : nil } ?? last
    start = first
    end = wanted > first ? wanted : first + Swift.max(1, abs(first))
  }

  func contains(_ time: Double) -> Bool { time >= start && time <= end }
}

/// The corners of a step function and of the band around it, gathered from left to right.
struct StepPath {
  private let start: Double
  private let range: TimeRange
  private var value = 0.0
  private var limits: (lower: Double, upper: Double)?
  private(set) var corners = [CurvePoint]()
  private(set) var bands = [[BandPoint]]()

  init(start: Double, range: TimeRange) {
    self.start = start
    self.range = range
  }

  /// The value before the first step.
  mutating func begin(value: Double, limits: (lower: Double, upper: Double)?) {
    self.value = value
    corners = [CurvePoint(x: start, y: value)]
    setLimits(limits, at: start)
  }

  /// The value from a time on.
  mutating func step(to value: Double, at time: Double, limits: (lower: Double, upper: Double)?) {
    if value != self.value {
      corners.append(CurvePoint(x: time, y: self.value))
      corners.append(CurvePoint(x: time, y: value))
      self.value = value
    }
    setLimits(limits, at: time)
  }

  private mutating func setLimits(_ limits: (lower: Double, upper: Double)?, at time: Double) {
    if let old = self.limits {
      if let limits, limits == old { return }
      bands[bands.count - 1].append(BandPoint(x: time, lower: old.lower, upper: old.upper))
    } else if limits != nil {
      bands.append([])
    }
    self.limits = limits
    guard let limits else { return }
    bands[bands.count - 1].append(BandPoint(x: time, lower: limits.lower, upper: limits.upper))
  }

  /// The last time at which the function is known, or the end of the figure when that is before.
  mutating func end(at time: Double) {
    let end = Swift.max(start, Swift.min(time, range.end))
    corners.append(CurvePoint(x: end, y: value))
    if let limits {
      bands[bands.count - 1].append(BandPoint(x: end, lower: limits.lower, upper: limits.upper))
    }
  }
}
