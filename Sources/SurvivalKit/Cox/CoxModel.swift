// SPDX-License-Identifier: Apache-2.0

/// A Cox model over records: the analysis plan as a value.
///
/// ```swift
/// let model = CoxModel(
///   endpoint: .overallSurvival,
///   covariates: [
///     .numeric("age per decade") { $0.age / 10 },
///     .factor("treatment", \.arm, reference: .control),
///   ],
///   strata: [.by("site", \.site)])
/// print(try model.fitted(to: patients))
/// ```
public struct CoxModel<Record>: Sendable {
  /// The endpoint whose hazard is modelled.
  public var endpoint: Endpoint<Record>
  /// The terms of the linear predictor.
  public var covariates: [Covariate<Record>]
  /// Groupings whose combinations each have their own baseline hazard.
  public var strata: [RecordGrouping<Record>]
  /// A known part of the linear predictor.
  public var offset: (@Sendable (Record) -> Double?)?
  /// How tied events are treated.
  public var ties: TieMethod
  /// What is added to the log likelihood.
  public var penalty: CoxPenalty
  /// How much each record counts.
  public var weights: RecordWeights<Record>?
  /// Records that may depend on one another.
  public var clusters: RecordGrouping<Record>?
  /// Records that belong to one subject.
  public var subjects: RecordGrouping<Record>?
  /// Whether standard errors are robust; by default with probability weights, clusters or subjects.
  public var isRobust: Bool?
  /// How times that differ by rounding only are treated.
  public var merging: TimeMerging

  /// Creates a model.
  /// - Parameters:
  ///   - endpoint: The endpoint whose hazard is modelled.
  ///   - covariates: The terms of the linear predictor.
  ///   - strata: Groupings whose combinations each have their own baseline hazard.
  ///   - offset: A known part of the linear predictor; `nil` from it leaves a record out, counted.
  ///   - ties: How tied events are treated.
  ///   - penalty: What is added to the log likelihood: nothing, or Firth's penalty.
  ///   - weights: How much each record counts.
  ///   - clusters: Records that may depend on one another.
  ///   - subjects: Records that belong to one subject.
  ///   - isRobust: Whether standard errors are robust.
  ///   - merging: How times that differ by rounding only are treated.
  public init(
    endpoint: Endpoint<Record>, covariates: [Covariate<Record>],
    strata: [RecordGrouping<Record>] = [], offset: (@Sendable (Record) -> Double?)? = nil,
    ties: TieMethod = .efron, penalty: CoxPenalty = .none,
    weights: RecordWeights<Record>? = nil,
    clusters: RecordGrouping<Record>? = nil, subjects: RecordGrouping<Record>? = nil,
    isRobust: Bool? = nil, merging: TimeMerging = .standard
  ) {
    self.endpoint = endpoint
    self.covariates = covariates
    self.strata = strata
    self.offset = offset
    self.ties = ties
    self.penalty = penalty
    self.weights = weights
    self.clusters = clusters
    self.subjects = subjects
    self.isRobust = isRobust
    self.merging = merging
  }

  /// Fits the model.
  /// - Parameter records: The records; those with a missing value are left out and counted.
  /// - Returns: The fit, which also predicts for new records.
  /// - Throws: ``SurvivalError`` for values that cannot be, no events, or no convergence.
  /// - Complexity: As ``CoxRegression``.
  public func fitted(to records: [Record]) throws(SurvivalError) -> CoxFit<Record> {
    let reader = try self.reader(records)
    let data = try self.data(reader)
    let strata = try reader.strata(self.strata)
    let codings = try CovariateCoding.codings(covariates, records, reader.rows)
    let isTimed = covariates.contains(where: \.isTimeDependent)
    if isTimed, isRobust == true, data.dependence == nil, data.weightKind == .frequency {
      // The parts of a row depend on one another, and a row stands for many: no clusters say both.
      throw SurvivalError(
        .invalidArgument,
        "a robust variance with a time-dependent term needs clusters or subjects when a record "
          + "stands for many; or repeat the records")
    }
    let expansion = isTimed ? try TimeExpansion(data, strata: strata) : nil
    do {
      // Rows of the fit are records used, or parts of them.
      func repeated<Value>(_ values: [Value]) -> [Value] {
        expansion.map { $0.rows.map { values[$0] } } ?? values
      }
      var columns = [(name: String, values: [Double])]()
      for coding in codings {
        let timed = try expansion.flatMap { expansion throws(SurvivalError) in
          try timedValues(coding, records, reader.rows, expansion)
        }
        columns +=
          timed.map(coding.columns)
          ?? coding.columns(records, reader.rows).map { ($0.name, repeated($0.values)) }
      }
      let design = try DesignMatrix(columns, rowCount: expansion?.rows.count ?? data.count)
      var regression = try CoxRegression.fit(
        expansion?.data ?? data, design: design,
        strata: expansion.map { strata?.subset($0.rows) } ?? strata,
        offset: offset.map { repeated(reader.column($0)) }, ties: ties, penalty: penalty,
        isRobust: isRobust ?? data.asksForRobustVariance)
      regression.estimates.exclusions = reader.exclusions
      regression.estimates.endpoint = endpoint.name
      return CoxFit(regression: regression, model: self, codings: codings, rows: reader.rows)
    } catch {
      // Rows were numbered among those used; name them as records.
      throw SurvivalError(
        error.code, error.message,
        problems: error.problems.map { problem in
          problem.index.map { problem.at(reader.rows[expansion?.rows[$0] ?? $0]) } ?? problem
        })
    }
  }

  /// Decides which records have follow-up, covariates, strata and weights.
  func reader(_ records: [Record]) throws(SurvivalError) -> RecordReader<Record> {
    try RecordReader(
      records, endpoint: endpoint, covariates: covariates, offset: offset, weights: weights,
      groupings: strata + [clusters, subjects])
  }

  /// The follow-up of the records that a reader has chosen.
  func data(_ reader: RecordReader<Record>) throws(SurvivalError) -> SurvivalData {
    try reader.data(weights: weights, clusters: clusters, subjects: subjects, merging: merging)
  }

  /// The values of a term that changes with time for every part of a record; `nil` for another term.
  ///
  /// Where nobody has the event a value is not needed, and 0 will do.
  private func timedValues(
    _ coding: CovariateCoding<Record>, _ records: [Record], _ rows: [Int],
    _ expansion: TimeExpansion
  ) throws(SurvivalError) -> [[Double]]? {
    guard let read = coding.valuesAtTime else { return nil }
    var values = [[Double]]()
    var problems = [SurvivalError.RowProblem]()
    for (part, row) in expansion.rows.enumerated() {
      let time = expansion.times[part]
      let found = read(records[rows[row]], time)
      if let found, found.allSatisfy(\.isFinite) {
        values.append(found)
      } else {
        values.append([0])
        // A record is named once, for the first time without a value.
        guard expansion.isEventTime[part], problems.last?.index.map({ expansion.rows[$0] }) != row
        else {
          continue
        }
        problems.append(
          SurvivalError.RowProblem(
            index: part, column: coding.name,
            found: "\(found.map { "\($0[0])" } ?? "nothing") at time \(time)",
            allowed: "a finite number at every event time at which the record is at risk"))
      }
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(coding.name) has no value at \(problems.count) event time(s)",
        problems: problems)
    }
    return values
  }
}
