// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

@testable import CohortModels

@Suite("Study endpoints")
struct StudyEndpointTests {
  @Test("the nine endpoints of one subject", arguments: EndpointCase.all)
  func endpoints(_ example: EndpointCase) {
    var subject = Samples.subject
    example.change(&subject)
    var policies = EndpointPolicies()
    example.policies(&policies)
    let validated = ValidatedSubject(
      subject: subject, dataLock: Samples.study.dataLock ?? .last)
    #expect(SurvivalParameter.allCases.map { validated.text($0, policies) } == example.expected)
  }

  @Test("what happens after the data lock has not happened")
  func dataLock() {
    let lock = Samples.day(150)
    let subject = ValidatedSubject(subject: Samples.subject, dataLock: lock)
    #expect(subject.text(.overallSurvival) == "0-150 censored dataLock")
    #expect(subject.text(.progressionFreeSurvival) == "0-150 censored dataLock")
    let before = ValidatedSubject(subject: Samples.subject, dataLock: Samples.day(-1))
    #expect(before.text(.overallSurvival) == "outside")
    let onTheDay = ValidatedSubject(subject: Samples.subject, dataLock: Samples.day(200))
    #expect(onTheDay.text(.progressionFreeSurvival) == "0-200 event relapse")
  }

  @Test("responders of day 28 are fewer than those ever in remission")
  func responders() {
    var subject = Samples.subject
    subject.assessments = [Samples.remission(on: 60)]
    let validated = ValidatedSubject(subject: subject, dataLock: .last)
    var policies = EndpointPolicies()
    #expect(validated.text(.relapseFreeSurvival, policies) == "60-200 event relapse")
    policies.responders = .atDay28
    #expect(validated.text(.relapseFreeSurvival, policies) == "outside")
  }

  @Test("durations are elapsed or inclusive, in days, months and years")
  func durations() {
    var policies = EndpointPolicies()
    let (start, end) = (Samples.infusion, Samples.day(365))
    #expect(policies.time(from: start, to: end) == 365 / 30.4375)
    policies.unit = .days
    #expect(policies.time(from: start, to: end) == 365)
    policies.duration = .inclusive
    #expect(policies.time(from: start, to: end) == 366)
    policies.unit = .years
    #expect(policies.time(from: start, to: end) == 366 / 365.25)
  }

  @Test("the assessment of day 28 is the nearest in its window")
  func day28() {
    var subject = Samples.survivor
    func day() -> Int? {
      ValidatedSubject(subject: subject, dataLock: .last).day28()?.assessment.day.map {
        $0 - Samples.infusion
      }
    }
    func assess(_ days: Int...) { subject.assessments = days.map(Samples.remission) }
    assess(20, 43)
    #expect(day() == nil)
    assess(21, 40)
    #expect(day() == 21)
    assess(31, 25)
    #expect(day() == 25)
    assess(42, 30, 21)
    #expect(day() == 30)
    subject.assessments[1].marrowBlastPercent = nil
    subject.assessments[1].response = nil
    #expect(day() == 21)
  }

  @Test(
    "remission under each set of criteria",
    arguments: [
      // blasts, neutrophils, platelets, level of residual disease; ROCCA, ELN, NCI
      (4.9, 1.5, 120, nil, "CR", "CR", "CR"), (5, 1.5, 120, nil, "no", "no", "no"),
      (1, 1, 100, nil, "CR", "CRi", "CR"), (1, 0.9, 120, nil, "CR", "CRi", "CRi"),
      (1, 1.5, 99, nil, "CR", "CRi", "CRi"), (1, nil, 99, nil, "CR", "CRi", "CRi"),
      (1, nil, 120, nil, "CR", "CR?", "CR?"), (1, 1.5, 120, 0.01, "CR", "no", "CR"),
      (nil, 1.5, 120, nil, "?", "?", "?"),
    ] as [(Double?, Double?, Double?, Double?, String, String, String)])
  func criteria(
    blasts: Double?, neutrophils: Double?, platelets: Double?, level: Double?, rocca: String,
    eln: String, nci: String
  ) {
    var assessment = Samples.remission(on: 28)
    assessment.marrowBlastPercent = blasts
    assessment.neutrophils = neutrophils
    assessment.platelets = platelets
    assessment.residualDisease.level = level
    let subject = Samples.survivor
    let names: [DerivedResponse: String] = [
      .completeRemission: "CR", .incompleteRecovery: "CRi", .countsNotRecorded: "CR?",
      .noRemission: "no", .notEvaluable: "?",
    ]
    let found = [ResponseCriteria.rocca, .eln2024, .nci2010].map {
      names[$0.response(of: assessment, in: subject)]
    }
    #expect(found == [rocca, eln, nci])
  }

  @Test("the criteria of 2010 ask for four weeks; reports are taken as they are")
  func fourWeeks() {
    var subject = Samples.subject
    let assessment = Samples.remission(on: 28)
    subject.relapses = [Samples.relapse(on: 55)]
    #expect(ResponseCriteria.nci2010.response(of: assessment, in: subject) == .noRemission)
    subject.relapses = [Samples.relapse(on: 56)]
    #expect(ResponseCriteria.nci2010.response(of: assessment, in: subject) == .completeRemission)
    subject.relapses = []
    subject.lastContact.lastAliveDay = Samples.day(55)
    #expect(ResponseCriteria.nci2010.response(of: assessment, in: subject) == .notEvaluable)
    #expect(ResponseCriteria.reported.response(of: assessment, in: subject) == .completeRemission)
    var reported = assessment
    for (report, expected) in [
      (ReportedResponse.incompleteRecovery, DerivedResponse.incompleteRecovery),
      (.partialRemission, .noRemission), (.notEvaluable, .notEvaluable),
    ] {
      reported.response = .known(report)
      #expect(ResponseCriteria.reported.response(of: reported, in: subject) == expected)
    }
    reported = assessment
    reported.hasExtramedullaryDisease = true
    #expect(ResponseCriteria.rocca.response(of: reported, in: subject) == .noRemission)
    reported.hasExtramedullaryDisease = nil
    reported.cns = .known(.cns2)
    #expect(ResponseCriteria.rocca.response(of: reported, in: subject) == .noRemission)
  }

  @Test("negative residual disease needs a sensitivity of 1e-4")
  func residualDisease() {
    var test = ResidualDisease()
    #expect(test.status == nil)
    test.result = .known(.negative)
    #expect(test.status == .indeterminate)
    test.sensitivity = 1e-3
    #expect(test.status == .indeterminate)
    test.sensitivity = 1e-4
    #expect(test.status == .negative)
    test.result = .known(.positive)
    #expect(test.status == .positive)
    test.result = .unknown
    #expect(test.status == nil)
  }

  @Test("arms, responders and timing")
  func arms() {
    var subject = Samples.subject
    func validated() -> ValidatedSubject { ValidatedSubject(subject: subject, dataLock: .last) }
    #expect(validated().inotuzumabArm == .exposed)
    #expect(validated().isInotuzumabResponder == false)
    #expect(validated().inotuzumabTiming == .preApheresisOnly)
    #expect(validated().hadActiveMarrow == true)
    #expect(validated().isConsolidated() == false)
    subject.priorTherapy.inotuzumab.bestResponse = .known(.incompleteRecovery)
    subject.preApheresis.marrowBlastPercent = 5
    subject.consolidations = [Samples.consolidation(on: 80)]
    #expect(validated().isInotuzumabResponder == true)
    #expect(validated().hadActiveMarrow == false)
    #expect(validated().isConsolidated() == true)
    subject.priorTherapy.inotuzumab.bestResponse = .known(.notEvaluable)
    #expect(validated().isInotuzumabResponder == nil)
    subject.priorTherapy.inotuzumab.firstDay = Samples.day(3)
    #expect(validated().inotuzumabArm == .naive)
    subject.priorTherapy.hadInotuzumab = false
    #expect(validated().isInotuzumabResponder == nil)
    #expect(validated().inotuzumabTiming == nil)
    subject.priorTherapy.hadInotuzumab = nil
    #expect(validated().inotuzumabArm == nil)
    subject.assessments = []
    #expect(validated().isConsolidated() == nil)
  }

  @Test("endpoints go straight into SurvivalKit's models")
  func models() throws {
    var other = Samples.survivor
    other.subjectID = "S2"
    other.siteID = "B"
    let cohort = try Samples.validated([Samples.subject, other])
    var policies = EndpointPolicies()
    policies.unit = .days
    let curves = try KaplanMeier(endpoint: .study(.progressionFreeSurvival, policies))
      .fitted(to: cohort.infused, groupedBy: \.inotuzumabArm)
    #expect(curves.curves.map(\.times) == [[200, 400]])
    #expect(curves.curves[0].events == [1, 0])
  }
}
