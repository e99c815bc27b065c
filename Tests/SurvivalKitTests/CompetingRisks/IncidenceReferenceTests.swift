// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SurvivalKit

/// The rows of a case of competing-risks.json or gray.json, written by make-competing-risks.R.
struct CompetingRows: Decodable, Sendable {
  let start, stop, cause, group, stratum, weight, cluster: [Double]

  func causes() -> EventCauses { EventCauses(cause.map { $0 == 0 ? nil : Int($0) }) }

  func data(late: Bool, weighted: Bool, clustered: Bool) throws -> SurvivalData {
    let weights: Weights? =
      weighted ? .probability(try ProbabilityWeights(weight)) : nil
    let clusters = clustered ? Grouping(cluster) : nil
    return late
      ? try SurvivalData(
        starts: start, stops: stop, causes: causes(), weights: weights, clusters: clusters)
      : try SurvivalData(times: stop, causes: causes(), weights: weights, clusters: clusters)
  }
}

struct IncidenceCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Limits: Decodable, Sendable {
    let lower, upper: [[Double?]]
  }

  struct Part: Decodable, Sendable {
    let time, atRisk, eventFree: [Double]
    let probability, standardError, lost: [[Double]]
    let limits: [String: Limits]
  }

  struct Aalen: Decodable, Sendable {
    let time: [Double]
    let label: [String]
    let estimate, variance: [[Double?]]
  }

  let name: String
  let rows: CompetingRows
  let late, weighted, clustered, upTo: [Double]
  let parts: [Part]
  let aalen: Aalen?

  var testDescription: String { name }

  func data() throws -> SurvivalData {
    try rows.data(late: late == [1], weighted: weighted == [1], clustered: clustered == [1])
  }
}

@Suite("Cumulative incidence agrees with R")
struct IncidenceReferenceTests {
  static let cases: [IncidenceCase] = (try? ReferenceFixtures.cases("competing-risks")) ?? []

  @Test("there are cases")
  func loaded() { #expect(Self.cases.count == 7) }

  static func differences(_ reference: IncidenceCase) throws -> ReferenceDifferences {
    var worst = ReferenceDifferences()
    let curves = try CumulativeIncidence.curves(
      of: reference.data(), groupedBy: Grouping(reference.rows.group))
    let count = curves.causes.count
    for (index, curve) in curves.curves.enumerated() {
      let (part, cause) = (reference.parts[index / count], index % count)
      let at = "\(reference.name), group \(curve.group), cause \(curve.cause)"
      worst.compare("time", curve.times, part.time, at: at)
      // R counts rows at risk, whatever their weights.
      if reference.weighted == [0] {
        worst.compare("at risk", curve.atRisk, part.atRisk, at: at)
      }
      worst.compare("event-free", curve.eventFree, part.eventFree, scale: 1e-3, at: at)
      worst.compare("incidence", curve.probabilities, part.probability[cause], at: at)
      // Where all have had an event R leaves the rounding of a difference for an error of 0.
      worst.compare(
        "standard error", curve.standardErrors, part.standardError[cause], scale: 1e-3, at: at)
      for (name, limits) in part.limits {
        let interval = try #require(CurveInterval(rawValue: name))
        let found = curve.intervals(interval)
        // R does not cut limits to probabilities, and has none where all have had the event.
        for (time, interval) in found.enumerated() where curve.probabilities[time] < 1 {
          let (lower, upper) = (limits.lower[cause][time], limits.upper[cause][time])
          let at = "\(at), \(name) [\(time)]"
          worst.compare(
            "lower limit", interval?.lower, lower.map { max(0, $0) }, scale: 1e-2, at: at)
          worst.compare(
            "upper limit", interval?.upper, upper.map { min(1, $0) }, scale: 1e-2, at: at)
        }
      }
      let lost = try #require(curve.restrictedTimeLost(upTo: reference.upTo[0]))
      worst.compare("time lost", lost.estimate, part.lost[cause][0], at: at)
      worst.compare("error of time lost", lost.standardError, part.lost[cause][1], at: at)
    }
    return worst
  }

  @Test("survfit, to 1e-9", arguments: cases)
  func survfit(reference: IncidenceCase) throws {
    let failures = try Self.differences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  static func aalenDifferences(_ reference: IncidenceCase) throws -> ReferenceDifferences {
    var worst = ReferenceDifferences()
    let aalen = try #require(reference.aalen)
    let curves = try CumulativeIncidence.curves(
      of: reference.data(), groupedBy: Grouping(reference.rows.group), variance: .aalen)
    for (row, label) in aalen.label.enumerated() {
      let parts = label.split(separator: " ").map(String.init)
      let curve = try #require(curves[parts[0], parts[1]])
      for (index, time) in aalen.time.enumerated() {
        // R says nothing after the last time of a group, and neither do we.
        let at = "\(reference.name), \(label), time \(time)"
        worst.compare("incidence", curve.probability(at: time), aalen.estimate[row][index], at: at)
        let error = curve.standardError(at: time)
        // Where nobody is left without an event rounding is left of a variance of 0.
        worst.compare(
          "variance", error.map { $0 * $0 }, aalen.variance[row][index], scale: 1e-6, at: at)
      }
    }
    return worst
  }

  @Test("Aalen's variance is that of cuminc, to 1e-9", arguments: cases.filter { $0.aalen != nil })
  func cuminc(reference: IncidenceCase) throws {
    let failures = try Self.aalenDifferences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }
}

struct GrayCase: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let rows: CompetingRows
  let rho, stratified, statistic, p, df: [Double]
  let cause: [String]

  var testDescription: String { name }
}

@Suite("Gray's test")
struct GrayTests {
  static let cases: [GrayCase] = (try? ReferenceFixtures.cases("gray")) ?? []

  static func differences(_ reference: GrayCase) throws -> ReferenceDifferences {
    var worst = ReferenceDifferences()
    let rows = reference.rows
    let result = try GrayTest.compare(
      rows.data(late: false, weighted: false, clustered: false), groups: Grouping(rows.group),
      strata: reference.stratified == [1] ? Grouping(rows.stratum) : nil, rho: reference.rho[0])
    for (index, cause) in reference.cause.enumerated() {
      let test = try #require(result[cause: cause])
      let at = "\(reference.name), cause \(cause)"
      worst.compare("statistic", test.statistic, reference.statistic[index], at: at)
      worst.compare(
        "degrees of freedom", Double(test.degreesOfFreedom), reference.df[index], at: at)
      worst.compare("p-value", test.pValue, reference.p[index], at: at)
    }
    return worst
  }

  @Test("is that of cuminc, to 1e-9", arguments: cases)
  func agrees(reference: GrayCase) throws {
    let failures = try Self.differences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  @Test("there are cases")
  func loaded() { #expect(Self.cases.count == 7) }

  @Test("equal groups give 0, and their order and that of the rows do not matter")
  func symmetry() throws {
    let rows = try #require(Self.cases.first { $0.name == "four groups" }).rows
    let data = try rows.data(late: false, weighted: false, clustered: false)
    let twice = try SurvivalData(
      times: rows.stop + rows.stop,
      causes: EventCauses((rows.cause + rows.cause).map { $0 == 0 ? nil : Int($0) }))
    let halves = Grouping(rows.stop.map { _ in 1 } + rows.stop.map { _ in 2 })
    let none = try #require(try GrayTest.compare(twice, groups: halves)[cause: 1])
    #expect(none.statistic < 1e-20)
    let result = try #require(try GrayTest.compare(data, groups: Grouping(rows.group))[cause: 2])
    let other = try #require(
      try GrayTest.compare(data, groups: Grouping(rows.group.map { -$0 }))[cause: 2])
    expectClose(other.statistic, result.statistic, within: 1e-12)
    let reversed = try SurvivalData(
      times: rows.stop.reversed(),
      causes: EventCauses(rows.cause.reversed().map { $0 == 0 ? nil : Int($0) }))
    let third = try #require(
      try GrayTest.compare(reversed, groups: Grouping(rows.group.reversed()))[cause: 2])
    #expect(third.statistic == result.statistic)
  }

  @Test("a frequency weight of 3 is three rows")
  func frequencies() throws {
    let rows = try #require(Self.cases.first { $0.name == "four groups" }).rows
    let counts = rows.stop.indices.map { $0 % 4 }
    let weighted = try SurvivalData(
      times: rows.stop, causes: rows.causes(), weights: .frequency(FrequencyWeights(counts)))
    let copies = rows.stop.indices.flatMap { [Int](repeating: $0, count: counts[$0]) }
    let replicated = try SurvivalData(
      times: copies.map { rows.stop[$0] },
      causes: EventCauses(copies.map { rows.cause[$0] == 0 ? nil : Int(rows.cause[$0]) }))
    let one = try GrayTest.compare(
      weighted, groups: Grouping(rows.group), strata: Grouping(rows.stratum), rho: 0.5)
    let other = try GrayTest.compare(
      replicated, groups: Grouping(copies.map { rows.group[$0] }),
      strata: Grouping(copies.map { rows.stratum[$0] }), rho: 0.5)
    for (test, twin) in zip(one.tests, other.tests) {
      expectClose(
        try #require(test.test).statistic, try #require(twin.test).statistic, within: 1e-12)
    }
  }

  @Test("is refused where it is not defined")
  func refused() throws {
    let late = try #require(IncidenceReferenceTests.cases.first { $0.late == [1] })
    let data = try late.data()
    expectError(.invalidArgument) {
      try GrayTest.compare(data, groups: Grouping(late.rows.group))
    }
    let plain = try SurvivalData(times: [1, 2, 3], causes: EventCauses(["a", nil, "b"]))
    expectError(.tooFewGroups) { try GrayTest.compare(plain, groups: Grouping([1, 1, 1])) }
    expectError(.mismatchedLengths) { try GrayTest.compare(plain, groups: Grouping([1, 2])) }
    expectError(.invalidArgument) {
      try GrayTest.compare(plain, groups: Grouping([1, 2, 1]), rho: .infinity)
    }
    let bare = try SurvivalData(times: [1, 2, 3], events: [true, false, true])
    expectError(.invalidArgument) { try GrayTest.compare(bare, groups: Grouping([1, 2, 1])) }
  }
}
