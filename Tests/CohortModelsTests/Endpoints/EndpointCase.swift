// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

@testable import CohortModels

/// The nine endpoints of one subject, each as text.
struct EndpointCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let expected: [String]
  let policies: @Sendable (inout EndpointPolicies) -> Void
  let change: @Sendable (inout Subject) -> Void

  init(
    _ title: String, _ expected: [String],
    policies: @escaping @Sendable (inout EndpointPolicies) -> Void = { _ in },
    _ change: @escaping @Sendable (inout Subject) -> Void
  ) {
    (testDescription, self.expected, self.policies, self.change) = (
      title, expected, policies, change
    )
  }

  /// No remission on day 28, progression on day 60, death on day 90.
  private static func refractory(_ subject: inout Subject) {
    subject.assessments[0].response = .known(.noResponse)
    subject.assessments[0].marrowBlastPercent = 30
    subject.relapses = [Samples.relapse(on: 60, kind: .progression)]
    subject.death.day = Samples.day(90)
    subject.lastContact.lastAliveDay = Samples.day(90)
    subject.lastContact.lastAssessmentDay = Samples.day(60)
  }

  // In the order of SurvivalParameter: OS, PFS, PFSHCT, EFS, RFS, DOR, CIR, NRM, TTHCT.
  static let all: [EndpointCase] = [
    EndpointCase(
      "relapse and death",
      [
        "0-300 event death", "0-200 event relapse", "0-200 event relapse", "0-200 event relapse",
        "28-200 event relapse", "28-200 event relapse", "0-200 event relapse",
        "0-200 competing relapse", "0-200 competing relapse",
      ]
    ) { _ in },
    EndpointCase(
      "alive without relapse",
      [
        "0-400 censored lastContact", "0-400 censored lastContact", "0-400 censored lastContact",
        "0-400 censored lastContact", "28-400 censored lastContact", "28-400 censored lastContact",
        "0-400 censored lastContact", "0-400 censored lastContact", "0-400 censored lastContact",
      ]
    ) { $0 = Samples.survivor },
    EndpointCase(
      "alive, censored at the last assessment",
      [
        "0-400 censored lastContact", "0-200 censored lastAssessment",
        "0-200 censored lastAssessment", "0-200 censored lastAssessment",
        "28-200 censored lastAssessment", "28-200 censored lastAssessment",
        "0-200 censored lastAssessment", "0-200 censored lastAssessment",
        "0-200 censored lastAssessment",
      ], policies: { $0.censoring = .atLastAssessment }
    ) { $0 = Samples.survivor },
    EndpointCase(
      "alive, never assessed",
      [
        "0-400 censored lastContact", "0-0 censored neverAssessed", "0-0 censored neverAssessed",
        "0-0 censored neverAssessed", "outside", "outside", "0-0 censored neverAssessed",
        "0-0 censored neverAssessed", "outside",
      ], policies: { $0.censoring = .atLastAssessment }
    ) {
      $0 = Samples.survivor
      $0.assessments = []
      $0.lastContact.lastAssessmentDay = nil
    },
    EndpointCase(
      "death in remission",
      [
        "0-300 event death", "0-300 event death", "0-300 event death", "0-300 event death",
        "28-300 event death", "28-300 competing death", "0-300 competing death",
        "0-300 event death", "0-300 competing death",
      ]
    ) {
      $0.relapses = []
      $0.death.cause = .known(.infection)
    },
    EndpointCase(
      "transplant in remission, then relapse",
      [
        "0-300 event death", "0-200 event relapse", "0-80 censored transplant",
        "0-200 event relapse", "28-200 event relapse", "28-200 event relapse",
        "0-200 event relapse", "0-200 competing relapse", "0-80 event transplant",
      ]
    ) { $0.consolidations = [Samples.consolidation(on: 80)] },
    EndpointCase(
      "transplant, responses censored there",
      [
        "0-300 event death", "0-200 event relapse", "0-80 censored transplant",
        "0-200 event relapse", "28-80 censored transplant", "28-80 censored transplant",
        "0-200 event relapse", "0-200 competing relapse", "0-80 event transplant",
      ], policies: { $0.censorsResponseAtTransplant = true }
    ) { $0.consolidations = [Samples.consolidation(on: 80)] },
    EndpointCase(
      "transplant on the day of relapse: the relapse is not before it",
      [
        "0-300 event death", "0-200 event relapse", "0-200 censored transplant",
        "0-200 event relapse", "28-200 event relapse", "28-200 event relapse",
        "0-200 event relapse", "0-200 competing relapse", "0-200 event transplant",
      ]
    ) { $0.consolidations = [Samples.consolidation(on: 200)] },
    EndpointCase(
      "maintenance changes nothing",
      [
        "0-300 event death", "0-200 event relapse", "0-200 event relapse", "0-200 event relapse",
        "28-200 event relapse", "28-200 event relapse", "0-200 event relapse",
        "0-200 competing relapse", "0-200 competing relapse",
      ]
    ) { $0.consolidations = [Samples.consolidation(on: 80, .otherMaintenance)] },
    EndpointCase(
      "no remission: an event at progression",
      [
        "0-90 event death", "0-60 event progression", "0-60 event progression",
        "0-28 event nonResponse", "outside", "outside", "0-60 event progression",
        "0-60 competing progression", "outside",
      ]
    ) { refractory(&$0) },
    EndpointCase(
      "no remission: an event at assessment",
      [
        "0-90 event death", "0-28 event nonResponse", "0-28 event nonResponse",
        "0-28 event nonResponse", "outside", "outside", "0-28 event nonResponse",
        "0-28 competing nonResponse", "outside",
      ], policies: { $0.nonResponse = .eventAtAssessment }
    ) { refractory(&$0) },
    EndpointCase(
      "no remission: a failure on day 1",
      [
        "0-90 event death", "0-60 event progression", "0-60 event progression",
        "0-0 event nonResponse", "outside", "outside", "0-60 event progression",
        "0-60 competing progression", "outside",
      ], policies: { $0.failureDating = .atDayOne }
    ) { refractory(&$0) },
    EndpointCase(
      "relapse and death on one day are a relapse",
      [
        "0-300 event death", "0-300 event relapse", "0-300 event relapse", "0-300 event relapse",
        "28-300 event relapse", "28-300 event relapse", "0-300 event relapse",
        "0-300 competing relapse", "0-300 competing relapse",
      ]
    ) { $0.relapses[0].day = Samples.day(300) },
    EndpointCase(
      "residual disease alone is no relapse",
      [
        "0-300 event death", "0-300 event death", "0-300 event death", "0-300 event death",
        "28-300 event death", "28-300 competing death", "0-300 competing death",
        "0-300 event death", "0-300 competing death",
      ]
    ) { $0.relapses[0].isMolecularOnly = true },
    EndpointCase(
      "unless it counts",
      [
        "0-300 event death", "0-200 event relapse", "0-200 event relapse", "0-200 event relapse",
        "28-200 event relapse", "28-200 event relapse", "0-200 event relapse",
        "0-200 competing relapse", "0-200 competing relapse",
      ], policies: { $0.countsMolecularRelapse = true }
    ) { $0.relapses[0].isMolecularOnly = true },
    EndpointCase(
      "without infusion there is no outcome",
      Array(repeating: "outside", count: 9)
    ) {
      $0.product.infusionDay = nil
    },
  ]
}
