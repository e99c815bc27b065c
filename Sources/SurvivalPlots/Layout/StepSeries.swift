// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// A step function with a name: what a figure of curves needs of a result of whatever origin.
public struct StepSeries: Hashable, Sendable {
  /// The name in the legend.
  public let name: String
  /// The times of the steps, ascending.
  public let times: [Double]
  /// The value from each time on.
  public let values: [Double]
  /// The limits at each time; `nil` where there are none.
  public let limits: [ConfidenceInterval?]
  /// The value before the first time.
  public let initialValue: Double
  /// Where the function begins.
  public let startTime: Double

  /// Creates a step function.
  /// - Parameters:
  ///   - name: The name in the legend.
  ///   - times: The times of the steps, ascending and finite.
  ///   - values: The value from each time on; finite.
  ///   - limits: The limits at each time; none when empty.
  ///   - initialValue: The value before the first time.
  ///   - startTime: Where the function begins; at or before the first time.
  /// - Throws: ``/SurvivalKit/SurvivalError`` with code `mismatchedLengths` or `invalidData`.
  public init(
    name: String, times: [Double], values: [Double], limits: [ConfidenceInterval?] = [],
    initialValue: Double = 0, startTime: Double = 0
  ) throws(SurvivalError) {
    try Checks.lengths(times.count, values.count, "times", "values")
    if !limits.isEmpty { try Checks.lengths(times.count, limits.count, "times", "limits") }
    try Checks.finite(times, "times")
    try Checks.finite(values, "values")
    try Checks.finite([initialValue, startTime], "initial value and start time")
    try Checks.finite(limits.map { $0?.lower ?? 0 }, "lower limits")
    try Checks.finite(limits.map { $0?.upper ?? 0 }, "upper limits")
    let all = [startTime] + times
    for position in times.indices where all[position] > all[position + 1] {
      throw SurvivalError(
        .invalidData, "the times of a step function ascend from its start",
        problems: [
          SurvivalError.RowProblem(
            index: position, column: "times", found: "\(times[position])",
            allowed: "\(all[position]) or later")
        ])
    }
    self.name = name
    self.times = times
    self.values = values
    self.limits = limits
    self.initialValue = initialValue
    self.startTime = startTime
  }

  /// The value at a time.
  func value(at time: Double) -> Double {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? initialValue : values[low - 1]
  }
}

/// What figures ask of plain values before they take them.
enum Checks {
  static func lengths(
    _ one: Int, _ other: Int, _ name: String, _ otherName: String
  ) throws(SurvivalError) {
    guard one == other else {
      throw SurvivalError(
        .mismatchedLengths,
        "there are \(one) \(name) but \(other) \(otherName); a figure needs one for each")
    }
  }

  /// Every value that is not finite is named.
  static func finite(_ values: [Double], _ column: String) throws(SurvivalError) {
    try all(values, column, allowed: "a finite number") { $0.isFinite }
  }

  /// Every value that breaks a rule is named.
  static func all(
    _ values: [Double], _ column: String, allowed: String, _ rule: (Double) -> Bool
  ) throws(SurvivalError) {
    let problems = values.indices.filter { !rule(values[$0]) }.map {
      SurvivalError.RowProblem(
        index: $0, column: column, found: "\(values[$0])", allowed: allowed)
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "a figure cannot show what is not \(allowed)", problems: problems)
    }
  }
}
