// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SurvivalKit

/// A case of multi-state.json, written by make-multi-state.R.
struct MultiStateCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Rows: Decodable, Sendable {
    let id, start, stop, from, to, weight, group: [Double]
  }

  struct Part: Decodable, Sendable {
    let time, initial, initialError, means, errors: [Double]
    let probability, standardError, atRisk: [[Double]]
  }

  let name: String
  let rows: Rows
  let grouped, upTo: [Double]
  let parts: [Part]

  var testDescription: String { name }
  var isWeighted: Bool { rows.weight.contains { $0 != 1 } }

  func history(weights: Weights? = nil) throws -> StateHistory {
    let own: Weights? =
      isWeighted ? .probability(try ProbabilityWeights(rows.weight)) : nil
    return try StateHistory(
      subjects: Grouping(rows.id), starts: rows.start, stops: rows.stop,
      from: rows.from.map { Int($0) }, to: rows.to.map { $0 == 0 ? nil : Int($0) },
      weights: weights ?? own)
  }
}

@Suite("Probabilities of states")
struct MultiStateTests {
  static let cases: [MultiStateCase] = (try? ReferenceFixtures.cases("multi-state")) ?? []

  private enum State: String, CaseIterable, Sendable { case well, ill, dead }

  @Test("there are cases")
  func loaded() { #expect(Self.cases.count == 6) }

  static func differences(_ reference: MultiStateCase) throws -> ReferenceDifferences {
    var worst = ReferenceDifferences()
    let curves = try AalenJohansen.curves(
      of: reference.history(),
      groupedBy: reference.grouped == [1] ? Grouping(reference.rows.group) : nil,
      restrictedTo: reference.upTo[0])
    for (curve, part) in zip(curves, reference.parts) {
      let at = "\(reference.name), group \(curve.group)"
      worst.compare("time", curve.times, part.time, at: at)
      worst.compare("initial probability", curve.initial, part.initial, at: at)
      worst.compare(
        "initial standard error", curve.initialVariances.map { $0.squareRoot() },
        part.initialError, at: at)
      for state in curve.states.indices {
        let at = "\(at), state \(curve.states[state])"
        // Where the last at risk has left a state R leaves rounding for a probability of 0.
        worst.compare(
          "probability", curve.probabilities[state], part.probability[state], scale: 1e-3, at: at)
        worst.compare(
          "standard error", curve.variances[state].map { $0.squareRoot() },
          part.standardError[state], scale: 1e-3, at: at)
        // R counts rows at risk, whatever their weights.
        if !reference.isWeighted {
          worst.compare("at risk", curve.atRisk[state], part.atRisk[state], at: at)
        }
        let mean = curve.restrictedMeans[state]
        worst.compare("mean time in state", mean.estimate, part.means[state], at: at)
        worst.compare("error of the mean", mean.standardError, part.errors[state], at: at)
      }
    }
    return worst
  }

  @Test("survfit with id and istate, to 1e-9", arguments: cases)
  func survfit(reference: MultiStateCase) throws {
    let failures = try Self.differences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  @Test("competing risks are the case in which nobody moves on")
  func competingRisks() throws {
    for reference in IncidenceReferenceTests.cases where reference.clustered == [0] {
      let rows = reference.rows
      let subjects = Grouping(Array(rows.stop.indices))
      let weights: Weights? =
        reference.weighted == [1] ? .probability(try ProbabilityWeights(rows.weight)) : nil
      let history = try StateHistory(
        subjects: subjects, starts: rows.start, stops: rows.stop,
        from: rows.stop.map { _ in 0 }, to: rows.cause.map { $0 == 0 ? nil : Int($0) },
        weights: weights)
      let limit = reference.upTo[0]
      let states = try AalenJohansen.curves(
        of: history, groupedBy: Grouping(rows.group), restrictedTo: limit)
      let curves = try CumulativeIncidence.curves(
        of: reference.data(), groupedBy: Grouping(rows.group))
      for (index, curve) in curves.curves.enumerated() {
        let twin = states[index / curves.causes.count]
        let state = 1 + index % curves.causes.count
        expectClose(twin.probabilities[state], curve.probabilities, within: 1e-13)
        for (one, other) in zip(twin.variances[state], curve.variances) {
          #expect(abs(one - other) <= 1e-11 * other + 1e-17)
        }
        let lost = try #require(curve.restrictedTimeLost(upTo: limit))
        expectClose(twin.restrictedMeans[state].estimate, lost.estimate, within: 1e-12)
        expectClose(twin.restrictedMeans[state].standardError, lost.standardError, within: 1e-10)
      }
    }
  }

  @Test("exact fractions: two subjects fall ill, one recovers")
  func fractions() throws {
    let history = try StateHistory(
      subjects: Grouping(["a", "a", "b", "b", "c"]), starts: [0, 1, 0, 2, 0],
      stops: [1, 3, 2, 4, 4], from: [State.well, .ill, .well, .ill, .well],
      to: [State.ill, .well, .ill, nil, .dead])
    let curve = try AalenJohansen.curves(of: history)[0]
    #expect(curve.states == ["well", "ill", "dead"])
    // A falls ill among 3, B among the 2 who are left well, A recovers among 2 ill, C dies alone; A,
    // well again at 3, is watched no longer.
    expectClose(curve.probabilities[0], [2.0 / 3, 1.0 / 3, 2.0 / 3, 0], within: 1e-15)
    expectClose(curve.probabilities[1], [1.0 / 3, 2.0 / 3, 1.0 / 3, 1.0 / 3], within: 1e-15)
    expectClose(curve.probabilities[2], [0, 0, 0, 2.0 / 3], within: 1e-15)
    // Without censoring before it each is a share of three: 2/3 · 1/3 / 3.
    expectClose(curve.variances[0][0], 2.0 / 27, within: 1e-15)
    expectClose(curve.restrictedMeans.map(\.estimate), [8.0 / 3, 4.0 / 3, 0], within: 1e-15)
    expectClose(curve.probability(of: State.ill, at: 2.5) ?? .nan, 2.0 / 3)
    #expect(curve.probability(of: State.well, at: 0.5) == 1)
    #expect(curve.standardError(of: State.well, at: 0.5) == 0)
    #expect(curve.probability(of: State.well, at: 4.5) == nil)
    #expect(curve.probability(of: "gone", at: 1) == nil)
    let limits = try #require(curve.interval(of: State.ill, at: 2.5, .plain))
    #expect(limits.lower < 2.0 / 3 && limits.upper > 2.0 / 3)
    #expect(curve.transitions == [[0, 2, 1], [1, 0, 0], [0, 0, 0]])
    #expect(curve.description.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let decoded = try JSONDecoder().decode(StateCurve.self, from: JSONEncoder().encode(curve))
    #expect(decoded == curve)
  }

  @Test("probabilities sum to 1; a frequency of 3 is three subjects; a cut row changes nothing")
  func properties() throws {
    let reference = try #require(Self.cases.first { $0.name.hasPrefix("delayed entry, two") })
    let rows = reference.rows
    let counts = rows.id.map { Int($0) % 4 }
    let weighted = try AalenJohansen.curves(
      of: reference.history(weights: .frequency(FrequencyWeights(counts))))[0]
    var copies = [(row: Int, subject: Int)]()
    for row in rows.id.indices {
      for copy in 0..<counts[row] { copies.append((row, Int(rows.id[row]) * 10 + copy)) }
    }
    let replicated = try AalenJohansen.curves(
      of: StateHistory(
        subjects: Grouping(copies.map(\.subject)), starts: copies.map { rows.start[$0.row] },
        stops: copies.map { rows.stop[$0.row] }, from: copies.map { Int(rows.from[$0.row]) },
        to: copies.map { rows.to[$0.row] == 0 ? nil : Int(rows.to[$0.row]) }))[0]
    for state in weighted.states.indices {
      expectClose(weighted.probabilities[state], replicated.probabilities[state])
      expectClose(weighted.variances[state], replicated.variances[state])
      expectClose(
        weighted.restrictedMeans[state].standardError,
        replicated.restrictedMeans[state].standardError)
    }
    for index in weighted.times.indices {
      expectClose(weighted.probabilities.reduce(0) { $0 + $1[index] }, 1, within: 1e-13)
    }
    let whole = try AalenJohansen.curves(of: reference.history())[0]
    var cut = [(subject: Int, start: Double, stop: Double, from: Int, to: Int?)]()
    for row in rows.id.indices.reversed() {
      let (id, from) = (Int(rows.id[row]), Int(rows.from[row]))
      let to = rows.to[row] == 0 ? nil : Int(rows.to[row])
      let middle = rows.start[row] + 1
      if middle < rows.stop[row] {
        cut.append((id, middle, rows.stop[row], from, to))
        cut.append((id, rows.start[row], middle, from, nil))
      } else {
        cut.append((id, rows.start[row], rows.stop[row], from, to))
      }
    }
    let pieces = try AalenJohansen.curves(
      of: StateHistory(
        subjects: Grouping(cut.map(\.subject)), starts: cut.map(\.start), stops: cut.map(\.stop),
        from: cut.map(\.from), to: cut.map(\.to)))[0]
    for (index, time) in whole.times.enumerated() {
      for (state, name) in whole.states.enumerated() {
        expectClose(
          pieces.probability(of: name, at: time) ?? .nan, whole.probabilities[state][index])
        expectClose(
          pieces.standardError(of: name, at: time) ?? .nan,
          whole.variances[state][index].squareRoot(), within: 1e-11)
      }
    }
  }

  @Test("rows that cannot follow one another are refused by number")
  func refused() throws {
    func history(
      _ starts: [Double], _ stops: [Double], _ from: [State], _ to: [State?],
      weights: Weights? = nil
    ) throws -> StateHistory {
      try StateHistory(
        subjects: Grouping([1, 1, 2]), starts: starts, stops: stops, from: from, to: to,
        weights: weights)
    }
    let overlap = expectError(.invalidData) {
      try history([0, 1, 0], [2, 3, 4], [.well, .ill, .well], [.ill, .dead, nil])
    }
    #expect(overlap?.problems.map(\.index) == [1])
    let gap = expectError(.invalidData) {
      try history([0, 3, 0], [2, 4, 4], [.well, .ill, .well], [.ill, .dead, nil])
    }
    #expect(gap?.problems.map(\.index) == [1])
    #expect(gap?.problems.first?.found.contains("a gap") == true)
    let teleport = expectError(.invalidData) {
      try history([0, 2, 0], [2, 3, 4], [.well, .well, .well], [.ill, .dead, nil])
    }
    #expect(teleport?.problems.map(\.index) == [1])
    #expect(teleport?.problems.first?.column == "from")
    let idle = expectError(.invalidData) {
      try history([0, 2, 0], [2, 3, 4], [.well, .ill, .well], [.ill, .ill, nil])
    }
    #expect(idle?.problems.first?.column == "to")
    let uneven = expectError(.invalidData) {
      try history(
        [0, 2, 0], [2, 3, 4], [.well, .ill, .well], [.ill, .dead, nil],
        weights: .frequency(FrequencyWeights([1, 2, 1])))
    }
    #expect(uneven?.problems.map(\.index) == [1])
    expectError(.mismatchedLengths) {
      try StateHistory(
        subjects: Grouping([1]), starts: [0], stops: [1], from: [State.well, .ill], to: [nil])
    }
    let good = try history([0, 2, 0], [2, 3, 4], [.well, .ill, .well], [.ill, .dead, nil])
    expectError(.mismatchedLengths) {
      try AalenJohansen.curves(of: good, groupedBy: Grouping([1]))
    }
    expectError(.invalidArgument) { try AalenJohansen.curves(of: good, restrictedTo: 9) }
  }
}
