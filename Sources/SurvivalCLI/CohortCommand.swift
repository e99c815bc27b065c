// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CohortModels
internal import CohortReports

/// `survival cohort`: the data of the leukemia study as a folder of CSV files.
struct CohortCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cohort",
    abstract: "Validate, draw and convert the data of the study of CAR T-cells.",
    discussion: """
      A cohort is a folder with study.csv, subjects.csv, toxicities.csv, assessments.csv, \
      consolidations.csv and relapses.csv, whose columns and codes the data dictionary in the \
      documentation of CohortModels lists.
      """,
    subcommands: [
      ValidateCommand.self, SynthesizeCommand.self, ADTTECommand.self, CodesCommand.self,
    ])
}

/// `survival cohort validate`: every breach of a rule.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Check a cohort by every rule.",
    discussion: """
      Prints all findings, by subject and then by rule. The exit status is 1 when one of them is an \
      error, which stands in the way of an analysis.
      """)

  @Argument(help: "The folder of the cohort.")
  var folder: String

  @Option(help: "How the findings are printed.")
  var format = OutputFormat.text

  func run() throws {
    let report = Progress.running("Checking \(folder)") { FindingsReport(of: folder) }
    switch format {
    case .text: print(report.text)
    case .json: print(report.json.text())
    case .csv: print(report.csv)
    }
    if report.errorCount > 0 { throw ExitCode(1) }
  }
}

/// `survival cohort synthesize`: a synthetic cohort.
struct SynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize", abstract: "Draw a synthetic cohort, whose subjects are nobody.",
    discussion: """
      The data are synthetic: drawn so that their statistics are like those printed of the study, and \
      no finding in them is one about patients. Equal seeds give equal files on every platform.
      """)

  @Option(parsing: .unconditional, help: "The seed, 0 or more.")
  var seed = SyntheticCohort.shippedSeed

  @Option(parsing: .unconditional, help: "The number of subjects, of whom 189 in 204 are infused.")
  var subjects = SyntheticCohort.studyCount

  @Option(help: "The folder, which is made if it is not there.")
  var output: String

  func validate() throws {
    guard subjects >= 1, subjects <= 10_000_000 else {
      throw ValidationError("--subjects must lie between 1 and 10000000, not \(subjects).")
    }
  }

  func run() throws {
    let present = CohortFiles.names.filter { FileBytes.exists(output + "/" + $0) }
    if let first = present.first {
      throw CommandError("\(output) already holds \(first); name a folder without a cohort")
    }
    let cohort = Progress.running("Drawing \(subjects) subjects") {
      SyntheticCohort.draw(seed: seed, count: subjects)
    }
    do {
      try Progress.running("Writing \(output)") { try CohortFiles.write(cohort, to: output) }
    } catch let error as ImportError {
      throw CommandError(error.message)
    }
    let infused = cohort.subjects.count { $0.product.infusionDay != nil }
    print(
      "Synthetic cohort (seed \(seed)): \(cohort.subjects.count) subjects, \(infused) infused.")
  }
}

/// `survival cohort adtte`: the endpoints of a cohort as a CDISC data set.
struct ADTTECommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adtte", abstract: "The endpoints of a cohort as CDISC ADaM ADTTE, in CSV.",
    discussion: """
      CNSR is 0 for an event, 6 for one that competes, and otherwise a reason for censoring. Findings \
      go to standard error; the exit status is 1 when one of them is an error.
      """)

  @Argument(help: "The folder of the cohort.")
  var folder: String

  @Option(
    help: ArgumentHelp(
      "The endpoints, by PARAMCD; all by default.", valueName: "OS,PFS,…"))
  var parameters: String?

  @Option(help: "The unit of time.")
  var unit = EndpointPolicies.TimeUnit.months

  @Option(help: "How durations are counted.")
  var duration = EndpointPolicies.Duration.elapsed

  @Option(help: "Where those without an event are censored, except for overall survival.")
  var censoring = EndpointPolicies.Censoring.atLastContact

  @Option(help: "When no remission on day 28 is an event of progression-free survival.")
  var nonResponse = EndpointPolicies.NonResponse.eventAtNextProgressionOrDeath

  @Option(help: "What a complete remission is.")
  var criteria = ResponseCriteria.rocca

  func run() throws {
    let names = parameters?.split(separator: ",").map(String.init)
    let wanted = try names.map { names in
      try names.map { name in
        guard let parameter = SurvivalParameter(rawValue: name) else {
          let all = SurvivalParameter.allCases.map(\.rawValue).joined(separator: ", ")
          throw CommandError("--parameters: there is no \(name); there are \(all)")
        }
        return parameter
      }
    }
    var policies = EndpointPolicies()
    policies.unit = unit
    policies.duration = duration
    policies.censoring = censoring
    policies.nonResponse = nonResponse
    policies.criteria = criteria
    do {
      let cohort = try Progress.running("Reading \(folder)") {
        try CohortFiles.examine(folder).validated()
      }
      let data = ADTTE(cohort, parameters: wanted ?? SurvivalParameter.allCases, policies)
      print(String(decoding: data.csv(), as: UTF8.self), terminator: "")
      let findings = data.findings()
      for finding in findings { Progress.say(CommandError("\(finding)").description) }
      if findings.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
    } catch let error as CohortModels.ValidationError {
      let first = error.errors.first.map { ": \($0)" } ?? ""
      let count = error.errors.count
      throw CommandError(
        count == 1
          ? "\(folder) has an error\(first)"
          : "\(folder) has \(count) errors, which survival cohort validate lists\(first)")
    }
  }
}

/// `survival cohort codes`: the code lists of the files.
struct CodesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codes", abstract: "The codes of a cohort's files with their meaning, in CSV.",
    discussion: """
      The concept is that of a public terminology, NCIt or ICD-O-3, where it is known. Every list \
      allows unknown and notApplicable besides.
      """)

  func run() { print(DataDictionary.current.codesCSV(), terminator: "") }
}
