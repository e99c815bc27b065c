// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

@Suite("Describing a cohort, closed forms and edges")
struct DescriptionEdgeTests {
  @Test("quantiles of four values by hand")
  func quantilesByHand() throws {
    let sample = try OrderedSample([40, 10, 30, 20])
    // n p = 1, exactly on a step: 10, the mean of 10 and 20, and so on.
    let quarters = try QuantileDefinition.allCases.map { try sample.quantile(0.25, $0) }
    expectClose(
      quarters, [10, 15, 10, 10, 15, 12.5, 17.5, 10 + 10 * 5 / 12, 10 + 10 * 0.4375])
    #expect(try sample.quantile(0) == 10)
    #expect(try sample.quantile(1) == 40)
    for p in [-0.1, 1.1, Double.nan] {
      expectError(.invalidArgument) { try sample.quantile(p) }
    }
    expectError(.noRows) { try OrderedSample([]) }
    let error = expectError(.invalidData) { try OrderedSample([1, .nan, 2, .infinity]) }
    #expect(error?.problems.map(\.index) == [1, 3])
  }

  @Test("quantiles rise with the share and mirror with the sign", arguments: 1...30)
  func quantileProperties(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let values = (0..<(1 + random.below(20))).map { _ in Double(random.below(8)) / 2 }
    let (sample, mirrored) = (try OrderedSample(values), try OrderedSample(values.map { -$0 }))
    for definition in QuantileDefinition.allCases {
      var previous = -Double.infinity
      // Shares that are exact, and whose complements are: otherwise rounding may decide about a step.
      for step in 0...32 {
        let value = try sample.quantile(Double(step) / 32, definition)
        #expect(value >= previous - 1e-12)
        previous = value
        if ![.inverse, .nearestEven, .interpolatedInverse].contains(definition) {
          expectClose(try mirrored.quantile(1 - Double(step) / 32, definition), -value)
        }
      }
    }
  }

  @Test("a summary counts the missing and has nothing to say of an empty column")
  func numericSummary() throws {
    let summary = try NumericSummary([3, nil, 1, 2, nil])
    #expect(summary.count == 3 && summary.missingCount == 2)
    #expect(summary.minimum == 1 && summary.median == 2 && summary.maximum == 3)
    #expect(summary.mean == 2 && summary.standardDeviation == 1)
    #expect(summary.firstQuartile == 1.5 && summary.thirdQuartile == 2.5)
    let single = try NumericSummary([5])
    #expect(single.standardDeviation == nil && single.median == 5)
    for empty in [try NumericSummary([]), try NumericSummary([nil, nil])] {
      #expect(empty.count == 0 && empty.median == nil && empty.mean == nil)
      #expect(empty.minimum == nil && empty.maximum == nil && empty.thirdQuartile == nil)
    }
    let error = expectError(.invalidData) { try NumericSummary([nil, 2, .infinity]) }
    #expect(error?.problems.map(\.index) == [2])
    let huge = try NumericSummary([1.7e308, 1.7e308, -1.7e308])
    expectClose(try #require(huge.mean) / 1.7e308, 1.0 / 3)
    #expect(huge.standardDeviation == nil)
  }

  @Test("the rank-sum test of three against three, by counting arrangements")
  func rankSumByHand() throws {
    // All of the second larger: one of 20 arrangements, and its mirror.
    let test = try RankSumTest([1, 2, 3], [4, 5, 6])
    #expect(test.statistic == 0 && test.method == .exact && test.concordance == 0)
    expectClose(test.pValue, 2 / 20.0)
    expectClose(try RankSumTest([1, 2, 4], [3, 5, 6]).pValue, 4 / 20.0)
    // The middle of the distribution.
    #expect(try RankSumTest([2], [1, 3]).pValue == 1)
    // Ties: ranks 1½, 1½, 3½, 3½; W = 0; variance (1·4/12 + …) from the formula.
    let tied = try RankSumTest([1, 1], [2, 2], correctsForContinuity: false)
    #expect(tied.hasTies && tied.method == .normal)
    let variance = 4.0 / 12 * (5 - 12.0 / 12)
    expectClose(tied.pValue, 2 * NormalDistribution.upperTail(2 / variance.squareRoot()))
  }

  @Test("rank tests refuse what they cannot answer")
  func rankErrors() throws {
    expectError(.tooFewGroups) { try RankSumTest([], [1]) }
    expectError(.tooFewGroups) { try RankSumTest([1], []) }
    expectError(.notEstimable) { try RankSumTest([2, 2], [2, 2, 2]) }
    expectError(.invalidData) { try RankSumTest([.nan], [2]) }
    expectError(.invalidArgument) { try RankSumTest([1, 2], [2, 3], method: .exact) }
    expectError(.invalidArgument) {
      try RankSumTest(
        (0..<300).map { Double($0) }, (300..<600).map { Double($0) }, method: .exact)
    }
    expectError(.tooFewGroups) { try KruskalWallisTest([[1, 2]]) }
    expectError(.tooFewGroups) { try KruskalWallisTest([[1, 2], []]) }
    expectError(.notEstimable) { try KruskalWallisTest([[1, 1], [1]]) }
    expectError(.invalidData) { try KruskalWallisTest([[1], [.infinity]]) }
  }

  @Test("Kruskal–Wallis of two groups is the square of the uncorrected rank-sum z")
  func kruskalOfTwo() throws {
    let (one, other) = ([1.0, 3, 3, 4, 9], [2.0, 3, 7, 7, 8, 10])
    let kruskal = try KruskalWallisTest([one, [], other])
    #expect(kruskal.test.degreesOfFreedom == 1 && kruskal.meanRanks[1] == nil)
    expectClose(
      kruskal.pValue, try RankSumTest(one, other, correctsForContinuity: false).pValue,
      within: 1e-13)
  }

  @Test("the tea-tasting lady, and tables of one cell each")
  func fisherByHand() throws {
    let tea = try ContingencyTable([[3, 1], [1, 3]])
    expectClose(try tea.fisherTest().pValue, 34 / 70.0)
    expectClose(try tea.pearsonTest().test.statistic, 2)
    expectClose(try tea.pearsonTest(correctsForContinuity: true).test.statistic, 0.5)
    // A diagonal table: one of C(4, 2) for each of two; the ratio is infinite.
    let diagonal = try ContingencyTable([[2, 0], [0, 2]]).fisherTest()
    expectClose(diagonal.pValue, 2 / 6.0)
    let odds = try #require(diagonal.oddsRatio)
    #expect(odds.estimate == nil && odds.upper == nil && odds.lower > 0)
    // P(X = 2; ω) = ω²/(1 + 4ω + ω²) = 0.025 at the lower limit.
    let omega = odds.lower
    expectClose(omega * omega / (1 + 4 * omega + omega * omega), 0.025)
    // The other diagonal mirrors it.
    let other = try #require(try ContingencyTable([[0, 2], [2, 0]]).fisherTest().oddsRatio)
    #expect(other.estimate == 0 && other.lower == 0)
    expectClose(other.upper, 1 / omega)
    // 3 × 3 with a single count in each row: 6 tables, all as probable.
    #expect(try ContingencyTable([[1, 0, 0], [0, 1, 0], [0, 0, 1]]).fisherTest().pValue == 1)
    // Two columns of a larger table: P ∝ ∏ C(rᵢ, xᵢ); (2,0,0) and so on of rows 2, 2, 2.
    expectClose(
      try ContingencyTable([[2, 0], [0, 2], [0, 2]]).fisherTest().pValue, 3 / 15.0)
  }

  @Test("empty rows and columns tell nothing; one row or column is no table")
  func emptyMargins() throws {
    let padded = try ContingencyTable([[3, 0, 1], [0, 0, 0], [1, 0, 3]])
    let plain = try ContingencyTable([[3, 1], [1, 3]])
    #expect(try padded.fisherTest() == plain.fisherTest())
    #expect(try padded.pearsonTest() == plain.pearsonTest())
    for counts in [[[1, 2]], [[1], [2]], [[0, 0], [0, 0]], [[1, 2], [0, 0]], [[]], []] {
      expectError(.tooFewGroups) { try ContingencyTable(counts).fisherTest() }
      expectError(.tooFewGroups) { try ContingencyTable(counts).pearsonTest() }
    }
    expectError(.invalidArgument) {
      try ContingencyTable([[1, 2, 3], [3, 2, 1]]).pearsonTest(correctsForContinuity: true)
    }
    expectError(.mismatchedLengths) { try ContingencyTable([[1, 2], [3]]) }
    expectError(.mismatchedLengths) { try ContingencyTable([[1, 2]], rowNames: ["a", "b"]) }
    expectError(.mismatchedLengths) {
      try ContingencyTable(rows: Grouping(["a"]), columns: Grouping(["b", "c"]))
    }
    let error = expectError(.invalidData) { try ContingencyTable([[1, -2], [3, 4]]) }
    #expect(error?.problems.count == 1)
    expectError(.overflow) { try ContingencyTable([[1 << 53, 2]]) }
    let grouped = try ContingencyTable(
      rows: Grouping(["x", "y", "x", "x"]), columns: Grouping([2, 1, 1, 2]))
    #expect(grouped.counts == [[1, 2], [1, 0]] && grouped.columnNames == ["1", "2"])
    #expect(grouped.total == 4 && grouped.rowTotals == [3, 1] && grouped.columnTotals == [2, 2])
  }

  @Test("a table too large to enumerate is refused, soon")
  func fisherLimit() throws {
    let large = try ContingencyTable((0..<8).map { row in (0..<8).map { 20 + ($0 * row) % 7 } })
    expectError(.notEstimable) { try large.fisherTest(limit: 100_000) }
    expectError(.notEstimable) {
      try ContingencyTable([[1_000_000, 1], [2, 1_000_000]]).fisherTest(limit: 1000)
    }
    // 20 × 20: the margins have no key.
    let wide = try ContingencyTable((0..<20).map { row in (0..<20).map { $0 == row ? 1 : 0 } })
    expectError(.notEstimable) { try wide.fisherTest() }
  }

  @Test("proportions at the ends, and intervals that hold each other's count")
  func proportionEdges() throws {
    let none = try Proportion(0, of: 10)
    let all = try Proportion(10, of: 10)
    for kind in ProportionInterval.allCases {
      #expect(
        none.interval(level: 0.95, kind).lower == 0 && all.interval(level: 0.95, kind).upper == 1)
      expectClose(none.interval(level: 0.95, kind).upper, 1 - all.interval(level: 0.95, kind).lower)
    }
    // (1 − u)¹⁰ = 0.025.
    expectClose(
      none.interval(level: 0.95, .clopperPearson).upper, 1 - Double.pow(0.025, 0.1), within: 1e-14)
    // Wilson of 0 of n: z²/(n + z²).
    let z = ConfidenceInterval.normalQuantile(level: 0.95)
    expectClose(none.interval().upper, z * z / (10 + z * z), within: 1e-14)
    let difference = all.difference(from: none)
    #expect(difference.estimate == 1 && difference.interval.upper == 1)
    let same = none.difference(from: none)
    #expect(same.interval.lower == -same.interval.upper)
    expectError(.noRows) { try Proportion(0, of: 0) }
    expectError(.invalidData) { try Proportion(3, of: 2) }
    expectError(.invalidData) { try Proportion(-1, of: 2) }
  }

  @Test("an exact interval leaves half the rest in each binomial tail", arguments: [1, 4, 17, 39])
  func exactTails(count: Int) throws {
    let n = 40
    let interval = try Proportion(count, of: n).interval(level: 0.9, .clopperPearson)
    func tail(_ p: Double, from first: Int, to last: Int) -> Double {
      (first...last).reduce(0) { sum, k in
        let choose = (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
        return sum + choose * Double.pow(p, k) * Double.pow(1 - p, n - k)
      }
    }
    expectClose(tail(interval.lower, from: count, to: n), 0.05, within: 1e-12)
    if count < n { expectClose(tail(interval.upper, from: 0, to: count), 0.05, within: 1e-12) }
  }

  @Test("standardized differences without an answer are nil, never a NaN")
  func standardizedEdges() throws {
    #expect(try StandardizedDifference.numeric([1, 2], [1, 2]) == 0)
    #expect(try StandardizedDifference.numeric([1, 1], [1, 1]) == 0)
    #expect(try StandardizedDifference.numeric([1, 1], [2, 2]) == nil)
    #expect(try StandardizedDifference.numeric([1], [2, 3]) == nil)
    #expect(try StandardizedDifference.numeric([], []) == nil)
    // 0, 1 against 1, 2: variances ½.
    expectClose(try StandardizedDifference.numeric([0, 1], [1, 2]), -1 / 0.5.squareRoot())
    expectClose(
      try StandardizedDifference.numeric(
        [0, 1, 5], [1, 2], firstWeights: [3, 3, 0], secondWeights: [1e-8, 1e-8]),
      -1 / 0.5.squareRoot())
    expectError(.mismatchedLengths) {
      try StandardizedDifference.numeric([1, 2], [1, 2], firstWeights: [1]) ?? 0
    }
    expectError(.invalidData) {
      try StandardizedDifference.numeric([1, 2], [1, 2], firstWeights: [1, -1]) ?? 0
    }
    expectError(.invalidData) { try StandardizedDifference.numeric([1, .nan], [1, 2]) ?? 0 }
    #expect(try StandardizedDifference.binary(1, 0) == nil)
    #expect(try StandardizedDifference.binary(1, 1) == 0)
    expectClose(try StandardizedDifference.binary(0.5, 0.25), 0.25 / (0.4375 / 2).squareRoot())
    expectError(.invalidArgument) { try StandardizedDifference.binary(1.5, 0) ?? 0 }
    // Two levels are a yes or no, without the sign.
    expectClose(
      try StandardizedDifference.category([1, 3], [2, 2]),
      try #require(try StandardizedDifference.binary(0.5, 0.25)))
    #expect(try StandardizedDifference.category([3, 0], [0, 3]) == nil)
    #expect(try StandardizedDifference.category([2, 1, 0, 0], [0, 0, 1, 2]) == nil)
    #expect(try StandardizedDifference.category([3], [5]) == 0)
    #expect(try StandardizedDifference.category([0, 0], [5, 1]) == nil)
    #expect(try StandardizedDifference.category([], []) == nil)
    expectError(.mismatchedLengths) { try StandardizedDifference.category([1], [1, 2]) ?? 0 }
    expectError(.invalidData) { try StandardizedDifference.category([-1], [1]) ?? 0 }
  }

  @Test("a search ends at the first double that satisfies")
  func monotoneSearch() {
    #expect(MonotoneSearch.first(in: 0...10) { $0 >= 0.1 } == 0.1)
    #expect(
      MonotoneSearch.first(in: 0...Double.greatestFiniteMagnitude) { $0 * $0 >= 2 }
        == 1.4142135623730951)
    #expect(MonotoneSearch.first(in: 1...2) { _ in false } == 2)
    #expect(MonotoneSearch.first(in: 1...2) { _ in true } == 1)
  }

  @Test("noncentral probabilities are proportional to powers of the odds")
  func noncentral() {
    let urn = HypergeometricDistribution(successes: 5, failures: 7, drawn: 6)
    let (central, tilted) = (urn.probabilities(), urn.probabilities(odds: 3.5))
    let powers = central.indices.map { central[$0] * Double.pow(3.5, $0) }
    expectClose(tilted, powers.map { $0 / powers.reduce(0, +) })
    expectClose(urn.mean(), 2.5)
    expectClose(urn.probabilities(odds: 1e300).last ?? 0, 1)
    expectClose(urn.probabilities(odds: 1e-300).first ?? 0, 1)
    #expect(urn.probabilities(odds: 0).first == 1)
    #expect(HypergeometricDistribution(successes: 0, failures: 0, drawn: 0).probabilities() == [1])
  }

  @Test("beta tails sum to 1 and mirror", arguments: [(0.3, 2.0), (5, 5), (30, 4), (2000, 3000)])
  func betaProperties(shape: (Double, Double)) {
    for step in 0...20 {
      let x = Double(step) / 20
      let tails = BetaDistribution.tails(a: shape.0, b: shape.1, x: x, y: 1 - x)
      let mirror = BetaDistribution.tails(a: shape.1, b: shape.0, x: 1 - x, y: x)
      expectClose(tails.lower + tails.upper, 1)
      expectClose(tails.lower, mirror.upper, within: 1e-13)
    }
    #expect(BetaDistribution.quantile(0, a: shape.0, b: shape.1) == 0)
    #expect(BetaDistribution.quantile(1, a: shape.0, b: shape.1) == 1)
    #expect(BetaDistribution.quantile(.nan, a: shape.0, b: shape.1).isNaN)
  }

  @Test("beta with a shape of 1 is a power")
  func betaPower() {
    for b in [0.5, 3, 40, 5000.0] {
      for x in [1e-300, 1e-6, 0.01, 0.5, 0.99] {
        let tails = BetaDistribution.tails(a: 1, b: b, x: x, y: 1 - x)
        expectClose(tails.upper, Double.exp(b * Double.log(onePlus: -x)), within: 1e-12)
      }
    }
  }
}
