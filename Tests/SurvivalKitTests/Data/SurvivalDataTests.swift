// SPDX-License-Identifier: Apache-2.0

import Foundation
import SurvivalKernels
import Testing

@testable import SurvivalKit

@Suite("Survival data and what it refuses")
struct SurvivalDataTests {
  @Test("every bad time is listed with row, column, value and what was allowed")
  func times() throws {
    let error = expectError(.invalidData) {
      try SurvivalData(
        times: [1, -1, .nan, .infinity, .infinity, -.infinity, 0, -0.0],
        events: [true, true, true, true, false, false, true, false])
    }
    let problems = try #require(error).problems
    #expect(problems.map(\.index) == [1, 2, 3, 5])
    #expect(problems.map(\.column) == ["time", "time", "time", "time"])
    #expect(problems.map(\.found) == ["-1.0", "nan", "inf", "-inf"])
    #expect(problems[0].allowed.contains("0 or more"))
    #expect(problems[1].allowed.contains("a number"))
    #expect(problems[2].allowed.contains("finite"))
    #expect(problems[0].text() == "row 2, column time: found -1.0; allowed: \(problems[0].allowed)")
  }

  @Test("every bad interval is listed")
  func intervals() throws {
    let error = expectError(.invalidData) {
      try SurvivalData(
        starts: [0, 3, 2, .nan, 0, .infinity, -.infinity, -2, 0],
        stops: [1, 3, 1, 4, .nan, 5, 6, -1, .infinity],
        events: [true, true, false, true, true, true, true, true, true])
    }
    let problems = try #require(error).problems
    #expect(problems.map(\.index) == [1, 2, 3, 4, 5, 8])
    #expect(
      problems.map(\.column) == ["entry", "entry", "entry", "time", "entry", "time"])
    #expect(problems[0].found == "3.0")
    #expect(problems[0].allowed.contains("before the exit time 3.0"))
  }

  @Test("lengths that differ are an error that names the column")
  func lengths() throws {
    let weights = Weights.frequency(try FrequencyWeights([1]))
    let errors = [
      expectError(.mismatchedLengths) { try SurvivalData(times: [1, 2], events: [true]) },
      expectError(.mismatchedLengths) {
        try SurvivalData(starts: [0], stops: [1, 2], events: [true, true])
      },
      expectError(.mismatchedLengths) {
        try SurvivalData(times: [1, 2], events: [true, true], weights: weights)
      },
      expectError(.mismatchedLengths) {
        try SurvivalData(times: [1, 2], events: [true, true], clusters: Grouping([1]))
      },
      expectError(.mismatchedLengths) {
        try SurvivalData(
          starts: [0, 0], stops: [1, 2], events: [true, true], subjects: Grouping([1, 2, 3]))
      },
    ]
    for (error, name) in zip(errors, ["events", "starts", "weights", "clusters", "subjects"]) {
      #expect(error?.message.contains(name) == true)
    }
  }

  @Test("rows of one subject must not overlap")
  func overlap() throws {
    let error = expectError(.invalidData) {
      try SurvivalData(
        starts: [0, 5, 4, 0, 2], stops: [5, 9, 8, 2, 3], events: [false, true, true, false, true],
        subjects: Grouping(["a", "a", "a", "b", "b"]))
    }
    #expect(error?.problems.map(\.index) == [1, 2])
    let unsorted = try SurvivalData(
      starts: [5, 0, 2], stops: [9, 2, 5], events: [true, false, false],
      subjects: Grouping(["a", "a", "a"]))
    #expect(unsorted.subjectCount == 1)
    let twice = expectError(.invalidData) {
      try SurvivalData(
        [FollowUp(time: 1, isEvent: true), FollowUp(time: 2, isEvent: true)],
        subjects: Grouping(["a", "a"]))
    }
    #expect(twice?.problems.map(\.index) == [1])
    // Without subjects the rows are anybody's.
    #expect(
      try SurvivalData(starts: [0, 1], stops: [3, 4], events: [true, true]).subjectCount == 2)
  }

  @Test("empty data are data; the estimators refuse them")
  func empty() throws {
    let data = try SurvivalData(times: [], events: [])
    #expect(data.count == 0 && data.eventCount == 0 && data.subjectCount == 0)
    expectError(.noRows) { try KaplanMeier.curves(of: data) }
    expectError(.noRows) { try CoxRegression.fit(data, design: DesignMatrix([("x", [])])) }
    let late = try SurvivalData(starts: [], stops: [], events: [])
    expectError(.noRows) { try CoxRegression.fit(late, design: DesignMatrix([])) }
    #expect(try SurvivalData([FollowUp]()).count == 0)
  }

  @Test("weights must be finite and 0 or more, counts too")
  func weights() throws {
    let real = expectError(.invalidData) {
      try ProbabilityWeights([1, -1, .nan, .infinity, 0, 1e308])
    }
    #expect(real?.problems.map(\.index) == [1, 2, 3])
    #expect(real?.problems.map(\.found) == ["-1.0", "nan", "inf"])
    #expect(real?.problems.allSatisfy { $0.column == "weights" } == true)
    let counts = expectError(.invalidData) { try FrequencyWeights([1, -2, 0, .min, .max]) }
    #expect(counts?.problems.map(\.index) == [1, 3, 4])
  }

  @Test("a design lists every value that is not finite, and refuses columns that do not fit")
  func design() throws {
    let error = expectError(.invalidData) {
      try DesignMatrix([("a", [1, .nan, 3]), ("b", [.infinity, 1, -.infinity])])
    }
    #expect(error?.problems.map(\.index) == [1, 0, 2])
    #expect(error?.problems.map(\.column) == ["a", "b", "b"])
    expectError(.mismatchedLengths) { try DesignMatrix([("a", [1]), ("b", [1, 2])]) }
    expectError(.mismatchedLengths) { try DesignMatrix([("a", [1])], rowCount: 2) }
    expectError(.invalidArgument) { try DesignMatrix([("a", [1]), ("a", [2])]) }
    #expect(try DesignMatrix([], rowCount: 3).rowCount == 3)
  }

  @Test("a Cox fit checks that its columns describe the same rows")
  func coxLengths() throws {
    let data = try SurvivalData(times: [1, 2, 3], events: [true, true, false])
    let design = try DesignMatrix([("x", [1, 0, 1])])
    expectError(.mismatchedLengths) {
      try CoxRegression.fit(data, design: DesignMatrix([("x", [1, 0])]))
    }
    expectError(.mismatchedLengths) {
      try CoxRegression.fit(data, design: design, strata: Grouping([1, 2]))
    }
    expectError(.mismatchedLengths) { try CoxRegression.fit(data, design: design, offset: [1]) }
    let error = expectError(.invalidData) {
      try CoxRegression.fit(data, design: design, offset: [0, .nan, .infinity])
    }
    #expect(error?.problems.map(\.index) == [1, 2])
    expectError(.invalidArgument) {
      try CoxPartialLikelihood(data, design: design).evaluate(at: [1, 2])
    }
    expectError(.mismatchedLengths) { try Grouping([1, 2]).crossed(with: Grouping([1])) }
  }

  @Test("an error prints twenty rows and counts the others")
  func text() throws {
    let error = try #require(
      expectError(.invalidData) {
        try SurvivalData(
          times: [Double](repeating: -1, count: 30), events: .init(repeating: true, count: 30))
      })
    #expect(error.problems.count == 30)
    #expect(error.description.split(separator: "\n").count == 22)
    #expect(error.description.contains("… and 10 more"))
    #expect(error.text(limit: 30).split(separator: "\n").count == 31)
    #expect(SurvivalError.Code.invalidData.description == "invalidData")
  }

  @Test("follow-up obeys the same rules, one row at a time")
  func followUp() throws {
    expectError(.invalidData) { try FollowUp(time: -1, isEvent: false) }
    expectError(.invalidData) { try FollowUp(time: .nan, isEvent: false) }
    expectError(.invalidData) { try FollowUp(time: .infinity, isEvent: true) }
    expectError(.invalidData) { try FollowUp(from: 2, to: 2, isEvent: true) }
    expectError(.invalidData) { try FollowUp(from: .nan, to: 2, isEvent: true) }
    expectError(.invalidData) { try FollowUp(from: 0, to: .infinity, isEvent: true) }
    #expect(try FollowUp(time: .infinity, isEvent: false).exit == .infinity)
    #expect(try FollowUp(from: -.infinity, to: -3, isEvent: true).exit == -3)
    #expect(try FollowUp(time: 0, isEvent: true).description == "0.0")
    #expect(try FollowUp(time: 12, isEvent: false).description == "12.0+")
    #expect(try FollowUp(from: 3, to: 12, isEvent: false).description == "(3.0, 12.0+]")
  }

  @Test("follow-up splits where it is cut")
  func split() throws {
    let event = try FollowUp(time: 10, isEvent: true)
    let pieces = event.split(at: [12, 4, 4, 0, -1, 10, 7])
    #expect(pieces.map(\.description) == ["4.0+", "(4.0, 7.0+]", "(7.0, 10.0]"])
    #expect(pieces[0].entry == nil)
    #expect(event.split(at: []) == [event])
    #expect(event.split(at: [10, 11, .nan]) == [event])
    let late = try FollowUp(from: -5, to: .infinity, isEvent: false)
    #expect(
      late.split(at: [0, -5, 3]).map(\.description) == [
        "(-5.0, 0.0+]", "(0.0, 3.0+]", "(3.0, inf+]",
      ])
  }

  @Test("levels come in the order of their type")
  func grouping() throws {
    #expect(Grouping([10, 9, 100]).levels == ["9", "10", "100"])
    #expect(Grouping([2.5, 1.0, 10]).levels == ["1", "2.5", "10"])
    #expect(Grouping(["b", "a", "b"]).codes == [1, 0, 1])
    #expect(Grouping([Dose.high, .none, .high]).levels == ["none", "high"])
    #expect(Grouping([Stage.two, .one]).levels == ["2", "1"])
    let crossed = try Grouping(["b", "a", "b"]).crossed(with: Grouping([1, 2, 2]))
    #expect(crossed.levels == ["a, 2", "b, 1", "b, 2"])
    #expect(crossed.codes == [1, 0, 2])
    #expect(Grouping(["c", "a", "b"]).subset([0, 2]).levels == ["b", "c"])
  }

  private enum Dose: String, CaseIterable { case none, low, high }
  private enum Stage: String { case one = "1", two = "2" }

  @Test("sorting is stable, and knows signs, zeros and infinities")
  func sorting() {
    let values: [Double] = [3, -1, 0, -0.0, .infinity, -.infinity, 1e-300, -1e300, 3]
    #expect(SortedOrder.sorted(values) == values.sorted())
    let order = SortedOrder.ascending((0..<9).map { $0 }) { SortedOrder.key(values[Int($0)]) }
    #expect(order == [5, 7, 1, 2, 3, 6, 0, 8, 4])
    var random = SplitMix(seed: 5)
    let many = (0..<1000).map { _ in Double.random(in: -1e3...1e3, using: &random) }
    #expect(SortedOrder.sorted(many) == many.sorted())
  }

  @Test("a compensated sum gives back what was put in")
  func compensation() {
    var sum = CompensatedSum()
    for term in [1e8, 1e-8, 1e8, -1e8, 3e-9, -1e8] { sum.add(term) }
    expectClose(sum.value / 1.3e-8, 1, within: 1e-15)
  }
}
