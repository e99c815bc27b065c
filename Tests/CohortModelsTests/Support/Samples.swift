// SPDX-License-Identifier: Apache-2.0

@testable import CohortModels

/// A study and subjects that keep every rule, to be changed in one place by a test.
enum Samples {
  static let infusion = CalendarDay("2022-03-01") ?? .first

  static var study: Study {
    var study = Study()
    study.studyID = "TEST"
    study.title = "Subjects that nobody is"
    study.dataLock = CalendarDay("2023-06-30")
    return study
  }

  /// A day counted from the infusion.
  static func day(_ offset: Int) -> CalendarDay { infusion.advanced(by: offset) }

  /// Exposed before apheresis, in remission on day 28, relapsed on day 200, dead on day 300.
  static var subject: Subject {
    var subject = Subject()
    subject.subjectID = "S1"
    subject.siteID = "A"
    subject.demographics.ageYears = 44
    subject.demographics.sex = .known(.female)
    subject.demographics.raceEthnicity = .known(.hispanic)
    subject.disease.diagnosisDay = day(-800)
    subject.disease.lineage = .known(.bPrecursor)
    subject.disease.philadelphia = .known(.negative)
    subject.preApheresis.status = .known(.activeMarrow)
    subject.preApheresis.marrowBlastPercent = 40
    subject.preApheresis.hasExtramedullaryDisease = false
    subject.preApheresis.cns = .known(.cns1)
    subject.preInfusion = subject.preApheresis
    subject.preInfusion.marrowBlastPercent = 20
    subject.priorTherapy.lines = 4
    subject.priorTherapy.hadAlloTransplant = false
    subject.priorTherapy.hadBlinatumomab = true
    subject.priorTherapy.hadInotuzumab = true
    subject.priorTherapy.inotuzumab.firstDay = day(-120)
    subject.priorTherapy.inotuzumab.lastDay = day(-80)
    subject.priorTherapy.inotuzumab.bestResponse = .known(.refractory)
    subject.priorTherapy.inotuzumabDoses = 3
    subject.priorTherapy.inotuzumabTiming = .known(.preApheresisOnly)
    subject.product.apheresisDay = day(-31)
    subject.product.bridging = .known([.chemotherapy])
    subject.product.lymphodepletionDay = day(-5)
    subject.product.lymphodepletionRegimen = .known(.fludarabineCyclophosphamide)
    subject.product.infusionDay = infusion
    subject.product.cellDose = 1
    subject.toxicities = [toxicity(.crs, grade: 2, from: 5, to: 9), toxicity(.icans, grade: 0)]
    subject.assessments = [remission(on: 28)]
    subject.relapses = [relapse(on: 200)]
    subject.death.day = day(300)
    subject.death.cause = .known(.relapse)
    subject.lastContact.lastAliveDay = day(300)
    subject.lastContact.lastAssessmentDay = day(200)
    return subject
  }

  /// The same subject alive and without relapse, last seen on day 400.
  static var survivor: Subject {
    var subject = subject
    subject.relapses = []
    subject.death = Death()
    subject.lastContact.lastAliveDay = day(400)
    return subject
  }

  static func toxicity(
    _ kind: ToxicityKind, grade: Int, from onset: Int? = nil, to end: Int? = nil
  ) -> Toxicity {
    var toxicity = Toxicity()
    toxicity.kind = .known(kind)
    toxicity.maximumGrade = grade
    toxicity.onsetDay = onset.map(day)
    toxicity.resolvedDay = end.map(day)
    return toxicity
  }

  static func remission(on offset: Int) -> Assessment {
    var assessment = Assessment()
    assessment.day = day(offset)
    assessment.response = .known(.completeRemission)
    assessment.marrowBlastPercent = 1
    assessment.neutrophils = 1.5
    assessment.platelets = 120
    assessment.hasExtramedullaryDisease = false
    assessment.cns = .known(.cns1)
    assessment.residualDisease.result = .known(.negative)
    assessment.residualDisease.method = .known(.flow)
    assessment.residualDisease.sensitivity = 1e-4
    return assessment
  }

  static func relapse(on offset: Int, kind: RelapseKind = .relapse) -> Relapse {
    var relapse = Relapse()
    relapse.kind = .known(kind)
    relapse.day = day(offset)
    relapse.isMolecularOnly = false
    return relapse
  }

  static func consolidation(
    on offset: Int, _ kind: ConsolidationKind = .alloTransplant
  ) -> Consolidation {
    var consolidation = Consolidation()
    consolidation.kind = .known(kind)
    consolidation.startDay = day(offset)
    consolidation.isInRemission = true
    return consolidation
  }

  /// A cohort of the sample, changed.
  static func cohort(_ change: (inout Subject) -> Void) -> Cohort {
    var subject = subject
    change(&subject)
    return Cohort(study: study, subjects: [subject])
  }

  /// A validated cohort of subjects.
  static func validated(_ subjects: [Subject]) throws -> ValidatedCohort {
    try ValidatedCohort(Cohort(study: study, subjects: subjects))
  }
}
