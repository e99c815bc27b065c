// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

extension StudyReport {
  /// A cell of a table: numbers with all their digits, and how they are shown.
  public enum Cell: Hashable, Sendable {
    /// Nothing belongs here.
    case empty
    /// Words.
    case text(String)
    /// A count, or a sum of weights.
    case count(Double)
    /// A number; `nil` when there is none.
    case number(Double?, NumberStyle)
    /// So many of so many.
    case fraction(Int, of: Int)
    /// So many of so many, with the share in percent.
    case share(Int, of: Int)
    /// An estimate with its confidence interval; `nil` when there is none.
    case estimate(Double?, ConfidenceInterval?, NumberStyle)
    /// A hazard ratio without a finite estimate: infinite, or 0; with the one limit that is known.
    case unboundedRatio(isInfinite: Bool, limit: Double?, level: Double?)
    /// A quantile of survival time with its limits, each of which may not be reached.
    case quantile(QuantileEstimate)
    /// The least and the greatest of some numbers; `nil` when there are none.
    case range(Double?, Double?, NumberStyle)
    /// A median with the first and the third quartile; `nil` when there are no values.
    case median(Double?, firstQuartile: Double?, thirdQuartile: Double?, NumberStyle)
    /// A p-value; `nil` when there is none.
    case pValue(Double?)
  }

  /// How a number is rounded where it is shown.
  public enum NumberStyle: Hashable, Sendable {
    /// To a number of decimal places.
    case places(Int)
    /// To a number of significant digits.
    case digits(Int)
    /// In percent, to a number of decimal places.
    case percent(Int)
    /// As a ratio: two places, or as many as tell its limits apart and from 0.
    case ratio
  }
}

extension StudyReport.NumberStyle {
  /// A number as it is shown.
  func text(_ value: Double) -> String {
    switch self {
    case .places(let places): NumberFormatting.fixed(value, digits: places)
    case .digits(let digits): NumberFormatting.significant(value, digits: digits)
    case .percent(let places): NumberFormatting.fixed(100 * value, digits: places)
    case .ratio:
      value >= 0.095 && value < 1000
        ? NumberFormatting.fixed(value, digits: 2) : NumberFormatting.significant(value, digits: 3)
    }
  }

  /// The style for an estimate with limits: for a ratio as many places as tell them apart, and the
  /// lower one from 0.
  func telling(_ interval: ConfidenceInterval) -> StudyReport.NumberStyle {
    let width = interval.upper - interval.lower
    guard self == .ratio, width > 0 else { return self }
    if width < 0.05 { return .places(width < 0.005 ? 4 : 3) }
    return interval.lower >= 0.0095 && interval.lower < 0.095 ? .places(3) : self
  }

  /// The sign after numbers that are shown.
  fileprivate var unit: String {
    if case .percent = self { "%" } else { "" }
  }
}

extension StudyReport.Cell {
  /// What stands where there is no number.
  static let none = "–"
  /// What stands where a curve does not fall so far.
  static let notReached = "NR"

  /// The cell as it is shown in every output for people.
  var text: String {
    switch self {
    case .empty: return ""
    case .text(let text): return text
    case .count(let count): return NumberFormatting.countOrSum(count)
    case .number(let value, let style):
      return value.map { style.text($0) + style.unit } ?? Self.none
    case .fraction(let count, let total): return "\(count) / \(total)"
    case .share(let count, let total):
      guard total > 0 else { return Self.none }
      let percent = NumberFormatting.fixed(100 * Double(count) / Double(total), digits: 1)
      return "\(count) (\(percent)%)"
    case .estimate(let value, let interval, let style):
      guard let value else { return Self.none }
      guard let interval else { return style.text(value) + style.unit }
      let style = style.telling(interval)
      let estimate = style.text(value) + style.unit
      return "\(estimate) (\(style.text(interval.lower)) to \(style.text(interval.upper)))"
    case .unboundedRatio(let isInfinite, let limit, _):
      let estimate = isInfinite ? "∞" : "0"
      let bound = limit.map { StudyReport.NumberStyle.ratio.text($0) }
      guard let bound else { return estimate }
      return isInfinite ? "\(estimate) (\(bound) to ∞)" : "\(estimate) (0 to \(bound))"
    case .quantile(let quantile):
      let places = Self.places([quantile.estimate, quantile.lower, quantile.upper])
      func text(_ value: Double?) -> String {
        guard let value else { return Self.notReached }
        return places.map { NumberFormatting.fixed(value, digits: $0) }
          ?? NumberFormatting.significant(value, digits: 4)
      }
      let estimate = text(quantile.estimate)
      guard quantile.lower != nil || quantile.upper != nil else { return estimate }
      return "\(estimate) (\(text(quantile.lower)) to \(text(quantile.upper)))"
    case .range(let lower, let upper, let style):
      guard let lower, let upper else { return Self.none }
      return "\(style.text(lower)) to \(style.text(upper))"
    case .median(let median, let first, let third, let style):
      guard let median, let first, let third else { return Self.none }
      return "\(style.text(median)) (\(style.text(first)) to \(style.text(third)))"
    case .pValue(let value):
      return value.map { NumberFormatting.decimalPValue($0, digits: 3) } ?? Self.none
    }
  }

  /// The places of times with their limits: four digits, at most two places, and none that is 0 in
  /// all; `nil` where that would say too little.
  private static func places(_ times: [Double?]) -> Int? {
    let times = times.compactMap(\.self)
    let longest = times.reduce(0) { Swift.max($0, abs($1)) }
    guard longest >= 1, longest < 1e7 else { return nil }
    var places = longest >= 1000 ? 0 : longest >= 100 ? 1 : 2
    while places > 0,
      times.allSatisfy({ NumberFormatting.fixed($0, digits: places).hasSuffix("0") })
    {
      places -= 1
    }
    return places
  }

  /// The numbers and words of the cell with the names of their parts; an empty name for a cell that
  /// has one part only.
  var parts: [(name: String, value: JSON)] {
    func limits(_ lower: Double?, _ upper: Double?) -> [(name: String, value: JSON)] {
      [("lower", .number(lower)), ("upper", .number(upper))]
    }
    switch self {
    case .empty: return []
    case .text(let text): return [("", .string(text))]
    case .count(let count): return [("", .number(count))]
    case .number(let value, _), .pValue(let value): return [("", .number(value))]
    case .fraction(let count, let total):
      return [("count", .integer(count)), ("total", .integer(total))]
    case .share(let count, let total):
      let share = total > 0 ? Double(count) / Double(total) : nil
      return [
        ("count", .integer(count)), ("total", .integer(total)), ("share", .number(share)),
      ]
    case .estimate(let value, let interval, _):
      return [("estimate", .number(value))] + limits(interval?.lower, interval?.upper)
        + [("level", .number(interval?.level))]
    case .unboundedRatio(let isInfinite, let limit, let level):
      return [("estimate", .number(isInfinite ? nil : 0))]
        + limits(isInfinite ? limit : 0, isInfinite ? nil : limit) + [("level", .number(level))]
    case .quantile(let quantile):
      return [("estimate", .number(quantile.estimate))] + limits(quantile.lower, quantile.upper)
        + [("level", .number(quantile.level))]
    case .range(let lower, let upper, _):
      return [("minimum", .number(lower)), ("maximum", .number(upper))]
    case .median(let median, let first, let third, _):
      return [
        ("median", .number(median)), ("firstQuartile", .number(first)),
        ("thirdQuartile", .number(third)),
      ]
    }
  }
}
