// SPDX-License-Identifier: Apache-2.0

/// A p-value of a table of baseline characteristics, with the test it is of.
public struct BaselineComparison: Hashable, Sendable, Codable {
  /// The test.
  public enum Test: String, Hashable, Sendable, Codable, CaseIterable {
    /// The Wilcoxon rank-sum test, exact.
    case exactRankSum = "exact rank-sum"
    /// The Wilcoxon rank-sum test, by the normal approximation with continuity correction.
    case rankSum = "rank-sum"
    /// The Kruskal–Wallis test.
    case kruskalWallis = "Kruskal-Wallis"
    /// Pearson's chi-squared test, without correction.
    case pearson
    /// Fisher's exact test.
    case fisher
  }

  /// The test.
  public let test: Test
  /// The p-value.
  public let pValue: Double

  /// Compares numbers between groups; those without values are left out.
  init(numeric samples: [[Double]]) throws(SurvivalError) {
    let present = samples.filter { !$0.isEmpty }
    guard samples.count != 2 else {
      let result = try RankSumTest(samples[0], samples[1])
      test = result.method == .exact ? .exactRankSum : .rankSum
      pValue = result.pValue
      return
    }
    test = .kruskalWallis
    pValue = try KruskalWallisTest(present).pValue
  }

  /// Compares counts between groups, the columns of a table.
  init(_ table: ContingencyTable, by choice: CategoryTest) throws(SurvivalError) {
    let pearson = try table.pearsonTest()
    if choice == .fisher || (choice == .automatic && pearson.smallestExpected < 5) {
      do {
        pValue = try table.fisherTest().pValue
        test = .fisher
        return
      } catch {
        guard choice == .automatic, error.code == .notEstimable else { throw error }
      }
    }
    test = .pearson
    pValue = pearson.pValue
  }

  /// A comparison if there is to be one, or the reason why there is none.
  static func attempt(
    _ isWanted: Bool, _ compare: () throws(SurvivalError) -> BaselineComparison
  ) -> (comparison: BaselineComparison?, note: String?) {
    guard isWanted else { return (nil, nil) }
    do {
      return (try compare(), nil)
    } catch {
      return (nil, error.message)
    }
  }
}

extension BaselineComparison.Test {
  /// The name in a note.
  package var title: String {
    switch self {
    case .exactRankSum: "Wilcoxon rank-sum test, exact"
    case .rankSum: "Wilcoxon rank-sum test"
    case .kruskalWallis: "Kruskal–Wallis test"
    case .pearson: "Pearson's chi-squared test"
    case .fisher: "Fisher's exact test"
    }
  }
}
