// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit
internal import SurvivalPlots

extension BrexuCelReport {
  // MARK: - Adjusted curves

  var confounding: StudyReport.Section {
    var blocks: [StudyReport.Block] = [.heading("Propensity weights")]
    blocks += findings.propensity.blocks("Propensity weights", propensityBlocks)
    for endpoint in endpoints {
      let name = endpoint.parameter.label
      let key = endpoint.parameter.rawValue.key
      blocks.append(.heading("\(name.capitalizedStart), weighted"))
      blocks += weighted("\(key)-weighted", name, endpoint.weighted)
      blocks.append(.heading("\(name.capitalizedStart), standardized"))
      blocks += endpoint.standardized.blocks("Standardized \(name)") {
        standardized("\(key)-standardized", name, $0)
      }
    }
    return StudyReport.Section("confounding", title: "Adjusted curves", blocks: blocks)
  }

  private func propensityBlocks(_ found: PropensityFindings) -> [StudyReport.Block] {
    let largest =
      found.largestImbalance.map { NumberFormatting.fixed($0, digits: 2) } ?? "infinite"
    return [
      .paragraph(
        "Weights from a logistic regression of prior inotuzumab; target: \(found.target.words)"
          + "\(found.isStabilized ? ", stabilized" : ""). "
          + "\(NumberFormatting.percent(found.truncation)) of weights at either end were cut back, "
          + "\(NumberFormatting.quantity(found.truncatedCount, "weight")) in all. The largest "
          + "standardized difference that is left is \(largest). "
          + "\(found.exclusions.description.capitalizedStart)."),
      .figure(
        StudyReport.Figure(
          "balance", caption: "Standardized differences of the arms, before and after weighting",
          drawing: BalancePlot(found.balance))),
      .table(
        StudyReport.Table(
          "balance", caption: "Standardized differences of the arms", labelTitle: "Covariate",
          columns: [.init("unweighted", "Before"), .init("weighted", "After")],
          rows: found.balance.map {
            StudyReport.Row(
              $0.name, [.number($0.unweighted, .places(3)), .number($0.weighted, .places(3))])
          })),
      .table(
        StudyReport.Table(
          "propensity-groups", caption: "Weights and scores of the arms", labelTitle: "Arm",
          columns: [
            .init("count", "Patients"), .init("effective", "Effective number"),
            .init("largestWeight", "Largest weight"), .init("scores", "Range of scores"),
            .init("totalWeight", "Total weight", isDetail: true),
          ],
          rows: found.groups.map {
            StudyReport.Row(
              $0.isExposed ? "exposed" : "naive",
              [
                .count(Double($0.count)), .number($0.effectiveSampleSize, .places(1)),
                .number($0.largestWeight, .places(2)),
                .range($0.smallestScore, $0.largestScore, .places(3)),
                .number($0.totalWeight, .places(2)),
              ])
          },
          notes: [
            "Effective number: that of equally weighted patients who would tell as much. Where the ranges "
              + "of scores do not overlap, nobody of the other arm is comparable."
          ])),
      .table(
        StudyReport.Table(
          "propensity-model", caption: "Logistic regression of prior inotuzumab",
          labelTitle: "Covariate",
          columns: [.init("coefficient", "Log odds ratio"), .init("standardError", "SE")],
          rows: found.coefficients.map {
            StudyReport.Row(
              $0.name, [.number($0.estimate, .places(3)), .number($0.standardError, .places(3))])
          })),
    ]
  }

  private func weighted(
    _ key: String, _ name: String, _ found: WeightedFindings
  ) -> [StudyReport.Block] {
    let title = "\(name.capitalizedStart), weighted"
    var blocks = found.curves.blocks(title) { curves in
      [
        .figure(
          presentation.figure(
            "\(key)-curves", caption: "\(title) by prior inotuzumab", curves,
            test: found.logRank.value))
      ]
    }
    if !found.summaries.isEmpty {
      blocks.append(
        .table(
          presentation.probabilities(
            "\(key)-probabilities", found.summaries, title, "Prior inotuzumab")))
    }
    blocks += found.logRank.blocks("Log-rank test, \(title)") {
      [.table(.logRankTests("\(key)-tests", $0, title))]
    }
    blocks += presentation.contrasts("\(key)-contrasts", found.contrasts, title)
    if let reason = found.effect.reason {
      blocks.append(.note(.refusal, "Hazard ratio, \(title): \(reason.message)."))
    }
    return blocks
  }

  private func standardized(
    _ key: String, _ name: String, _ found: StandardizedFindings
  ) -> [StudyReport.Block] {
    var drawing = StandardizedSurvivalPlot(found.curves.map(\.points))
    drawing.timeUnit = presentation.unit
    drawing.level = plan.confidenceLevel
    drawing.interval = plan.curveInterval
    let title = "\(name.capitalizedStart), standardized"
    let estimates = found.estimates.compactMap(\.value)
    return [
      .paragraph(
        "The mean of the survival that the prespecified Cox model predicts for each of "
          + "\(found.subjectCount) patients, had all been exposed and had all been naive."),
      .figure(
        StudyReport.Figure(
          "\(key)-curves", caption: "\(title): had all been exposed, and had all been naive",
          drawing: drawing,
          data: estimateTable(
            "\(key)-points", "\(title): points of the curves", found.curves.flatMap(\.points)))),
      .table(
        estimateTable(
          "\(key)-estimates", title, estimates,
          found.estimates.compactMap(\.reason).map { "Not estimated: \($0.message)." }.unique)),
    ]
      + presentation.contrasts("\(key)-contrasts", found.contrasts, title)
  }

  private func estimateTable(
    _ identifier: String, _ caption: String, _ estimates: [StandardizedEstimate],
    _ reasons: [String] = []
  ) -> StudyReport.Table {
    var rows = [StudyReport.Row]()
    for estimate in estimates {
      if rows.last?.label != estimate.intervention {
        rows.append(StudyReport.Row(estimate.intervention))
      }
      let interval = estimate.interval(level: plan.confidenceLevel, plan.curveInterval)
      rows[rows.count - 1].children.append(
        StudyReport.Row(
          presentation.words(estimate.quantity),
          [
            .estimate(estimate.estimate, interval, estimate.quantity.style),
            .number(estimate.standardError, .digits(4)),
          ]))
    }
    return StudyReport.Table(
      identifier, caption: caption, labelTitle: "Had all been",
      columns: [
        .init("estimate", presentation.withInterval("Estimate")),
        .init("standardError", "SE", isDetail: true),
      ], rows: rows, notes: reasons)
  }

  // MARK: - Sensitivity

  var sensitivity: StudyReport.Section {
    var blocks: [StudyReport.Block] = [
      .paragraph(
        "Prior inotuzumab under other definitions, other models, and without each hospital in turn. "
          + "OS: overall survival; PFS: progression-free survival; PFSHCT: the same, censored at "
          + "allogeneic transplant; EFS: event-free survival."
      )
    ]
    let adjusted = findings.sensitivity.map {
      NamedEffect(name: "\($0.variant.words) (\($0.parameter.rawValue))", effect: $0.adjusted)
    }
    let unadjusted = findings.sensitivity.map {
      NamedEffect(name: "\($0.variant.words) (\($0.parameter.rawValue))", effect: $0.unadjusted)
    }
    blocks += presentation.effectBlocks(
      "sensitivity-adjusted", caption: "Adjusted hazard ratios of prior inotuzumab, by variant",
      label: "Variant (endpoint)", adjusted, below: Self.lower, above: Self.higher)
    blocks += presentation.effectBlocks(
      "sensitivity-unadjusted", caption: "Unadjusted hazard ratios of prior inotuzumab, by variant",
      label: "Variant (endpoint)", unadjusted, below: Self.lower, above: Self.higher)
    let remissions = findings.sensitivity.compactMap { finding in
      finding.remission.map { (finding.variant.criteria?.words ?? finding.variant.words, $0) }
    }
    if !remissions.isEmpty {
      var table = presentation.table(
        "sensitivity-remission", remissions.map(\.1), "Remission on day 28 by other criteria")
      for (index, (words, _)) in remissions.enumerated() { table.rows[index].label = words }
      blocks.append(.table(table))
    }
    let sites = findings.leaveOneSiteOut.map {
      NamedEffect(name: "without \($0.siteID) (\($0.subjectCount))", effect: $0.adjusted)
    }
    if !sites.isEmpty {
      blocks += presentation.effectBlocks(
        "leave-one-site-out",
        caption:
          "Adjusted hazard ratio of prior inotuzumab, progression-free survival, without each "
          + "hospital (its patients)", label: "Hospital", sites, below: Self.lower,
        above: Self.higher,
        showsTable: false)
    }
    return StudyReport.Section(
      "sensitivity", title: "Sensitivity analyses", blocks: blocks)
  }
}

extension SensitivityVariant {
  /// The variant in words.
  var words: String {
    switch self {
    case .censoredAtTransplant: "censored at allogeneic transplant"
    case .nonResponseIsEvent: "no remission on day 28 is an event"
    case .censoredAtLastAssessment: "censored at the last assessment"
    case .molecularRelapseCounts: "molecular relapse is an event"
    case .eventFree(let criteria): "event-free survival, \(criteria.words)"
    case .bridgingCountsAsNaive: "inotuzumab as bridging counts as naive"
    case .bridgingLeftOut: "inotuzumab as bridging left out"
    case .stratifiedBySite: "stratified by hospital"
    case .clusteredBySite: "robust standard errors by hospital"
    }
  }

  /// The criteria of remission, where the variant is one of them.
  fileprivate var criteria: ResponseCriteria? {
    if case .eventFree(let criteria) = self { criteria } else { nil }
  }
}

extension ResponseCriteria {
  /// The criteria in words.
  var words: String {
    switch self {
    case .rocca: "criteria of the study's reports"
    case .eln2024: "European LeukemiaNet 2024"
    case .nci2010: "National Cancer Institute 2010"
    case .reported: "as reported"
    }
  }
}

extension PropensityTarget {
  /// The target in words.
  var words: String {
    switch self {
    case .everyone: "everybody"
    case .exposed: "the exposed"
    case .unexposed: "the naive"
    case .overlap: "those who could have been in either arm"
    }
  }
}
