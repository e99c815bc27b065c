// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CohortReports
internal import SurvivalKit
internal import SurvivalPlots

/// `survival km`: survival curves without a model.
struct KaplanMeierCommand: AnalysisCommand {
  static let configuration = CommandConfiguration(
    commandName: "km", abstract: "Survival curves: Kaplan–Meier and its relatives.",
    discussion: """
      Prints the number of subjects and events, the median with confidence limits and the \
      restricted mean of each group; with --at also the state of each curve at those times. JSON and \
      CSV hold every point. With --plot the curves are also drawn, with numbers at risk under the \
      axis and, for several groups, the p-value of the log-rank test.

      Example: survival km lung.csv --time time --event status --event-value 2 --group sex
      """)

  @OptionGroup(title: "Data and output") var options: DataOptions

  @Option(help: ArgumentHelp("Column of the groups, each with its own curve.", valueName: "col"))
  var group: String?

  @Option(help: "How the curve is estimated.")
  var estimator = CurveEstimator.kaplanMeier

  @Option(help: "Scale of the confidence limits.")
  var interval = IntervalOption.log

  @Option(
    help: ArgumentHelp("Times at which the curves are reported.", valueName: "t1,t2,…"))
  var at: NumberList?

  @Option(
    help: ArgumentHelp(
      "Where restricted means end; by default the smallest of the groups' last times.",
      valueName: "tau"))
  var restrictedTo: Double?

  @Flag(help: "Let censoring play the event: the distribution of follow-up.")
  var reverse = false

  @OptionGroup(title: "Figure") var figure: CurvePlotOptions

  func validate() throws {
    if let restrictedTo, !restrictedTo.isFinite {
      throw ValidationError("--restricted-to must be a finite time.")
    }
  }

  func answer() throws -> CurveReport {
    var labels: [String?]?
    let study = try Study(options) { reader in
      labels = try group.map { try reader.labels($0) }
    }
    var grouping = labels.map { Grouping(labels: study.used($0)) }
    if let strata = study.strata {
      grouping = try grouping.map { try $0.crossed(with: strata) } ?? strata
    }
    var curves = try study.file.asking {
      try KaplanMeier.curves(
        of: study.data, groupedBy: grouping, estimator: estimator, isReversed: reverse)
    }
    curves.exclusions = study.exclusions
    curves.endpoint = options.endpointName
    try figure.plot?.write(drawing(of: curves, study, grouping))
    return CurveReport(
      curves: curves, level: options.level, interval: interval.interval, times: at?.values,
      restriction: restrictedTo.map { .at($0) } ?? .common)
  }

  /// The curves as a figure; with the log-rank test of groups that are not crossed with strata.
  private func drawing(
    of curves: SurvivalCurves<String>, _ study: Study, _ grouping: Grouping?
  ) throws -> SurvivalPlot {
    var drawing = SurvivalPlot(curves)
    if let grouping, study.strata == nil, !reverse {
      drawing.test = try study.file.asking {
        do {
          return try LogRankTest.compare(study.data, groups: grouping)
        } catch let error as SurvivalError where error.meansNoTest {
          return nil
        }
      }
    }
    drawing.groupTitle = group
    drawing.level = options.level
    drawing.interval = interval.interval
    drawing.timeUnit = figure.timeUnit
    drawing.timeTitle = figure.timeTitle(options.time)
    return drawing
  }
}

extension SurvivalError {
  /// Whether groups cannot be compared though each has its curve.
  fileprivate var meansNoTest: Bool {
    [.noEvents, .tooFewGroups, .notEstimable].contains(code)
  }
}
