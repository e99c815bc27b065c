// SPDX-License-Identifier: Apache-2.0

import Foundation
import RealModule
import Testing

@testable import SurvivalKit

@Suite("Differences and ratios of curves")
struct CurveContrastTests {
  private static func curves(_ name: String) throws -> (SurvivalCurves<String>, String, String) {
    let table = try ReferenceTable(name: name)
    let group = name == "veteran" ? "trt" : name == "lung" ? "sex" : "treatment"
    let data = try table.survivalData(
      time: "time", event: "status", eventValue: name == "lung" ? 2 : 1)
    let curves = try KaplanMeier.curves(of: data, groupedBy: table.grouping(group))
    switch name {
    case "veteran": return (curves, "2", "1")
    case "lung": return (curves, "1", "2")
    default: return (curves, "6-MP", "placebo")
    }
  }

  @Test("restricted means and survival compare as in R, by survRM2's formulas")
  func reference() throws {
    let cases: [FixtureCase] = try ReferenceFixtures.cases("contrasts")
    #expect(cases.count == 10)
    var worst = ReferenceDifferences()
    for reference in cases {
      let (curves, group, other) = try Self.curves(reference.name)
      let time = try reference.number("time")
      for (quantity, word) in [
        (CurveQuantity.restrictedMean(upTo: time), "mean"), (.survival(at: time), "survival"),
      ] {
        for scale in ContrastScale.allCases {
          // A curve that has reached 0 has no standard error there.
          guard try reference.optionals("\(word)Ratio").allSatisfy({ $0 != nil }) else { continue }
          let contrast = try curves.contrast(quantity, of: group, relativeTo: other, scale: scale)
          let limits = contrast.interval()
          let at = "\(reference.name), \(time)"
          worst.compare(
            "\(word), \(scale)",
            [
              contrast.estimate, contrast.standardError, limits.lower, limits.upper,
              contrast.pValue,
            ],
            try reference.numbers(word + (scale == .difference ? "Difference" : "Ratio")),
            at: at)
          worst.compare(
            "\(word)s", [contrast.groupEstimate, contrast.referenceEstimate],
            try reference.numbers("\(word)s"), at: at)
          #expect(contrast.quantity == quantity)
          // The other way round: the difference changes its sign, the ratio is inverted.
          let mirror = try curves.contrast(quantity, of: other, relativeTo: group, scale: scale)
          expectClose(
            mirror.estimate, scale == .difference ? -contrast.estimate : 1 / contrast.estimate)
          expectClose(mirror.pValue, try #require(contrast.pValue))
        }
      }
    }
    let failures = worst.failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    for quantity in worst.quantities {
      print("contrast", quantity, worst.worst[quantity]?.difference ?? 0)
    }
  }

  @Test("Freireich's trial: a difference by hand")
  func byHand() throws {
    let (curves, _, _) = try Self.curves("freireich")
    // At 6 weeks: 18/21 under 6-MP (three of 21 have relapsed, one is censored), 12/21 under placebo.
    let contrast = try curves.contrast(.survival(at: 6), of: "6-MP", relativeTo: "placebo")
    expectClose(contrast.groupEstimate, 18 / 21.0)
    expectClose(contrast.referenceEstimate, 12 / 21.0)
    let variance = (18.0 * 3 + 12 * 9) / 9261  // p(1 − p)/n of both, n = 21
    expectClose(contrast.standardError, variance.squareRoot())
    #expect(contrast.description.contains("Difference of survival at 6"))
    let decoded = try JSONDecoder().decode(
      CurveContrast.self, from: JSONEncoder().encode(contrast))
    #expect(decoded == contrast)
    // Without a limit, the means end where the shorter curve does.
    let means = try curves.contrast(.restrictedMean(upTo: nil), of: "6-MP", relativeTo: "placebo")
    #expect(means.quantity == .restrictedMean(upTo: 23))
    expectClose(means.referenceEstimate, 182.0 / 21)
  }

  @Test("clusters that both groups share: numerical jackknife", arguments: [1, 2, 3])
  func clustered(seed: Int) throws {
    let study = RandomStudy(seed: UInt64(seed))
    let base = try study.probability.values
    let count = base.count
    let clusters = (0..<count).map { $0 % 17 }
    let groups = Grouping((0..<count).map { ($0 / 2) % 2 })
    let late = seed == 2
    func curves(_ weights: [Double]) throws -> SurvivalCurves<String> {
      let plain = try study.data(
        late: late, weights: .probability(ProbabilityWeights(weights)))
      let data =
        late
        ? try SurvivalData(
          starts: try #require(plain.entries), stops: plain.times, events: plain.events,
          weights: plain.weights, clusters: Grouping(clusters))
        : try SurvivalData(
          times: plain.times, events: plain.events, weights: plain.weights,
          clusters: Grouping(clusters))
      return try KaplanMeier.curves(of: data, groupedBy: groups)
    }
    let fitted = try curves(base)
    let last = try #require(fitted.curves.compactMap(\.lastTime).min())
    for quantity in [
      CurveQuantity.survival(at: last / 3), .restrictedMean(upTo: last / 2),
    ] {
      for scale in ContrastScale.allCases {
        func value(_ curves: SurvivalCurves<String>) throws -> Double {
          let estimate = try curves.contrast(quantity, of: "0", relativeTo: "1", scale: scale)
            .estimate
          return scale == .difference ? estimate : Double.log(estimate)
        }
        var sum = 0.0
        for cluster in 0..<17 {
          let step = 1e-4
          func moved(_ by: Double) throws -> Double {
            try value(
              curves(base.indices.map { base[$0] * (clusters[$0] == cluster ? 1 + by : 1) }))
          }
          let influence = (try moved(step) - moved(-step)) / (2 * step)
          sum += influence * influence
        }
        let contrast = try fitted.contrast(quantity, of: "0", relativeTo: "1", scale: scale)
        // Central differences leave an error of the order of step².
        expectClose(
          contrast.standardError / sum.squareRoot(), 1, within: 1e-6, "\(quantity), \(scale)")
      }
    }
  }

  @Test("each row its own cluster is independence; frequency weights are replicated rows")
  func independence() throws {
    let study = RandomStudy(seed: 8)
    let plain = try study.data(late: false, weights: nil)
    let groups = Grouping((0..<plain.count).map { $0 % 2 })
    let clustered = try SurvivalData(
      times: plain.times, events: plain.events, clusters: Grouping(Array(0..<plain.count)))
    let robust = try KaplanMeier.curves(of: plain, groupedBy: groups, variance: .robust)
    let byCluster = try KaplanMeier.curves(of: clustered, groupedBy: groups)
    let time = plain.times.sorted()[plain.count / 2]
    let counts = (0..<plain.count).map { 1 + $0 % 3 }
    let frequency = try KaplanMeier.curves(
      of: SurvivalData(
        times: plain.times, events: plain.events,
        weights: .frequency(FrequencyWeights(counts))), groupedBy: groups, variance: .robust)
    let rows = counts.indices.flatMap { [Int](repeating: $0, count: counts[$0]) }
    let replicated = try KaplanMeier.curves(
      of: SurvivalData(
        times: rows.map { plain.times[$0] }, events: rows.map { plain.events[$0] }),
      groupedBy: Grouping(rows.map { $0 % 2 }), variance: .robust)
    for quantity in [CurveQuantity.survival(at: time), .restrictedMean(upTo: time)] {
      func error(_ curves: SurvivalCurves<String>) throws -> Double {
        try curves.contrast(quantity, of: "0", relativeTo: "1").standardError
      }
      expectClose(try error(robust), try error(byCluster))
      expectClose(try error(frequency), try error(replicated))
    }
  }

  @Test("what is not known is refused by name")
  func errors() throws {
    let (curves, _, _) = try Self.curves("freireich")
    expectError(.unknownLevel) {
      try curves.contrast(.survival(at: 6), of: "6-MP", relativeTo: "other")
    }
    for quantity in [CurveQuantity.survival(at: 36), .restrictedMean(upTo: 36)] {
      expectError(.notEstimable) {
        try curves.contrast(quantity, of: "6-MP", relativeTo: "placebo")
      }
    }
    expectError(.notEstimable) {
      try curves.contrast(.survival(at: .nan), of: "6-MP", relativeTo: "placebo")
    }
    // Placebo has reached 0 by 23 weeks.
    expectError(.notEstimable) {
      try curves.contrast(.survival(at: 25), of: "6-MP", relativeTo: "placebo")
    }
    // Nothing has happened yet: a difference of 0 without a standard error, hence without a test.
    let early = try curves.contrast(.survival(at: 0.5), of: "6-MP", relativeTo: "placebo")
    #expect(early.estimate == 0 && early.standardError == 0 && early.pValue == nil)
    let none = try curves.contrast(.restrictedMean(upTo: 0), of: "6-MP", relativeTo: "placebo")
    #expect(none.estimate == 0)
    expectError(.notEstimable) {
      try curves.contrast(
        .restrictedMean(upTo: 0), of: "6-MP", relativeTo: "placebo", scale: .ratio)
    }
  }
}
