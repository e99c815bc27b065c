// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

/// What the analysis asks of one infused subject, derived once: small, and without references.
struct StudyRow: Sendable {
  /// A time to an endpoint and how it ended.
  struct Time: Sendable {
    let time: Double
    let isEvent: Bool
    /// The event or what competed with it; `nil` when censored.
    let cause: CompetingCause?

    init(_ outcome: StudyOutcome) {
      time = outcome.time
      isEvent = outcome.isEvent
      switch outcome.ending {
      case .event(let cause), .competing(let cause): self.cause = CompetingCause(cause)
      case .censored: cause = nil
      }
    }
  }

  /// When a toxicity began and how long it lasted, in days.
  struct ToxicityTimes: Sendable {
    let onset: Double?
    let duration: Double?

    init(_ kind: ToxicityKind, _ subject: ValidatedSubject) {
      let worst = subject.toxicities.filter { $0.kind?.value == kind && $0.onsetDay != nil }
        .max { ($0.maximumGrade ?? 0) < ($1.maximumGrade ?? 0) }
      onset = worst?.onsetDay.flatMap { day in
        subject.product.infusionDay.map { Double(day - $0) }
      }
      duration = worst?.onsetDay.flatMap { day in worst?.resolvedDay.map { Double($0 - day) } }
    }
  }

  /// The position among the infused.
  let position: Int
  /// The position of the hospital among those of the cohort in the order of their names.
  let site: Int
  var arm: InotuzumabArm?
  let response: InotuzumabResponse?
  let timing: InotuzumabTiming?

  let ageYears: Double?
  let sex: StudyLevel?
  let raceEthnicity: StudyLevel?
  let insurance: StudyLevel?
  let referral: StudyLevel?
  let deprivationPercentile: Double?
  let performanceStatus: StudyLevel?
  let isPhiladelphiaPositive: Bool?
  let isKMT2ARearranged: Bool?
  let refractoryStatus: StudyLevel?
  let priorLines: Double?
  let hadTransplant: Bool?
  let hadBlinatumomab: Bool?
  let hadActiveMarrow: Bool?
  let marrowBlastPercent: Double?
  let hadExtramedullaryDisease: Bool?
  let hadCNSDisease: Bool?
  let waitingDays: Double?
  let hadBridging: Bool?
  let hadFludarabineCyclophosphamide: Bool?
  let wasInRemission: Bool?
  let inotuzumabDoses: Double?
  /// Days from infusion to the onset of the worst toxicity of a kind, and from there to its end.
  let crsTimes: ToxicityTimes
  let icansTimes: ToxicityTimes

  let overallSurvival: Time?
  let progressionFreeSurvival: Time?
  /// With progression and death without it as competing events.
  let relapse: Time?
  /// The time to the endpoint of a sensitivity variant.
  var variant: Time?

  /// Whether inotuzumab was given before infusion.
  var isExposed: Bool? { arm.map { $0 == .exposed } }

  /// Derives the row of a subject.
  init(_ subject: ValidatedSubject, position: Int, site: Int, _ policies: EndpointPolicies) {
    self.position = position
    self.site = site
    arm = subject.inotuzumabArm
    response = subject.inotuzumabResponse
    timing = subject.inotuzumabTiming
    let demographics = subject.demographics
    ageYears = demographics.ageYears.map(Double.init)
    sex = (demographics.sex?.value).map { StudyLevel(.sex, $0) }
    raceEthnicity = (demographics.raceEthnicity?.value).map { StudyLevel(.raceEthnicity, $0) }
    insurance = (demographics.insurance?.value).map { StudyLevel(.insurance, $0) }
    referral = (demographics.referral?.value).map { StudyLevel(.referral, $0) }
    deprivationPercentile = demographics.deprivationPercentile.map(Double.init)
    performanceStatus = demographics.ecog.map { StudyLevel(.performanceStatus, $0) }
    isPhiladelphiaPositive = (subject.disease.philadelphia?.value).map { $0 == .positive }
    isKMT2ARearranged = (subject.disease.lesions?.value).map { $0.contains(.kmt2aRearranged) }
    refractoryStatus = (subject.disease.refractoryStatus?.value).map {
      StudyLevel(.refractoryStatus, $0)
    }
    let prior = subject.priorTherapy
    priorLines = prior.lines.map(Double.init)
    hadTransplant = prior.hadAlloTransplant ?? (prior.alloTransplantDay == nil ? nil : true)
    hadBlinatumomab = prior.hadBlinatumomab
    hadActiveMarrow = subject.hadActiveMarrow
    marrowBlastPercent = subject.preApheresis.marrowBlastPercent
    hadExtramedullaryDisease = subject.preApheresis.hasExtramedullaryDisease
    hadCNSDisease = (subject.preApheresis.cns?.value).map { $0 != .cns1 }
    let product = subject.product
    waitingDays = product.infusionDay.flatMap { infusion in
      product.apheresisDay.map { Double(infusion - $0) }
    }
    hadBridging = (product.bridging?.value).map { !$0.isEmpty }
    hadFludarabineCyclophosphamide = (product.lymphodepletionRegimen?.value).map {
      $0 == .fludarabineCyclophosphamide
    }
    wasInRemission = subject.preInfusion.isMorphologicRemission
    inotuzumabDoses = prior.inotuzumabDoses.map(Double.init)
    crsTimes = ToxicityTimes(.crs, subject)
    icansTimes = ToxicityTimes(.icans, subject)
    overallSurvival = subject.outcome(.overallSurvival, policies).map(Time.init)
    progressionFreeSurvival = subject.outcome(.progressionFreeSurvival, policies).map(Time.init)
    relapse = subject.outcome(.relapse, policies).map(Time.init)
  }

  /// The rows of the infused of a cohort.
  static func rows(
    _ infused: [ValidatedSubject], sites: [String], _ policies: EndpointPolicies
  ) -> [StudyRow] {
    var position = [String: Int](minimumCapacity: sites.count)
    for (index, site) in sites.enumerated() { position[site] = index }
    return infused.enumerated().map { index, subject in
      StudyRow(subject, position: index, site: position[subject.siteID] ?? 0, policies)
    }
  }
}

extension Endpoint<StudyRow> {
  /// An endpoint that a row holds.
  init(_ name: String, row time: @escaping @Sendable (StudyRow) -> StudyRow.Time?) {
    self.init(name) { row in
      guard let time = time(row) else { return nil }
      return try FollowUp(time: time.time, isEvent: time.isEvent)
    }
  }

  static let studyOverall = Endpoint(
    SurvivalParameter.overallSurvival.label, row: { $0.overallSurvival })
  static let studyProgressionFree = Endpoint(
    SurvivalParameter.progressionFreeSurvival.label, row: { $0.progressionFreeSurvival })

  /// Relapse and death without it, as competing events; the causes in the order of their type.
  static let studyCompeting = Endpoint(
    "relapse or progression, and non-relapse mortality",
    time: { $0.relapse?.time }, event: { $0.relapse.map { $0.cause != nil } },
    cause: { $0.relapse?.cause })

  /// One of the competing events, at which the others censor.
  static func studyCause(_ cause: CompetingCause, _ name: String) -> Endpoint {
    Endpoint(name, time: { $0.relapse?.time }, event: { $0.relapse.map { $0.cause == cause } })
  }
}

/// A stretch of time of a row in which consolidation did not change.
struct StudyInterval: Sendable {
  let row: StudyRow
  let start: Double
  let stop: Double
  let isEvent: Bool
  let isConsolidated: Bool
}

/// A row that is at risk after a landmark, with time counted from there.
struct StudyMember: Sendable {
  let row: StudyRow
  let time: Double
  let isEvent: Bool
  let isConsolidated: Bool
}
