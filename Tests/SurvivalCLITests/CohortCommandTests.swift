// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("survival cohort")
struct CohortCommandTests {
  /// Gives a test a folder with the synthetic cohort, and takes it away again.
  private func withCohort(
    subjects: Int = 30, _ body: (_ folder: String, _ run: CommandRun) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cohort-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = try CommandRun([
      "cohort", "synthesize", "--seed", "7", "--subjects", "\(subjects)", "--output", folder,
    ])
    try body(folder, run)
  }

  private func change(_ folder: String, _ name: String, _ old: String, _ new: String) throws {
    let path = folder + "/" + name
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains(old))
    try text.replacingOccurrences(of: old, with: new)
      .write(toFile: path, atomically: true, encoding: .utf8)
  }

  @Test("a synthetic cohort is written, says what it is, and is valid")
  func synthesize() throws {
    try withCohort { folder, run in
      #expect(run.status == 0)
      #expect(run.output == "Synthetic cohort (seed 7): 30 subjects, 28 infused.\n")
      #expect(run.errors.isEmpty)
      let study = try String(contentsOfFile: folder + "/study.csv", encoding: .utf8)
      #expect(study.contains("Synthetic subjects (seed 7)"))
      let rows = try String(contentsOfFile: folder + "/subjects.csv", encoding: .utf8)
        .split(separator: "\n")
      #expect(rows.count == 31)
      #expect(rows.dropFirst().allSatisfy { $0.hasPrefix("SYNTHETIC-00") })
      let check = try CommandRun(["cohort", "validate", folder])
      #expect(check.status == 0, "\(check.output)")
      #expect(
        check.output.hasPrefix("SYNTHETIC: 30 subjects, 28 infused.\nThe data are synthetic."))
      #expect(check.output.contains("0 errors"))
    }
  }

  @Test("a folder that holds a cohort is not written over")
  func keepsFiles() throws {
    try withCohort(subjects: 5) { folder, _ in
      let again = try CommandRun(["cohort", "synthesize", "--output", folder])
      #expect(again.status == 1)
      #expect(again.errors.contains("already holds study.csv"))
    }
    #expect(
      try CommandRun(["cohort", "synthesize", "--subjects", "0", "--output", "x"]).status == 64)
  }

  @Test("errors are listed, with status 1")
  func validate() throws {
    try withCohort { folder, _ in
      try change(folder, "subjects.csv", ",female,", ",woman,")
      let text = try CommandRun(["cohort", "validate", folder])
      #expect(text.status == 1)
      #expect(text.output.contains("V40E subjects.csv, row "))
      #expect(text.output.contains("“woman”"))
      #expect(text.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
      let json = try CommandRun(["cohort", "validate", folder, "--format", "json"])
      let object = try json.json()
      #expect((object["errors"] as? Int ?? 0) > 3)
      let finding = try #require((object["findings"] as? [[String: Any]])?.first)
      #expect(finding["column"] as? String == "sex")
      #expect(finding["file"] as? String == "subjects.csv")
      let csv = try CommandRun(["cohort", "validate", folder, "--format", "csv"])
      #expect(csv.output.hasPrefix("code,subjectID,file,row,column,found,allowed\nV40E,"))
    }
    let none = try CommandRun(["cohort", "validate", "no-such-folder"])
    #expect(none.status == 1)
    #expect(none.output.hasPrefix("1 error, 0 warnings.\nV45E: found no folder no-such-folder;"))
  }

  @Test("endpoints are printed as ADTTE, with 0 for an event")
  func adtte() throws {
    try withCohort(subjects: 204) { folder, _ in
      let run = try CommandRun(["cohort", "adtte", folder, "--parameters", "OS,PFS"])
      #expect(run.status == 0, "\(run.errors)")
      let rows = run.output.split(separator: "\n")
      #expect(rows.count == 1 + 2 * 189)
      #expect(
        rows[0].hasPrefix("STUDYID,USUBJID,SITEID,PARAMCD,PARAM,STARTDT,ADT,AVAL,AVALU,CNSR,"))
      let header = rows[0].split(separator: ",")
      let code = try #require(header.firstIndex(of: "CNSR"))
      let event = try #require(header.firstIndex(of: "EVNTDESC"))
      for row in rows.dropFirst() {
        let cells = row.split(separator: ",", omittingEmptySubsequences: false)
        #expect((cells[code] == "0") == !cells[event].isEmpty)
      }
      let path = folder + "/adtte.csv"
      try run.output.write(toFile: path, atomically: true, encoding: .utf8)
      let curve = try CommandRun(
        [
          "km", path, "--time", "AVAL", "--event", "CNSR", "--event-value", "0", "--group",
          "PARAMCD",
        ])
      #expect(curve.status == 0)
      let days = try CommandRun(
        ["cohort", "adtte", folder, "--unit", "days", "--duration", "inclusive"])
      #expect(days.output.contains(",DAYS,"))
      let wrong = try CommandRun(["cohort", "adtte", folder, "--parameters", "OS,XX"])
      #expect(wrong.status == 1)
      #expect(wrong.errors.contains("there is no XX; there are OS, PFS, PFSHCT"))
      try change(folder, "study.csv", "2023-08-31", "2022-08-31")
      let locked = try CommandRun(["cohort", "adtte", folder])
      #expect(locked.status == 1)
      #expect(locked.output.isEmpty)
      #expect(locked.errors.contains("V18E"))
    }
  }

  @Test("the codes are printed with their meaning")
  func codes() throws {
    let run = try CommandRun(["cohort", "codes"])
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    #expect(run.output.hasPrefix("list,code,label,concept\nSex,female,female,NCIt C16576\n"))
  }
}
