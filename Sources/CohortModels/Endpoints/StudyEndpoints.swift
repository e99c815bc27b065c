// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

extension Endpoint<ValidatedSubject> {
  /// An endpoint of the study for every model of SurvivalKit.
  ///
  /// Competing events censor, so the endpoint is cause-specific where there are any; one minus its
  /// Kaplan–Meier curve is then not a share of subjects.
  ///
  /// ```swift
  /// let fit = try KaplanMeier(endpoint: .study(.progressionFreeSurvival)).fitted(
  ///   to: cohort.infused, groupedBy: \.inotuzumabArm)
  /// ```
  /// - Parameters:
  ///   - parameter: The endpoint.
  ///   - policies: What its definition leaves open.
  /// - Returns: The endpoint; subjects outside its population are left out, counted.
  public static func study(
    _ parameter: SurvivalParameter, _ policies: EndpointPolicies = EndpointPolicies()
  ) -> Endpoint {
    Endpoint(parameter.label) { subject in
      guard let outcome = subject.outcome(parameter, policies) else { return nil }
      return try FollowUp(time: outcome.time, isEvent: outcome.isEvent)
    }
  }
}

/// Events of which only the first of a subject can happen.
public enum CompetingCause: String, CodeList {
  /// Relapse, progression or no remission.
  case relapse
  /// Death without any of these.
  case nonRelapseMortality
  /// An allogeneic transplant.
  case transplant

  /// The cause that an outcome ended with.
  init(_ cause: OutcomeCause) {
    switch cause {
    case .relapse, .progression, .nonResponse: self = .relapse
    case .death: self = .nonRelapseMortality
    case .transplant: self = .transplant
    }
  }
}

extension CompetingCause: CustomStringConvertible {
  /// The event in words.
  public var label: String {
    switch self {
    case .relapse: "relapse or progression"
    case .nonRelapseMortality: "non-relapse mortality"
    case .transplant: "transplant"
    }
  }
  /// The event in words.
  public var description: String { label }
}

extension Endpoint<ValidatedSubject> {
  /// An endpoint of the study with the events that compete with it, each by its ``CompetingCause``.
  ///
  /// For cumulative incidences and Gray's test. The incidences of `.relapse`, from infusion, add up to
  /// one minus progression-free survival.
  /// - Parameters:
  ///   - parameter: The endpoint.
  ///   - policies: What its definition leaves open.
  /// - Returns: The endpoint; subjects outside its population are left out, counted.
  public static func competing(
    _ parameter: SurvivalParameter, _ policies: EndpointPolicies = EndpointPolicies()
  ) -> Endpoint {
    Endpoint(parameter.label + ", with competing events") { subject in
      guard let outcome = subject.outcome(parameter, policies) else { return nil }
      switch outcome.ending {
      case .event(let cause), .competing(let cause):
        return try FollowUp(time: outcome.time, cause: CompetingCause(cause))
      case .censored: return try FollowUp(time: outcome.time, isEvent: false)
      }
    }
  }
}

/// The exposure that the study asks about.
public enum InotuzumabArm: String, CodeList {
  /// No inotuzumab ozogamicin before infusion.
  case naive
  /// Inotuzumab ozogamicin before infusion.
  case exposed
}

/// How the leukemia of the exposed had answered to inotuzumab.
public enum InotuzumabResponse: String, CodeList {
  /// Without a remission.
  case refractory
  /// With a remission, with or without recovery of counts.
  case responder
}

extension ValidatedSubject {
  /// The arm; `nil` when the exposure is not recorded, which happens only without infusion.
  ///
  /// Exposed is who had a first dose before infusion, or no recorded day of one.
  public var inotuzumabArm: InotuzumabArm? {
    guard let hadInotuzumab = subject.priorTherapy.hadInotuzumab else { return nil }
    guard hadInotuzumab else { return .naive }
    if let first = subject.priorTherapy.inotuzumab.firstDay,
      let infusion = subject.product.infusionDay, first >= infusion
    {
      return .naive
    }
    return .exposed
  }

  /// Whether the best response to inotuzumab was a remission.
  ///
  /// `nil` for the naive and where it is not known. What counts as a response in the study is not
  /// printed [A].
  public var isInotuzumabResponder: Bool? {
    guard inotuzumabArm == .exposed else { return nil }
    switch subject.priorTherapy.inotuzumab.bestResponse?.value {
    case .completeRemissionMRDNegative, .completeRemissionMRDPositive, .incompleteRecovery:
      return true
    case .refractory: return false
    case .notEvaluable, nil: return nil
    }
  }

  /// The response to inotuzumab; `nil` for the naive and where it is not known.
  public var inotuzumabResponse: InotuzumabResponse? {
    isInotuzumabResponder.map { $0 ? .responder : .refractory }
  }

  /// When the exposed had inotuzumab; `nil` for the naive and where it is not known.
  public var inotuzumabTiming: InotuzumabTiming? {
    inotuzumabArm == .exposed ? subject.priorTherapy.inotuzumabTiming?.value : nil
  }

  /// Whether blasts in the marrow exceeded 5 % before apheresis; `nil` when they are not recorded.
  public var hadActiveMarrow: Bool? { subject.preApheresis.isMarrowActive }

  /// Whether a remission was consolidated, by transplant or maintenance, before relapse; `nil` for
  /// those never in remission.
  ///
  /// Known only later: as a covariate at infusion it makes who waits longer immortal until then. Use
  /// ``ConsolidationHistory`` or ``LandmarkCohort``.
  /// - Parameters:
  ///   - policies: What a remission and a relapse are.
  ///   - kinds: The kinds of consolidation that count.
  /// - Returns: The answer; a consolidation of unknown kind counts only where all kinds do.
  public func isConsolidated(
    _ policies: EndpointPolicies = EndpointPolicies(),
    kinds: Set<ConsolidationKind> = Set(ConsolidationKind.allCases)
  ) -> Bool? {
    guard let remission = firstRemissionDay(policies) else { return nil }
    let relapse = firstRelapse(policies)?.day
    let countsUnknown = kinds.count == ConsolidationKind.allCases.count
    return subject.consolidations.contains { consolidation in
      guard let day = consolidation.startDay, day <= dataLock,
        consolidation.kind?.value.map(kinds.contains) ?? countsUnknown
      else { return false }
      return day >= remission && relapse.map { day <= $0 } ?? true
    }
  }
}
