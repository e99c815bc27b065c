// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// The maximum over some of the coefficients while the others are held.
///
/// Newton's method with step halving. A maximum at infinity is approached until the likelihood has its
/// limit to all digits, or its gradient is rounding. On the way there the information loses its rank:
/// a step then adds a ridge to it (Levenberg 1944, doi:10.1090/qam/10666), and no step is longer than
/// the last ones give reason to trust.
///
/// Where a maximum is known to exist though an extreme row makes the likelihood nearly flat on the way
/// to it, the climb is *patient*: it does not end before the gradient is rounding.
///
/// With a penalty the information is not its curvature, and steps by it converge only linearly: once
/// near, second derivatives are taken once, by differences of the exact gradient, and kept.
struct ConstrainedMaximum {
  let objective: CoxObjective
  /// The coefficients that are free.
  let free: [Int]

  private(set) var point: [Double]
  private(set) var evaluation: CoxPartialLikelihood.ScaledEvaluation
  private(set) var steps: [NewtonStep] = []
  private var curvature: Cholesky?
  private let maximumIterations: Int
  private let isPatient: Bool
  /// The Newton decrement, per unit of event weight, that is near enough to a maximum at infinity.
  private let sufficientDecrement: Double
  /// By how much a step may change the linear predictor of a row through one coefficient.
  private var trusted = 8.0

  /// Whether steps are limited and ridges allowed: for a likelihood whose maximum may be at infinity.
  private var isGuarded: Bool { !isPatient && objective.penalty == .none }

  /// Climbs from a point.
  /// - Throws: ``SurvivalError`` with code `notConverged`.
  init(
    _ objective: CoxObjective, free: [Int], from start: [Double],
    evaluation: CoxPartialLikelihood.ScaledEvaluation? = nil, maximumIterations: Int = 200,
    isPatient: Bool = false, sufficientDecrement: Double = 0
  ) throws(SurvivalError) {
    self.isPatient = isPatient
    self.sufficientDecrement = sufficientDecrement
    self.objective = objective
    self.free = free
    point = start
    self.maximumIterations = maximumIterations
    self.evaluation = evaluation ?? objective.evaluate(at: start)
    guard self.evaluation.logLikelihood.isFinite else {
      throw SurvivalError(.overflow, "the linear predictor leaves the range of numbers")
    }
    try climb()
  }

  private mutating func climb() throws(SurvivalError) {
    guard !free.isEmpty else { return }
    let likelihood = objective.likelihood
    let unit = likelihood.eventWeight / Double(likelihood.eventCount)
    let nearEnough = 1e-12 * Swift.max(1, Double(likelihood.eventCount)) * unit
    var previous = Double.infinity
    var halvings = 0
    for iteration in 0...maximumIterations {
      guard var step = trustedStep() else {
        // On the way to a maximum at infinity nothing is left to curve.
        if previous <= nearEnough { return }
        throw failure("the information became singular")
      }
      if objective.penalty != .none, curvature == nil, step.decrement <= 1e-2 * unit {
        curvature = objective.curvature(at: point, free).flatMap { Cholesky($0) }
        step = newtonStep() ?? step
      }
      steps.append(
        NewtonStep(
          logLikelihood: evaluation.logLikelihood, newtonDecrement: step.decrement,
          largestGradient: free.reduce(0) { Swift.max($0, abs(evaluation.gradient[$1])) },
          halvings: halvings))
      if step.decrement <= 1e-22 * unit {
        for (column, change) in zip(free, step.direction) { point[column] += change }
        return
      }
      if step.decrement <= sufficientDecrement * unit { return }
      if isPatient {
        if step.decrement <= 1e-8 * unit, step.decrement >= 0.5 * previous, gradientIsRounding {
          return
        }
      } else if step.decrement >= 0.9 * previous {
        if step.decrement <= nearEnough || (isGuarded && gradientIsRounding) { return }
      }
      if iteration == maximumIterations { break }
      previous = step.decrement
      guard let count = take(step.direction, unit: unit) ?? takeWithRidges(unit: unit) else {
        if step.decrement <= 1e-9 * unit || (isGuarded && gradientIsRounding) { return }
        throw failure("no step raised the likelihood")
      }
      halvings = count
    }
    if isPatient || (previous > nearEnough && !(isGuarded && gradientIsRounding)) {
      throw failure("\(maximumIterations) iterations were not enough")
    }
  }

  /// Whether the gradient is no more than the rounding of what it is the sum of: over the events,
  /// differences of rows, whose mean absolute deviation is 1, weighted by exp(predictors).
  private var gradientIsRounding: Bool {
    let likelihood = objective.likelihood
    let predictors = likelihood.linearPredictors(at: point)
    return free.allSatisfy { column in
      var (size, largest) = (likelihood.eventWeight, 1.0)
      for slot in likelihood.times.slots {
        for position in likelihood.table.eventPositions(slot) {
          let row = likelihood.rows.row(position)
          size += likelihood.weights[position] * abs(row[row.startIndex + column])
          largest = Swift.max(largest, abs(predictors[position]))
        }
      }
      return abs(evaluation.gradient[column]) <= 0x1p-50 * size * largest
    }
  }

  private func newtonStep() -> (direction: [Double], decrement: Double)? {
    (curvature ?? Cholesky(evaluation.information.submatrix(rows: free, columns: free)))
      .flatMap(step)
  }

  /// The step that a factored curvature gives; `nil` when its decrement is not a finite number.
  private func step(by cholesky: Cholesky) -> (direction: [Double], decrement: Double)? {
    let gradient = free.map { evaluation.gradient[$0] }
    let direction = cholesky.solve(gradient)
    let decrement = zip(direction, gradient).reduce(0) { $0 + $1.0 * $1.1 }
    return decrement.isFinite ? (direction, decrement) : nil
  }

  /// Newton's step; with a ridge where the information is singular or the step is longer than trusted,
  /// as it is when a direction in which nothing curves any more drowns the others.
  private func trustedStep() -> (direction: [Double], decrement: Double)? {
    guard let step = newtonStep() else { return ridgeStep() }
    return isGuarded && reach(of: step.direction) > trusted ? ridgeStep() ?? step : step
  }

  /// By how much a step changes the linear predictor of a row through one coefficient, at most.
  private func reach(of direction: [Double]) -> Double {
    zip(free, direction).reduce(0) {
      Swift.max($0, abs($1.1) * objective.likelihood.extents[$1.0])
    }
  }

  /// The step with the smallest ridge, of those not below a size, that makes the information regular.
  private func ridgeStep(
    notBelow smallest: Double = 1e-12
  ) -> (direction: [Double], decrement: Double)? {
    guard isGuarded else { return nil }
    var ridge = smallest
    while ridge <= 1e6 {
      if let step = Cholesky(ridgedInformation(ridge)).flatMap(step) { return step }
      ridge *= 1e3
    }
    return nil
  }

  /// The information of the free coefficients with a ridge, relative to its largest element or to the
  /// weight of the events, which it is of the order of where nothing is infinite.
  private func ridgedInformation(_ ridge: Double) -> Matrix {
    var result = evaluation.information.submatrix(rows: free, columns: free)
    let size = free.reduce(objective.likelihood.eventWeight) {
      Swift.max($0, evaluation.information[$1, $1])
    }
    for j in free.indices { result[j, j] += ridge * size }
    return result
  }

  /// Moves by the first step with a ridge that does not lower the objective.
  private mutating func takeWithRidges(unit: Double) -> Int? {
    var smallest = 1e-12
    while smallest <= 1e6 {
      guard let step = ridgeStep(notBelow: smallest) else { return nil }
      if let count = take(step.direction, unit: unit) { return count }
      smallest *= 1e3
    }
    return nil
  }

  /// Moves by the first of the full step, its half … that does not lower the objective, and returns
  /// how often it was halved.
  private mutating func take(_ direction: [Double], unit: Double) -> Int? {
    // A fall of the value that may be the rounding of predictors is none.
    let slack = Swift.max(
      1e-13 * Swift.max(abs(evaluation.logLikelihood), unit),
      0x1p-52 * objective.likelihood.eventWeight
        * zip(point, objective.likelihood.extents).reduce(0) { $0 + 2 * abs($1.0) * $1.1 })
    let reach = isGuarded ? reach(of: direction) : 0
    var length = reach > trusted ? trusted / reach : 1
    for halvings in 0..<60 {
      var trial = point
      for (column, change) in zip(free, direction) { trial[column] += length * change }
      let next = objective.evaluate(at: trial)
      if next.logLikelihood.isFinite, next.gradient.allSatisfy(\.isFinite),
        next.logLikelihood >= evaluation.logLikelihood - slack
      {
        // What the step promised, if the objective were a parabola.
        let slope = zip(free, direction).reduce(0) { $0 + $1.1 * evaluation.gradient[$1.0] }
        let promised = length * (1 - length / 2) * slope
        if halvings > 0 || next.logLikelihood - evaluation.logLikelihood < promised / 4 {
          trusted = Swift.max(1, trusted / 4)
        } else if reach > trusted {
          trusted *= 4
        }
        (point, evaluation) = (trial, next)
        return halvings
      }
      length /= 2
    }
    return nil
  }

  private func failure(_ reason: String) -> SurvivalError {
    SurvivalError(
      .notConverged,
      "the likelihood has no maximum over the other coefficients that could be found: \(reason)")
  }

  /// How the free coefficients follow one that is held, per unit of it: −I⁻¹ of the free times their
  /// column of I, with a ridge that keeps those that are infinite from running ahead.
  func slope(of column: Int) -> [Double]? {
    guard !free.isEmpty else { return [] }
    return Cholesky(ridgedInformation(1e-9))?.solve(
      free.map { -evaluation.information[$0, column] })
  }
}
