// SPDX-License-Identifier: Apache-2.0

/// What a report of endpoints must say and often does not: each choice by name, with its default.
///
/// The defaults follow what is printed of the study. Choices that are printed nowhere are assumptions
/// and marked [A] where they are documented.
public struct EndpointPolicies: Codable, Hashable, Sendable {
  /// When somebody without remission on day 28 has an event of progression-free survival.
  public enum NonResponse: String, Codable, Hashable, Sendable, CaseIterable {
    /// At the next recorded progression, or at death. The default [A].
    case eventAtNextProgressionOrDeath
    /// At the assessment of day 28.
    case eventAtAssessment
  }

  /// When somebody without an event is censored; overall survival always ends at the last contact.
  public enum Censoring: String, Codable, Hashable, Sendable, CaseIterable {
    /// At the last day known alive, as the reports of the study do. The default.
    case atLastContact
    /// At the last assessment of the disease, as ADaM does; at the origin when there was none.
    case atLastAssessment
  }

  /// On which day a failure to reach remission counts in event-free survival.
  public enum FailureDating: String, Codable, Hashable, Sendable, CaseIterable {
    /// On the day of the assessment. The default.
    case atAssessment
    /// On the day of infusion, as the European LeukemiaNet dates it.
    case atDayOne
  }

  /// How a duration is counted.
  public enum Duration: String, Codable, Hashable, Sendable, CaseIterable {
    /// The difference of the days. The default.
    case elapsed
    /// The difference and 1, as ADaM counts.
    case inclusive
  }

  /// The unit of time.
  public enum TimeUnit: String, Codable, Hashable, Sendable, CaseIterable {
    /// Days.
    case days
    /// Months of 30.4375 days. The default.
    case months
    /// Years of 365.25 days.
    case years

    /// The length of the unit in days.
    public var days: Double {
      switch self {
      case .days: 1
      case .months: 30.4375
      case .years: 365.25
      }
    }
  }

  /// Who is in remission, for endpoints that begin there.
  public enum Responders: String, Codable, Hashable, Sendable, CaseIterable {
    /// Whoever reached a remission before progression. The default.
    case everInRemission
    /// Whoever was in remission at the assessment of day 28.
    case atDay28
  }

  /// Non-response in progression-free survival.
  public var nonResponse = NonResponse.eventAtNextProgressionOrDeath
  /// The day of censoring.
  public var censoring = Censoring.atLastContact
  /// The day of a failure in event-free survival.
  public var failureDating = FailureDating.atAssessment
  /// How durations are counted.
  public var duration = Duration.elapsed
  /// The unit of time.
  public var unit = TimeUnit.months
  /// What a complete remission is.
  public var criteria = ResponseCriteria.rocca
  /// Who is in remission.
  public var responders = Responders.everInRemission
  /// Days after infusion within which an assessment is that of day 28; the nearest to 28 counts [A].
  public var day28Window = 21...42
  /// Whether the return of residual disease alone is a relapse; by default it is not [A].
  public var countsMolecularRelapse = false
  /// Whether relapse-free survival and duration of response end at a transplant.
  public var censorsResponseAtTransplant = false

  /// The defaults.
  public init() {}

  /// The time from one day to another, counted and in the unit of the policies.
  public func time(from origin: CalendarDay, to day: CalendarDay) -> Double {
    Double(day - origin + (duration == .inclusive ? 1 : 0)) / unit.days
  }
}
