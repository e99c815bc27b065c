// SPDX-License-Identifier: Apache-2.0

/// What happened after infusion: toxicities, days and remissions.
extension SubjectRules {
  mutating func checkToxicities() {
    for (place, toxicity) in subject.toxicities.enumerated() {
      func note(
        _ rule: ValidationRule, _ column: String, _ found: String
      ) {
        self.note(rule, "toxicities." + column, found, at: place)
      }
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
        self.note(.fatalToxicity, "deathCause", "\(cause.rawValue), but \(name) of grade 5")
      }
    }
  }

  /// A day of the record, with its column and, in another table than that of subjects, its row.
  private struct DatedFact {
    let column: String
    let day: CalendarDay
    var place: Int?
  }

  private static func facts<Row>(
    _ rows: [Row], _ column: String, _ day: (Row) -> CalendarDay?
  ) -> [DatedFact] {
    rows.enumerated().compactMap { place, row in
      day(row).map { DatedFact(column: column, day: $0, place: place) }
    }
  }

  /// Every day after infusion on which the subject was alive.
  private var outcomes: [DatedFact] {
    Self.facts(subject.assessments, "assessments.day") { $0.day }
      + Self.facts(subject.relapses, "relapses.day") { $0.day }
      + Self.facts(subject.consolidations, "consolidations.startDay") { $0.startDay }
  }

  mutating func checkOutcomes() {
    let outcomes = outcomes
    let product = subject.product
    if let infusion = product.infusionDay {
      for fact in outcomes where fact.day < infusion {
        note(
          .outcomeBeforeInfusion, fact.column, "\(fact.day), infusion \(infusion)", at: fact.place)
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

    let toxicities =
      Self.facts(subject.toxicities, "toxicities.onsetDay") { $0.onsetDay }
      + Self.facts(subject.toxicities, "toxicities.resolvedDay") { $0.resolvedDay }
    var alive = outcomes + toxicities
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
        alive.append(DatedFact(column: column, day: day))
      }
    }
    if let death = subject.death.day {
      for fact in alive where fact.day > death {
        note(.afterDeath, fact.column, "\(fact.day), death \(death)", at: fact.place)
      }
    }
    checkLastContact(alive)
    guard let lock = study.dataLock else { return }
    var locked = outcomes + toxicities
    if let day = subject.death.day { locked.append(DatedFact(column: "deathDay", day: day)) }
    for fact in locked where fact.day > lock {
      note(.afterDataLock, fact.column, "\(fact.day), data lock \(lock)", at: fact.place)
    }
  }

  private mutating func checkLastContact(_ alive: [DatedFact]) {
    guard let last = subject.lastContact.lastAliveDay else { return }
    if let death = subject.death.day {
      if last != death { note(.lastContact, "lastAliveDay", "\(last), death \(death)") }
    } else if let later = alive.first(where: { $0.day > last }) {
      note(.lastContact, "lastAliveDay", "\(last), but \(later.column) \(later.day)")
    }
  }

  mutating func checkRemissions() {
    let remission = RemissionHistory(subject)
    for (place, relapse) in subject.relapses.enumerated() {
      guard let day = relapse.day, relapse.kind?.value == .relapse else { continue }
      if !remission.exists(onOrBefore: day) {
        note(
          .relapseWithoutRemission, "relapses.kind", "a relapse on \(day) without remission",
          at: place)
      }
    }
    for (place, consolidation) in subject.consolidations.enumerated() {
      guard consolidation.isInRemission == true, let day = consolidation.startDay else { continue }
      let relapsed = subject.relapses.contains { $0.day.map { $0 < day } ?? false }
      if relapsed || !remission.exists(onOrBefore: day) {
        note(
          .consolidationWithoutRemission, "consolidations.inRemission",
          relapsed ? "yes on \(day), after a relapse" : "yes on \(day), without remission",
          at: place)
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
    for (place, assessment) in subject.assessments.enumerated() {
      let name = Self.text("assessment", assessment.day)
      if assessment.response?.value?.isRemission == true, assessment.showsDisease {
        note(
          .remissionWithDisease, "assessments.response", "\(name), remission with disease",
          at: place)
      }
      if let found = assessment.residualDisease.contradiction {
        note(.residualDisease, "assessments.mrdResult", "\(name), \(found)", at: place)
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
}
