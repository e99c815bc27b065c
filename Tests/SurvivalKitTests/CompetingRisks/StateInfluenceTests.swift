// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

/// Histories of subjects among four states, drawn at random.
private struct RandomHistory: CustomTestStringConvertible {
  var (id, from, to, cluster) = ([Int](), [Int](), [Int?](), [Int]())
  var (start, stop, weight) = ([Double](), [Double](), [Double]())
  let testDescription: String

  init(seed: UInt64, isFine: Bool, isLate: Bool, beginsAnywhere: Bool, isWeighted: Bool) {
    testDescription =
      "\(isFine ? "fine" : "tied")\(isLate ? ", late" : "")"
      + "\(beginsAnywhere ? ", any beginning" : "")\(isWeighted ? ", weights, clusters" : "")"
    var random = SplitMix(seed: seed)
    for subject in 0..<40 {
      var time = isLate ? (Double.random(in: 0..<1, using: &random) * 4).rounded(.down) : 0
      let end = time + 3 + (Double.random(in: 0..<1, using: &random) * 9).rounded(.down)
      var state = beginsAnywhere ? Int(Double.random(in: 0..<1, using: &random) * 3) : 0
      while time < end {
        let stay =
          isFine
          ? Double.random(in: 0..<1, using: &random) * 3 + 1e-3
          : 1 + (Double.random(in: 0..<1, using: &random) * 3).rounded(.down)
        let next = (state + 1 + Int(Double.random(in: 0..<1, using: &random) * 3)) % 4
        id.append(subject)
        start.append(time)
        stop.append(min(time + stay, end))
        from.append(state)
        // A row may also end without anything, and another follow.
        to.append(time + stay < end && Double.random(in: 0..<1, using: &random) < 0.8 ? next : nil)
        weight.append(isWeighted ? [0.5, 1, 2.25][subject % 3] : 1)
        cluster.append(isWeighted ? subject % 17 : subject)
        time += stay
        state = to[to.count - 1] ?? state
        if state == 3 { break }
      }
    }
  }

  func history(clusters: [Int]? = nil) throws -> StateHistory {
    try StateHistory(
      subjects: Grouping(id), starts: start, stops: stop, from: from, to: to,
      weights: .probability(ProbabilityWeights(weight)), clusters: Grouping(clusters ?? cluster))
  }
}

/// The estimates by their definition: every cluster's influence at every time.
private struct DirectStates {
  var times: [Double]
  var (probabilities, variances) = ([[Double]](), [[Double]]())
  var (areas, areaVariances) = ([Double](), [Double]())

  init(_ rows: RandomHistory, upTo limit: Double) {
    let count = 4
    times = Set(rows.stop).sorted()
    let clusters = Set(rows.cluster).sorted()
    var p = [Double](repeating: 0, count: count)
    var influences = clusters.map { _ in p }
    var influenceAreas = influences
    areas = p
    let first = times.first { time in
      rows.stop.indices.contains { rows.stop[$0] == time && rows.to[$0] != nil }
    }
    func atRisk(_ time: Double, _ state: Int, _ cluster: Int?) -> Double {
      rows.stop.indices.reduce(0) {
        rows.start[$1] < time && time <= rows.stop[$1] && rows.from[$1] == state
          && (cluster == nil || rows.cluster[$1] == cluster) ? $0 + rows.weight[$1] : $0
      }
    }
    let beginning = (0..<count).map { atRisk(first ?? 0, $0, nil) }
    let total = beginning.reduce(0, +)
    p = beginning.map { $0 / total }
    for (g, cluster) in clusters.enumerated() {
      let own = (0..<count).map { atRisk(first ?? 0, $0, cluster) }
      for state in 0..<count {
        influences[g][state] = (own[state] - own.reduce(0, +) * p[state]) / total
      }
    }
    func integrate(_ left: Double, _ right: Double) {
      let width = max(0, min(right, limit) - min(left, limit))
      for state in 0..<count {
        areas[state] += width * p[state]
        for g in clusters.indices { influenceAreas[g][state] += width * influences[g][state] }
      }
    }
    integrate(0, times[0])
    for (index, time) in times.enumerated() {
      let ending = rows.stop.indices.filter { rows.stop[$0] == time }
      let before = p
      let sizes = (0..<count).map { atRisk(time, $0, nil) }
      for from in 0..<count {
        let y = sizes[from]
        for to in 0..<count where y > 0 {
          let moving = ending.filter { rows.from[$0] == from && rows.to[$0] == to }
          guard !moving.isEmpty else { continue }
          let hazard = moving.reduce(0) { $0 + rows.weight[$1] } / y
          p[from] -= before[from] * hazard
          p[to] += before[from] * hazard
        }
      }
      for (g, cluster) in clusters.enumerated() {
        let old = influences[g]
        for from in 0..<count {
          let (y, own) = (sizes[from], atRisk(time, from, cluster))
          for to in 0..<count where y > 0 {
            let moving = ending.filter { rows.from[$0] == from && rows.to[$0] == to }
            let hazard = moving.reduce(0) { $0 + rows.weight[$1] } / y
            let events = moving.reduce(0) {
              rows.cluster[$1] == cluster ? $0 + rows.weight[$1] : $0
            }
            let flow = old[from] * hazard + before[from] * (events - own * hazard) / y
            influences[g][from] -= flow
            influences[g][to] += flow
          }
        }
      }
      integrate(time, index + 1 < times.count ? times[index + 1] : limit)
      probabilities.append(p)
      variances.append(
        (0..<count).map { state in influences.reduce(0) { $0 + $1[state] * $1[state] } })
    }
    areaVariances = (0..<count).map { state in
      influenceAreas.reduce(0) { $0 + $1[state] * $1[state] }
    }
  }
}

@Suite("Influences on probabilities of states")
struct StateInfluenceTests {
  private static let studies: [RandomHistory] = (0..<16).map { (index: Int) in
    RandomHistory(
      seed: UInt64(index), isFine: index & 1 > 0, isLate: index & 2 > 0,
      beginsAnywhere: index & 4 > 0, isWeighted: index & 8 > 0)
  }

  @Test("variances are the sums of squares of every cluster's influence", arguments: studies)
  fileprivate func direct(rows: RandomHistory) throws {
    let limit = 6.5
    let curve = try AalenJohansen.curves(of: rows.history(), restrictedTo: limit)[0]
    let direct = DirectStates(rows, upTo: limit)
    #expect(curve.times == direct.times)
    #expect(direct.times.count > 6)
    for state in curve.states.indices {
      for index in curve.times.indices {
        expectClose(
          curve.probabilities[state][index], direct.probabilities[index][state], within: 1e-13)
        // Sums that are kept up to date, against sums made anew.
        let (found, expected) = (
          curve.variances[state][index], direct.variances[index][state]
        )
        #expect(abs(found - expected) <= 1e-11 * expected + 1e-17, "\(found) for \(expected)")
      }
      expectClose(curve.restrictedMeans[state].estimate, direct.areas[state], within: 1e-12)
      expectClose(
        curve.restrictedMeans[state].standardError, direct.areaVariances[state].squareRoot(),
        within: 1e-11)
    }
  }

  @Test("one cluster of all has no influence", arguments: studies)
  fileprivate func together(rows: RandomHistory) throws {
    let curve = try AalenJohansen.curves(of: rows.history(clusters: rows.id.map { _ in 0 }))[0]
    for state in curve.states.indices {
      #expect(curve.variances[state].allSatisfy { $0 == 0 }, "\(curve.variances[state])")
      #expect(curve.restrictedMeans[state].standardError < 1e-13)
    }
  }
}
