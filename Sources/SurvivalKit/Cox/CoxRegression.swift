// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

/// The Cox proportional-hazards model fitted to columns.
///
/// ```swift
/// let fit = try CoxRegression.fit(data, design: design, strata: Grouping(site), ties: .efron)
/// ```
///
/// The estimates are plain numbers (``estimates``, whose members can be read from the fit itself);
/// the fit keeps the data besides, for residuals, tests and baseline hazards. For records of your own
/// types, ``CoxModel`` builds the columns and predicts with their coding.
@dynamicMemberLookup
public struct CoxRegression: Sendable {
  /// The estimates as plain numbers.
  public internal(set) var estimates: CoxEstimates
  /// The likelihood that was maximized.
  let likelihood: CoxPartialLikelihood
  /// The estimates in the scaled coordinates of the likelihood, 0 for aliased columns.
  let point: [Double]
  /// The stratum of every row; `nil` for one stratum.
  let strata: Grouping?
  /// What predicted curves share.
  let basis: PredictionBasis

  /// A member of the estimates.
  public subscript<Value>(dynamicMember member: KeyPath<CoxEstimates, Value>) -> Value {
    estimates[keyPath: member]
  }

  /// The coefficient of a name; `nil` when there is none.
  public subscript(coefficient name: String) -> CoxCoefficient? { estimates[coefficient: name] }

  /// Fits the model by Newton–Raphson.
  ///
  /// Columns are centred and scaled inside, so that an affine change of a covariate changes nothing
  /// but its unit. A column that is a combination of earlier ones is set aside, as in R.
  /// - Parameters:
  ///   - data: The follow-up of *n* rows, with weights and clusters.
  ///   - design: *p* covariates of the same rows.
  ///   - strata: The stratum of every row, each with its own baseline hazard; one when `nil`.
  ///   - offset: A known part of the linear predictor; 0 when `nil`.
  ///   - ties: How tied events are treated.
  ///   - penalty: What is added to the log likelihood: nothing, or Firth's penalty, with which no
  ///     coefficient is infinite. Not with an exact rule for ties, probability weights or a robust
  ///     variance.
  ///   - isRobust: Whether standard errors are robust; by default they are with probability weights,
  ///     clusters or subjects.
  ///   - maximumIterations: How many steps to try.
  ///   - parallelism: How many threads to use; by default all processors for large work and one for
  ///     small. The result has the same bits for any number.
  /// - Returns: The fit.
  /// - Throws: ``SurvivalError`` when there is nothing to estimate or no maximum was found.
  /// - Complexity: O(*n* log *n* + iterations · *n* *p*²); with delayed entry another factor log *m*.
  public static func fit(
    _ data: SurvivalData, design: DesignMatrix, strata: Grouping? = nil, offset: [Double]? = nil,
    ties: TieMethod = .efron, penalty: CoxPenalty = .none, isRobust: Bool? = nil,
    maximumIterations: Int = 50,
    parallelism: Int? = nil
  ) throws(SurvivalError) -> CoxRegression {
    let isRobust = isRobust ?? data.asksForRobustVariance
    guard !(ties.isExact && isRobust) else {
      throw SurvivalError(
        .invalidArgument,
        "a robust variance is not defined under the tie rule \(ties.rawValue); "
          + "use efron or breslow, or pass isRobust: false")
    }
    if penalty == .firth {
      guard !ties.isExact, !isRobust, data.weightKind != .probability else {
        throw SurvivalError(
          .invalidArgument,
          "Firth's penalty is that of a likelihood under the rules efron or breslow, without "
            + "probability weights; with clusters or subjects pass isRobust: false")
      }
    }
    let threads =
      parallelism
      ?? CoxEvaluator.suitableThreads(rows: data.count, columns: design.names.count)
    let likelihood = try CoxPartialLikelihood(
      data, design: design, strata: strata, offset: offset, ties: ties, threads: threads)
    let (estimates, point) = try CoxSolver(
      likelihood, strata: strata, isRobust: isRobust,
      maximumIterations: maximumIterations, penalty: penalty, threads: threads
    ).estimates()
    return CoxRegression(
      estimates: estimates, likelihood: likelihood, point: point, strata: strata,
      basis: PredictionBasis(estimates, centers: likelihood.centers, scales: likelihood.scales))
  }

  /// The linear predictors of the rows, in the order of the risk table, and what each event time
  /// leaves behind at the estimates.
  func recorded() -> (predictors: [Double], record: HazardRecord) {
    let record =
      likelihood.scan(at: point, wants: .record).record
      ?? HazardRecord(events: 0, dimension: likelihood.names.count)
    return (likelihood.linearPredictors(at: point), record)
  }
}
