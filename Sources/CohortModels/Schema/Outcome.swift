// SPDX-License-Identifier: Apache-2.0

/// What was given to keep a remission.
public enum ConsolidationKind: String, CodeList {
  /// An allogeneic transplant.
  case alloTransplant
  /// A tyrosine kinase inhibitor.
  case tyrosineKinaseInhibitor
  /// Another maintenance.
  case otherMaintenance
}

extension ConsolidationKind {
  /// The code in words.
  public var label: String {
    switch self {
    case .alloTransplant: "allogeneic transplant"
    case .tyrosineKinaseInhibitor: "tyrosine kinase inhibitor"
    case .otherMaintenance: "other maintenance"
    }
  }
}

/// A transplant or maintenance after infusion.
public struct Consolidation: Codable, Hashable, Sendable {
  /// The kind.
  public var kind: Coded<ConsolidationKind>?
  /// The first day.
  public var startDay: CalendarDay?
  /// Whether it was given in complete remission.
  public var isInRemission: Bool?

  /// Nothing recorded yet.
  public init() {}
}

extension Consolidation: TableRow {
  static let tableName = "consolidations"

  mutating func exchange(_ fields: inout some FieldExchange) {
    fields.code(Field("kind", "Kind of consolidation", .everyone), &kind)
    fields.day(Field("startDay", "First day", .everyone), &startDay)
    fields.flag(Field("inRemission", "Whether given in complete remission"), &isInRemission)
  }
}

/// Whether the disease came back or never left.
public enum RelapseKind: String, CodeList {
  /// It came back after a complete remission.
  case relapse
  /// It grew without a complete remission before.
  case progression
}

/// Where the disease came back.
public enum RelapseSite: String, CodeList {
  /// The marrow.
  case marrow
  /// The blood.
  case blood
  /// The central nervous system.
  case cns
  /// Elsewhere.
  case extramedullary
}

extension RelapseSite {
  /// The code in words.
  public var label: String {
    switch self {
    case .marrow: "marrow"
    case .blood: "blood"
    case .cns: "central nervous system"
    case .extramedullary: "elsewhere outside the marrow"
    }
  }
}

/// Whether an antigen was found on the blasts.
public enum AntigenStatus: String, CodeList {
  /// Found.
  case positive
  /// Found, but little of it.
  case dim
  /// Not found.
  case negative
}

/// A relapse or progression after infusion.
public struct Relapse: Codable, Hashable, Sendable {
  /// Whether the disease came back or grew.
  public var kind: Coded<RelapseKind>?
  /// The day.
  public var day: CalendarDay?
  /// Where; an empty set says nowhere that was looked at.
  public var sites: Coded<Set<RelapseSite>>?
  /// CD19 on the blasts.
  public var cd19: Coded<AntigenStatus>?
  /// CD22 on the blasts.
  public var cd22: Coded<AntigenStatus>?
  /// Whether only residual disease came back, without morphologic disease.
  public var isMolecularOnly: Bool?

  /// Nothing recorded yet.
  public init() {}
}

extension Relapse: TableRow {
  static let tableName = "relapses"

  mutating func exchange(_ fields: inout some FieldExchange) {
    fields.code(Field("kind", "Relapse, or progression without remission", .everyone), &kind)
    fields.day(Field("day", "Day", .everyone), &day)
    fields.codes(Field("sites", "Where"), &sites)
    fields.code(Field("cd19", "CD19 on the blasts"), &cd19)
    fields.code(Field("cd22", "CD22 on the blasts"), &cd22)
    fields.flag(Field("molecularOnly", "Residual disease only"), &isMolecularOnly)
  }
}

/// Why somebody died.
public enum DeathCause: String, CodeList {
  /// Relapse or progression.
  case relapse
  /// Cytokine release syndrome.
  case crs
  /// Neurotoxicity.
  case icans
  /// Infection.
  case infection
  /// A transplant.
  case transplantRelated
  /// Another malignancy.
  case secondaryMalignancy
  /// Something else.
  case other
}

extension DeathCause {
  /// The code in words.
  public var label: String {
    switch self {
    case .relapse: "relapse or progression"
    case .crs: "cytokine release syndrome"
    case .icans: "neurotoxicity (ICANS)"
    case .infection: "infection"
    case .transplantRelated: "transplant-related"
    case .secondaryMalignancy: "secondary malignancy"
    case .other: "other"
    }
  }
}

/// The death of a subject; empty for somebody who has not died.
public struct Death: Codable, Hashable, Sendable {
  /// The day.
  public var day: CalendarDay?
  /// The cause.
  public var cause: Coded<DeathCause>?

  /// No death.
  public init() {}

  mutating func exchange(_ fields: inout some FieldExchange) {
    fields.day(Field("deathDay", "Day of death; empty for the living"), &day)
    fields.code(Field("deathCause", "Cause of death"), &cause)
  }
}

/// When a subject was last seen.
public struct LastContact: Codable, Hashable, Sendable {
  /// The last day on which the subject was known to be alive; the day of death for the dead.
  public var lastAliveDay: CalendarDay?
  /// The day of the last assessment of the disease.
  public var lastAssessmentDay: CalendarDay?
  /// Whether the subject was lost to follow-up.
  public var isLost: Bool?

  /// Nothing recorded yet.
  public init() {}

  mutating func exchange(_ fields: inout some FieldExchange) {
    fields.day(Field("lastAliveDay", "Last day known alive; day of death"), &lastAliveDay)
    fields.day(Field("lastAssessmentDay", "Last assessment of the disease"), &lastAssessmentDay)
    fields.flag(Field("lostToFollowUp", "Lost to follow-up"), &isLost)
  }
}
