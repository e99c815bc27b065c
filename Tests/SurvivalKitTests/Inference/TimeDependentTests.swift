// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// A case of timedependent.json, written by make-timedependent.R.
struct TimeDependentCase: Decodable, Sendable {
  let name: String
  let coefficients, errors, robust, loglik, score: [Double]
}

@Suite("Covariates that change with time by a rule")
struct TimeDependentTests {
  private static let change: Covariate<Veteran> = .timeDependent("karno × log time") {
    record, time in
    record.karno.map { $0 * .log(time + 20) }
  }

  private static func fit(
    _ name: String = "", change: Covariate<Veteran> = change, records: [Veteran]? = nil
  ) throws -> CoxFit<Veteran> {
    try CoxModel(
      endpoint: .death,
      covariates: [
        .numeric("treatment") { Double($0.treatment) }, .numeric("karno", \.karno), change,
      ],
      strata: name.contains("strata") ? [.by("cell", \.cell)] : [],
      ties: name.contains("breslow") ? .breslow : .efron,
      weights: name.contains("weights") ? .probability(\.weight) : nil
    ).fitted(to: records ?? Veteran.all())
  }

  @Test("agrees with R's tt, to 1e-9")
  func agrees() throws {
    let failures = try Self.differences().failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  static func differences() throws -> ReferenceDifferences {
    let cases: [TimeDependentCase] = try ReferenceFixtures.cases("timedependent")
    #expect(cases.count == 6)
    var worst = ReferenceDifferences()
    for reference in cases {
      let estimates: CoxEstimates
      if reference.name.hasPrefix("heart") {
        estimates = try CoxModel<Heart>(
          endpoint: .death,
          covariates: [
            .numeric("age", \.age), .numeric("surgery", \.surgery),
            .timeDependent("change") { $0.age * .log($1 + 20) },
          ]
        ).fitted(to: Heart.all()).estimates
        #expect(estimates.subjectCount == 172)
      } else {
        estimates = try Self.fit(reference.name).estimates
        #expect(estimates.subjectCount == 137 && estimates.eventCount == 128)
      }
      let at = reference.name
      worst.compare(
        "log likelihood", [estimates.nullLogLikelihood, estimates.logLikelihood],
        reference.loglik, at: at)
      worst.compare("score test", estimates.scoreTest.statistic, reference.score[0], at: at)
      for (column, coefficient) in estimates.coefficients.enumerated() {
        worst.compare(
          "estimate", coefficient.estimate, reference.coefficients[column],
          scale: reference.errors[column], at: at)
        worst.compare(
          "standard error", coefficient.modelStandardError, reference.errors[column], at: at)
        #expect(estimates.isRobust == !reference.robust.isEmpty)
        if !reference.robust.isEmpty {
          worst.compare(
            "robust error", coefficient.robustStandardError, reference.robust[column], at: at)
        }
      }
    }
    return worst
  }

  @Test("a covariate that ignores time is the covariate itself")
  func constant() throws {
    let timed = try Self.fit("strata", change: .timeDependent("age") { record, _ in record.age })
    let plain = try Self.fit("strata", change: .numeric("age", \.age))
    expectClose(timed.logLikelihood, plain.logLikelihood, within: 1e-13)
    for (one, other) in zip(timed.coefficients, plain.coefficients) {
      expectClose(one.estimate, try #require(other.estimate), within: 1e-10)
      expectClose(one.standardError, try #require(other.standardError), within: 1e-10)
    }
    let (one, other) = (timed.regression.baselineHazards(), plain.regression.baselineHazards())
    for (first, second) in zip(one, other) {
      #expect(first.times == second.times && first.lastTime == second.lastTime)
    }
    #expect(timed.rowCount > plain.rowCount && timed.subjectCount == plain.subjectCount)
  }

  @Test("rows are split at the event times of their stratum at which they are at risk")
  func expansion() throws {
    let data = try SurvivalData(
      starts: [-.infinity, 2, 0, 1, 8], stops: [3, 6, 5, 4, 9],
      events: [true, false, true, false, false])
    let expansion = try TimeExpansion(data, strata: nil)
    #expect(expansion.rows == [0, 1, 1, 1, 2, 2, 3, 3, 4])
    #expect(expansion.data.times == [3, 3, 5, 6, 3, 5, 3, 4, 9])
    #expect(expansion.data.entries == [-.infinity, 2, 3, 5, 0, 3, 1, 3, 8])
    #expect(
      expansion.data.events == [true, false, false, false, false, true, false, false, false])
    #expect(expansion.times == [3, 3, 5, 5, 3, 5, 3, 3, 9])
    #expect(expansion.isEventTime == [true, true, true, true, true, true, true, true, false])
    let stratified = try TimeExpansion(data, strata: Grouping([0, 0, 1, 1, 0]))
    #expect(stratified.rows == [0, 1, 1, 2, 3, 4])
  }

  @Test("prediction asks for a time")
  func prediction() throws {
    let fit = try Self.fit()
    var (one, other) = (try Veteran.all()[0], try Veteran.all()[0])
    one.karno = 80
    other.karno = 70
    let estimates = fit.coefficients.compactMap(\.estimate)
    for time in [10.0, 200] {
      let ratio = try fit.hazardRatio(of: one, relativeTo: other, at: time)
      expectClose(
        .log(ratio.estimate), 10 * (estimates[1] + estimates[2] * .log(time + 20)), within: 1e-12)
      expectClose(
        try fit.linearPredictor(for: one, at: time) - fit.linearPredictor(for: other, at: time),
        .log(ratio.estimate), within: 1e-12)
    }
    expectError(.notEstimable) { try fit.linearPredictor(for: one) }
    expectError(.notEstimable) { try fit.hazardRatio(of: one, relativeTo: other) }
    expectError(.notEstimable) { try fit.survivalCurve(for: one) }
    expectError(.notEstimable) { try fit.residuals(.martingale) }
    one.karno = nil
    expectError(.invalidData) { try fit.linearPredictor(for: one, at: 3) }
    // A model without such a term takes a time and ignores it.
    let plain = try Self.fit(change: .numeric("age", \.age))
    let (timed, timeless) = (
      try plain.linearPredictor(for: other, at: 5), try plain.linearPredictor(for: other)
    )
    #expect(timed == timeless)
  }

  @Test("records without a value at an event time are named")
  func badUse() throws {
    let error = expectError(.invalidData) {
      try Self.fit(
        change: .timeDependent("age") { record, time in
          record.age == 69 && time > 30 ? nil : record.age
        })
    }
    let records = try Veteran.all()
    let expected = records.indices.filter { records[$0].age == 69 && records[$0].time > 30 }
    #expect(error?.problems.map(\.index) == expected)
    expectError(.invalidData) { try Self.fit(change: .timeDependent("log") { .log($1 - 1) }) }
    expectError(.invalidArgument) {
      try Self.fit(change: .interaction(Self.change, .numeric("age", \.age)))
    }
    expectError(.invalidArgument) {
      try CoxModel<Veteran>(
        endpoint: .death, covariates: [Self.change], weights: .frequency { _ in 2 }, isRobust: true
      ).fitted(to: records)
    }
    // Where nobody dies nothing is asked.
    let last = records.map(\.time).max() ?? 0
    let fit = try Self.fit(change: .timeDependent("age") { $1 > last ? nil : $0.age })
    #expect(fit.hasConverged)
  }
}
