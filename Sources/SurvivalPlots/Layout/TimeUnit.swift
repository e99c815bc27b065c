// SPDX-License-Identifier: Apache-2.0

/// The unit of a time axis: its name, and the steps at which people expect ticks.
public enum TimeUnit: String, Hashable, Sendable, Codable, CaseIterable {
  /// Ticks every 7, 14, 30, 90, 180, 365, … days.
  case days
  /// Ticks every 4, 13, 26, 52, … weeks.
  case weeks
  /// Ticks every 3, 6, 12, 24, … months.
  case months
  /// Ticks every 1, 2, 5, 10, … years.
  case years

  /// Whole steps in ascending order; shorter ones are decimal, longer ones ten times the last.
  var steps: TickSteps {
    switch self {
    case .days: TickSteps(whole: [1, 2, 7, 14, 30, 60, 90, 180, 365, 730, 1825])
    case .weeks: TickSteps(whole: [1, 2, 4, 8, 13, 26, 52, 104, 260])
    case .months: TickSteps(whole: [1, 2, 3, 6, 12, 24, 60])
    case .years: .decimal
    }
  }
}
