// SPDX-License-Identifier: Apache-2.0

import CohortModels
import Foundation
@testable import SurvivalKit
@testable import SurvivalPlots
import SurvivalTestSupport
import Testing

@Suite("Survival plot")
struct SurvivalPlotTests {
  /// Coordinates are rounded to 0.01 pixels: those of the curve, and of the two ticks that give the scale.
  static let pixel = 0.016

  static func lung() throws -> SurvivalCurves<String> {
    let lung = try Samples.lung()
    return try KaplanMeier.curves(of: lung.data, groupedBy: lung.sex)
  }

  @Test("draws the steps of the curve")
  func steps() throws {
    let curves = try Self.lung()
    let svg = try ParsedSVG(SurvivalPlot(curves).svg())
    let (x, y) = (try svg.scale("x"), try svg.scale("y"))
    let paths = svg.root.of(class: "sk-curve")
    #expect(paths.count == 2)
    for (path, curve) in zip(paths, curves.curves) {
      let corners = ParsedSVG.corners(try #require(path.attributes["d"]))
      #expect(abs(y(corners[0].y) - 1) < Self.pixel / 300)
      #expect(abs(x(corners[0].x)) < 1)
      // Every drop of the curve is a vertical line at its time, from and to its values.
      var drawn = [(time: Double, before: Double, after: Double)]()
      for (one, next) in zip(corners, corners.dropFirst()) where one.x == next.x {
        drawn.append((x(one.x), y(one.y), y(next.y)))
      }
      let drops = curve.times.indices.filter { curve.events[$0] > 0 }
      #expect(drawn.count == drops.count)
      for (drop, position) in zip(drawn, drops) {
        let before = position == 0 ? 1 : curve.survival[position - 1]
        #expect(abs(drop.time - curve.times[position]) < 1022 * Self.pixel / 500)
        #expect(abs(drop.before - before) < Self.pixel / 290)
        #expect(abs(drop.after - curve.survival[position]) < Self.pixel / 290)
      }
      let last = try #require(corners.last)
      #expect(abs(x(last.x) - (try #require(curve.lastTime))) < 1022 * Self.pixel / 500)
    }
  }

  @Test("draws the limits of the pointwise intervals")
  func bands() throws {
    let curves = try Self.lung()
    var plot = SurvivalPlot(curves)
    plot.level = 0.9
    plot.interval = .logLog
    let svg = try ParsedSVG(plot.svg())
    let (x, y) = (try svg.scale("x"), try svg.scale("y"))
    let bands = svg.root.of(class: "sk-band")
    #expect(bands.count == 2)
    for (band, curve) in zip(bands, curves.curves) {
      let corners = ParsedSVG.corners(try #require(band.attributes["d"]))
      func isCorner(_ time: Double, _ value: Double) -> Bool {
        corners.contains {
          abs(x($0.x) - time) < 1022 * Self.pixel / 500 && abs(y($0.y) - value) < Self.pixel / 290
        }
      }
      let limits = curve.intervals(level: 0.9, .logLog)
      var count = 0
      // At times without an event the limits stay what they are, and there is no corner.
      for position in curve.times.indices where curve.events[position] > 0 {
        let time = curve.times[position]
        let limits = try #require(limits[position])
        count += 1
        #expect(isCorner(time, limits.lower) && isCorner(time, limits.upper), "\(time)")
      }
      #expect(count > 40)
    }
  }

  @Test("marks every time with a censoring, on the curve")
  func marks() throws {
    let curves = try Self.lung()
    let svg = try ParsedSVG(SurvivalPlot(curves).svg())
    let (x, y) = (try svg.scale("x"), try svg.scale("y"))
    for (path, curve) in zip(svg.root.of(class: "sk-censored"), curves.curves) {
      let corners = ParsedSVG.corners(try #require(path.attributes["d"]))
      let times = curve.times.indices.filter { curve.censored[$0] > 0 }
      #expect(corners.count == 2 * times.count)
      for (mark, position) in times.enumerated() {
        let (top, bottom) = (corners[2 * mark], corners[2 * mark + 1])
        #expect(abs(x(top.x) - curve.times[position]) < 1022 * Self.pixel / 500)
        let middle = y((top.y + bottom.y) / 2)
        #expect(abs(middle - curve.survival[position]) < Self.pixel / 290)
      }
    }
  }

  @Test("reads the medians off at one half")
  func medians() throws {
    let curves = try Self.lung()
    let svg = try ParsedSVG(SurvivalPlot(curves).svg())
    let (x, y) = (try svg.scale("x"), try svg.scale("y"))
    let lines = try #require(svg.root.of(class: "sk-medians").first).children
    let upright = lines.filter { $0.attributes["x1"] == $0.attributes["x2"] }
    let times = upright.compactMap { $0.number("x1").map(x) }
    let medians = curves.curves.compactMap { $0.median().estimate }
    #expect(medians == [426, 270])
    #expect(times.count == 2 && zip(times, medians).allSatisfy { abs($0 - $1) < 0.02 })
    let heights = lines.compactMap { $0.number("y1").map(y) }
    #expect(heights.allSatisfy { abs($0 - 0.5) < Self.pixel / 290 })
    let legend = try #require(svg.root.of(class: "sk-legend").first)
    #expect(legend.all.map(\.text).contains("426 (348 to 550)"))
    #expect(legend.all.map(\.text).contains("53 / 90"))
  }

  @Test("writes the result of the test")
  func statement() throws {
    let lung = try Samples.lung()
    let test = try LogRankTest.compare(lung.data, groups: lung.sex)
    let svg = try ParsedSVG(SurvivalPlot(try Self.lung(), test: test).svg())
    #expect(svg.texts.contains { $0.text == "Log-rank test: p = 0.00131" })
  }

  @Test("keeps at risk, censored and events equal to the size of the group at every tick")
  func tableSums() throws {
    for sample in try Gallery.survival() {
      let plot = try #require(sample.figure as? SurvivalPlot)
      guard plot.table == .full else { continue }
      let groups = try ParsedSVG(sample.figure.svg()).root.of(class: "sk-counts")
      #expect(groups.count == plot.curves.count, "\(sample)")
      for (group, curve) in zip(groups, plot.curves) {
        let rows = try Self.rows(group)
        let ticks = try #require(rows["At risk"]).count
        for tick in 0..<ticks {
          let sum = ["At risk", "Censored", "Events"].reduce(0) { $0 + (rows[$1]?[tick] ?? .nan) }
          // At risk of being censored, as a reversed curve counts it, are not all who are there.
          let first = curve.numbersAtRisk(at: [curve.startTime])[0].atRisk
          let whole =
            rows["Entered"]?[tick] ?? (curve.isReversed ? Double(curve.subjectCount) : first)
          // Each sum of weights is rounded to one decimal.
          let tolerance = sample.name == "survival-weighted" ? 0.2 : 0
          #expect(abs(sum - whole) <= tolerance, "\(sample), \(curve.group), tick \(tick)")
        }
        if curve.startTime == 0, rows["Entered"] == nil, curve.weightKind == .none {
          #expect(rows["At risk"]?.first == Double(curve.subjectCount), "\(sample)")
        }
      }
    }
  }

  @Test("aligns the table with the ticks")
  func tableColumns() throws {
    for sample in try Gallery.survival() {
      let root = try ParsedSVG(sample.figure.svg()).root
      let ticks = root.of(class: "sk-x-axis")[0].of(class: "sk-tick").compactMap {
        $0.attributes["x1"]
      }
      for group in root.of(class: "sk-counts") {
        let cells = group.all.filter {
          $0.name == "text" && $0.attributes["text-anchor"] == "middle"
        }
        #expect(cells.count % ticks.count == 0 && !cells.isEmpty, "\(sample)")
        for (index, cell) in cells.enumerated() {
          #expect(cell.attributes["x"] == ticks[index % ticks.count], "\(sample)")
        }
      }
    }
  }

  @Test("counts the rows of the heart transplant study as R's summary does")
  func lateEntries() throws {
    let heart = try Samples.heart()
    let curves = try KaplanMeier.curves(of: heart.data, groupedBy: heart.transplant)
    let counts = GroupCounts(curves.curves[0], at: [0, 100, 365])
    // 69 were transplanted, 26 of them on the 100th day or before and no longer at risk then.
    let rows = try Samples.table("heart").filter { $0("transplant") == "1" }
    func count(_ predicate: (Double, Double, Bool) -> Bool) throws -> Double {
      Double(
        try rows.count {
          predicate(
            try #require(Double($0("start"))), try #require(Double($0("stop"))),
            $0("event") == "1")
        })
    }
    for (index, time) in [0.0, 100, 365].enumerated() {
      #expect(counts.atRisk[index] == (try count { $0 < time && time <= $1 && $2 == $2 }))
      #expect(counts.rows[0].values[index] == (try count { $1 < time && !$2 }))
      #expect(counts.rows[1].values[index] == (try count { $1 < time && $2 }))
      #expect(counts.rows[2].values[index] == (try count { start, _, _ in start < time }))
    }
    #expect(counts.rows.map(\.label) == ["Censored", "Events", "Entered"])
    #expect(counts.hasLateEntries)
    #expect(!GroupCounts(curves.curves[1], at: [0]).hasLateEntries)
  }

  @Test("tells events and censorings apart as in the data when the curve is reversed")
  func reversed() throws {
    let lung = try Samples.lung()
    let plain = try KaplanMeier.curves(of: lung.data).curves[0]
    let reversed = try KaplanMeier.curves(of: lung.data, isReversed: true).curves[0]
    let times: [Double] = [0, 11, 200, 365, 1022]
    let (one, other) = (GroupCounts(plain, at: times), GroupCounts(reversed, at: times))
    #expect(one.atRisk == other.atRisk)
    #expect(one.rows.map(\.label) == ["Censored", "Events"])
    #expect(one.rows.map(\.label) == other.rows.map(\.label))
    #expect(one.rows.map(\.values) == other.rows.map(\.values))
  }

  @Test("shows the probability of the event as one minus survival")
  func event() throws {
    let curves = try Self.lung()
    var plot = SurvivalPlot(curves)
    plot.quantity = .event
    let svg = try ParsedSVG(plot.svg())
    let y = try svg.scale("y")
    let corners = ParsedSVG.corners(try #require(svg.root.of(class: "sk-curve")[0].attributes["d"]))
    let last = try #require(curves.curves[0].survival.last)
    #expect(abs(y(try #require(corners.last).y) - (1 - last)) < Self.pixel / 290)
    #expect(svg.texts.contains { $0.text == "Probability of the event" })
  }

  @Test("says what groups are whose names are numbers")
  func groupTitle() throws {
    let data = try SurvivalData(times: [1, 2, 3, 4], events: [true, true, false, true])
    let curves = try KaplanMeier.curves(of: data, groupedBy: Grouping(["1", "1", "2", "male"]))
    var plot = SurvivalPlot(curves)
    #expect(try ParsedSVG(plot.svg()).texts.count { $0.text == "2" } > 0)
    plot.groupTitle = "sex"
    let texts = try ParsedSVG(plot.svg()).texts.map(\.text)
    // In the legend and in the table.
    for name in ["sex 1", "sex 2", "male"] { #expect(texts.count { $0 == name } == 2, "\(name)") }
    #expect(plot.svg().contains("sex 2: 1 subject"))
    let causes = try SurvivalData(times: [1, 2, 3, 4], causes: EventCauses(["a", "b", nil, "a"]))
    var incidences = CumulativeIncidencePlot(
      try CumulativeIncidence.curves(of: causes, groupedBy: Grouping(["1", "1", "2", "2"])))
    incidences.groupTitle = "sex"
    #expect(
      try ParsedSVG(incidences.svg()).texts.map(\.text).filter { $0.contains("sex") }
        == ["a, sex 1", "b, sex 1", "a, sex 2", "b, sex 2", "sex 1", "sex 2"])
  }

  @Test("ends the axis of time where it is told to")
  func limit() throws {
    var plot = SurvivalPlot(try Self.lung())
    plot.timeLimit = 365
    plot.timeUnit = .days
    let svg = try ParsedSVG(plot.svg())
    let x = try svg.scale("x")
    for path in svg.root.of(class: "sk-curve") + svg.root.of(class: "sk-band") {
      let far = ParsedSVG.corners(try #require(path.attributes["d"])).map { x($0.x) }.max()
      #expect(abs((far ?? 0) - 365) < 0.01)
    }
    // The medians, 426 and 270 days: one is beyond the axis and is written but not drawn.
    #expect(svg.root.of(class: "sk-medians").first?.children.count == 2)
  }

  @Test("keeps to the structure that is documented")
  func structure() throws {
    let data = try SurvivalData(times: [1, 2, 3, 4], events: [true, false, true, false])
    var plot = SurvivalPlot(try KaplanMeier.curves(of: data))
    plot.options.width = 400
    plot.options.panelHeight = 100
    plot.timeUnit = .years
    func outline(_ element: Element, _ depth: Int = 0) -> [String] {
      let name = element.classes.first.map { "\(element.name).\($0)" } ?? element.name
      let isLeaf = ["text", "line", "rect", "style"].contains(element.name)
      if isLeaf { return [] }
      return [String(repeating: " ", count: depth) + name]
        + element.children.flatMap { outline($0, depth + 1) }
    }
    #expect(
      outline(try ParsedSVG(plot.svg()).root) == [
        "svg.survival-figure", " title", " desc", " g.sk-figure", "  g.sk-legend", "  g.sk-grid",
        "  g.sk-axis", "  g.sk-axis", "  g.sk-panel", "   path.sk-band", "   g.sk-medians",
        "   path.sk-curve", "   path.sk-censored", "  g.sk-table", "   g.sk-counts", "  g.sk-notes",
      ])
    let root = try ParsedSVG(plot.svg()).root
    #expect(
      root.children[1].text
        == "Kaplan–Meier curve. All: 4 subjects, 2 events, median 3 (1 to NR).")
    #expect(
      root.of(class: "sk-curve")[0].attributes["d"] == "M86.36 81H159.69V106H306.34V143.5H379.66")
  }

  @Test("does not grow with the data without end")
  func size() throws {
    let study = try Samples.groups(2, subjects: 20_000)
    let curves = try KaplanMeier.curves(of: study.data, groupedBy: study.groups)
    #expect(SurvivalPlot(curves).svg().utf8.count < 400_000)
  }

  /// The numbers of a group's table by the label of the row.
  private static func rows(_ group: Element) throws -> [String: [Double]] {
    var rows = [String: [Double]]()
    var label = ""
    for text in group.all where text.name == "text" && text.attributes["font-weight"] == nil {
      if text.attributes["text-anchor"] == nil {
        label = text.text
      } else {
        rows[label, default: []].append(try #require(Double(text.text)))
      }
    }
    return rows
  }
}

@Suite("Options of a figure")
struct FigureOptionTests {
  @Test("a figure of no size is an error of the programmer")
  func sizes() async {
    await #expect(processExitsWith: .failure) {
      var plot = try SurvivalPlot(
        KaplanMeier.curves(of: SurvivalData(times: [1], events: [true])))
      plot.options.width = .nan
      _ = plot.svg()
    }
    await #expect(processExitsWith: .failure) {
      var plot = try SurvivalPlot(
        KaplanMeier.curves(of: SurvivalData(times: [1], events: [true])))
      plot.options.fontSize = 0
      _ = plot.svg()
    }
  }

  @Test("a title is drawn unless it is not wanted, and told in any case")
  func titles() throws {
    var plot = SurvivalPlot(
      try KaplanMeier.curves(of: SurvivalData(times: [1], events: [true])))
    plot.options.title = "A & B"
    plot.options.description = "What it shows."
    var svg = try ParsedSVG(plot.svg())
    #expect(svg.texts.contains { $0.text == "A & B" })
    plot.options.showsTitle = false
    plot.options.showsNotes = false
    svg = try ParsedSVG(plot.svg())
    #expect(!svg.texts.contains { $0.text == "A & B" })
    #expect(svg.root.of(class: "sk-notes").isEmpty)
    #expect(svg.root.children[0].text == "A & B")
    #expect(svg.root.children[1].text == "What it shows.")
  }

  @Test("colours are attributes, and rules that a page can override")
  func themes() throws {
    var plot = SurvivalPlot(
      try KaplanMeier.curves(of: SurvivalData(times: [1], events: [true])))
    #expect(plot.svg().contains("stroke=\"#0072b2\""))
    #expect(
      plot.svg().contains(
        "#survival-figure .sk-stroke-series-1{stroke:var(--survival-series-1,#0072b2)}"))
    #expect(!plot.svg().contains("@media"))
    plot.options.theme = .dark
    #expect(plot.svg().contains("stroke=\"#699fff\""))
    plot.options.theme = .adaptive
    #expect(plot.svg().contains("@media (prefers-color-scheme:dark){"))
    #expect(plot.svg().contains("fill=\"#ffffff\""))
    var colors = Theme.Colors.light
    colors.background = nil
    plot.options.theme = Theme(colors: colors)
    #expect(plot.svg().contains("fill=\"none\""))
  }
}
