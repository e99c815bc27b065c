// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// The steps from a Fine–Gray likelihood to estimates.
struct FineGraySolver {
  let likelihood: FineGrayLikelihood
  let evaluator: FineGrayEvaluator
  let strata: Grouping?
  let cause: String
  let variance: FineGrayVariance
  let maximumIterations: Int

  private var names: [String] { likelihood.names }
  private var isRobust: Bool { variance != .model }

  func estimates() throws(SurvivalError) -> (estimates: CoxEstimates, point: [Double]) {
    let p = names.count
    let null = evaluator.evaluate(at: [Double](repeating: 0, count: p))
    guard null.logLikelihood.isFinite, let elimination = elimination(null) else {
      throw SurvivalError(
        .overflow, "offsets or weights are so large that the likelihood has no value at 0")
    }
    let kept = elimination.kept
    let (point, final, steps, infinite) = try climb(null, kept)
    guard let cholesky = Cholesky(final.information.submatrix(rows: kept, columns: kept)) else {
      throw SurvivalError(
        .notConverged, "the information at the estimates is singular, so they have no variance")
    }
    let inverse = cholesky.inverse()
    let squares = isRobust && !kept.isEmpty ? squares(at: point, kept) : nil
    let assembly = CoxAssembly(
      names: names, scales: likelihood.scales, elimination: elimination, inverse: inverse,
      squares: squares)
    try assembly.checkVariances()
    return (assemble(assembly, null, final, point, steps, squares, infinite), point)
  }

  /// Finds the columns that are combinations of earlier ones within the risk sets, without offsets.
  private func elimination(
    _ null: CoxPartialLikelihood.ScaledEvaluation
  ) -> OrderedElimination? {
    let scales = names.indices.map { column -> Double in
      let diagonal = Swift.max(0, null.information[column, column])
      return Swift.max(diagonal, 0x1p-7 * (diagonal * likelihood.eventWeight).squareRoot())
    }
    return OrderedElimination(null.information, relativeTo: scales)
  }

  private func expand(_ values: [Double], _ kept: [Int]) -> [Double] {
    var result = [Double](repeating: 0, count: names.count)
    for (value, column) in zip(values, kept) { result[column] = value }
    return result
  }

  /// Climbs over the columns that are kept; the others stay at 0.
  private func climb(
    _ null: CoxPartialLikelihood.ScaledEvaluation, _ kept: [Int]
  ) throws(SurvivalError) -> (
    point: [Double], final: CoxPartialLikelihood.ScaledEvaluation, steps: [NewtonStep],
    infinite: Set<Int>
  ) {
    func restricted(
      _ evaluation: CoxPartialLikelihood.ScaledEvaluation
    ) -> CoxPartialLikelihood.ScaledEvaluation {
      CoxPartialLikelihood.ScaledEvaluation(
        logLikelihood: evaluation.logLikelihood, gradient: kept.map { evaluation.gradient[$0] },
        information: evaluation.information.submatrix(rows: kept, columns: kept))
    }
    func bound(_ direction: [Double]) -> Double {
      zip(direction, kept).reduce(0) { $0 + 2 * abs($1.0) * likelihood.extents[$1.1] }
    }
    var newton = NewtonRaphson()
    newton.maximumIterations = maximumIterations
    newton.eventCount = Double(likelihood.eventCount)
    newton.eventWeight = likelihood.eventWeight / Double(likelihood.eventCount)
    let outcome = newton.climb(
      from: [Double](repeating: 0, count: kept.count), restricted(null),
      isDrifting: { likelihood.unboundedDirection(near: expand($0, kept)) != nil },
      bound: bound, reach: bound,
      evaluate: { restricted(evaluator.evaluate(at: expand($0, kept))) })
    var infinite = Set<Int>()
    switch outcome.outcome {
    case .converged: break
    case .drifting:
      let direction = likelihood.unboundedDirection(near: expand(newton.direction, kept)) ?? []
      infinite = Set(direction.indices.filter { direction[$0] != 0 })
    case .failed(let reason):
      throw SurvivalError(
        .notConverged,
        "the Fine–Gray model did not converge: \(reason). "
          + "Look for covariates with extreme values, or for a combination that nearly separates "
          + "those with the event from those without")
    }
    var final = null
    final.logLikelihood = outcome.evaluation.logLikelihood
    final.gradient = expand(outcome.evaluation.gradient, kept)
    final.information = Matrix(rows: names.count, columns: names.count)
    for (i, row) in kept.enumerated() {
      for (j, column) in kept.enumerated() {
        final.information[row, column] = outcome.evaluation.information[i, j]
      }
    }
    return (expand(newton.point, kept), final, newton.steps, infinite)
  }

  /// The sum over clusters of the outer products of their influences on the score.
  private func squares(at point: [Double], _ kept: [Int]) -> Matrix {
    let p = names.count
    let influence = FineGrayInfluence(
      FineGrayScan(likelihood, at: point), countsCensoring: variance == .fineGray)
    let scores = influence.ofScore()
    var squares = [Double](repeating: 0, count: kept.count * kept.count)
    for cluster in 0..<influence.clusterCount {
      for (i, row) in kept.enumerated() {
        let value = scores[cluster * p + row]
        for j in 0...i {
          squares[i * kept.count + j] += value * scores[cluster * p + kept[j]]
        }
      }
    }
    return SymmetricSum.matrix(squares, order: kept.count)
  }

  private func assemble(
    _ assembly: CoxAssembly, _ null: CoxPartialLikelihood.ScaledEvaluation,
    _ final: CoxPartialLikelihood.ScaledEvaluation, _ point: [Double], _ steps: [NewtonStep],
    _ squares: Matrix?, _ infinite: Set<Int>
  ) -> CoxEstimates {
    let kept = assembly.elimination.kept
    var robustScore: ChiSquaredTest?
    if squares != nil {
      let zero = [Double](repeating: 0, count: names.count)
      robustScore = assembly.scoreTest(null, squares: self.squares(at: zero, kept))
    }
    let data = likelihood.data
    let rowCount = likelihood.table.order.count
    let modelCovariance = assembly.modelCovariance
    let stratumEvents = likelihood.strata
    var estimates = CoxEstimates(
      coefficients: assembly.coefficients(at: point) {
        infinite.contains($0) ? (point[$0] < 0 ? .negative : .positive) : nil
      },
      covariance: assembly.robustCovariance ?? modelCovariance,
      modelCovariance: modelCovariance, ties: likelihood.ties, penalty: .none,
      weightKind: data.weightKind, isRobust: isRobust, rowCount: rowCount,
      subjectCount: data.subjects == nil ? rowCount : data.subjectCount,
      eventCount: likelihood.eventCount, eventWeight: likelihood.eventWeight,
      stratumCount: strata?.levels.count ?? 1, nullLogLikelihood: null.logLikelihood,
      logLikelihood: final.logLikelihood,
      likelihoodRatioTest: ChiSquaredTest(
        2 * (final.logLikelihood - null.logLikelihood), degreesOfFreedom: kept.count),
      waldTest: assembly.waldTest(at: point, final, squares: squares),
      scoreTest: assembly.scoreTest(null), robustScoreTest: robustScore,
      means: likelihood.means, iterations: steps, hasConverged: infinite.isEmpty,
      monotoneDirection: nil,
      diagnostics: assembly.diagnostics(
        data, rowCount: rowCount, eventCount: likelihood.eventCount,
        strata: (
          strata?.levels, stratumEvents.count,
          stratumEvents.indices.filter { stratumEvents[$0].isEmpty }
        ),
        infinite: infinite.isEmpty ? nil : infiniteDiagnostic(infinite, point)),
      mergedTimes: data.mergedTimes)
    estimates.subdistributionCause = cause
    return estimates
  }

  private func infiniteDiagnostic(_ infinite: Set<Int>, _ point: [Double]) -> CoxDiagnostic {
    let parts = infinite.sorted().map { "\(names[$0]) → \(point[$0] < 0 ? "−" : "+")∞" }
    return CoxDiagnostic(
      code: .infiniteCoefficient,
      message: "the likelihood rises without end: \(parts.joined(separator: ", ")). Everyone "
        + "who had the event had the largest value of this combination among those at risk. "
        + "Estimates, standard errors and Wald tests of these coefficients mean nothing")
  }
}

extension FineGrayLikelihood {
  /// A direction near a Newton direction along which the likelihood rises without end, proved.
  func unboundedDirection(near newton: [Double]) -> [Double]? {
    let largest = newton.reduce(0) { Swift.max($0, abs($1)) }
    guard largest > 0, largest.isFinite else { return nil }
    for threshold in [1e-3, 1e-2, 0.05] {
      let cleaned = newton.map { abs($0) < threshold * largest ? 0 : $0 }
      if isUnbounded(cleaned) { return cleaned }
    }
    return nil
  }

  /// Whether everybody with the event has the largest predictor of the risk set along a direction.
  ///
  /// Who has not yet entered is counted as at risk: the proof holds, and may be missed.
  private func isUnbounded(_ direction: [Double]) -> Bool {
    let zeros = [Double](repeating: 0, count: weights.count)
    let p = dimension
    let values = zeros.indices.map { position in
      (0..<p).reduce(0) { $0 + rows[position * p + $1] * direction[$1] }
    }
    guard let smallest = values.min(), let greatest = values.max(), greatest > smallest,
      (greatest - smallest).isFinite
    else { return false }
    let isOneColumn = direction.count { $0 != 0 } == 1
    let tolerance = isOneColumn ? 0 : 1e-10 * (greatest - smallest)
    var isStrict = false
    for (stratum, events) in strata.enumerated() {
      var largest = [Double](repeating: -.infinity, count: events.count)
      var least = [Double](repeating: .infinity, count: events.count)
      var (high, low, event) = (-Double.infinity, Double.infinity, events.count)
      for slot in table.strata[stratum] {
        for position in table.slotStart[slot]..<table.slotStart[slot + 1] {
          high = Swift.max(high, values[position])
          low = Swift.min(low, values[position])
        }
        if table.eventEnd[slot] > table.slotStart[slot] {
          event -= 1
          (largest[event], least[event]) = (high, low)
        }
      }
      var past = [(high: Double, low: Double)](
        repeating: (-.infinity, .infinity), count: factors.count)
      for slot in table.strata[stratum].reversed() {
        if table.eventEnd[slot] > table.slotStart[slot] {
          for group in factors.indices where factors[group][events.lowerBound + event] > 0 {
            largest[event] = Swift.max(largest[event], past[group].high)
            least[event] = Swift.min(least[event], past[group].low)
          }
          for position in table.eventPositions(slot) {
            if values[position] < largest[event] - tolerance { return false }
          }
          if least[event] < largest[event] - tolerance { isStrict = true }
          event += 1
        }
        for position in table.censoredPositions(slot) where competing[position] > 0 {
          let group = group(position)
          past[group].high = Swift.max(past[group].high, values[position])
          past[group].low = Swift.min(past[group].low, values[position])
        }
      }
    }
    return isStrict
  }
}
