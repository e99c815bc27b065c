// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// A stretch of one subject's time in which consolidation did not change.
public struct ConsolidationInterval: Hashable, Sendable {
  /// The subject.
  public let subject: ValidatedSubject
  /// The time after which the subject is at risk, in the unit of the policies.
  public let start: Double
  /// The time until which the subject is at risk.
  public let stop: Double
  /// Whether the event of the endpoint happened at the end.
  public let isEvent: Bool
  /// Whether consolidation had begun by the start.
  public let isConsolidated: Bool
}

extension Endpoint<ConsolidationInterval> {
  /// The endpoint for which a ``ConsolidationHistory`` was made, in (start, stop] rows.
  public static let history = Endpoint(
    "endpoint of the history", entry: { $0.start }, exit: { $0.stop }, event: { $0.isEvent })
}

/// Follow-up in (start, stop] rows, with consolidation as a covariate that changes with time.
///
///     (0, t] not consolidated, (t, T] consolidated, with the event on the last row
///
/// for consolidation at t and follow-up until T. Consolidation on the last day, t = T, cannot have
/// changed the risk and does not count; neither does one after T.
public struct ConsolidationHistory: Hashable, Sendable {
  /// The rows, subject by subject.
  public let rows: [ConsolidationInterval]
  /// How many subjects are outside the population of the endpoint.
  public let outsidePopulation: Int
  /// How many subjects have no time at risk, since their follow-up ends at the origin.
  public let withoutTime: Int
  /// How many consolidations came on the last day or later, and do not count.
  public let afterFollowUp: Int

  /// Makes the rows of an endpoint.
  /// - Parameters:
  ///   - subjects: The subjects.
  ///   - parameter: The endpoint.
  ///   - kinds: The kinds of consolidation that count; the first of them changes the covariate.
  ///   - policies: What the definition of the endpoint leaves open.
  /// - Throws: ``/SurvivalKit/SurvivalError`` with every subject whose consolidation began at or before
  ///   the origin, where it belongs into a covariate that is fixed.
  /// - Complexity: O(*n*) for *n* subjects.
  public init(
    of subjects: [ValidatedSubject], _ parameter: SurvivalParameter = .progressionFreeSurvival,
    kinds: Set<ConsolidationKind> = Set(ConsolidationKind.allCases),
    _ policies: EndpointPolicies = EndpointPolicies()
  ) throws(SurvivalError) {
    var rows = [ConsolidationInterval]()
    rows.reserveCapacity(subjects.count)
    var problems = [SurvivalError.RowProblem]()
    var (outside, untimed, late) = (0, 0, 0)
    for (index, subject) in subjects.enumerated() {
      guard let outcome = subject.outcome(parameter, policies) else {
        outside += 1
        continue
      }
      guard outcome.time > 0 else {
        untimed += 1
        continue
      }
      func append(_ start: Double, _ stop: Double, _ isEvent: Bool, _ isConsolidated: Bool) {
        rows.append(
          ConsolidationInterval(
            subject: subject, start: start, stop: stop, isEvent: isEvent,
            isConsolidated: isConsolidated))
      }
      guard let day = subject.consolidationDay(kinds) else {
        append(0, outcome.time, outcome.isEvent, false)
        continue
      }
      let change = policies.time(from: outcome.originDay, to: day)
      if day <= outcome.originDay {
        problems.append(
          SurvivalError.RowProblem(
            index: index, column: "consolidations.startDay", found: "\(day)",
            allowed: "a day after the origin, \(outcome.originDay)"))
      } else if change < outcome.time {
        append(0, change, false, false)
        append(change, outcome.time, outcome.isEvent, true)
      } else {
        late += 1
        append(0, outcome.time, outcome.isEvent, false)
      }
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(problems.count) subjects were consolidated at or before the origin",
        problems: problems)
    }
    (self.rows, outsidePopulation, withoutTime, afterFollowUp) = (rows, outside, untimed, late)
  }
}
