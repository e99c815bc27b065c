// SPDX-License-Identifier: Apache-2.0

import CohortModels
import Foundation
@testable import SurvivalKit
import SurvivalPlots

extension Gallery {
  /// Figures of models, of competing events, and of plain values.
  static func models() throws -> [Sample] {
    try transforms() + incidences() + forests() + checks()
  }

  static func transforms() throws -> [Sample] {
    var samples = [Sample]()
    let veteran = try Samples.veteran()
    let curves = try KaplanMeier.curves(of: veteran.data, groupedBy: veteran.cell)
    var hazard = CumulativeHazardPlot(curves)
    hazard.timeUnit = .days
    samples.append(Sample("hazard-four", hazard))
    let lung = try Samples.lung()
    let sexes = try KaplanMeier.curves(of: lung.data, groupedBy: lung.sex)
    samples.append(Sample("hazard-two", CumulativeHazardPlot(sexes)))
    samples.append(Sample("log-log-four", LogLogPlot(curves)))
    samples.append(Sample("log-log-two", LogLogPlot(sexes)))
    let none = try KaplanMeier.curves(of: SurvivalData(times: [1, 2], events: [false, false]))
    samples.append(Sample("hazard-no-events", CumulativeHazardPlot(none)))
    samples.append(Sample("log-log-no-events", LogLogPlot(none)))
    let one = try KaplanMeier.curves(of: SurvivalData(times: [3, 5], events: [true, false]))
    samples.append(Sample("log-log-one-event", LogLogPlot(one)))
    return samples
  }

  static func transplantCauses() throws -> (data: SurvivalData, groups: Grouping) {
    let patients = try TransplantCohort.load()
    let causes = patients.map { patient -> String? in
      patient.relapse.hasOccurred ? "relapse" : patient.death.hasOccurred ? "death" : nil
    }
    return (
      try SurvivalData(
        times: patients.map(\.diseaseFreeDays), causes: EventCauses(causes)),
      Grouping(patients.map(\.riskGroup))
    )
  }

  static func incidences() throws -> [Sample] {
    var samples = [Sample]()
    let (data, groups) = try transplantCauses()
    let all = try CumulativeIncidence.curves(of: data)
    let curves = try CumulativeIncidence.curves(of: data, groupedBy: groups)
    let test = try GrayTest.compare(data, groups: groups)
    var lines = CumulativeIncidencePlot(curves, test: test)
    lines.timeUnit = .days
    samples.append(Sample("incidence-groups", lines))
    lines.probabilityAxis = .data
    lines.table = .atRisk
    lines.options.theme = .dark
    samples.append(Sample("incidence-groups-dark", lines))
    var one = CumulativeIncidencePlot(all)
    one.interval = .log
    samples.append(Sample("incidence-one", one))
    var stack = try CumulativeIncidencePlot(stacking: curves, of: curves.groups[1])
    stack.timeUnit = .days
    samples.append(Sample("incidence-stacked", stack))
    let series = try [
      StepSeries(name: "one", times: [1, 2, 5], values: [0.1, 0.2, 0.4]),
      StepSeries(name: longName, times: [1.5, 4], values: [0.1, 0.3]),
    ]
    samples.append(Sample("incidence-series", try CumulativeIncidencePlot(series)))
    samples.append(
      Sample(
        "incidence-series-stacked",
        try CumulativeIncidencePlot(series, arrangement: .stacked)))
    return samples
  }

  static func forests() throws -> [Sample] {
    var samples = [Sample]()
    let transplants = try TransplantAnalysis().coxModel(.diseaseFreeSurvival).fitted(
      to: TransplantCohort.load())
    var forest = ForestPlot(transplants)
    samples.append(Sample("forest-transplant", forest))
    forest.below = "favours the group"
    forest.above = "favours the reference"
    forest.options.theme = .dark
    forest.options.width = 420
    samples.append(Sample("forest-transplant-narrow", forest))
    func interval(_ lower: Double, _ upper: Double) -> ConfidenceInterval {
      ConfidenceInterval(lower: lower, upper: upper, level: 0.95)
    }
    func row(
      _ label: String, _ ratio: Double, _ lower: Double, _ upper: Double, _ detail: String = ""
    ) throws -> ForestPlot.Row {
      try ForestPlot.Row(label, ratio: ratio, interval: interval(lower, upper), detail: detail)
    }
    var subgroups = ForestPlot(
      subgroups: [
        ForestPlot.Subgroup(
          "Age",
          rows: [
            try row("under 30", 0.62, 0.41, 0.95, "24 / 60"),
            try row("30 and over", 0.81, 0.55, 1.2, "31 / 77"),
          ], interactionPValue: 0.34),
        ForestPlot.Subgroup(
          "Sex",
          rows: [
            try row("female", 0.7, 0.4, 1.21, "20 / 57"),
            try row("male", 0.74, 0.5, 1.1, "35 / 80"),
          ], interactionPValue: 0.87),
        ForestPlot.Subgroup(
          longName,
          rows: [
            try row("yes", 0.04, 0.0001, 4.7, "2 / 9"),
            try row(longName, 0.73, 0.52, 1.03, "53 / 128"),
          ], interactionPValue: 0.00012),
      ], overall: try row("All", 0.72, 0.53, 0.98, "55 / 137"))
    subgroups.detailTitle = "Events / N"
    subgroups.below = "new treatment better"
    subgroups.above = "control better"
    samples.append(Sample("forest-subgroups", subgroups))
    let data = try SurvivalData(
      times: [1, 2, 3, 4, 5, 6, 7, 8],
      events: [true, true, true, true, false, false, false, true])
    let design = try DesignMatrix([
      ("treated", [1, 1, 1, 1, 0, 0, 0, 0].map { $0 == 1 ? 1.0 : 0 }),
      ("untreated", [0, 0, 0, 0, 1, 1, 1, 1]), ("age < \"60\" & more", [3, 1, 4, 1, 5, 9, 2, 6]),
    ])
    let fit = try CoxRegression.fit(data, design: design)
    samples.append(Sample("forest-infinite", ForestPlot(fit.estimates)))
    samples.append(
      Sample(
        "forest-awkward",
        ForestPlot(try awkwardNames.enumerated().map { try row($1, 1 + 0.1 * Double($0), 0.5, 3) }))
    )
    samples.append(Sample("forest-empty", ForestPlot([])))
    samples.append(
      Sample(
        "forest-extreme",
        ForestPlot([try row("tiny", 1e-9, 1e-30, 1e30), try row("huge", 4e8, 1e-4, 1e90)])))
    samples.append(Sample("iterations", IterationPlot(transplants.estimates)))
    samples.append(Sample("iterations-infinite", IterationPlot(fit.estimates)))
    return samples
  }

  static func checks() throws -> [Sample] {
    var samples = [Sample]()
    let rows = try Samples.table("veteran")
    let data = try SurvivalData(
      times: rows.map { Double($0("time")) ?? 0 }, events: rows.map { $0("status") == "1" })
    let fit = try CoxRegression.fit(
      data,
      design: DesignMatrix([
        ("karno", rows.map { Double($0("karno")) ?? 0 }),
        ("age", rows.map { Double($0("age")) ?? 0 }),
      ]))
    let residuals = try fit.residuals(.scaledSchoenfeld)
    // A straight line and a band for the look of it: smoothing is not this module's.
    let trend = stride(from: 1.0, through: 580, by: 3).map { time in
      let value = -0.05 + 0.0002 * time
      return SchoenfeldPlot.TrendPoint(
        time: time, estimate: value,
        interval: ConfidenceInterval(lower: value - 0.04, upper: value + 0.04, level: 0.95))
    }
    var schoenfeld = try SchoenfeldPlot(residuals, of: "karno", trend: trend)
    schoenfeld.coefficient = fit.estimates.coefficients[0].estimate
    schoenfeld.pValue = try fit.proportionalHazardsTest().terms[0].test.pValue
    schoenfeld.timeUnit = .days
    samples.append(Sample("schoenfeld", schoenfeld))
    schoenfeld.timeScale = .logarithmic
    samples.append(Sample("schoenfeld-log", schoenfeld))
    var course = SchoenfeldPlot(try fit.coefficientCourses()[0])
    course.timeUnit = .days
    course.timeScale = .logarithmic
    samples.append(Sample("schoenfeld-course", course))
    course = SchoenfeldPlot(
      try fit.coefficientCourses(terms: [(name: longName, columns: [0, 1])])[0])
    course.options.width = 320
    samples.append(Sample("schoenfeld-combined-narrow", course))
    samples.append(
      Sample(
        "schoenfeld-one",
        try SchoenfeldPlot(covariate: longName, times: [3], residuals: [0.2])))
    samples.append(
      Sample(
        "calibration",
        try CalibrationPlot(
          [(0.08, 0.05), (0.2, 0.23), (0.38, 0.35), (0.61, 0.7), (0.86, 0.8)].map { point in
            CalibrationPlot.Point(
              predicted: point.0, observed: point.1,
              interval: ConfidenceInterval(
                lower: max(0, point.1 - 0.09), upper: min(1, point.1 + 0.09), level: 0.95))
          },
          smooth: stride(from: 0.02, through: 0.95, by: 0.03).map {
            CalibrationPlot.Point(predicted: $0, observed: $0 * 0.95 + 0.01)
          })))
    let differences: [BalancePlot.Difference] = [
      .init("Age", before: 0.41, after: 0.03), .init("Female sex", before: -0.12, after: -0.02),
      .init(longName, before: -0.32, after: 0.09), .init("Prior lines", before: 0.08, after: 0.11),
    ]
    var balance = try BalancePlot(differences)
    samples.append(Sample("balance", balance))
    balance.isAbsolute = false
    samples.append(Sample("balance-signed", balance))
    samples.append(
      Sample("balance-before", try BalancePlot([.init("Age", before: 0.4)])))
    return samples
  }
}
