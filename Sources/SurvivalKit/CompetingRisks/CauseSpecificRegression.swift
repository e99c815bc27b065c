// SPDX-License-Identifier: Apache-2.0

/// A Cox model of the cause-specific hazard of every cause, fitted to columns.
///
/// ```swift
/// let fit = try CauseSpecificRegression.fit(data, design: design)
/// let risks = try fit.absoluteRisks(for: [62, 1], at: [365])
/// ```
///
/// The hazard of each cause has a model of its own, in which the other events are censored; the risk of
/// an event by a time depends on all of them: Benichou & Gail (1990), doi:10.2307/2532098.
public struct CauseSpecificRegression: Sendable {
  /// The names of the causes, in order.
  public let causes: [String]
  /// The fits, one for each cause.
  public internal(set) var fits: [CoxRegression]
  /// The stratum of every row; `nil` for one stratum.
  let strata: Grouping?

  /// The fit of a cause; `nil` for a cause without events.
  public subscript<Cause: Hashable & Sendable>(_ cause: Cause) -> CoxRegression? {
    causes.firstIndex(of: LevelOrder.name(cause)).map { fits[$0] }
  }

  /// Fits the models.
  /// - Parameters:
  ///   - data: The follow-up of *n* rows, with causes.
  ///   - design: *p* covariates of the same rows, of which every cause has its own coefficients.
  ///   - strata: The stratum of every row, each with its own baseline hazards; one when `nil`.
  ///   - offset: A known part of every linear predictor; 0 when `nil`.
  ///   - ties: How tied events are treated: `efron` or `breslow`.
  ///   - isRobust: Whether standard errors of coefficients are robust; by default they are with
  ///     probability weights, clusters or subjects.
  /// - Returns: The fits.
  /// - Throws: ``SurvivalError`` when there are no causes, a row follows an event of its subject, or one
  ///   of the models cannot be fitted; the message then names the cause.
  /// - Complexity: That of ``CoxRegression``, for each cause.
  public static func fit(
    _ data: SurvivalData, design: DesignMatrix, strata: Grouping? = nil, offset: [Double]? = nil,
    ties: TieMethod = .efron, isRobust: Bool? = nil
  ) throws(SurvivalError) -> CauseSpecificRegression {
    let causes = try data.knownCauses()
    try data.checkEventsEnd()
    guard !ties.isExact else {
      throw SurvivalError(
        .invalidArgument,
        "absolute risks need influences on baseline hazards, which the exact rules for ties do not "
          + "have; use efron or breslow")
    }
    var fits = [CoxRegression]()
    for cause in causes.levels {
      do {
        fits.append(
          try CoxRegression.fit(
            data.causeSpecific(cause), design: design, strata: strata, offset: offset, ties: ties,
            isRobust: isRobust))
      } catch {
        throw SurvivalError(
          error.code, "cause \(cause): \(error.message)", problems: error.problems)
      }
    }
    return CauseSpecificRegression(causes: causes.levels, fits: fits, strata: strata)
  }
}

extension CauseSpecificRegression: CustomStringConvertible {
  /// The models one after another, as each is printed.
  public var description: String {
    zip(causes, fits).map { "Cause \($0)\n\n\($1)" }.joined(separator: "\n\n\n")
  }
}
