// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CohortModels

/// One change of a good subject, and the finding that it must give, alone.
struct RuleCase: Sendable, CustomTestStringConvertible {
  let code: String
  let title: String
  let change: @Sendable (inout Subject) -> Void

  init(_ code: String, _ title: String, _ change: @escaping @Sendable (inout Subject) -> Void) {
    (self.code, self.title, self.change) = (code, title, change)
  }

  var testDescription: String { "\(code): \(title)" }

  static let all: [RuleCase] = [
    RuleCase("V02E", "no name") { $0.subjectID = "" },
    RuleCase("V02E", "no site") { $0.siteID = "" },
    RuleCase("V10E", "diagnosis after apheresis") {
      $0.disease.diagnosisDay = Samples.day(-30)
    },
    RuleCase("V10E", "lymphodepletion before apheresis") {
      $0.product.lymphodepletionDay = Samples.day(-40)
    },
    RuleCase("V10W", "lymphodepletion on the day of infusion") {
      $0.product.lymphodepletionDay = Samples.infusion
    },
    RuleCase("V11E", "last dose before the first") {
      $0.priorTherapy.inotuzumab.lastDay = Samples.day(-130)
    },
    RuleCase("V11E", "last dose of blinatumomab before the first") {
      $0.priorTherapy.blinatumomab.firstDay = Samples.day(-300)
      $0.priorTherapy.blinatumomab.lastDay = Samples.day(-310)
    },
    RuleCase("V12E", "inotuzumab after infusion as prior") {
      $0.priorTherapy.inotuzumab.firstDay = Samples.day(10)
      $0.priorTherapy.inotuzumab.lastDay = nil
    },
    RuleCase("V12E", "first dose of inotuzumab on the day of infusion") {
      $0.priorTherapy.inotuzumab.firstDay = Samples.infusion
      $0.priorTherapy.inotuzumab.lastDay = nil
    },
    RuleCase("V12E", "last dose of inotuzumab after infusion") {
      $0.priorTherapy.inotuzumab.lastDay = Samples.day(2)
      $0.priorTherapy.inotuzumabTiming = .unknown
    },
    RuleCase("V13E", "bridging before apheresis") {
      $0.priorTherapy.inotuzumabTiming = .known(.bridging)
    },
    RuleCase("V13E", "before apheresis only, but dosed after it") {
      $0.priorTherapy.inotuzumab.lastDay = Samples.day(-20)
    },
    RuleCase("V13E", "bridging after the start of lymphodepletion") {
      $0.priorTherapy.inotuzumabTiming = .known(.bridging)
      $0.priorTherapy.inotuzumab.lastDay = Samples.day(-2)
    },
    RuleCase("V14E", "onset before infusion") {
      $0.toxicities[0].onsetDay = Samples.day(-1)
    },
    RuleCase("V14E", "resolved before onset") {
      $0.toxicities[0].resolvedDay = Samples.day(4)
    },
    RuleCase("V15E", "assessment before infusion") {
      $0.assessments.append(Samples.remission(on: -3))
    },
    RuleCase("V15E", "transplant before infusion") {
      $0.consolidations = [Samples.consolidation(on: -3)]
      $0.consolidations[0].isInRemission = nil
    },
    RuleCase("V16E", "relapse after death") {
      $0.relapses.append(Samples.relapse(on: 301))
    },
    RuleCase("V16E", "assessment after death") {
      $0.assessments.append(Samples.remission(on: 310))
    },
    RuleCase("V16E", "blinatumomab after death") {
      $0.priorTherapy.blinatumomab.lastDay = Samples.day(305)
    },
    RuleCase("V17E", "last alive before the day of death") {
      $0.lastContact.lastAliveDay = Samples.day(299)
    },
    RuleCase("V17E", "last alive before a relapse") {
      $0.death = Death()
      $0.lastContact.lastAliveDay = Samples.day(199)
      $0.lastContact.lastAssessmentDay = nil
    },
    RuleCase("V18E", "relapse after the data lock") {
      $0 = Samples.survivor
      $0.relapses = [Samples.relapse(on: 490)]
      $0.lastContact.lastAliveDay = Samples.day(500)
    },
    RuleCase("V18E", "toxicity resolved after the data lock") {
      $0 = Samples.survivor
      $0.toxicities[0].resolvedDay = Samples.day(490)
      $0.lastContact.lastAliveDay = Samples.day(500)
    },
    RuleCase("V19W", "estimated day") { $0.estimatedDates = "diagnosisDay" },
    RuleCase("V19W", "estimated day of a relapse") { $0.estimatedDates = "relapses.day" },
    RuleCase("V40E", "estimated day of no column") { $0.estimatedDates = "diagnosis" },
    RuleCase("V20E", "relapse without remission") {
      $0.assessments = []
    },
    RuleCase("V21E", "consolidation in remission without one") {
      $0.assessments = []
      $0.relapses[0].kind = .known(.progression)
      $0.consolidations = [Samples.consolidation(on: 60)]
    },
    RuleCase("V21E", "consolidation in remission after relapse") {
      $0.consolidations = [Samples.consolidation(on: 201)]
    },
    RuleCase("V22E", "remission with 5 % blasts") {
      $0.assessments[0].marrowBlastPercent = 5
    },
    RuleCase("V22E", "remission with disease outside the marrow") {
      $0.assessments[0].hasExtramedullaryDisease = true
    },
    RuleCase("V22E", "remission with CNS2") { $0.assessments[0].cns = .known(.cns2) },
    RuleCase("V22E", "remission before infusion with blasts") {
      $0.preInfusion.status = .known(.mrdNegative)
    },
    RuleCase("V22E", "remission before apheresis with disease outside the marrow") {
      $0.preApheresis.status = .known(.mrdOnly)
      $0.preApheresis.marrowBlastPercent = 2
      $0.preApheresis.hasExtramedullaryDisease = true
    },
    RuleCase("V23E", "result without method") {
      $0.assessments[0].residualDisease.method = nil
    },
    RuleCase("V23E", "result without sensitivity") {
      $0.assessments[0].residualDisease.sensitivity = nil
    },
    RuleCase("V23E", "level above 1") {
      $0.assessments[0].residualDisease.result = .known(.positive)
      $0.assessments[0].residualDisease.level = 2
    },
    RuleCase("V23E", "negative with a level that the test finds") {
      $0.assessments[0].residualDisease.level = 0.01
    },
    RuleCase("V24E", "naive with doses") {
      $0.priorTherapy.hadInotuzumab = false
      $0.priorTherapy.inotuzumab = Exposure()
      $0.priorTherapy.inotuzumabTiming = nil
    },
    RuleCase("V24E", "exposed without doses") { $0.priorTherapy.inotuzumabDoses = nil },
    RuleCase("V25E", "grade 0 with onset") { $0.toxicities[0].maximumGrade = 0 },
    RuleCase("V25E", "grade 2 without onset") {
      $0.toxicities[0].onsetDay = nil
      $0.toxicities[0].resolvedDay = nil
    },
    RuleCase("V25E", "grade 5 of the living") {
      $0 = Samples.survivor
      $0.toxicities[0].maximumGrade = 5
    },
    RuleCase("V26E", "death from relapse without one") { $0.relapses = [] },
    RuleCase("V27W", "grade 5 and another cause of death") {
      $0.toxicities[0].maximumGrade = 5
    },
    RuleCase("V28E", "toxicity without infusion") {
      $0 = Samples.survivor
      $0.product.infusionDay = nil
      $0.product.cellDose = nil
      $0.product.notInfusedReason = .known(.progression)
      $0.assessments = []
      $0.toxicities = [Samples.toxicity(.crs, grade: 0)]
    },
    RuleCase("V29W", "remission without evaluation") {
      $0.assessments[0].marrowBlastPercent = nil
    },
    RuleCase("V30E", "minor") { $0.demographics.ageYears = 17 },
    RuleCase("V30E", "oldest") { $0.demographics.ageYears = 111 },
    RuleCase("V30E", "blasts over 100 %") { $0.preApheresis.marrowBlastPercent = 100.5 },
    RuleCase("V30E", "blasts not finite") { $0.preInfusion.marrowBlastPercent = .nan },
    RuleCase("V30E", "no lines of therapy") { $0.priorTherapy.lines = 0 },
    RuleCase("V30E", "no doses") { $0.priorTherapy.inotuzumabDoses = 0 },
    RuleCase("V30W", "many doses") { $0.priorTherapy.inotuzumabDoses = 31 },
    RuleCase("V30E", "ECOG 5") { $0.demographics.ecog = 5 },
    RuleCase("V30E", "Karnofsky 85") { $0.demographics.karnofsky = 85 },
    RuleCase("V30E", "percentile 100") { $0.demographics.deprivationPercentile = 100 },
    RuleCase("V30E", "grade 6") { $0.toxicities[0].maximumGrade = 6 },
    RuleCase("V30E", "blasts of an assessment") {
      $0.assessments[0].marrowBlastPercent = -1
    },
    RuleCase("V31W", "late CRS") {
      $0.toxicities[0] = Samples.toxicity(.crs, grade: 1, from: 15, to: 20)
    },
    RuleCase("V31W", "late ICANS") {
      $0.toxicities[1] = Samples.toxicity(.icans, grade: 1, from: 29, to: 30)
    },
    RuleCase("V32W", "long wait") {
      $0.product.apheresisDay = Samples.day(-181)
      $0.priorTherapy.inotuzumab.firstDay = Samples.day(-220)
      $0.priorTherapy.inotuzumab.lastDay = Samples.day(-200)
    },
    RuleCase("V33W", "short follow-up") {
      $0 = Samples.survivor
      $0.assessments = []
      $0.lastContact.lastAliveDay = Samples.day(27)
      $0.lastContact.lastAssessmentDay = nil
    },
    RuleCase("V34W", "before the approval") {
      $0 = moved($0, by: -400)
    },
    RuleCase("V42E", "no infusion and no reason") {
      $0 = Samples.survivor
      $0.product.infusionDay = nil
      $0.product.cellDose = nil
      $0.assessments = []
      $0.toxicities = []
    },
    RuleCase("V42E", "no last day alive") {
      $0 = Samples.survivor
      $0.lastContact.lastAliveDay = nil
    },
    RuleCase("V42E", "a relapse without its day") {
      $0.relapses.append(Relapse())
    },
    RuleCase("V42E", "a death without its day") {
      $0 = Samples.survivor
      $0.death.cause = .unknown
    },
  ]

  /// A subject whose course of treatment happened earlier or later.
  private static func moved(_ subject: Subject, by days: Int) -> Subject {
    var subject = subject
    var mover = Mover(days: days)
    subject.exchange(&mover)
    for place in subject.toxicities.indices { subject.toxicities[place].exchange(&mover) }
    for place in subject.assessments.indices { subject.assessments[place].exchange(&mover) }
    for place in subject.relapses.indices { subject.relapses[place].exchange(&mover) }
    return subject
  }
}

/// Moves every day of a record.
private struct Mover: FieldExchange {
  let days: Int

  func day(_: Field, _ value: inout CalendarDay?) { value = value?.advanced(by: days) }
  func text(_: Field, _: inout String) {}
  func text(_: Field, _: inout String?) {}
  func integer(_: Field, _: inout Int?) {}
  func number(_: Field, _: inout Double?) {}
  func flag(_: Field, _: inout Bool?) {}
  func code<Code: CodeList>(_: Field, _: inout Coded<Code>?) {}
  func codes<Code: CodeList>(_: Field, _: inout Coded<Set<Code>>?) {}
}

@Suite("Validation rules")
struct RuleTests {
  @Test("the samples keep every rule")
  func samples() throws {
    #expect(Samples.cohort { _ in }.findings().isEmpty)
    #expect(Samples.cohort { $0 = Samples.survivor }.findings().isEmpty)
  }

  @Test("each rule is found alone", arguments: RuleCase.all)
  func alone(_ rule: RuleCase) {
    let findings = Samples.cohort(rule.change).findings()
    #expect(findings.map(\.code) == [rule.code], "\(findings)")
  }

  @Test("V41: missing values are counted where they are expected, in shares")
  func missing() {
    let one = Samples.cohort { $0.demographics.sex = .unknown }.findings()
    #expect(one.map(\.code) == ["V41W"])
    #expect(one.first?.column == "sex")
    #expect(one.first?.found == "missing or unknown in 1 of 1 (100 %, more than a fifth)")

    func cohort(missing: Int, of count: Int) -> Cohort {
      Cohort(
        study: Samples.study,
        subjects: (0..<count).map { number in
          var subject = Samples.subject
          subject.subjectID = "\(number)"
          subject.siteID = "\(number)"
          if number < missing { subject.demographics.raceEthnicity = nil }
          return subject
        })
    }
    #expect(cohort(missing: 1, of: 20).findings().isEmpty)
    let two = cohort(missing: 2, of: 20).findings()
    #expect(two.map(\.found) == ["missing or unknown in 2 of 20 (10 %)"])
    // A question that does not apply is answered.
    #expect(Samples.cohort { $0.disease.philadelphia = .notApplicable }.findings().isEmpty)
  }

  @Test("V42: an arm and a data lock are required")
  func required() {
    let arm = Samples.cohort {
      $0.priorTherapy.hadInotuzumab = nil
    }.findings()
    #expect(arm.map(\.code) == ["V42E", "V41W"])
    var cohort = Samples.cohort { _ in }
    cohort.study.dataLock = nil
    #expect(cohort.findings().map(\.code) == ["V42E"])
    #expect(throws: ValidationError.self) { try ValidatedCohort(cohort) }
  }

  @Test("V01 and V03: subjects of the same name, and perhaps of the same person")
  func duplicates() {
    let same = Cohort(study: Samples.study, subjects: [Samples.subject, Samples.subject])
    #expect(same.findings().map(\.code) == ["V01E"])
    var other = Samples.subject
    other.subjectID = "S2"
    let person = Cohort(study: Samples.study, subjects: [Samples.subject, other])
    #expect(person.findings().map(\.code) == ["V03W"])
    #expect(person.findings().first?.found.hasSuffix("of S1") == true)
  }

  @Test("all findings are reported, by subject and then by rule")
  func order() throws {
    var first = Samples.subject
    first.demographics.ageYears = 12
    first.assessments[0].cns = .known(.cns3)
    first.siteID = ""
    var second = Samples.subject
    second.subjectID = "S0"
    second.siteID = "B"
    second.relapses = []
    let cohort = Cohort(study: Samples.study, subjects: [first, second])
    let expected = ["S1 V02E", "S1 V22E", "S1 V30E", "S0 V26E"]
    #expect(cohort.findings().map { "\($0.subjectID) \($0.code)" } == expected)
    let error = #expect(throws: ValidationError.self) { try ValidatedCohort(cohort) }
    #expect(error?.findings == cohort.findings())
    #expect(error?.errors.count == 4)
    #expect(error?.description.hasPrefix("4 errors in the data\n  V02E subject S1") == true)
  }

  @Test("warnings travel with the cohort")
  func warnings() throws {
    let cohort = try ValidatedCohort(Samples.cohort { $0.estimatedDates = "diagnosisDay" })
    #expect(cohort.warnings.map(\.code) == ["V19W"])
    #expect(cohort.subjects.count == 1)
    #expect(cohort.infused.first?.product.infusionDay == Samples.infusion)
  }

  @Test("somebody who was never infused fits in")
  func neverInfused() throws {
    let subject = Samples.cohort {
      $0 = Samples.survivor
      $0.product.infusionDay = nil
      $0.product.cellDose = nil
      $0.product.notInfusedReason = .known(.manufacturingFailure)
      $0.assessments = []
      $0.toxicities = []
    }
    let cohort = try ValidatedCohort(subject)
    #expect(cohort.subjects.count == 1)
    #expect(cohort.infused.isEmpty)
    #expect(cohort.warnings.isEmpty)
  }

  @Test("every rule has a number of its own, a wording, and the letter of its severity")
  func rules() {
    let rules = ValidationRule.allCases
    #expect(Set(rules.map(\.rawValue)).count == rules.count)
    #expect(rules.map(\.rawValue) == rules.map(\.rawValue).sorted())
    #expect(rules.allSatisfy { !$0.statement.isEmpty })
    #expect(rules.count == 44)
    // Every rule has a test that triggers it alone: those of subjects above, those of files, of analysis
    // data sets and of models in BadCohortFilesTests and ADTTETests.
    let alone = Set(RuleCase.all.map { String($0.code.prefix(3)) })
    let elsewhere = ["V01", "V03", "V41", "V43", "V44", "V45", "V46"] + (50...58).map { "V\($0)" }
    #expect(alone.isDisjoint(with: elsewhere))
    #expect(alone.union(elsewhere) == Set(rules.map(\.rawValue)))
  }
}
