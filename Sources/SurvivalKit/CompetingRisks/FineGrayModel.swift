// SPDX-License-Identifier: Apache-2.0

/// A Fine–Gray model over records: the analysis plan as a value.
///
/// ```swift
/// let model = FineGrayModel(
///   endpoint: .failure, cause: Failure.relapse,
///   covariates: [.numeric("age per decade") { $0.age / 10 }, .factor("disease", \.disease)])
/// print(try model.fitted(to: patients))
/// ```
public struct FineGrayModel<Record, Cause: Hashable & Sendable>: Sendable {
  /// The endpoint, whose events have causes.
  public var endpoint: Endpoint<Record>
  /// The cause whose incidence is modelled.
  public var cause: Cause
  /// The terms of the linear predictor.
  public var covariates: [Covariate<Record>]
  /// Groupings whose combinations each have their own baseline hazard.
  public var strata: [RecordGrouping<Record>]
  /// A grouping with a censoring distribution for each group; by default the strata.
  public var censoringGroups: RecordGrouping<Record>?
  /// A known part of the linear predictor.
  public var offset: (@Sendable (Record) -> Double?)?
  /// How tied events are treated.
  public var ties: TieMethod
  /// How much each record counts.
  public var weights: RecordWeights<Record>?
  /// Records that may depend on one another.
  public var clusters: RecordGrouping<Record>?
  /// Records that belong to one subject.
  public var subjects: RecordGrouping<Record>?
  /// Which standard errors the estimates have.
  public var variance: FineGrayVariance
  /// How times that differ by rounding only are treated.
  public var merging: TimeMerging

  /// Creates a model.
  /// - Parameters:
  ///   - endpoint: The endpoint, whose events have causes.
  ///   - cause: The cause whose incidence is modelled.
  ///   - covariates: The terms of the linear predictor; none of them may change with time.
  ///   - strata: Groupings whose combinations each have their own baseline hazard.
  ///   - censoringGroups: A grouping with a censoring distribution for each group.
  ///   - offset: A known part of the linear predictor; `nil` from it leaves a record out, counted.
  ///   - ties: How tied events are treated: `efron` or `breslow`.
  ///   - weights: How much each record counts.
  ///   - clusters: Records that may depend on one another.
  ///   - subjects: Records that belong to one subject.
  ///   - variance: Which standard errors the estimates have.
  ///   - merging: How times that differ by rounding only are treated.
  public init(
    endpoint: Endpoint<Record>, cause: Cause, covariates: [Covariate<Record>],
    strata: [RecordGrouping<Record>] = [], censoringGroups: RecordGrouping<Record>? = nil,
    offset: (@Sendable (Record) -> Double?)? = nil, ties: TieMethod = .efron,
    weights: RecordWeights<Record>? = nil, clusters: RecordGrouping<Record>? = nil,
    subjects: RecordGrouping<Record>? = nil, variance: FineGrayVariance = .automatic,
    merging: TimeMerging = .standard
  ) {
    self.endpoint = endpoint
    self.cause = cause
    self.covariates = covariates
    self.strata = strata
    self.censoringGroups = censoringGroups
    self.offset = offset
    self.ties = ties
    self.weights = weights
    self.clusters = clusters
    self.subjects = subjects
    self.variance = variance
    self.merging = merging
  }

  /// Fits the model.
  /// - Parameter records: The records; those with a missing value are left out and counted.
  /// - Returns: The fit, which also predicts for new records.
  /// - Throws: ``SurvivalError`` for values that cannot be, no events, a term that changes with time, or
  ///   no convergence.
  /// - Complexity: As ``FineGrayRegression``.
  public func fitted(to records: [Record]) throws(SurvivalError) -> FineGrayFit<Record> {
    guard !covariates.contains(where: \.isTimeDependent) else {
      throw SurvivalError(
        .invalidArgument,
        "a term that changes with time has no value after a competing event, which the risk sets of "
          + "a Fine–Gray model need")
    }
    let reader = try RecordReader(
      records, endpoint: endpoint, covariates: covariates, offset: offset, weights: weights,
      groupings: strata + [censoringGroups, clusters, subjects])
    let data = try reader.data(
      weights: weights, clusters: clusters, subjects: subjects, merging: merging)
    let codings = try CovariateCoding.codings(covariates, records, reader.rows)
    do {
      let columns = CovariateCoding.columns(codings, records, reader.rows)
      var regression = try FineGrayRegression.fit(
        data, cause: cause, design: DesignMatrix(columns, rowCount: data.count),
        strata: try reader.strata(strata),
        censoringGroups: censoringGroups?.grouping(records, reader.rows),
        offset: offset.map { reader.column($0) }, ties: ties, variance: variance)
      regression.estimates.exclusions = reader.exclusions
      regression.estimates.endpoint = endpoint.name
      return FineGrayFit(
        regression: regression, codings: codings, offset: offset, strata: strata,
        rows: reader.rows)
    } catch {
      throw reader.naming(error)
    }
  }
}

/// A fitted Fine–Gray model that can predict for records.
@dynamicMemberLookup
public struct FineGrayFit<Record>: Sendable {
  /// The fit to the columns that the records became.
  public let regression: FineGrayRegression
  /// The positions of the records that were used, counted from 0.
  public let rows: [Int]
  private let codings: [CovariateCoding<Record>]
  private let strata: [RecordGrouping<Record>]
  private let offset: (@Sendable (Record) -> Double?)?

  init(
    regression: FineGrayRegression, codings: [CovariateCoding<Record>],
    offset: (@Sendable (Record) -> Double?)?, strata: [RecordGrouping<Record>], rows: [Int]
  ) {
    self.regression = regression
    self.codings = codings
    self.offset = offset
    self.strata = strata
    self.rows = rows
  }

  /// The estimates as plain numbers.
  public var estimates: CoxEstimates { regression.estimates }

  /// A member of the estimates.
  public subscript<Value>(dynamicMember member: KeyPath<CoxEstimates, Value>) -> Value {
    estimates[keyPath: member]
  }

  /// The coefficient of a name, `factor[level]` for a level of a factor; `nil` when there is none.
  public subscript(coefficient name: String) -> CoxCoefficient? { estimates[coefficient: name] }

  /// The cumulative incidence that the model predicts for a record.
  /// - Parameters:
  ///   - record: A record, of the fit or new.
  ///   - times: The times asked for.
  /// - Returns: The incidence at each time; `nil` beyond the last time at which anybody of the record's
  ///   stratum was observed.
  /// - Throws: ``SurvivalError`` for a missing value, or a level or stratum that the fit has not seen.
  /// - Complexity: O(*k* *n* *p*) for *k* times.
  public func cumulativeIncidence(
    for record: Record, at times: [Double]
  ) throws(SurvivalError) -> [PredictedIncidence?] {
    var row = [Double]()
    for coding in codings { row += try coding.encoded(record) }
    var known = 0.0
    if let offset {
      guard let value = offset(record), value.isFinite else {
        throw SurvivalError(.invalidData, "the record has no offset, which the model needs")
      }
      known = value
    }
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
    return try regression.cumulativeIncidence(
      for: row, offset: known, baseline: regression.baseline(at: times, stratum: stratum))
  }
}

extension FineGrayFit {
  /// The factors of the model, each with the level that the others are compared with.
  package var references: [(factor: String, level: String)] {
    codings.compactMap { coding in
      coding.levels.first { !coding.names.contains("\(coding.name)[\($0)]") }
        .map { (coding.name, $0) }
    }
  }
}

extension FineGrayFit: CustomStringConvertible {
  /// The estimates as a Cox model's are printed, with the reference level of every factor.
  public var description: String { estimates.text(references: references) }
}
