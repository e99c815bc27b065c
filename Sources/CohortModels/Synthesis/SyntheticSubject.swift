// SPDX-License-Identifier: Apache-2.0

/// Writes the record of one synthetic subject so that it keeps every rule.
struct SyntheticSubject {
  private(set) var subject = Subject()
  private(set) var draws: SeededDraws
  private let profile: SyntheticProfile
  private let lock: CalendarDay
  private var infusion = CalendarDay.first

  init(_ profile: SyntheticProfile, draws: SeededDraws, lock: CalendarDay, siteCount: Int) {
    self.profile = profile
    self.draws = draws
    self.lock = lock
    setDemographics(siteCount: siteCount)
  }

  private mutating func pick<Value>(_ choices: [(value: Value, weight: Double)]) -> Value? {
    let total = choices.reduce(0) { $0 + $1.weight }
    var rest = draws.uniform() * total
    for choice in choices {
      rest -= choice.weight
      if rest < 0 { return choice.value }
    }
    return choices.last?.value
  }

  /// A value of a list by weights.
  private mutating func code<Code: CodeList>(_ choices: [(Code, Double)]) -> Coded<Code>? {
    pick(choices.map { (value: $0.0, weight: $0.1) }).map { .known($0) }
  }

  private mutating func setDemographics(siteCount: Int) {
    let site = draws.below(siteCount) + 1
    subject.siteID = site < 10 ? "SITE-0\(site)" : "SITE-\(site)"
    subject.demographics.ageYears = Swift.min(81, Swift.max(18, profile.age))
    subject.demographics.sex = .known(profile.sex)
    subject.demographics.raceEthnicity = .known(profile.race)
    subject.demographics.insurance = code([(.public, 47), (.private, 41), (.other, 8), (.none, 4)])
    subject.demographics.referral = code([(.community, 43), (.academic, 41)])
    let miles = draws.logNormal(median: 32, deviation: 1.1)
    subject.demographics.distanceMiles = Swift.min(3000, (miles * 10).rounded() / 10)
    subject.demographics.deprivationPercentile = draws.below(100)
    subject.demographics.ecog = pick([(0, 35), (1, 50), (2, 13), (3, 2)])
    if draws.happens(0.02) { subject.demographics.referral = .unknown }
  }

  // MARK: - Until infusion

  /// From diagnosis to infusion, counted back from the end of follow-up.
  mutating func setDates(isFluCy: Bool) {
    infusion = lock.advanced(by: -profile.course.followUp - draws.below(31))
    let apheresis = infusion.advanced(by: -Swift.min(150, Swift.max(21, profile.waitDays)))
    subject.product.apheresisDay = apheresis
    let depletion = infusion.advanced(by: -draws.integer(in: 3...6))
    subject.product.lymphodepletionDay = depletion
    subject.product.lymphodepletionRegimen =
      isFluCy
      ? .known(.fludarabineCyclophosphamide)
      : code([(.cyclophosphamideCladribine, 1), (.other, 2)])
    subject.product.infusionDay = infusion
    subject.product.cellDose = 1

    let years = draws.logNormal(median: 1.8, deviation: 0.7)
    let diagnosis = apheresis.advanced(by: -365 - Int(Swift.min(30, years) * 365.25))
    subject.disease.diagnosisDay = diagnosis
    let span = apheresis - diagnosis
    subject.priorTherapy.lines = profile.traits.lines
    subject.priorTherapy.hadAlloTransplant = profile.hadTransplant
    if profile.hadTransplant {
      subject.priorTherapy.alloTransplantDay = diagnosis.advanced(
        by: draws.integer(in: 100...Swift.max(100, span - 60)))
    }
    subject.priorTherapy.hadBlinatumomab = profile.hadBlinatumomab
    if profile.hadBlinatumomab {
      let first = diagnosis.advanced(by: draws.integer(in: 60...Swift.max(60, span - 90)))
      subject.priorTherapy.blinatumomab.firstDay = first
      subject.priorTherapy.blinatumomab.lastDay = first.advanced(by: 27)
      subject.priorTherapy.blinatumomab.bestResponse = code([
        (.completeRemissionMRDNegative, 35), (.completeRemissionMRDPositive, 15),
        (.refractory, 45), (.notEvaluable, 5),
      ])
    }
    setInotuzumab(apheresis: apheresis, depletion: depletion)
    setBridging()
  }

  private mutating func setInotuzumab(apheresis: CalendarDay, depletion: CalendarDay) {
    subject.priorTherapy.hadInotuzumab = profile.traits.isExposed
    guard profile.traits.isExposed else { return }
    subject.priorTherapy.inotuzumabDoses = profile.doses
    let last =
      profile.isBridging
      ? apheresis.advanced(by: draws.integer(in: 1...Swift.max(1, depletion - apheresis - 1)))
      : apheresis.advanced(by: -draws.integer(in: 14...200))
    subject.priorTherapy.inotuzumab.lastDay = last
    subject.priorTherapy.inotuzumab.firstDay = last.advanced(by: -7 * (profile.doses - 1))
    subject.priorTherapy.inotuzumabTiming =
      .known(profile.isBridging ? .bridging : .preApheresisOnly)
    subject.priorTherapy.inotuzumab.bestResponse =
      profile.traits.isRefractory
      ? .known(.refractory)
      : code([
        (.completeRemissionMRDNegative, 50), (.completeRemissionMRDPositive, 30),
        (.incompleteRecovery, 20),
      ])
  }

  private mutating func setBridging() {
    var bridging = Set<BridgingTherapy>()
    if profile.isBridging { bridging.insert(.inotuzumab) }
    if draws.happens(0.35) { bridging.insert(.chemotherapy) }
    if draws.happens(0.25) { bridging.insert(.corticosteroid) }
    if draws.happens(0.05) { bridging.insert(.blinatumomab) }
    if draws.happens(0.05) { bridging.insert(.radiation) }
    if !profile.isPhiladelphiaNegative, draws.happens(0.6) {
      bridging.insert(.tyrosineKinaseInhibitor)
    }
    subject.product.bridging = .known(bridging)
  }

  /// The leukemia, and its burden before apheresis and infusion.
  mutating func setDisease(isRemission: Bool, hasCNS: Bool) {
    subject.disease.lineage = .known(.bPrecursor)
    subject.disease.philadelphia = .known(profile.isPhiladelphiaNegative ? .negative : .positive)
    if profile.isPhiladelphiaNegative { subject.disease.isPhiladelphiaLike = draws.happens(0.25) }
    let lesions: [(Lesion, Double)] = [
      (.kmt2aRearranged, 0.08), (.tp53, 0.12), (.hypodiploid, 0.06), (.ikzf1, 0.15),
      (.complexKaryotype, 0.15), (.hyperdiploid, 0.07), (.other, 0.2),
    ]
    var found = Set<Lesion>()
    for (lesion, probability) in lesions where draws.happens(probability) { found.insert(lesion) }
    subject.disease.lesions = draws.happens(0.04) ? .unknown : .known(found)
    subject.disease.refractoryStatus =
      profile.hadTransplant
      ? .known(.postTransplantRelapse)
      : code([(.primaryRefractory, 25), (.firstRelapse, 40), (.laterRelapse, 35)])

    var before = DiseaseStatus()
    let cns: Coded<CNSStatus>? = hasCNS ? code([(.cns2, 1), (.cns3, 1)]) : .known(.cns1)
    before.cns = cns
    if profile.traits.isActive {
      before.status = .known(.activeMarrow)
      before.marrowBlastPercent = activeBlasts()
      before.hasExtramedullaryDisease = draws.happens(0.15)
    } else {
      before = calm(cns, code([(.mrdOnly, 45), (.mrdNegative, 29), (.extramedullaryOnly, 26)]))
    }
    subject.preApheresis = before
    guard subject.product.infusionDay != nil else { return }
    if isRemission {
      subject.preInfusion = calm(cns, code([(.mrdOnly, 55), (.mrdNegative, 45)]))
    } else if before.status?.value == .extramedullaryOnly {
      subject.preInfusion = before
    } else {
      before.status = .known(.activeMarrow)
      before.marrowBlastPercent = activeBlasts()
      before.hasExtramedullaryDisease = draws.happens(0.15)
      subject.preInfusion = before
    }
  }

  private mutating func activeBlasts() -> Double {
    Swift.min(98, Swift.max(6, draws.logNormal(median: 40, deviation: 0.8).rounded()))
  }

  /// Fewer than 5 % blasts in the marrow.
  private mutating func calm(
    _ cns: Coded<CNSStatus>?, _ status: Coded<RemissionStatus>?
  ) -> DiseaseStatus {
    var result = DiseaseStatus()
    result.status = status
    result.marrowBlastPercent = Double(draws.below(5))
    result.hasExtramedullaryDisease = status?.value == .extramedullaryOnly
    result.cns = cns
    return result
  }

  // MARK: - After infusion

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
