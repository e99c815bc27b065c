// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// A fitted Cox model that can predict for records: the estimates, and the coding they belong to.
///
/// The plain numbers are in ``estimates``, which is `Codable`; the fit itself holds the closures that
/// read a record, so that a new record is coded exactly as those of the fit.
@dynamicMemberLookup
public struct CoxFit<Record>: Sendable {
  /// The fit to the columns that the records became.
  public let regression: CoxRegression
  /// The positions of the records that were used, counted from 0.
  public let rows: [Int]
  /// The model that was fitted: how a record's follow-up, strata, offset and weights are read.
  public let model: CoxModel<Record>
  let codings: [CovariateCoding<Record>]

  init(
    regression: CoxRegression, model: CoxModel<Record>, codings: [CovariateCoding<Record>],
    rows: [Int]
  ) {
    self.regression = regression
    self.model = model
    self.codings = codings
    self.rows = rows
  }

  /// The estimates as plain numbers.
  public var estimates: CoxEstimates { regression.estimates }

  /// A member of the estimates.
  public subscript<Value>(dynamicMember member: KeyPath<CoxEstimates, Value>) -> Value {
    estimates[keyPath: member]
  }

  /// The coefficient of a name, `factor[level]` for a level of a factor; `nil` when there is none.
  public subscript(coefficient name: String) -> CoxCoefficient? {
    estimates[coefficient: name]
  }

  /// The columns of the design for a record.
  /// - Parameter record: A record, of the fit or new.
  /// - Returns: One number for each coefficient.
  /// - Throws: ``SurvivalError`` with code `unknownLevel` for a level the fit has not seen,
  ///   `invalidData` for a missing value, or `notEstimable` when a term changes with time.
  public func designRow(for record: Record) throws(SurvivalError) -> [Double] {
    try encoded(record, at: nil)
  }

  /// The columns of the design for a record at a time, for a model with a term that changes with time.
  /// - Parameters:
  ///   - record: A record, of the fit or new.
  ///   - time: The time at which terms that change are read.
  /// - Returns: One number for each coefficient.
  /// - Throws: ``SurvivalError`` with code `unknownLevel` for a level the fit has not seen, or
  ///   `invalidData` for a missing value.
  public func designRow(for record: Record, at time: Double) throws(SurvivalError) -> [Double] {
    try encoded(record, at: time)
  }

  private func encoded(_ record: Record, at time: Double?) throws(SurvivalError) -> [Double] {
    var row = [Double]()
    for coding in codings { row += try coding.encoded(record, at: time) }
    return row
  }

  /// The linear predictor xᵀβ plus the offset of a record.
  ///
  /// It is not centred: the predictor of a record whose columns are all 0 is 0. (R's `predict` of type
  /// `lp` subtracts the predictor at the means; ``hazardRatio(of:relativeTo:level:)`` shows its
  /// reference.)
  /// - Parameter record: A record, of the fit or new.
  /// - Returns: The linear predictor; aliased columns count 0.
  /// - Throws: ``SurvivalError`` as ``designRow(for:)``.
  public func linearPredictor(for record: Record) throws(SurvivalError) -> Double {
    try linearPredictor(record, try designRow(for: record))
  }

  /// The linear predictor of a record at a time, for a model with a term that changes with time.
  /// - Parameters:
  ///   - record: A record, of the fit or new.
  ///   - time: The time at which terms that change are read.
  /// - Returns: The linear predictor; aliased columns count 0.
  /// - Throws: ``SurvivalError`` as ``designRow(for:at:)``.
  public func linearPredictor(for record: Record, at time: Double) throws(SurvivalError) -> Double {
    try linearPredictor(record, try designRow(for: record, at: time))
  }

  private func linearPredictor(
    _ record: Record, _ row: [Double]
  ) throws(SurvivalError) -> Double {
    var sum = try knownPart(of: record)
    for (value, coefficient) in zip(row, estimates.coefficients) {
      sum += value * (coefficient.estimate ?? 0)
    }
    guard sum.isFinite else {
      throw SurvivalError(.overflow, "the linear predictor of the record is not a finite number")
    }
    return sum
  }

  /// The linear predictor less that at the means of the fit, column by column: predictors far from 0
  /// would cancel.
  func centredPredictor(for record: Record) throws(SurvivalError) -> Double {
    let row = try designRow(for: record)
    return try regression.basis.centred(row, offset: knownPart(of: record)).predictor
  }

  /// The factors of the model, each with the level that the others are compared with.
  package var references: [(factor: String, level: String)] {
    codings.compactMap { coding in
      coding.levels.first { !coding.names.contains("\(coding.name)[\($0)]") }
        .map { (coding.name, $0) }
    }
  }

  /// The offset of a record.
  func knownPart(of record: Record) throws(SurvivalError) -> Double {
    guard let offset = model.offset else { return 0 }
    guard let value = offset(record), value.isFinite else {
      throw SurvivalError(.invalidData, "the record has no offset, which the model needs")
    }
    return value
  }

  /// How many times the hazard of one record is that of another, with an interval.
  ///
  ///     exp((a − b)ᵀβ),   log limits (a − b)ᵀβ ± z √((a − b)ᵀ V (a − b))
  /// - Parameters:
  ///   - record: The record whose hazard is compared.
  ///   - reference: The record that it is compared with.
  ///   - level: The level of confidence of the interval.
  /// - Returns: The ratio and its confidence interval. Records in different strata have different
  ///   baseline hazards; the ratio is then that of the covariates alone.
  /// - Throws: ``SurvivalError`` as ``designRow(for:)``.
  public func hazardRatio(
    of record: Record, relativeTo reference: Record, level: Double = 0.95
  ) throws(SurvivalError) -> (estimate: Double, interval: ConfidenceInterval) {
    try hazardRatio(record, reference, at: nil, level)
  }

  /// How many times the hazard of one record is that of another at a time, with an interval.
  /// - Parameters:
  ///   - record: The record whose hazard is compared.
  ///   - reference: The record that it is compared with.
  ///   - time: The time at which terms that change are read.
  ///   - level: The level of confidence of the interval.
  /// - Returns: The ratio and its confidence interval.
  /// - Throws: ``SurvivalError`` as ``designRow(for:at:)``.
  public func hazardRatio(
    of record: Record, relativeTo reference: Record, at time: Double, level: Double = 0.95
  ) throws(SurvivalError) -> (estimate: Double, interval: ConfidenceInterval) {
    try hazardRatio(record, reference, at: time, level)
  }

  private func hazardRatio(
    _ record: Record, _ reference: Record, at time: Double?, _ level: Double
  ) throws(SurvivalError) -> (estimate: Double, interval: ConfidenceInterval) {
    let first = try encoded(record, at: time)
    let second = try encoded(reference, at: time)
    // Column by column: predictors far from 0 would cancel.
    var difference = try knownPart(of: record) - knownPart(of: reference)
    for (column, coefficient) in estimates.coefficients.enumerated() {
      difference += (first[column] - second[column]) * (coefficient.estimate ?? 0)
    }
    guard difference.isFinite else {
      throw SurvivalError(.overflow, "the linear predictors differ by no finite number")
    }
    let free = estimates.coefficients.indices.filter { !estimates.coefficients[$0].isAliased }
    var variance = 0.0
    for (i, row) in free.enumerated() {
      for (j, column) in free.enumerated() {
        variance +=
          (first[row] - second[row]) * estimates.covariance[i][j]
          * (first[column] - second[column])
      }
    }
    let halfWidth =
      ConfidenceInterval.normalQuantile(level: level) * Swift.max(0, variance).squareRoot()
    return (
      Double.exp(difference),
      ConfidenceInterval(
        lower: Double.exp(difference - halfWidth), upper: Double.exp(difference + halfWidth),
        level: level)
    )
  }

  /// Tests whether the coefficients of the model's terms change with time; a factor is one term.
  /// - Parameter transform: The scale of time.
  /// - Returns: The tests.
  /// - Throws: ``SurvivalError`` as ``CoxRegression/proportionalHazardsTest(_:terms:)-(TimeTransform,_)``.
  public func proportionalHazardsTest(
    _ transform: TimeTransform = .kaplanMeier
  ) throws(SurvivalError) -> ProportionalHazardsTest {
    try regression.proportionalHazardsTest(transform, terms: termColumns)
  }

  /// Tests whether the coefficients of the model's terms change with a function of time.
  /// - Parameter function: The scale of time.
  /// - Returns: The tests.
  /// - Throws: ``SurvivalError`` when the function is not a number at an event time, or nothing is left
  ///   to test.
  public func proportionalHazardsTest(
    _ function: (Double) -> Double
  ) throws(SurvivalError) -> ProportionalHazardsTest {
    try regression.proportionalHazardsTest(function, terms: termColumns)
  }

  /// Residuals under the rule for ties of the fit; their rows are positions among ``rows``.
  /// - Parameter kind: The kind of residual.
  /// - Returns: The residuals.
  /// - Throws: ``SurvivalError`` as ``CoxRegression/residuals(_:)``, and with code `notEstimable` when
  ///   a term changes with time: the rows of ``regression`` are then parts of records.
  public func residuals(_ kind: CoxResidualKind) throws(SurvivalError) -> CoxResiduals {
    guard codings.allSatisfy({ $0.valuesAtTime == nil }) else {
      throw SurvivalError(
        .notEstimable,
        "a term changes with time, so residuals are those of parts of records; ask the fit's "
          + "regression for them")
    }
    return try regression.residuals(kind)
  }
}
