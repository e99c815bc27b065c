// SPDX-License-Identifier: Apache-2.0

/// What an assessment shows under a set of criteria.
public enum DerivedResponse: String, Codable, Hashable, Sendable, CaseIterable {
  /// Complete remission.
  case completeRemission
  /// Complete remission with incomplete recovery of counts.
  case incompleteRecovery
  /// Complete remission in the marrow; counts that would tell the two apart are not recorded.
  case countsNotRecorded
  /// No complete remission.
  case noRemission
  /// What the criteria ask for is not recorded.
  case notEvaluable

  /// Whether it is a remission, with or without recovery of counts.
  public var isRemission: Bool {
    self == .completeRemission || self == .incompleteRecovery || self == .countsNotRecorded
  }
}

/// A set of criteria for complete remission.
///
/// All ask for fewer than 5 % blasts in the marrow, no disease outside it, and neither CNS2 nor CNS3.
/// Where disease outside the marrow is not recorded, none is assumed [A].
public enum ResponseCriteria: String, Codable, Hashable, Sendable, CaseIterable {
  /// As the reports of the study do: nothing else. The default.
  case rocca
  /// European LeukemiaNet 2024: neutrophils above 1 and platelets above 100 × 10⁹/L, or else incomplete
  /// recovery; residual disease of 1 % or more is a failure.
  case eln2024
  /// National Cancer Institute 2010: neutrophils of 1 and platelets of 100 × 10⁹/L or more, or else
  /// incomplete recovery, for 4 weeks or longer.
  case nci2010
  /// What the hospital reported.
  case reported

  /// What an assessment shows.
  /// - Parameters:
  ///   - assessment: The assessment.
  ///   - subject: Whose it is; the criteria of 2010 look at what came after.
  /// - Returns: The response.
  public func response(of assessment: Assessment, in subject: Subject) -> DerivedResponse {
    if self == .reported {
      switch assessment.response?.value {
      case nil, .notEvaluable: return .notEvaluable
      case .completeRemission: return .completeRemission
      case .incompleteRecovery: return .incompleteRecovery
      default: return .noRemission
      }
    }
    if assessment.showsDisease { return .noRemission }
    guard assessment.marrowBlastPercent != nil else { return .notEvaluable }
    switch self {
    case .rocca, .reported: return .completeRemission
    case .eln2024:
      if let level = assessment.residualDisease.level, level >= 0.01 { return .noRemission }
      return counts(assessment) { $0 > 1 && $1 > 100 }
    case .nci2010:
      guard let day = assessment.day else { return .notEvaluable }
      let lasts = day.advanced(by: 28)
      let isShort = subject.relapses.contains { $0.day.map { $0 >= day && $0 < lasts } ?? false }
      if isShort { return .noRemission }
      guard let seen = subject.lastContact.lastAliveDay ?? subject.death.day, seen >= lasts else {
        return .notEvaluable
      }
      return counts(assessment) { $0 >= 1 && $1 >= 100 }
    }
  }

  private func counts(
    _ assessment: Assessment, _ haveRecovered: (Double, Double) -> Bool
  ) -> DerivedResponse {
    // One count that is too low decides, whatever the other is.
    let neutrophils = assessment.neutrophils ?? .infinity
    let platelets = assessment.platelets ?? .infinity
    guard haveRecovered(neutrophils, platelets) else { return .incompleteRecovery }
    let isRecorded = assessment.neutrophils != nil && assessment.platelets != nil
    return isRecorded ? .completeRemission : .countsNotRecorded
  }
}

extension ValidatedSubject {
  /// The assessment that is taken for that of day 28, with the response it shows.
  ///
  /// Of the assessments in the window that can be evaluated, the nearest to day 28; of two equally
  /// near, the earlier.
  /// - Parameter policies: The window and the criteria.
  /// - Returns: The assessment and the response; `nil` when there was none that could be evaluated.
  public func day28(
    _ policies: EndpointPolicies = EndpointPolicies()
  ) -> (assessment: Assessment, response: DerivedResponse)? {
    guard let infusion = subject.product.infusionDay else { return nil }
    var best: (distance: Int, day: CalendarDay, assessment: Assessment, DerivedResponse)?
    for assessment in subject.assessments {
      guard let day = assessment.day, day <= dataLock,
        policies.day28Window.contains(day - infusion)
      else { continue }
      let response = policies.criteria.response(of: assessment, in: subject)
      let distance = abs(day - infusion - 28)
      if response == .notEvaluable { continue }
      if let best, (best.distance, best.day) <= (distance, day) { continue }
      best = (distance, day, assessment, response)
    }
    return best.map { ($0.assessment, $0.3) }
  }

  /// The first day of complete remission after infusion, before any relapse or progression.
  /// - Parameter policies: The criteria.
  /// - Returns: The day; `nil` when there was no remission.
  public func firstRemissionDay(
    _ policies: EndpointPolicies = EndpointPolicies()
  ) -> CalendarDay? {
    let relapse = firstRelapse(policies)?.day
    let days = subject.assessments.compactMap { assessment -> CalendarDay? in
      guard let day = assessment.day, day <= dataLock, relapse.map({ day < $0 }) ?? true,
        policies.criteria.response(of: assessment, in: subject).isRemission
      else { return nil }
      return day
    }
    return days.min()
  }

  /// The first relapse or progression that counts, on or before the data lock.
  func firstRelapse(
    _ policies: EndpointPolicies
  ) -> (day: CalendarDay, cause: OutcomeCause)? {
    var first: (day: CalendarDay, cause: OutcomeCause)?
    for relapse in subject.relapses {
      guard let day = relapse.day, day <= dataLock,
        policies.countsMolecularRelapse || relapse.isMolecularOnly != true
      else { continue }
      if let first, first.day <= day { continue }
      first = (day, relapse.kind?.value == .progression ? .progression : .relapse)
    }
    return first
  }
}
