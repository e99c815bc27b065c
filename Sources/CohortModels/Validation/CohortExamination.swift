// SPDX-License-Identifier: Apache-2.0

/// What there is to say of the files of a cohort: the cohort, and all that was found in it.
///
/// ```swift
/// let examination = CohortFiles.examine("leukemia")
/// for finding in examination.findings { print(finding) }
/// let cohort = try examination.validated()
/// ```
public struct CohortExamination: Hashable, Sendable {
  /// The cohort; `nil` when its files could not be read.
  public let cohort: Cohort?
  /// All findings, each with its file and row where it has one: faults of the files first, then by
  /// subject and rule.
  public let findings: [Finding]

  /// The cohort as it can be analysed.
  /// - Returns: The cohort, with the warnings.
  /// - Throws: ``ValidationError`` with every finding when at least one is an error.
  public func validated() throws(ValidationError) -> ValidatedCohort {
    guard let cohort else { throw ValidationError(findings: findings) }
    return try ValidatedCohort(cohort, findings: findings)
  }
}

extension CohortFiles {
  /// Reads a folder of CSV tables and checks the cohort by every rule that concerns subjects.
  /// - Parameter folder: Where the folder is.
  /// - Returns: The cohort, and all that was found.
  /// - Complexity: O(number of bytes).
  public static func examine(_ folder: String) -> CohortExamination {
    var reader = CohortReader()
    do {
      let cohort = try reader.cohort(inFolder: folder)
      return CohortExamination(cohort: cohort, findings: reader.located(cohort.findings()))
    } catch {
      return CohortExamination(cohort: nil, findings: error.findings)
    }
  }
}
