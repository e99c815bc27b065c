// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import SurvivalKit
internal import SurvivalPlots

/// `survival cuminc`: cumulative incidences where several events compete, and Gray's test.
struct CumulativeIncidenceCommand: AnalysisCommand {
  static let configuration = CommandConfiguration(
    commandName: "cuminc",
    abstract: "Cumulative incidences of competing events, and Gray's test.",
    discussion: """
      The column named by --cause holds 0, or nothing, where a row was censored, and otherwise what \
      it ended with. Each cause has a curve in each group, with the standard error of R's survfit. \
      With --group the groups are compared, cause by cause, by Gray's test, within the --strata if \
      there are any; the curves are those of the groups. The test is not defined with entry times, \
      probability weights or clusters, and is then left out.

      With --plot the curves are also drawn, with numbers at risk under the axis and the p-values of \
      Gray's test; with --stacked as areas one upon another, which needs one group. Of more than four \
      curves confidence limits are not drawn: nobody could tell them apart. JSON and CSV hold every \
      point, text those of --at.

      Example: survival cuminc data.csv --time months --cause outcome --group arm --at 12,24
      """)

  @OptionGroup(title: "Data and output") var options: CauseOptions

  @Option(help: ArgumentHelp("Column of the groups, each with its own curves.", valueName: "col"))
  var group: String?

  @Option(help: "Scale of the confidence limits.")
  var interval = IntervalOption.log

  @Option(
    help: ArgumentHelp("Times at which the curves are reported.", valueName: "t1,t2,…"))
  var at: NumberList?

  @Option(
    help: ArgumentHelp(
      "Power of one minus the incidence by which Gray's test weights event times.",
      valueName: "number"))
  var rho = 0.0

  @OptionGroup(title: "Figure") var figure: CurvePlotOptions

  @Flag(help: "Draw the causes as areas, one upon another; needs --plot, without --group.")
  var stacked = false

  func validate() throws {
    guard !stacked || (figure.plot != nil && group == nil) else {
      throw ValidationError(
        "--stacked needs --plot, the file of the figure, and shows one group: leave --group out.")
    }
    guard rho.isFinite else { throw ValidationError("--rho must be a finite number.") }
    guard options.strata.isEmpty || group != nil else {
      throw ValidationError(
        "--strata needs --group: the strata are those within which groups are compared.")
    }
  }

  func answer() throws -> IncidenceReport {
    var labels: [String?]?
    let study = try Study(options) { reader in
      labels = try group.map { try reader.labels($0) }
    }
    let grouping = labels.map { Grouping(labels: study.used($0)) }
    var curves = try study.file.asking {
      try CumulativeIncidence.curves(of: study.data, groupedBy: grouping)
    }
    curves.exclusions = study.exclusions
    curves.endpoint = options.endpointName
    let test = try study.file.asking { try grouping.flatMap { try gray(study, $0) } }
    try figure.plot?.write(drawing(of: curves, test))
    return IncidenceReport(
      curves: curves, level: options.level, interval: interval.interval, times: at?.values,
      gray: test)
  }

  /// The curves as a figure: lines with their bands, or areas.
  private func drawing(
    of curves: CumulativeIncidenceCurves<String>, _ gray: GrayResult?
  ) throws -> CumulativeIncidencePlot {
    var drawing =
      try stacked
      ? CumulativeIncidencePlot(stacking: curves, of: "all")
      : CumulativeIncidencePlot(curves, test: gray)
    drawing.groupTitle = group
    drawing.level = options.level
    drawing.interval = curves.curves.count > 4 ? nil : interval.interval
    drawing.timeUnit = figure.timeUnit
    drawing.timeTitle = figure.timeTitle(options.time)
    return drawing
  }

  /// Gray's test; `nil` with one group, and for data that it is not defined for.
  private func gray(_ study: Study, _ groups: Grouping) throws -> GrayResult? {
    guard groups.levels.count > 1, options.entry == nil, options.cluster == nil,
      study.data.weightKind != .probability
    else { return nil }
    return try GrayTest.compare(study.data, groups: groups, strata: study.strata, rho: rho)
  }
}
