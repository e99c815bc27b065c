// SPDX-License-Identifier: Apache-2.0

/// The process from which the courses of synthetic subjects are drawn; every number in it is an
/// assumption [A], printed nowhere.
///
///     hazard of progression = baseRate · frailty · exp(η),  times consolidationRatio once consolidated
///     η = ln inotuzumabRatio · exposed + ln activeRatio · active
///       + ln lineRatio · (lines − 3.5) + ln refractoryRatio · refractory
///
/// Exposure comes with worse disease, and after the disease is accounted for it hardly matters: its
/// ratio given all else is below 1, and that of the exposed who did not respond above 1, so that the
/// ratio in a model of the measured covariates is near the 1.20 that is printed. Frailty that is not
/// measured brings the ratios of a Cox model towards 1; those of the process are the steeper ones.
/// Rates are per month of 30.4375 days. Race has no part in it.
package struct SyntheticProcess {
  /// The length of a month in days.
  static let month = 30.4375
  package var baseRate = 0.085
  package var frailtyShape = 0.9
  package var inotuzumabRatio = 0.75
  package var activeRatio = 2.0
  package var lineRatio = 1.18
  package var refractoryRatio = 4.0
  package var consolidationRatio = 0.2
  /// How often a remission would be consolidated, by exposure.
  package var consolidationShare = (exposed: 0.28, naive: 0.52)
  /// The median time to consolidation is day 73, as in the reports of the study.
  package var consolidationMedianDays = 73.0
  /// How often the event is a death without relapse.
  package var deathShare = 0.20
  /// The rate of death after relapse of the naive and of the exposed who did not respond.
  package var deathRate = 0.082
  package var exposedDeathLogRatio = 0.25
  package var refractoryDeathLogRatio = 1.0
  /// When the observation of the living ends, in months, spread evenly.
  package var followUp = 1.5...21.5

  package init() {}

  /// What is drawn before the course.
  struct Traits {
    var isExposed = false
    /// Whether a remission would be consolidated.
    var isWilling = false
    var isRefractory = false
    var isActive = false
    var lines = 1
  }

  /// When things happen, in days from infusion; all that lie beyond ``followUp`` are not seen.
  struct Course {
    /// The event of progression-free survival.
    var event: Int
    /// Whether the event is a death.
    var eventIsDeath: Bool
    var death: Int
    /// Consolidation before the event, if there is one.
    var consolidation: Int?
    var followUp: Int

    var isEventSeen: Bool { event <= followUp }
    var isDeathSeen: Bool { death <= followUp }
    /// The last day without event on which the subject was seen.
    var lastFreeDay: Int { isEventSeen ? event - 1 : followUp }
  }

  /// Draws a course, whose observation ends at a share, 0 to 1, of the range of follow-up.
  func course(_ traits: Traits, followUpShare share: Double, _ draws: inout SeededDraws) -> Course {
    var logRatio = lineRatioLog * (Double(traits.lines) - 3.5)
    if traits.isExposed { logRatio += SeededDraws.logarithm(inotuzumabRatio) }
    if traits.isActive { logRatio += SeededDraws.logarithm(activeRatio) }
    if traits.isRefractory { logRatio += SeededDraws.logarithm(refractoryRatio) }
    let rate = baseRate * draws.gamma(shape: frailtyShape) * SeededDraws.exponential(logRatio)
    let consolidation = Swift.max(
      0.8, draws.logNormal(median: consolidationMedianDays / Self.month, deviation: 0.35))
    let effort = draws.exponential()
    var event = effort / Swift.max(rate, 1e-9)
    let isConsolidated = traits.isWilling && event > consolidation
    if isConsolidated {
      event = consolidation + (event - consolidation) / consolidationRatio
    }
    let isDeath = draws.happens(deathShare)
    var deathLogRatio = 0.0
    if traits.isExposed { deathLogRatio += exposedDeathLogRatio }
    if traits.isRefractory { deathLogRatio += refractoryDeathLogRatio }
    let survival = draws.exponential() / (deathRate * SeededDraws.exponential(deathLogRatio))
    let months = followUp.lowerBound + share * (followUp.upperBound - followUp.lowerBound)
    let eventDay = Self.days(event)
    let consolidationDay = Self.days(consolidation)
    return Course(
      event: eventDay, eventIsDeath: isDeath,
      death: isDeath ? eventDay : eventDay + Self.days(survival),
      consolidation: isConsolidated && consolidationDay < eventDay ? consolidationDay : nil,
      followUp: Int(months * Self.month))
  }

  private var lineRatioLog: Double { SeededDraws.logarithm(lineRatio) }

  /// Months as whole days, at least 1; what lies beyond a century is put there.
  private static func days(_ months: Double) -> Int {
    Int(Swift.min(36_525, Swift.max(1, (months * month).rounded(.up))))
  }
}
