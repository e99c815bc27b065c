// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// The analysis of the transplant cohort: curves, log-rank tests and Cox models of two endpoints.
///
/// Follows Klein & Moeschberger, examples 7.4 and 8.5: ages are centred at 28 years, the median of
/// patients and donors, so that their product is of use. Unlike there the reference is AML low risk,
/// the largest group with the best outlook, and ties are Efron's.
public struct TransplantAnalysis: Sendable {
  /// What was found for one endpoint.
  public struct Findings: Sendable {
    /// The endpoint.
    public let endpoint: Endpoint<TransplantPatient>
    /// Kaplan–Meier curves, one for each risk group.
    public let curves: SurvivalCurves<RiskGroup>
    /// The log-rank test of all groups, and of each two with Holm's adjustment.
    public let logRank: LogRankResult
    /// The Cox model with risk group, ages of patient and donor and their product, and FAB type.
    public let cox: CoxFit<TransplantPatient>
  }

  /// The age in years at which the ages are centred.
  public static let centralAge = 28.0
  /// The times of the tables of numbers at risk: half a year, and whole years, in days.
  public static let tableTimes: [Double] = [0, 180, 365, 730, 1095, 1460, 1825]

  /// The number of patients.
  public let patientCount: Int
  /// What was found for survival without relapse.
  public let diseaseFreeSurvival: Findings
  /// What was found for survival.
  public let overallSurvival: Findings

  /// Analyses patients of the study, or of a study of the same shape.
  /// - Parameter patients: The patients, of at least two risk groups.
  /// - Throws: ``/SurvivalKit/SurvivalError`` when the patients do not support the analysis.
  public init(_ patients: [TransplantPatient]) throws(SurvivalError) {
    patientCount = patients.count
    diseaseFreeSurvival = try Self.findings(.diseaseFreeSurvival, patients)
    overallSurvival = try Self.findings(.overallSurvival, patients)
  }

  /// The Cox model of an endpoint, as a plan.
  /// - Parameters:
  ///   - endpoint: The endpoint.
  ///   - ties: How tied events are treated; Klein & Moeschberger print Breslow's.
  /// - Returns: The plan.
  public static func coxModel(
    _ endpoint: Endpoint<TransplantPatient>, ties: TieMethod = .efron
  ) -> CoxModel<TransplantPatient> {
    CoxModel(
      endpoint: endpoint,
      covariates: [
        .factor("group", { $0.riskGroup }, reference: .myeloidLowRisk),
        .numeric("patient age - 28") { $0.patient.age - centralAge },
        .numeric("donor age - 28") { $0.donor.age - centralAge },
        .numeric("product of ages") {
          ($0.patient.age - centralAge) * ($0.donor.age - centralAge)
        },
        .indicator("FAB 4 or 5") { $0.isFAB4Or5 },
      ],
      ties: ties)
  }

  private static func findings(
    _ endpoint: Endpoint<TransplantPatient>, _ patients: [TransplantPatient]
  ) throws(SurvivalError) -> Findings {
    Findings(
      endpoint: endpoint,
      curves: try KaplanMeier(endpoint: endpoint).fitted(
        to: patients, groupedBy: { $0.riskGroup }),
      logRank: try LogRankTest(endpoint: endpoint).applied(
        to: patients, groupedBy: { $0.riskGroup }, pairwise: .holm),
      cox: try coxModel(endpoint).fitted(to: patients))
  }
}
