// SPDX-License-Identifier: Apache-2.0

/// How many subjects reached each step of the treatment, and why the others did not.
public struct PatientFlow: Codable, Hashable, Sendable {
  /// A step.
  public enum Step: String, CodeList {
    /// Cells were collected.
    case apheresed
    /// Cells were infused.
    case infused
    /// The disease was evaluated around day 28.
    case evaluable
    /// In complete remission then.
    case remission
    /// Without residual disease then.
    case mrdNegative
  }

  /// Why somebody did not reach the next step.
  public enum Reason: String, CodeList {
    /// Not infused: the disease progressed.
    case progression
    /// Not infused: died.
    case death
    /// Not infused: the product could not be made.
    case manufacturingFailure
    /// Not infused: something else.
    case other
    /// Not infused: the reason is not recorded.
    case notRecorded
    /// Not evaluable: died before the window of day 28 ended.
    case diedEarly
    /// Not evaluable: relapsed or progressed before the window ended.
    case progressedEarly
    /// Not evaluable: follow-up ended before the window.
    case followedBriefly
    /// Not evaluable: no assessment in the window that could be evaluated.
    case notAssessed
    /// No remission.
    case noRemission
    /// Residual disease was found.
    case residualDisease
    /// Residual disease was not found, by a test of too low or unknown sensitivity.
    case indeterminate
    /// Residual disease was not looked for.
    case notTested
  }

  /// How many did not go on for one reason.
  public struct Leaving: Codable, Hashable, Sendable {
    /// The reason.
    public let reason: Reason
    /// How many.
    public let count: Int
  }

  /// How many reached a step, and why some of them did not reach the next one.
  public struct Stage: Codable, Hashable, Sendable {
    /// The step.
    public let step: Step
    /// How many reached it.
    public let count: Int
    /// Those who went no further, by reason; in the order of the reasons, without empty ones.
    public let leaving: [Leaving]
  }

  /// The arm; `nil` for everybody.
  public let arm: InotuzumabArm?
  /// The steps, in order.
  public let stages: [Stage]

  /// How many reached a step.
  public subscript(_ step: Step) -> Int { stages.first { $0.step == step }?.count ?? 0 }

  /// Counts the steps of subjects.
  /// - Complexity: O(*n*).
  init(
    _ subjects: [ValidatedSubject], arm: InotuzumabArm? = nil, _ policies: EndpointPolicies
  ) {
    self.arm = arm
    let reached = subjects.map { Self.lastStep(of: $0, policies) }
    stages = Step.allCases.indices.map { position in
      let step = Step.allCases[position]
      let here = reached.filter { $0.step == step }
      return Stage(
        step: step,
        count: reached.count { (Step.allCases.firstIndex(of: $0.step) ?? 0) >= position },
        leaving: Reason.allCases.compactMap { reason in
          let count = here.count { $0.reason == reason }
          return count > 0 ? Leaving(reason: reason, count: count) : nil
        })
    }
  }

  /// The last step that a subject reached, and why there was no next one.
  private static func lastStep(
    of subject: ValidatedSubject, _ policies: EndpointPolicies
  ) -> (step: Step, reason: Reason?) {
    guard let infusion = subject.product.infusionDay else {
      let reason: Reason =
        switch subject.product.notInfusedReason?.value {
        case .progression: .progression
        case .death: .death
        case .manufacturingFailure: .manufacturingFailure
        case .other: .other
        case nil: .notRecorded
        }
      return (.apheresed, reason)
    }
    guard let day28 = subject.day28(policies) else {
      let begin = infusion.advanced(by: policies.day28Window.lowerBound)
      let end = infusion.advanced(by: policies.day28Window.upperBound)
      if let death = subject.death.day, death <= end { return (.infused, .diedEarly) }
      if let relapse = subject.firstRelapse(policies), relapse.day <= end {
        return (.infused, .progressedEarly)
      }
      let last = min(subject.lastContact.lastAliveDay ?? infusion, subject.dataLock)
      return (.infused, last < begin ? .followedBriefly : .notAssessed)
    }
    guard day28.response.isRemission else { return (.evaluable, .noRemission) }
    switch day28.assessment.residualDisease.status {
    case .negative: return (.mrdNegative, nil)
    case .positive: return (.remission, .residualDisease)
    case .indeterminate: return (.remission, .indeterminate)
    case nil: return (.remission, .notTested)
    }
  }
}
