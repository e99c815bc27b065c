// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

@testable import CohortModels

@Suite("ADTTE")
struct ADTTETests {
  private func cohort() throws -> ValidatedCohort {
    var second = Samples.survivor
    second.subjectID = "S2"
    second.siteID = "B"
    second.priorTherapy.hadInotuzumab = false
    second.priorTherapy.inotuzumab = Exposure()
    second.priorTherapy.inotuzumabDoses = nil
    second.priorTherapy.inotuzumabTiming = nil
    return try Samples.validated([Samples.subject, second])
  }

  /// Records without a finding: two arms, each of five subjects with an event.
  private func records() -> [ADTTERecord] {
    (0..<10).flatMap { number in
      ["OS", "PFS"].map { code in
        var record = ADTTERecord()
        record.subjectID = "S\(number)"
        record.parameterCode = code
        record.time = Double(number) + 1.5
        record.timeUnit = "MONTHS"
        record.censoring = .event
        record.eventDescription = "DEATH"
        record.arm = number < 5 ? "naive" : "exposed"
        return record
      }
    }
  }

  @Test("0 is an event, as CDISC says and unlike an indicator")
  func censoring() throws {
    let data = ADTTE(try cohort(), parameters: [.overallSurvival, .relapse, .nonRelapseMortality])
    #expect(data.records.map { $0.censoring?.code } == [0, 0, 6, 1, 1, 1])
    #expect(
      data.records.map { $0.eventDescription ?? $0.censoringDescription }
        == [
          "DEATH", "RELAPSE", "COMPETING RELAPSE", "ALIVE AT LAST CONTACT",
          "ALIVE AT LAST CONTACT", "ALIVE AT LAST CONTACT",
        ])
    #expect(data.records.map(\.sequence) == [1, 2, 3, 1, 2, 3])
    #expect(data.records.first?.time == 300 / 30.4375)
    #expect(data.records.map(\.armCode) == ["INO", "INO", "INO", "NOINO", "NOINO", "NOINO"])
  }

  @Test("a data set that is written and read again is the same, and analysed the same")
  func roundTrip() throws {
    let cohort = try cohort()
    let data = ADTTE(cohort)
    let read = try ADTTE(csv: data.csv(), file: "adtte.csv")
    #expect(read == data)
    for parameter in SurvivalParameter.allCases {
      let ours = try KaplanMeier(endpoint: .study(parameter)).fitted(to: cohort.infused)
      let theirs = try KaplanMeier(endpoint: .parameter(parameter.rawValue)).fitted(
        to: read.records)
      #expect(ours.curves[0].times == theirs.curves[0].times)
      #expect(ours.curves[0].events == theirs.curves[0].events)
    }
  }

  @Test("variables may be in any order, and those not known are named")
  func foreign() throws {
    let text = "CNSR,AVAL,TRTP,PARAMCD,USUBJID\n0,3.5,X,OS,1\n1,4,Y,OS,2\n"
    let data = try ADTTE(csv: Array(text.utf8), file: "adtte.csv")
    #expect(data.ignoredVariables == ["TRTP"])
    #expect(data.records.map(\.time) == [3.5, 4])
    #expect(data.records.map { $0.censoring?.isEvent } == [true, false])
    let error = #expect(throws: ValidationError.self) {
      try ADTTE(csv: Array("USUBJID,AVAL,PARAMCD\n1,\"3,5\",OS\n".utf8), file: "adtte.csv")
    }
    #expect(error?.findings.map(\.code) == ["V45E", "V44E"])
    #expect(throws: ValidationError.self) { try ADTTE(csv: [], file: "adtte.csv") }
  }

  /// The codes of the findings after one change of good records.
  private func codes(_ change: (inout [ADTTERecord]) -> Void) -> [String] {
    var records = records()
    change(&records)
    return ADTTE(records: records).findings().map(\.code)
  }

  @Test("each rule of analysis data sets is found alone")
  func rules() {
    #expect(codes { _ in } == [])
    #expect(codes { $0[1].time = -1 } == ["V50E"])
    #expect(codes { $0[1].time = .nan } == ["V50E"])
    #expect(codes { $0[1].time = nil } == ["V50E"])
    #expect(codes { $0[1].time = 0 } == ["V51W"])
    #expect(codes { $0[0].censoring = CensoringCode(code: 17) } == ["V52E"])
    #expect(codes { $0[0].censoring = nil } == ["V52E"])
    #expect(codes { $0[0].censoringDescription = "ALIVE AT LAST CONTACT" } == ["V52E"])
    #expect(codes { $0[0].eventDescription = nil } == ["V52E"])
    #expect(codes { $0[0].censoring = CensoringCode(.lastContact) } == ["V52E"])
    #expect(codes { $0.append($0[0]) } == ["V53E"])
    #expect(codes { $0.remove(at: 3) } == ["V53E", "V55W"])
    #expect(codes { ($0[0].sequence, $0[1].sequence) = (1, 1) } == ["V53E"])
    #expect(codes { ($0[0].sequence, $0[1].sequence) = (1, 2) } == [])
    #expect(codes { $0[1].time = 99.5 } == ["V54E"])
    #expect(
      codes {
        $0[1].censoring = CensoringCode(.lastContact)
        $0[1].censoringDescription = "ALIVE AT LAST CONTACT"
      } == ["V54E"])
    #expect(
      codes {
        for place in 0..<10 {
          $0[place].censoring = CensoringCode(.lastContact)
          $0[place].censoringDescription = "ALIVE AT LAST CONTACT"
        }
      } == ["V55E", "V55E"])
    #expect(codes { $0.removeSubrange(0..<2) } == ["V55W", "V55W"])
    #expect(
      codes {
        $0[18].time = 100.5; $0[19].time = 100.5
      } == ["V56W"])
    #expect(
      codes { records in
        for place in records.indices { records[place].time = records[place].time?.rounded() }
      } == ["V56W"])
  }

  @Test("models with too many terms, and terms that cannot be told apart")
  func models() throws {
    let times: [Double] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    let data = try SurvivalData(times: times, events: times.map { _ in true })
    let wave = times.map { ($0 * 7).truncatingRemainder(dividingBy: 5) }
    func codes(_ columns: [(String, [Double])]) throws -> [String] {
      try CoxRegression.fit(data, design: DesignMatrix(columns)).estimates.studyFindings()
        .map(\.code)
    }
    #expect(try codes([("wave", wave)]) == [])
    let other = times.map { ($0 * 3).truncatingRemainder(dividingBy: 4) }
    #expect(try codes([("wave", wave), ("other", other)]) == ["V57W"])
    let third = times.map { ($0 * 5).truncatingRemainder(dividingBy: 7) }
    #expect(try codes([("wave", wave), ("other", other), ("third", third)]) == ["V57E"])
    #expect(try codes([("wave", wave), ("twice", wave.map { 2 * $0 })]) == ["V58E"])
  }
}
