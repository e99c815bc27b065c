// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// A fitted Cox model that can predict for records: the estimates, and the coding they belong to.
///
/// The plain numbers are in ``estimates``, which is `Codable`; the fit itself holds the closures that
/// read a record, so that a new record is coded exactly as those of the fit.
public struct CoxFit<Record>: Sendable {
  /// The estimates as plain numbers.
  public let estimates: CoxEstimates
  private let codings: [CovariateCoding<Record>]
  private let offset: (@Sendable (Record) -> Double?)?

  init(
    estimates: CoxEstimates, codings: [CovariateCoding<Record>],
    offset: (@Sendable (Record) -> Double?)?
  ) {
    self.estimates = estimates
    self.codings = codings
    self.offset = offset
  }

  /// The coefficient of a name, `factor[level]` for a level of a factor; `nil` when there is none.
  public subscript(coefficient name: String) -> CoxCoefficient? {
    estimates[coefficient: name]
  }

  /// What deserves doubt.
  public var diagnostics: [CoxDiagnostic] { estimates.diagnostics }

  /// The columns of the design for a record.
  /// - Parameter record: A record, of the fit or new.
  /// - Returns: One number for each coefficient.
  /// - Throws: ``SurvivalError`` with code `unknownLevel` for a level the fit has not seen, or
  ///   `invalidData` for a missing value.
  public func designRow(for record: Record) throws(SurvivalError) -> [Double] {
    var row = [Double]()
    for coding in codings { row += try coding.encoded(record) }
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
    let row = try designRow(for: record)
    var sum = try knownPart(of: record)
    for (value, coefficient) in zip(row, estimates.coefficients) {
      sum += value * (coefficient.estimate ?? 0)
    }
    guard sum.isFinite else {
      throw SurvivalError(.overflow, "the linear predictor of the record is not a finite number")
    }
    return sum
  }

  private func knownPart(of record: Record) throws(SurvivalError) -> Double {
    guard let offset else { return 0 }
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
    let first = try designRow(for: record)
    let second = try designRow(for: reference)
    var difference = try linearPredictor(for: record)
    difference -= try linearPredictor(for: reference)
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
}
