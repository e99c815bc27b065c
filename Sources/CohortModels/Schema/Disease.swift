// SPDX-License-Identifier: Apache-2.0

/// The lineage of the leukemia.
public enum Lineage: String, CodeList {
  /// Precursor B-cell, ICD-O-3 9836/3.
  case bPrecursor
}

extension Lineage {
  /// The code in words.
  public var label: String {
    switch self {
    case .bPrecursor: "precursor B-cell"
    }
  }
}

/// Whether the Philadelphia chromosome, BCR::ABL1, was found.
public enum PhiladelphiaStatus: String, CodeList {
  /// Not found.
  case negative
  /// Found.
  case positive
}

extension PhiladelphiaStatus {
  /// The code in words.
  public var label: String {
    switch self {
    case .negative: "Philadelphia chromosome not found"
    case .positive: "Philadelphia chromosome found"
    }
  }
}

/// A lesion of the genome of the leukemia, as the risk groups of NCCN name them.
public enum Lesion: String, CodeList {
  /// Rearranged KMT2A.
  case kmt2aRearranged
  /// Mutated or deleted TP53.
  case tp53
  /// Fewer than 44 chromosomes.
  case hypodiploid
  /// Intrachromosomal amplification of chromosome 21.
  case iAMP21
  /// Deleted or mutated IKZF1.
  case ikzf1
  /// Complex karyotype, five lesions or more.
  case complexKaryotype
  /// 51 to 65 chromosomes.
  case hyperdiploid
  /// ETV6::RUNX1.
  case etv6Runx1
  /// TCF3::PBX1.
  case tcf3Pbx1
  /// Any other lesion.
  case other
}

extension Lesion {
  /// The code in words.
  public var label: String {
    switch self {
    case .kmt2aRearranged: "rearranged KMT2A"
    case .tp53: "mutated or deleted TP53"
    case .hypodiploid: "hypodiploid"
    case .iAMP21: "amplification within chromosome 21 (iAMP21)"
    case .ikzf1: "deleted or mutated IKZF1"
    case .complexKaryotype: "complex karyotype"
    case .hyperdiploid: "hyperdiploid"
    case .etv6Runx1: "ETV6::RUNX1"
    case .tcf3Pbx1: "TCF3::PBX1"
    case .other: "other"
    }
  }
}

/// Why the disease is called relapsed or refractory.
public enum RefractoryStatus: String, CodeList {
  /// Never in remission.
  case primaryRefractory
  /// First relapse.
  case firstRelapse
  /// Second or later relapse.
  case laterRelapse
  /// Relapse after an allogeneic transplant.
  case postTransplantRelapse
}

extension RefractoryStatus {
  /// The code in words.
  public var label: String {
    switch self {
    case .primaryRefractory: "primary refractory"
    case .firstRelapse: "first relapse"
    case .laterRelapse: "second or later relapse"
    case .postTransplantRelapse: "relapse after allogeneic transplant"
    }
  }
}

/// The leukemia of a subject.
public struct Disease: Codable, Hashable, Sendable {
  /// The day of the diagnosis.
  public var diagnosisDay: CalendarDay?
  /// The lineage.
  public var lineage: Coded<Lineage>?
  /// The Philadelphia chromosome.
  public var philadelphia: Coded<PhiladelphiaStatus>?
  /// Whether gene expression is like that with the Philadelphia chromosome.
  public var isPhiladelphiaLike: Bool?
  /// The lesions found; an empty set says that none was.
  public var lesions: Coded<Set<Lesion>>?
  /// The karyotype as ISCN text, kept as it was written.
  public var karyotype: String? { didSet { karyotype = karyotype.nonempty } }
  /// Why the disease is called relapsed or refractory.
  public var refractoryStatus: Coded<RefractoryStatus>?

  /// Nothing recorded yet.
  public init() {}

  mutating func exchange(_ fields: inout some FieldExchange) {
    fields.day(Field("diagnosisDay", "Day of the diagnosis"), &diagnosisDay)
    fields.code(Field("lineage", "Lineage; bPrecursor is ICD-O-3 9836/3"), &lineage)
    fields.code(
      Field("philadelphia", "Philadelphia chromosome, BCR::ABL1", .everyone), &philadelphia)
    fields.flag(Field("philadelphiaLike", "Ph-like gene expression"), &isPhiladelphiaLike)
    fields.codes(Field("lesions", "Lesions of the genome"), &lesions)
    fields.text(Field("karyotype", "Karyotype, ISCN, as written"), &karyotype)
    fields.code(
      Field("refractoryStatus", "Why relapsed or refractory"), &refractoryStatus)
  }
}
