// SPDX-License-Identifier: Apache-2.0

/// Writes the record of one synthetic subject so that it keeps every rule.
struct SyntheticSubject {
  var subject = Subject()
  var draws: SeededDraws
  let profile: SyntheticProfile
  private let lock: CalendarDay
  var infusion = CalendarDay.first

  init(_ profile: SyntheticProfile, draws: SeededDraws, lock: CalendarDay, siteCount: Int) {
    self.profile = profile
    self.draws = draws
    self.lock = lock
    setDemographics(siteCount: siteCount)
  }

  mutating func pick<Value>(_ choices: [(value: Value, weight: Double)]) -> Value? {
    let total = choices.reduce(0) { $0 + $1.weight }
    var rest = draws.uniform() * total
    for choice in choices {
      rest -= choice.weight
      if rest < 0 { return choice.value }
    }
    return choices.last?.value
  }

  /// A value of a list by weights.
  mutating func code<Code: CodeList>(_ choices: [(Code, Double)]) -> Coded<Code>? {
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

  mutating func activeBlasts() -> Double {
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
}
