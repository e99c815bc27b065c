// SPDX-License-Identifier: Apache-2.0

/// One breach of a rule: where, what was found, and what is allowed.
public struct Finding: Codable, Hashable, Sendable {
  /// The rule.
  public let rule: ValidationRule
  /// How much it matters.
  public let severity: Severity
  /// The subject; empty where the finding is of the study, a file or a model.
  public let subjectID: String
  /// The file; empty where the finding is not of a file.
  public let file: String
  /// The number of the row in the file, the header being row 1; `nil` where there is none.
  public let row: Int?
  /// The column or columns, as the data dictionary names them; empty for a whole row or file.
  public let column: String
  /// What was found.
  public let found: String
  /// What would have been accepted.
  public let allowed: String
  /// The place of the row, from 0, among those of the subject in the table that the column names.
  let place: Int?

  init(
    _ rule: ValidationRule, _ severity: Severity? = nil, subjectID: String = "",
    column: String = "", found: String, allowed: String? = nil, file: String = "",
    row: Int? = nil, place: Int? = nil
  ) {
    self.rule = rule
    self.severity = severity ?? rule.severity
    self.subjectID = subjectID
    self.file = file
    self.row = row
    self.column = column
    self.found = found
    self.allowed = allowed ?? rule.statement
    self.place = place
  }

  /// The finding with the place in a file.
  func located(file: String, row: Int?) -> Finding {
    Finding(
      rule, severity, subjectID: subjectID, column: column, found: found, allowed: allowed,
      file: file, row: row, place: place)
  }

  /// The table that the column is in: its name before the point, or that of the subjects or the study.
  var table: String {
    if let point = column.firstIndex(of: ".") { return String(column[..<point]) }
    if CohortFiles.childNames.contains(column) { return column }
    return column == "dataLock" ? Study.tableName : Subject.tableName
  }

  /// The number of the rule with the letter of the severity, such as `V16E`.
  public var code: String { rule.rawValue + severity.rawValue }
}

extension Finding: CustomStringConvertible {
  /// One line, such as `V16E subject 7, deathDay: found 2022-01-03; allowed: …`.
  public var description: String {
    var places = [String]()
    if !file.isEmpty { places.append(file) }
    if let row { places.append("row \(row)") }
    if !subjectID.isEmpty { places.append("subject \(subjectID)") }
    if !column.isEmpty { places.append("column \(column)") }
    let place = places.isEmpty ? "" : " " + places.joined(separator: ", ")
    return "\(code)\(place): found \(found); allowed: \(allowed)"
  }
}

/// Why data cannot be used: every finding, the errors among them.
public struct ValidationError: Error, Hashable, Sendable {
  /// All findings, warnings included, by subject and then by rule.
  public let findings: [Finding]

  /// The errors among the findings.
  public var errors: [Finding] { findings.filter { $0.severity == .error } }
}

extension ValidationError: CustomStringConvertible {
  /// A sentence with the number of errors, and a line for each finding.
  public var description: String {
    let count = errors.count
    let title = "\(count) error\(count == 1 ? "" : "s") in the data"
    return ([title] + findings.map { "  \($0)" }).joined(separator: "\n")
  }
}
