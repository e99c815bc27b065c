// SPDX-License-Identifier: Apache-2.0

/// What happens after infusion, or instead of it.
extension SyntheticSubject {
  private func day(_ offset: Int) -> CalendarDay { infusion.advanced(by: offset) }

  /// The last day on which the subject was seen, counted from infusion.
  private var lastDay: Int { Swift.min(profile.course.death, profile.course.followUp) }

  /// One kind of toxicity, which begins and ends before the last day.
  mutating func setToxicity(_ kind: ToxicityKind, isPresent: Bool, isSevere: Bool) {
    var toxicity = Toxicity()
    toxicity.kind = .known(kind)
    toxicity.maximumGrade = 0
    if isPresent {
      toxicity.maximumGrade = draws.happens(isSevere ? 0.8 : 0.55) ? 1 : 2
      if isSevere { toxicity.maximumGrade = (toxicity.maximumGrade ?? 1) + 2 }
      let isCRS = kind == .crs
      let usual = isCRS ? 5 + 2 * draws.normal() : 7 + 2.2 * draws.normal()
      let range = isCRS ? 1...10 : 3...15
      let onset = Swift.min(
        lastDay, Swift.min(range.upperBound, Swift.max(range.lowerBound, Int(usual.rounded()))))
      let length = draws.logNormal(median: isCRS ? 4 : 3, deviation: isCRS ? 0.5 : 0.8)
      let end = onset + Swift.min(isCRS ? 10 : 30, Swift.max(1, Int(length.rounded())))
      toxicity.onsetDay = day(onset)
      toxicity.resolvedDay = end <= lastDay ? day(end) : nil
    }
    subject.toxicities.append(toxicity)
    guard kind == .icans else { return }
    var treatments = Set<ToxicityTreatment>()
    let grades = subject.toxicities.compactMap(\.maximumGrade)
    if (grades.first ?? 0) >= 1, draws.happens(0.6) { treatments.insert(.tocilizumab) }
    if (grades.max() ?? 0) >= 2, draws.happens(0.75) { treatments.insert(.corticosteroid) }
    if (grades.max() ?? 0) >= 3, draws.happens(0.25) { treatments.insert(.anakinra) }
    subject.toxicityCare.treatments = .known(treatments)
    subject.toxicityCare.hadIntensiveCare = (grades.max() ?? 0) >= 3 && draws.happens(0.6)
  }

  /// Assessments, consolidation, relapse, death and the last contact.
  mutating func setCourse(isTransplant: Bool) {
    let course = profile.course
    let lastFree = course.lastFreeDay
    var hasRemission = false
    switch profile.response {
    case .failure: assess(on: profile.assessmentDay, isRemission: false)
    case .remission:
      hasRemission = true
      assess(on: profile.assessmentDay, isRemission: true)
    case .notEvaluable: break
    }
    for visit in [60, 90, 180, 270, 365, 450, 540, 630] {
      let day = visit + draws.below(15) - 7
      guard day <= lastFree, profile.response != .failure else { continue }
      if visit == 60, profile.response == .remission { continue }
      hasRemission = true
      assess(on: day, isRemission: true)
    }
    setConsolidation(isTransplant: isTransplant)
    if course.isEventSeen, !course.eventIsDeath { setRelapse(hasRemission: hasRemission) }
    if course.isDeathSeen { setDeath() }
    subject.lastContact.lastAliveDay = day(lastDay)
    subject.lastContact.lastAssessmentDay = subject.assessments.compactMap(\.day).max()
    subject.lastContact.isLost = !course.isDeathSeen && draws.happens(0.03)
  }

  private mutating func assess(on offset: Int, isRemission: Bool) {
    var assessment = Assessment()
    assessment.day = day(offset)
    assessment.hasExtramedullaryDisease = false
    assessment.cns = .known(.cns1)
    let isPositive = !isRemission || !profile.isMRDNegative
    if isRemission {
      assessment.marrowBlastPercent = Double(draws.below(5))
      let hasRecovered = offset > 45 || draws.happens(0.6)
      assessment.response = .known(hasRecovered ? .completeRemission : .incompleteRecovery)
      assessment.neutrophils = hasRecovered ? 1.1 + draws.uniform().rounded2 * 3 : 0.6
      assessment.platelets =
        (hasRecovered ? 105 : 30) + Double(draws.below(hasRecovered ? 120 : 60))
      assessment.neutrophils = assessment.neutrophils?.rounded2
    } else {
      assessment.marrowBlastPercent = activeBlasts()
      assessment.response = .known(.noResponse)
      assessment.neutrophils = (0.2 + draws.uniform()).rounded2
      assessment.platelets = Double(10 + draws.below(80))
    }
    assessment.residualDisease.result = .known(isPositive ? .positive : .negative)
    assessment.residualDisease.method = code([(.flow, 60), (.ngsClonoSEQ, 30), (.qPCR, 10)])
    let isSequenced = assessment.residualDisease.method?.value == .ngsClonoSEQ
    assessment.residualDisease.sensitivity = isSequenced ? 1e-6 : 1e-4
    if isPositive {
      assessment.residualDisease.level = isRemission ? 0.002 : 0.3
    }
    subject.assessments.append(assessment)
  }

  private mutating func setConsolidation(isTransplant: Bool) {
    guard let start = profile.seenConsolidation else { return }
    var consolidation = Consolidation()
    consolidation.kind = .known(
      isTransplant
        ? .alloTransplant
        : profile.isPhiladelphiaNegative ? .otherMaintenance : .tyrosineKinaseInhibitor)
    consolidation.startDay = day(start)
    consolidation.isInRemission = true
    subject.consolidations.append(consolidation)
  }

  private mutating func setRelapse(hasRemission: Bool) {
    var relapse = Relapse()
    let isAfterRemission = hasRemission || subject.preInfusion.isMorphologicRemission == true
    relapse.kind = .known(
      isAfterRemission && profile.response != .failure ? .relapse : .progression)
    relapse.day = day(profile.course.event)
    var sites: Set<RelapseSite> = draws.happens(0.85) ? [.marrow] : [.extramedullary]
    if draws.happens(0.1) { sites.insert(.cns) }
    relapse.sites = .known(sites)
    relapse.cd19 = code([(.positive, 55), (.dim, 10), (.negative, 35)])
    relapse.cd22 = code([(.positive, 80), (.dim, 10), (.negative, 10)])
    relapse.isMolecularOnly = false
    subject.relapses.append(relapse)
  }

  private mutating func setDeath() {
    let course = profile.course
    subject.death.day = day(course.death)
    if course.eventIsDeath {
      let hadTransplant = subject.consolidations.contains { $0.kind?.value == .alloTransplant }
      subject.death.cause =
        hadTransplant
        ? code([(.transplantRelated, 60), (.infection, 30), (.other, 10)])
        : code([(.infection, 65), (.other, 30), (.secondaryMalignancy, 5)])
    } else {
      subject.death.cause = code([(.relapse, 88), (.infection, 10), (.other, 2)])
    }
  }

  /// Somebody whose cells were collected and never given.
  mutating func setNotInfused() {
    let planned = infusion
    subject.product.infusionDay = nil
    subject.product.lymphodepletionDay = nil
    subject.product.lymphodepletionRegimen = nil
    subject.product.cellDose = nil
    subject.preInfusion = DiseaseStatus()
    subject.product.notInfusedReason = code([
      (.progression, 40), (.death, 25), (.manufacturingFailure, 20), (.other, 15),
    ])
    let end = profile.course.followUp
    let dies = subject.product.notInfusedReason?.value == .death
    // Bridging ends before the planned infusion, and so before any death.
    let last = planned.advanced(by: dies ? Swift.min(end, draws.below(40)) : end)
    if dies || draws.happens(0.5) {
      subject.death.day = last
      subject.death.cause = dies ? code([(.infection, 1), (.other, 1)]) : .known(.other)
    }
    subject.lastContact.lastAliveDay = last
    subject.lastContact.isLost = false
  }
}

extension Double {
  /// The number to two decimals.
  fileprivate var rounded2: Double { (self * 100).rounded() / 100 }
}
