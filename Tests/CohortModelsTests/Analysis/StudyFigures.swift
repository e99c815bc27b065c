// SPDX-License-Identifier: Apache-2.0

import CohortModels
import SurvivalKit

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
    followUp(findings.followUp)
    if let propensity = findings.propensity.value {
      put("propensity.coef", propensity.coefficients.map(\.estimate))
      put(
        "propensity.weights",
        propensity.groups.flatMap {
          [Double($0.count), $0.totalWeight, $0.effectiveSampleSize, $0.largestWeight]
        })
    }
    consolidation(findings.consolidation)
    competing(findings.competingRisks, firstGroup: 0, upTo: 12)
    sensitivity(findings)
    baseline(findings.baseline)
    for (name, label, table) in [
      ("exposure.doses", "doses of inotuzumab", findings.exposure),
      ("toxicity.crs.onset", "CRS, onset, days", findings.toxicityTimes),
      ("toxicity.crs.duration", "CRS, duration, days", findings.toxicityTimes),
      ("toxicity.icans.onset", "ICANS, onset, days", findings.toxicityTimes),
      ("toxicity.icans.duration", "ICANS, duration, days", findings.toxicityTimes),
    ] {
      if case .numeric(let summaries) = table.value?[label]?.summary, let all = summaries.first {
        summary(name, all)
      }
    }
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
      if let days = varying.days.value { summary("consolidation.\(name).days", days) }
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
    baseline("age", table["age, years"], ["all", "0", "1"])
    baseline("lines", table["prior lines of therapy"], ["all", "0", "1"])
    baseline("active", table["active marrow before apheresis"], [])
  }
}
