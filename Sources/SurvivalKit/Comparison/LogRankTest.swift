// SPDX-License-Identifier: Apache-2.0

/// A plan to compare the survival of groups.
///
/// ```swift
/// let test = try LogRankTest(endpoint: .overallSurvival, strata: [.by("site", \.site)])
///   .applied(to: patients, groupedBy: \.arm)
/// print(test)
/// ```
public struct LogRankTest<Record>: Sendable {
  /// The endpoint that is compared.
  public var endpoint: Endpoint<Record>
  /// How much each event time counts.
  public var weightFunction: LogRankWeight
  /// Groupings within whose combinations the comparison is made.
  public var strata: [RecordGrouping<Record>]
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
  ///   - endpoint: The endpoint that is compared.
  ///   - weightFunction: How much each event time counts.
  ///   - strata: Groupings within whose combinations the comparison is made.
  ///   - weights: How much each record counts.
  ///   - clusters: Records that may depend on one another.
  ///   - subjects: Records that belong to one subject.
  ///   - merging: How times that differ by rounding only are treated.
  public init(
    endpoint: Endpoint<Record>, weightFunction: LogRankWeight = .logRank,
    strata: [RecordGrouping<Record>] = [], weights: RecordWeights<Record>? = nil,
    clusters: RecordGrouping<Record>? = nil, subjects: RecordGrouping<Record>? = nil,
    merging: TimeMerging = .standard
  ) {
    self.endpoint = endpoint
    self.weightFunction = weightFunction
    self.strata = strata
    self.weights = weights
    self.clusters = clusters
    self.subjects = subjects
    self.merging = merging
  }

  /// Compares groups of records.
  /// - Parameters:
  ///   - records: The records.
  ///   - group: The group of a record; `nil` when missing, which leaves the record out, counted.
  ///   - adjustment: How p-values of the pairs of groups are adjusted; no pairs when `nil`.
  /// - Returns: The test, with the rows left out.
  /// - Throws: ``SurvivalError`` for follow-up that cannot be, fewer than two groups or no events.
  /// - Complexity: O(*n* log *n* + *m* *k*²) for *k* groups and *m* event times.
  public func applied<Group: Hashable & Sendable>(
    to records: [Record], groupedBy group: @escaping @Sendable (Record) -> Group?,
    pairwise adjustment: PValueAdjustment? = nil
  ) throws(SurvivalError) -> LogRankResult {
    var required: [(name: String, isPresent: @Sendable (Record) -> Bool)] = [
      ("group", { group($0) != nil })
    ]
    if let weights { required.append(("weights", { weights.value($0) != nil })) }
    for grouping in strata + [clusters, subjects].compactMap({ $0 }) {
      required.append((grouping.name, grouping.isPresent))
    }
    let reader = try RecordReader(records, endpoint: endpoint, required: required)
    let data = try reader.data(
      weights: weights, clusters: clusters, subjects: subjects, merging: merging)
    var result = try LogRankTest<FollowUp>.compare(
      data, groups: Grouping(reader.column(group)), strata: try reader.strata(strata),
      weightFunction: weightFunction, pairwise: adjustment)
    result.exclusions = reader.exclusions
    result.endpoint = endpoint.name
    return result
  }
}

extension LogRankTest where Record == FollowUp {
  /// Compares the survival of groups of rows.
  ///
  ///     U = Σ w(t) (dⱼ − d nⱼ/n),   V = Σ w(t)² d (n − d)/(n − 1) · nⱼ/n (δⱼₖ − nₖ/n),   χ² = UᵀV⁻U
  ///
  /// With probability weights, clusters or subjects the variance is that of the sum of the clusters'
  /// influences (Lin & Wei 1989, doi:10.1080/01621459.1989.10478874): R's `survdiff` has none.
  /// Groups that nobody could have died in are left out and the degrees of freedom follow.
  /// - Parameters:
  ///   - data: The follow-up of the rows; delayed entry is allowed (in R's `survdiff` it is not).
  ///   - groups: The group of every row.
  ///   - strata: The stratum of every row; one stratum when `nil`.
  ///   - weightFunction: How much each event time counts.
  ///   - trendScores: One score for each group for the test of trend; 1, 2, … when `nil`.
  ///   - adjustment: How p-values of the pairs of groups are adjusted; no pairs when `nil`.
  /// - Returns: The test.
  /// - Throws: ``SurvivalError`` for fewer than two groups, no events, or lengths that differ.
  /// - Complexity: O(*n* log *n* + *m* *k*²) for *k* groups and *m* event times.
  public static func compare(
    _ data: SurvivalData, groups: Grouping, strata: Grouping? = nil,
    weightFunction: LogRankWeight = .logRank, trendScores: [Double]? = nil,
    pairwise adjustment: PValueAdjustment? = nil
  ) throws(SurvivalError) -> LogRankResult {
    for (name, grouping) in [("groups", groups), ("strata", strata ?? groups)]
    where grouping.count != data.count {
      throw SurvivalError(
        .mismatchedLengths, "the data have \(data.count) rows but \(name) has \(grouping.count)")
    }
    guard groups.levels.count >= 2 else {
      throw SurvivalError(
        .tooFewGroups,
        "a comparison needs two groups; "
          + (groups.levels.first.map { "every row is in group \($0)" } ?? "there are no rows"))
    }
    if case .flemingHarrington(let rho, let gamma) = weightFunction,
      !(rho >= 0 && gamma >= 0 && rho.isFinite && gamma.isFinite)
    {
      throw SurvivalError(
        .invalidArgument,
        "Fleming–Harrington weights need rho and gamma of 0 or more, not \(rho) and \(gamma)")
    }
    if let trendScores,
      trendScores.count != groups.levels.count || trendScores.contains(where: { !$0.isFinite })
    {
      throw SurvivalError(
        .invalidArgument,
        "the test of trend needs one finite score for each of the "
          + "\(groups.levels.count) groups")
    }
    let kernel = LogRankKernel(data, groups: groups, strata: strata, weightFunction: weightFunction)
    var result = try kernel.result(trendScores: trendScores)
    result.mergedTimes = data.mergedTimes
    result.stratumCount = strata?.levels.count ?? 1
    result.pairAdjustment = adjustment
    if let adjustment {
      result.pairs = try pairs(data, groups, strata, weightFunction, adjustment)
    }
    return result
  }

  private static func pairs(
    _ data: SurvivalData, _ groups: Grouping, _ strata: Grouping?,
    _ weightFunction: LogRankWeight, _ adjustment: PValueAdjustment
  ) throws(SurvivalError) -> [LogRankResult.Pair] {
    var members = [[Int]](repeating: [], count: groups.levels.count)
    for (row, code) in groups.codes.enumerated() { members[code].append(row) }
    var tests = [(first: Int, second: Int, statistic: Double?, pValue: Double?)]()
    for first in groups.levels.indices {
      for second in groups.levels.indices where second > first {
        // Row order is kept, so that a pair's sums do not depend on how it was formed.
        let rows = (members[first] + members[second]).sorted()
        let kernel = LogRankKernel(
          data.subset(rows), groups: groups.subset(rows), strata: strata?.subset(rows),
          weightFunction: weightFunction)
        do {
          let test = try kernel.result(trendScores: nil)
          tests.append((first, second, test.statistic, test.pValue))
        } catch {
          // Two groups without an event between them have no test; the pair stays, without figures.
          tests.append((first, second, nil, nil))
        }
      }
    }
    let adjusted = adjustment.adjusted(tests.compactMap(\.pValue))
    var next = 0
    return tests.map { test in
      var adjustedPValue: Double?
      if test.pValue != nil {
        adjustedPValue = adjusted[next]
        next += 1
      }
      return LogRankResult.Pair(
        first: groups.levels[test.first], second: groups.levels[test.second],
        statistic: test.statistic, pValue: test.pValue, adjustedPValue: adjustedPValue)
    }
  }
}
