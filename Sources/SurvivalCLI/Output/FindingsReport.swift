// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import CohortReports
internal import SurvivalKit

/// The findings of a cohort as text, JSON and CSV.
struct FindingsReport: Report {
  private let folder: String
  private let findings: [Finding]
  /// The study and its subjects, unless the files cannot be read.
  private let cohort: Cohort?

  /// The number of findings that are errors.
  var errorCount: Int { findings.count { $0.severity == .error } }

  /// Reads and checks a folder.
  init(of folder: String) {
    self.folder = folder
    let examination = CohortFiles.examine(folder)
    cohort = examination.cohort
    findings = examination.findings
  }

  /// A summary and a paragraph for each finding, of at most 80 columns.
  var text: String {
    var lines = [String]()
    if let cohort {
      let infused = cohort.subjects.count { $0.product.infusionDay != nil }
      lines.append(
        "\(cohort.study.studyID): \(NumberFormatting.quantity(cohort.subjects.count, "subject")), "
          + "\(infused) infused.")
      if cohort.study.isSynthetic == true { lines.append("The data are synthetic.") }
    }
    let errors = NumberFormatting.quantity(errorCount, "error")
    let warnings = NumberFormatting.quantity(findings.count - errorCount, "warning")
    lines.append("\(errors), \(warnings).")
    lines += findings.map {
      TextLayout.wrapped(CommandError("\($0)").description, indentation: 2)
    }
    return lines.joined(separator: "\n")
  }

  /// The findings, and whether the cohort can be analysed.
  var json: JSON {
    .object([
      ("folder", .string(folder)),
      ("synthetic", cohort?.study.isSynthetic.map { .bool($0) } ?? .null),
      ("subjects", cohort.map { .integer($0.subjects.count) } ?? .null),
      ("errors", .integer(errorCount)),
      ("warnings", .integer(findings.count - errorCount)),
      (
        "findings",
        .array(
          findings.map { finding in
            .object([
              ("code", .string(finding.code)), ("subjectID", .string(finding.subjectID)),
              ("file", .string(finding.file)),
              ("row", finding.row.map { .integer($0) } ?? .null),
              ("column", .string(finding.column)), ("found", .string(finding.found)),
              ("allowed", .string(finding.allowed)),
            ])
          })
      ),
    ])
  }

  /// The findings, one a line.
  var csv: CSVText {
    var text = CSVText(header: [
      "code", "subjectID", "file", "row", "column", "found", "allowed",
    ])
    for finding in findings {
      text.append([
        .text(finding.code), .text(finding.subjectID), .text(finding.file),
        .number(finding.row.map { Double($0) }), .text(finding.column), .text(finding.found),
        .text(finding.allowed),
      ])
    }
    return text
  }
}
