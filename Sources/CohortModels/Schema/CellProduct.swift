// SPDX-License-Identifier: Apache-2.0

/// What was given between apheresis and lymphodepletion.
public enum BridgingTherapy: String, CodeList {
  /// Inotuzumab ozogamicin.
  case inotuzumab
  /// Blinatumomab.
  case blinatumomab
  /// Chemotherapy.
  case chemotherapy
  /// Corticosteroids.
  case corticosteroid
  /// A tyrosine kinase inhibitor.
  case tyrosineKinaseInhibitor
  /// Radiation.
  case radiation
}

/// The drugs of lymphodepletion.
public enum LymphodepletionRegimen: String, CodeList {
  /// Fludarabine and cyclophosphamide.
  case fludarabineCyclophosphamide
  /// Cyclophosphamide and cladribine.
  case cyclophosphamideCladribine
  /// Something else.
  case other
}

extension LymphodepletionRegimen {
  /// The code in words.
  public var label: String {
    switch self {
    case .fludarabineCyclophosphamide: "fludarabine and cyclophosphamide"
    case .cyclophosphamideCladribine: "cyclophosphamide and cladribine"
    case .other: "other"
    }
  }
}

/// Why cells were collected and not given.
public enum NotInfusedReason: String, CodeList {
  /// The disease progressed.
  case progression
  /// The subject died.
  case death
  /// The product could not be made.
  case manufacturingFailure
  /// Something else.
  case other
}

/// From apheresis to infusion.
public struct CellProduct: Codable, Hashable, Sendable {
  /// The day of apheresis.
  public var apheresisDay: CalendarDay?
  /// What was given as bridging; an empty set says that nothing was.
  public var bridging: Coded<Set<BridgingTherapy>>?
  /// The first day of lymphodepletion.
  public var lymphodepletionDay: CalendarDay?
  /// The drugs of lymphodepletion.
  public var lymphodepletionRegimen: Coded<LymphodepletionRegimen>?
  /// The day of infusion; `nil` for somebody who was never infused.
  public var infusionDay: CalendarDay?
  /// Cells infused in millions per kilogram of body weight.
  public var cellDose: Double?
  /// Why there was no infusion.
  public var notInfusedReason: Coded<NotInfusedReason>?

  /// Nothing recorded yet.
  public init() {}

  mutating func exchange(_ fields: inout some FieldExchange) {
    fields.day(Field("apheresisDay", "Day of apheresis", .everyone), &apheresisDay)
    fields.codes(
      Field("bridging", "Given between apheresis and lymphodepletion", .infused), &bridging)
    fields.day(
      Field("lymphodepletionDay", "First day of lymphodepletion", .infused), &lymphodepletionDay)
    fields.code(
      Field("lymphodepletionRegimen", "Drugs of lymphodepletion", .infused),
      &lymphodepletionRegimen)
    fields.day(Field("infusionDay", "Day of infusion; empty without one"), &infusionDay)
    fields.number(
      Field("cellDose", "Cells infused", unit: "million/kg", range: 0...100), &cellDose)
    fields.code(Field("notInfusedReason", "Why there was no infusion"), &notInfusedReason)
  }
}
