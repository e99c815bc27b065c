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
  ///   - weights: How much each record counts.
  ///   - clusters: Records that may depend on one another.
  ///   - subjects: Records that belong to one subject.
  ///   - isRobust: Whether standard errors are robust.
  ///   - merging: How times that differ by rounding only are treated.
  public init(
    endpoint: Endpoint<Record>, covariates: [Covariate<Record>],
    strata: [RecordGrouping<Record>] = [], offset: (@Sendable (Record) -> Double?)? = nil,
    ties: TieMethod = .efron, weights: RecordWeights<Record>? = nil,
    clusters: RecordGrouping<Record>? = nil, subjects: RecordGrouping<Record>? = nil,
    isRobust: Bool? = nil, merging: TimeMerging = .standard
  ) {
    self.endpoint = endpoint
    self.covariates = covariates
    self.strata = strata
    self.offset = offset
    self.ties = ties
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
    var required: [(name: String, isPresent: @Sendable (Record) -> Bool)] =
      covariates.map { ($0.name, $0.isPresent) }
    if let offset { required.append(("offset", { offset($0) != nil })) }
    if let weights { required.append(("weights", { weights.value($0) != nil })) }
    for grouping in strata + [clusters, subjects].compactMap({ $0 }) {
      required.append((grouping.name, grouping.isPresent))
    }
    let reader = try RecordReader(records, endpoint: endpoint, required: required)
    let data = try reader.data(
      weights: weights, clusters: clusters, subjects: subjects, merging: merging)
    var codings = [CovariateCoding<Record>]()
    var columns = [(name: String, values: [Double])]()
    for covariate in covariates {
      let coding = try covariate.coding(records, reader.rows)
      let rows = reader.rows.compactMap { coding.values(records[$0]) }
      for (position, name) in coding.names.enumerated() {
        columns.append((name, rows.map { $0[position] }))
      }
      codings.append(coding)
    }
    do {
      let design = try DesignMatrix(columns, rowCount: reader.rows.count)
      var regression = try CoxRegression.fit(
        data, design: design, strata: try reader.strata(strata),
        offset: offset.map { reader.column($0) }, ties: ties, isRobust: isRobust)
      regression.estimates.exclusions = reader.exclusions
      regression.estimates.endpoint = endpoint.name
      return CoxFit(
        regression: regression, codings: codings, offset: offset, strata: strata, rows: reader.rows)
    } catch {
      // Rows were numbered among those used; name them as records.
      throw SurvivalError(
        error.code, error.message,
        problems: error.problems.map { problem in
          problem.index.map { problem.at(reader.rows[$0]) } ?? problem
        })
    }
  }
}
