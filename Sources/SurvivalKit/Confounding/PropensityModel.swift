// SPDX-License-Identifier: Apache-2.0

/// A plan to model who was exposed, so that groups can be weighted to be alike.
///
/// ```swift
/// let model = PropensityModel(
///   exposure: { $0.arm == .exposed }, covariates: [.numeric("age", \.age), .factor("risk", \.risk)])
/// let weights = try model.fitted(to: patients).weights(.everyone)
/// print(weights)
/// let curves = try KaplanMeier(endpoint: .overallSurvival, weights: weights.recordWeights)
///   .fitted(to: patients, groupedBy: \.arm)
/// ```
///
/// The propensity score is the probability of exposure given the covariates, by logistic regression.
/// Rosenbaum & Rubin (1983), doi:10.1093/biomet/70.1.41.
public struct PropensityModel<Record>: Sendable {
  /// Whether a record is exposed; `nil` when missing.
  public var exposure: @Sendable (Record) -> Bool?
  /// What may have influenced both exposure and outcome.
  public var covariates: [Covariate<Record>]

  /// Creates a plan.
  /// - Parameters:
  ///   - exposure: Whether a record is exposed; `nil` when missing, which leaves the record out, counted.
  ///   - covariates: What may have influenced both exposure and outcome.
  public init(
    exposure: @escaping @Sendable (Record) -> Bool?, covariates: [Covariate<Record>]
  ) {
    self.exposure = exposure
    self.covariates = covariates
  }

  /// Fits the model.
  /// - Parameter records: The records; those with a missing value are left out and counted.
  /// - Returns: The fit, which gives weights.
  /// - Throws: ``SurvivalError``: `noRows` when no record is left, `tooFewGroups` when nobody or
  ///   everybody is exposed, `notEstimable` when the covariates determine the exposure of some, or
  ///   when a term changes with time, `invalidData` for values that are not finite.
  /// - Complexity: O(iterations · *n* *p*²).
  public func fitted(to records: [Record]) throws(SurvivalError) -> PropensityFit<Record> {
    var required: [(name: String, isPresent: @Sendable (Record) -> Bool)] = [
      ("exposure", { [exposure] in exposure($0) != nil })
    ]
    required += covariates.map { ($0.name, $0.isPresent) }
    let (rows, exclusions) = Exclusions.reading(records, required: required)
    guard !rows.isEmpty else {
      throw SurvivalError(.noRows, "no record is left for the propensity model: \(exclusions)")
    }
    if let timed = covariates.first(where: \.isTimeDependent) {
      throw SurvivalError(
        .notEstimable,
        "\(timed.name) changes with time; a propensity score is of what was known at the exposure")
    }
    let codings = try CovariateCoding.codings(covariates, records, rows)
    do {
      let columns = CovariateCoding.columns(codings, records, rows)
      let design = try DesignMatrix(columns, rowCount: rows.count)
      let exposed = rows.map { exposure(records[$0]) == true }
      let regression = try LogisticRegression.fit(exposed, design: design)
      return PropensityFit(
        regression: regression, rows: rows, isExposed: exposed, exclusions: exclusions,
        codings: codings, exposure: exposure,
        terms: codings.flatMap { BalanceTerm.terms($0, rows.map { records[$0] }) })
    } catch {
      // Rows were numbered among those used; name them as records.
      throw SurvivalError(
        error.code, error.message,
        problems: error.problems.map { problem in
          problem.index.map { problem.at(rows[$0]) } ?? problem
        })
    }
  }
}

extension Exclusions {
  /// The rows that have every required value, and the others by the first value that is missing.
  static func reading<Record>(
    _ records: [Record], required: [(name: String, isPresent: @Sendable (Record) -> Bool)]
  ) -> (rows: [Int], exclusions: Exclusions) {
    var rows = [Int]()
    var missing = [[Int]](repeating: [], count: required.count)
    for (row, record) in records.enumerated() {
      if let absent = required.firstIndex(where: { !$0.isPresent(record) }) {
        missing[absent].append(row)
      } else {
        rows.append(row)
      }
    }
    let listed = zip(required, missing).filter { !$1.isEmpty }.map {
      Missing(column: $0.name, rows: $1)
    }
    return (rows, Exclusions(outsidePopulation: [], missing: listed))
  }
}
