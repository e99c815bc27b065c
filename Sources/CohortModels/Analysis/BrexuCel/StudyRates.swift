// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

/// The rates of the study: of response, toxicity and consolidation, by arm.
struct StudyRates {
  /// A subject with what its rates are read from.
  private struct Member {
    let subject: ValidatedSubject
    let day28: (assessment: Assessment, response: DerivedResponse)?
  }

  private let members: [Member]
  private let policies: EndpointPolicies
  private let level: Double

  init(_ infused: [ValidatedSubject], _ policies: EndpointPolicies, level: Double) {
    members = infused.map { Member(subject: $0, day28: $0.day28(policies)) }
    self.policies = policies
    self.level = level
  }

  private func rate(
    _ name: String, among population: String, _ isMember: (Member) -> Bool = { _ in true },
    _ property: (Member) -> Bool?
  ) -> RateComparison {
    .of(
      members, by: { $0.subject.inotuzumabArm }, name, among: population, isMember, level: level,
      property)
  }

  private static func isInRemission(_ member: Member) -> Bool {
    member.day28?.response.isRemission == true
  }

  private static func isMRDNegative(_ member: Member) -> Bool? {
    guard let status = member.day28?.assessment.residualDisease.status else { return nil }
    return status == .negative
  }

  /// Remission on day 28 and residual disease.
  var responses: [RateComparison] {
    let evaluable = { (member: Member) in member.day28 != nil }
    return [
      rate("complete remission on day 28", among: "evaluable on day 28", evaluable) {
        Self.isInRemission($0)
      },
      // Who could not be evaluated counts as without remission.
      rate("complete remission on day 28", among: "infused") { Self.isInRemission($0) },
      rate("MRD-negative remission on day 28", among: "evaluable on day 28", evaluable) {
        Self.isInRemission($0) ? Self.isMRDNegative($0) : false
      },
      rate("MRD-negative", among: "in remission on day 28", Self.isInRemission) {
        Self.isMRDNegative($0)
      },
    ]
  }

  /// Toxicities by grade, and what was done about them.
  var toxicities: [RateComparison] {
    func grade(_ kind: ToxicityKind, _ member: Member) -> Int? {
      member.subject.toxicities.filter { $0.kind?.value == kind }.compactMap(\.maximumGrade).max()
    }
    var rates = [RateComparison]()
    for kind in ToxicityKind.allCases {
      let name = kind.rawValue.uppercased()
      rates.append(
        rate("\(name), any grade", among: "infused") { grade(kind, $0).map { $0 >= 1 } })
      rates.append(
        rate("\(name), grade 3 or more", among: "infused") { grade(kind, $0).map { $0 >= 3 } })
    }
    for treatment in ToxicityTreatment.allCases {
      rates.append(
        rate(treatment.rawValue, among: "infused") { member in
          member.subject.toxicityCare.treatments?.value.map { $0.contains(treatment) }
        })
    }
    rates.append(
      rate("intensive care", among: "infused") { $0.subject.toxicityCare.hadIntensiveCare })
    return rates
  }

  /// Consolidation before relapse of those in remission on day 28.
  var consolidations: [RateComparison] {
    let kinds: [(String, Set<ConsolidationKind>)] = [
      ("any consolidation", Set(ConsolidationKind.allCases)),
      ("allogeneic transplant", [.alloTransplant]),
      ("maintenance", [.tyrosineKinaseInhibitor, .otherMaintenance]),
    ]
    return kinds.map { name, kinds in
      rate(name, among: "in remission on day 28", Self.isInRemission) {
        $0.subject.isConsolidated(policies, kinds: kinds)
      }
    }
  }
}
