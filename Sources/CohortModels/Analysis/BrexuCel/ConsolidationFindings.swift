// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// Whether consolidation had begun.
public enum ConsolidationState: String, CodeList {
  /// Not yet.
  case notConsolidated
  /// It had begun.
  case consolidated
}

extension ConsolidationState: CustomStringConvertible {
  /// The state in words.
  public var label: String { self == .consolidated ? "consolidated" : "not yet consolidated" }
  /// The state in words.
  public var description: String { label }
}

/// Consolidation and progression-free survival, without taking the future for a baseline value.
public struct ConsolidationFindings: Codable, Hashable, Sendable {
  /// Consolidation as a covariate that changes with time.
  public struct TimeVarying: Codable, Hashable, Sendable {
    /// The kinds of consolidation that count, in the order of their type.
    public let kinds: [ConsolidationKind]
    /// The number of (start, stop] rows.
    public let rowCount: Int
    /// How many were consolidated within follow-up.
    public let consolidatedCount: Int
    /// The days from infusion to the first consolidation of those who had any.
    public let days: AnalysisPart<NumericSummary>
    /// How many have no time at risk, since their follow-up ends at the origin.
    public let withoutTime: Int
    /// How many consolidations came on the last day or later, and do not count.
    public let afterFollowUp: Int
    /// Curves of those not yet and of those already consolidated at each time.
    ///
    /// Who is consolidated leaves one curve and enters the other: Simon & Makuch (1984),
    /// doi:10.1002/sim.4780030106.
    public let curves: AnalysisPart<SurvivalCurves<ConsolidationState>>
    /// The model with the exposure, the prespecified covariates, and consolidation.
    public let model: AnalysisPart<HazardModel>
    /// Consolidation in that model.
    public let effect: AnalysisPart<HazardEffect>
    /// The exposure in that model, beside consolidation.
    public let exposure: AnalysisPart<HazardEffect>
  }

  /// Consolidation as it was known at a landmark.
  public struct Landmark: Codable, Hashable, Sendable {
    /// The landmark in days from infusion.
    public let days: Int
    /// How many had an event at the landmark or before, and are left out.
    public let endedBefore: Int
    /// How many were censored at the landmark or before, and are left out.
    public let censoredBefore: Int
    /// Survival from the landmark, of those consolidated by then and those not.
    public let comparison: SurvivalComparison<ConsolidationState>
    /// Consolidation in a model of its own.
    public let unadjusted: AnalysisPart<HazardEffect>
    /// Consolidation in the model with the exposure and the prespecified covariates.
    public let adjusted: AnalysisPart<HazardEffect>
  }

  /// Any consolidation.
  public let anyKind: AnalysisPart<TimeVarying>
  /// Allogeneic transplant only.
  public let transplant: AnalysisPart<TimeVarying>
  /// Any consolidation by landmarks: that of the plan first.
  public let landmarks: [Landmark]
  /// Transplants of those in remission, with relapse and death as competing events.
  public let transplantIncidence: AnalysisPart<CumulativeIncidenceCurves<InotuzumabArm>>
}

extension ConsolidationFindings {
  init(
    _ plan: BrexuCelAnalysis, _ infused: [ValidatedSubject], _ rows: [StudyRow]
  ) {
    let work = ConsolidationWork(plan: plan, infused: infused, rows: rows)
    anyKind = work.timeVarying(ConsolidationKind.allCases)
    transplant = work.timeVarying([.alloTransplant])
    landmarks = ([plan.landmarkDays] + plan.otherLandmarkDays).map(work.landmark)
    transplantIncidence = AnalysisPart { () throws(SurvivalError) in
      try CumulativeIncidence(endpoint: .competing(.timeToTransplant, plan.policies)).fitted(
        to: infused, groupedBy: { $0.inotuzumabArm })
    }
  }
}

/// The computation of the findings on consolidation.
private struct ConsolidationWork {
  let plan: BrexuCelAnalysis
  let infused: [ValidatedSubject]
  let rows: [StudyRow]
  private let position: [String: Int]

  init(plan: BrexuCelAnalysis, infused: [ValidatedSubject], rows: [StudyRow]) {
    self.plan = plan
    self.infused = infused
    self.rows = rows
    position = Dictionary(
      infused.enumerated().map { ($0.element.subjectID, $0.offset) }, uniquingKeysWith: { $1 })
  }

  private func row(of subject: ValidatedSubject) -> StudyRow? {
    position[subject.subjectID].map { rows[$0] }
  }

  /// The exposure, the prespecified covariates, and consolidation.
  private func covariates<Record>(
    _ row: @escaping @Sendable (Record) -> StudyRow,
    _ isConsolidated: @escaping @Sendable (Record) -> Bool
  ) -> [Covariate<Record>] {
    ([.inotuzumab] + plan.covariates).map { $0.covariate(row) } + [
      .indicator(BrexuCelAnalysis.consolidation, isConsolidated)
    ]
  }

  func timeVarying(
    _ kinds: [ConsolidationKind]
  ) -> AnalysisPart<ConsolidationFindings.TimeVarying> {
    AnalysisPart { () throws(SurvivalError) in
      let history = try ConsolidationHistory(
        of: infused, .progressionFreeSurvival, kinds: Set(kinds), plan.policies)
      let intervals = history.rows.compactMap { interval in
        row(of: interval.subject).map {
          StudyInterval(
            row: $0, start: interval.start, stop: interval.stop, isEvent: interval.isEvent,
            isConsolidated: interval.isConsolidated)
        }
      }
      let endpoint = Endpoint<StudyInterval>(
        SurvivalParameter.progressionFreeSurvival.label, entry: { $0.start }, exit: { $0.stop },
        event: { $0.isEvent })
      let model = AnalysisPart { () throws(SurvivalError) in
        try HazardModel(
          CoxModel(
            endpoint: endpoint, covariates: covariates({ $0.row }, { $0.isConsolidated }),
            ties: plan.ties, subjects: .by("subject") { $0.row.position }, isRobust: false),
          intervals, level: plan.confidenceLevel)
      }
      return ConsolidationFindings.TimeVarying(
        kinds: kinds, rowCount: intervals.count,
        consolidatedCount: intervals.count(where: \.isConsolidated),
        days: AnalysisPart { () throws(SurvivalError) in
          try NumericSummary(
            infused.compactMap { subject in
              subject.consolidationDay(Set(kinds)).flatMap { day in
                subject.product.infusionDay.map { Double(day - $0) }
              }
            })
        },
        withoutTime: history.withoutTime, afterFollowUp: history.afterFollowUp,
        curves: AnalysisPart { () throws(SurvivalError) in
          try KaplanMeier(endpoint: endpoint).fitted(to: intervals) {
            $0.isConsolidated ? ConsolidationState.consolidated : .notConsolidated
          }
        }, model: model,
        effect: model.then { model throws(SurvivalError) in
          try HazardEffect(model, BrexuCelAnalysis.consolidation)
        },
        exposure: model.then { model throws(SurvivalError) in
          try HazardEffect(model, BrexuCelAnalysis.exposure)
        })
    }
  }

  func landmark(_ days: Int) -> ConsolidationFindings.Landmark {
    let cohort = LandmarkCohort(
      atDay: days, of: infused, .progressionFreeSurvival, plan.policies)
    let members = cohort.members.compactMap { member in
      row(of: member.subject).map {
        StudyMember(
          row: $0, time: member.time, isEvent: member.isEvent,
          isConsolidated: member.isConsolidated)
      }
    }
    let endpoint = Endpoint<StudyMember>(
      "\(SurvivalParameter.progressionFreeSurvival.label) from day \(days)", time: { $0.time },
      event: { $0.isEvent })
    func effect(_ covariates: [Covariate<StudyMember>]) -> AnalysisPart<HazardEffect> {
      HazardEffect.of(
        BrexuCelAnalysis.consolidation,
        in: CoxModel(endpoint: endpoint, covariates: covariates, ties: plan.ties), members,
        level: plan.confidenceLevel)
    }
    let all = covariates({ (member: StudyMember) in member.row }, { $0.isConsolidated })
    return ConsolidationFindings.Landmark(
      days: days, endedBefore: cohort.endedBefore, censoredBefore: cohort.censoredBefore,
      comparison: .of(
        members, endpoint, by: "consolidation by day \(days)",
        { $0.isConsolidated ? ConsolidationState.consolidated : .notConsolidated }, plan.style),
      unadjusted: effect([all[all.count - 1]]), adjusted: effect(all))
  }
}
