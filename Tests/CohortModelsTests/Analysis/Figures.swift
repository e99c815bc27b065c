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

  mutating func followUp(_ part: AnalysisPart<[FollowUpSummary]>) {
    for (name, summary) in zip(["all", "1", "2", "3"], part.value ?? []) {
      let quantiles = [summary.firstQuartile, summary.median, summary.thirdQuartile]
      put(
        "followup.\(name)",
        quantiles.map(\.estimate) + quantiles.map(\.lower) + quantiles.map(\.upper))
    }
  }

  /// Gray's tests, incidences and models of the causes.
  mutating func competing<Group>(
    _ findings: CompetingRisks<Group>, firstGroup: Int, upTo last: Double
  ) {
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
        let points = summary.probabilities.filter { $0.time <= last }
        put(
          "competing.incidence.\(position + 1).\(group + firstGroup)",
          [Double(summary.eventCount)] + points.map(\.estimate)
            + points.map { $0.interval?.lower } + points.map { $0.interval?.upper })
      }
      model("competing.cause.\(position + 1)", cause.causeSpecific)
      put(
        "competing.finegray.\(position + 1).coef",
        cause.subdistribution.value?.estimates.coefficients.map(\.estimate) ?? [])
    }
  }

  /// The count and the quantiles.
  mutating func summary(_ name: String, _ summary: NumericSummary) {
    put(
      name,
      [
        Double(summary.count), summary.minimum, summary.firstQuartile, summary.median,
        summary.thirdQuartile, summary.maximum,
      ])
  }

  /// A row of the first table: the quantiles of each group, or the counts of yes, and the p-value.
  mutating func baseline(
    _ name: String, _ variable: BaselineResult.Variable?, _ groups: [String]
  ) {
    switch variable?.summary {
    case .numeric(let summaries):
      for (group, summary) in zip(groups, summaries) {
        self.summary("baseline.\(name).\(group)", summary)
      }
      put("baseline.\(name).p", [variable?.comparison?.pValue])
    case .indicator(let counts, _):
      put(
        "baseline.\(name)",
        counts.dropFirst().map { Double($0) } + [variable?.comparison?.pValue])
    case .category, nil: break
    }
  }
}
