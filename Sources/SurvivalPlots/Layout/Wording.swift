// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

/// Results in words, the same in every figure.
enum Wording {
  /// A level of confidence in percent.
  static func percent(_ level: Double) -> String { NumberFormatting.percent(level) }

  /// A number to three significant digits, with all digits before the point.
  static func number(_ value: Double) -> String {
    NumberFormatting.significant(value, digits: 3).replacingMinus
  }

  /// A ratio such as 1.87 or 0.052: two places, more where two would say too little.
  static func ratio(_ value: Double, places: Int = 2) -> String {
    if value >= 0.095, value < 1000 { return NumberFormatting.fixed(value, digits: places) }
    return NumberFormatting.significant(value, digits: 3)
  }

  /// A ratio with its limits: two places, or as many as tell the limits apart.
  static func ratio(_ value: Double, _ interval: ConfidenceInterval) -> String {
    let width = interval.upper - interval.lower
    let places = width < 0.005 ? 4 : width < 0.05 ? 3 : 2
    return "\(ratio(value, places: places)) (\(ratio(interval.lower, places: places)) to "
      + "\(ratio(interval.upper, places: places)))"
  }

  /// The title of a time axis.
  static func time(title: String?, unit: TimeUnit?) -> String {
    title ?? unit.map { "Time (\($0.rawValue))" } ?? "Time"
  }

  /// What curves there are, and of which endpoint.
  static func title(_ curves: [SurvivalCurve], of endpoint: String) -> String {
    guard let first = curves.first else { return "No curves" }
    var title = first.isReversed ? "Reverse \(first.estimator.title)" : first.estimator.title
    title += curves.count == 1 ? " curve" : " curves"
    return endpoint.isEmpty ? title : title + " of \(endpoint)"
  }

  /// The name of a group; everybody, where there is one only.
  static func name(_ curve: SurvivalCurve, of curves: [SurvivalCurve]) -> String {
    curves.count == 1 && curve.group == "all" ? "All" : curve.group
  }

  static func subjects(_ curve: SurvivalCurve) -> String {
    NumberFormatting.quantity(curve.subjectCount, "subject")
  }

  static func events(_ curve: SurvivalCurve) -> String {
    let noun = curve.isReversed ? "censoring" : "event"
    return "\(GroupCounts.text(curve.eventCount)) \(noun)\(curve.eventCount == 1 ? "" : "s")"
  }

  /// The number with the event of the number in the group.
  static func eventsOfSubjects(_ curve: SurvivalCurve) -> String {
    "\(GroupCounts.text(curve.eventCount)) / \(curve.subjectCount)"
  }

  /// A median with its limits; NR where it is not reached.
  static func median(_ median: QuantileEstimate, limits: Bool) -> String {
    let estimate = median.estimate.map(number) ?? "NR"
    guard limits else { return estimate }
    guard median.lower != nil || median.upper != nil || median.estimate != nil else {
      return estimate
    }
    return "\(estimate) (\(median.lower.map(number) ?? "NR") to "
      + "\(median.upper.map(number) ?? "NR"))"
  }

  /// The result of a test of the log-rank family.
  static func sentence(_ test: LogRankResult) -> String {
    let within = test.stratumCount > 1 ? ", within \(test.stratumCount) strata" : ""
    return "\(test.weightFunction.title)\(within): \(NumberFormatting.pStatement(test.pValue))"
  }
}
