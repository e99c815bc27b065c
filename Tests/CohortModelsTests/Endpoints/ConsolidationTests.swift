// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

@testable import CohortModels

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

  @Test("a consolidation of unknown kind counts when all kinds do, and is not lost")
  func unknownKind() throws {
    var subject = subject("unknown", consolidated: 80, relapse: 200)
    for kind in [Coded<ConsolidationKind>.unknown, nil] {
      subject.consolidations[0].kind = kind
      let validated = ValidatedSubject(subject: subject, dataLock: .last)
      #expect(validated.consolidationDay() == Samples.day(80))
      #expect(validated.consolidationDay([.alloTransplant]) == nil)
      #expect(
        try ConsolidationHistory(of: [validated]).rows.map(\.isConsolidated) == [false, true])
    }
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
