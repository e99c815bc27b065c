// SPDX-License-Identifier: Apache-2.0

/// The best response to a drug.
public enum BestResponse: String, CodeList {
  /// Complete remission without measurable residual disease.
  case completeRemissionMRDNegative
  /// Complete remission with measurable residual disease.
  case completeRemissionMRDPositive
  /// Complete remission with incomplete recovery of counts.
  case incompleteRecovery
  /// No remission.
  case refractory
  /// It was not assessed.
  case notEvaluable
}

extension BestResponse {
  /// The code in words.
  public var label: String {
    switch self {
    case .completeRemissionMRDNegative: "complete remission, MRD-negative"
    case .completeRemissionMRDPositive: "complete remission, MRD-positive"
    case .incompleteRecovery: "complete remission with incomplete recovery"
    case .refractory: "refractory"
    case .notEvaluable: "not evaluable"
    }
  }
}

/// When inotuzumab ozogamicin was given.
public enum InotuzumabTiming: String, CodeList {
  /// Before apheresis only.
  case preApheresisOnly
  /// Between apheresis and the start of lymphodepletion, with or without earlier doses.
  case bridging
}

extension InotuzumabTiming: CustomStringConvertible {
  /// The timing in words.
  public var label: String { self == .bridging ? "bridging" : "before apheresis only" }
  /// The timing in words.
  public var description: String { label }
}

/// When a drug was given, and how well it did.
public struct Exposure: Codable, Hashable, Sendable {
  /// The day of the first dose.
  public var firstDay: CalendarDay?
  /// The day of the last dose.
  public var lastDay: CalendarDay?
  /// The best response.
  public var bestResponse: Coded<BestResponse>?

  /// Nothing recorded yet.
  public init() {}

  mutating func exchange(_ fields: inout some FieldExchange, prefix: String) {
    fields.day(Field("FirstDay", "Day of the first dose", prefix: prefix), &firstDay)
    fields.day(Field("LastDay", "Day of the last dose", prefix: prefix), &lastDay)
    fields.code(Field("Response", "Best response", prefix: prefix), &bestResponse)
  }
}

/// What was given before the infusion.
public struct PriorTherapy: Codable, Hashable, Sendable {
  /// The number of lines of therapy, 1 or more.
  public var lines: Int?
  /// The day of an allogeneic transplant before apheresis; `nil` when there was none on record.
  public var alloTransplantDay: CalendarDay?
  /// Whether there was an allogeneic transplant.
  public var hadAlloTransplant: Bool?
  /// Whether blinatumomab was given.
  public var hadBlinatumomab: Bool?
  /// Blinatumomab.
  public var blinatumomab = Exposure()
  /// Whether inotuzumab ozogamicin was given: the exposure that the study asks about.
  public var hadInotuzumab: Bool?
  /// Inotuzumab ozogamicin.
  public var inotuzumab = Exposure()
  /// The number of doses of inotuzumab ozogamicin, 1 or more.
  public var inotuzumabDoses: Int?
  /// When inotuzumab ozogamicin was given.
  public var inotuzumabTiming: Coded<InotuzumabTiming>?

  /// Nothing recorded yet.
  public init() {}

  mutating func exchange(_ fields: inout some FieldExchange) {
    fields.integer(
      Field("priorLines", "Lines of therapy before", .everyone, range: 1...100), &lines)
    fields.flag(
      Field("priorAlloTransplant", "Allogeneic transplant before", .everyone), &hadAlloTransplant)
    fields.day(Field("priorAlloTransplantDay", "Day of that transplant"), &alloTransplantDay)
    fields.flag(Field("blinatumomab", "Blinatumomab before", .everyone), &hadBlinatumomab)
    blinatumomab.exchange(&fields, prefix: "blinatumomab")
    fields.flag(Field("inotuzumab", "Inotuzumab ozogamicin before", .everyone), &hadInotuzumab)
    inotuzumab.exchange(&fields, prefix: "inotuzumab")
    fields.integer(
      Field("inotuzumabDoses", "Doses of inotuzumab ozogamicin", range: 1...1000),
      &inotuzumabDoses)
    fields.code(
      Field("inotuzumabTiming", "When inotuzumab ozogamicin was given"), &inotuzumabTiming)
  }
}
