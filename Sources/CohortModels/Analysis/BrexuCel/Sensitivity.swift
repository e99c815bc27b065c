// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

/// Another way to define or analyse the effect of the exposure.
public enum SensitivityVariant: Codable, Hashable, Sendable {
  /// Progression-free survival ends at an allogeneic transplant.
  case censoredAtTransplant
  /// No remission on day 28 is an event of progression-free survival on the day of the assessment.
  case nonResponseIsEvent
  /// Progression-free survival is censored at the last assessment of the disease.
  case censoredAtLastAssessment
  /// The return of residual disease alone is a relapse.
  case molecularRelapseCounts
  /// Event-free survival, with remission by other criteria.
  case eventFree(criteria: ResponseCriteria)
  /// Who had inotuzumab as bridging counts as naive.
  case bridgingCountsAsNaive
  /// Who had inotuzumab as bridging is left out.
  case bridgingLeftOut
  /// Each hospital has a baseline hazard of its own.
  case stratifiedBySite
  /// Standard errors are robust, by hospital.
  case clusteredBySite

  /// The variants of the plan.
  public static let standard: [SensitivityVariant] =
    [
      .censoredAtTransplant, .nonResponseIsEvent, .censoredAtLastAssessment,
      .molecularRelapseCounts,
    ]
    + ResponseCriteria.allCases.map { .eventFree(criteria: $0) }
    + [.bridgingCountsAsNaive, .bridgingLeftOut, .stratifiedBySite, .clusteredBySite]
}

/// The exposure under one variant of the analysis.
public struct SensitivityFinding: Codable, Hashable, Sendable {
  /// The variant.
  public let variant: SensitivityVariant
  /// The endpoint.
  public let parameter: SurvivalParameter
  /// The exposure without covariates.
  public let unadjusted: AnalysisPart<HazardEffect>
  /// The exposure in the prespecified model.
  public let adjusted: AnalysisPart<HazardEffect>
  /// Remission on day 28 by the criteria of the variant; `nil` for other variants.
  public let remission: RateComparison?
}

/// The adjusted exposure without one hospital.
public struct SiteLeftOut: Codable, Hashable, Sendable {
  /// The hospital that is left out.
  public let siteID: String
  /// The number of its subjects.
  public let subjectCount: Int
  /// The effect in the others.
  public let adjusted: AnalysisPart<HazardEffect>
}

/// The computation of the variants.
struct SensitivityWork {
  let plan: BrexuCelAnalysis
  let infused: [ValidatedSubject]
  let rows: [StudyRow]
  let sites: [String]

  /// The findings of a variant: two for one that concerns both endpoints.
  func findings(_ variant: SensitivityVariant) -> [SensitivityFinding] {
    switch variant {
    case .censoredAtTransplant:
      return [finding(variant, .progressionFreeSurvivalToTransplant, plan.policies)]
    case .nonResponseIsEvent:
      return [progressionFree(variant) { $0.nonResponse = .eventAtAssessment }]
    case .censoredAtLastAssessment:
      return [progressionFree(variant) { $0.censoring = .atLastAssessment }]
    case .molecularRelapseCounts:
      return [progressionFree(variant) { $0.countsMolecularRelapse = true }]
    case .eventFree(let criteria):
      let policies = changing { $0.criteria = criteria }
      return [finding(variant, .eventFreeSurvival, policies, showsRemission: true)]
    case .bridgingCountsAsNaive:
      return both(
        variant,
        rows.map { row in
          var row = row
          if row.timing == .bridging { row.arm = .naive }
          return row
        })
    case .bridgingLeftOut: return both(variant, rows.filter { $0.timing != .bridging })
    case .stratifiedBySite:
      return both(variant, rows) { $0.strata = [.by("site") { $0.site }] }
    case .clusteredBySite:
      return both(variant, rows) { $0.clusters = .by("site") { $0.site } }
    }
  }

  /// The adjusted exposure without each of the largest hospitals in turn.
  func leaveOneSiteOut() -> [SiteLeftOut] {
    var counts = [Int](repeating: 0, count: sites.count)
    for row in rows { counts[row.site] += 1 }
    let largest = sites.indices.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
    return largest.prefix(max(0, plan.sitesLeftOut)).sorted().map { site in
      SiteLeftOut(
        siteID: sites[site], subjectCount: counts[site],
        adjusted: effect(
          plan.model(.studyProgressionFree, plan.covariates), rows.filter { $0.site != site }))
    }
  }

  private func progressionFree(
    _ variant: SensitivityVariant, _ change: (inout EndpointPolicies) -> Void
  ) -> SensitivityFinding {
    finding(variant, .progressionFreeSurvival, changing(change))
  }

  private func changing(_ change: (inout EndpointPolicies) -> Void) -> EndpointPolicies {
    var policies = plan.policies
    change(&policies)
    return policies
  }

  private func effect(
    _ model: CoxModel<StudyRow>, _ rows: [StudyRow]
  ) -> AnalysisPart<HazardEffect> {
    HazardEffect.of(
      BrexuCelAnalysis.exposure, in: model, rows, level: plan.confidenceLevel)
  }

  /// An endpoint derived again, under other policies.
  private func finding(
    _ variant: SensitivityVariant, _ parameter: SurvivalParameter, _ policies: EndpointPolicies,
    showsRemission: Bool = false
  ) -> SensitivityFinding {
    let changed = zip(rows, infused).map { row, subject in
      var row = row
      row.variant = subject.outcome(parameter, policies).map(StudyRow.Time.init)
      return row
    }
    let endpoint = Endpoint(parameter.label, row: { $0.variant })
    return SensitivityFinding(
      variant: variant, parameter: parameter,
      unadjusted: effect(plan.model(endpoint, []), changed),
      adjusted: effect(plan.model(endpoint, plan.covariates), changed),
      remission: showsRemission
        ? StudyRates(infused, policies, level: plan.confidenceLevel).remission : nil)
  }

  /// Both endpoints, with other rows or another model.
  private func both(
    _ variant: SensitivityVariant, _ rows: [StudyRow],
    _ change: (inout CoxModel<StudyRow>) -> Void = { _ in }
  ) -> [SensitivityFinding] {
    let endpoints: [(SurvivalParameter, Endpoint<StudyRow>)] = [
      (.progressionFreeSurvival, .studyProgressionFree), (.overallSurvival, .studyOverall),
    ]
    return endpoints.map { parameter, endpoint in
      var unadjusted = plan.model(endpoint, [])
      var adjusted = plan.model(endpoint, plan.covariates)
      change(&unadjusted)
      change(&adjusted)
      return SensitivityFinding(
        variant: variant, parameter: parameter, unadjusted: effect(unadjusted, rows),
        adjusted: effect(adjusted, rows), remission: nil)
    }
  }
}
