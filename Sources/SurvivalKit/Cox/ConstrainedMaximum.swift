// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// A function to be maximized over coefficients in scaled coordinates: the likelihood, and a penalty.
struct CoxObjective {
  let likelihood: CoxPartialLikelihood
  let penalty: CoxPenalty
  /// The columns that are not aliased, whose information the penalty is made of.
  private let kept: [Int]
  private let evaluator: CoxEvaluator

  init(
    _ likelihood: CoxPartialLikelihood, penalty: CoxPenalty, kept: [Int], evaluator: CoxEvaluator
  ) {
    self.likelihood = likelihood
    self.penalty = penalty
    self.kept = kept
    self.evaluator = evaluator
  }

  /// Value, gradient and information at a point.
  func evaluate(at point: [Double]) -> CoxPartialLikelihood.ScaledEvaluation {
    let evaluation = evaluator.evaluate(at: point)
    return penalty == .none ? evaluation : penalized(evaluation, at: point)
  }

  /// Adds Firth's penalty to an evaluation; without a value where the information is singular.
  func penalized(
    _ evaluation: CoxPartialLikelihood.ScaledEvaluation, at point: [Double]
  ) -> CoxPartialLikelihood.ScaledEvaluation {
    guard penalty == .firth, !kept.isEmpty else { return evaluation }
    var result = evaluation
    guard let cholesky = Cholesky(evaluation.information.submatrix(rows: kept, columns: kept))
    else {
      result.logLikelihood = -.infinity
      return result
    }
    let small = cholesky.inverse()
    var inverse = Matrix(rows: point.count, columns: point.count)
    for (i, row) in kept.enumerated() {
      for (j, column) in kept.enumerated() { inverse[row, column] = small[i, j] }
    }
    let slope = FirthPenalty(likelihood, at: point, inverse: inverse).gradient
    // In the units of the design, in which the columns were not scaled.
    result.logLikelihood += cholesky.logDeterminant / 2
    for column in kept { result.logLikelihood -= Double.log(likelihood.scales[column]) }
    for column in kept { result.gradient[column] += slope[column] / 2 }
    return result
  }

  /// Minus the second derivatives of the penalized likelihood over some columns, by differences of
  /// its gradient.
  func curvature(at point: [Double], _ columns: [Int]) -> Matrix? {
    var result = Matrix(rows: columns.count, columns: columns.count)
    for (j, column) in columns.enumerated() {
      let step = Swift.min(1e-4, 1e-3 / likelihood.extents[column])
      var (above, below) = (point, point)
      above[column] += step
      below[column] -= step
      let (upper, lower) = (evaluate(at: above), evaluate(at: below))
      guard upper.logLikelihood.isFinite, lower.logLikelihood.isFinite else { return nil }
      for (i, row) in columns.enumerated() {
        result[i, j] = (lower.gradient[row] - upper.gradient[row]) / (2 * step)
      }
    }
    for j in columns.indices {
      for i in 0..<j {
        let mean = (result[i, j] + result[j, i]) / 2
        result[i, j] = mean
        result[j, i] = mean
      }
    }
    return result
  }
}

/// The maximum over some of the coefficients while the others are held.
///
/// Newton's method with step halving from a point that is near already. A maximum at infinity is
/// approached until the likelihood has its limit to all digits.
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

  /// Climbs from a point.
  /// - Throws: ``SurvivalError`` with code `notConverged`.
  init(
    _ objective: CoxObjective, free: [Int], from start: [Double],
    evaluation: CoxPartialLikelihood.ScaledEvaluation? = nil, maximumIterations: Int = 200,
    isPatient: Bool = false
  ) throws(SurvivalError) {
    self.isPatient = isPatient
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
      guard var step = newtonStep() else {
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
      if isPatient {
        if step.decrement <= 1e-8 * unit, step.decrement >= 0.5 * previous, gradientIsRounding {
          return
        }
      } else if step.decrement <= nearEnough, step.decrement >= 0.9 * previous {
        return
      }
      if iteration == maximumIterations { break }
      previous = step.decrement
      guard let count = take(step.direction, unit: unit) else {
        if step.decrement <= 1e-9 * unit { return }
        throw failure("no step raised the likelihood")
      }
      halvings = count
    }
    if isPatient || previous > nearEnough {
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
    let gradient = free.map { evaluation.gradient[$0] }
    guard
      let cholesky = curvature
        ?? Cholesky(evaluation.information.submatrix(rows: free, columns: free))
    else { return nil }
    let direction = cholesky.solve(gradient)
    let decrement = zip(direction, gradient).reduce(0) { $0 + $1.0 * $1.1 }
    return decrement.isFinite ? (direction, decrement) : nil
  }

  /// Moves by the first of the full step, its half … that does not lower the objective, and returns
  /// how often it was halved.
  private mutating func take(_ direction: [Double], unit: Double) -> Int? {
    let slack = 1e-13 * Swift.max(abs(evaluation.logLikelihood), unit)
    var length = 1.0
    for halvings in 0..<60 {
      var trial = point
      for (column, change) in zip(free, direction) { trial[column] += length * change }
      let next = objective.evaluate(at: trial)
      if next.logLikelihood.isFinite, next.gradient.allSatisfy(\.isFinite),
        next.logLikelihood >= evaluation.logLikelihood - slack
      {
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
  /// column of I.
  func slope(of column: Int) -> [Double]? {
    guard !free.isEmpty else { return [] }
    let curvature = evaluation.information.submatrix(rows: free, columns: free)
    return Cholesky(curvature)?.solve(free.map { -evaluation.information[$0, column] })
  }
}
