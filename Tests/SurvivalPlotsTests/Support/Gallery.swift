// SPDX-License-Identifier: Apache-2.0

import CohortModels
import Foundation
@testable import SurvivalKit
import SurvivalPlots

/// Figures of every kind and of every awkward shape, for the tests that hold for all figures.
///
/// To look at them: `SURVIVAL_GALLERY=/tmp/gallery swift test --filter GalleryTests` writes them.
struct Sample: Sendable, CustomStringConvertible {
  let name: String
  let figure: any Figure

  var description: String { name }

  init(_ name: String, _ figure: any Figure) {
    self.name = name
    self.figure = figure
  }
}

enum Gallery {
  static let longName =
    "Blinatumomab after inotuzumab with allogeneic transplantation in CR1"
  static let awkwardNames = [
    "a < b & \"c\" > 'd'", "קבוצת טיפול", "مجموعة العلاج", "🩺 👩‍⚕️ team", "nul\u{0}bell\u{7}esc\u{1B}",
    "two\nlines\tand tab", "", "\u{FFFE}\u{202E}reversed ]]>",
  ]

  static func all() throws -> [Sample] { try survival() + models() + shapes() }

  static func survival() throws -> [Sample] {
    var samples = [Sample]()
    let patients = try TransplantCohort.load()
    let endpoint = Endpoint<TransplantPatient>.diseaseFreeSurvival
    let curves = try KaplanMeier(endpoint: endpoint).fitted(to: patients, groupedBy: \.riskGroup)
    let test = try LogRankTest(endpoint: endpoint).applied(to: patients, groupedBy: \.riskGroup)
    var transplant = SurvivalPlot(curves, test: test)
    transplant.timeUnit = .days
    samples.append(Sample("survival-transplant", transplant))
    transplant.options.theme = .dark
    transplant.table = .atRisk
    samples.append(Sample("survival-transplant-dark", transplant))
    transplant.options.theme = .adaptive
    transplant.options.width = 380
    transplant.timeLimit = 800
    samples.append(Sample("survival-transplant-narrow", transplant))

    let lung = try Samples.lung()
    samples.append(Sample("survival-one", SurvivalPlot(try KaplanMeier.curves(of: lung.data))))
    var two = SurvivalPlot(
      try KaplanMeier.curves(of: lung.data, groupedBy: lung.sex),
      test: try LogRankTest.compare(lung.data, groups: lung.sex))
    two.timeTitle = "Days since enrolment"
    samples.append(Sample("survival-two", two))
    two.quantity = .event
    two.interval = nil
    two.showsMedians = false
    two.table = .none
    samples.append(Sample("survival-two-event", two))
    let veteran = try Samples.veteran()
    samples.append(
      Sample(
        "survival-four",
        SurvivalPlot(
          try KaplanMeier.curves(of: veteran.data, groupedBy: veteran.cell),
          test: try LogRankTest.compare(veteran.data, groups: veteran.cell))))
    var eight = SurvivalPlot(try grouped(Samples.groups(8)))
    eight.timeUnit = .months
    samples.append(Sample("survival-eight", eight))
    eight.table = .atRisk
    samples.append(Sample("survival-eight-at-risk", eight))
    var long = SurvivalPlot(
      try grouped(Samples.groups(8, names: { "\(longName), arm \($0 + 1)" })))
    long.timeUnit = .months
    long.options.title =
      "Overall survival of patients with relapsed or refractory disease by the treatment that they "
      + "were assigned to, and by the centre"
    samples.append(Sample("survival-long", long))
    long.table = .atRisk
    long.options.width = 420
    samples.append(Sample("survival-long-narrow", long))
    samples.append(
      Sample(
        "survival-awkward",
        SurvivalPlot(try grouped(Samples.groups(8, names: { awkwardNames[$0] })))))
    samples.append(
      Sample(
        "survival-eleven", SurvivalPlot(try grouped(Samples.groups(11, subjects: 12)))))

    var years = SurvivalPlot(try grouped(Samples.groups(2, end: 0.3)))
    years.timeUnit = .years
    samples.append(Sample("survival-years", years))
    var large = SurvivalPlot(try grouped(Samples.groups(2, subjects: 3000, end: 60)))
    large.timeUnit = .months
    samples.append(Sample("survival-large", large))
    let high = try Samples.groups(2, subjects: 60, eventShare: 0.06)
    var highPlot = SurvivalPlot(try grouped(high))
    samples.append(Sample("survival-high", highPlot))
    highPlot.probabilityAxis = .data
    samples.append(Sample("survival-high-data-axis", highPlot))
    highPlot.quantity = .event
    samples.append(Sample("survival-high-event-data-axis", highPlot))
    samples.append(
      Sample("survival-censored", SurvivalPlot(try grouped(Samples.groups(2, eventShare: 0)))))
    samples.append(
      Sample(
        "survival-one-subject",
        SurvivalPlot(try KaplanMeier.curves(of: SurvivalData(times: [5], events: [true])))))
    samples.append(
      Sample(
        "survival-time-zero",
        SurvivalPlot(
          try KaplanMeier.curves(of: SurvivalData(times: [0, 0], events: [true, false])))
      ))
    samples.append(
      Sample(
        "survival-infinite",
        SurvivalPlot(
          try KaplanMeier.curves(
            of: SurvivalData(times: [1, 3, .infinity], events: [true, true, false])))))
    samples.append(
      Sample(
        "survival-empty-group",
        SurvivalPlot(
          try KaplanMeier.curves(
            of: SurvivalData(times: [1, 3, 4], events: [true, true, false]),
            groupedBy: Grouping(["a", "a", "c"], levels: ["a", "nobody", "c"])))))
    let heart = try Samples.heart()
    var late = SurvivalPlot(
      try KaplanMeier.curves(of: heart.data, groupedBy: heart.transplant))
    late.timeUnit = .days
    samples.append(Sample("survival-late-entry", late))
    samples.append(
      Sample(
        "survival-landmark",
        SurvivalPlot(
          try KaplanMeier.curves(of: lung.data, groupedBy: lung.sex, startTime: 130))))
    samples.append(
      Sample(
        "survival-reversed",
        SurvivalPlot(
          try KaplanMeier.curves(of: lung.data, groupedBy: lung.sex, isReversed: true))))
    samples.append(
      Sample(
        "survival-weighted",
        SurvivalPlot(
          try KaplanMeier.curves(
            of: SurvivalData(
              times: [1, 2, 3, 4, 5], events: [true, true, false, true, false],
              weights: .probability(ProbabilityWeights([1.25, 0.7, 2, 1.1, 0.333])))))))
    return samples
  }

  private static func grouped(
    _ study: (data: SurvivalData, groups: Grouping)
  ) throws -> SurvivalCurves<String> {
    try KaplanMeier.curves(of: study.data, groupedBy: study.groups)
  }
}
