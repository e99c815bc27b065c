// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CohortModels

@Suite("Flow of patients")
struct PatientFlowTests {
  /// The last step that a subject reached, and why it went no further.
  private func end(
    _ change: (inout Subject) -> Void
  ) throws -> (step: PatientFlow.Step, reason: PatientFlow.Reason?) {
    let flow = PatientFlow(
      try Samples.validated([Samples.cohort(change).subjects[0]]).subjects, EndpointPolicies())
    let reached = flow.stages.filter { $0.count == 1 }
    #expect(reached.map(\.step) == Array(PatientFlow.Step.allCases.prefix(reached.count)))
    #expect(flow.stages.dropLast(5 - reached.count + 1).allSatisfy { $0.leaving.isEmpty })
    let last = try #require(reached.last)
    #expect(last.leaving.allSatisfy { $0.count == 1 } && last.leaving.count <= 1)
    return (last.step, last.leaving.first?.reason)
  }

  /// Not infused.
  private func stop(_ reason: NotInfusedReason) -> (inout Subject) -> Void {
    { subject in
      subject.product.infusionDay = nil
      subject.product.cellDose = nil
      subject.product.notInfusedReason = .known(reason)
      subject.toxicities = []
      subject.assessments = []
      subject.relapses = []
      subject.death = Death()
      subject.lastContact.lastAliveDay = Samples.day(10)
      subject.lastContact.lastAssessmentDay = nil
    }
  }

  @Test("each reason for not being infused is counted as itself")
  func notInfused() throws {
    let reasons: [(NotInfusedReason, PatientFlow.Reason)] = [
      (.progression, .progression), (.death, .death),
      (.manufacturingFailure, .manufacturingFailure), (.other, .other),
    ]
    for (recorded, reason) in reasons {
      let end = try end(stop(recorded))
      #expect(end.step == .apheresed && end.reason == reason)
    }
  }

  @Test("who cannot be evaluated on day 28 has one reason")
  func notEvaluable() throws {
    /// Without an assessment, until a day.
    func until(_ last: Int, _ change: @escaping (inout Subject) -> Void) -> (inout Subject) -> Void
    {
      { subject in
        subject.assessments = []
        subject.relapses = []
        subject.death = Death()
        subject.lastContact.lastAliveDay = Samples.day(last)
        subject.lastContact.lastAssessmentDay = nil
        change(&subject)
      }
    }
    let died = try end(
      until(42) {
        $0.death.day = Samples.day(42)
        $0.death.cause = .known(.infection)
      })
    #expect(died.step == .infused && died.reason == .diedEarly)
    let grew = try end(
      until(300) { $0.relapses = [Samples.relapse(on: 30, kind: .progression)] })
    #expect(grew.step == .infused && grew.reason == .progressedEarly)
    let briefly = try end(until(20) { _ in })
    #expect(briefly.step == .infused && briefly.reason == .followedBriefly)
    let unseen = try end(until(21) { _ in })
    #expect(unseen.step == .infused && unseen.reason == .notAssessed)
  }

  @Test("remission and residual disease decide the last steps")
  func response() throws {
    let whole = try end { _ in }
    #expect(whole.step == .mrdNegative && whole.reason == nil)
    let diseased = try end { subject in
      subject.assessments[0].response = .known(.noResponse)
      subject.assessments[0].marrowBlastPercent = 30
      subject.assessments[0].residualDisease.result = .known(.positive)
      subject.relapses = [Samples.relapse(on: 200, kind: .progression)]
    }
    #expect(diseased.step == .evaluable && diseased.reason == .noRemission)
    let residual = try end { $0.assessments[0].residualDisease.result = .known(.positive) }
    #expect(residual.step == .remission && residual.reason == .residualDisease)
    let coarse = try end { $0.assessments[0].residualDisease.sensitivity = 1e-3 }
    #expect(coarse.step == .remission && coarse.reason == .indeterminate)
    let untested = try end { $0.assessments[0].residualDisease = ResidualDisease() }
    #expect(untested.step == .remission && untested.reason == .notTested)
  }
}
