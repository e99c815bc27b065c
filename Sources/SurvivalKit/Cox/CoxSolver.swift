// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// The steps from a likelihood to estimates.
struct CoxSolver {
  let likelihood: CoxPartialLikelihood
  let strata: Grouping?
  let isRobust: Bool
  let maximumIterations: Int
  let penalty: CoxPenalty
  private let names: [String]
  private let evaluator: CoxEvaluator

  init(
    _ likelihood: CoxPartialLikelihood, strata: Grouping?, isRobust: Bool, maximumIterations: Int,
    penalty: CoxPenalty, threads: Int
  ) {
    self.likelihood = likelihood
    self.strata = strata
    self.isRobust = isRobust
    self.maximumIterations = maximumIterations
    self.penalty = penalty
    names = likelihood.names
    evaluator = CoxEvaluator(likelihood, threads: threads)
  }

  func estimates() throws(SurvivalError) -> (estimates: CoxEstimates, point: [Double]) {
    let p = names.count
    let zero = [Double](repeating: 0, count: p)
    var null = evaluator.evaluate(at: zero)
    guard null.logLikelihood.isFinite, let elimination = elimination(null) else {
      throw SurvivalError(
        .overflow, "offsets or weights are so large that the likelihood has no value at 0")
    }
    let kept = elimination.kept
    var (point, final, steps) = (zero, null, [NewtonStep]())
    var infinite: InfiniteMaximum?
    if penalty == .none {
      (point, final, steps, infinite) = try climb(null, kept)
    } else {
      let objective = CoxObjective(
        likelihood, penalty: penalty, kept: kept, evaluator: evaluator)
      null = objective.penalized(null, at: zero)
      let maximum = try ConstrainedMaximum(
        objective, free: kept, from: zero, evaluation: null, maximumIterations: maximumIterations)
      (point, final, steps) = (maximum.point, maximum.evaluation, maximum.steps)
    }
    var information = final.information.submatrix(rows: kept, columns: kept)
    if infinite != nil, Cholesky(information) == nil {
      // Nothing curves any more towards infinity: the errors of those coefficients say nothing anyhow.
      let largest = kept.indices.reduce(0) { Swift.max($0, information[$1, $1]) }
      for j in kept.indices { information[j, j] += 1e-12 * (largest > 0 ? largest : 1) }
    }
    guard let cholesky = Cholesky(information) else {
      throw SurvivalError(
        .notConverged, "the information at the estimates is singular, so they have no variance")
    }
    let inverse = cholesky.inverse()
    let squares =
      isRobust
      ? clusteredSquares(at: point, likelihood.scan(at: point, wants: .record).record, kept) : nil
    let assembly = CoxAssembly(
      names: names, scales: likelihood.scales, elimination: elimination, inverse: inverse,
      squares: squares)
    try assembly.checkVariances()
    let estimates = assemble(
      assembly, null: null, final: final, point: point, steps: steps, squares: squares,
      infinite: infinite)
    return (estimates, point)
  }

  /// Finds the columns that are combinations of earlier ones within the risk sets.
  ///
  /// That does not depend on offsets, but the information at 0 does: an extreme offset leaves a risk
  /// set to one row. So it is taken without them. A column is compared with what is left of it within
  /// the risk sets; where that is little beside the column itself, as with a covariate that drifts
  /// with time, rounding of the order of 64 ε times the column is allowed for.
  private func elimination(
    _ null: CoxPartialLikelihood.ScaledEvaluation
  ) -> OrderedElimination? {
    var information = null.information
    if likelihood.offsets.contains(where: { $0 != 0 }) {
      let zeros = [Double](repeating: 0, count: likelihood.offsets.count)
      information = likelihood.scan(predictors: zeros, wants: .information).information
    }
    let scales = names.indices.map { column -> Double in
      let diagonal = Swift.max(0, information[column, column])
      return Swift.max(diagonal, 0x1p-7 * (diagonal * likelihood.eventWeight).squareRoot())
    }
    return OrderedElimination(information, relativeTo: scales)
  }

  /// Climbs over the columns that are kept; the others stay at 0.
  ///
  /// Columns whose coefficient is proved to be infinite are noted.
  private func climb(
    _ null: CoxPartialLikelihood.ScaledEvaluation, _ kept: [Int]
  ) throws(SurvivalError) -> (
    point: [Double], final: CoxPartialLikelihood.ScaledEvaluation, steps: [NewtonStep],
    infinite: InfiniteMaximum?
  ) {
    func restricted(
      _ evaluation: CoxPartialLikelihood.ScaledEvaluation
    ) -> CoxPartialLikelihood.ScaledEvaluation {
      CoxPartialLikelihood.ScaledEvaluation(
        logLikelihood: evaluation.logLikelihood, gradient: kept.map { evaluation.gradient[$0] },
        information: evaluation.information.submatrix(rows: kept, columns: kept))
    }
    let monotone = MonotoneLikelihood(likelihood: likelihood)
    func fresh(_ iterations: Int) -> NewtonRaphson {
      NewtonRaphson(
        maximumIterations: iterations,
        eventWeight: likelihood.eventWeight / Double(likelihood.eventCount),
        eventCount: Double(likelihood.eventCount))
    }
    var newton = fresh(maximumIterations)
    var final = null
    let existence = MaximumExistence(likelihood, kept: kept)
    func climb(
      from start: [Double], _ first: CoxPartialLikelihood.ScaledEvaluation,
      isDrifting: ([Double]) -> Bool
    ) -> (outcome: NewtonRaphson.Outcome, evaluation: CoxPartialLikelihood.ScaledEvaluation) {
      newton.climb(
        from: start, first, isDrifting: isDrifting, bound: { bound(of: expand($0, kept)) },
        reach: { reach(of: expand($0, kept), monotone) },
        gradient: {
          guard let result = evaluator.gradient(at: expand($0, kept)) else { return nil }
          return (result.value, kept.map { result.gradient[$0] })
        },
        evaluate: { restricted(evaluator.evaluate(at: expand($0, kept))) })
    }
    let origin = [Double](repeating: 0, count: kept.count)
    var outcome = climb(from: origin, restricted(null)) {
      existence.isInfinite(near: expand($0, kept))
    }
    var verdict = MaximumExistence.Verdict.finite
    if !outcome.outcome.isConverged || !existence.isProvedFinite(at: outcome.evaluation) {
      verdict = existence.decided(near: expand(newton.direction, kept))
    }
    switch (outcome.outcome, verdict) {
    case (.failed, .finite):
      // There is a maximum, but an extreme row lets each step move its predictor by 1 only.
      let decrement = newton.steps.last?.newtonDecrement ?? 0
      if newton.steps.count > 20, decrement <= 1e-2 * newton.eventWeight,
        let maximum = try? ConstrainedMaximum(
          CoxObjective(likelihood, penalty: .none, kept: kept, evaluator: evaluator), free: kept,
          from: expand(newton.point, kept), maximumIterations: 10 * maximumIterations,
          isPatient: true)
      {
        return (maximum.point, maximum.evaluation, newton.steps.dropLast() + maximum.steps, nil)
      }
      // Or the climb began far off, as with offsets that leave a risk set to one row.
      if newton.steps.count <= maximumIterations,
        let maximum = try? ConstrainedMaximum(
          CoxObjective(likelihood, penalty: .none, kept: kept, evaluator: evaluator), free: kept,
          from: expand(origin, kept), evaluation: null, maximumIterations: 4 * maximumIterations),
        let rest = Cholesky(maximum.evaluation.information.submatrix(rows: kept, columns: kept))?
          .solve(kept.map { maximum.evaluation.gradient[$0] }),
        reach(of: expand(rest, kept), monotone) <= 1e-9
      {
        return (maximum.point, maximum.evaluation, maximum.steps, nil)
      }
    case (.failed, .infinite):
      // Not so far that nothing is left to curve.
      newton = fresh(Swift.max(1, newton.steps.count - 3))
      outcome = climb(from: origin, restricted(null)) { _ in true }
    default: break
    }
    if case .infinite(let direction) = verdict, !isNearLimit(outcome.outcome, newton),
      let limit = try? ConstrainedMaximum(
        CoxObjective(likelihood, penalty: .none, kept: kept, evaluator: evaluator), free: kept,
        from: expand(origin, kept), evaluation: null, maximumIterations: 4 * maximumIterations,
        sufficientDecrement: 1e-8)
    {
      // From far off, where steps lead astray, as with offsets that leave a risk set to one row.
      return (
        limit.point, limit.evaluation, limit.steps, existence.infiniteMaximum(along: direction)
      )
    }
    let point = expand(newton.point, kept)
    final.logLikelihood = outcome.evaluation.logLikelihood
    final.gradient = expand(outcome.evaluation.gradient, kept)
    final.information = Matrix(rows: names.count, columns: names.count)
    for (i, row) in kept.enumerated() {
      for (j, column) in kept.enumerated() {
        final.information[row, column] = outcome.evaluation.information[i, j]
      }
    }
    if case .failed(var reason) = outcome.outcome {
      if case .finite = verdict {
        reason += "; there is a finite maximum, but extreme values may cost the others their digits"
      }
      throw SurvivalError(
        .notConverged,
        "the Cox model did not converge: \(reason). "
          + "Look for covariates with extreme values, or for a combination that nearly separates "
          + "those with the event from those without")
    }
    guard case .infinite(let direction) = verdict else { return (point, final, newton.steps, nil) }
    return (point, final, newton.steps, existence.infiniteMaximum(along: direction))
  }

  /// Whether a climb towards a maximum at infinity ended where the likelihood has its limit almost.
  private func isNearLimit(_ outcome: NewtonRaphson.Outcome, _ newton: NewtonRaphson) -> Bool {
    if case .failed = outcome { return false }
    return (newton.steps.last?.newtonDecrement ?? .infinity) <= 1e-8 * newton.eventWeight
  }

  /// The largest change of a linear predictor along a direction, relative to others of its risk set;
  /// where the extents of the columns already say that it is small, their bound.
  private func reach(of direction: [Double], _ monotone: MonotoneLikelihood) -> Double {
    let bound = bound(of: direction)
    return bound <= 1e-3 ? bound : monotone.reach(of: direction)
  }

  /// What a direction can change a linear predictor by, relative to others, by the columns' extents.
  private func bound(of direction: [Double]) -> Double {
    zip(direction, likelihood.extents).reduce(0) { $0 + 2 * abs($1.0) * $1.1 }
  }

  private func expand(_ values: [Double], _ kept: [Int]) -> [Double] {
    var result = [Double](repeating: 0, count: names.count)
    for (value, column) in zip(values, kept) { result[column] = value }
    return result
  }

  /// The sum over clusters of the outer products of their weighted score residuals.
  private func clusteredSquares(
    at point: [Double], _ record: HazardRecord?, _ kept: [Int]
  ) -> Matrix {
    let p = names.count
    let k = kept.count
    guard let record, k > 0 else { return Matrix(rows: k, columns: k) }
    let residuals = ScoreResiduals(
      likelihood, predictors: likelihood.linearPredictors(at: point), record: record)
    let data = likelihood.data
    let dependence = data.dependence
    let standsForMany = dependence == nil && data.weightKind == .frequency
    let count = dependence?.levels.count ?? likelihood.table.order.count
    var sums = [Double](repeating: 0, count: count * k)
    for (position, row) in likelihood.table.order.enumerated() {
      let cluster = dependence?.codes[Int(row)] ?? position
      let weight = likelihood.weights[position]
      let factor = standsForMany ? weight.squareRoot() : weight
      for (i, column) in kept.enumerated() {
        sums[cluster * k + i] += factor * residuals.score[position * p + column]
      }
    }
    var squares = [Double](repeating: 0, count: k * k)
    for cluster in 0..<count {
      SymmetricSum.addOuter(Array(sums[(cluster * k)..<((cluster + 1) * k)]), 1, to: &squares)
    }
    return SymmetricSum.matrix(squares, order: k)
  }

  private func assemble(
    _ assembly: CoxAssembly, null: CoxPartialLikelihood.ScaledEvaluation,
    final: CoxPartialLikelihood.ScaledEvaluation, point: [Double], steps: [NewtonStep],
    squares: Matrix?, infinite: InfiniteMaximum?
  ) -> CoxEstimates {
    let kept = assembly.elimination.kept
    var robustScore: ChiSquaredTest?
    if isRobust {
      let zero = [Double](repeating: 0, count: names.count)
      let record = likelihood.scan(at: zero, wants: .record).record
      robustScore = assembly.scoreTest(null, squares: clusteredSquares(at: zero, record, kept))
    }
    let data = likelihood.data
    let rowCount = likelihood.table.order.count
    let modelCovariance = assembly.modelCovariance
    let stratumEvents = likelihood.times.strata
    return CoxEstimates(
      coefficients: assembly.coefficients(at: point) { infinite?.limits[$0] },
      covariance: assembly.robustCovariance ?? modelCovariance,
      modelCovariance: modelCovariance, ties: likelihood.ties, penalty: penalty,
      weightKind: data.weightKind, isRobust: isRobust, rowCount: rowCount,
      subjectCount: data.subjects == nil ? rowCount : data.subjectCount,
      eventCount: likelihood.eventCount, eventWeight: likelihood.eventWeight,
      stratumCount: strata?.levels.count ?? 1,
      nullLogLikelihood: null.logLikelihood, logLikelihood: final.logLikelihood,
      likelihoodRatioTest: ChiSquaredTest(
        2 * (final.logLikelihood - null.logLikelihood), degreesOfFreedom: kept.count),
      waldTest: assembly.waldTest(at: point, final, squares: squares),
      scoreTest: assembly.scoreTest(null), robustScoreTest: robustScore,
      means: likelihood.centers, iterations: steps,
      hasConverged: infinite == nil, monotoneDirection: infinite?.direction,
      diagnostics: assembly.diagnostics(
        data, rowCount: rowCount, eventCount: likelihood.eventCount,
        strata: (
          strata?.levels, stratumEvents.count,
          stratumEvents.indices.filter { stratumEvents[$0].isEmpty }
        ),
        infinite: infinite?.diagnostic(names, ties: likelihood.ties, isRobust: isRobust)),
      mergedTimes: data.mergedTimes)
  }
}
