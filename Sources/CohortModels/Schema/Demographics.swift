// SPDX-License-Identifier: Apache-2.0

/// Race and ethnicity in the five groups of the study.
public enum RaceEthnicity: String, CodeList {
  /// White, not Hispanic.
  case nonHispanicWhite
  /// Hispanic of any race.
  case hispanic
  /// Black, not Hispanic.
  case nonHispanicBlack
  /// Asian or from the Pacific Islands.
  case asianPacificIslander
  /// Another group.
  case other
}

extension RaceEthnicity {
  /// The group in words.
  public var label: String {
    switch self {
    case .nonHispanicWhite: "White, not Hispanic"
    case .hispanic: "Hispanic"
    case .nonHispanicBlack: "Black, not Hispanic"
    case .asianPacificIslander: "Asian or Pacific Islander"
    case .other: "other"
    }
  }
}

/// Who pays for the treatment.
public enum Insurance: String, CodeList {
  /// A public programme.
  case `public`
  /// A private insurance.
  case `private`
  /// Something else.
  case other
  /// Nobody.
  case none
}

/// Who sent the subject to the hospital.
public enum Referral: String, CodeList {
  /// A private or community practice.
  case community
  /// An academic hospital.
  case academic
}

extension Sex: CodeList {}

/// Age, sex and circumstances of a subject.
public struct Demographics: Codable, Hashable, Sendable {
  /// Age in completed years at infusion, or at apheresis when there was no infusion.
  public var ageYears: Int?
  /// Sex.
  public var sex: Coded<Sex>?
  /// Race and ethnicity.
  public var raceEthnicity: Coded<RaceEthnicity>?
  /// Insurance.
  public var insurance: Coded<Insurance>?
  /// Referral.
  public var referral: Coded<Referral>?
  /// Distance from home to the hospital in miles.
  public var distanceMiles: Double?
  /// Percentile of the Social Deprivation Index, 0 to 99.
  public var deprivationPercentile: Int?
  /// Performance status of the Eastern Cooperative Oncology Group, 0 to 4.
  public var ecog: Int?
  /// Karnofsky performance score, 10 to 100 in steps of 10.
  public var karnofsky: Int?

  /// Nothing recorded yet.
  public init() {}

  mutating func exchange(_ fields: inout some FieldExchange) {
    fields.integer(
      Field(
        "ageYears", "Age at infusion, or at apheresis without one", .everyone, unit: "years",
        range: 0...110), &ageYears)
    fields.code(Field("sex", "Sex", .everyone), &sex)
    fields.code(Field("raceEthnicity", "Race and ethnicity", .everyone), &raceEthnicity)
    fields.code(Field("insurance", "Insurance"), &insurance)
    fields.code(Field("referral", "Referral"), &referral)
    fields.number(
      Field("distanceMiles", "From home to the hospital", unit: "miles", range: 0...13_000),
      &distanceMiles)
    fields.integer(
      Field("deprivationPercentile", "Social Deprivation Index", unit: "percentile", range: 0...99),
      &deprivationPercentile)
    fields.integer(Field("ecog", "ECOG performance status", range: 0...4), &ecog)
    fields.integer(
      Field("karnofsky", "Karnofsky score, in steps of 10", range: 10...100), &karnofsky)
  }
}
