// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CohortModels
internal import SurvivalKit

/// `survival report`: the whole analysis of a cohort that comes with the package.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "The analysis of a cohort that comes with the package.",
    discussion: """
      Prints curves by risk group with numbers at risk, log-rank tests and Cox models of 137 \
      bone-marrow transplants for leukemia.
      """)

  /// The cohorts that come with the package.
  enum Cohort: String, ExpressibleByArgument, CaseIterable {
    case transplant
  }

  @Argument(help: "The cohort.")
  var cohort = Cohort.transplant

  func run() throws {
    switch cohort {
    case .transplant: print(TransplantAnalysis().applied(to: try TransplantCohort.load()))
    }
  }
}
