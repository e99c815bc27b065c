// SPDX-License-Identifier: Apache-2.0

internal import SurvivalLinearAlgebra

/// A plan to compare the cumulative incidences of groups, cause by cause: Gray's test.
///
/// ```swift
/// let test = try GrayTest(endpoint: .failure).applied(to: patients, groupedBy: \.arm)
/// print(test)
/// ```
public struct GrayTest<Record>: Sendable {
  /// The endpoint, whose events have causes.
  public var endpoint: Endpoint<Record>
  /// The power ρ of 1 − F̂(t−) that event times are weighted by; 0 weights them alike.
  public var rho: Double
  /// Groupings within whose combinations the comparison is made.
  public var strata: [RecordGrouping<Record>]
  /// How many identical subjects each record stands for.
  public var weights: RecordWeights<Record>?
  /// How times that differ by rounding only are treated.
  public var merging: TimeMerging

  /// Creates a plan.
  /// - Parameters:
  ///   - endpoint: The endpoint, whose events have causes.
  ///   - rho: The power of 1 − F̂(t−) that event times are weighted by.
  ///   - strata: Groupings within whose combinations the comparison is made.
  ///   - weights: How many identical subjects each record stands for; not probability weights.
  ///   - merging: How times that differ by rounding only are treated.
  public init(
    endpoint: Endpoint<Record>, rho: Double = 0, strata: [RecordGrouping<Record>] = [],
    weights: RecordWeights<Record>? = nil, merging: TimeMerging = .standard
  ) {
    self.endpoint = endpoint
    self.rho = rho
    self.strata = strata
    self.weights = weights
    self.merging = merging
  }

  /// Compares groups of records.
  /// - Parameters:
  ///   - records: The records.
  ///   - group: The group of a record; `nil` when missing, which leaves the record out, counted.
  /// - Returns: A test for each cause, with the rows left out.
  /// - Throws: ``SurvivalError`` as ``compare(_:groups:strata:rho:)``.
  /// - Complexity: O(*n* log *n* + *m* *k*³) for *k* groups and *m* event times.
  public func applied<Group: Hashable & Sendable>(
    to records: [Record], groupedBy group: @escaping @Sendable (Record) -> Group?
  ) throws(SurvivalError) -> GrayResult {
    var required: [(name: String, isPresent: @Sendable (Record) -> Bool)] = [
      ("group", { group($0) != nil })
    ]
    if let weights { required.append(("weights", { weights.value($0) != nil })) }
    for grouping in strata { required.append((grouping.name, grouping.isPresent)) }
    let reader = try RecordReader(records, endpoint: endpoint, required: required)
    let data = try reader.data(weights: weights, clusters: nil, subjects: nil, merging: merging)
    do {
      var result = try GrayTest<FollowUp>.compare(
        data, groups: Grouping(reader.column(group)), strata: try reader.strata(strata), rho: rho)
      result.exclusions = reader.exclusions
      result.endpoint = endpoint.name
      return result
    } catch {
      throw reader.naming(error)
    }
  }
}

extension GrayTest where Record == FollowUp {
  /// Compares the cumulative incidences of groups of rows, cause by cause.
  ///
  /// A log-rank test of the subdistribution hazard: those who had another event stay in the risk set
  /// in proportion to their being uncensored. Gray (1988), doi:10.1214/aos/1176350951; with the
  /// correction for ties of R's `cmprsk::cuminc`, whose numbers these are.
  /// - Parameters:
  ///   - data: The follow-up of the rows with causes; right-censored, each row a subject.
  ///   - groups: The group of every row.
  ///   - strata: The stratum of every row; one stratum when `nil`.
  ///   - rho: The power ρ of 1 − F̂(t−) that event times are weighted by.
  /// - Returns: A test for each cause.
  /// - Throws: ``SurvivalError`` for fewer than two groups, no causes or events, delayed entry,
  ///   probability weights or clusters, for which the test is not defined, or lengths that differ.
  /// - Complexity: O(*n* log *n* + *m* *k*³) for *k* groups and *m* event times.
  public static func compare(
    _ data: SurvivalData, groups: Grouping, strata: Grouping? = nil, rho: Double = 0
  ) throws(SurvivalError) -> GrayResult {
    for (name, grouping) in [("groups", groups), ("strata", strata ?? groups)]
    where grouping.count != data.count {
      throw SurvivalError(
        .mismatchedLengths, "the data have \(data.count) rows but \(name) has \(grouping.count)")
    }
    let causes = try data.knownCauses()
    guard groups.levels.count >= 2 else {
      throw SurvivalError(
        .tooFewGroups,
        "a comparison needs two groups; "
          + (groups.levels.first.map { "every row is in group \($0)" } ?? "there are no rows"))
    }
    guard rho.isFinite else {
      throw SurvivalError(.invalidArgument, "rho must be a finite number, not \(rho)")
    }
    guard data.entries == nil, !data.asksForRobustVariance else {
      throw SurvivalError(
        .invalidArgument,
        "Gray's test is that of right-censored, independent rows: it is not defined with entry "
          + "times, probability weights, clusters or subjects; compare the groups with "
          + "FineGrayRegression instead")
    }
    let table = RiskTable(data, strata: strata)
    var (rowCounts, eventCounts) = (
      [Int](repeating: 0, count: groups.levels.count),
      [[Double]](
        repeating: [Double](repeating: 0, count: groups.levels.count), count: causes.levels.count)
    )
    for row in table.order.map(Int.init) {
      rowCounts[groups.codes[row]] += 1
      if let cause = causes.codes[row] {
        eventCounts[cause][groups.codes[row]] += data.weights?.values[row] ?? 1
      }
    }
    var tests = [GrayResult.CauseTest]()
    for (cause, name) in causes.levels.enumerated() {
      let kernel = GrayKernel(
        data, causes: causes, cause: cause, groups: groups, table: table, rho: rho)
      guard let elimination = OrderedElimination(kernel.covariance) else {
        throw SurvivalError(.overflow, "the weights are so large that the variance has no value")
      }
      let (value, rank) = elimination.quadraticFormOfInverse(kernel.scores)
      tests.append(
        GrayResult.CauseTest(
          cause: name, events: eventCounts[cause], scores: kernel.scores,
          covariance: kernel.covariance.rowArrays,
          test: rank > 0 ? ChiSquaredTest(value, degreesOfFreedom: rank) : nil))
    }
    var result = GrayResult(
      rho: rho, weightKind: data.weightKind,
      groups: groups.levels.indices.map {
        GrayResult.Group(name: groups.levels[$0], rowCount: rowCounts[$0])
      }, tests: tests, stratumCount: strata?.levels.count ?? 1)
    result.mergedTimes = data.mergedTimes
    return result
  }
}
