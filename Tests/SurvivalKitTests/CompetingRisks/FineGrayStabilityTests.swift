// SPDX-License-Identifier: Apache-2.0

import SurvivalLinearAlgebra
import Testing

@testable import SurvivalKit

@Suite("Fine–Gray models of extreme data")
struct FineGrayStabilityTests {
  private static func cox(_ likelihood: FineGrayLikelihood, _ reference: FineGrayCase) throws
    -> CoxPartialLikelihood
  {
    var strata: Grouping?
    if reference.strata == [1] { strata = Grouping(reference.rows.stratum) }
    if reference.groups == [1] {
      strata =
        try strata?.crossed(with: Grouping(reference.rows.group))
        ?? Grouping(reference.rows.group)
    }
    return try CoxPartialLikelihood(
      likelihood.data, design: reference.design, strata: strata,
      offset: reference.useOffset == [1] ? reference.rows.offset : nil, ties: likelihood.ties)
  }

  @Test("moments and sums are the same likelihood", arguments: FineGrayTests.cases)
  func twins(reference: FineGrayCase) throws {
    let likelihood = try reference.fit(.model).likelihood
    let point = [0.4, -0.3, 0.2]
    let (sums, keepsDigits) = FineGrayScan(likelihood, at: point).evaluate()
    #expect(keepsDigits)
    let moments = FineGrayMoments.evaluate(
      likelihood, try Self.cox(likelihood, reference), at: point)
    expectClose(moments.logLikelihood, sums.logLikelihood, within: 1e-13)
    expectClose(moments.gradient, sums.gradient, within: 1e-11)
    for j in 0..<3 {
      for l in 0..<3 {
        expectClose(moments.information[j, l], sums.information[j, l], within: 1e-11)
      }
    }
  }

  /// Estimates and errors of two fits, relative to the errors.
  private static func compare(
    _ found: FineGrayRegression, _ expected: FineGrayRegression, within tolerance: Double
  ) throws {
    for (one, other) in zip(found.coefficients, expected.coefficients) {
      let error = try #require(other.standardError)
      #expect(abs((one.estimate ?? .nan) - (other.estimate ?? .nan)) <= tolerance * error)
      expectClose((one.standardError ?? .nan) / error, 1, within: tolerance)
      expectClose(
        (one.modelStandardError ?? .nan) / (other.modelStandardError ?? .nan), 1,
        within: tolerance)
    }
  }

  @Test(
    "covariates and offsets that lie far apart in the strata", arguments: [0x1p20, 0x1p33],
    [false, true])
  func strata(distance: Double, late: Bool) throws {
    let reference = FineGrayTests.cases[late ? 9 : 2]
    let rows = reference.rows
    // Multiples of 1/1024, so that a shift by a power of two changes no digit.
    func dyadic(_ column: [Double]) -> [Double] { column.map { ($0 * 1024).rounded() / 1024 } }
    let (x1, x3, offset) = (dyadic(rows.x1), dyadic(rows.x3), dyadic(rows.offset))
    func shifted(_ column: [Double], _ by: Double) -> [Double] {
      zip(column, rows.stratum).map { $0 + by * $1 }
    }
    func fit(_ by: Double) throws -> FineGrayRegression {
      try FineGrayRegression.fit(
        reference.data(), cause: 1,
        design: DesignMatrix([("x1", shifted(x1, by)), ("x2", rows.x2), ("x3", shifted(x3, -by))]),
        strata: Grouping(rows.stratum), offset: shifted(offset, 3 * by))
    }
    let (near, far) = (try fit(0), try fit(distance))
    try Self.compare(far, near, within: 1e-11)
    let times = [0.3, 0.8]
    let (a, b) = (
      try near.cumulativeIncidence(
        for: [0.5, 1, 0.25], offset: 0.125, baseline: near.baseline(at: times, stratum: 1)),
      try far.cumulativeIncidence(
        for: [0.5 + 2 * distance, 1, 0.25 - 2 * distance], offset: 0.125 + 6 * distance,
        baseline: far.baseline(at: times, stratum: 1))
    )
    for (one, other) in zip(a, b) {
      // The offset of the new row is known to the last digit of 6 × distance only.
      let tolerance = 1e-11 + 8 * distance.ulp
      expectClose(try #require(one).probability, try #require(other).probability, within: tolerance)
      expectClose(
        try #require(one).standardError, try #require(other).standardError, within: tolerance)
    }
  }

  /// Rows that are under observation one after another, while a covariate drifts.
  private static func drifting(_ drift: Double) throws -> (data: SurvivalData, design: DesignMatrix)
  {
    var random = SplitMix(seed: 41)
    var (starts, stops, causes, x) = ([Double](), [Double](), [Int?](), [Double]())
    for row in 0..<400 {
      let start = Double(row / 4)
      starts.append(start)
      // Competing events come after all others: nobody stays at risk of what comes long after.
      stops.append(start + 1 + Double(random.below(12)) / 2 + (row > 360 ? 50 : 0))
      causes.append(row > 360 ? 2 : random.below(3) == 0 ? nil : 1)
      x.append(Double(random.below(2048)) / 1024 + drift * (start / 8).rounded(.down))
    }
    return (
      try SurvivalData(starts: starts, stops: stops, causes: EventCauses(causes)),
      try DesignMatrix([("x", x)])
    )
  }

  @Test("a covariate that drifts with time is followed by moments")
  func drift() throws {
    for drift in [0, 0x1p12, 0x1p24] {
      let (data, design) = try Self.drifting(drift)
      let fit = try FineGrayRegression.fit(data, cause: 1, design: design, variance: .model)
      // Without competing events before, the risk sets are those of a Cox model, whose likelihood
      // keeps its digits: its own score and information at the estimate.
      let cox = try CoxPartialLikelihood(data.causeSpecific(1), design: design)
      let estimate = try #require(fit.coefficients[0].estimate)
      let there = try cox.evaluate(at: [estimate])
      let error = try #require(fit.coefficients[0].standardError)
      // What a Newton step would still change, in standard errors.
      #expect(abs(there.gradient[0] / there.information[0][0]) < 1e-9 * error)
      expectClose(there.information[0][0].squareRoot() * error, 1, within: 1e-9)
      expectClose(fit.logLikelihood, there.logLikelihood, within: 1e-11)
      let steep = try FineGrayRegression.fit(data, cause: 1, design: design)
      #expect(abs((steep.coefficients[0].estimate ?? .nan) - estimate) <= 1e-12 * error)
      let robust = try #require(
        try CoxRegression.fit(data.causeSpecific(1), design: design, isRobust: true)
          .coefficients[0].standardError)
      expectClose((steep.coefficients[0].standardError ?? .nan) / robust, 1, within: 1e-11)
    }
  }

  @Test("linear predictors a thousand apart are fitted, or refused, but never wrong")
  func farPredictors() throws {
    let reference = FineGrayTests.cases[0]
    let rows = reference.rows
    // Everybody of one part has a risk of e^-1200 beside the other, which ends before it.
    let median = rows.stop.sorted()[rows.stop.count / 2]
    let offset = rows.stop.map { $0 <= median ? 600.0 : -600.0 }
    do {
      let fit = try FineGrayRegression.fit(
        reference.data(), cause: 1, design: reference.design, offset: offset)
      // As a Cox model: those in the future have no weight, and the others stay.
      for coefficient in fit.coefficients {
        #expect(try #require(coefficient.estimate).isFinite)
        #expect(try #require(coefficient.standardError).isFinite)
        #expect(try #require(coefficient.standardError) > 0)
      }
      let there = FineGrayMoments.evaluate(
        fit.likelihood,
        try CoxPartialLikelihood(
          fit.likelihood.data, design: reference.design, offset: offset, ties: fit.ties),
        at: fit.point)
      for j in 0..<3 {
        #expect(
          there.gradient[j] * there.gradient[j] < 1e-16 * there.information[j, j],
          "\(there.gradient)")
      }
    } catch let error as SurvivalError {
      #expect(error.code == .overflow || error.code == .notConverged)
    }
  }
}
