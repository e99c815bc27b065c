// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

extension ADTTE {
  /// Every breach of the rules for analysis data sets, V50 to V56, by subject in the order of the
  /// records and then by rule; findings of the data set as a whole come last.
  /// - Returns: The findings; none when all rules are kept.
  /// - Complexity: O(*n*) for *n* records.
  public func findings() -> [Finding] {
    var order = [String]()
    var bySubject = [String: [ADTTERecord]]()
    for record in records {
      if bySubject[record.subjectID] == nil { order.append(record.subjectID) }
      bySubject[record.subjectID, default: []].append(record)
    }
    let everywhere = ["OS", "PFS"].filter { code in
      records.contains { $0.parameterCode == code }
    }
    var findings = [Finding]()
    for name in order {
      let own = bySubject[name] ?? []
      let found = own.flatMap(Self.findings) + Self.findings(own, everywhere: everywhere)
      findings += found.enumerated().sorted {
        ($0.element.rule.rawValue, $0.offset) < ($1.element.rule.rawValue, $1.offset)
      }.map(\.element)
    }
    return findings + armFindings() + unitFindings()
  }

  /// What is wrong with one record.
  private static func findings(_ record: ADTTERecord) -> [Finding] {
    var findings = [Finding]()
    func note(_ rule: ValidationRule, _ column: String, _ found: String) {
      findings.append(
        Finding(
          rule, subjectID: record.subjectID, column: column,
          found: "\(record.parameterCode): \(found)"))
    }
    if let time = record.time, time.isFinite, time >= 0 {
      if time == 0 { note(.zeroTime, "AVAL", "0") }
    } else {
      note(.impossibleTime, "AVAL", record.time.map { "\($0)" } ?? "nothing")
    }
    guard let code = record.censoring, code.isListed else {
      note(.censoringCode, "CNSR", record.censoring.map { "\($0.code)" } ?? "nothing")
      return findings
    }
    if code.isEvent, record.censoringDescription != nil {
      note(.censoringCode, "CNSR", "0 with CNSDTDSC \(record.censoringDescription ?? "")")
    } else if code.isEvent, record.eventDescription == nil {
      note(.censoringCode, "CNSR", "0 without EVNTDESC")
    } else if !code.isEvent, record.censoringDescription == nil {
      note(.censoringCode, "CNSR", "\(code.code) without CNSDTDSC")
    }
    return findings
  }

  /// What is wrong between the records of one subject.
  private static func findings(_ own: [ADTTERecord], everywhere: [String]) -> [Finding] {
    var findings = [Finding]()
    let name = own.first?.subjectID ?? ""
    var counts = [String: Int]()
    for record in own { counts[record.parameterCode, default: 0] += 1 }
    for (code, count) in counts.sorted(by: { $0.key < $1.key }) where count > 1 {
      findings.append(
        Finding(
          .parameterRows, subjectID: name, column: "PARAMCD", found: "\(count) rows of \(code)"))
    }
    var numbers = Set<Int>()
    for record in own {
      guard let number = record.sequence, !numbers.insert(number).inserted else { continue }
      findings.append(
        Finding(
          .parameterRows, subjectID: name, column: "ASEQ",
          found: "\(record.parameterCode): a second \(number)"))
    }
    for code in everywhere where counts[code] == nil {
      findings.append(
        Finding(.parameterRows, subjectID: name, column: "PARAMCD", found: "no row of \(code)"))
    }
    guard let survival = own.first(where: { $0.parameterCode == "OS" }),
      let progression = own.first(where: { $0.parameterCode == "PFS" }),
      let whole = survival.time, let part = progression.time,
      survival.timeUnit == progression.timeUnit
    else { return findings }
    if part > whole {
      findings.append(
        Finding(
          .progressionAfterDeath, subjectID: name, column: "AVAL", found: "PFS \(part), OS \(whole)"
        ))
    } else if survival.censoring?.isEvent == true, progression.censoring?.isEvent != true {
      findings.append(
        Finding(
          .progressionAfterDeath, subjectID: name, column: "CNSR",
          found: "an event of OS, none of PFS"))
    }
    return findings
  }

  private func armFindings() -> [Finding] {
    struct Key: Hashable { let parameter, arm: String }
    var order = [Key]()
    var counts = [Key: (subjects: Int, events: Int)]()
    for record in records {
      guard let arm = record.arm else { continue }
      let key = Key(parameter: record.parameterCode, arm: arm)
      if counts[key] == nil { order.append(key) }
      counts[key, default: (0, 0)].subjects += 1
      if record.censoring?.isEvent == true { counts[key, default: (0, 0)].events += 1 }
    }
    return order.compactMap { key in
      guard let count = counts[key] else { return nil }
      let place = "\(key.parameter), \(key.arm): "
      let subjects = NumberFormatting.quantity(count.subjects, "subject")
      if count.events == 0 {
        return Finding(
          .sparseGroup, column: "ARM", found: place + "no event in \(subjects)")
      }
      guard count.subjects < 5 else { return nil }
      return Finding(
        .sparseGroup, .warning, column: "ARM", found: place + subjects)
    }
  }

  private func unitFindings() -> [Finding] {
    let months = records.filter { $0.timeUnit == "MONTHS" }.compactMap(\.time)
    guard months.count >= 5, let longest = months.max() else { return [] }
    if longest > 100 {
      return [
        Finding(.implausibleMonths, column: "AVAL", found: "\(FieldText.number(longest)) months")
      ]
    }
    guard months.allSatisfy({ $0 == $0.rounded() }) else { return [] }
    return [Finding(.implausibleMonths, column: "AVAL", found: "whole numbers only")]
  }
}

extension CoxEstimates {
  /// Every breach of the rules for models, V57 and V58.
  /// - Returns: The findings; none when both rules are kept.
  public func studyFindings() -> [Finding] {
    var findings = [Finding]()
    let ratio = Double(eventCount) / Double(Swift.max(1, degreesOfFreedom))
    if degreesOfFreedom > 0, ratio < 10 {
      findings.append(
        Finding(
          .tooManyTerms, ratio < 5 ? .error : .warning,
          found: "\(eventCount) events for \(degreesOfFreedom) degrees of freedom"))
    }
    for coefficient in coefficients where coefficient.isAliased || coefficient.isInfinite {
      findings.append(
        Finding(
          .collinearTerms, column: coefficient.name,
          found: coefficient.isAliased ? "a combination of other terms" : "no finite coefficient"))
    }
    return findings
  }
}
