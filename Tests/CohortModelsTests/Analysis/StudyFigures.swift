// SPDX-License-Identifier: Apache-2.0

import CohortModels
import SurvivalKit

/// The figures of an analysis under the names that the R scripts give them.
struct Figures {
  private(set) var all: [String: [Double?]] = [:]
  /// Tests of models with an infinite coefficient, whose likelihood has no maximum: it ends where an
  /// iteration ends.
  private(set) var unbounded: Set<String> = []

  mutating func put(_ name: String, _ values: [Double?]) { all[name] = values }

  /// Subjects, events, median with limits, then numbers at risk, survival and limits at each time.
  mutating func curve(_ name: String, _ summary: SurvivalSummary) {
    let points = summary.probabilities
    put(
      name,
      [
        Double(summary.subjectCount), Double(summary.eventCount), summary.median.estimate,
        summary.median.lower, summary.median.upper,
      ] + points.map { $0.estimate == nil ? nil : $0.atRisk } + points.map(\.estimate)
        + points.map { $0.interval?.lower } + points.map { $0.interval?.upper })
  }

  mutating func test(_ name: String, _ test: ChiSquaredTest?) {
    put(name, [test?.statistic, (test?.degreesOfFreedom).map(Double.init), test?.pValue])
  }

  /// The curves of everybody and of each group, and the comparisons.
  mutating func comparison<Group>(
    _ name: String, _ comparison: SurvivalComparison<Group>, firstGroup: Int = 1,
    contrasts: [String] = ["difference.6", "difference.12", "", "mean"]
  ) {
    for (position, summary) in comparison.summaries.enumerated() {
      curve(position == 0 ? "\(name).all" : "\(name).\(position - 1 + firstGroup)", summary)
    }
    test("\(name).logrank", comparison.logRank.value?.overall)
    for (title, contrast) in zip(contrasts, comparison.contrasts) where !title.isEmpty {
      put("\(name).\(title)", [contrast.value?.estimate, contrast.value?.standardError])
    }
  }

  mutating func model(_ name: String, _ part: AnalysisPart<HazardModel>) {
    guard let model = part.value else { return put(name, []) }
    let estimates = model.estimates
    put("\(name).size", [Double(estimates.rowCount), Double(estimates.eventCount)])
    // What an infinite coefficient has no value of is left out on both sides.
    let isFinite = !estimates.coefficients.contains(where: \.isInfinite)
    put("\(name).coef", estimates.coefficients.map { $0.isInfinite ? nil : $0.estimate })
    put("\(name).se", estimates.coefficients.map { $0.isInfinite ? nil : $0.standardError })
    if !isFinite { unbounded.insert("\(name).tests") }
    let tests = [
      estimates.likelihoodRatioTest, isFinite ? estimates.waldTest : nil, estimates.scoreTest,
    ]
    put(
      "\(name).tests",
      tests.flatMap { [$0?.statistic, ($0?.degreesOfFreedom).map(Double.init), $0?.pValue] })
    put("\(name).concordance", [model.concordance?.value?.estimate])
    let checks = isFinite ? model.proportionalHazards?.value : nil
    put(
      "\(name).zph",
      ((checks?.terms ?? []) + [checks?.global].compactMap { $0 }).flatMap {
        [$0.test.statistic, Double($0.test.degreesOfFreedom), $0.test.pValue]
      })
  }

  mutating func effect(_ name: String, _ part: AnalysisPart<HazardEffect>) {
    let effect = part.value
    put(
      name,
      [
        effect?.coefficient.estimate, effect?.coefficient.standardError,
        (effect?.subjectCount).map(Double.init), (effect?.eventCount).map(Double.init),
      ])
  }

  mutating func rate(_ name: String, _ comparison: RateComparison) {
    for rate in [comparison.everybody] + comparison.groups {
      put(
        "\(name).\(rate.group)",
        [
          (rate.proportion?.count).map(Double.init), (rate.proportion?.total).map(Double.init),
          rate.wilson?.lower, rate.wilson?.upper, rate.exact?.lower, rate.exact?.upper,
        ])
    }
    put("\(name).fisher", [comparison.fisher.value?.pValue])
  }
}

extension Figures {
  /// Those of the leukemia study, as make-study.R names them.
  init(_ findings: BrexuCelFindings) {
    put("flow", findings.flow.stages.map { Double($0.count) })
    for (name, comparison) in zip(
      ["remission", "remission.infused", "negative", "negative.remission"], findings.responses)
    {
      rate("rate.\(name)", comparison)
    }
    for (name, comparison) in zip(["crs", "crs3", "icans", "icans3"], findings.toxicities) {
      rate("rate.\(name)", comparison)
    }
    for (name, endpoint) in [
      ("pfs", findings.progressionFreeSurvival), ("os", findings.overallSurvival),
    ] {
      self.endpoint(name, endpoint)
    }
    for (name, summary) in zip(["all", "1", "2"], findings.followUp.value ?? []) {
      let quantiles = [summary.firstQuartile, summary.median, summary.thirdQuartile]
      put(
        "followup.\(name)",
        quantiles.map(\.estimate) + quantiles.map(\.lower) + quantiles.map(\.upper))
    }
    if let propensity = findings.propensity.value {
      put("propensity.coef", propensity.coefficients.map(\.estimate))
      put(
        "propensity.weights",
        propensity.groups.flatMap {
          [Double($0.count), $0.totalWeight, $0.effectiveSampleSize, $0.largestWeight]
        })
    }
    consolidation(findings.consolidation)
    competing(findings.competingRisks)
    sensitivity(findings)
    baseline(findings.baseline)
  }

  private mutating func endpoint(_ name: String, _ findings: StudyEndpointFindings) {
    comparison("\(name).arm", findings.byArm, firstGroup: 1)
    comparison("\(name).response", findings.byInotuzumabResponse)
    comparison("\(name).timing", findings.byInotuzumabTiming)
    let names = [
      "exposed", "age", "sex", "race", "ph", "lines", "transplant", "blinatumomab", "active",
      "extramedullary", "cns", "bridging", "remission",
    ]
    for (single, row) in zip(names, findings.univariable) {
      model("\(name).single.\(single)", row.model)
    }
    model("\(name).model", findings.multivariable)
    for (kind, value) in [
      ("unadjusted", findings.unadjustedEValue.value), ("adjusted", findings.adjustedEValue.value),
    ] {
      put("\(name).evalue.\(kind)", [value?.riskRatio, value?.estimate, value?.limit])
    }
    let subgroups = [
      "age", "sex", "ph", "lines", "transplant", "blinatumomab", "active", "cns", "remission",
    ]
    for (subgroup, effects) in zip(subgroups, findings.subgroups) {
      for (position, level) in effects.levels.enumerated() {
        effect("\(name).subgroup.\(subgroup).\(position)", level.effect)
      }
      test("\(name).subgroup.\(subgroup).interaction", effects.interaction.value)
    }
    effect("\(name).weighted.cox", findings.weighted.effect)
    for (position, curve) in (findings.weighted.curves.value?.curves ?? []).enumerated() {
      put(
        "\(name).weighted.curve.\(position)",
        [6, 12].map { curve.probability(at: $0) } + [6, 12].map { curve.standardError(at: $0) })
    }
    for (position, arm) in InotuzumabArm.allCases.enumerated() {
      put(
        "\(name).standardized.\(position)",
        [6, 12].map { time in
          findings.standardized.value?.estimates.lazy.compactMap(\.value).first {
            $0.intervention == arm.rawValue && $0.quantity == .survival(at: time)
          }?.estimate
        })
    }
  }

  private mutating func consolidation(_ findings: ConsolidationFindings) {
    for (name, part) in [("any", findings.anyKind), ("transplant", findings.transplant)] {
      guard let varying = part.value else { continue }
      put(
        "consolidation.\(name).counts",
        [Double(varying.consolidatedCount), Double(varying.afterFollowUp)])
      model("consolidation.\(name)", varying.model)
    }
    for landmark in findings.landmarks {
      let name = "landmark.\(landmark.days)"
      put("\(name).left", [Double(landmark.endedBefore), Double(landmark.censoredBefore)])
      effect("\(name).unadjusted", landmark.unadjusted)
      effect("\(name).adjusted", landmark.adjusted)
      comparison(name, landmark.comparison)
    }
  }

  private mutating func competing(_ findings: CompetingRisks<InotuzumabArm>) {
    put(
      "competing.gray",
      findings.causes.flatMap {
        [
          $0.grayTest.value?.statistic, ($0.grayTest.value?.degreesOfFreedom).map(Double.init),
          $0.grayTest.value?.pValue,
        ]
      })
    for (position, cause) in findings.causes.enumerated() {
      for (group, summary) in cause.summaries.dropFirst().enumerated() {
        let points = summary.probabilities.filter { $0.time <= 12 }
        put(
          "competing.incidence.\(position + 1).\(group)",
          [Double(summary.eventCount)] + points.map(\.estimate)
            + points.map { $0.interval?.lower } + points.map { $0.interval?.upper })
      }
      model("competing.cause.\(position + 1)", cause.causeSpecific)
      put(
        "competing.finegray.\(position + 1).coef",
        cause.subdistribution.value?.estimates.coefficients.map(\.estimate) ?? [])
    }
  }

  private mutating func sensitivity(_ findings: BrexuCelFindings) {
    for finding in findings.sensitivity {
      let endpoint = finding.parameter == .overallSurvival ? "os" : "pfs"
      let name: String? =
        switch finding.variant {
        case .censoredAtTransplant: "transplant"
        case .nonResponseIsEvent: "nonresponse"
        case .censoredAtLastAssessment: "assessment"
        case .molecularRelapseCounts: "molecular"
        case .eventFree(let criteria): criteria == .eln2024 ? "eln" : nil
        case .bridgingCountsAsNaive: "\(endpoint).naive"
        case .bridgingLeftOut: "\(endpoint).out"
        case .stratifiedBySite: "\(endpoint).stratified"
        case .clusteredBySite: "\(endpoint).clustered"
        }
      guard let name else { continue }
      effect("sensitivity.\(name).unadjusted", finding.unadjusted)
      effect("sensitivity.\(name).adjusted", finding.adjusted)
    }
    for (position, site) in findings.leaveOneSiteOut.enumerated() {
      effect("sensitivity.site.\(position + 1)", site.adjusted)
    }
  }

  private mutating func baseline(_ part: AnalysisPart<BaselineResult>) {
    guard let table = part.value else { return }
    for (name, label) in [("age", "age, years"), ("lines", "prior lines of therapy")] {
      guard let variable = table[label], case .numeric(let summaries) = variable.summary else {
        continue
      }
      for (group, summary) in zip(["all", "0", "1"], summaries) {
        put(
          "baseline.\(name).\(group)",
          [
            Double(summary.count), summary.minimum, summary.firstQuartile, summary.median,
            summary.thirdQuartile, summary.maximum,
          ])
      }
      put("baseline.\(name).p", [variable.comparison?.pValue])
    }
    if let variable = table["active marrow before apheresis"],
      case .indicator(let counts, _) = variable.summary
    {
      put(
        "baseline.active",
        counts.dropFirst().map { Double($0) } + [variable.comparison?.pValue])
    }
  }
}
