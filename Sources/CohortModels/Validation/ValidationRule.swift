// SPDX-License-Identifier: Apache-2.0

/// How much a finding matters.
public enum Severity: String, Codable, Hashable, Sendable, CaseIterable {
  /// The data cannot be analysed so.
  case error = "E"
  /// The data can be analysed, and the finding is printed with the result.
  case warning = "W"
}

/// A rule that the data of a study must keep.
///
/// The numbers are those that findings carry. V10 to V34 concern one subject, V01 to V03 and V41 the
/// cohort, V40 and V43 to V46 files, V50 to V56 analysis data sets, V57 and V58 models.
public enum ValidationRule: String, Codable, Hashable, Sendable, CaseIterable {
  // Identity.

  /// Two subjects have the same name.
  case duplicateSubject = "V01"
  /// A subject or its site has no name.
  case emptyName = "V02"
  /// Two subjects are perhaps one person.
  case duplicatePerson = "V03"

  // Order in time.

  /// The way to the infusion is out of order.
  case orderToInfusion = "V10"
  /// A last dose comes before the first.
  case orderOfDoses = "V11"
  /// Inotuzumab after infusion is counted as prior.
  case inotuzumabAfterInfusion = "V12"
  /// The days of inotuzumab contradict its timing.
  case inotuzumabTiming = "V13"
  /// A toxicity begins before infusion or ends before it begins.
  case orderOfToxicity = "V14"
  /// An outcome comes before infusion.
  case outcomeBeforeInfusion = "V15"
  /// Something is dated after death.
  case afterDeath = "V16"
  /// The last contact contradicts other days.
  case lastContact = "V17"
  /// An outcome comes after the data lock.
  case afterDataLock = "V18"
  /// A day was estimated.
  case estimatedDate = "V19"

  // Coherence.

  /// A relapse has no remission before it.
  case relapseWithoutRemission = "V20"
  /// A consolidation in remission has no remission.
  case consolidationWithoutRemission = "V21"
  /// A remission is reported with disease.
  case remissionWithDisease = "V22"
  /// A test for residual disease is incomplete or contradicts itself.
  case residualDisease = "V23"
  /// The exposure to inotuzumab contradicts its details.
  case inotuzumabExposure = "V24"
  /// The grade of a toxicity contradicts its days or the death.
  case toxicityGrade = "V25"
  /// Death from relapse has no relapse.
  case deathWithoutRelapse = "V26"
  /// A toxicity of grade 5 is not the cause of death.
  case fatalToxicity = "V27"
  /// Somebody without infusion has outcomes of one.
  case notInfused = "V28"
  /// A remission is reported, but never evaluated.
  case responseNotEvaluable = "V29"

  // Ranges.

  /// A number is outside its range.
  case range = "V30"
  /// A toxicity begins unusually late.
  case lateToxicity = "V31"
  /// Apheresis and infusion are far apart.
  case longWait = "V32"
  /// Somebody alive was followed for less than 28 days.
  case shortFollowUp = "V33"
  /// The infusion comes before the approval.
  case beforeApproval = "V34"

  // Codes and missing values.

  /// A code is not of its list.
  case unknownCode = "V40"
  /// A value is missing in many subjects.
  case missingValues = "V41"
  /// A value is missing without which there is no analysis.
  case missingRequired = "V42"
  /// A day is not written as one.
  case dateForm = "V43"
  /// A number is not written as one.
  case numberForm = "V44"
  /// A file cannot be read, or has other columns.
  case fileForm = "V45"
  /// A row belongs to no subject.
  case rowWithoutSubject = "V46"

  // Analysis data sets.

  /// A time is negative or no number.
  case impossibleTime = "V50"
  /// A time is 0.
  case zeroTime = "V51"
  /// A censoring code is not of its list, or contradicts its description.
  case censoringCode = "V52"
  /// A subject has a parameter twice, or lacks one.
  case parameterRows = "V53"
  /// Progression-free survival is longer than survival.
  case progressionAfterDeath = "V54"
  /// A group is without events, or very small.
  case sparseGroup = "V55"
  /// Months look like another unit.
  case implausibleMonths = "V56"

  // Models.

  /// A model has many terms for its events.
  case tooManyTerms = "V57"
  /// Terms of a model are collinear or without bound.
  case collinearTerms = "V58"

  /// What the rule says of a finding unless the finding says otherwise.
  public var severity: Severity {
    switch self {
    case .duplicatePerson, .estimatedDate, .fatalToxicity, .responseNotEvaluable, .lateToxicity,
      .longWait, .shortFollowUp, .beforeApproval, .missingValues, .zeroTime, .implausibleMonths:
      .warning
    default: .error
    }
  }

  /// The rule, as it is printed with a finding: what is allowed.
  public var statement: String {
    switch self {
    case .duplicateSubject: "a subjectID that no earlier subject has"
    case .emptyName: "a subjectID and a siteID that are not empty"
    case .duplicatePerson: "no two subjects with the same site, age, sex and infusion day"
    case .orderToInfusion:
      "diagnosis ≤ apheresis ≤ start of lymphodepletion ≤ infusion, the last two on different days"
    case .orderOfDoses: "a first dose no later than the last"
    case .inotuzumabAfterInfusion: "every dose of prior inotuzumab before infusion"
    case .inotuzumabTiming:
      "bridging: last dose from apheresis to lymphodepletion; preApheresisOnly: last dose before "
        + "apheresis"
    case .orderOfToxicity: "onset on or after infusion, and resolved on or after onset"
    case .outcomeBeforeInfusion:
      "assessments, relapses, consolidations and death on or after infusion"
    case .afterDeath: "no relapse or other dated fact after death"
    case .lastContact:
      "a lastAliveDay on or after every day on which the subject was alive, and for the dead the "
        + "day of death"
    case .afterDataLock: "outcomes on or before the data lock"
    case .estimatedDate: "a day that was observed"
    case .relapseWithoutRemission:
      "a complete remission before a relapse; else the kind is progression"
    case .consolidationWithoutRemission:
      "a complete remission before a consolidation in remission, and no relapse"
    case .remissionWithDisease:
      "fewer than 5 % blasts, no extramedullary disease and, after infusion, no CNS2 or CNS3 in a "
        + "remission"
    case .residualDisease:
      "a result with method and sensitivity, a level from 0 to 1, and none at or above the "
        + "sensitivity when negative"
    case .inotuzumabExposure:
      "doses for the exposed; no doses, days, response or timing for the naive"
    case .toxicityGrade:
      "an onset for grades 1 to 5, none for grade 0, and a death for grade 5"
    case .deathWithoutRelapse: "a relapse or progression on or before a death from relapse"
    case .fatalToxicity: "a toxicity of grade 5 as the cause of death"
    case .notInfused: "no outcome of infusion for a subject without infusion"
    case .responseNotEvaluable: "an assessment with a blast count for a reported remission"
    case .range: "a number within the range of its column"
    case .lateToxicity: "an onset within 14 days for CRS and 28 days for ICANS"
    case .longWait: "at most 180 days from apheresis to infusion"
    case .shortFollowUp: "28 days of follow-up or more for the living"
    case .beforeApproval: "an infusion on or after 2021-10-01, the approval in adults"
    case .unknownCode: "a code of the list"
    case .missingValues: "a value in 95 % of subjects or more"
    case .missingRequired:
      "an infusion day or the reason for none, a data lock, a last day alive, an arm, and the day "
        + "of every dated record"
    case .dateForm: "a day of the calendar as YYYY-MM-DD"
    case .numberForm: "a number with a decimal point and without a unit"
    case .fileForm: "a file of the form in the data dictionary"
    case .rowWithoutSubject: "a subjectID of subjects.csv"
    case .impossibleTime: "a finite AVAL, 0 or more"
    case .zeroTime: "an AVAL above 0"
    case .censoringCode: "a CNSR of the code list, 0 with an EVNTDESC and others with a CNSDTDSC"
    case .parameterRows: "one row for each subject and parameter, each with an ASEQ of its own"
    case .progressionAfterDeath:
      "PFS no longer than OS, and a PFS event for every death"
    case .sparseGroup: "an event in every arm, and 5 subjects or more"
    case .implausibleMonths: "months with fractions, 100 or fewer"
    case .tooManyTerms: "5 events or more for each degree of freedom; better 10"
    case .collinearTerms: "terms that can be told apart, with finite coefficients"
    }
  }
}
