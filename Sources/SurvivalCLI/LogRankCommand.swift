// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import SurvivalKit

/// `survival logrank`: tests that groups have the same hazard.
struct LogRankCommand: AnalysisCommand {
  static let configuration = CommandConfiguration(
    commandName: "logrank", abstract: "Compare groups: the log-rank test and its relatives.",
    discussion: """
      With probability weights or clusters the statistic is the robust one.

      Example: survival logrank lung.csv --time time --event status --event-value 2 --group sex
      """)

  @OptionGroup(title: "Data and output") var options: DataOptions

  @Option(help: ArgumentHelp("Column of the groups that are compared.", valueName: "col"))
  var group: String

  @Option(help: "How much each event time counts.")
  var weightFunction = LogRankWeight.logRank

  @Flag(help: "Also test for a trend over the order of the groups.")
  var trend = false

  @Option(help: "Also compare each two groups, with their p-values adjusted in this way.")
  var pairwise: PValueAdjustment?

  func answer() throws -> LogRankReport {
    var labels = [String?]()
    let study = try Study(options) { reader in labels = try reader.labels(group) }
    var result = try study.file.asking {
      try LogRankTest.compare(
        study.data, groups: Grouping(labels: study.used(labels)), strata: study.strata,
        weightFunction: weightFunction, pairwise: pairwise)
    }
    result.exclusions = study.exclusions
    result.endpoint = options.endpointName
    return LogRankReport(result: result, showsTrend: trend)
  }
}
