// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// CNSR of CDISC ADaM: 0 is an event, anything else a reason for censoring.
///
/// The opposite of an indicator of events, so it is no number and no Boolean: ask ``isEvent``.
public struct CensoringCode: Codable, Hashable, Sendable {
  /// The number in the file.
  public let code: Int

  /// An event.
  public static let event = CensoringCode(code: 0)
  /// An event that competes with that of the parameter.
  public static let competingEvent = CensoringCode(code: 6)

  /// The code of a number in a file.
  /// - Parameter code: 0 for an event, 1 and more for reasons.
  public init(code: Int) { self.code = code }

  /// The code of a reason.
  /// - Parameter reason: The reason.
  public init(_ reason: CensoringReason) { code = reason.rawValue }

  /// Whether the record is an event, which is code 0.
  public var isEvent: Bool { code == 0 }
  /// Whether the code is one of this package's list.
  public var isListed: Bool {
    code == 0 || code == Self.competingEvent.code || CensoringReason(rawValue: code) != nil
  }
}

/// One record of an ADTTE data set: one subject and one parameter.
///
/// The variables are those of CDISC ADaM for time-to-event analyses and of the pharmaverse reference
/// `adtte_onco`. Competing events of CIR, NRM, DOR and TTHCT have a CNSR of their own, 6, so that CNSR
/// 0 is the event of the parameter and nothing else.
public struct ADTTERecord: Codable, Hashable, Sendable {
  /// The study.
  public var studyID: String?
  /// The subject.
  public var subjectID = ""
  /// The hospital.
  public var siteID: String?
  /// The code of the parameter, such as `OS`.
  public var parameterCode = ""
  /// The parameter in words.
  public var parameter: String?
  /// The first day.
  public var startDay: CalendarDay?
  /// The last day.
  public var endDay: CalendarDay?
  /// The time.
  public var time: Double?
  /// The unit of the time: `DAYS`, `MONTHS` or `YEARS`.
  public var timeUnit: String?
  /// Whether the record is an event, or why it is censored.
  public var censoring: CensoringCode?
  /// What the event was.
  public var eventDescription: String?
  /// Why the record is censored.
  public var censoringDescription: String?
  /// The arm, as a code.
  public var armCode: String?
  /// The arm in words.
  public var arm: String?
  /// Age in years.
  public var ageYears: Int?
  /// Sex, `F` or `M`.
  public var sex: String?
  /// The number of the record among those of the subject.
  public var sequence: Int?

  /// Nothing recorded yet.
  public init() {}
}

extension ADTTERecord: TableRow {
  static let tableName = "adtte"
  /// The variables without which there is no analysis.
  static let required = ["USUBJID", "PARAMCD", "AVAL", "CNSR"]

  mutating func exchange(_ fields: inout some FieldExchange) {
    fields.text(Field("STUDYID", "Study"), &studyID)
    fields.text(Field("USUBJID", "Subject", .everyone), &subjectID)
    fields.text(Field("SITEID", "Hospital"), &siteID)
    fields.text(Field("PARAMCD", "Code of the parameter", .everyone), &parameterCode)
    fields.text(Field("PARAM", "Parameter"), &parameter)
    fields.day(Field("STARTDT", "First day"), &startDay)
    fields.day(Field("ADT", "Last day"), &endDay)
    fields.number(Field("AVAL", "Time", .everyone), &time)
    fields.text(Field("AVALU", "Unit of the time"), &timeUnit)
    var code = censoring?.code
    fields.integer(Field("CNSR", "0 for an event, else the reason", .everyone), &code)
    censoring = code.map(CensoringCode.init(code:))
    fields.text(Field("EVNTDESC", "Event"), &eventDescription)
    fields.text(Field("CNSDTDSC", "Reason for censoring"), &censoringDescription)
    fields.text(Field("ARMCD", "Arm, code"), &armCode)
    fields.text(Field("ARM", "Arm"), &arm)
    fields.integer(Field("AGE", "Age", unit: "years"), &ageYears)
    fields.text(Field("SEX", "Sex"), &sex)
    fields.integer(Field("ASEQ", "Number among the records of the subject"), &sequence)
  }
}

extension Endpoint<ADTTERecord> {
  /// A parameter of an ADTTE data set; the records of others are left out, counted.
  /// - Parameter code: The PARAMCD.
  /// - Returns: The endpoint.
  public static func parameter(_ code: String) -> Endpoint {
    Endpoint(code) { record in
      guard record.parameterCode == code, let time = record.time, let censoring = record.censoring
      else { return nil }
      return try FollowUp(time: time, isEvent: censoring.isEvent)
    }
  }
}

/// An ADTTE data set.
public struct ADTTE: Hashable, Sendable {
  /// The records, subject by subject and in each by parameter.
  public var records: [ADTTERecord]
  /// Variables of the file that were passed over, since this package has no use for them.
  public let ignoredVariables: [String]

  /// A data set of records.
  /// - Parameter records: The records.
  public init(records: [ADTTERecord]) {
    self.records = records
    ignoredVariables = []
  }

  /// Derives the data set of a cohort.
  /// - Parameters:
  ///   - cohort: The cohort.
  ///   - parameters: The endpoints, all of them by default.
  ///   - policies: What their definitions leave open.
  public init(
    _ cohort: ValidatedCohort, parameters: [SurvivalParameter] = SurvivalParameter.allCases,
    _ policies: EndpointPolicies = EndpointPolicies()
  ) {
    var records = [ADTTERecord]()
    records.reserveCapacity(cohort.subjects.count * parameters.count)
    for subject in cohort.subjects {
      var sequence = 0
      for parameter in parameters {
        guard let outcome = subject.outcome(parameter, policies) else { continue }
        sequence += 1
        records.append(
          Self.record(outcome, subject, cohort.study, policies.unit, sequence: sequence))
      }
    }
    self.init(records: records)
  }

  private static func record(
    _ outcome: StudyOutcome, _ validated: ValidatedSubject, _ study: Study,
    _ unit: EndpointPolicies.TimeUnit, sequence: Int
  ) -> ADTTERecord {
    let subject = validated.subject
    var record = ADTTERecord()
    record.studyID = study.studyID
    record.subjectID = subject.subjectID
    record.siteID = subject.siteID
    record.parameterCode = outcome.parameter.rawValue
    record.parameter = outcome.parameter.label
    record.startDay = outcome.originDay
    record.endDay = outcome.day
    record.time = outcome.time
    record.timeUnit = unit.rawValue.uppercased()
    switch outcome.ending {
    case .event(let cause):
      record.censoring = .event
      record.eventDescription = cause.rawValue.uppercased()
    case .competing(let cause):
      record.censoring = .competingEvent
      record.censoringDescription = "COMPETING " + cause.rawValue.uppercased()
    case .censored(let reason):
      record.censoring = CensoringCode(reason)
      record.censoringDescription = reason.label
    }
    if let arm = validated.inotuzumabArm {
      record.armCode = arm == .exposed ? "INO" : "NOINO"
      record.arm = arm.rawValue
    }
    record.ageYears = subject.demographics.ageYears
    record.sex = subject.demographics.sex?.value.map { $0 == .female ? "F" : "M" }
    record.sequence = sequence
    return record
  }

  /// The data set as CSV, one line for each record.
  /// - Returns: The bytes, UTF-8.
  public func csv() -> [UInt8] {
    var table = TableText(ADTTERecord.self)
    for record in records { table.append(record) }
    return table.bytes
  }

  /// Reads a data set in CSV, with the variables in any order.
  ///
  /// USUBJID, PARAMCD, AVAL and CNSR must be there. Variables that are not known here are passed over
  /// and listed in ``ignoredVariables``.
  /// - Parameters:
  ///   - bytes: The file.
  ///   - file: Its name, for messages.
  /// - Throws: ``ValidationError`` with every text that cannot be.
  public init(csv bytes: [UInt8], file: String) throws(ValidationError) {
    var reader = CohortReader()
    (records, ignoredVariables) = try reader.records(bytes, file: file)
  }
}
