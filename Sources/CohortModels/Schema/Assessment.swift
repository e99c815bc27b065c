// SPDX-License-Identifier: Apache-2.0

/// The response as the hospital reported it.
public enum ReportedResponse: String, CodeList {
  /// Complete remission.
  case completeRemission
  /// Complete remission with incomplete recovery of counts.
  case incompleteRecovery
  /// Fewer than 5 % blasts, without more.
  case morphologicLeukemiaFree
  /// Partial remission.
  case partialRemission
  /// No response.
  case noResponse
  /// It could not be evaluated.
  case notEvaluable

  /// Whether the report is of a complete remission, with or without recovery of counts.
  public var isRemission: Bool { self == .completeRemission || self == .incompleteRecovery }
}

extension ReportedResponse {
  /// The code in words.
  public var label: String {
    switch self {
    case .completeRemission: "complete remission"
    case .incompleteRecovery: "complete remission with incomplete recovery"
    case .morphologicLeukemiaFree: "morphologic leukemia-free state"
    case .partialRemission: "partial remission"
    case .noResponse: "no response"
    case .notEvaluable: "not evaluable"
    }
  }
}

/// Whether residual disease was found.
public enum MRDResult: String, CodeList {
  /// Not found.
  case negative
  /// Found.
  case positive
}

/// How residual disease was looked for.
public enum MRDMethod: String, CodeList {
  /// Flow cytometry.
  case flow
  /// Quantitative polymerase chain reaction.
  case qPCR
  /// Sequencing with clonoSEQ.
  case ngsClonoSEQ
  /// Other sequencing.
  case ngsOther
}

extension MRDMethod {
  /// The code in words.
  public var label: String {
    switch self {
    case .flow: "flow cytometry"
    case .qPCR: "quantitative PCR"
    case .ngsClonoSEQ: "sequencing, clonoSEQ"
    case .ngsOther: "sequencing, other"
    }
  }
}

/// What a test for measurable residual disease says.
public enum MRDStatus: String, CodeList {
  /// Negative, by a test that would have found one cell in 10 000.
  case negative
  /// Positive.
  case positive
  /// Negative, by a test of lower or unrecorded sensitivity.
  case indeterminate
}

/// A test for measurable residual disease.
public struct ResidualDisease: Codable, Hashable, Sendable {
  /// The result.
  public var result: Coded<MRDResult>?
  /// The leukemic cells found, as a fraction of all, 0 to 1.
  public var level: Double?
  /// The method.
  public var method: Coded<MRDMethod>?
  /// The least fraction that the test finds, such as 1e-4.
  public var sensitivity: Double?

  /// Nothing recorded yet.
  public init() {}

  /// What the test says; `nil` without a result.
  ///
  /// Negative requires a sensitivity of 1e-4 or better, the threshold of the study.
  public var status: MRDStatus? {
    switch result?.value {
    case nil: nil
    case .positive: .positive
    case .negative: sensitivity.map { $0 <= 1e-4 } == true ? .negative : .indeterminate
    }
  }
}

/// One assessment of the disease after infusion.
public struct Assessment: Codable, Hashable, Sendable {
  /// The day.
  public var day: CalendarDay?
  /// The response as the hospital reported it.
  public var response: Coded<ReportedResponse>?
  /// Blasts in the marrow in percent, 0 to 100.
  public var marrowBlastPercent: Double?
  /// Absolute neutrophil count in 10⁹/L.
  public var neutrophils: Double?
  /// Platelets in 10⁹/L.
  public var platelets: Double?
  /// Whether there was disease outside the marrow.
  public var hasExtramedullaryDisease: Bool?
  /// The central nervous system.
  public var cns: Coded<CNSStatus>?
  /// Measurable residual disease.
  public var residualDisease = ResidualDisease()

  /// Nothing recorded yet.
  public init() {}
}

extension Assessment: TableRow {
  static let tableName = "assessments"

  mutating func exchange(_ fields: inout some FieldExchange) {
    fields.day(Field("day", "Day", .everyone), &day)
    fields.code(Field("response", "Response as reported"), &response)
    fields.number(
      Field("blastPercent", "Blasts in the marrow", unit: "%", range: 0...100),
      &marrowBlastPercent)
    fields.number(
      Field("neutrophils", "Neutrophils", unit: "10⁹/L", range: 0...1000), &neutrophils)
    fields.number(Field("platelets", "Platelets", unit: "10⁹/L", range: 0...10_000), &platelets)
    fields.flag(
      Field("extramedullary", "Disease outside the marrow"), &hasExtramedullaryDisease)
    fields.code(Field("cns", "Central nervous system"), &cns)
    fields.code(Field("mrdResult", "Residual disease"), &residualDisease.result)
    // The range of the level is a rule of its own, V23.
    fields.number(
      Field("mrdLevel", "Leukemic cells found, 0 to 1", unit: "fraction"), &residualDisease.level)
    fields.code(Field("mrdMethod", "Method for residual disease"), &residualDisease.method)
    fields.number(
      Field("mrdSensitivity", "Least fraction found, as 1e-4", unit: "fraction", range: 0...1),
      &residualDisease.sensitivity)
  }
}
