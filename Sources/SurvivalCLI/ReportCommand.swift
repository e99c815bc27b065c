// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CohortModels
internal import CohortReports
internal import SurvivalKit

/// `survival report`: the whole analysis of a cohort, as text or as a page with files of numbers.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "The whole analysis of a cohort, as text or as one page.",
    discussion: """
      transplant is the cohort of 137 bone-marrow transplants for leukemia that comes with the package; \
      brexu-cel is a synthetic cohort of the study of CAR T-cells after inotuzumab, drawn anew; and the \
      name of a folder, with a slash in it or not, is a cohort as survival cohort synthesize writes one.

      With --output the report becomes report.html, one page with tables and figures that needs \
      nothing else, and beside it report.json and report.csv with every number of it; files of these \
      names are replaced. Without, it is printed.
      """)

  @Argument(
    help: ArgumentHelp(
      "The cohort: transplant, brexu-cel or a folder.", valueName: "transplant|brexu-cel|folder"))
  var cohort = "transplant"

  @Option(
    help: ArgumentHelp(
      "The folder for page and numbers, which is made if it is not there.",
      valueName: "folder"))
  var output: String?

  func run() throws {
    if let output { try ReportFolder.check(output) }
    let report = try report()
    guard let output else {
      print(report)
      return
    }
    try Progress.running("Writing \(output)") { try ReportFolder.write(report, to: output) }
    print("Wrote \(ReportFolder.names.joined(separator: ", ")) to \(output).")
  }

  private func report() throws -> StudyReport {
    switch cohort {
    case "transplant":
      return StudyReport(
        try Progress.running("Analysing the transplant cohort") {
          TransplantAnalysis().applied(to: try TransplantCohort.load())
        })
    case "brexu-cel":
      let cohort = Progress.running("Drawing synthetic subjects") { SyntheticCohort.draw() }
      return try analysed(cohort, "the synthetic cohort")
    default:
      guard FileBytes.isFolder(cohort) else {
        throw CommandError(
          "there is no cohort \(cohort): name transplant, brexu-cel, or the folder of a cohort")
      }
      do {
        return try analysed(
          Progress.running("Reading \(cohort)") { try CohortFiles.read(from: cohort) }, cohort)
      } catch let error as CohortModels.ValidationError {
        throw Self.refusal(error, of: cohort)
      }
    }
  }

  private func analysed(_ cohort: Cohort, _ name: String) throws -> StudyReport {
    let valid: ValidatedCohort
    do {
      valid = try Progress.running("Checking \(name)") { try ValidatedCohort(cohort) }
    } catch let error as CohortModels.ValidationError {
      throw Self.refusal(error, of: name)
    }
    return StudyReport(
      Progress.stages("Analysing") { BrexuCelAnalysis().applied(to: valid, progress: $0) })
  }

  /// Every finding on standard error, and in one sentence that they stand in the way.
  private static func refusal(_ error: CohortModels.ValidationError, of name: String)
    -> CommandError
  {
    for finding in error.findings { Progress.say(CommandError("\(finding)").description) }
    let errors = NumberFormatting.quantity(error.errors.count, "error")
    return CommandError(
      "\(name) is not analysed: validation found \(errors), listed above; correct the data first")
  }
}
