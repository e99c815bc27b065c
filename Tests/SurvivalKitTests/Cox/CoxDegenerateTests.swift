// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

@Suite("Small and degenerate data for the Cox model")
struct CoxDegenerateTests {
  @Test("all tied", arguments: TieMethod.allCases)
  func allTied(ties: TieMethod) throws {
    let x: [Double] = [1, 0, 1, 0, 1, 0]
    let some = try CoxRegression.fit(
      SurvivalData(
        times: [Double](repeating: 3, count: 6), events: [true, true, true, false, false, false]),
      design: DesignMatrix([("x", x)]), ties: ties)
    #expect(some.hasConverged && some.coefficients[0].estimate?.isFinite == true)
    let all = try CoxRegression.fit(
      SurvivalData(
        times: [Double](repeating: 3, count: 6), events: [Bool](repeating: true, count: 6)),
      design: DesignMatrix([("x", x)]), ties: ties)
    // With nobody left over, the exact rules learn nothing.
    if ties.isExact {
      #expect(all.coefficients[0].isAliased)
    } else {
      expectClose(all.coefficients[0].estimate, 0, within: 1e-12)
    }
  }

  @Test("one subject has a likelihood of 1 and an aliased covariate")
  func oneSubject() throws {
    let fit = try CoxRegression.fit(
      SurvivalData(times: [4], events: [true]), design: DesignMatrix([("x", [3])]))
    #expect(fit.coefficients[0].isAliased && fit.logLikelihood == 0)
    expectError(.noEvents) {
      try CoxRegression.fit(
        SurvivalData(times: [4], events: [false]), design: DesignMatrix([("x", [3])]))
    }
  }

  @Test("strata without events or without rows tell nothing")
  func emptyStrata() throws {
    let study = RandomStudy(seed: 94)
    var events = study.events
    for row in 0..<study.count where study.strata[row] == 1 { events[row] = false }
    var weights = study.stops.map { _ in 1.0 }
    for row in 0..<study.count where study.strata[row] == 2 { weights[row] = 0 }
    for isLate in [true, false] {
      let kind = Weights.probability(try ProbabilityWeights(weights))
      let data =
        isLate
        ? try SurvivalData(
          starts: study.starts, stops: study.stops, events: events, weights: kind)
        : try SurvivalData(times: study.stops, events: events, weights: kind)
      let fit = try CoxRegression.fit(data, design: study.design, strata: Grouping(study.strata))
      let rows = (0..<study.count).filter { study.strata[$0] == 0 }
      let part = study.rows(rows)
      let alone = try CoxRegression.fit(
        part.data(late: isLate), design: part.design, isRobust: true)
      for (one, other) in zip(fit.coefficients, alone.coefficients) {
        expectClose(one.estimate, try #require(other.estimate), within: 1e-11)
        expectClose(
          one.robustStandardError, try #require(other.robustStandardError), within: 1e-10)
      }
      #expect(fit.diagnostics.map(\.code) == [.stratumWithoutEvents, .zeroWeights])
      #expect(fit.diagnostics[0].message.hasPrefix("2 of 3 strata"))
    }
  }

  @Test("risk sets that empty and refill")
  func refill() throws {
    let starts: [Double] = [0, 0, 5, 5, 5, 10, 10, 10, 10]
    let stops: [Double] = [1, 2, 6, 7, 8, 11, 12, 13, 14]
    let x: [Double] = [1, 0, 0, 1, 0, 1, 0, 1, 0]
    let events = [true, true, true, true, false, true, true, false, true]
    let fit = try CoxRegression.fit(
      SurvivalData(starts: starts, stops: stops, events: events), design: DesignMatrix([("x", x)]))
    // The three periods are strata.
    let stratified = try CoxRegression.fit(
      SurvivalData(times: stops, events: events), design: DesignMatrix([("x", x)]),
      strata: Grouping([0, 0, 1, 1, 1, 2, 2, 2, 2]))
    expectClose(
      fit.coefficients[0].estimate, try #require(stratified.coefficients[0].estimate),
      within: 1e-13)
    expectClose(fit.logLikelihood, stratified.logLikelihood, within: 1e-14)
    // Linear predictors a thousand apart between the periods.
    let moved = try CoxRegression.fit(
      SurvivalData(starts: starts, stops: stops, events: events), design: DesignMatrix([("x", x)]),
      offset: [1000, 1000, -1000, -1000, -1000, 0, 0, 0, 0])
    expectClose(
      moved.coefficients[0].estimate, try #require(stratified.coefficients[0].estimate),
      within: 1e-11)
  }

  @Test("a first Newton step that is far too long is halved until it helps")
  func longFirstStep() throws {
    // Skewed covariate: at 0 the information is tiny beside what it becomes.
    let count = 200
    var random = SplitMix(seed: 6)
    let x = (0..<count).map { _ in Double.exp(6 * random.symmetric()) }
    let times = x.map { 1 / ($0 + 0.01) + Double.random(in: 0..<0.01, using: &random) }
    if let fit = try fitOrRefusal({
      try CoxRegression.fit(
        SurvivalData(times: times, events: times.map { _ in true }),
        design: DesignMatrix([("x", x)]))
    }) {
      let values = fit.iterations.map(\.logLikelihood)
      #expect(zip(values, values.dropFirst()).allSatisfy { $1 >= $0 - 1e-9 })
    }
    // Offsets far from the optimum, as in model4you: the answer is that of the centred problem.
    let start = Forty.z.map { 60 * $0 }
    let far = try CoxRegression.fit(
      Forty.data(late: false), design: Forty.design, offset: start)
    let near = try CoxRegression.fit(Forty.data(late: false), design: Forty.design)
    expectClose(
      far.coefficients[0].estimate, try #require(near.coefficients[0].estimate) - 60,
      within: 1e-10)
    expectClose(
      far.coefficients[1].estimate, try #require(near.coefficients[1].estimate), within: 1e-10)
  }

  @Test("too few iterations is an error, not an answer")
  func iterations() throws {
    expectError(.notConverged) {
      try CoxRegression.fit(
        Forty.data(late: false), design: Forty.design, maximumIterations: 1)
    }
  }
}
