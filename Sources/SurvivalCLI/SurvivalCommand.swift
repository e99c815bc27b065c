// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import SurvivalKit

/// The command `survival`: one subcommand for each kind of analysis of a CSV file.
@main
struct SurvivalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "survival",
    abstract: "Survival analysis of CSV files, with the numbers of R's survival package.",
    discussion: """
      Each analysis reads one CSV file with a header row and prints text, JSON or CSV to standard \
      output. Cells that are empty, NA or . are missing; rows with a missing value in a used column \
      are left out and counted. The exit status is 0 on success, 1 when the data or the model gives \
      no answer, and 64 for wrong usage.
      """,
    version: SurvivalKitVersion.current,
    subcommands: [
      KaplanMeierCommand.self, LogRankCommand.self, CoxCommand.self,
      CumulativeIncidenceCommand.self, FineGrayCommand.self, CohortCommand.self,
      ReportCommand.self,
    ])
}
