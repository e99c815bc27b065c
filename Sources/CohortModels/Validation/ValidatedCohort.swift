// SPDX-License-Identifier: Apache-2.0

/// A cohort that keeps the rules: the only kind that can be analysed.
///
/// ```swift
/// let cohort = try CohortFiles.examine("leukemia").validated()
/// let fit = try KaplanMeier(endpoint: .overallSurvival()).fitted(to: cohort.infused)
/// ```
///
/// Errors stand in the way of a value of this type; warnings travel with it.
public struct ValidatedCohort: Hashable, Sendable {
  /// The study.
  public let study: Study
  /// All subjects, in the order of the file, infused or not.
  public let subjects: [ValidatedSubject]
  /// The warnings, by subject and then by rule.
  public let warnings: [Finding]

  /// Checks a cohort by every rule that concerns subjects.
  /// - Parameter cohort: The cohort as it was recorded.
  /// - Throws: ``ValidationError`` with every finding when at least one is an error.
  /// - Complexity: O(*n* log *n*) for *n* subjects.
  public init(_ cohort: Cohort) throws(ValidationError) {
    try self.init(cohort, findings: cohort.findings())
  }

  /// Takes a cohort whose findings are known.
  init(_ cohort: Cohort, findings: [Finding]) throws(ValidationError) {
    guard let lock = cohort.study.dataLock,
      findings.allSatisfy({ $0.severity == .warning })
    else { throw ValidationError(findings: findings) }
    study = cohort.study
    subjects = cohort.subjects.map { ValidatedSubject(subject: $0, dataLock: lock) }
    warnings = findings
  }

  /// The subjects who were infused, in the order of the file.
  public var infused: [ValidatedSubject] { subjects.filter { $0.product.infusionDay != nil } }
}

/// A subject of a cohort that keeps the rules, with the day at which the data were locked.
///
/// The parts of the ``Subject`` are reached as if they were its own.
@dynamicMemberLookup
public struct ValidatedSubject: Hashable, Sendable {
  /// The record.
  public let subject: Subject
  /// The last day whose events count.
  public let dataLock: CalendarDay

  /// A part of the record.
  public subscript<Value>(dynamicMember member: KeyPath<Subject, Value>) -> Value {
    subject[keyPath: member]
  }
}

extension Cohort {
  /// Every breach of a rule that concerns subjects, by subject in the order of the file and then by
  /// rule; findings of the cohort as a whole come last.
  /// - Returns: The findings; none when all rules are kept.
  public func findings() -> [Finding] {
    var findings = [Finding]()
    var seen = Set<String>()
    var persons = [PersonSignature: String]()
    var missing = MissingCounter()
    for subject in subjects {
      var own = SubjectRules(subject, in: study).findings
      if !seen.insert(subject.subjectID).inserted, !subject.subjectID.isEmpty {
        own.append(
          Finding(
            .duplicateSubject, subjectID: subject.subjectID, column: "subjectID",
            found: "a second subject of the name"))
      } else if let signature = PersonSignature(subject) {
        if let other = persons[signature] {
          own.append(
            Finding(
              .duplicatePerson, subjectID: subject.subjectID, column: "siteID",
              found: "the site, age, sex and infusion day of \(other)"))
        } else {
          persons[signature] = subject.subjectID
        }
      }
      findings += own.enumerated().sorted {
        ($0.element.rule.rawValue, $0.offset) < ($1.element.rule.rawValue, $1.offset)
      }.map(\.element)
      missing.begin(isInfused: subject.product.infusionDay != nil)
      subject.show(&missing)
    }
    for column in missing.columns where 20 * column.missing > column.expected {
      let share = 100 * Double(column.missing) / Double(column.expected)
      let percent = (share * 10).rounded() / 10
      findings.append(
        Finding(
          .missingValues, column: column.name,
          found: "missing or unknown in \(column.missing) of \(column.expected) "
            + "(\(FieldText.number(percent)) %\(share > 20 ? ", more than a fifth" : ""))"))
    }
    if study.dataLock == nil {
      findings.append(Finding(.missingRequired, column: "dataLock", found: "nothing"))
    }
    return findings
  }
}

/// What two records of one person have in common.
private struct PersonSignature: Hashable {
  let site: String
  let age: Int
  let sex: Sex
  let infusion: CalendarDay

  init?(_ subject: Subject) {
    guard let age = subject.demographics.ageYears, let sex = subject.demographics.sex?.value,
      let infusion = subject.product.infusionDay
    else { return nil }
    (site, self.age, self.sex, self.infusion) = (subject.siteID, age, sex, infusion)
  }
}
