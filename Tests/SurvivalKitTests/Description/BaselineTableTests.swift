// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SurvivalKit

private struct Subject: Sendable {
  enum Arm: String, CaseIterable, Sendable { case exposed, naive, never }

  var arm: Arm?
  var age: Double?
  var sex: String?
  var smokes: Bool?
  var site = 1
}

@Suite("A table of baseline characteristics")
struct BaselineTableTests {
  private static let variables: [BaselineVariable<Subject>] = [
    .numeric("age", \.age), .category("sex", \.sex), .indicator("smoker", \.smokes),
  ]

  private static let subjects = [
    Subject(arm: .exposed, age: 41, sex: "female", smokes: true),
    Subject(arm: .exposed, age: 52, sex: "male", smokes: true),
    Subject(arm: .exposed, age: nil, sex: "female", smokes: false),
    Subject(arm: .exposed, age: 63.5, sex: "female", smokes: nil),
    Subject(arm: .naive, age: 38, sex: "male", smokes: false),
    Subject(arm: .naive, age: 70, sex: nil, smokes: false),
    Subject(arm: .naive, age: 55, sex: "male", smokes: true),
    Subject(arm: nil, age: 20, sex: "male", smokes: true),
  ]

  @Test("rows overall and by group, missing counted, tests named")
  func contents() throws {
    let table = try BaselineTable(variables: Self.variables).applied(
      to: Self.subjects, groupedBy: \.arm)
    #expect(table.columns.map(\.name) == ["all", "exposed", "naive"])
    #expect(table.columns.map(\.rowCount) == [7, 4, 3])
    #expect(table.exclusions.missing == [Exclusions.Missing(column: "group", rows: [7])])
    let age = try #require(table["age"])
    guard case .numeric(let summaries) = age.summary else { throw Unexpected() }
    #expect(summaries.map(\.median) == [53.5, 52, 55])
    #expect(age.missingCounts == [1, 1, 0])
    #expect(age.comparison?.test == .exactRankSum)
    #expect(age.comparison?.pValue == (try RankSumTest([41, 52, 63.5], [38, 70, 55]).pValue))
    expectClose(
      age.standardizedDifference,
      try #require(try StandardizedDifference.numeric([41, 52, 63.5], [38, 70, 55])))
    let sex = try #require(table["sex"])
    #expect(
      sex.summary == .category(levels: ["female", "male"], counts: [[3, 3, 0], [3, 1, 2]]))
    #expect(sex.missingCounts == [1, 0, 1] && sex.comparison?.test == .fisher)
    expectClose(
      sex.comparison?.pValue, try ContingencyTable([[3, 0], [1, 2]]).fisherTest().pValue)
    let smoker = try #require(table["smoker"])
    #expect(smoker.summary == .indicator(counts: [3, 2, 1], totals: [6, 3, 3]))
    expectClose(
      smoker.standardizedDifference,
      try #require(try StandardizedDifference.binary(2 / 3.0, 1 / 3.0)))
    #expect(table["weight"] == nil)
  }

  private struct Unexpected: Error {}

  @Test("is printed in 80 columns")
  func text() throws {
    let table = try BaselineTable(variables: Self.variables).applied(
      to: Self.subjects, groupedBy: \.arm)
    #expect(
      table.description == """
        Baseline characteristics
        7 rows used; 1 row left out: 1 without group

                               all        exposed          naive    p     SMD
        n                        7              4              3
        age                                                         1  -0.157
          median              53.5           52.0           55.0
          quartiles  43.75 – 61.38  46.50 – 57.75  46.50 – 62.50
          range        38.0 – 70.0    41.0 – 63.5    38.0 – 70.0
          missing                1              1              0
        sex                                                       0.4   2.449
          female         3 (50.0%)      3 (75.0%)       0 (0.0%)
          male           3 (50.0%)      1 (25.0%)     2 (100.0%)
          missing                1              0              1
        smoker           3 (50.0%)      2 (66.7%)      1 (33.3%)    1   0.707
          missing                1              1              0

        Wilcoxon rank-sum test, exact: age.
        Fisher's exact test: sex, smoker.
        SMD: the standardized difference, first group less second.
        """)
  }

  @Test("many groups are printed in parts; the tests are those of several groups")
  func manyGroups() throws {
    var subjects = [Subject]()
    for index in 0..<60 {
      subjects.append(
        Subject(
          arm: .exposed, age: Double(index * 7 % 31), sex: index % 3 == 0 ? "a" : "b",
          smokes: index % 2 == 0, site: index % 6))
    }
    let table = try BaselineTable(variables: Self.variables).applied(
      to: subjects, groupedBy: { "a site with a long name, number \($0.site)" })
    #expect(table.columns.count == 7)
    #expect(table["age"]?.comparison?.test == .kruskalWallis)
    // Smoking is that of the even sites: no overlap, so no finite distance.
    #expect(table["smoker"]?.standardizedDifference == nil)
    let lines = table.description.split(separator: "\n")
    #expect(lines.allSatisfy { TextTable.width(of: String($0)) <= 80 }, "\(table)")
    for column in table.columns { #expect(table.description.contains(column.name)) }
  }

  @Test("what cannot be compared says why, and what cannot be described is refused")
  func edges() throws {
    let same = [
      Subject(arm: .exposed, age: 5, sex: "x", smokes: nil),
      Subject(arm: .naive, age: 5, sex: "x", smokes: nil),
    ]
    let table = try BaselineTable(variables: Self.variables).applied(to: same, groupedBy: \.arm)
    for variable in table.variables {
      #expect(variable.comparison == nil && variable.note != nil)
    }
    #expect(table["age"]?.standardizedDifference == nil)
    #expect(table["sex"]?.standardizedDifference == 0)
    #expect(!table.description.contains("nan") && table.description.contains("no test"))
    // One group only.
    let alone = try BaselineTable(variables: Self.variables).applied(
      to: [same[0]], groupedBy: \.arm)
    #expect(alone.variables.allSatisfy { $0.comparison == nil && $0.note != nil })
    // A plan without comparisons, and no groups at all.
    let plain = try BaselineTable(variables: Self.variables, comparesGroups: false).applied(
      to: Self.subjects, groupedBy: \.arm)
    #expect(plain.variables.allSatisfy { $0.comparison == nil && $0.standardizedDifference == nil })
    #expect(!plain.description.contains("SMD"))
    let overall = try BaselineTable(variables: Self.variables).applied(to: Self.subjects)
    #expect(overall.columns.map(\.rowCount) == [8] && overall["age"]?.comparison == nil)
    let empty: [Subject] = []
    expectError(.noRows) { try BaselineTable(variables: Self.variables).applied(to: empty) }
    expectError(.noRows) {
      try BaselineTable(variables: Self.variables).applied(
        to: [Subject(arm: nil)], groupedBy: \.arm)
    }
    let error = expectError(.invalidData) {
      try BaselineTable(variables: Self.variables).applied(
        to: [Subject(arm: nil, age: 1), Subject(arm: .naive, age: .nan)], groupedBy: \.arm)
    }
    #expect(error?.problems.first?.index == 1 && error?.problems.first?.column == "age")
    let noVariables = try BaselineTable<Subject>(variables: []).applied(to: Self.subjects)
    #expect(noVariables.variables.isEmpty && noVariables.description.contains("8"))
  }

  @Test("a large sparse table falls back from Fisher's test to Pearson's")
  func fallback() throws {
    var random = SplitMix(seed: 5)
    let subjects = (0..<400).map { _ in
      Subject(arm: .exposed, sex: "\(random.below(60))", site: random.below(20))
    }
    let plan = BaselineTable<Subject>(variables: [.category("sex", \.sex)])
    let table = try plan.applied(to: subjects, groupedBy: \.site)
    let test = try #require(table["sex"]?.comparison?.test)
    #expect(test == .pearson)
  }

  @Test("as CSV rows, with all digits")
  func csv() throws {
    let table = try BaselineTable(variables: Self.variables).applied(
      to: Self.subjects, groupedBy: \.arm)
    let rows = table.csvRows
    #expect(rows[0] == ["variable", "level", "statistic", "column", "value"])
    #expect(rows.allSatisfy { $0.count == 5 })
    #expect(rows.contains(["age", "", "median", "all", "53.5"]))
    #expect(rows.contains(["age", "", "missing", "exposed", "1"]))
    #expect(rows.contains(["sex", "female", "count", "exposed", "3"]))
    #expect(rows.contains(["sex", "female", "share", "exposed", "0.75"]))
    #expect(rows.contains(["smoker", "yes", "share", "all", "0.5"]))
    #expect(rows.contains { $0[0] == "sex" && $0[1] == "fisher" && $0[2] == "p" })
  }

  @Test("results of a description round-trip")
  func codable() throws {
    func roundTrip<Value: Codable & Hashable>(_ value: Value) throws {
      #expect(
        try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value)) == value)
    }
    try roundTrip(
      BaselineTable(variables: Self.variables).applied(to: Self.subjects, groupedBy: \.arm))
    try roundTrip(NumericSummary([1, nil, 2]))
    try roundTrip(RankSumTest([1, 2], [3]))
    try roundTrip(KruskalWallisTest([[1, 2], [3]]))
    try roundTrip(Proportion(1, of: 3))
    let table = try ContingencyTable([[2, 0], [0, 2]])
    try roundTrip(table)
    try roundTrip(table.fisherTest())
    try roundTrip(table.pearsonTest())
    for text in [#"{"count":4,"total":3}"#] {
      #expect(throws: (any Error).self) {
        try JSONDecoder().decode(Proportion.self, from: Data(text.utf8))
      }
    }
  }
}
