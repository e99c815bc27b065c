// SPDX-License-Identifier: Apache-2.0

internal import RealModule
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
