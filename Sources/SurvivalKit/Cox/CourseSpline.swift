// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// How courses are smoothed.
struct CourseSmoothing {
  let degreesOfFreedom: Int
  let points: Int
  let level: Double

  init(degreesOfFreedom: Int, points: Int, level: Double) throws(SurvivalError) {
    guard degreesOfFreedom >= 2, points >= 2 else {
      throw SurvivalError(
        .invalidArgument,
        "a course needs 2 degrees of freedom and 2 points or more, not \(degreesOfFreedom) and "
          + "\(points)")
    }
    (self.degreesOfFreedom, self.points, self.level) = (degreesOfFreedom, points, level)
  }
}

/// A natural spline fitted to residuals by least squares.
struct CourseSpline {
  /// The positions of the points of the line.
  let grid: [Double]
  private let spline: NaturalSpline
  private let basis: OrthonormalBasis
  private let factors: [Double]

  /// Fits a spline.
  ///
  /// Knots are quantiles of the positions of all events and of the line together, as in R, those of
  /// strata whose residuals are left out among them.
  init(
    positions: [Double], values: [Double], all: [Double], _ smoothing: CourseSmoothing, term: String
  ) throws(SurvivalError) {
    let first = all.min() ?? 0
    let last = all.max() ?? 0
    let steps = Double(smoothing.points - 1)
    grid = (0..<smoothing.points).map {
      $0 == smoothing.points - 1 ? last : first + Double($0) * (last - first) / steps
    }
    let sorted = (grid + all).sorted()
    let count = smoothing.degreesOfFreedom
    let knots = (0..<count).map {
      QuantileDefinition.linear.quantile(Double($0) / Double(count - 1), of: sorted)
    }
    let isAscending = zip(knots, knots.dropFirst()).allSatisfy { $0 < $1 }
    let spline = NaturalSpline(knots: isAscending ? knots : [0, 1])
    let rows = positions.map { [1] + spline.values(at: $0) }
    guard isAscending, positions.count >= count,
      let basis = OrthonormalBasis((0..<count).map { column in rows.map { $0[column] } })
    else {
      throw SurvivalError(
        .notEstimable,
        "\(term) has too few distinct event times for a spline with \(count) degrees of freedom; "
          + "ask for fewer")
    }
    self.spline = spline
    self.basis = basis
    factors = basis.factors(of: values).map { -$0 }
  }

  /// The value at a position, and the root of its variance in units of that of a residual.
  func value(at position: Double) -> (value: Double, error: Double) {
    let row = [1] + spline.values(at: position)
    let error = ConeProjection.norm(basis.solvedTransposed(row))
    return (ConeProjection.inner(row, factors), error)
  }
}

/// The way back from transformed times to times.
struct CourseScale {
  /// Distinct event times and their positions, ascending.
  private var times: [Double] = []
  private var positions: [Double] = []
  /// Round times with their positions.
  private(set) var marks: [(time: Double, position: Double)] = []

  init(times: [Double], positions: [Double]) {
    let pairs = zip(times, positions).sorted { $0.0 < $1.0 }
    for (time, position) in pairs where self.times.last != time {
      // Of times with one position the first stands for all; a transform that falls has no way back.
      guard let last = self.positions.last else {
        self.times.append(time)
        self.positions.append(position)
        continue
      }
      guard position >= last else {
        (self.times, self.positions) = ([], [])
        return
      }
      if position > last {
        self.times.append(time)
        self.positions.append(position)
      }
    }
    guard let first = self.positions.first, let last = self.positions.last else { return }
    for index in 0..<8 {
      let position = first + (last - first) * Double(2 * index + 1) / 16
      guard let time = time(at: position) else { continue }
      let round = Self.rounded(time)
      if let place = interpolated(round, self.times, self.positions), marks.last?.time != round {
        marks.append((round, place))
      }
    }
  }

  /// The time at a position; `nil` outside, or without a way back.
  func time(at position: Double) -> Double? { interpolated(position, positions, times) }

  private func interpolated(_ value: Double, _ from: [Double], _ to: [Double]) -> Double? {
    guard let first = from.first, let last = from.last, value >= first, value <= last else {
      return nil
    }
    guard let after = from.firstIndex(where: { $0 > value }) else { return to.last }
    let share = (value - from[after - 1]) / (from[after] - from[after - 1])
    return to[after - 1] + share * (to[after] - to[after - 1])
  }

  /// Two significant digits.
  private static func rounded(_ value: Double) -> Double {
    guard value != 0, value.isFinite else { return value }
    let power = Double.log10(abs(value)).rounded(.down) - 1
    let unit = Double.exp10(abs(power)).rounded()
    return power < 0
      ? (value * unit).rounded(.toNearestOrEven) / unit
      : (value / unit).rounded(.toNearestOrEven) * unit
  }
}
