// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import SurvivalPlots
import Testing

// The examples of the articles of SurvivalPlots, as they are printed there.

@Suite("Figure examples")
struct FigureExamplesTests {
  static let remissions =
    [
      (9, true), (13, true), (13, false), (18, true), (23, true), (28, false), (31, true),
      (34, true), (45, false), (48, true), (161, false),
    ].map { Remission(weeks: $0.0, hasRelapsed: $0.1, arm: .maintained) }
    + [
      (5, true), (5, true), (8, true), (8, true), (12, true), (16, false), (23, true),
      (27, true), (30, true), (33, true), (43, true), (45, true),
    ].map { Remission(weeks: $0.0, hasRelapsed: $0.1, arm: .nonmaintained) }

  @Test("Drawing figures: survival curves")
  func survivalCurves() throws {
    let remissions = Self.remissions

    let curves = try KaplanMeier(endpoint: .relapse).fitted(to: remissions, groupedBy: \.arm)
    let test = try LogRankTest(endpoint: .relapse).applied(to: remissions, groupedBy: \.arm)

    var figure = SurvivalPlot(curves, test: test)
    figure.timeUnit = .weeks
    let svg = figure.svg()
    #expect(svg.contains("Kaplan–Meier curves of relapse"))
    #expect(svg.contains("Log-rank test: p = 0.0653"))
    #expect(svg.contains("Time (weeks)"))

    figure.interval = .logLog  // the scale of the bands; nil for none
    figure.timeLimit = 52  // where the axis ends
    figure.table = .atRisk  // one row for each group
    figure.probabilityAxis = .data  // no further than the curves reach; 0 to 1 by default
    figure.options.title = "Maintenance delays relapse"
    figure.options.width = 480
    #expect(figure.svg().contains("log(-log) scale"))
    #expect(figure.svg().contains(">48</text>") && !figure.svg().contains(">56</text>"))
    #expect(figure.svg().contains("width=\"480\""))

    try competingEvents(curves)
    try models()

    figure.options.identifier = "relapse"
    figure.options.theme = .adaptive
    let page = "<!doctype html><title>Relapse</title><body>" + figure.svg()
    #expect(page.contains("id=\"relapse\""))
    #expect(page.contains("prefers-color-scheme"))
    #expect(page.contains("var(--survival-background,#ffffff)"))
    #expect(page.contains("var(--survival-series-1,#0072b2)"))
  }

  private func competingEvents(_ curves: SurvivalCurves<Arm>) throws {
    let patients = try CompetingRisksExamples.patients()

    let hazards = CumulativeHazardPlot(curves).svg()
    let transformed = LogLogPlot(curves).svg()

    let incidences = try CumulativeIncidence(endpoint: .failure)
      .fitted(to: patients, groupedBy: \.disease)
    let lines = CumulativeIncidencePlot(incidences).svg()
    let stack = try CumulativeIncidencePlot(stacking: incidences, of: .lowRiskMyeloid).svg()

    #expect(hazards.contains("Cumulative hazards of relapse"))
    #expect(transformed.contains("log(−log S) of relapse"))
    #expect(lines.contains("relapse, lowRiskMyeloid"))
    #expect(stack.contains("Cumulative incidence of failure, lowRiskMyeloid"))
  }

  private func models() throws {
    let remissions = Self.remissions
    let female = ConfidenceInterval(lower: 0.4, upper: 0.93, level: 0.95)
    let male = ConfidenceInterval(lower: 0.55, upper: 1.28, level: 0.95)

    let fit = try CoxModel(
      endpoint: .relapse, covariates: [.factor("arm", \.arm, reference: .maintained)]
    ).fitted(to: remissions)
    let forest = ForestPlot(fit).svg()

    let subgroups = ForestPlot(
      subgroups: [
        ForestPlot.Subgroup(
          "Sex",
          rows: [
            try .init("female", ratio: 0.61, interval: female),
            try .init("male", ratio: 0.84, interval: male),
          ], interactionPValue: 0.34)
      ])

    let courses = try fit.coefficientCourses()
    let overTime = SchoenfeldPlot(courses[0]).svg()
    let history = IterationPlot(fit.estimates).svg()

    #expect(forest.contains("2.50 (0.92 to 6.81)"))
    #expect(subgroups.svg().contains("0.61 (0.40 to 0.93)"))
    #expect(overTime.contains("Coefficient of arm over time"))
    #expect(history.contains("Log likelihood"))
  }
}
