// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SurvivalKit

/// What ends the follow-up of the records below.
private enum Outcome: String, CaseIterable, Codable, Sendable { case relapse, death }

private struct Person: Sendable {
  var time: Double?
  var outcome: Outcome?
  var isOut: Bool
  var arm: String?
}

extension Endpoint<Person> {
  fileprivate static let failure = Endpoint(
    "failure", time: \.time, event: \.isOut, cause: \.outcome)
}

@Suite("Cumulative incidence")
struct CumulativeIncidenceTests {
  /// Six rows whose estimates are simple fractions.
  private static func six() throws -> SurvivalData {
    try SurvivalData(
      times: [4, 1, 6, 2, 5, 3], causes: EventCauses(["a", "a", nil, "b", "b", nil]))
  }

  @Test("exact fractions on six rows")
  func fractions() throws {
    let curves = try CumulativeIncidence.curves(of: Self.six())
    let a = try #require(curves["all", "a"])
    let b = try #require(curves["all", "b"])
    expectClose(
      a.probabilities, [1.0 / 6, 1.0 / 6, 1.0 / 6, 7.0 / 18, 7.0 / 18, 7.0 / 18], within: 1e-15)
    expectClose(b.probabilities, [0, 1.0 / 6, 1.0 / 6, 1.0 / 6, 7.0 / 18, 7.0 / 18], within: 1e-15)
    expectClose(
      a.eventFree, [5.0 / 6, 2.0 / 3, 2.0 / 3, 4.0 / 9, 2.0 / 9, 2.0 / 9], within: 1e-15)
    #expect(a.events == [1, 0, 0, 1, 0, 0])
    #expect(a.otherEvents == [0, 1, 0, 0, 1, 0])
    #expect(a.atRisk == [6, 5, 4, 3, 2, 1])
    #expect(a.probability(at: 0.5) == 0)
    #expect(a.probability(at: -1) == nil)
    #expect(a.probability(at: 7) == nil)
    expectClose(try #require(a.restrictedTimeLost(upTo: 6)?.estimate), 23.0 / 18, within: 1e-15)
    #expect(a.restrictedTimeLost(upTo: 7) == nil)
  }

  @Test("the six rows' variance at 4 by the multinomial of every time")
  func fractionVariance() throws {
    let a = try #require(try CumulativeIncidence.curves(of: Self.six())["all", "a"])
    // dF(4) by increment: an a at 1 moves it by 1 − C, a b at 1 or 2 by −C, with C = 1/3·(2/3)/S.
    func variance(_ p: Double, _ o: Double, _ c: Double, _ free: Double, _ n: Double) -> Double {
      let mean = p * (1 - c) - o * c
      return free * free * (p * (1 - c) * (1 - c) + o * c * c - mean * mean) / n
    }
    let rest = 2.0 / 9
    let expected =
      variance(1.0 / 6, 0, rest / (5.0 / 6), 1, 6)
      + variance(0, 1.0 / 5, rest / (2.0 / 3), 5.0 / 6, 5)
      + variance(1.0 / 3, 0, 0, 2.0 / 3, 3)
    expectClose(a.variances[3], expected, within: 1e-15)
  }

  @Test("without censoring each variance is p(1 − p)/n, robust or not", arguments: [0, 1])
  func binomial(kind: Int) throws {
    let rows = try #require(GrayTests.cases.first { $0.name == "four groups" }).rows
    let kept = rows.stop.indices.filter { rows.cause[$0] != 0 }
    let data = try SurvivalData(
      times: kept.map { rows.stop[$0] }, causes: EventCauses(kept.map { Int(rows.cause[$0]) }))
    let curve = try #require(
      try CumulativeIncidence.curves(of: data, variance: kind == 0 ? .greenwood : .robust)[
        "all", 1])
    for (p, variance) in zip(curve.probabilities, curve.variances) {
      expectClose(variance, p * (1 - p) / Double(kept.count), within: 1e-13)
    }
    // Everybody has had an event: the curve is known ever after.
    #expect(curve.probability(at: 1e9) == curve.probabilities.last)
  }

  @Test("the robust variance of right-censored rows is Greenwood's")
  func robustIsGreenwood() throws {
    for reference in IncidenceReferenceTests.cases where reference.late == [0] {
      let data = try SurvivalData(times: reference.rows.stop, causes: reference.rows.causes())
      let one = try CumulativeIncidence.curves(of: data, variance: .robust)
      let other = try CumulativeIncidence.curves(of: data, variance: .greenwood)
      for (robust, greenwood) in zip(one.curves, other.curves) {
        for (v, w) in zip(robust.variances, greenwood.variances) {
          #expect(abs(v - w) <= 1e-13 * w + 1e-18)
        }
        let (lost, twin) = (robust.restrictedTimeLost(), greenwood.restrictedTimeLost())
        expectClose(
          try #require(lost).standardError, try #require(twin).standardError, within: 1e-12)
      }
    }
  }

  @Test("incidences and the event-free probability sum to 1; one cause is one minus Kaplan–Meier")
  func sums() throws {
    for reference in IncidenceReferenceTests.cases {
      let data = try reference.data()
      let curves = try CumulativeIncidence.curves(of: data)
      for index in curves.curves[0].times.indices {
        let sum = curves.curves.reduce(0) { $0 + $1.probabilities[index] }
        expectClose(sum + curves.curves[0].eventFree[index], 1, within: 1e-14)
      }
      let any =
        try reference.late == [1]
        ? SurvivalData(
          starts: data.entries ?? [], stops: data.times,
          causes: EventCauses(data.events.map { $0 ? "any" : nil }), weights: data.weights,
          clusters: data.clusters)
        : SurvivalData(
          times: data.times, causes: EventCauses(data.events.map { $0 ? "any" : nil }),
          weights: data.weights, clusters: data.clusters)
      let incidence = try #require(
        try CumulativeIncidence.curves(of: any, variance: .robust)["all", "any"])
      let survival = try KaplanMeier.curves(of: data, variance: .robust).curves[0]
      for index in survival.times.indices {
        expectClose(1 - incidence.probabilities[index], survival.survival[index], within: 1e-13)
        let error = try #require(survival.standardError(position: index))
        #expect(abs(incidence.standardErrors[index] - error) <= 1e-11 * error + 1e-9 * 1e-3)
      }
      let lost = try #require(incidence.restrictedTimeLost())
      let mean = try #require(survival.restrictedMean())
      let span = try #require(survival.lastTime) - survival.startTime
      expectClose(span - lost.estimate, mean.estimate, within: 1e-12)
      expectClose(lost.standardError, mean.standardError, within: 1e-9)
    }
  }

  @Test("a row cut in two, a row of weight 0 and the order of rows change nothing")
  func invariance() throws {
    let rows = try #require(IncidenceReferenceTests.cases.first { $0.late == [1] }).rows
    let subjects = Grouping(rows.stop.indices.map { $0 })
    let whole = try SurvivalData(
      starts: rows.start, stops: rows.stop, causes: rows.causes(), subjects: subjects)
    var parts = [(subject: Int, start: Double, stop: Double, cause: Int?)]()
    for row in rows.stop.indices.reversed() {
      let cause = rows.cause[row] == 0 ? nil : Int(rows.cause[row])
      let middle = rows.start[row] + 1
      if middle < rows.stop[row] {
        parts.append((row, middle, rows.stop[row], cause))
        parts.append((row, rows.start[row], middle, nil))
      } else {
        parts.append((row, rows.start[row], rows.stop[row], cause))
      }
    }
    let cut = try SurvivalData(
      starts: parts.map(\.start), stops: parts.map(\.stop),
      causes: EventCauses(parts.map(\.cause)), subjects: Grouping(parts.map(\.subject)))
    let one = try CumulativeIncidence.curves(of: whole)
    let other = try CumulativeIncidence.curves(of: cut)
    for (curve, twin) in zip(one.curves, other.curves) {
      #expect(twin.subjectCount == curve.subjectCount)
      for (index, time) in curve.times.enumerated() {
        expectClose(twin.probability(at: time) ?? .nan, curve.probabilities[index])
        expectClose(
          twin.standardError(at: time) ?? .nan, curve.standardErrors[index], within: 1e-11)
      }
    }
    let weights = rows.stop.map { _ in 1.0 } + [0, 0]
    let padded = try SurvivalData(
      starts: rows.start + [0, 1], stops: rows.stop + [99, 2],
      causes: EventCauses(rows.cause.map { $0 == 0 ? nil : Int($0) } + [1, 2]),
      weights: .probability(ProbabilityWeights(weights)))
    let third = try CumulativeIncidence.curves(of: padded)
    for (curve, twin) in zip(one.curves, third.curves) {
      #expect(twin.times == curve.times)
      expectClose(twin.probabilities, curve.probabilities)
      expectClose(twin.variances, curve.variances)
    }
  }

  @Test("a frequency weight of 3 is three rows")
  func frequencies() throws {
    let rows = try #require(IncidenceReferenceTests.cases.first { $0.late == [1] }).rows
    let counts = rows.stop.indices.map { $0 % 4 }
    let copies = rows.stop.indices.flatMap { [Int](repeating: $0, count: counts[$0]) }
    for variance in [CurveVariance.robust, .greenwood, .aalen] {
      let weighted = try CumulativeIncidence.curves(
        of: SurvivalData(
          starts: rows.start, stops: rows.stop, causes: rows.causes(),
          weights: .frequency(FrequencyWeights(counts))), variance: variance)
      let replicated = try CumulativeIncidence.curves(
        of: SurvivalData(
          starts: copies.map { rows.start[$0] }, stops: copies.map { rows.stop[$0] },
          causes: EventCauses(copies.map { rows.cause[$0] == 0 ? nil : Int(rows.cause[$0]) })),
        variance: variance)
      for (curve, twin) in zip(weighted.curves, replicated.curves) {
        expectClose(curve.probabilities, twin.probabilities)
        expectClose(curve.variances, twin.variances)
        expectClose(
          try #require(curve.restrictedTimeLost()?.standardError),
          try #require(twin.restrictedTimeLost()?.standardError), within: 1e-11)
      }
    }
  }

  @Test("records: the causes come in the order of their enumeration, missing ones are counted")
  func records() throws {
    let people = [
      Person(time: 1, outcome: .death, isOut: true, arm: "x"),
      Person(time: 2, outcome: .relapse, isOut: true, arm: "x"),
      Person(time: 3, outcome: nil, isOut: false, arm: "y"),
      Person(time: 4, outcome: nil, isOut: true, arm: "y"),
      Person(time: nil, outcome: .death, isOut: true, arm: "y"),
      Person(time: 5, outcome: .death, isOut: true, arm: nil),
      Person(time: 6, outcome: .relapse, isOut: true, arm: "y"),
    ]
    let curves = try CumulativeIncidence(endpoint: .failure)
      .fitted(to: people, groupedBy: \.arm)
    #expect(curves.causes == ["relapse", "death"])
    #expect(curves.groups == ["x", "y"])
    #expect(
      curves.exclusions.description
        == "3 rows left out: 1 without cause, 1 without time, 1 without group")
    #expect(curves["x", Outcome.relapse]?.probability(at: 2) == 0.5)
    #expect(curves["y", Outcome.relapse]?.probability(at: 6) == 1)
    #expect(curves["z", Outcome.relapse] == nil)
    #expect(curves[cause: Outcome.death].map(\.group) == ["x", "y"])
    let decoded = try JSONDecoder().decode(
      CumulativeIncidenceCurves<String>.self, from: JSONEncoder().encode(curves))
    #expect(decoded == curves)
    // An endpoint with causes serves estimators of one event: that of any cause.
    let any = try KaplanMeier(endpoint: .failure).fitted(to: people)
    let all = try CumulativeIncidence(endpoint: .failure).fitted(to: people)
    expectClose(try #require(any["all"]?.probability(at: 2)), all.curves[0].eventFree[1])
    let test = try GrayTest(endpoint: .failure).applied(to: people, groupedBy: \.arm)
    #expect(test.endpoint == "failure")
    #expect(test.exclusions == curves.exclusions)
  }

  @Test("follow-up keeps its cause: split, printed, coded")
  func followUp() throws {
    let followUp = try FollowUp(from: 0, to: 5, cause: Outcome.relapse)
    #expect(followUp.isEvent)
    #expect(followUp.description == "(0.0, 5.0] relapse")
    #expect(followUp.split(at: [2]).map(\.cause) == [nil, "relapse"])
    let none: Outcome? = nil
    #expect(try FollowUp(time: 3, cause: none) == FollowUp(time: 3, isEvent: false))
    let text = try JSONEncoder().encode(followUp)
    #expect(try JSONDecoder().decode(FollowUp.self, from: text) == followUp)
    let bad = Data(#"{"exit":3,"isEvent":false,"cause":"relapse"}"#.utf8)
    expectError(.invalidData) { try JSONDecoder().decode(FollowUp.self, from: bad) }
    let mixed = [
      followUp, try FollowUp(time: 1, isEvent: true), try FollowUp(time: 1, isEvent: false),
    ]
    let error = expectError(.invalidData) { try SurvivalData(mixed) }
    #expect(error?.problems.map(\.index) == [1])
  }

  @Test("a cause-specific event censors the others")
  func causeSpecific() throws {
    let data = try Self.six().causeSpecific("a")
    #expect(data.events == [true, true, false, false, false, false])
    #expect(data.causes == nil)
    expectError(.unknownLevel) { try Self.six().causeSpecific("c") }
    expectError(.invalidArgument) {
      try SurvivalData(times: [1], events: [true]).causeSpecific("a")
    }
  }

  @Test("what has no answer is refused")
  func refused() throws {
    let plain = try SurvivalData(times: [1, 2], events: [true, false])
    expectError(.invalidArgument) { try CumulativeIncidence.curves(of: plain) }
    let none: [String?] = [nil, nil]
    expectError(.noEvents) {
      try CumulativeIncidence.curves(of: SurvivalData(times: [1, 2], causes: EventCauses(none)))
    }
    expectError(.mismatchedLengths) {
      try SurvivalData(times: [1, 2], causes: EventCauses(["a"]))
    }
    expectError(.mismatchedLengths) {
      try CumulativeIncidence.curves(of: Self.six(), groupedBy: Grouping([1]))
    }
    let repeated = try SurvivalData(
      starts: [0, 2, 0], stops: [2, 4, 3], causes: EventCauses(["a", "b", nil]),
      subjects: Grouping([1, 1, 2]))
    let error = expectError(.invalidData) { try CumulativeIncidence.curves(of: repeated) }
    #expect(error?.problems.map(\.index) == [1])
    expectError(.invalidArgument) {
      try CumulativeIncidence.curves(
        of: SurvivalData(
          times: [1, 2], causes: EventCauses(["a", nil]),
          weights: .probability(ProbabilityWeights([1, 2]))), variance: .aalen)
    }
    let codes = Data(#"{"levels":["a"],"codes":[0,null,1]}"#.utf8)
    expectError(.invalidData) { try JSONDecoder().decode(EventCauses.self, from: codes) }
  }

  @Test("everybody has the event at once; an empty risk set stays empty")
  func degenerate() throws {
    for variance in [CurveVariance.robust, .greenwood, .aalen] {
      let curves = try CumulativeIncidence.curves(
        of: SurvivalData(times: [0, 0, 0, 0], causes: EventCauses(["a", "a", "b", "b"])),
        variance: variance)
      #expect(curves.curves.map(\.probabilities) == [[0.5], [0.5]])
      if variance != .aalen { expectClose(curves.curves[0].variances[0], 1.0 / 16) }
      // After all have had an event nothing more can come, whoever enters.
      let late = try CumulativeIncidence.curves(
        of: SurvivalData(
          starts: [0, 3, 3], stops: [1, 5, 6], causes: EventCauses(["a", "b", nil])),
        variance: variance)
      #expect(late["all", "a"]?.probabilities == [1, 1, 1])
      #expect(late["all", "b"]?.probabilities == [0, 0, 0])
      // Aalen's variance takes the one event among one at risk for a count that varies, as R does.
      if variance != .aalen {
        #expect(late.curves.allSatisfy { $0.variances.allSatisfy { $0 == 0 } })
      }
    }
  }

  @Test("printed, within 80 columns")
  func printed() throws {
    let curves = try CumulativeIncidence.curves(of: Self.six())
    #expect(
      curves.description == """
        Cumulative incidence
        6 rows used; no rows left out

        group  cause  n  events    at 6   lower  upper  time lost     se
        all    a      6       2  0.3889  0.1291      1     1.2778  0.777
        all    b      6       2  0.3889  0.1291      1     0.8889  0.598

        95% limits on the log scale, Greenwood variance. NA: not known.
        """)
    #expect(
      curves.curves[0].description == """
        Cumulative incidence of a in group all: 6 subjects, 2 events

        time  at risk  events  incidence      se    lower   upper
           1        6       1     0.1667  0.1521  0.02785  0.9974
           4        3       1     0.3889  0.2187  0.12915  1.0000

        95% limits on the log scale, Greenwood variance.
        """)
    let test = try GrayTest.compare(
      Self.six(), groups: Grouping(["x", "y", "x", "y", "x", "y"]))
    #expect(
      test.description == """
        Gray's test
        6 rows used; no rows left out

        Gray's test of  events  chi-squared  df      p
        a                    2       1.0000   1  0.317
        b                    2       0.9412   1  0.332
        """)
  }
}
