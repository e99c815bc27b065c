// SPDX-License-Identifier: Apache-2.0

/// How the levels of a variable are compared between groups.
public enum CategoryTest: String, Hashable, Sendable, Codable, CaseIterable {
  /// Pearson's test where all counts expected are 5 or more, otherwise Fisher's; Pearson's where
  /// Fisher's takes too long.
  case automatic
  /// Pearson's chi-squared test, without Yates' correction.
  case pearson
  /// Fisher's exact test.
  case fisher
}

/// A plan for the table of baseline characteristics with which a clinical paper begins.
///
/// ```swift
/// let table = try BaselineTable(variables: [
///   .numeric("age", \.age), .category("sex", \.sex), .indicator("smoker", \.smokes),
/// ]).applied(to: subjects, groupedBy: \.arm)
/// print(table)
/// ```
///
/// Numbers are compared by the Wilcoxon rank-sum test, or that of Kruskal and Wallis for more than two
/// groups; levels by Pearson's or Fisher's test. Missing values are counted, and take part in neither
/// percentages nor tests. P-values of a randomized comparison test what is known to be chance, and
/// reporting guidelines advise against them: leave them out with `comparesGroups: false`.
public struct BaselineTable<Record>: Sendable {
  /// The variables, in order.
  public var variables: [BaselineVariable<Record>]
  /// How medians and quartiles are defined.
  public var quantiles: QuantileDefinition
  /// How the levels of a variable are compared.
  public var categoryTest: CategoryTest
  /// Whether groups are compared at all.
  public var comparesGroups: Bool

  /// Creates a plan.
  /// - Parameters:
  ///   - variables: The variables, in order.
  ///   - quantiles: How medians and quartiles are defined; R's default when not given.
  ///   - categoryTest: How the levels of a variable are compared.
  ///   - comparesGroups: Whether groups are compared, by tests and standardized differences.
  public init(
    variables: [BaselineVariable<Record>], quantiles: QuantileDefinition = .linear,
    categoryTest: CategoryTest = .automatic, comparesGroups: Bool = true
  ) {
    self.variables = variables
    self.quantiles = quantiles
    self.categoryTest = categoryTest
    self.comparesGroups = comparesGroups
  }

  /// Describes all records together.
  /// - Parameter records: The records.
  /// - Returns: The table.
  /// - Throws: ``SurvivalError``: `noRows` without records, `invalidData` for values that are not
  ///   finite numbers.
  /// - Complexity: O(*n*) for each variable.
  public func applied(to records: [Record]) throws(SurvivalError) -> BaselineResult {
    try result(records, Array(records.indices), codes: [], levels: [], missing: [])
  }

  /// Describes groups of records, and all together.
  /// - Parameters:
  ///   - records: The records.
  ///   - group: The group of a record; `nil` when missing, which leaves the record out, counted.
  /// - Returns: The table.
  /// - Throws: ``SurvivalError``: `noRows` when no record is left, `invalidData` for values that are
  ///   not finite numbers.
  /// - Complexity: O(*n*) for each variable, and what its test needs.
  public func applied<Group: Hashable & Sendable>(
    to records: [Record], groupedBy group: @escaping @Sendable (Record) -> Group?
  ) throws(SurvivalError) -> BaselineResult {
    let labels = records.map(group)
    let rows = labels.indices.filter { labels[$0] != nil }
    let grouping = Grouping(labels.compactMap { $0 })
    return try result(
      records, rows, codes: grouping.codes, levels: grouping.levels,
      missing: labels.indices.filter { labels[$0] == nil })
  }

  /// The table of chosen rows; `codes` says which group each belongs to, if there are groups.
  private func result(
    _ records: [Record], _ rows: [Int], codes: [Int], levels: [String], missing: [Int]
  ) throws(SurvivalError) -> BaselineResult {
    guard !rows.isEmpty else {
      throw SurvivalError(
        .noRows,
        missing.isEmpty
          ? "there are no records to describe" : "none of \(missing.count) records has a group")
    }
    let chosen = rows.map { records[$0] }
    // The members of each column: all, then each group.
    var members = [Array(chosen.indices)]
    for level in levels.indices { members.append(codes.indices.filter { codes[$0] == level }) }
    var described = [BaselineResult.Variable]()
    for variable in variables {
      do {
        described.append(try describe(variable, chosen, members))
      } catch {
        // Rows were numbered among those used; name them as records, and the variable.
        throw SurvivalError(
          error.code, "\(variable.name): \(error.message)",
          problems: error.problems.map {
            SurvivalError.RowProblem(
              index: $0.index.map { rows[$0] }, column: variable.name, found: $0.found,
              allowed: $0.allowed)
          })
      }
    }
    return BaselineResult(
      columns: zip(["all"] + levels, members).map {
        BaselineResult.Column(name: $0, rowCount: $1.count)
      },
      variables: described,
      quantiles: quantiles, comparesGroups: comparesGroups && !levels.isEmpty,
      exclusions: Exclusions(
        outsidePopulation: [],
        missing: missing.isEmpty ? [] : [Exclusions.Missing(column: "group", rows: missing)]))
  }

  private func describe(
    _ variable: BaselineVariable<Record>, _ records: [Record], _ members: [[Int]]
  ) throws(SurvivalError) -> BaselineResult.Variable {
    let groups = members.dropFirst()
    switch variable.kind {
    case .numeric(let read):
      let values = records.map(read)
      // Checked as a whole first: the rows of a problem are then those of the records.
      var summaries = [try NumericSummary(values, quantiles)]
      for group in groups {
        summaries.append(try NumericSummary(group.map { values[$0] }, quantiles))
      }
      let samples = groups.map { $0.compactMap { values[$0] } }
      let comparison = BaselineComparison.attempt(comparesGroups && !groups.isEmpty) {
        () throws(SurvivalError) in try BaselineComparison(numeric: samples)
      }
      return BaselineResult.Variable(
        name: variable.name, summary: .numeric(summaries),
        missingCounts: summaries.map(\.missingCount), comparison: comparison.comparison,
        standardizedDifference: try largestDifference(samples) {
          first, second throws(SurvivalError) in
          try StandardizedDifference.numeric(first, second)
        }, note: comparison.note)
    case .indicator(let read):
      let answers = records.map(read)
      let counts = members.map { group in group.count { answers[$0] == true } }
      let totals = members.map { group in group.count { answers[$0] != nil } }
      let table = [
        counts.dropFirst().map { $0 },
        zip(totals, counts).map { $0 - $1 }.dropFirst().map { $0 },
      ]
      let comparison = compare(table)
      let shares = zip(counts, totals).dropFirst().compactMap {
        $1 > 0 ? Double($0) / Double($1) : nil
      }
      return BaselineResult.Variable(
        name: variable.name, summary: .indicator(counts: counts, totals: totals),
        missingCounts: zip(members, totals).map { $0.count - $1 },
        comparison: comparison.comparison,
        standardizedDifference: try largestDifference(shares) {
          first, second throws(SurvivalError) in
          try StandardizedDifference.binary(first, second)
        }, note: comparison.note)
    case .category(let read):
      let (codes, levels) = read(records)
      let counts = levels.indices.map { level in
        members.map { group in group.count { codes[$0] == level } }
      }
      let comparison = compare(counts.map { Array($0.dropFirst()) })
      let columns = members.indices.dropFirst().map { column in
        counts.map { Double($0[column]) }
      }
      return BaselineResult.Variable(
        name: variable.name, summary: .category(levels: levels, counts: counts),
        missingCounts: members.map { group in group.count { codes[$0] == nil } },
        comparison: comparison.comparison,
        standardizedDifference: try largestDifference(columns) {
          first, second throws(SurvivalError) in
          try StandardizedDifference.category(first, second)
        }, note: comparison.note)
    }
  }

  private func compare(_ counts: [[Int]]) -> (comparison: BaselineComparison?, note: String?) {
    BaselineComparison.attempt(comparesGroups && counts.first?.isEmpty == false) {
      () throws(SurvivalError) in
      try BaselineComparison(ContingencyTable(counts), by: categoryTest)
    }
  }

  /// The difference of two groups, or the largest between any two of several.
  private func largestDifference<Sample>(
    _ samples: [Sample],
    _ difference: (Sample, Sample) throws(SurvivalError) -> Double?
  ) throws(SurvivalError) -> Double? {
    guard comparesGroups, samples.count >= 2 else { return nil }
    if samples.count == 2 { return try difference(samples[0], samples[1]) }
    var largest = 0.0
    for first in samples.indices {
      for second in samples.indices where second > first {
        guard let value = try difference(samples[first], samples[second]) else { return nil }
        largest = Swift.max(largest, value.magnitude)
      }
    }
    return largest
  }
}
