// SPDX-License-Identifier: Apache-2.0

/// A plan to estimate survival curves without a model.
///
/// ```swift
/// let curves = try KaplanMeier(endpoint: .overallSurvival).fitted(to: patients, groupedBy: \.arm)
/// print(curves)
/// curves[.exposed]?.probability(at: 12)
/// ```
///
/// The plan is a value: it can be applied to a subset, an imputed data set or a bootstrap sample.
public struct KaplanMeier<Record>: Sendable {
  /// The endpoint whose distribution is estimated.
  public var endpoint: Endpoint<Record>
  /// How the curve is estimated.
  public var estimator: CurveEstimator
  /// Which variance it has.
  public var variance: CurveVariance
  /// How much each record counts.
  public var weights: RecordWeights<Record>?
  /// Records that may depend on one another.
  public var clusters: RecordGrouping<Record>?
  /// Records that belong to one subject.
  public var subjects: RecordGrouping<Record>?
  /// Whether censoring plays the event: the distribution of follow-up.
  public var isReversed: Bool
  /// A time on whose survival the curve is conditional: P(T > t | T > s).
  public var startTime: Double?
  /// How times that differ by rounding only are treated.
  public var merging: TimeMerging

  /// Creates a plan.
  /// - Parameters:
  ///   - endpoint: The endpoint whose distribution is estimated.
  ///   - estimator: How the curve is estimated.
  ///   - variance: Which variance it has.
  ///   - weights: How much each record counts.
  ///   - clusters: Records that may depend on one another.
  ///   - subjects: Records that belong to one subject.
  ///   - isReversed: Whether censoring plays the event (Schemper & Smith 1996,
  ///     doi:10.1016/0197-2456(96)00075-X). A death is taken out of the risk set before a censoring
  ///     at the same time; R users who swap the status get the opposite order.
  ///   - startTime: A time on whose survival the curve is conditional.
  ///   - merging: How times that differ by rounding only are treated.
  public init(
    endpoint: Endpoint<Record>, estimator: CurveEstimator = .kaplanMeier,
    variance: CurveVariance = .automatic, weights: RecordWeights<Record>? = nil,
    clusters: RecordGrouping<Record>? = nil, subjects: RecordGrouping<Record>? = nil,
    isReversed: Bool = false, startTime: Double? = nil, merging: TimeMerging = .standard
  ) {
    self.endpoint = endpoint
    self.estimator = estimator
    self.variance = variance
    self.weights = weights
    self.clusters = clusters
    self.subjects = subjects
    self.isReversed = isReversed
    self.startTime = startTime
    self.merging = merging
  }

  /// The curve of all records.
  /// - Parameter records: The records.
  /// - Returns: The curve, as the only one of a collection that also carries what was left out.
  /// - Throws: ``SurvivalError`` for follow-up that cannot be, or when no record is left.
  /// - Complexity: O(*n* log *n*).
  public func fitted(to records: [Record]) throws(SurvivalError) -> SurvivalCurves<String> {
    let (reader, data) = try read(records, required: [])
    return try curves(
      data, Grouping(codes: [Int](repeating: 0, count: data.count), levels: ["all"]),
      groups: ["all"], exclusions: reader.exclusions)
  }

  /// One curve for each group of records.
  /// - Parameters:
  ///   - records: The records.
  ///   - group: The group of a record; `nil` when missing, which leaves the record out, counted.
  /// - Returns: The curves in the order of the groups (see ``Grouping``).
  /// - Throws: ``SurvivalError`` for follow-up that cannot be, or when no record is left.
  /// - Complexity: O(*n* log *n*).
  public func fitted<Group: Hashable & Sendable>(
    to records: [Record], groupedBy group: @escaping @Sendable (Record) -> Group?
  ) throws(SurvivalError) -> SurvivalCurves<Group> {
    let (reader, data) = try read(records, required: [("group", { group($0) != nil })])
    let labels = reader.column(group)
    let levels = LevelOrder.ordered(labels)
    return try curves(
      data, Grouping(labels, levels: levels), groups: levels, exclusions: reader.exclusions)
  }

  private func read(
    _ records: [Record], required: [(name: String, isPresent: @Sendable (Record) -> Bool)]
  ) throws(SurvivalError) -> (RecordReader<Record>, SurvivalData) {
    var required = required
    if let weights { required.append(("weights", { weights.value($0) != nil })) }
    for grouping in [clusters, subjects].compactMap({ $0 }) {
      required.append((grouping.name, grouping.isPresent))
    }
    let reader = try RecordReader(records, endpoint: endpoint, required: required)
    let data = try reader.data(
      weights: weights, clusters: clusters, subjects: subjects, merging: merging)
    return (reader, data)
  }

  private func curves<Group>(
    _ data: SurvivalData, _ grouping: Grouping, groups: [Group], exclusions: Exclusions
  ) throws(SurvivalError) -> SurvivalCurves<Group> {
    let fitted = try CurveFitting.curves(
      of: data, groupedBy: grouping, estimator: estimator, variance: variance,
      isReversed: isReversed, startTime: startTime)
    return SurvivalCurves(
      groups: groups, curves: fitted, endpoint: endpoint.name, exclusions: exclusions,
      mergedTimes: data.mergedTimes)
  }
}

extension KaplanMeier where Record == FollowUp {
  /// Survival curves of columns.
  /// - Parameters:
  ///   - data: The follow-up of the rows.
  ///   - grouping: The group of every row; one curve of all rows when `nil`.
  ///   - estimator: How the curves are estimated.
  ///   - variance: Which variance they have.
  ///   - isReversed: Whether censoring plays the event.
  ///   - startTime: A time on whose survival the curves are conditional.
  /// - Returns: The curves in the order of the groups.
  /// - Throws: ``SurvivalError`` when there are no rows, when the grouping has another length, or for
  ///   a variance that the estimator does not have.
  /// - Complexity: O(*n* log *n*).
  public static func curves(
    of data: SurvivalData, groupedBy grouping: Grouping? = nil,
    estimator: CurveEstimator = .kaplanMeier, variance: CurveVariance = .automatic,
    isReversed: Bool = false, startTime: Double? = nil
  ) throws(SurvivalError) -> SurvivalCurves<String> {
    let groups =
      grouping ?? Grouping(codes: [Int](repeating: 0, count: data.count), levels: ["all"])
    let fitted = try CurveFitting.curves(
      of: data, groupedBy: groups, estimator: estimator, variance: variance,
      isReversed: isReversed, startTime: startTime)
    return SurvivalCurves(
      groups: groups.levels, curves: fitted, endpoint: "", exclusions: .none,
      mergedTimes: data.mergedTimes)
  }
}

/// The estimation of curves from columns, whoever asks.
enum CurveFitting {
  static func curves(
    of data: SurvivalData, groupedBy grouping: Grouping, estimator: CurveEstimator,
    variance: CurveVariance, isReversed: Bool, startTime: Double?
  ) throws(SurvivalError) -> [SurvivalCurve] {
    guard grouping.count == data.count else {
      throw SurvivalError(
        .mismatchedLengths,
        "the data have \(data.count) rows but the grouping has "
          + "\(grouping.count); both describe the same rows")
    }
    guard data.count > 0 else {
      throw SurvivalError(.noRows, "there are no rows to estimate a survival curve from")
    }
    guard !(variance == .greenwood && estimator != .kaplanMeier) else {
      throw SurvivalError(
        .invalidArgument,
        "Greenwood's variance belongs to the product limit; the \(estimator) "
          + "estimator has the aalen or the robust variance")
    }
    let table = RiskTable(data, strata: grouping, from: startTime)
    guard !table.order.isEmpty else {
      throw SurvivalError(
        .noRows,
        startTime.map { "nobody is observed after the start time \($0)" }
          ?? "every row has weight 0")
    }
    let automatic: CurveVariance =
      data.asksForRobustVariance ? .robust : estimator == .kaplanMeier ? .greenwood : .aalen
    let kernel = CurveKernel(
      data: data, table: table, counts: RiskCounts(table, data), estimator: estimator,
      variance: variance == .automatic ? automatic : variance, isReversed: isReversed,
      startTime: startTime)
    return grouping.levels.indices.map { kernel.curve(stratum: $0, group: grouping.levels[$0]) }
  }
}
