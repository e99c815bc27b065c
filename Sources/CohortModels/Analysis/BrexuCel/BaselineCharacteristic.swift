// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

/// What is known of a subject at infusion: a row of the first table, and a possible covariate.
public enum BaselineCharacteristic: String, CodeList {
  /// Age in years.
  case age
  /// Sex.
  case sex
  /// Race and ethnicity.
  case raceEthnicity
  /// Insurance.
  case insurance
  /// Referral.
  case referral
  /// Percentile of the Social Deprivation Index.
  case deprivation
  /// ECOG performance status.
  case performanceStatus
  /// Philadelphia chromosome.
  case philadelphia
  /// Rearranged KMT2A.
  case kmt2aRearranged
  /// Why the disease is called relapsed or refractory.
  case refractoryStatus
  /// Lines of therapy before.
  case priorLines
  /// Allogeneic transplant before.
  case priorTransplant
  /// Blinatumomab before.
  case priorBlinatumomab
  /// Inotuzumab ozogamicin before: the exposure itself.
  case inotuzumab
  /// More than 5 % blasts in the marrow before apheresis.
  case activeMarrow
  /// Blasts in the marrow before apheresis in percent.
  case marrowBlasts
  /// Disease outside the marrow before apheresis.
  case extramedullaryDisease
  /// CNS2 or CNS3 before apheresis.
  case cnsDisease
  /// Days from apheresis to infusion.
  case waitingDays
  /// Anything given between apheresis and lymphodepletion.
  case bridging
  /// Lymphodepletion with fludarabine and cyclophosphamide.
  case fludarabineCyclophosphamide
  /// Morphologic remission at infusion.
  case remissionAtInfusion

  /// The characteristic in words, with its unit.
  public var label: String {
    switch self {
    case .age: "age, years"
    case .sex: "sex"
    case .raceEthnicity: "race and ethnicity"
    case .insurance: "insurance"
    case .referral: "referral"
    case .deprivation: "Social Deprivation Index, percentile"
    case .performanceStatus: "ECOG performance status"
    case .philadelphia: "Philadelphia chromosome"
    case .kmt2aRearranged: "rearranged KMT2A"
    case .refractoryStatus: "relapsed or refractory"
    case .priorLines: "prior lines of therapy"
    case .priorTransplant: "prior allogeneic transplant"
    case .priorBlinatumomab: "prior blinatumomab"
    case .inotuzumab: "prior inotuzumab"
    case .activeMarrow: "active marrow before apheresis"
    case .marrowBlasts: "marrow blasts before apheresis, %"
    case .extramedullaryDisease: "extramedullary disease"
    case .cnsDisease: "CNS disease"
    case .waitingDays: "apheresis to infusion, days"
    case .bridging: "bridging therapy"
    case .fludarabineCyclophosphamide: "fludarabine and cyclophosphamide"
    case .remissionAtInfusion: "morphologic remission at infusion"
    }
  }

  /// The name as a term of a model: a number has the unit of its coefficient.
  public var termName: String {
    switch self {
    case .age: "age per 10 years"
    case .deprivation: "Social Deprivation Index per 10 percentiles"
    case .priorLines: "prior lines, each"
    case .marrowBlasts: "marrow blasts per 10 %"
    case .waitingDays: "apheresis to infusion per week"
    default: label
    }
  }

  /// How a characteristic is read from a row.
  enum Reading: Sendable {
    /// A number, the unit of its coefficient, and the number from which the upper of two subgroups
    /// begins.
    case number(@Sendable (StudyRow) -> Double?, unit: Double, cut: Double)
    case answer(@Sendable (StudyRow) -> Bool?)
    case level(@Sendable (StudyRow) -> StudyLevel?)
  }

  var reading: Reading {
    switch self {
    case .age: .number({ $0.ageYears }, unit: 10, cut: 60)
    case .sex: .level { $0.sex }
    case .raceEthnicity: .level { $0.raceEthnicity }
    case .insurance: .level { $0.insurance }
    case .referral: .level { $0.referral }
    case .deprivation: .number({ $0.deprivationPercentile }, unit: 10, cut: 76)
    case .performanceStatus: .level { $0.performanceStatus }
    case .philadelphia: .answer { $0.isPhiladelphiaPositive }
    case .kmt2aRearranged: .answer { $0.isKMT2ARearranged }
    case .refractoryStatus: .level { $0.refractoryStatus }
    case .priorLines: .number({ $0.priorLines }, unit: 1, cut: 4)
    case .priorTransplant: .answer { $0.hadTransplant }
    case .priorBlinatumomab: .answer { $0.hadBlinatumomab }
    case .inotuzumab: .answer { $0.isExposed }
    case .activeMarrow: .answer { $0.hadActiveMarrow }
    case .marrowBlasts: .number({ $0.marrowBlastPercent }, unit: 10, cut: 50)
    case .extramedullaryDisease: .answer { $0.hadExtramedullaryDisease }
    case .cnsDisease: .answer { $0.hadCNSDisease }
    case .waitingDays: .number({ $0.waitingDays }, unit: 7, cut: 31)
    case .bridging: .answer { $0.hadBridging }
    case .fludarabineCyclophosphamide: .answer { $0.hadFludarabineCyclophosphamide }
    case .remissionAtInfusion: .answer { $0.wasInRemission }
    }
  }

  /// The characteristic as a row of the first table.
  var baselineVariable: BaselineVariable<StudyRow> {
    switch reading {
    case .number(let read, _, _): .numeric(label, read)
    case .answer(let read): .indicator(label, read)
    case .level(let read): .category(label, read)
    }
  }

  /// The characteristic as a term of a model over records that each have a row.
  func covariate<Record>(
    _ row: @escaping @Sendable (Record) -> StudyRow
  ) -> Covariate<Record> {
    switch reading {
    case .number(let read, let unit, _): .numeric(termName) { read(row($0)).map { $0 / unit } }
    case .answer(let read): .indicator(termName) { read(row($0)) }
    case .level(let read): .factor(termName) { read(row($0)) }
    }
  }

  /// The subgroup of a row: a number is below a cut or not.
  var subgroup: @Sendable (StudyRow) -> StudyLevel? {
    switch reading {
    case .number(let read, _, let cut):
      return { row in read(row).map { StudyLevel(self, $0 < cut ? 0 : 1) } }
    case .answer(let read):
      return { row in read(row).map { StudyLevel(self, $0 ? 1 : 0) } }
    case .level(let read): return read
    }
  }
}

/// A level of a characteristic, by its position; small, since every row holds some.
struct StudyLevel: Hashable, Sendable, Comparable, CustomStringConvertible {
  let characteristic: BaselineCharacteristic
  let position: UInt8

  init(_ characteristic: BaselineCharacteristic, _ position: Int) {
    self.characteristic = characteristic
    self.position = UInt8(clamping: position)
  }

  /// The level of a code, at its position in the list.
  init<Code: CodeList>(
    _ characteristic: BaselineCharacteristic, _ code: Code
  ) where Code.AllCases.Index == Int {
    self.init(characteristic, Code.allCases.firstIndex(of: code) ?? 0)
  }

  var description: String { characteristic.levelName(Int(position)) }

  static func < (first: StudyLevel, second: StudyLevel) -> Bool {
    first.position < second.position
  }
}

extension BaselineCharacteristic {
  /// The name of a level, or of a subgroup.
  fileprivate func levelName(_ position: Int) -> String {
    func code<Code: CodeList>(_: Code.Type) -> String {
      Code.allCases.dropFirst(position).first?.label ?? ""
    }
    switch reading {
    case .number(_, _, let cut):
      let name = cut == cut.rounded() ? "\(Int(cut))" : "\(cut)"
      return position == 0 ? "< \(name)" : "≥ \(name)"
    case .answer: return position == 0 ? "no" : "yes"
    case .level:
      switch self {
      case .sex: return code(Sex.self)
      case .raceEthnicity: return code(RaceEthnicity.self)
      case .insurance: return code(Insurance.self)
      case .referral: return code(Referral.self)
      case .refractoryStatus: return code(RefractoryStatus.self)
      default: return "\(position)"
      }
    }
  }
}
