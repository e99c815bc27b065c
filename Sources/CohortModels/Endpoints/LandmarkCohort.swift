// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// Those still followed at a landmark, with what was known of consolidation by then.
///
/// Kept is who is at risk after the landmark, with time counted from it; consolidation after the
/// landmark does not count, so nobody is classed by the future (Anderson, Cain & Gelber 1983,
/// doi:10.1200/JCO.1983.1.11.710).
public struct LandmarkCohort: Hashable, Sendable {
  /// Somebody who is at risk after the landmark.
  public struct Member: Hashable, Sendable {
    /// The subject.
    public let subject: ValidatedSubject
    /// Time from the landmark, in the unit of the policies.
    public let time: Double
    /// Whether the time ended with the event.
    public let isEvent: Bool
    /// Whether consolidation had begun by the landmark.
    public let isConsolidated: Bool
  }

  /// The landmark in days from the origin.
  public let landmarkDays: Int
  /// Those who are at risk after the landmark.
  public let members: [Member]
  /// How many are outside the population of the endpoint.
  public let outsidePopulation: Int
  /// How many had the event, or one that competes, at the landmark or before.
  public let endedBefore: Int
  /// How many were censored at the landmark or before.
  public let censoredBefore: Int

  /// Keeps those still followed at a landmark.
  /// - Parameters:
  ///   - landmarkDays: The landmark in days from the origin; 73 is the median time to consolidative
  ///     transplant in the reports of the study.
  ///   - subjects: The subjects.
  ///   - parameter: The endpoint.
  ///   - kinds: The kinds of consolidation that count.
  ///   - policies: What the definition of the endpoint leaves open.
  /// - Complexity: O(*n*) for *n* subjects.
  public init(
    atDay landmarkDays: Int = 73, of subjects: [ValidatedSubject],
    _ parameter: SurvivalParameter = .progressionFreeSurvival,
    kinds: Set<ConsolidationKind> = Set(ConsolidationKind.allCases),
    _ policies: EndpointPolicies = EndpointPolicies()
  ) {
    var members = [Member]()
    var (outside, ended, censored) = (0, 0, 0)
    for subject in subjects {
      guard let outcome = subject.outcome(parameter, policies) else {
        outside += 1
        continue
      }
      guard outcome.day - outcome.originDay > landmarkDays else {
        if case .censored = outcome.ending { censored += 1 } else { ended += 1 }
        continue
      }
      let landmark = outcome.originDay.advanced(by: landmarkDays)
      // From a landmark on time is elapsed, whatever the convention at the origin.
      members.append(
        Member(
          subject: subject, time: Double(outcome.day - landmark) / policies.unit.days,
          isEvent: outcome.isEvent,
          isConsolidated: subject.consolidationDay(kinds).map { $0 <= landmark } ?? false))
    }
    self.landmarkDays = landmarkDays
    self.members = members
    (outsidePopulation, endedBefore, censoredBefore) = (outside, ended, censored)
  }
}

extension Endpoint<LandmarkCohort.Member> {
  /// The endpoint for which a ``LandmarkCohort`` was made, from the landmark.
  public static let fromLandmark = Endpoint(
    "endpoint from the landmark", time: { $0.time }, event: { $0.isEvent })
}
