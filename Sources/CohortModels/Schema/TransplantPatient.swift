// SPDX-License-Identifier: Apache-2.0

/// One patient of the study of bone-marrow transplants for leukemia at four hospitals.
///
/// 137 patients were grafted with matched sibling marrow from 1984 to 1989. Times are in days from
/// transplant. The study is Copelan et al. (1991), Blood 78:838–843; the data are table 1.3 of Klein &
/// Moeschberger, *Survival Analysis* (doi:10.1007/b97377). The names of the
/// file's columns stand in parentheses.
public struct TransplantPatient: Codable, Hashable, Sendable {
  /// The number of the patient in the file (`id`).
  public let id: Int
  /// Disease and risk (`group`).
  public let riskGroup: RiskGroup
  /// The hospital (`z9`).
  public let hospital: Hospital

  /// Death, or the last time the patient was known alive (`t1`, `d1`).
  public let death: TimedOutcome
  /// Relapse, or death in remission or the last time in remission (`t2`, `d2`).
  public let relapse: TimedOutcome
  /// Acute graft-versus-host disease (`ta`, `da`).
  public let acuteGraftVersusHost: TimedOutcome
  /// Chronic graft-versus-host disease (`tc`, `dc`).
  public let chronicGraftVersusHost: TimedOutcome
  /// Return of the platelets to a normal count (`tp`, `dp`).
  public let plateletRecovery: TimedOutcome

  /// The patient (`z1` age in years, `z3` male, `z5` CMV positive).
  public let patient: Person
  /// The donor (`z2` age in years, `z4` male, `z6` CMV positive).
  public let donor: Person
  /// Days from diagnosis to transplant (`z7`).
  public let waitingDays: Double
  /// Whether the leukemia is AML of French–American–British type M4 or M5 (`z8`).
  public let isFAB4Or5: Bool
  /// Whether methotrexate was given against graft-versus-host disease (`z10`).
  public let hadMethotrexate: Bool

  /// Whether the patient has relapsed or died (`d3`).
  public var hasRelapsedOrDied: Bool { relapse.hasOccurred || death.hasOccurred }
  /// Days to relapse or death, or to the last time the patient was known free of disease (`t2`).
  public var diseaseFreeDays: Double { relapse.days }

  /// Creates a patient.
  /// - Parameters:
  ///   - id: The number of the patient.
  ///   - riskGroup: Disease and risk.
  ///   - hospital: The hospital.
  ///   - death: Death, or the last time the patient was known alive.
  ///   - relapse: Relapse, or the last time in remission.
  ///   - acuteGraftVersusHost: Acute graft-versus-host disease.
  ///   - chronicGraftVersusHost: Chronic graft-versus-host disease.
  ///   - plateletRecovery: Return of the platelets to a normal count.
  ///   - patient: The patient as a person.
  ///   - donor: The donor.
  ///   - waitingDays: Days from diagnosis to transplant.
  ///   - isFAB4Or5: Whether the leukemia is AML of type M4 or M5.
  ///   - hadMethotrexate: Whether methotrexate was given.
  public init(
    id: Int, riskGroup: RiskGroup, hospital: Hospital, death: TimedOutcome, relapse: TimedOutcome,
    acuteGraftVersusHost: TimedOutcome, chronicGraftVersusHost: TimedOutcome,
    plateletRecovery: TimedOutcome, patient: Person, donor: Person, waitingDays: Double,
    isFAB4Or5: Bool, hadMethotrexate: Bool
  ) {
    self.id = id
    self.riskGroup = riskGroup
    self.hospital = hospital
    self.death = death
    self.relapse = relapse
    self.acuteGraftVersusHost = acuteGraftVersusHost
    self.chronicGraftVersusHost = chronicGraftVersusHost
    self.plateletRecovery = plateletRecovery
    self.patient = patient
    self.donor = donor
    self.waitingDays = waitingDays
    self.isFAB4Or5 = isFAB4Or5
    self.hadMethotrexate = hadMethotrexate
  }
}
