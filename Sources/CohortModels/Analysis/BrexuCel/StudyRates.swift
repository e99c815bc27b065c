// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

/// The rates of the study: of response, toxicity and consolidation, by arm.
struct StudyRates {
  /// What the rates of a subject are read from, derived once.
  private struct Member {
    let arm: InotuzumabArm?
    let isEvaluable: Bool
    let isInRemission: Bool
    let isMRDNegative: Bool?
    let crsGrade: Int?
    let icansGrade: Int?
    let treatments: Set<ToxicityTreatment>?
    let hadIntensiveCare: Bool?
    /// Consolidation of any kind, by transplant and by maintenance.
    let isConsolidated: Bool?
    let isTransplanted: Bool?
    let isMaintained: Bool?

    init(_ subject: ValidatedSubject, _ policies: EndpointPolicies) {
      arm = subject.inotuzumabArm
      let day28 = subject.day28(policies)
      isEvaluable = day28 != nil
      isInRemission = day28?.response.isRemission == true
      isMRDNegative = day28?.assessment.residualDisease.status.map { $0 == .negative }
      func grade(_ kind: ToxicityKind) -> Int? {
        subject.toxicities.filter { $0.kind?.value == kind }.compactMap(\.maximumGrade).max()
      }
      (crsGrade, icansGrade) = (grade(.crs), grade(.icans))
      treatments = subject.toxicityCare.treatments?.value
      hadIntensiveCare = subject.toxicityCare.hadIntensiveCare
      isConsolidated = subject.isConsolidated(policies)
      isTransplanted = subject.isConsolidated(policies, kinds: [.alloTransplant])
      isMaintained = subject.isConsolidated(
        policies, kinds: [.tyrosineKinaseInhibitor, .otherMaintenance])
    }
  }

  private let members: [Member]
  private let level: Double

  init(_ infused: [ValidatedSubject], _ policies: EndpointPolicies, level: Double) {
    members = infused.map { Member($0, policies) }
    self.level = level
  }

  private func rate(
    _ name: String, among population: String, _ isMember: (Member) -> Bool = { _ in true },
    _ property: (Member) -> Bool?
  ) -> RateComparison {
    .of(members, by: { $0.arm }, name, among: population, isMember, level: level, property)
  }

  /// Remission on day 28 of those who could be evaluated then.
  var remission: RateComparison {
    rate("complete remission on day 28", among: "evaluable on day 28", { $0.isEvaluable }) {
      $0.isInRemission
    }
  }

  /// Remission on day 28 and residual disease.
  var responses: [RateComparison] {
    [
      remission,
      // Who could not be evaluated counts as without remission.
      rate("complete remission on day 28", among: "infused") { $0.isInRemission },
      rate("MRD-negative remission on day 28", among: "evaluable on day 28", { $0.isEvaluable }) {
        $0.isInRemission ? $0.isMRDNegative : false
      },
      rate("MRD-negative", among: "in remission on day 28", { $0.isInRemission }) {
        $0.isMRDNegative
      },
    ]
  }

  /// Toxicities by grade, and what was done about them.
  var toxicities: [RateComparison] {
    let grades: [(name: String, read: (Member) -> Int?)] = [
      ("CRS", { $0.crsGrade }), ("ICANS", { $0.icansGrade }),
    ]
    let byGrade = grades.flatMap { name, grade in
      [
        rate("\(name), any grade", among: "infused") { grade($0).map { $0 >= 1 } },
        rate("\(name), grade 3 or more", among: "infused") { grade($0).map { $0 >= 3 } },
      ]
    }
    let byTreatment = ToxicityTreatment.allCases.map { treatment in
      rate(treatment.rawValue, among: "infused") { $0.treatments.map { $0.contains(treatment) } }
    }
    return byGrade + byTreatment
      + [rate("intensive care", among: "infused") { $0.hadIntensiveCare }]
  }

  /// Consolidation before relapse of those in remission on day 28.
  var consolidations: [RateComparison] {
    let kinds: [(name: String, read: (Member) -> Bool?)] = [
      ("any consolidation", { $0.isConsolidated }),
      ("allogeneic transplant", { $0.isTransplanted }),
      ("maintenance", { $0.isMaintained }),
    ]
    return kinds.map { name, read in
      rate(name, among: "in remission on day 28", { $0.isInRemission }, read)
    }
  }
}
