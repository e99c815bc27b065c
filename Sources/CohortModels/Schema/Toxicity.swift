// SPDX-License-Identifier: Apache-2.0

/// A toxicity of CAR T-cells.
public enum ToxicityKind: String, CodeList {
  /// Cytokine release syndrome.
  case crs
  /// Immune effector cell-associated neurotoxicity syndrome.
  case icans
}

extension ToxicityKind {
  /// The code in words.
  public var label: String {
    switch self {
    case .crs: "cytokine release syndrome (CRS)"
    case .icans: "neurotoxicity (ICANS)"
    }
  }
}

/// What was given against a toxicity.
public enum ToxicityTreatment: String, CodeList {
  /// Tocilizumab.
  case tocilizumab
  /// Corticosteroids.
  case corticosteroid
  /// Anakinra.
  case anakinra
  /// Siltuximab.
  case siltuximab
}

/// One kind of toxicity with its worst grade.
///
/// Grades are those of ASTCT (Lee et al. 2019, doi:10.1016/j.bbmt.2018.12.758). Grade 0 says that there was none, grade 5 that it was the cause of death.
public struct Toxicity: Codable, Hashable, Sendable {
  /// The kind.
  public var kind: Coded<ToxicityKind>?
  /// The worst grade, 0 to 5.
  public var maximumGrade: Int?
  /// The day of onset; none for grade 0.
  public var onsetDay: CalendarDay?
  /// The day on which it had resolved; `nil` when it had not, or none is recorded.
  public var resolvedDay: CalendarDay?

  /// Nothing recorded yet.
  public init() {}
}

extension Toxicity: TableRow {
  static let tableName = "toxicities"

  mutating func exchange(_ fields: inout some FieldExchange) {
    fields.code(Field("kind", "Kind of toxicity", .everyone), &kind)
    fields.integer(
      Field("maximumGrade", "Worst ASTCT grade; 0 for none", .everyone, range: 0...5),
      &maximumGrade)
    fields.day(Field("onsetDay", "Day of onset"), &onsetDay)
    fields.day(Field("resolvedDay", "Day on which it had resolved"), &resolvedDay)
  }
}

/// What was done about toxicities.
public struct ToxicityCare: Codable, Hashable, Sendable {
  /// What was given; an empty set says that nothing was.
  public var treatments: Coded<Set<ToxicityTreatment>>?
  /// Whether the subject was in intensive care for a toxicity.
  public var hadIntensiveCare: Bool?

  /// Nothing recorded yet.
  public init() {}

  mutating func exchange(_ fields: inout some FieldExchange) {
    fields.codes(Field("toxicityTreatments", "Given against toxicity"), &treatments)
    fields.flag(Field("intensiveCare", "Intensive care for toxicity"), &hadIntensiveCare)
  }
}
