// SPDX-License-Identifier: Apache-2.0

import CohortModels
import Foundation
import SurvivalKit
import Testing

/// Cohorts that do not support every part of the analysis.
@Suite("Analysis of odd cohorts")
struct OddCohortTests {
  /// A synthetic cohort, changed subject by subject.
  private func cohort(
    _ count: Int, seed: UInt64 = 11, _ change: (Int, inout Subject) -> Void = { _, _ in }
  ) throws -> ValidatedCohort {
    var cohort = SyntheticCohort.draw(seed: seed, count: count)
    for position in cohort.subjects.indices { change(position, &cohort.subjects[position]) }
    return try ValidatedCohort(cohort)
  }

  /// Analyses a cohort and stores the findings: JSON has no word for what is not a number, so that
  /// whoever writes one is refused.
  @discardableResult
  private func analysed(_ cohort: ValidatedCohort) throws -> BrexuCelFindings {
    let findings = BrexuCelAnalysis().applied(to: cohort)
    let data = try JSONEncoder().encode(findings)
    #expect(try JSONDecoder().decode(BrexuCelFindings.self, from: data) == findings)
    return findings
  }

  private static func makeNaive(_ subject: inout Subject) {
    subject.priorTherapy.hadInotuzumab = false
    subject.priorTherapy.inotuzumab = Exposure()
    subject.priorTherapy.inotuzumabDoses = nil
    subject.priorTherapy.inotuzumabTiming = nil
    if case .known(var bridging) = subject.product.bridging {
      bridging.remove(.inotuzumab)
      subject.product.bridging = .known(bridging)
    }
  }

  private static func makeSurvivor(_ subject: inout Subject) {
    subject.death = Death()
    for position in subject.toxicities.indices where subject.toxicities[position].maximumGrade == 5
    {
      subject.toxicities[position].maximumGrade = 4
    }
  }

  @Test("a death on the day of infusion is analysed, and its duration of 0 is said")
  func zeroDuration() throws {
    var dead = Samples.survivor
    dead.subjectID = "S2"
    dead.assessments = []
    dead.toxicities = []
    dead.death.day = Samples.day(0)
    dead.death.cause = .known(.infection)
    dead.lastContact.lastAliveDay = Samples.day(0)
    dead.lastContact.lastAssessmentDay = nil
    let findings = try analysed(Samples.validated([Samples.survivor, dead]))
    let zero = findings.warnings.filter { $0.code == "V51W" }
    #expect(zero.map(\.subjectID) == ["S2", "S2"])
    let everybody = findings.overallSurvival.byArm.summaries.first
    #expect(everybody?.subjectCount == 2 && everybody?.eventCount == 1)
  }

  @Test(
    "small cohorts have an answer, with a reason for every part that has none",
    arguments: [1, 2, 3, 5, 8, 12, 20])
  func small(count: Int) throws {
    for seed in 1...2 as ClosedRange<UInt64> {
      let findings = try analysed(cohort(count, seed: seed))
      #expect(findings.flow[.apheresed] == count)
      let stages = findings.flow.stages
      for (stage, next) in zip(stages, stages.dropFirst()) {
        #expect(stage.leaving.reduce(next.count) { $0 + $1.count } == stage.count)
      }
    }
  }

  @Test("nobody is nobody")
  func empty() throws {
    let findings = try analysed(cohort(0))
    #expect(findings.flow.stages.allSatisfy { $0.count == 0 })
    #expect(findings.baseline.reason?.code == "noRows")
    #expect(findings.progressionFreeSurvival.byArm.curves.reason?.code == "noRows")
    #expect(findings.progressionFreeSurvival.byArm.summaries.isEmpty)
    #expect(findings.responses.allSatisfy { $0.everybody.proportion == nil })
    #expect(findings.leaveOneSiteOut.isEmpty)
  }

  @Test("where nobody was exposed, the comparison is missing and the rest is there")
  func nobodyExposed() throws {
    let findings = try analysed(cohort(80) { Self.makeNaive(&$1) })
    let endpoint = findings.progressionFreeSurvival
    #expect(endpoint.byArm.curves.value?.groups == [.naive])
    #expect(endpoint.byArm.summaries.count == 2)
    #expect(endpoint.byArm.logRank.reason?.code == "tooFewGroups")
    #expect(endpoint.byArm.contrasts.isEmpty)
    #expect(endpoint.byInotuzumabResponse.curves.reason?.code == "noRows")
    #expect(endpoint.unadjusted.reason?.code == "notEstimable")
    #expect(endpoint.adjusted.reason?.code == "notEstimable")
    #expect(endpoint.adjustedEValue.reason == endpoint.adjusted.reason)
    #expect(endpoint.standardized.reason?.code == "notEstimable")
    #expect(endpoint.weighted.effect.reason?.code == "tooFewGroups")
    #expect(findings.propensity.reason?.code == "tooFewGroups")
    #expect(endpoint.multivariable.value?[coefficient: "prior inotuzumab"]?.isAliased == true)
    #expect(endpoint.multivariable.value?[coefficient: "age per 10 years"]?.estimate != nil)
    #expect(endpoint.subgroups.allSatisfy { $0.interaction.reason?.code == "notEstimable" })
    #expect(findings.competingRisks.gray.reason?.code == "tooFewGroups")
    #expect(findings.competingRisks.everybody.value != nil)
    #expect(findings.consolidation.anyKind.value?.effect.value != nil)
    #expect(findings.responses.allSatisfy { $0.fisher.reason != nil && $0.difference == nil })
  }

  @Test("where everybody was exposed, the comparison is missing and the rest is there")
  func everybodyExposed() throws {
    var drawn = SyntheticCohort.draw(seed: 11, count: 160)
    drawn.subjects.removeAll { $0.priorTherapy.hadInotuzumab != true }
    let findings = try analysed(ValidatedCohort(drawn))
    let endpoint = findings.overallSurvival
    #expect(endpoint.byArm.curves.value?.groups == [.exposed])
    #expect(endpoint.byInotuzumabResponse.logRank.value != nil)
    #expect(endpoint.byInotuzumabTiming.logRank.value != nil)
    #expect(endpoint.unadjusted.reason?.code == "notEstimable")
    #expect(findings.flowByArm.map { $0[.infused] }.first == 0)
  }

  @Test("where nobody was consolidated, consolidation has no effect to speak of")
  func nobodyConsolidated() throws {
    let findings = try analysed(cohort(120) { $1.consolidations = [] })
    let varying = try #require(findings.consolidation.anyKind.value)
    #expect(varying.consolidatedCount == 0 && varying.afterFollowUp == 0)
    #expect(varying.curves.value?.groups == [.notConsolidated])
    #expect(varying.effect.reason?.code == "notEstimable")
    #expect(
      varying.exposure.value?.coefficient
        == varying.model.value?[coefficient: "prior inotuzumab"])
    #expect(varying.exposure.value != nil)
    #expect(findings.consolidation.landmarks.allSatisfy { $0.adjusted.reason != nil })
    #expect(findings.consolidation.landmarks.allSatisfy { $0.comparison.curves.value != nil })
    #expect(findings.consolidationRates.allSatisfy { $0.everybody.proportion?.count == 0 })
  }

  @Test("where nobody died, survival is flat and has no test")
  func nobodyDied() throws {
    let findings = try analysed(cohort(90) { Self.makeSurvivor(&$1) })
    let endpoint = findings.overallSurvival
    #expect(endpoint.byArm.summaries.allSatisfy { $0.eventCount == 0 && $0.median.estimate == nil })
    #expect(endpoint.byArm.logRank.reason?.code == "noEvents")
    #expect(endpoint.multivariable.reason?.code == "noEvents")
    #expect(endpoint.univariable.allSatisfy { $0.model.reason?.code == "noEvents" })
    #expect(endpoint.byArm.contrasts.first?.value?.estimate == 0)
    #expect(findings.progressionFreeSurvival.multivariable.value != nil)
    let causes = findings.competingRisks.causes
    #expect(causes[0].grayTest.value != nil && causes[1].grayTest.reason?.code == "noEvents")
    #expect(causes[1].causeSpecific.reason != nil && causes[1].subdistribution.reason != nil)
    #expect(causes[0].causeSpecific.value != nil && causes[0].subdistribution.value != nil)
  }

  @Test("where an arm has no events, the hazard ratio is infinite, with one finite limit")
  func armWithoutEvents() throws {
    let findings = try analysed(
      cohort(160, seed: 2) { _, subject in
        guard subject.priorTherapy.hadInotuzumab != true else { return }
        Self.makeSurvivor(&subject)
        subject.relapses = []
      })
    let endpoint = findings.progressionFreeSurvival
    let effect = try #require(endpoint.unadjusted.value)
    #expect(effect.coefficient.infiniteLimit == .positive)
    #expect((effect.profileInterval?.lower ?? 0) > 0 && effect.profileInterval?.upper == nil)
    #expect(endpoint.byArm.logRank.value?.pValue ?? 1 < 0.001)
    let model = try #require(endpoint.multivariable.value)
    let term = try #require(model.terms.first)
    #expect(term.waldTest.reason?.code == "notEstimable")
    #expect((term.likelihoodRatioTest?.value?.pValue ?? 1) < 0.001)
    let penalized = model.penalized?.value?[coefficient: "prior inotuzumab"]
    #expect(penalized?.isInfinite == false && (penalized?.estimate ?? 0) > 1)
    #expect(endpoint.standardized.reason?.code == "notEstimable")
    #expect(endpoint.unadjustedEValue.reason?.code == "notEstimable")
    #expect(model.findings.contains { $0.rule == .collinearTerms })
  }

  @Test("a variable that nobody has a value of is counted as missing")
  func missingVariable() throws {
    let findings = try analysed(
      cohort(70) { _, subject in
        subject.disease.philadelphia = .unknown
        subject.toxicities = []
      })
    let endpoint = findings.progressionFreeSurvival
    #expect(endpoint.multivariable.reason?.code == "noRows")
    #expect(endpoint.unadjusted.value != nil)
    #expect(
      findings.baseline.value?["Philadelphia chromosome"]?.missingCounts[0]
        == findings.flow[.infused])
    #expect(findings.toxicities[0].everybody.proportion == nil)
    #expect(findings.toxicities[0].everybody.missingCount == findings.flow[.infused])
  }

  @Test("the unit of time changes times and nothing else")
  func units() throws {
    let cohort = try cohort(100)
    var plan = BrexuCelAnalysis()
    plan.sitesLeftOut = 0
    let months = plan.applied(to: cohort).progressionFreeSurvival
    plan.policies.unit = .days
    let days = plan.applied(to: cohort).progressionFreeSurvival
    for (one, other) in zip(months.byArm.summaries, days.byArm.summaries) {
      #expect(abs((one.median.estimate ?? 0) * 30.4375 - (other.median.estimate ?? 0)) < 1e-9)
      #expect(one.probabilities.map(\.estimate) == other.probabilities.map(\.estimate))
      #expect(other.probabilities.map(\.time) == [182.625, 365.25, 730.5])
    }
    let (one, other) = (months.adjusted.value, days.adjusted.value)
    #expect(abs((one?.coefficient.estimate ?? 0) - (other?.coefficient.estimate ?? 1)) < 1e-12)
  }

  @Test("a plan survives storage and prints its choices")
  func plan() throws {
    var plan = BrexuCelAnalysis()
    plan.variants = [.eventFree(criteria: .nci2010), .clusteredBySite]
    plan.covariates = [.age]
    let stored = try JSONEncoder().encode(plan)
    #expect(try JSONDecoder().decode(BrexuCelAnalysis.self, from: stored) == plan)
    let findings = plan.applied(to: try cohort(60))
    #expect(findings.sensitivity.map(\.parameter).count == 3)
    #expect(findings.sensitivity[0].remission != nil)
    #expect(findings.progressionFreeSurvival.multivariable.value?.terms.count == 2)
  }
}
