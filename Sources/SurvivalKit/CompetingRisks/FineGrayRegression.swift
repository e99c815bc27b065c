// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

/// The Fine–Gray model of a subdistribution hazard, fitted to columns.
///
/// ```swift
/// let fit = try FineGrayRegression.fit(data, cause: "relapse", design: design)
/// ```
///
/// The coefficients are log ratios of the subdistribution hazard, with which the cumulative incidence is
/// 1 − exp(−Λ(t) exp(η)): a positive one says that the incidence is higher, not that the rate among
/// those still event-free is.
@dynamicMemberLookup
public struct FineGrayRegression: Sendable {
  /// The estimates as plain numbers; tests of the likelihood are those of a weighted pseudo-likelihood.
  public internal(set) var estimates: CoxEstimates
  /// Which standard errors the estimates have; never `automatic`.
  public let variance: FineGrayVariance
  let likelihood: FineGrayLikelihood
  /// The estimates in the scaled coordinates of the likelihood, 0 for aliased columns.
  let point: [Double]
  /// The stratum of every row; `nil` for one stratum.
  let strata: Grouping?

  /// A member of the estimates.
  public subscript<Value>(dynamicMember member: KeyPath<CoxEstimates, Value>) -> Value {
    estimates[keyPath: member]
  }

  /// The coefficient of a name; `nil` when there is none.
  public subscript(coefficient name: String) -> CoxCoefficient? { estimates[coefficient: name] }

  /// Fits the model by Newton–Raphson.
  ///
  ///     S(t, β) = Σ wᵢ(t) exp(xᵢᵀβ),   wᵢ(t) = G(t−)/G(Tᵢ−) for t after a competing event at Tᵢ
  ///
  /// Rows are not expanded. G takes events before censorings of the same time, as R's `finegray`;
  /// `cmprsk::crr` has the other order, which shows only where both happen at one time, and Breslow's
  /// rule for ties. With delayed entry the weights have the factor of Geskus (2011),
  /// doi:10.1111/j.1541-0420.2010.01420.x. Probability weights do not enter G, as in `finegray`.
  /// - Parameters:
  ///   - data: The follow-up of *n* rows, with causes.
  ///   - cause: The cause whose incidence is modelled.
  ///   - design: *p* covariates of the same rows.
  ///   - strata: The stratum of every row, each with its own baseline hazard; one when `nil`.
  ///   - censoringGroups: Groups of rows with a censoring distribution of their own; by default the
  ///     strata.
  ///   - offset: A known part of the linear predictor; 0 when `nil`.
  ///   - ties: How tied events are treated: `efron` or `breslow`.
  ///   - variance: Which standard errors the estimates have.
  ///   - maximumIterations: How many steps to try.
  /// - Returns: The fit.
  /// - Throws: ``SurvivalError`` when there is nothing to estimate, a row follows a competing event of
  ///   its subject, or no maximum was found.
  /// - Complexity: O(*n* log *n* + iterations · *n* *p*²).
  public static func fit<Cause: Hashable & Sendable>(
    _ data: SurvivalData, cause: Cause, design: DesignMatrix, strata: Grouping? = nil,
    censoringGroups: Grouping? = nil, offset: [Double]? = nil, ties: TieMethod = .efron,
    variance: FineGrayVariance = .automatic, maximumIterations: Int = 50
  ) throws(SurvivalError) -> FineGrayRegression {
    for (name, length) in [
      ("the design", design.rowCount), ("strata", strata?.count ?? data.count),
      ("censoringGroups", censoringGroups?.count ?? data.count),
      ("offset", offset?.count ?? data.count),
    ] where length != data.count {
      throw SurvivalError(
        .mismatchedLengths, "the data have \(data.count) rows but \(name) has \(length)")
    }
    let badOffsets = (offset ?? []).enumerated().filter { !$0.element.isFinite }
    guard badOffsets.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(badOffsets.count) offset(s) are not finite numbers",
        problems: badOffsets.map {
          SurvivalError.RowProblem(
            index: $0.offset, column: "offset", found: "\($0.element)", allowed: "a finite number")
        })
    }
    guard !ties.isExact else {
      throw SurvivalError(
        .invalidArgument,
        "the exact rules for ties count subsets of rows, which weights of competing events have no "
          + "meaning for; use efron or breslow")
    }
    let hasEntries = data.entries != nil
    guard !(hasEntries && variance == .fineGray) else {
      throw SurvivalError(
        .invalidArgument,
        "the variance of Fine & Gray is that of right-censored rows; with entry times use "
          + "fixedWeights")
    }
    let causes = try data.knownCauses()
    let position = try causes.position(of: cause)
    try data.checkEventsEnd()
    let likelihood = try FineGrayLikelihood(
      data, cause: position, causes: causes, design: design, strata: strata,
      censoringGroups: censoringGroups, offset: offset, ties: ties)
    let chosen = variance == .automatic ? (hasEntries ? .fixedWeights : .fineGray) : variance
    let evaluator = FineGrayEvaluator(likelihood) {
      try? CoxPartialLikelihood(
        likelihood.data, design: design, strata: strata, offset: offset, ties: ties)
    }
    let (estimates, point) = try FineGraySolver(
      likelihood: likelihood, evaluator: evaluator, strata: strata, cause: causes.levels[position],
      variance: chosen,
      maximumIterations: maximumIterations
    ).estimates()
    return FineGrayRegression(
      estimates: estimates, variance: chosen, likelihood: likelihood, point: point, strata: strata)
  }
}

extension FineGrayRegression: CustomStringConvertible {
  /// The estimates as a Cox model's are printed.
  public var description: String { estimates.description }
}
