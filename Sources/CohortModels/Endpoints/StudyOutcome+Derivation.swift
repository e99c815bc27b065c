// SPDX-License-Identifier: Apache-2.0

extension ValidatedSubject {
  private typealias Ended = (day: CalendarDay, ending: StudyOutcome.Ending)

  /// The outcome of the subject for an endpoint.
  ///
  /// The earliest event counts; of events on one day that which comes first in the definition of the
  /// endpoint. What happens after the data lock has not happened.
  /// - Parameters:
  ///   - parameter: The endpoint.
  ///   - policies: What its definition leaves open.
  /// - Returns: The outcome; `nil` for a subject outside the population of the endpoint.
  public func outcome(
    _ parameter: SurvivalParameter, _ policies: EndpointPolicies = EndpointPolicies()
  ) -> StudyOutcome? {
    guard let infusion = subject.product.infusionDay, infusion <= dataLock else { return nil }
    var origin = infusion
    switch parameter {
    case .relapseFreeSurvival, .durationOfResponse, .timeToTransplant:
      guard let remission = firstRemissionDay(policies),
        policies.responders == .everInRemission || day28(policies)?.response.isRemission == true
      else { return nil }
      if parameter != .timeToTransplant { origin = remission }
    default: break
    }
    var ended = events(parameter, policies, infusion: infusion).reduce(nil) {
      (first: Ended?, next) in
      if let first, first.day <= next.day { return first }
      return next
    }
    let stopsAtTransplant =
      parameter == .progressionFreeSurvivalToTransplant
      || policies.censorsResponseAtTransplant
        && (parameter == .relapseFreeSurvival || parameter == .durationOfResponse)
    if stopsAtTransplant, let day = consolidationDay([.alloTransplant]),
      ended.map({ day <= $0.day }) ?? true, day >= origin
    {
      ended = (day, .censored(.transplant))
    }
    let end = ended ?? censoring(parameter, policies, origin: origin)
    return StudyOutcome(
      parameter: parameter, originDay: origin, day: end.day,
      time: policies.time(from: origin, to: end.day), ending: end.ending)
  }

  /// The events of an endpoint in the order of its definition, each with its day.
  private func events(
    _ parameter: SurvivalParameter, _ policies: EndpointPolicies, infusion: CalendarDay
  ) -> [Ended] {
    var events = [Ended]()
    let relapse = firstRelapse(policies)
    let death = subject.death.day.flatMap { $0 <= dataLock ? $0 : nil }
    func add(_ day: CalendarDay?, _ ending: StudyOutcome.Ending) {
      if let day { events.append((day, ending)) }
    }
    switch parameter {
    case .overallSurvival: add(death, .event(.death))
    case .progressionFreeSurvival, .progressionFreeSurvivalToTransplant, .eventFreeSurvival,
      .relapse, .nonRelapseMortality:
      let isRelapseEvent = parameter != .nonRelapseMortality
      func ending(_ cause: OutcomeCause) -> StudyOutcome.Ending {
        isRelapseEvent ? .event(cause) : .competing(cause)
      }
      add(failureDay(parameter, policies, infusion: infusion), ending(.nonResponse))
      if let relapse { add(relapse.day, ending(relapse.cause)) }
      add(death, parameter == .relapse ? .competing(.death) : .event(.death))
    case .relapseFreeSurvival, .durationOfResponse:
      if let relapse { add(relapse.day, .event(relapse.cause)) }
      add(death, parameter == .durationOfResponse ? .competing(.death) : .event(.death))
    case .timeToTransplant:
      add(consolidationDay([.alloTransplant]), .event(.transplant))
      if let relapse { add(relapse.day, .competing(relapse.cause)) }
      add(death, .competing(.death))
    }
    return events
  }

  /// The day on which the failure to reach remission is an event, if it is one.
  private func failureDay(
    _ parameter: SurvivalParameter, _ policies: EndpointPolicies, infusion: CalendarDay
  ) -> CalendarDay? {
    let isEventFree = parameter == .eventFreeSurvival
    guard isEventFree || policies.nonResponse == .eventAtAssessment,
      let day28 = day28(policies), !day28.response.isRemission
    else { return nil }
    return isEventFree && policies.failureDating == .atDayOne ? infusion : day28.assessment.day
  }

  /// Where the observation of somebody without an event ends.
  private func censoring(
    _ parameter: SurvivalParameter, _ policies: EndpointPolicies, origin: CalendarDay
  ) -> Ended {
    let alive = subject.lastContact.lastAliveDay ?? subject.death.day ?? origin
    guard policies.censoring == .atLastAssessment, parameter != .overallSurvival else {
      return alive >= dataLock
        ? (dataLock, .censored(.dataLock))
        : (Swift.max(alive, origin), .censored(.lastContact))
    }
    var last: CalendarDay?
    for day in subject.assessments.map(\.day) + [subject.lastContact.lastAssessmentDay] {
      guard let day, day <= dataLock, day >= origin else { continue }
      last = last.map { Swift.max($0, day) } ?? day
    }
    return last.map { ($0, .censored(.lastAssessment)) } ?? (origin, .censored(.neverAssessed))
  }

  /// The first day of a consolidation of some kinds, on or before the data lock.
  ///
  /// A consolidation of which the kind is not known counts when all kinds do, and not when some do.
  /// - Parameter kinds: The kinds.
  /// - Returns: The day; `nil` when there was none.
  public func consolidationDay(
    _ kinds: Set<ConsolidationKind> = Set(ConsolidationKind.allCases)
  ) -> CalendarDay? {
    let countsAll = kinds.count == ConsolidationKind.allCases.count
    return subject.consolidations.compactMap { consolidation -> CalendarDay? in
      guard let day = consolidation.startDay, day <= dataLock,
        countsAll || consolidation.kind?.value.map(kinds.contains) == true
      else { return nil }
      return day
    }.min()
  }
}
