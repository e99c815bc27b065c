// SPDX-License-Identifier: Apache-2.0

import CohortModels
import Foundation
import SurvivalKit
import Testing

@Suite("Transplant cohort")
struct TransplantCohortTests {
  @Test("has the published counts")
  func counts() throws {
    let patients = try TransplantCohort.load()
    #expect(patients.count == 137)
    let groups = RiskGroup.allCases.map { group in patients.count { $0.riskGroup == group } }
    #expect(groups == [38, 54, 45])
    #expect(patients.count { $0.hasRelapsedOrDied } == 83)
    #expect(patients.count { $0.death.hasOccurred } == 81)
    #expect(patients.count { $0.relapse.hasOccurred } == 42)
    let hospitals = Hospital.allCases.map { hospital in
      patients.count { $0.hospital == hospital }
    }
    #expect(hospitals == [76, 17, 23, 21])
  }

  @Test("the first patient is that of the published table")
  func firstPatient() throws {
    let first = try #require(try TransplantCohort.load().first)
    #expect(
      first
        == TransplantPatient(
          id: 1, riskGroup: .acuteLymphoblastic, hospital: .ohioState,
          death: TimedOutcome(days: 2081, hasOccurred: false),
          relapse: TimedOutcome(days: 2081, hasOccurred: false),
          acuteGraftVersusHost: TimedOutcome(days: 67, hasOccurred: true),
          chronicGraftVersusHost: TimedOutcome(days: 121, hasOccurred: true),
          plateletRecovery: TimedOutcome(days: 13, hasOccurred: true),
          patient: Person(age: 26, sex: .male, isCMVPositive: true),
          donor: Person(age: 33, sex: .female, isCMVPositive: true),
          waitingDays: 98, isFAB4Or5: false, hadMethotrexate: false))
  }

  @Test("patients survive encoding")
  func coding() throws {
    let patients = try TransplantCohort.load()
    let data = try JSONEncoder().encode(patients)
    #expect(try JSONDecoder().decode([TransplantPatient].self, from: data) == patients)
  }

  @Test("every value that cannot be is reported, not only the first")
  func problems() throws {
    let header = "id,group,t1,t2,d1,d2,d3,ta,da,tc,dc,tp,dp,z1,z2,z3,z4,z5,z6,z7,z8,z9,z10"
    let rows = [
      "1,1,2081,2081,0,0,0,67,1,121,1,13,1,26,33,1,0,1,1,98,0,1,0",  // good
      "1,1,2081,2081,0,0,0,67,1,121,1,13,1,26,33,1,0,1,1,98,0,1,0",  // the same patient
      "3,4,100,200,0,0,1,67,2,121,1,13,1,-1,33,1,0,1,1,,0,5,0",  // seven faults
    ]
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("transplant-\(UUID().uuidString).csv")
    try ([header] + rows).joined(separator: "\n").write(
      to: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: path) }
    let error = try #require(
      #expect(throws: ImportError.self) { try TransplantCohort.read(from: path.path) })
    #expect(
      error.problems.map { "\($0.row) \($0.column)" } == [
        "3 id", "4 group", "4 z9", "4 da", "4 z1", "4 z7", "4 t2", "4 d3",
      ])
    #expect(error.message.contains("row 3, column id: found “1”"))
    #expect(error.message.hasSuffix("(and 7 more such values, in rows 4, 4, 4, 4, 4, 4, 4)"))
    #expect("\(error)".split(separator: "\n").count == 9)
  }

  @Test("a file without one of the columns is refused by its name")
  func missingColumn() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("transplant-\(UUID().uuidString).csv")
    try "id,group\n1,1\n".write(to: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: path) }
    let error = #expect(throws: ImportError.self) { try TransplantCohort.read(from: path.path) }
    #expect(error?.message.contains("has no column “t1”") == true)
  }
}
