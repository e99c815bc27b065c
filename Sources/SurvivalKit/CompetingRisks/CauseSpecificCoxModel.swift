// SPDX-License-Identifier: Apache-2.0

/// Cox models of every cause over records: the analysis plan as a value.
///
/// ```swift
/// let model = CauseSpecificCoxModel(
///   endpoint: .failure, covariates: [.numeric("age", \.age), .factor("disease", \.disease)])
/// let fit = try model.fitted(to: patients)
/// print(try fit.absoluteRisks(for: patients[0], at: [365]))
/// ```
public struct CauseSpecificCoxModel<Record>: Sendable {
  /// The endpoint, whose events have causes.
  public var endpoint: Endpoint<Record>
  /// The terms of the linear predictors, of which every cause has its own coefficients.
  public var covariates: [Covariate<Record>]
  /// Groupings whose combinations each have their own baseline hazards.
  public var strata: [RecordGrouping<Record>]
  /// How tied events are treated.
  public var ties: TieMethod
  /// How much each record counts.
  public var weights: RecordWeights<Record>?
  /// Records that may depend on one another.
  public var clusters: RecordGrouping<Record>?
  /// Records that belong to one subject.
  public var subjects: RecordGrouping<Record>?
  /// How times that differ by rounding only are treated.
  public var merging: TimeMerging

  /// Creates a model.
  /// - Parameters:
  ///   - endpoint: The endpoint, whose events have causes.
  ///   - covariates: The terms of the linear predictors; none of them may change with time.
  ///   - strata: Groupings whose combinations each have their own baseline hazards.
  ///   - ties: How tied events are treated: `efron` or `breslow`.
  ///   - weights: How much each record counts.
  ///   - clusters: Records that may depend on one another.
  ///   - subjects: Records that belong to one subject.
  ///   - merging: How times that differ by rounding only are treated.
  public init(
    endpoint: Endpoint<Record>, covariates: [Covariate<Record>],
    strata: [RecordGrouping<Record>] = [], ties: TieMethod = .efron,
    weights: RecordWeights<Record>? = nil, clusters: RecordGrouping<Record>? = nil,
    subjects: RecordGrouping<Record>? = nil, merging: TimeMerging = .standard
  ) {
    self.endpoint = endpoint
    self.covariates = covariates
    self.strata = strata
    self.ties = ties
    self.weights = weights
    self.clusters = clusters
    self.subjects = subjects
    self.merging = merging
  }

  /// Fits the models.
  /// - Parameter records: The records; those with a missing value are left out and counted.
  /// - Returns: The fits, which also predict risks for new records.
  /// - Throws: ``SurvivalError`` for values that cannot be, no causes, a term that changes with time, or
  ///   no convergence.
  /// - Complexity: As ``CauseSpecificRegression``.
  public func fitted(to records: [Record]) throws(SurvivalError) -> CauseSpecificCoxFit<Record> {
    guard !covariates.contains(where: \.isTimeDependent) else {
      throw SurvivalError(
        .invalidArgument,
        "absolute risks need covariates whose future is known: no term may change with time")
    }
    let reader = try RecordReader(
      records, endpoint: endpoint, covariates: covariates, weights: weights,
      groupings: strata + [clusters, subjects])
    let data = try reader.data(
      weights: weights, clusters: clusters, subjects: subjects, merging: merging)
    let codings = try CovariateCoding.codings(covariates, records, reader.rows)
    do {
      let columns = CovariateCoding.columns(codings, records, reader.rows)
      var regression = try CauseSpecificRegression.fit(
        data, design: DesignMatrix(columns, rowCount: data.count),
        strata: try reader.strata(strata), ties: ties)
      for position in regression.fits.indices {
        regression.fits[position].estimates.exclusions = reader.exclusions
        regression.fits[position].estimates.endpoint =
          "\(endpoint.name), cause \(regression.causes[position])"
      }
      return CauseSpecificCoxFit(
        regression: regression, codings: codings, strata: strata, rows: reader.rows)
    } catch {
      throw reader.naming(error)
    }
  }
}

/// Fitted Cox models of every cause that can predict risks for records.
public struct CauseSpecificCoxFit<Record>: Sendable {
  /// The fits to the columns that the records became.
  public let regression: CauseSpecificRegression
  /// The positions of the records that were used, counted from 0.
  public let rows: [Int]
  private let codings: [CovariateCoding<Record>]
  private let strata: [RecordGrouping<Record>]

  init(
    regression: CauseSpecificRegression, codings: [CovariateCoding<Record>],
    strata: [RecordGrouping<Record>], rows: [Int]
  ) {
    self.regression = regression
    self.codings = codings
    self.strata = strata
    self.rows = rows
  }

  /// The estimates of a cause's model; `nil` for a cause without events.
  public subscript<Cause: Hashable & Sendable>(_ cause: Cause) -> CoxEstimates? {
    regression[cause]?.estimates
  }

  /// The risk of every cause for a record by some times.
  /// - Parameters:
  ///   - record: A record, of the fit or new.
  ///   - times: The times.
  /// - Returns: The risks.
  /// - Throws: ``SurvivalError`` for a missing value, or a level or stratum that the fit has not seen.
  /// - Complexity: As ``CauseSpecificRegression/absoluteRisks(for:offset:stratum:at:)``.
  public func absoluteRisks(
    for record: Record, at times: [Double]
  ) throws(SurvivalError) -> AbsoluteRisks {
    var row = [Double]()
    for coding in codings { row += try coding.encoded(record) }
    var labels = [String]()
    for grouping in strata {
      guard let label = grouping.label(record) else {
        throw SurvivalError(.invalidData, "the record has no \(grouping.name), which is a stratum")
      }
      labels.append("\(grouping.name)=\(label)")
    }
    let name = labels.joined(separator: ", ")
    guard let stratum = regression.strata.map({ $0.levels.firstIndex(of: name) }) ?? 0 else {
      throw SurvivalError(.unknownLevel, "the fit has no stratum \(name)")
    }
    return try regression.absoluteRisks(for: row, stratum: stratum, at: times)
  }
}

extension CauseSpecificCoxFit: CustomStringConvertible {
  /// The models one after another, as each is printed.
  public var description: String { regression.description }
}
