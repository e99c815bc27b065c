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

  /// A ratio with its limits: two places, or as many as tell the limits apart and the lower from 0.
  static func ratio(_ value: Double, _ interval: ConfidenceInterval) -> String {
    let width = interval.upper - interval.lower
    let isNearZero = interval.lower >= 0.0095 && interval.lower < 0.095
    let places = width < 0.005 ? 4 : width < 0.05 || isNearZero ? 3 : 2
    func text(_ value: Double) -> String {
      isNearZero && value < 1000
        ? NumberFormatting.fixed(value, digits: places) : ratio(value, places: places)
    }
    return "\(text(value)) (\(text(interval.lower)) to \(text(interval.upper)))"
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
  static func name(
    _ curve: SurvivalCurve, of curves: [SurvivalCurve], title: String? = nil
  ) -> String {
    curves.count == 1 && curve.group == "all" ? "All" : name(curve.group, title: title)
  }

  /// A name with what the groups are before it, where it is a number, which says nothing by itself.
  static func name(_ group: String, title: String?) -> String {
    guard let title, !title.isEmpty, Double(group) != nil else { return group }
    return "\(title) \(group)"
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

  /// Medians with their limits, all with as many places; NR where one is not reached.
  static func medians(_ medians: [QuantileEstimate], limits: Bool) -> [String] {
    let shown = medians.map { limits ? [$0.estimate, $0.lower, $0.upper] : [$0.estimate] }
    let places = commonPlaces(shown.flatMap { $0.compactMap(\.self) })
    return shown.map { values in
      let texts = values.map { value in
        guard let value else { return "NR" }
        return places.map { NumberFormatting.fixed(value, digits: $0).replacingMinus }
          ?? number(value)
      }
      guard limits, values.contains(where: { $0 != nil }) else { return texts[0] }
      return "\(texts[0]) (\(texts[1]) to \(texts[2]))"
    }
  }

  /// The places with which numbers of one column are told: three digits for the largest, two for the
  /// smallest, and none that is 0 in all; `nil` where they are too large or too small for that.
  private static func commonPlaces(_ values: [Double]) -> Int? {
    let sizes = values.map { abs($0) }.filter { $0 > 0 }
    guard let least = sizes.min(), let most = sizes.max() else { return 0 }
    guard most < 1e7, least >= 1e-4 else { return nil }
    var places = Swift.max(
      0, 2 - NumberFormatting.exponent(of: most), 1 - NumberFormatting.exponent(of: least))
    while places > 0,
      values.allSatisfy({ NumberFormatting.fixed($0, digits: places).hasSuffix("0") })
    {
      places -= 1
    }
    return places
  }

  /// The result of a test of the log-rank family.
  static func sentence(_ test: LogRankResult) -> String {
    let within = test.stratumCount > 1 ? ", within \(test.stratumCount) strata" : ""
    let p = NumberFormatting.decimalPStatement(test.pValue)
    return "\(test.weightFunction.title)\(within): \(p)"
  }
}
