// SPDX-License-Identifier: Apache-2.0

import Foundation
@testable import SurvivalKit
import SurvivalPlots

extension Gallery {
  /// Names in scripts that run from right to left, with marks that have sides, and long.
  static let rightToLeftNames = [
    "קבוצת הביקורת (א)", "ذراع العلاج (ب) - 12 أسبوعًا", "מינון 5 מ\"ג < 10 מ\"ג",
    "مجموعة المرضى الذين تلقوا زرع الخلايا الجذعية بعد الهدأة الكاملة الأولى",
  ]

  private static func name(_ index: Int) -> String { "\(longName), arm \(index + 1)" }

  /// Every kind of curve for one, two, four and eight groups, wide and as narrow as figures can be.
  static func shapes() throws -> [Sample] { try groupCounts() + times() + interventions() }

  private static func groupCounts() throws -> [Sample] {
    var samples = [Sample]()
    for count in [1, 2, 4, 8] {
      for isNarrow in [false, true] {
        let study = try Samples.groups(count, names: isNarrow ? name : { "Arm \($0 + 1)" })
        let curves = try KaplanMeier.curves(of: study.data, groupedBy: study.groups)
        let width = isNarrow ? 320.0 : 640
        func add(_ kind: String, _ figure: any Figure) {
          var figure = figure
          figure.options.width = width
          samples.append(Sample("\(kind)-\(count)\(isNarrow ? "-narrow" : "")", figure))
        }
        var survival = SurvivalPlot(
          curves,
          test: count > 1 ? try LogRankTest.compare(study.data, groups: study.groups) : nil)
        survival.timeUnit = .months
        add("shape-survival", survival)
        survival.table = .atRisk
        survival.quantity = .event
        add("shape-event", survival)
        add("shape-hazard", CumulativeHazardPlot(curves))
        add("shape-log-log", LogLogPlot(curves))
        let causes = try competing(study, causes: 2)
        let incidences = try CumulativeIncidence.curves(of: causes, groupedBy: study.groups)
        var lines = CumulativeIncidencePlot(
          incidences, test: count > 1 ? try GrayTest.compare(causes, groups: study.groups) : nil)
        lines.timeUnit = .months
        add("shape-incidence", lines)
        let many = try CumulativeIncidence.curves(
          of: competing(study, causes: count, long: isNarrow))
        add("shape-stack", try CumulativeIncidencePlot(stacking: many, of: "all"))
      }
    }
    return samples
  }

  /// The study with every event given to one of some causes in turn.
  private static func competing(
    _ study: (data: SurvivalData, groups: Grouping), causes: Int, long: Bool = false
  ) throws -> SurvivalData {
    var next = 0
    let names = study.data.events.map { happened -> String? in
      guard happened else { return nil }
      next += 1
      let cause = next * next % 7 % causes
      return long ? "\(longName), cause \(cause + 1)" : "cause \(cause + 1)"
    }
    return try SurvivalData(times: study.data.times, causes: EventCauses(names))
  }

  private static func times() throws -> [Sample] {
    var samples = [Sample]()
    func curves(_ study: (data: SurvivalData, groups: Grouping)) throws -> SurvivalCurves<String> {
      try KaplanMeier.curves(of: study.data, groupedBy: study.groups)
    }
    let rightToLeft = try curves(Samples.groups(4, names: { rightToLeftNames[$0] }))
    samples.append(Sample("shape-right-to-left", SurvivalPlot(rightToLeft)))
    var narrow = SurvivalPlot(rightToLeft)
    narrow.options.width = 320
    narrow.table = .atRisk
    narrow.options.title = rightToLeftNames[3]
    samples.append(Sample("shape-right-to-left-narrow", narrow))
    for (name, factor) in [("tiny", 1e-9), ("huge", 1e9), ("vast", 1e300)] {
      let study = try Samples.groups(2)
      let data = try SurvivalData(
        times: study.data.times.map { $0 * factor },
        events: study.data.events)
      samples.append(Sample("shape-time-\(name)", SurvivalPlot(try curves((data, study.groups)))))
      var lines = CumulativeHazardPlot(try curves((data, study.groups)))
      lines.options.width = 320
      samples.append(Sample("shape-time-\(name)-hazard-narrow", lines))
    }
    let negative = try SurvivalData(
      starts: [-30, -20, -30, -10, -25], stops: [-5, 12, 20, 31, -1],
      events: [true, true, false, true, true])
    samples.append(
      Sample("shape-time-negative", SurvivalPlot(try KaplanMeier.curves(of: negative))))
    let toZero = try SurvivalData(
      times: [1, 2, 3, 4, 5, 6, 7, 8, 9], events: Array(repeating: true, count: 9))
    let zero = try KaplanMeier.curves(
      of: toZero, groupedBy: Grouping(["a", "b", "c", "a", "b", "c", "a", "b", "c"]))
    samples.append(Sample("shape-to-zero", SurvivalPlot(zero)))
    samples.append(Sample("shape-to-zero-hazard", CumulativeHazardPlot(zero)))
    samples.append(Sample("shape-to-zero-log-log", LogLogPlot(zero)))
    var never = SurvivalPlot(try curves(Samples.groups(8, eventShare: 0)))
    never.quantity = .event
    never.probabilityAxis = .data
    samples.append(Sample("shape-never", never))
    let one = try SurvivalData(times: [5], events: [false])
    samples.append(
      Sample("shape-one-censored", SurvivalPlot(try KaplanMeier.curves(of: one))))
    var large = SurvivalPlot(try curves(Samples.groups(4, names: name)))
    large.options.fontSize = 32
    samples.append(Sample("shape-large-text", large))
    large.options.fontSize = 6
    large.options.panelHeight = 80
    samples.append(Sample("shape-small-text", large))
    return samples
  }

  private struct Subject: Sendable {
    var time: Double
    var isDead: Bool
    var arm: Int
    var age: Double
  }

  private static func interventions() throws -> [Sample] {
    let study = try Samples.groups(2)
    var generator = Samples.Numbers(state: 7)
    let subjects = study.data.times.indices.map { row in
      Subject(
        time: study.data.times[row], isDead: study.data.events[row],
        arm: row % 2, age: 40 + 30 * generator.next())
    }
    let fit = try CoxModel(
      endpoint: Endpoint<Subject>("death", time: \.time, event: \.isDead),
      covariates: [.numeric("arm") { Double($0.arm) }, .numeric("age", \.age)]
    ).fitted(to: subjects)
    var samples = [Sample]()
    for count in [1, 2, 4, 8] {
      for isNarrow in [false, true] {
        let interventions = (0..<count).map { index in
          Intervention<Subject>(isNarrow ? name(index) : "age \(40 + 4 * index)") {
            $0.age = 40 + 4 * Double(index)
          }
        }
        let standardized = try fit.standardizedSurvival(of: subjects, interventions)
        let points = try interventions.map { intervention in
          try [0.0, 3, 6, 9, 12, 18].map {
            try standardized.estimate(.survival(at: $0), of: intervention.name)
          }
        }
        var figure = StandardizedSurvivalPlot(points)
        figure.timeUnit = .months
        figure.options.width = isNarrow ? 320 : 640
        samples.append(
          Sample("shape-standardized-\(count)\(isNarrow ? "-narrow" : "")", figure))
      }
    }
    return samples
  }
}
