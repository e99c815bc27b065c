// SPDX-License-Identifier: Apache-2.0

import CohortModels
import Foundation
@testable import SurvivalKit
@testable import SurvivalPlots
import SurvivalTestSupport
import Testing

@Suite("Figures of hazards")
struct HazardFigureTests {
  /// A panel is some 300 pixels high; coordinates and the two ticks are rounded to 0.01.
  private func isNear(_ value: Double, _ reference: Double, range: Double) -> Bool {
    abs(value - reference) <= range * SurvivalPlotTests.pixel / 280
  }

  @Test("the cumulative hazard is drawn with its limits")
  func hazard() throws {
    let curves = try SurvivalPlotTests.lung()
    let svg = try ParsedSVG(CumulativeHazardPlot(curves).svg())
    let (x, y) = (try svg.scale("x"), try svg.scale("y"))
    let top = y(svg.root.of(class: "sk-y-axis")[0].children[0].number("y1") ?? 0)
    let (paths, bands) = (svg.root.of(class: "sk-curve"), svg.root.of(class: "sk-band"))
    for (index, curve) in curves.curves.enumerated() {
      let corners = ParsedSVG.corners(try #require(paths[index].attributes["d"]))
      let edges = ParsedSVG.corners(try #require(bands[index].attributes["d"]))
      let limits = curve.cumulativeHazardIntervals()
      for position in curve.times.indices where curve.events[position] > 0 {
        let time = curve.times[position]
        func has(_ list: [(x: Double, y: Double)], _ value: Double) -> Bool {
          list.contains {
            abs(x($0.x) - time) < 1022 * SurvivalPlotTests.pixel / 500
              && isNear(y($0.y), min(value, top), range: top)
          }
        }
        #expect(has(corners, curve.cumulativeHazard[position]), "\(time)")
        let interval = try #require(limits[position])
        #expect(has(edges, interval.lower) && has(edges, interval.upper), "\(time)")
      }
    }
  }

  @Test("the limits are those that R draws")
  func hazardLimits() throws {
    // survival:::survfit_confint(s$cumhaz, s$std.chaz, logse = FALSE, "log", .95, ulimit = FALSE) of
    // s <- survfit(Surv(time, status == 2) ~ 1, lung), at the 1st, 50th and 100th time.
    let curve = try KaplanMeier.curves(of: try Samples.lung().data).curves[0]
    #expect([0, 49, 99].map { curve.times[$0] } == [5, 182, 288])
    let limits = curve.cumulativeHazardIntervals()
    for (position, lower, upper) in [
      (0, 0.000617822342514, 0.031136278001), (49, 0.269699219654447, 0.438199374546),
      (99, 0.497693507669134, 0.747392285865),
    ] {
      let interval = try #require(limits[position])
      #expect(abs(interval.lower / lower - 1) < 1e-9)
      #expect(abs(interval.upper / upper - 1) < 1e-9)
    }
    let none = try KaplanMeier.curves(of: SurvivalData(times: [1], events: [false])).curves[0]
    #expect(none.cumulativeHazardIntervals() == [nil])
  }

  @Test("log(−log S) is drawn against log time")
  func logLog() throws {
    let curves = try SurvivalPlotTests.lung()
    let svg = try ParsedSVG(LogLogPlot(curves).svg())
    let (x, y) = (try svg.scale("x", logarithmic: true), try svg.scale("y"))
    for (path, curve) in zip(svg.root.of(class: "sk-curve"), curves.curves) {
      let corners = ParsedSVG.corners(try #require(path.attributes["d"]))
      var count = 0
      for position in curve.times.indices where curve.events[position] > 0 {
        let value = Foundation.log(-Foundation.log(curve.survival[position]))
        let time = curve.times[position]
        #expect(
          corners.contains {
            abs(x($0.x) / time - 1) < 0.001 && isNear(y($0.y), value, range: 8)
          }, "\(time)")
        count += 1
      }
      #expect(count > 40)
    }
  }
}

@Suite("Figures of competing events")
struct IncidenceFigureTests {
  private func isNear(_ value: Double, _ reference: Double) -> Bool {
    abs(value - reference) <= SurvivalPlotTests.pixel / 280
  }

  @Test("lines have the values of the incidences")
  func lines() throws {
    let (data, groups) = try Gallery.transplantCauses()
    let curves = try CumulativeIncidence.curves(of: data, groupedBy: groups)
    let test = try GrayTest.compare(data, groups: groups)
    let svg = try ParsedSVG(CumulativeIncidencePlot(curves, test: test).svg())
    let (x, y) = (try svg.scale("x"), try svg.scale("y"))
    let paths = svg.root.of(class: "sk-curve")
    #expect(paths.count == 6)
    for (path, curve) in zip(paths, curves.curves) {
      let corners = ParsedSVG.corners(try #require(path.attributes["d"]))
      for position in curve.times.indices where curve.events[position] > 0 {
        #expect(
          corners.contains {
            abs(x($0.x) - curve.times[position]) < 0.1
              && isNear(y($0.y), curve.probabilities[position])
          })
      }
    }
    for one in test.tests {
      let p = NumberFormatting.pStatement(try #require(one.test).pValue)
      #expect(svg.texts.contains { $0.text.contains("\(one.cause) \(p)") })
    }
  }

  @Test("a stack ends at one less the probability of no event")
  func stack() throws {
    let (data, groups) = try Gallery.transplantCauses()
    let curves = try CumulativeIncidence.curves(of: data, groupedBy: groups)
    for group in curves.groups {
      let plot = try CumulativeIncidencePlot(stacking: curves, of: group)
      let svg = try ParsedSVG(plot.svg())
      let y = try svg.scale("y")
      let top = try #require(svg.root.of(class: "sk-curve").last?.attributes["d"])
      let free = try #require(plot.curves[0].eventFree.last)
      #expect(isNear(y(try #require(ParsedSVG.corners(top).last).y), 1 - free))
      #expect(svg.root.of(class: "sk-area").count == 2)
    }
    #expect(throws: SurvivalError.self) {
      try CumulativeIncidencePlot(stacking: curves, of: "nobody")
    }
  }

  @Test("at risk, censored and the events of all causes sum to the size of the group")
  func table() throws {
    let (data, groups) = try Gallery.transplantCauses()
    let curves = try CumulativeIncidence.curves(of: data, groupedBy: groups)
    let svg = try ParsedSVG(CumulativeIncidencePlot(curves).svg())
    let tables = svg.root.of(class: "sk-counts")
    #expect(tables.count == 3)
    for (table, size) in zip(tables, [38.0, 54, 45]) {
      let cells = table.all.filter { $0.attributes["text-anchor"] == "middle" }
        .compactMap { Double($0.text) }
      let columns = cells.count / 4
      #expect(cells.count == 4 * columns && columns > 3)
      for column in 0..<columns {
        #expect((0..<4).reduce(0) { $0 + cells[$1 * columns + column] } == size)
      }
    }
  }

  @Test("who enters late is not counted wrongly, but not at all")
  func lateEntries() throws {
    let data = try SurvivalData(
      starts: [0, 0, 2], stops: [1, 4, 5], causes: EventCauses(["a", "b", nil]))
    let svg = try ParsedSVG(CumulativeIncidencePlot(try CumulativeIncidence.curves(of: data)).svg())
    #expect(svg.root.of(class: "sk-counts").isEmpty)
    #expect(svg.texts.contains { $0.text.contains("some enter late") })
  }

  @Test("what is no probability is refused")
  func refusals() throws {
    #expect(throws: SurvivalError.self) { try StepSeries(name: "", times: [1], values: []) }
    #expect(throws: SurvivalError.self) {
      try StepSeries(name: "", times: [2, 1], values: [0, 1])
    }
    #expect(throws: SurvivalError.self) { try StepSeries(name: "", times: [-1], values: [0]) }
    #expect(throws: SurvivalError.self) { try StepSeries(name: "", times: [.nan], values: [0]) }
    #expect(throws: SurvivalError.self) {
      try StepSeries(name: "", times: [1], values: [.infinity])
    }
    let large = try StepSeries(name: "large", times: [1], values: [1.2])
    #expect(throws: SurvivalError.self) { try CumulativeIncidencePlot([large]) }
    let one = try StepSeries(name: "one", times: [1], values: [0.6])
    #expect(throws: SurvivalError.self) {
      try CumulativeIncidencePlot([one, one], arrangement: .stacked)
    }
    _ = try CumulativeIncidencePlot([one, one])
  }
}

@Suite("Forest plot")
struct ForestPlotTests {
  @Test("ratios and limits are those of the fit")
  func positions() throws {
    let fit = try TransplantAnalysis().coxModel(.diseaseFreeSurvival).fitted(
      to: TransplantCohort.load())
    let svg = try ParsedSVG(ForestPlot(fit, level: 0.9).svg())
    let x = try svg.scale("x", logarithmic: true)
    let squares = svg.root.of(class: "sk-estimate")
    let lines = svg.root.of(class: "sk-interval")
    let coefficients = fit.estimates.coefficients
    #expect(squares.count == coefficients.count && lines.count == coefficients.count)
    for (index, coefficient) in coefficients.enumerated() {
      let ratio = try #require(coefficient.hazardRatio)
      let interval = try #require(coefficient.hazardRatioInterval(level: 0.9))
      let middle = try #require(squares[index].number("x")) + 4
      #expect(abs(x(middle) / ratio - 1) < 5e-4)
      #expect(abs(x(try #require(lines[index].number("x1"))) / interval.lower - 1) < 5e-4)
      #expect(abs(x(try #require(lines[index].number("x2"))) / interval.upper - 1) < 5e-4)
      #expect(svg.texts.contains { $0.text == Wording.ratio(ratio, interval) })
    }
    // The level that others are compared with has a row and a ring at 1.
    #expect(svg.texts.contains { $0.text == "AML low risk" })
    #expect(svg.texts.contains { $0.text == "reference" })
    let ring = try #require(svg.root.of(class: "sk-reference").first?.number("cx"))
    #expect(abs(x(ring) - 1) < 1e-3)
  }

  @Test("ratios are written with as many places as tell their limits apart")
  func ratios() {
    func text(_ ratio: Double, _ lower: Double, _ upper: Double) -> String {
      Wording.ratio(ratio, ConfidenceInterval(lower: lower, upper: upper, level: 0.95))
    }
    #expect(text(1.8674, 1.0441, 3.3401) == "1.87 (1.04 to 3.34)")
    #expect(text(1.00326, 1.00133, 1.00518) == "1.0033 (1.0013 to 1.0052)")
    #expect(text(1.013, 0.994, 1.033) == "1.013 (0.994 to 1.033)")
    #expect(text(0.0123, 0.00456, 0.0332) == "0.0123 (0.00456 to 0.0332)")
    #expect(text(0.22, 0.0916, 0.52) == "0.220 (0.092 to 0.520)")
    #expect(text(1234.5, 2, 70000) == "1234 (2.00 to 70000)")
  }

  @Test("an interval beyond the axis ends in an arrowhead, an infinite coefficient is one")
  func arrows() throws {
    let wide = ConfidenceInterval(lower: 1e-6, upper: 1e6, level: 0.95)
    let plot = ForestPlot([try ForestPlot.Row("wide", ratio: 1.5, interval: wide)])
    #expect(try ParsedSVG(plot.svg()).root.of(class: "sk-arrow").count == 2)
    let data = try SurvivalData(times: [1, 2, 3, 4], events: [true, true, true, true])
    let fit = try CoxRegression.fit(data, design: DesignMatrix([("early", [1, 1, 0, 0])]))
    #expect(fit.estimates.coefficients[0].isInfinite)
    let root = try ParsedSVG(ForestPlot(fit.estimates).svg()).root
    #expect(root.of(class: "sk-arrow").count == 1 && root.of(class: "sk-estimate").isEmpty)
    #expect(root.all.contains { $0.text == "infinite" })
  }

  @Test("the p-value of a subgroup is that of its interaction")
  func interactions() throws {
    let row = try ForestPlot.Row("a", ratio: 2, pValue: 0.01)
    let plot = ForestPlot(subgroups: [
      ForestPlot.Subgroup("Sex", rows: [row, row], interactionPValue: 0.34)
    ])
    let texts = try ParsedSVG(plot.svg()).texts.map(\.text)
    #expect(texts.contains("0.34") && !texts.contains("0.01"))
    #expect(texts.contains("p, interaction"))
  }

  @Test("what is no ratio is refused")
  func refusals() {
    for ratio in [0, -1, .nan, .infinity] {
      #expect(throws: SurvivalError.self) { try ForestPlot.Row("a", ratio: ratio) }
    }
    let interval = ConfidenceInterval(lower: 2, upper: 3, level: 0.95)
    #expect(throws: SurvivalError.self) {
      try ForestPlot.Row("a", ratio: 1, interval: interval)
    }
  }
}

@Suite("Figures of checks")
struct CheckFigureTests {
  @Test("points of residuals, calibration and balance are the numbers given")
  func points() throws {
    let schoenfeld = try SchoenfeldPlot(
      covariate: "age", times: [1, 4, 9], residuals: [-0.5, 0.25, 1],
      trend: [.init(time: 1, estimate: 0), .init(time: 9, estimate: 0.5)])
    var svg = try ParsedSVG(schoenfeld.svg())
    var (x, y) = (try svg.scale("x"), try svg.scale("y"))
    for (point, value) in zip(svg.root.of(class: "sk-point"), [(1.0, -0.5), (4, 0.25), (9, 1)]) {
      #expect(abs(x(point.number("cx") ?? 0) - value.0) < 0.001)
      #expect(abs(y(point.number("cy") ?? 0) - value.1) < 0.001)
    }
    let trend = ParsedSVG.corners(
      try #require(svg.root.of(class: "sk-trend").first?.attributes["d"]))
    #expect(abs(x(trend[1].x) - 9) < 0.001 && abs(y(trend[1].y) - 0.5) < 0.001)

    let interval = ConfidenceInterval(lower: 0.2, upper: 0.5, level: 0.95)
    svg = try ParsedSVG(
      CalibrationPlot([.init(predicted: 0.3, observed: 0.35, interval: interval)]).svg())
    (x, y) = (try svg.scale("x"), try svg.scale("y"))
    let point = svg.root.of(class: "sk-point")[0]
    #expect(abs(x(point.number("cx") ?? 0) - 0.3) < 1e-4)
    #expect(abs(y(point.number("cy") ?? 0) - 0.35) < 1e-4)
    let line = svg.root.of(class: "sk-interval")[0]
    #expect(abs(y(line.number("y1") ?? 0) - 0.2) < 1e-4)
    #expect(abs(y(line.number("y2") ?? 0) - 0.5) < 1e-4)

    svg = try ParsedSVG(BalancePlot([.init("Age", before: -0.4, after: 0.1)]).svg())
    x = try svg.scale("x")
    let marks = svg.root.of(class: "sk-row")[0].of(class: "sk-mark").compactMap {
      $0.number("cx").map(x)
    }
    #expect(marks.count == 2)
    #expect(abs(marks[0] - 0.4) < 1e-3 && abs(marks[1] - 0.1) < 1e-3)
  }

  @Test("the course of a coefficient is drawn as it is, with its line and limits")
  func courses() throws {
    let (data, _) = try Samples.lung()
    let fit = try CoxRegression.fit(
      data,
      design: DesignMatrix([
        ("age", try Samples.table("lung").map { try #require(Double($0("age"))) })
      ]))
    let course = try fit.coefficientCourses()[0]
    let svg = try ParsedSVG(SchoenfeldPlot(course).svg())
    let (x, y) = (try svg.scale("x"), try svg.scale("y"))
    let points = svg.root.of(class: "sk-point")
    #expect(points.count == course.residuals.count)
    for (point, residual) in zip(points, course.residuals) {
      #expect(abs(x(point.number("cx") ?? 0) - residual.time) < 0.1)
      #expect(abs(y(point.number("cy") ?? 0) - residual.value) < 1e-3)
    }
    func corners(_ name: String) throws -> [(x: Double, y: Double)] {
      ParsedSVG.corners(try #require(svg.root.of(class: name).first?.attributes["d"]))
    }
    let last = try #require(course.line.last)
    let end = try #require(corners("sk-trend").last)
    #expect(abs(x(end.x) - (last.time ?? 0)) < 0.1 && abs(y(end.y) - last.value) < 1e-3)
    let band = try corners("sk-band").map { y($0.y) }
    #expect(abs((band.max() ?? 0) - (course.line.map(\.upper).max() ?? 0)) < 1e-3)
    #expect(abs((band.min() ?? 0) - (course.line.map(\.lower).min() ?? 0)) < 1e-3)
    let guide = try #require(corners("sk-guide").first)
    #expect(abs(y(guide.y) - course.estimate) < 1e-3)
    // Without an ascending transform the line has no times.
    let falling = try fit.coefficientCourses({ -$0 })[0]
    #expect(SchoenfeldPlot(falling).trend.isEmpty)
  }

  @Test("the balance of weights is drawn as it is, an infinite difference as an arrowhead")
  func balance() throws {
    let text =
      #"[{"name":"age","unweighted":0.4,"weighted":-0.02},{"name":"site","weighted":0.1}]"#
    let balance = try JSONDecoder().decode([CovariateBalance].self, from: Data(text.utf8))
    let svg = try ParsedSVG(BalancePlot(balance).svg())
    let x = try svg.scale("x")
    let rows = svg.root.of(class: "sk-row")
    let marks = rows[0].of(class: "sk-mark").compactMap { $0.number("cx").map(x) }
    #expect(abs(marks[0] - 0.4) < 1e-3 && abs(marks[1] - 0.02) < 1e-3)
    #expect(rows[1].of(class: "sk-mark").count == 1 && rows[1].of(class: "sk-arrow").count == 1)
  }

  @Test("the history of a fit is drawn step by step")
  func iterations() throws {
    let fit = try TransplantAnalysis().coxModel(.diseaseFreeSurvival).fitted(
      to: TransplantCohort.load())
    let svg = try ParsedSVG(IterationPlot(fit.estimates).svg())
    let steps = fit.estimates.iterations
    let panels = svg.root.of(class: "sk-panel")
    #expect(panels.count == 2)
    #expect(panels[0].of(class: "sk-point").count == steps.count)
    let y = try svg.scale("y")
    for (point, step) in zip(panels[0].of(class: "sk-point"), steps) {
      #expect(abs(y(point.number("cy") ?? 0) - step.logLikelihood) < 0.01)
    }
  }

  @Test("what cannot be drawn is refused")
  func refusals() throws {
    #expect(throws: SurvivalError.self) {
      try SchoenfeldPlot(covariate: "x", times: [1, 2], residuals: [1])
    }
    #expect(throws: SurvivalError.self) {
      try SchoenfeldPlot(covariate: "x", times: [1], residuals: [.nan])
    }
    #expect(throws: SurvivalError.self) {
      try CalibrationPlot([.init(predicted: 1.2, observed: 0.5)])
    }
    #expect(throws: SurvivalError.self) { try BalancePlot([.init("x", before: .infinity)]) }
    let data = try SurvivalData(times: [1, 2, 3], events: [true, true, true])
    let fit = try CoxRegression.fit(data, design: DesignMatrix([("x", [1, 3, 2])]))
    #expect(throws: SurvivalError.self) {
      try SchoenfeldPlot(fit.residuals(.scaledSchoenfeld), of: "y")
    }
    #expect(throws: SurvivalError.self) { try SchoenfeldPlot(fit.residuals(.score), of: "x") }
    _ = try SchoenfeldPlot(fit.residuals(.scaledSchoenfeld), of: "x").svg()
  }
}
