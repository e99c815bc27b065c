// SPDX-License-Identifier: Apache-2.0

/// The state of the disease before apheresis or infusion.
public enum RemissionStatus: String, CodeList {
  /// Morphologic disease in the marrow.
  case activeMarrow
  /// Morphologic remission with measurable residual disease.
  case mrdOnly
  /// Morphologic remission without measurable residual disease.
  case mrdNegative
  /// Disease outside the marrow only.
  case extramedullaryOnly
}

extension RemissionStatus {
  /// The code in words.
  public var label: String {
    switch self {
    case .activeMarrow: "active disease in the marrow"
    case .mrdOnly: "measurable residual disease only"
    case .mrdNegative: "no measurable residual disease"
    case .extramedullaryOnly: "disease outside the marrow only"
    }
  }
}

/// Disease of the central nervous system by white cells and blasts in the fluid.
public enum CNSStatus: String, CodeList {
  /// No blasts.
  case cns1
  /// Fewer than 5 white cells per microlitre, with blasts.
  case cns2
  /// 5 white cells per microlitre or more with blasts, or clinical signs.
  case cns3
}

extension CNSStatus {
  /// The code in words.
  public var label: String {
    switch self {
    case .cns1: "CNS 1"
    case .cns2: "CNS 2"
    case .cns3: "CNS 3"
    }
  }
}

/// The burden of disease at one time before treatment.
public struct DiseaseStatus: Codable, Hashable, Sendable {
  /// The state of the disease.
  public var status: Coded<RemissionStatus>?
  /// Blasts in the marrow in percent, 0 to 100.
  public var marrowBlastPercent: Double?
  /// Whether there was disease outside the marrow.
  public var hasExtramedullaryDisease: Bool?
  /// The central nervous system.
  public var cns: Coded<CNSStatus>?

  /// Nothing recorded yet.
  public init() {}

  /// Whether blasts in the marrow exceed 5 %; `nil` when they are not recorded.
  public var isMarrowActive: Bool? { marrowBlastPercent.map { $0 > 5 } }
  /// Whether the state is a morphologic remission; `nil` when it is not known.
  public var isMorphologicRemission: Bool? {
    status?.value.map { $0 == .mrdOnly || $0 == .mrdNegative }
  }

  mutating func exchange(
    _ fields: inout some FieldExchange, prefix: String, _ expectation: Field.Expectation
  ) {
    fields.code(Field("Status", "State of the disease", expectation, prefix: prefix), &status)
    fields.number(
      Field(
        "BlastPercent", "Blasts in the marrow", expectation, prefix: prefix, unit: "%",
        range: 0...100), &marrowBlastPercent)
    fields.flag(
      Field("Extramedullary", "Disease outside the marrow", expectation, prefix: prefix),
      &hasExtramedullaryDisease)
    fields.code(Field("CNS", "Central nervous system", expectation, prefix: prefix), &cns)
  }
}
