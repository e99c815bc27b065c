// SPDX-License-Identifier: Apache-2.0

/// An endpoint of the study; the raw value is its PARAMCD.
public enum SurvivalParameter: String, CodeList {
  /// Death of any cause, from infusion.
  case overallSurvival = "OS"
  /// Relapse, progression or death, from infusion; not censored at transplant or maintenance.
  case progressionFreeSurvival = "PFS"
  /// The same, censored at an allogeneic transplant.
  case progressionFreeSurvivalToTransplant = "PFSHCT"
  /// No remission on day 28, relapse or death, from infusion.
  case eventFreeSurvival = "EFS"
  /// Relapse or death of those in remission, from the first day of remission.
  case relapseFreeSurvival = "RFS"
  /// Relapse of those in remission, from the first day of remission; death competes.
  case durationOfResponse = "DOR"
  /// Relapse or progression, from infusion; death without it competes.
  case relapse = "CIR"
  /// Death without relapse or progression, from infusion; these compete.
  case nonRelapseMortality = "NRM"
  /// An allogeneic transplant of those in remission, from infusion; relapse and death compete.
  case timeToTransplant = "TTHCT"

  /// The endpoint in words (PARAM).
  public var label: String {
    switch self {
    case .overallSurvival: "overall survival"
    case .progressionFreeSurvival: "progression-free survival"
    case .progressionFreeSurvivalToTransplant: "progression-free survival, censored at transplant"
    case .eventFreeSurvival: "event-free survival"
    case .relapseFreeSurvival: "relapse-free survival"
    case .durationOfResponse: "duration of response"
    case .relapse: "relapse or progression"
    case .nonRelapseMortality: "non-relapse mortality"
    case .timeToTransplant: "time to transplant"
    }
  }
}

/// What ended the time to an endpoint, other than censoring.
public enum OutcomeCause: String, CodeList {
  /// No remission on day 28.
  case nonResponse
  /// Relapse after remission.
  case relapse
  /// Progression without remission.
  case progression
  /// An allogeneic transplant.
  case transplant
  /// Death.
  case death
}

/// Why somebody is censored.
public enum CensoringReason: Int, Codable, Hashable, Sendable, CaseIterable {
  /// Alive at the last contact.
  case lastContact = 1
  /// At an allogeneic transplant.
  case transplant = 2
  /// Still followed when the data were locked.
  case dataLock = 3
  /// At the last assessment of the disease.
  case lastAssessment = 4
  /// At the origin, since the disease was never assessed.
  case neverAssessed = 5

  /// The reason in words (CNSDTDSC).
  public var label: String {
    switch self {
    case .lastContact: "ALIVE AT LAST CONTACT"
    case .transplant: "ALLOGENEIC TRANSPLANT"
    case .dataLock: "ALIVE AT DATA LOCK"
    case .lastAssessment: "LAST DISEASE ASSESSMENT"
    case .neverAssessed: "NEVER ASSESSED"
    }
  }
}

/// The time of one subject to one endpoint, and what ended it.
public struct StudyOutcome: Codable, Hashable, Sendable {
  /// What ended the time.
  public enum Ending: Codable, Hashable, Sendable {
    /// An event of the endpoint.
    case event(OutcomeCause)
    /// An event after which that of the endpoint cannot happen, or no longer counts.
    case competing(OutcomeCause)
    /// The end of the observation.
    case censored(CensoringReason)
  }

  /// The endpoint.
  public let parameter: SurvivalParameter
  /// The first day (STARTDT).
  public let originDay: CalendarDay
  /// The last day (ADT).
  public let day: CalendarDay
  /// The time in the unit of the policies (AVAL).
  public let time: Double
  /// What ended the time.
  public let ending: Ending

  /// Whether the time ended with the event; a competing event is none.
  public var isEvent: Bool {
    if case .event = ending { return true }
    return false
  }
}
