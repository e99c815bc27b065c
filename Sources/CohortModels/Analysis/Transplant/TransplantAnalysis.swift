// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// The plan for the transplant cohort: description, curves, tests and models of two endpoints, and the
/// competing risks of relapse and of death in remission.
///
/// ```swift
/// let findings = TransplantAnalysis().applied(to: try TransplantCohort.load())
/// findings.overallSurvival.byRiskGroup.summaries
/// ```
///
/// Follows Klein & Moeschberger, examples 7.4 and 8.5: ages are centred at 28 years, the median of
/// patients and donors, so that their product is of use. Unlike there the reference is AML low risk,
/// the largest group with the best outlook, and ties are Efron's.
public struct TransplantAnalysis: Codable, Hashable, Sendable {
  /// The times of the tables: half a year, and whole years, in days.
  public var tableDays: [Double] = [180, 365, 730, 1095, 1460, 1825]
  /// Where mean survival times end, in days.
  public var restrictionDays = 1825.0
  /// The age in years at which the ages are centred.
  public var centralAge = 28.0
  /// The level of confidence of every interval.
  public var confidenceLevel = 0.95
  /// The scale of intervals for curves; R's default.
  public var curveInterval = CurveInterval.log
  /// How tied events are treated; Klein & Moeschberger print Breslow's.
  public var ties = TieMethod.efron

  /// The plan with its defaults.
  public init() {}

  /// The Cox model of an endpoint.
  /// - Parameter endpoint: The endpoint.
  /// - Returns: The model with risk group, ages of patient and donor and their product, and FAB type.
  public func coxModel(_ endpoint: Endpoint<TransplantPatient>) -> CoxModel<TransplantPatient> {
    CoxModel(endpoint: endpoint, covariates: covariates, ties: ties)
  }

  private var covariates: [Covariate<TransplantPatient>] {
    let name = centralAge == centralAge.rounded() ? "\(Int(centralAge))" : "\(centralAge)"
    return [
      .factor("group", { $0.riskGroup }, reference: .myeloidLowRisk),
      .numeric("patient age - \(name)") { [centralAge] in $0.patient.age - centralAge },
      .numeric("donor age - \(name)") { [centralAge] in $0.donor.age - centralAge },
      .numeric("product of ages") { [centralAge] in
        ($0.patient.age - centralAge) * ($0.donor.age - centralAge)
      },
      .indicator("FAB 4 or 5") { $0.isFAB4Or5 },
    ]
  }

  private var style: AnalysisStyle {
    AnalysisStyle(
      times: tableDays, restriction: restrictionDays, level: confidenceLevel,
      interval: curveInterval)
  }

  /// Analyses patients of the study, or of a study of the same shape.
  /// - Parameter patients: The patients.
  /// - Returns: The findings. A part that cannot be computed holds the reason.
  /// - Complexity: O(*n* log *n*).
  public func applied(to patients: [TransplantPatient]) -> TransplantFindings {
    func findings(
      _ endpoint: Endpoint<TransplantPatient>
    ) -> TransplantFindings.EndpointFindings {
      TransplantFindings.EndpointFindings(
        byRiskGroup: .of(patients, endpoint, by: "risk group", { $0.riskGroup }, style),
        multivariable: AnalysisPart { () throws(SurvivalError) in
          try HazardModel(coxModel(endpoint), patients, level: confidenceLevel)
        })
    }
    return TransplantFindings(
      plan: self, patientCount: patients.count,
      baseline: AnalysisPart { () throws(SurvivalError) in
        try BaselineTable(variables: Self.baseline).applied(
          to: patients, groupedBy: { $0.riskGroup })
      },
      followUp: FollowUpSummary.of(patients, .overallSurvival, by: { $0.riskGroup }, style),
      diseaseFreeSurvival: findings(.diseaseFreeSurvival),
      overallSurvival: findings(.overallSurvival),
      competingRisks: .of(
        patients, .firstFailure, by: "risk group", { $0.riskGroup },
        causes: [
          (TransplantFailure.relapse, "relapse", .relapse),
          (.deathInRemission, "death in remission", .deathInRemission),
        ], covariates: covariates, ties: ties, style))
  }

  private static let baseline: [BaselineVariable<TransplantPatient>] = [
    .numeric("patient age, years") { $0.patient.age },
    .category("patient sex") { $0.patient.sex },
    .indicator("patient CMV positive") { $0.patient.isCMVPositive },
    .numeric("donor age, years") { $0.donor.age },
    .category("donor sex") { $0.donor.sex },
    .indicator("donor CMV positive") { $0.donor.isCMVPositive },
    .numeric("diagnosis to transplant, days") { $0.waitingDays },
    .indicator("FAB 4 or 5") { $0.isFAB4Or5 },
    .category("hospital") { $0.hospital },
    .indicator("methotrexate") { $0.hadMethotrexate },
  ]
}
