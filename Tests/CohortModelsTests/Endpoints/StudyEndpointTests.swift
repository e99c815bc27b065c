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

@Suite("Competing endpoints")
struct CompetingEndpointTests {
  @Test("incidences of relapse and of other death add up to one minus progression-free survival")
  func sum() throws {
    let subjects = try ValidatedCohort(SyntheticCohort.draw(seed: 3)).infused
    let incidences = try CumulativeIncidence(endpoint: .competing(.relapse)).fitted(to: subjects)
    let survival = try KaplanMeier(endpoint: .study(.progressionFreeSurvival)).fitted(to: subjects)
    for month in [1.0, 3, 6, 12, 18] {
      let relapse = try #require(
        incidences["all", CompetingCause.relapse]?.probability(at: month))
      let other = try #require(
        incidences["all", CompetingCause.nonRelapseMortality]?.probability(at: month))
      let free = try #require(survival.curves[0].probability(at: month))
      #expect(abs(relapse + other + free - 1) <= 1e-12)
      #expect(relapse > other)
    }
    // The same events seen from the other side.
    let mortality = try CumulativeIncidence(endpoint: .competing(.nonRelapseMortality)).fitted(
      to: subjects)
    #expect(
      mortality["all", CompetingCause.relapse]?.probability(at: 12)
        == incidences["all", CompetingCause.relapse]?.probability(at: 12))
  }
}

@Suite("Consolidation in time")
struct ConsolidationTests {
  private var days: EndpointPolicies {
    var policies = EndpointPolicies()
    policies.unit = .days
    return policies
  }

  private func subject(_ name: String, consolidated day: Int?, relapse: Int?) -> Subject {
    var subject = relapse == nil ? Samples.survivor : Samples.subject
    subject.subjectID = name
    subject.siteID = name
    subject.relapses = relapse.map { [Samples.relapse(on: $0)] } ?? []
    subject.consolidations = day.map { [Samples.consolidation(on: $0)] } ?? []
    subject.consolidations.indices.forEach { subject.consolidations[$0].isInRemission = nil }
    return subject
  }

  @Test("rows are cut at consolidation, and only at one before the end")
  func rows() throws {
    let cohort = try Samples.validated([
      subject("never", consolidated: nil, relapse: 200),
      subject("before", consolidated: 80, relapse: 200),
      subject("sameDay", consolidated: 200, relapse: 200),
      subject("after", consolidated: 250, relapse: 200),
      subject("alive", consolidated: 80, relapse: nil),
    ])
    let history = try ConsolidationHistory(of: cohort.infused, .progressionFreeSurvival, days)
    let text = history.rows.map {
      "\($0.subject.subjectID) \(Int($0.start))-\(Int($0.stop)) \($0.isEvent) \($0.isConsolidated)"
    }
    #expect(
      text == [
        "never 0-200 true false", "before 0-80 false false", "before 80-200 true true",
        "sameDay 0-200 true false", "after 0-200 true false", "alive 0-80 false false",
        "alive 80-400 false true",
      ])
    #expect(history.afterFollowUp == 2)
    #expect(history.withoutTime == 0)
    let model = CoxModel(
      endpoint: .history, covariates: [.indicator("consolidated") { $0.isConsolidated }])
    #expect(try model.fitted(to: history.rows).eventCount == 4)
    let transplants = try ConsolidationHistory(
      of: cohort.infused, .progressionFreeSurvival, kinds: [.tyrosineKinaseInhibitor], days)
    #expect(transplants.rows.count == 5)
  }

  @Test("consolidation at the origin is refused, and no time is counted")
  func refused() throws {
    let cohort = try Samples.validated([
      subject("good", consolidated: 80, relapse: 200),
      subject("bad", consolidated: 0, relapse: 200),
    ])
    let error = #expect(throws: SurvivalError.self) {
      try ConsolidationHistory(of: cohort.infused, .progressionFreeSurvival, days)
    }
    #expect(error?.problems.map(\.index) == [1])
    var untimed = subject("now", consolidated: nil, relapse: 0)
    untimed.assessments = []
    untimed.relapses[0].kind = .known(.progression)
    let zero = try ConsolidationHistory(
      of: Samples.validated([untimed]).infused, .progressionFreeSurvival, days)
    #expect(zero.rows.isEmpty)
    #expect(zero.withoutTime == 1)
  }

  @Test("a landmark keeps those still followed, and counts the others")
  func landmark() throws {
    var censored = subject("censored", consolidated: nil, relapse: nil)
    censored.lastContact.lastAliveDay = Samples.day(73)
    censored.lastContact.lastAssessmentDay = nil
    var outside = subject("outside", consolidated: nil, relapse: nil)
    outside.assessments = []
    let cohort = try Samples.validated([
      subject("early", consolidated: 50, relapse: 200),
      subject("late", consolidated: 74, relapse: 200),
      subject("onTheDay", consolidated: 73, relapse: nil),
      subject("relapsed", consolidated: nil, relapse: 73), censored, outside,
    ])
    let landmark = LandmarkCohort(of: cohort.infused, .relapseFreeSurvival, days)
    // Remission is on day 28, so the landmark is day 101 from infusion.
    #expect(landmark.members.map(\.subject.subjectID) == ["early", "late", "onTheDay"])
    #expect(landmark.members.map(\.isConsolidated) == [true, true, true])
    #expect(landmark.outsidePopulation == 1)
    let pfs = LandmarkCohort(of: cohort.infused, .progressionFreeSurvival, days)
    #expect(pfs.members.map(\.subject.subjectID) == ["early", "late", "onTheDay", "outside"])
    #expect(pfs.members.map(\.isConsolidated) == [true, false, true, false])
    #expect(pfs.members.map(\.time) == [127, 127, 327, 327])
    #expect(pfs.members.map(\.isEvent) == [true, true, false, false])
    #expect((pfs.endedBefore, pfs.censoredBefore, pfs.outsidePopulation) == (1, 1, 0))
    let curve = try KaplanMeier(endpoint: .fromLandmark).fitted(to: pfs.members)
    #expect(curve.curves[0].rowCount == 4)
  }
}
