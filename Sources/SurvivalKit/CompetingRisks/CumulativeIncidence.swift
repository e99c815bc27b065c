// SPDX-License-Identifier: Apache-2.0

/// A plan to estimate cumulative incidences where several events compete.
///
/// ```swift
/// let curves = try CumulativeIncidence(endpoint: .failure).fitted(to: patients, groupedBy: \.arm)
/// print(curves)
/// curves[.exposed, Failure.relapse]?.probability(at: 12)
/// ```
///
/// The plan is a value: it can be applied to a subset, an imputed data set or a bootstrap sample.
public struct CumulativeIncidence<Record>: Sendable {
  /// The endpoint, whose events have causes.
  public var endpoint: Endpoint<Record>
  /// Which variance the curves have.
  public var variance: CurveVariance
  /// How much each record counts.
  public var weights: RecordWeights<Record>?
  /// Records that may depend on one another.
  public var clusters: RecordGrouping<Record>?
  /// Records that belong to one subject.
  public var subjects: RecordGrouping<Record>?
  /// How times that differ by rounding only are treated.
  public var merging: TimeMerging

  /// Creates a plan.
  /// - Parameters:
  ///   - endpoint: The endpoint, whose events have causes.
  ///   - variance: Which variance the curves have; see ``curves(of:groupedBy:variance:)``.
  ///   - weights: How much each record counts.
  ///   - clusters: Records that may depend on one another.
  ///   - subjects: Records that belong to one subject.
  ///   - merging: How times that differ by rounding only are treated.
  public init(
    endpoint: Endpoint<Record>, variance: CurveVariance = .automatic,
    weights: RecordWeights<Record>? = nil, clusters: RecordGrouping<Record>? = nil,
    subjects: RecordGrouping<Record>? = nil, merging: TimeMerging = .standard
  ) {
    self.endpoint = endpoint
    self.variance = variance
    self.weights = weights
    self.clusters = clusters
    self.subjects = subjects
    self.merging = merging
  }

  /// The curves of all records, one for each cause.
  /// - Parameter records: The records.
  /// - Returns: The curves, with what was left out.
  /// - Throws: ``SurvivalError`` for follow-up that cannot be, when no record is left, or when events
  ///   have no causes.
  /// - Complexity: O(*n* log *n*).
  public func fitted(
    to records: [Record]
  ) throws(SurvivalError) -> CumulativeIncidenceCurves<String> {
    let (reader, data) = try read(records, required: [])
    return try curves(
      data, Grouping(codes: [Int](repeating: 0, count: data.count), levels: ["all"]),
      groups: ["all"], reader)
  }

  /// The curves of each group of records, one for each cause.
  /// - Parameters:
  ///   - records: The records.
  ///   - group: The group of a record; `nil` when missing, which leaves the record out, counted.
  /// - Returns: The curves in the order of the groups (see ``Grouping``), then of the causes.
  /// - Throws: ``SurvivalError`` as ``fitted(to:)``.
  /// - Complexity: O(*n* log *n*).
  public func fitted<Group: Hashable & Sendable>(
    to records: [Record], groupedBy group: @escaping @Sendable (Record) -> Group?
  ) throws(SurvivalError) -> CumulativeIncidenceCurves<Group> {
    let (reader, data) = try read(records, required: [("group", { group($0) != nil })])
    let labels = reader.column(group)
    let levels = LevelOrder.ordered(labels)
    return try curves(data, Grouping(labels, levels: levels), groups: levels, reader)
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
    _ data: SurvivalData, _ grouping: Grouping, groups: [Group], _ reader: RecordReader<Record>
  ) throws(SurvivalError) -> CumulativeIncidenceCurves<Group> {
    do {
      let (causes, fitted) = try IncidenceFitting.curves(
        of: data, groupedBy: grouping, variance: variance)
      return CumulativeIncidenceCurves(
        groups: groups, causes: causes, curves: fitted, endpoint: endpoint.name,
        exclusions: reader.exclusions, mergedTimes: data.mergedTimes)
    } catch {
      throw reader.naming(error)
    }
  }
}

extension CumulativeIncidence where Record == FollowUp {
  /// Cumulative incidences of columns.
  ///
  /// The `automatic` variance is that of R's `survfit`, the infinitesimal jackknife, with which rows
  /// that are right-censored and independent have Greenwood's. `greenwood` takes the increments of a
  /// time as multinomial, as `etm` and `mstate` do; `aalen` as independent, with the correction for
  /// ties of `cmprsk::cuminc`: Aalen (1978), doi:10.1214/aos/1176344247.
  /// - Parameters:
  ///   - data: The follow-up of the rows, with causes.
  ///   - grouping: The group of every row; one group of all rows when `nil`.
  ///   - variance: Which variance the curves have.
  /// - Returns: The curves in the order of the groups, then of the causes.
  /// - Throws: ``SurvivalError`` when there are no rows, no causes or no events, when the grouping has
  ///   another length, or when a row follows an event of its subject.
  /// - Complexity: O(*n* log *n* + *m* *k*) for *k* causes.
  public static func curves(
    of data: SurvivalData, groupedBy grouping: Grouping? = nil,
    variance: CurveVariance = .automatic
  ) throws(SurvivalError) -> CumulativeIncidenceCurves<String> {
    let groups =
      grouping ?? Grouping(codes: [Int](repeating: 0, count: data.count), levels: ["all"])
    let (causes, fitted) = try IncidenceFitting.curves(
      of: data, groupedBy: groups, variance: variance)
    return CumulativeIncidenceCurves(
      groups: groups.levels, causes: causes, curves: fitted, endpoint: "", exclusions: .none,
      mergedTimes: data.mergedTimes)
  }
}
