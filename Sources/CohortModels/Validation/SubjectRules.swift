// SPDX-License-Identifier: Apache-2.0

/// The rules that concern one subject, V02 and V10 to V34.
struct SubjectRules {
  let subject: Subject
  let study: Study
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

  /// Notes a breach; the place is that of the row among those of the subject in the column's table.
  mutating func note(
    _ rule: ValidationRule, _ column: String, _ found: String, _ allowed: String? = nil,
    severity: Severity? = nil, at place: Int? = nil
  ) {
    findings.append(
      Finding(
        rule, severity, subjectID: subject.subjectID, column: column, found: found,
        allowed: allowed, place: place))
  }

  static func text(_ name: String, _ day: CalendarDay?) -> String {
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
          .inotuzumabAfterInfusion, "inotuzumabFirstDay",
          "first dose \(first), infusion \(infusion)")
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

  private mutating func checkRanges() {
    var checker = RangeChecker(subjectID: subject.subjectID)
    subject.show(&checker)
    for (place, row) in subject.toxicities.enumerated() {
      checker.begin(Toxicity.tableName, place)
      row.show(&checker)
    }
    for (place, row) in subject.assessments.enumerated() {
      checker.begin(Assessment.tableName, place)
      row.show(&checker)
    }
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
    func require(_ column: String, _ isPresent: Bool, at place: Int? = nil) {
      if !isPresent { note(.missingRequired, column, "nothing", at: place) }
    }
    for (place, row) in subject.assessments.enumerated() {
      require("assessments.day", row.day != nil, at: place)
    }
    for (place, row) in subject.relapses.enumerated() {
      require("relapses.day", row.day != nil, at: place)
    }
    for (place, row) in subject.consolidations.enumerated() {
      require("consolidations.startDay", row.startDay != nil, at: place)
    }
    if subject.death.cause != nil { require("deathDay", subject.death.day != nil) }
    guard subject.product.infusionDay != nil else {
      require("infusionDay", subject.product.notInfusedReason != nil)
      return
    }
    require("inotuzumab", subject.priorTherapy.hadInotuzumab != nil)
    require("lastAliveDay", subject.lastContact.lastAliveDay != nil || subject.hasDied)
  }
}
