// SPDX-License-Identifier: Apache-2.0

// The concepts of public terminologies that codes stand for: of the thesaurus of the National Cancer
// Institute (NCIt) and of the International Classification of Diseases for Oncology, third edition
// (ICD-O-3). A code without an entry has no concept that was looked up; none is guessed.

extension Sex {
  /// The concept in the thesaurus of the National Cancer Institute.
  public var concept: String? {
    switch self {
    case .female: "NCIt C16576"
    case .male: "NCIt C20197"
    }
  }
}

extension Lineage {
  /// The morphology in ICD-O-3.
  public var concept: String? { "ICD-O-3 9836/3" }
}

extension PhiladelphiaStatus {
  /// The morphology in ICD-O-3, of the WHO's subtype with BCR::ABL1.
  public var concept: String? { self == .positive ? "ICD-O-3 9812/3" : nil }
}

extension Lesion {
  /// The morphology in ICD-O-3, of the WHO's subtype with a rearranged KMT2A.
  public var concept: String? { self == .kmt2aRearranged ? "ICD-O-3 9813/3" : nil }
}
