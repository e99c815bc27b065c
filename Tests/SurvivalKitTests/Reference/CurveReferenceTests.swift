// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

/// Survival curves against R's `survfit`.
@Suite("Curves against R")
struct CurveReferenceTests {
  @Test("every number of survfit, to 1e-9", arguments: ReferenceFixtures.curves)
  func agrees(_ reference: CurveCase) throws {
    let failures = try Self.differences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(reference.name): \(failures.joined(separator: "\n"))")
  }

  @Test("all cases are read")
  func count() throws {
    let cases: [CurveCase] = try ReferenceFixtures.cases("survfit")
    #expect(cases.count == 142)
  }

  static func curves(
    _ reference: CurveCase, variance: CurveVariance
  ) throws -> (SurvivalData, Grouping, [SurvivalCurve]) {
    let table = try reference.table()
    let data = try table.survivalData(
      time: reference.time, event: reference.event, eventValue: reference.eventValue,
      entry: reference.entry, weights: reference.weights, cluster: reference.cluster,
      id: reference.id)
    let groups =
      try table.grouping(reference.group.map { [$0] } ?? [])
      ?? Grouping([String](repeating: "all", count: data.count))
    let curves = try KaplanMeier.curves(
      of: data, groupedBy: groups, estimator: reference.estimator, variance: variance)
    return (data, groups, curves.curves)
  }

  static func differences(_ reference: CurveCase) throws -> ReferenceDifferences {
    let model = reference.estimator == .kaplanMeier ? CurveVariance.greenwood : .aalen
    let (_, _, curves) = try curves(reference, variance: reference.robust ? .robust : model)
    let (_, _, modelCurves) = try Self.curves(reference, variance: model)
    var result = ReferenceDifferences()
    try #require(curves.map(\.group) == reference.curves.map(\.group))
    for (position, expected) in reference.curves.enumerated() {
      let curve = curves[position]
      let at = "\(reference.name), \(curve.group)"
      func compare(_ quantity: String, _ values: [Double?], _ references: [Double?]) {
        result.compare(quantity, values, references, at: at)
      }
      compare("rows", [Double(curve.rowCount)], [Double(expected.subjects)])
      compare("time", curve.times, expected.time)
      compare("at risk", curve.atRisk, expected.atRisk)
      compare("events", curve.events, expected.eventCount)
      compare("events in all", [curve.eventCount], [expected.events])
      compare("censored", curve.censored, expected.censoredCount)
      if let entered = expected.enteredCount { compare("entered", curve.entered, entered) }
      compare("survival", curve.survival, expected.survival)
      let kind = reference.robust ? "robust standard error" : "standard error"
      compare("\(kind) of survival", curve.standardErrors, expected.standardError)
      compareLimits(curve, expected, reference, at, &result)
      compare("cumulative hazard", curve.cumulativeHazard, expected.cumulativeHazard)
      compare(
        "\(kind) of cumulative hazard", curve.cumulativeHazardStandardErrors,
        expected.cumulativeHazardStandardError)
      compareQuantiles(curve, expected, reference, at, &result)
      compareMean(modelCurves[position], expected.restrictedMean, at, &result)
    }
    return result
  }

  /// Compares pointwise limits.
  ///
  /// While the curve is 1 and its standard error 0, both limits are 1 here and in current versions of
  /// survival; version 3.5, which wrote the fixtures, has none on three of the scales.
  private static func compareLimits(
    _ curve: SurvivalCurve, _ expected: CurveCase.Curve, _ reference: CurveCase, _ at: String,
    _ result: inout ReferenceDifferences
  ) {
    let limits = curve.intervals(level: reference.level, reference.interval)
    let scale = reference.interval.rawValue
    for (index, limit) in limits.enumerated() where index < expected.lower.count {
      let isAtOne = expected.survival[index] == 1 && expected.standardError[index] == 0
      let place = "\(at) [\(index)]"
      if isAtOne, expected.lower[index] == nil, expected.upper[index] == nil {
        result.compare("limits at 1 (1 here, none in survival 3.5)", limit?.lower, 1, at: place)
        result.compare("limits at 1 (1 here, none in survival 3.5)", limit?.upper, 1, at: place)
        continue
      }
      result.compare("lower limit, \(scale)", limit?.lower, expected.lower[index], at: place)
      result.compare("upper limit, \(scale)", limit?.upper, expected.upper[index], at: place)
    }
  }

  private static func compareQuantiles(
    _ curve: SurvivalCurve, _ expected: CurveCase.Curve, _ reference: CurveCase, _ at: String,
    _ result: inout ReferenceDifferences
  ) {
    let limits = curve.intervals(level: reference.level, reference.interval)
    for quantile in expected.quantiles {
      let own = curve.quantile(quantile.probability, level: reference.level, reference.interval)
      let place = "\(at), quantile \(quantile.probability)"
      result.compare("quantile", own.estimate, quantile.estimate, at: place)
      for (side, ours, theirs, column) in [
        ("lower", own.lower, quantile.lower, limits.map { $0?.lower }),
        ("upper", own.upper, quantile.upper, limits.map { $0?.upper }),
      ] {
        if ours != theirs,
          let sorted = crossingAfterSorting(
            curve.times, column, below: 1 - quantile.probability)
        {
          result.compare(
            "limit of quantile on a confidence curve that rises (R sorts it)", sorted, theirs,
            at: place)
        } else {
          result.compare("\(side) limit of quantile", ours, theirs, at: place)
        }
      }
    }
  }

  /// Where a confidence curve crosses a level in R's `findq`; `nil` for a curve that never rises.
  ///
  /// R looks the level up with `approx`, which sorts the points by their height: where the curve
  /// rises, the points change places and the crossing may be another one than the first.
  private static func crossingAfterSorting(
    _ times: [Double], _ curve: [Double?], below level: Double
  ) -> Double? {
    let points = zip(times, curve).compactMap { time, height in height.map { (time, $0) } }
    guard zip(points, points.dropFirst()).contains(where: { $0.1 < $1.1 }) else { return nil }
    return points.sorted { $0.1 > $1.1 }.first { $0.1 <= level }?.0
  }

  /// Compares the restricted mean, which R extends beyond the last time and ours does not, and its
  /// standard error, which R takes from Greenwood's formula for every estimator and for robust curves.
  private static func compareMean(
    _ curve: SurvivalCurve, _ expected: CurveCase.Mean, _ at: String,
    _ result: inout ReferenceDifferences
  ) {
    guard let own = curve.restrictedMean(upTo: expected.upTo) else {
      let isBeyond = expected.upTo > curve.times[curve.times.count - 1]
      let endsAboveZero = curve.survival[curve.survival.count - 1] > 0
      result.compare(
        "restricted mean beyond the last time (none here)", isBeyond && endsAboveZero ? 0 : nil, 0,
        at: at)
      return
    }
    result.compare("restricted mean", own.estimate, expected.estimate, at: at)
    if curve.estimator == .kaplanMeier {
      result.compare(
        "standard error of restricted mean", own.standardError, expected.standardError, at: at)
    } else {
      // R's number is Greenwood's though the curve is not the product limit; ours is Aalen's.
      result.compare(
        "standard error of restricted mean, exponential estimators (R: Greenwood's)",
        plainError(curve, upTo: expected.upTo, isGreenwood: true), expected.standardError, at: at)
      result.compare(
        "standard error of restricted mean, exponential estimators (Aalen's, summed directly)",
        own.standardError, plainError(curve, upTo: expected.upTo, isGreenwood: false), at: at)
    }
  }

  /// The standard error of the area under a curve, from the definition: O(*m*²).
  private static func plainError(
    _ curve: SurvivalCurve, upTo end: Double, isGreenwood: Bool
  ) -> Double {
    var sum = 0.0
    for step in curve.times.indices where curve.times[step] <= end && curve.events[step] > 0 {
      var area = 0.0
      for later in curve.times.indices where later >= step && curve.times[later] <= end {
        let next = later + 1 < curve.times.count ? min(end, curve.times[later + 1]) : end
        area += curve.survival[later] * (next - curve.times[later])
      }
      let (n, d) = (curve.atRisk[step], curve.events[step])
      let increment: Double
      if isGreenwood {
        increment = n > d ? d / (n * (n - d)) : 0
      } else {
        let before = step == 0 ? 0 : curve.hazardVariance[step - 1]
        increment = curve.hazardVariance[step] - before
      }
      sum += area * area * increment
    }
    return sum.squareRoot()
  }
}
