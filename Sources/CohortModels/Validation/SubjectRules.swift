// SPDX-License-Identifier: Apache-2.0

/// The rules that concern one subject, V02 and V10 to V34.
struct SubjectRules {
  private let subject: Subject
  private let study: Study
  private(set) var findings: [Finding] = []

  init(_ subject: Subject, in study: Study) {
    self.subject = subject
    self.study = study
    checkNames()
    checkOrderToInfusion()
    checkPriorTherapy()
    checkToxicities()
    checkOutcomes()
    checkRemissions()
    checkRanges()
    checkPlausibility()
    checkRequired()
  }

  private mutating func note(
    _ rule: ValidationRule, _ column: String, _ found: String, _ allowed: String? = nil,
    severity: Severity? = nil
  ) {
    findings.append(
      Finding(
        rule, severity, subjectID: subject.subjectID, column: column, found: found,
        allowed: allowed))
  }

  private static func text(_ name: String, _ day: CalendarDay?) -> String {
    "\(name) \(day.map(\.description) ?? "not recorded")"
  }

  private mutating func checkNames() {
    if subject.subjectID.isEmpty { note(.emptyName, "subjectID", "nothing") }
    if subject.siteID.isEmpty { note(.emptyName, "siteID", "nothing") }
  }

  private mutating func checkOrderToInfusion() {
    let product = subject.product
    let steps: [(name: String, day: CalendarDay?)] = [
      ("diagnosisDay", subject.disease.diagnosisDay), ("apheresisDay", product.apheresisDay),
      ("lymphodepletionDay", product.lymphodepletionDay), ("infusionDay", product.infusionDay),
    ]
    var earlier: (name: String, day: CalendarDay)?
    for step in steps {
      guard let day = step.day else { continue }
      if let earlier, day < earlier.day {
        note(
          .orderToInfusion, step.name,
          "\(step.name) \(day) before \(earlier.name) \(earlier.day)")
      }
      earlier = (step.name, day)
    }
    if let first = product.lymphodepletionDay, first == product.infusionDay {
      note(
        .orderToInfusion, "lymphodepletionDay", "both days \(first)", severity: .warning)
    }
  }

  private mutating func checkPriorTherapy() {
    let prior = subject.priorTherapy
    let drugs = [("blinatumomab", prior.blinatumomab), ("inotuzumab", prior.inotuzumab)]
    for (name, exposure) in drugs {
      if let first = exposure.firstDay, let last = exposure.lastDay, last < first {
        note(.orderOfDoses, name + "LastDay", "first dose \(first), last dose \(last)")
      }
    }
    if prior.hadInotuzumab == true, let infusion = subject.product.infusionDay {
      // The first dose decides the arm; a last one after infusion is not prior either.
      if let first = prior.inotuzumab.firstDay, first >= infusion {
        note(
          .inotuzumabAfterInfusion, "inotuzumabFirstDay", "first dose \(first), infusion \(infusion)")
      } else if let last = prior.inotuzumab.lastDay, last >= infusion {
        note(
          .inotuzumabAfterInfusion, "inotuzumabLastDay", "last dose \(last), infusion \(infusion)")
      }
    }
    checkInotuzumabTiming()
    let details: [(String, Bool)] = [
      ("inotuzumabDoses", prior.inotuzumabDoses != nil),
      ("inotuzumabFirstDay", prior.inotuzumab.firstDay != nil),
      ("inotuzumabLastDay", prior.inotuzumab.lastDay != nil),
      ("inotuzumabResponse", prior.inotuzumab.bestResponse?.value != nil),
      ("inotuzumabTiming", prior.inotuzumabTiming?.value != nil),
    ]
    if prior.hadInotuzumab == false {
      for (column, isPresent) in details where isPresent {
        note(.inotuzumabExposure, column, "a value, but inotuzumab no")
      }
    } else if prior.hadInotuzumab == true, prior.inotuzumabDoses == nil {
      note(.inotuzumabExposure, "inotuzumabDoses", "nothing, but inotuzumab yes")
    }
  }

  private mutating func checkInotuzumabTiming() {
    let product = subject.product
    guard let timing = subject.priorTherapy.inotuzumabTiming?.value,
      let last = subject.priorTherapy.inotuzumab.lastDay, let apheresis = product.apheresisDay
    else { return }
    let isBridging = last >= apheresis
    let isTooLate = product.lymphodepletionDay.map { last > $0 } ?? false
    if isBridging != (timing == .bridging) || isTooLate && isBridging {
      note(.inotuzumabTiming, "inotuzumabTiming", "\(timing.rawValue), last dose \(last)")
    }
  }

  private mutating func checkToxicities() {
    for toxicity in subject.toxicities {
      let kind = toxicity.kind?.value
      let name = kind?.rawValue ?? "toxicity"
      if let onset = toxicity.onsetDay, let infusion = subject.product.infusionDay {
        if onset < infusion { note(.orderOfToxicity, "onsetDay", "\(name) on \(onset)") }
        let limit = kind == .icans ? 28 : 14
        if onset - infusion > limit {
          note(.lateToxicity, "onsetDay", "\(name) on day \(onset - infusion)")
        }
      }
      if let onset = toxicity.onsetDay, let resolved = toxicity.resolvedDay, resolved < onset {
        note(.orderOfToxicity, "resolvedDay", "\(name) from \(onset) to \(resolved)")
      }
      guard let grade = toxicity.maximumGrade, (0...5).contains(grade) else { continue }
      if (grade == 0) != (toxicity.onsetDay == nil) {
        let found = Self.text("onset", toxicity.onsetDay)
        note(.toxicityGrade, "maximumGrade", "\(name) of grade \(grade), \(found)")
      }
      guard grade == 5 else { continue }
      if !subject.hasDied { note(.toxicityGrade, "maximumGrade", "\(name) of grade 5, no death") }
      let cause = subject.death.cause?.value
      let expected: DeathCause? = kind.map { $0 == .crs ? .crs : .icans }
      if let cause, let expected, cause != expected {
        note(.fatalToxicity, "deathCause", "\(cause.rawValue), but \(name) of grade 5")
      }
    }
  }

  /// Every day after infusion on which the subject was alive, with the name of its column.
  private var outcomes: [(column: String, day: CalendarDay)] {
    var days = [(column: String, day: CalendarDay)]()
    func add(_ column: String, _ day: CalendarDay?) { if let day { days.append((column, day)) } }
    for assessment in subject.assessments { add("assessments.day", assessment.day) }
    for relapse in subject.relapses { add("relapses.day", relapse.day) }
    for consolidation in subject.consolidations {
      add("consolidations.startDay", consolidation.startDay)
    }
    return days
  }

  private mutating func checkOutcomes() {
    let outcomes = outcomes
    let product = subject.product
    if let infusion = product.infusionDay {
      for (column, day) in outcomes where day < infusion {
        note(.outcomeBeforeInfusion, column, "\(day), infusion \(infusion)")
      }
      if let death = subject.death.day, death < infusion {
        note(.outcomeBeforeInfusion, "deathDay", "\(death), infusion \(infusion)")
      }
    } else {
      let tables: [(String, Bool)] = [
        ("assessments", subject.assessments.isEmpty), ("relapses", subject.relapses.isEmpty),
        ("consolidations", subject.consolidations.isEmpty),
        ("toxicities", subject.toxicities.isEmpty),
        ("cellDose", product.cellDose == nil),
      ]
      for (table, isEmpty) in tables where !isEmpty { note(.notInfused, table, "an outcome") }
    }

    var alive = outcomes
    for toxicity in subject.toxicities {
      if let day = toxicity.onsetDay { alive.append(("toxicities.onsetDay", day)) }
      if let day = toxicity.resolvedDay { alive.append(("toxicities.resolvedDay", day)) }
    }
    let prior = subject.priorTherapy
    let earlier: [(String, CalendarDay?)] = [
      ("diagnosisDay", subject.disease.diagnosisDay),
      ("priorAlloTransplantDay", prior.alloTransplantDay),
      ("blinatumomabFirstDay", prior.blinatumomab.firstDay),
      ("blinatumomabLastDay", prior.blinatumomab.lastDay),
      ("inotuzumabFirstDay", prior.inotuzumab.firstDay),
      ("inotuzumabLastDay", prior.inotuzumab.lastDay),
      ("apheresisDay", product.apheresisDay), ("lymphodepletionDay", product.lymphodepletionDay),
      ("infusionDay", product.infusionDay),
      ("lastAssessmentDay", subject.lastContact.lastAssessmentDay),
    ]
    for (column, day) in earlier {
      // A death before infusion is V15.
      if let day, column != "infusionDay" || subject.death.day.map({ $0 >= day }) ?? true {
        alive.append((column, day))
      }
    }
    if let death = subject.death.day {
      for (column, day) in alive where day > death {
        note(.afterDeath, column, "\(day), death \(death)")
      }
    }
    checkLastContact(alive)
    guard let lock = study.dataLock else { return }
    var locked = outcomes
    for toxicity in subject.toxicities {
      if let day = toxicity.onsetDay { locked.append(("toxicities.onsetDay", day)) }
      if let day = toxicity.resolvedDay { locked.append(("toxicities.resolvedDay", day)) }
    }
    if let day = subject.death.day { locked.append(("deathDay", day)) }
    for (column, day) in locked where day > lock {
      note(.afterDataLock, column, "\(day), data lock \(lock)")
    }
  }

  private mutating func checkLastContact(_ alive: [(column: String, day: CalendarDay)]) {
    guard let last = subject.lastContact.lastAliveDay else { return }
    if let death = subject.death.day {
      if last != death { note(.lastContact, "lastAliveDay", "\(last), death \(death)") }
    } else if let later = alive.first(where: { $0.day > last }) {
      note(.lastContact, "lastAliveDay", "\(last), but \(later.column) \(later.day)")
    }
  }

  private mutating func checkRemissions() {
    let remission = RemissionHistory(subject)
    for relapse in subject.relapses {
      guard let day = relapse.day, relapse.kind?.value == .relapse else { continue }
      if !remission.exists(onOrBefore: day) {
        note(.relapseWithoutRemission, "relapses.kind", "a relapse on \(day) without remission")
      }
    }
    for consolidation in subject.consolidations where consolidation.isInRemission == true {
      guard let day = consolidation.startDay else { continue }
      let relapsed = subject.relapses.contains { $0.day.map { $0 < day } ?? false }
      if relapsed || !remission.exists(onOrBefore: day) {
        note(
          .consolidationWithoutRemission, "consolidations.inRemission",
          relapsed ? "yes on \(day), after a relapse" : "yes on \(day), without remission")
      }
    }
    for (table, state) in [
      ("preApheresis", subject.preApheresis), ("preInfusion", subject.preInfusion),
    ] where state.isMorphologicRemission == true {
      let blasts = state.marrowBlastPercent ?? 0
      if blasts >= 5 || state.hasExtramedullaryDisease == true {
        note(
          .remissionWithDisease, table + "Status",
          "remission with "
            + (blasts >= 5 ? "\(FieldText.number(blasts)) % blasts" : "extramedullary disease"))
      }
    }
    for assessment in subject.assessments {
      let name = Self.text("assessment", assessment.day)
      if assessment.response?.value?.isRemission == true, assessment.showsDisease {
        note(.remissionWithDisease, "assessments.response", "\(name), remission with disease")
      }
      if let found = assessment.residualDisease.contradiction {
        note(.residualDisease, "assessments.mrdResult", "\(name), \(found)")
      }
    }
    let hasReport = subject.assessments.contains { $0.response?.value?.isRemission == true }
    if hasReport, subject.assessments.allSatisfy({ $0.marrowBlastPercent == nil }) {
      note(.responseNotEvaluable, "assessments.blastPercent", "nothing")
    }
    if let death = subject.death.day, subject.death.cause?.value == .relapse,
      !subject.relapses.contains(where: { $0.day.map { $0 <= death } ?? false })
    {
      note(.deathWithoutRelapse, "deathCause", "relapse, death \(death)")
    }
  }

  private mutating func checkRanges() {
    var checker = RangeChecker(subjectID: subject.subjectID)
    subject.show(&checker)
    checker.table = "toxicities"
    for row in subject.toxicities { row.show(&checker) }
    checker.table = "assessments"
    for row in subject.assessments { row.show(&checker) }
    findings += checker.findings
    if let age = subject.demographics.ageYears, age >= 0, age < study.minimumAgeYears ?? 0 {
      note(.range, "ageYears", "\(age)", "\(study.minimumAgeYears ?? 0) years or more")
    }
    if let score = subject.demographics.karnofsky, (10...100).contains(score), score % 10 != 0 {
      note(.range, "karnofsky", "\(score)", "a multiple of 10")
    }
    if let doses = subject.priorTherapy.inotuzumabDoses, (31...1000).contains(doses) {
      note(
        .range, "inotuzumabDoses", "\(doses)", "30 or fewer; 22 are the most known",
        severity: .warning)
    }
  }

  /// The columns that hold days; those of tables other than that of subjects after its name.
  private static let dayColumns = Set(
    DataDictionary.current.tables.filter { $0.name != Study.tableName }.flatMap { table in
      table.columns.filter { $0.kind == "day" }.map {
        table.name == Subject.tableName ? $0.name : "\(table.name).\($0.name)"
      }
    })

  private mutating func checkPlausibility() {
    let product = subject.product
    if let names = subject.estimatedDates {
      for name in names.split(separator: ";") {
        let name = name.trimmingPrefix { $0 == " " }
        if Self.dayColumns.contains(String(name)) {
          note(.estimatedDate, String(name), "an estimated day")
        } else {
          note(
            .unknownCode, "estimatedDates", ImportError.quoted(String(name)),
            "columns of days, separated by semicolons, those of other tables as relapses.day")
        }
      }
    }
    guard let infusion = product.infusionDay else { return }
    if let apheresis = product.apheresisDay, infusion - apheresis > 180 {
      note(.longWait, "infusionDay", "\(infusion - apheresis) days")
    }
    if let approval = CalendarDay(year: 2021, month: 10, day: 1), infusion < approval {
      note(.beforeApproval, "infusionDay", "\(infusion)")
    }
    if !subject.hasDied, let alive = subject.lastContact.lastAliveDay {
      let last = Swift.min(alive, study.dataLock ?? alive)
      if last - infusion < 28, last >= infusion {
        note(.shortFollowUp, "lastAliveDay", "\(last - infusion) days")
      }
    }
  }

  private mutating func checkRequired() {
    func require(_ column: String, _ isPresent: Bool, _ found: String = "nothing") {
      if !isPresent { note(.missingRequired, column, found) }
    }
    for row in subject.assessments { require("assessments.day", row.day != nil) }
    for row in subject.relapses { require("relapses.day", row.day != nil) }
    for row in subject.consolidations { require("consolidations.startDay", row.startDay != nil) }
    if subject.death.cause != nil { require("deathDay", subject.death.day != nil) }
    guard subject.product.infusionDay != nil else {
      require("infusionDay", subject.product.notInfusedReason != nil)
      return
    }
    require("inotuzumab", subject.priorTherapy.hadInotuzumab != nil)
    require("lastAliveDay", subject.lastContact.lastAliveDay != nil || subject.hasDied)
  }
}
