// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

// The examples of "Describing a cohort", verbatim.

struct LiverPatient: Sendable {
  enum Arm: String, CaseIterable, Sendable { case penicillamine, placebo }

  var arm: Arm?  // nil: not randomized
  var age: Double
  var sex: Sex
  var bilirubin: Double
  var cholesterol: Double?
  var stage: Int?
  var hasAscites: Bool?
}

extension LiverPatient {
  static func all() throws -> [LiverPatient] {
    try DocumentationFiles.table("pbc").map { cell in
      LiverPatient(
        arm: cell("trt") == "1" ? .penicillamine : cell("trt") == "2" ? .placebo : nil,
        age: try #require(Double(cell("age"))), sex: cell("sex") == "m" ? .male : .female,
        bilirubin: try #require(Double(cell("bili"))), cholesterol: Double(cell("chol")),
        stage: Int(cell("stage")),
        hasAscites: Double(cell("ascites")).map { $0 == 1 })
    }
  }
}

@Suite("Documentation examples: describing a cohort")
struct DescriptionExamplesTests {
  @Test("Describing a cohort")
  func describing() throws {
    let patients = try LiverPatient.all()

    let table = try BaselineTable(variables: [
      .numeric("age", \.age),
      .category("sex", \.sex),
      .numeric("bilirubin", \.bilirubin),
      .numeric("cholesterol", \.cholesterol),
      .category("stage", \.stage),
      .indicator("ascites", \.hasAscites),
    ]).applied(to: patients, groupedBy: \.arm)
    #expect(table.description == Self.printed)

    let age = table["age"]
    let pValue = age?.comparison?.pValue  // 0.0197
    let test = age?.comparison?.test  // rankSum
    let distance = age?.standardizedDifference  // 0.270
    #expect(pValue.map { abs($0 - 0.0197) < 5e-5 } == true)
    #expect(test == .rankSum)
    #expect(distance.map { abs($0 - 0.270) < 5e-4 } == true)

    let rows = table.csvRows  // variable, level, statistic, column, value
    #expect(rows[0] == ["variable", "level", "statistic", "column", "value"])
  }

  private static let printed = """
    Baseline characteristics
    312 rows used; 106 rows left out: 106 without group

                           all  penicillamine        placebo       p     SMD
    n                      312            158            154
    age                                                       0.0197   0.270
      median             49.79          51.93          48.11
      quartiles  42.24 – 56.71  42.98 – 58.90  41.43 – 55.80
      range      26.28 – 78.44  26.28 – 78.44  30.57 – 74.52
    sex                                                        0.326   0.111
      male          36 (11.5%)     21 (13.3%)      15 (9.7%)
      female       276 (88.5%)    137 (86.7%)    139 (90.3%)
    bilirubin                                                  0.842  -0.171
      median              1.35           1.40           1.30
      quartiles  0.800 – 3.425  0.800 – 3.200  0.725 – 3.600
      range         0.3 – 28.0     0.3 – 20.0     0.3 – 28.0
    cholesterol                                                0.545  -0.038
      median             309.5          315.5          303.5
      quartiles  249.5 – 400.0  247.8 – 417.0  254.2 – 377.0
      range         120 – 1775     127 – 1712     120 – 1775
      missing               28             18             10
    stage                                                      0.201   0.246
      1              16 (5.1%)      12 (7.6%)       4 (2.6%)
      2             67 (21.5%)     35 (22.2%)     32 (20.8%)
      3            120 (38.5%)     56 (35.4%)     64 (41.6%)
      4            109 (34.9%)     55 (34.8%)     54 (35.1%)
    ascites          24 (7.7%)      14 (8.9%)      10 (6.5%)   0.433   0.089

    Wilcoxon rank-sum test: age, bilirubin, cholesterol.
    Pearson's chi-squared test: sex, stage, ascites.
    SMD: the standardized difference, first group less second.
    """

  @Test("Single questions")
  func questions() throws {
    let sample = try OrderedSample([12, 3, 7, 9, 30])
    let median = try sample.quantile(0.5)  // 9.0
    let quartile = try sample.quantile(0.25)  // 7.0: R's type 7
    let another = try sample.quantile(0.25, .weibull)  // 5.0: that of SPSS

    let ranks = try RankSumTest([1.1, 2.3, 4.7], [0.4, 3.1])
    let exact = ranks.pValue  // 0.8, of 10 arrangements

    let counts = try ContingencyTable([[3, 1], [1, 3]])
    let fisher = try counts.fisherTest()
    let p = fisher.pValue  // 0.4857
    let odds = fisher.oddsRatio?.estimate  // 6.408, given the margins
    let pearson = try counts.pearsonTest().pValue  // 0.1573, and a count expected of 2

    let responders = try Proportion(81, of: 263)
    let wilson = responders.interval()  // 0.2553 to 0.3662
    let clopperPearson = responders.interval(level: 0.95, .clopperPearson)  // 0.2527 to 0.3676
    let difference = try Proportion(56, of: 70).difference(from: Proportion(48, of: 80))
    let limits = difference.interval  // 0.0524 to 0.3339
    func shows(_ value: Double?, _ expected: Double) -> Bool {
      value.map { abs($0 - expected) <= 5.0001e-5 } ?? false
    }
    #expect(median == 9 && quartile == 7 && another == 5)
    #expect(shows(exact, 0.8))
    #expect(shows(p, 0.4857))
    #expect(odds.map { abs($0 - 6.408) < 5e-4 } == true)
    #expect(shows(pearson, 0.1573))
    #expect(shows(wilson.lower, 0.2553) && shows(wilson.upper, 0.3662))
    #expect(shows(clopperPearson.lower, 0.2527) && shows(clopperPearson.upper, 0.3676))
    #expect(shows(limits.lower, 0.0524) && shows(limits.upper, 0.3339))
  }
}
