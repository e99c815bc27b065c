// SPDX-License-Identifier: Apache-2.0

import Foundation
import SurvivalKit
import Testing

enum Failure: String, CaseIterable, Sendable {
  case relapse, death
}

enum Disease: String, CaseIterable, Codable, Sendable {
  case lymphoblastic, lowRiskMyeloid, highRiskMyeloid
}

struct MarrowPatient: Sendable {
  var days: Double
  var failure: Failure?
  var disease: Disease
  var age: Double
}

extension Endpoint<MarrowPatient> {
  static let failure = Endpoint(
    "failure", time: \.days, event: { $0.failure != nil }, cause: \.failure)
}

@Suite("Examples of Competing risks")
struct CompetingRisksExamples {
  /// Bone-marrow transplants, as in `bmt` of R's KMsurv.
  static func patients() throws -> [MarrowPatient] {
    try DocumentationFiles.table("bmt").map { cell in
      MarrowPatient(
        days: try #require(Double(cell("t2"))),
        failure: cell("d2") == "1" ? .relapse : cell("d1") == "1" ? .death : nil,
        disease: Disease.allCases[try #require(Int(cell("group"))) - 1],
        age: try #require(Double(cell("z1"))))
    }
  }

  @Test("cumulative incidence, and what it is not")
  func incidence() throws {
    let patients = try Self.patients()
    let curves = try CumulativeIncidence(endpoint: .failure)
      .fitted(to: patients, groupedBy: \.disease)
    let relapse = curves[.highRiskMyeloid, Failure.relapse]

    let byOneYear = relapse?.probability(at: 365)  // 0.3556
    let error = relapse?.standardError(at: 365)  // 0.0714
    let limits = relapse?.interval(at: 365)  // 0.2399 to 0.5269
    let lost = relapse?.restrictedTimeLost(upTo: 730)?.estimate  // 246.47 days of two years
    expectShown(byOneYear, 0.3556, within: 5e-5)
    expectShown(error, 0.0714, within: 5e-5)
    expectShown(limits?.lower, 0.2399, within: 5e-5)
    expectShown(limits?.upper, 0.5269, within: 5e-5)
    expectShown(lost, 246.47, within: 5e-3 / 246)
  }

  @Test("columns, and one minus Kaplan–Meier")
  func columns() throws {
    let patients = try Self.patients()
    let data = try SurvivalData(
      times: patients.map(\.days), causes: EventCauses(patients.map(\.failure)))
    let group = Grouping(patients.map(\.disease))
    let naive = try KaplanMeier.curves(of: data.causeSpecific(Failure.relapse), groupedBy: group)
    let survival = naive["highRiskMyeloid"]?.probability(at: 365)  // 0.5859, so 0.4141 to relapse
    expectShown(survival, 0.5859, within: 5e-5)
    expectShown(survival.map { 1 - $0 }, 0.4141, within: 5e-5)
    let records = try CumulativeIncidence(endpoint: .failure)
      .fitted(to: patients, groupedBy: \.disease)
    let curves = try CumulativeIncidence.curves(of: data, groupedBy: group)
    #expect(curves.causes == ["relapse", "death"])
    #expect(curves.curves == records.curves)
  }

  @Test("Gray's test")
  func comparison() throws {
    let patients = try Self.patients()
    let test = try GrayTest(endpoint: .failure).applied(to: patients, groupedBy: \.disease)
    let ofRelapse = test[cause: Failure.relapse]?.pValue  // 0.0026
    let ofDeath = test[cause: Failure.death]?.pValue  // 0.93
    expectShown(ofRelapse, 0.0026, within: 5e-5)
    expectShown(ofDeath, 0.93, within: 5e-3)
  }

  @Test("Fine–Gray model")
  func regression() throws {
    let patients = try Self.patients()
    let fit = try FineGrayModel(
      endpoint: .failure, cause: Failure.relapse,
      covariates: [
        .factor("disease", \.disease), .numeric("age per decade") { $0.age / 10 },
      ]
    ).fitted(to: patients)
    let highRisk = fit[coefficient: "disease[highRiskMyeloid]"]

    let ratio = highRisk?.hazardRatio  // 1.6443
    let standardError = highRisk?.standardError  // 0.40
    let predicted = try fit.cumulativeIncidence(for: patients[0], at: [365])[0]
    let risk = predicted?.probability  // 0.2217
    let range = predicted?.interval()  // 0.1250 to 0.3754
    expectShown(ratio, 1.6443, within: 5e-5)
    expectShown(standardError, 0.40, within: 5e-3)
    expectShown(risk, 0.2217, within: 5e-5)
    expectShown(range?.lower, 0.1250, within: 5e-5)
    expectShown(range?.upper, 0.3754, within: 5e-5)
  }

  @Test("cause-specific Cox models")
  func causeSpecific() throws {
    let patients = try Self.patients()
    let models = try CauseSpecificCoxModel(
      endpoint: .failure,
      covariates: [
        .factor("disease", \.disease), .numeric("age per decade") { $0.age / 10 },
      ]
    ).fitted(to: patients)
    let risks = try models.absoluteRisks(for: patients[0], at: [365])
    let riskOfRelapse = risks[Failure.relapse][0]?.probability
    let riskError = risks[Failure.relapse][0]?.standardError
    #expect(models[Failure.relapse]?.eventCount == 42)
    #expect(risks.diagnostics.isEmpty)
    let sum = risks.risks.reduce(0) { $0 + ($1[0]?.probability ?? .nan) }
    expectShown(risks.eventFree[0].map { 1 - $0 }, sum, within: 0.02)
    #expect(try #require(riskOfRelapse) > 0.1 && (try #require(riskError)) > 0.03)
  }
}

/// Expects a number that an article shows.
private func expectShown(
  _ found: Double?, _ expected: Double, within tolerance: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose(found ?? .nan, expected, within: tolerance, sourceLocation: sourceLocation)
}
