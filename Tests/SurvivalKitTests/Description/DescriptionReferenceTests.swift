// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

/// Everything of description.json, written by make-description.R.
@Suite("Describing a cohort, against R")
struct DescriptionReferenceTests {
  private static func cases(_ name: String) throws -> [FixtureCase] {
    let all: [FixtureCase] = try ReferenceFixtures.cases("description")
    let chosen = all.filter { $0.name == name }
    try #require(!chosen.isEmpty)
    return chosen
  }

  private static func report(
    _ differences: ReferenceDifferences, above tolerance: Double = 1e-9,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let failures = differences.failures(above: tolerance)
    #expect(
      failures.isEmpty, "\(failures.joined(separator: "\n"))", sourceLocation: sourceLocation)
    for quantity in differences.quantities {
      print("description", quantity, differences.worst[quantity]?.difference ?? 0)
    }
  }

  @Test("quantiles are R's under all nine definitions; mean and standard deviation too")
  func quantiles() throws {
    var worst = ReferenceDifferences()
    for (index, reference) in try Self.cases("quantiles").enumerated() {
      let values = try reference.numbers("values")
      let sample = try OrderedSample(values)
      let scale = values.map(\.magnitude).max() ?? 0
      for (definition, expected) in zip(
        QuantileDefinition.allCases, try reference.rows("result"))
      {
        let found = try reference.numbers("probs").map { try sample.quantile($0, definition) }
        worst.compare(
          "quantile", found, expected, scale: scale, at: "\(index), type \(definition.rawValue)")
      }
      worst.compare(
        "mean", sample.mean, try reference.number("mean"), scale: scale, at: "\(index)")
      if let deviation = try reference.optionals("sd").first ?? nil {
        worst.compare("standard deviation", sample.standardDeviation, deviation, at: "\(index)")
      }
    }
    Self.report(worst)
  }

  @Test("rank-sum tests are those of wilcox.test")
  func rankSum() throws {
    var worst = ReferenceDifferences()
    for (index, reference) in try Self.cases("ranksum").enumerated() {
      let (first, second) = (try reference.numbers("first"), try reference.numbers("second"))
      let test = try RankSumTest(first, second)
      worst.compare("W", test.statistic, try reference.number("statistic"), at: "\(index)")
      worst.compare(
        "p, \(test.method)", test.pValue, try reference.number("auto"), at: "\(index)")
      worst.compare(
        "p, corrected", try RankSumTest(first, second, method: .normal).pValue,
        try reference.number("corrected"), at: "\(index)")
      worst.compare(
        "p, uncorrected",
        try RankSumTest(first, second, method: .normal, correctsForContinuity: false).pValue,
        try reference.number("uncorrected"), at: "\(index)")
      // The groups exchanged: the statistic is that of the other pairs.
      let exchanged = try RankSumTest(second, first)
      let pairs = Double(first.count * second.count)
      #expect(exchanged.statistic == pairs - test.statistic)
      expectClose(exchanged.pValue, test.pValue)
    }
    #expect(worst.quantities.contains("p, exact") && worst.quantities.contains("p, normal"))
    Self.report(worst)
  }

  @Test("Kruskal–Wallis tests are those of kruskal.test")
  func kruskalWallis() throws {
    var worst = ReferenceDifferences()
    for (index, reference) in try Self.cases("kruskal").enumerated() {
      let test = try KruskalWallisTest(try reference.rows("groups"))
      worst.compare("H", test.test.statistic, try reference.number("statistic"), at: "\(index)")
      #expect(Double(test.test.degreesOfFreedom) == (try reference.number("df")))
      worst.compare("p", test.pValue, try reference.number("p"), at: "\(index)")
    }
    Self.report(worst)
  }

  @Test("tests of tables are those of chisq.test and fisher.test")
  func tables() throws {
    var worst = ReferenceDifferences()
    for (index, reference) in try Self.cases("contingency").enumerated() {
      let table = try ContingencyTable(try reference.rows("counts").map { $0.map { Int($0) } })
      let pearson = try table.pearsonTest()
      let at = "\(index)"
      worst.compare(
        "X²", pearson.test.statistic, try reference.number("statistic"), scale: 1, at: at)
      #expect(Double(pearson.test.degreesOfFreedom) == (try reference.number("df")))
      worst.compare("p, Pearson", pearson.pValue, try reference.number("p"), at: at)
      worst.compare(
        "smallest expected", pearson.smallestExpected, try reference.number("expected"), at: at)
      if reference.has("yates") {
        let yates = try table.pearsonTest(correctsForContinuity: true)
        worst.compare(
          "Yates", [yates.test.statistic, yates.pValue], try reference.numbers("yates"),
          scale: 1, at: at)
      }
      let fisher = try table.fisherTest()
      worst.compare("p, Fisher", fisher.pValue, try reference.number("fisher"), at: at)
      if reference.has("brute") {
        worst.compare(
          "p, Fisher, enumerated", fisher.pValue, try reference.number("brute"), at: at)
      }
      if reference.has("odds") {
        let odds = try #require(fisher.oddsRatio)
        let narrow = try #require(try table.fisherTest(level: 0.9).oddsRatio)
        worst.compare(
          "odds ratio", [odds.estimate, odds.lower, odds.upper, narrow.lower, narrow.upper],
          try reference.optionals("odds"), at: at)
      } else {
        #expect(fisher.oddsRatio == nil)
      }
      // Turned on its side the table says the same.
      let counts = table.counts
      let turned = try ContingencyTable(
        counts[0].indices.map { column in counts.map { $0[column] } })
      expectClose(try turned.fisherTest().pValue, fisher.pValue, within: 1e-10)
      expectClose(try turned.pearsonTest().pValue, pearson.pValue)
    }
    Self.report(worst)
  }

  @Test("intervals of proportions are those of prop.test and binom.test, and Newcombe's")
  func proportions() throws {
    var worst = ReferenceDifferences()
    for reference in try Self.cases("proportion") {
      let count = try reference.numbers("count")
      let proportion = try Proportion(Int(count[0]), of: Int(count[1]))
      for (field, level) in [("l95", 0.95), ("l99", 0.99)] {
        let expected = try reference.numbers(field)
        for (index, kind) in [
          ProportionInterval.wilson, .wilsonCorrected, .clopperPearson,
        ].enumerated() {
          let interval = proportion.interval(level: level, kind)
          // Wilson's lower limit of 0 is a rounding error in prop.test.
          worst.compare(
            kind.rawValue, [interval.lower, interval.upper],
            Array(expected[(2 * index)..<(2 * index + 2)]), scale: 1e-4, at: "\(count), \(level)")
        }
      }
    }
    for reference in try Self.cases("newcombe") {
      let counts = try reference.numbers("counts").map { Int($0) }
      let (one, other) = (
        try Proportion(counts[0], of: counts[1]), try Proportion(counts[2], of: counts[3])
      )
      for (field, corrects) in [("plain", false), ("corrected", true)] {
        let found = one.difference(from: other, correctsForContinuity: corrects)
        #expect(found.estimate == one.estimate - other.estimate)
        worst.compare(
          "Newcombe, \(field)", [found.interval.lower, found.interval.upper],
          try reference.numbers(field), scale: 1, at: "\(counts)")
      }
    }
    Self.report(worst)
  }

  @Test("standardized differences are those of their formulas in R")
  func standardizedDifferences() throws {
    var worst = ReferenceDifferences()
    for reference in try Self.cases("smd numeric") {
      let (first, second) = (try reference.numbers("first"), try reference.numbers("second"))
      worst.compare(
        "plain", try StandardizedDifference.numeric(first, second),
        try reference.number("plain"), at: "")
      worst.compare(
        "weighted",
        try StandardizedDifference.numeric(
          first, second, firstWeights: try reference.numbers("firstWeights"),
          secondWeights: try reference.numbers("secondWeights")),
        try reference.number("weighted"), at: "")
    }
    for reference in try Self.cases("smd levels") {
      let (first, second) = (try reference.numbers("first"), try reference.numbers("second"))
      worst.compare(
        "levels", try StandardizedDifference.category(first, second),
        try reference.number("result"), at: "\(first)")
      worst.compare(
        "levels, reversed",
        try StandardizedDifference.category(second.reversed(), first.reversed()),
        try reference.number("result"), at: "\(first)")
    }
    Self.report(worst)
  }

  @Test("beta and hypergeometric distributions are R's")
  func distributions() throws {
    var worst = ReferenceDifferences()
    for reference in try Self.cases("beta") {
      let shape = try reference.numbers("shape")
      let x = try reference.numbers("x")
      let tails = x.map { BetaDistribution.tails(a: shape[0], b: shape[1], x: $0, y: 1 - $0) }
      worst.compare(
        "lower tail", tails.map(\.lower), try reference.numbers("lower"), at: "\(shape)")
      worst.compare(
        "upper tail", tails.map(\.upper), try reference.numbers("upper"), at: "\(shape)")
      worst.compare(
        "quantile",
        try reference.numbers("q").map {
          BetaDistribution.quantile($0, a: shape[0], b: shape[1])
        }, x, at: "\(shape)")
    }
    for reference in try Self.cases("hyper") {
      let urn = try reference.numbers("urn").map { Int($0) }
      let distribution = HypergeometricDistribution(
        successes: urn[0], failures: urn[1], drawn: urn[2])
      let expected = try reference.numbers("p")
      worst.compare(
        "probability", distribution.probabilities().filter { $0 > 1e-290 },
        expected.filter { $0 > 1e-290 }, at: "\(urn)")
    }
    Self.report(worst)
  }
}
