// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import SurvivalKit

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

  func validate() throws {
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
    return IncidenceReport(
      curves: curves, level: options.level, interval: interval.interval, times: at?.values,
      gray: try study.file.asking { try grouping.flatMap { try gray(study, $0) } })
  }

  /// Gray's test; `nil` with one group, and for data that it is not defined for.
  private func gray(_ study: Study, _ groups: Grouping) throws -> GrayResult? {
    guard groups.levels.count > 1, options.entry == nil, options.cluster == nil,
      study.data.weightKind != .probability
    else { return nil }
    return try GrayTest.compare(study.data, groups: groups, strata: study.strata, rho: rho)
  }
}
