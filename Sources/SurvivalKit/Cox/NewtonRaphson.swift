// SPDX-License-Identifier: Apache-2.0

internal import SurvivalLinearAlgebra

/// How an iteration went: one entry for each point at which the likelihood was evaluated and kept.
public struct NewtonStep: Hashable, Sendable, Codable {
  /// The log likelihood at the point.
  public let logLikelihood: Double
  /// The Newton decrement UᵀI⁻¹U: twice the gain that the next full step promises, and the squared
  /// distance to the maximum in standard errors.
  public let newtonDecrement: Double
  /// The largest component of the gradient, for covariates scaled to mean absolute deviation 1.
  public let largestGradient: Double
  /// How often the step that led to the point was halved because the likelihood fell.
  public let halvings: Int
}

/// The search for the maximum of a log-concave function by Newton's method with step halving.
///
/// The function is concave, so a full step that lowers it is only too long; halving it must help.
/// Convergence is declared by the Newton decrement, which no scaling of the data changes:
///
/// - λ² ≤ 1e-22 per unit of event weight, or λ² ≤ 1e-12 and the step moves no linear predictor by more
///   than 1e-10 relative to others of its risk set: the last step, which needs no further evaluation,
///   leads to the maximum to the last digits, since the error that it leaves is that of its square,
///   and the information there is this one, but for twice that share;
/// - or the decrement no longer falls though λ²/2 ≤ 1e-12 · max(1, events), the rule of the numerics
///   notes: rounding in the gradient is all that is left.
///
/// Near the maximum, where the decrement falls as its square, up to two steps are taken with the
/// gradient alone and the information of the point before them: each takes as many digits as the last
/// full step did, and costs a fraction of it. The information is then evaluated where they lead, and
/// convergence is declared there or not at all.
///
/// In both cases the step must also be short as the linear predictors see it. Where one extreme row
/// holds nearly all the information, and on the way to a maximum at infinity, the decrement vanishes
/// though every step still moves a predictor by about 1, and a quadratic says nothing so far away.
struct NewtonRaphson {
  enum Outcome {
    case converged
    /// The decrement falls by a constant factor: the likelihood rises along a direction without end.
    case drifting
    case failed(reason: String)
  }

  var maximumIterations = 50
  /// The mean weight of an event and the number of events: what the decrement is measured against.
  var eventWeight = 1.0
  var eventCount = 1.0

  private(set) var point: [Double] = []
  private(set) var steps: [NewtonStep] = []
  /// The last Newton direction.
  private(set) var direction: [Double] = []

  /// Climbs from a point.
  ///
  /// `isDrifting` is asked, while the decrement falls slowly, whether a direction is one of unbounded
  /// increase; `reach` gives the largest change of a linear predictor along one, relative to others of
  /// its risk set, and `bound` a number that it is not above; `evaluate` gives value, gradient and
  /// information at a point, `gradient` value and gradient alone, or `nil` where that is no cheaper.
  mutating func climb(
    from start: [Double], _ first: CoxPartialLikelihood.ScaledEvaluation,
    isDrifting: ([Double]) -> Bool, bound: ([Double]) -> Double, reach: ([Double]) -> Double,
    gradient: ([Double]) -> (value: Double, gradient: [Double])? = { _ in nil },
    evaluate: ([Double]) -> CoxPartialLikelihood.ScaledEvaluation
  ) -> (outcome: Outcome, evaluation: CoxPartialLikelihood.ScaledEvaluation) {
    point = start
    var current = first
    var halvings = 0
    var iteration = 0
    while true {
      guard let cholesky = Cholesky(current.information) else {
        return (.failed(reason: "the information became singular"), current)
      }
      direction = cholesky.solve(current.gradient)
      let decrement = zip(direction, current.gradient).reduce(0) { $0 + $1.0 * $1.1 }
      guard decrement.isFinite else {
        return (.failed(reason: "the gradient left the range of numbers"), current)
      }
      steps.append(
        NewtonStep(
          logLikelihood: current.logLikelihood, newtonDecrement: decrement,
          largestGradient: current.gradient.reduce(0) { Swift.max($0, abs($1)) },
          halvings: halvings))
      let unit = eventWeight
      // A fall of the value that may be the rounding of predictors is none.
      let slack = Swift.max(
        1e-13 * Swift.max(abs(current.logLikelihood), unit),
        0x1p-52 * eventCount * unit * bound(point))
      let isAtMaximum =
        decrement <= 1e-22 * unit || (decrement <= 1e-12 * unit && bound(direction) <= 1e-10)
      let isNearEnough =
        (isAtMaximum || decrement / 2 <= 1e-12 * Swift.max(1, eventCount) * unit)
        && reach(direction) <= 1e-3
      if isAtMaximum, isNearEnough {
        for index in point.indices { point[index] += direction[index] }
        return (.converged, current)
      }
      if isNearEnough, iteration > 0, decrement >= 0.1 * steps[iteration - 1].newtonDecrement {
        return (.converged, current)
      }
      if decrement <= 1e-8 * unit, fallsSteadily, isDrifting(direction) {
        return (.drifting, current)
      }
      if iteration == maximumIterations {
        if isNearEnough { return (.converged, current) }
        if isDrifting(direction) { return (.drifting, current) }
        return (.failed(reason: "\(maximumIterations) iterations were not enough"), current)
      }
      if iteration + 3 < maximumIterations,
        let landing = gradientSteps(
          cholesky, value: current.logLikelihood, slack: slack, gradient)
      {
        let next = evaluate(landing.point)
        if next.logLikelihood.isFinite, next.gradient.allSatisfy(\.isFinite) {
          point = landing.point
          current = next
          halvings = 0
          iteration += 1 + landing.steps.count
          steps += landing.steps
          continue
        }
      }
      guard let next = step(from: current, slack: slack, evaluate) else {
        if isNearEnough || (decrement <= 1e-9 * unit && reach(direction) <= 1e-3) {
          return (.converged, current)
        }
        if isDrifting(direction) { return (.drifting, current) }
        return (
          .failed(reason: "no step along the Newton direction raised the likelihood"), current
        )
      }
      point = next.point
      current = next.evaluation
      halvings = next.halvings
      iteration += 1
    }
  }

  /// Whether the decrement has fallen three times by about the same factor: convergence towards a
  /// maximum at infinity is linear, that towards a finite one quadratic.
  private var fallsSteadily: Bool {
    guard steps.count >= 5 else { return false }
    let recent = steps.suffix(4).map(\.newtonDecrement)
    return (1..<4).allSatisfy {
      let ratio = recent[$0] / recent[$0 - 1]
      return ratio > 0.05 && ratio < 0.9
    }
  }

  /// Where one or two steps with the gradient alone lead after the full step; `nil` when they would not
  /// lead to the maximum, or the next full step does so anyway.
  private func gradientSteps(
    _ cholesky: Cholesky, value: Double, slack: Double,
    _ gradient: ([Double]) -> (value: Double, gradient: [Double])?
  ) -> (point: [Double], steps: [NewtonStep])? {
    guard let last = steps.last, let before = steps.dropLast().last, last.halvings == 0,
      last.newtonDecrement > 0
    else { return nil }
    // What a step with this information leaves of the decrement, if the fall is quadratic.
    let goal = 1e-26 * eventWeight
    let ratio = last.newtonDecrement / before.newtonDecrement
    let share = ratio * ratio
    let expected = last.newtonDecrement * share
    guard ratio < 1e-3, expected > goal, expected * share * share <= goal else { return nil }
    var trial = point.indices.map { point[$0] + direction[$0] }
    var result = [NewtonStep]()
    var decrement = last.newtonDecrement
    for _ in 0..<2 {
      guard let here = gradient(trial), here.value.isFinite, here.value >= value - slack,
        here.gradient.allSatisfy(\.isFinite)
      else { return nil }
      let step = cholesky.solve(here.gradient)
      let next = zip(step, here.gradient).reduce(0) { $0 + $1.0 * $1.1 }
      guard next >= 0, next <= 1e-3 * decrement else { return nil }
      result.append(
        NewtonStep(
          logLikelihood: here.value, newtonDecrement: next,
          largestGradient: here.gradient.reduce(0) { Swift.max($0, abs($1)) }, halvings: 0))
      for index in trial.indices { trial[index] += step[index] }
      if next * (next / decrement) <= goal { break }
      decrement = next
    }
    return (trial, result)
  }

  /// The first of the full step, its half, its quarter … that does not lower the likelihood.
  private func step(
    from current: CoxPartialLikelihood.ScaledEvaluation, slack: Double,
    _ evaluate: ([Double]) -> CoxPartialLikelihood.ScaledEvaluation
  ) -> (point: [Double], evaluation: CoxPartialLikelihood.ScaledEvaluation, halvings: Int)? {
    var length = 1.0
    for halvings in 0..<60 {
      let trial = point.indices.map { point[$0] + length * direction[$0] }
      let evaluation = evaluate(trial)
      let isFinite =
        evaluation.logLikelihood.isFinite && evaluation.gradient.allSatisfy(\.isFinite)
      if isFinite, evaluation.logLikelihood >= current.logLikelihood - slack {
        return (trial, evaluation, halvings)
      }
      length /= 2
    }
    return nil
  }
}
