// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import CohortModels

@Suite("Cohort files with faults")
struct BadCohortFilesTests {
  /// The findings of the sample's files after one of them was changed.
  private func findings(
    _ name: String, _ change: (String) -> String
  ) throws -> [Finding] {
    let files = CohortFiles.csv(Samples.cohort { _ in }).map { file in
      guard file.name == name else { return file }
      return (name: name, bytes: Array(change(String(decoding: file.bytes, as: UTF8.self)).utf8))
    }
    do {
      _ = try CohortFiles.read(csv: files)
      return []
    } catch {
      return error.findings
    }
  }

  private func replacing(_ old: String, _ new: String) -> (String) -> String {
    { $0.replacingOccurrences(of: old, with: new) }
  }

  @Test(
    "wrong texts are named with file, row, column, value and what is allowed",
    arguments: [
      ("subjects.csv", "female", "f", "V40E", "sex", "female, male, unknown, notApplicable"),
      ("subjects.csv", "2022-03-01", "01.03.2022", "V43E", "infusionDay", "YYYY-MM-DD"),
      ("subjects.csv", "2022-03-01", "2022-02-30", "V43E", "infusionDay", "YYYY-MM-DD"),
      ("subjects.csv", "2022-03-01", "2022-03", "V43E", "infusionDay", "YYYY-MM-DD"),
      ("assessments.csv", "0.0001", "\"0,0001\"", "V44E", "mrdSensitivity", "decimal point"),
      ("assessments.csv", "1.5", "1.5 /nL", "V44E", "neutrophils", "10⁹/L, without the unit"),
      ("subjects.csv", ",44,", ",44 y,", "V44E", "ageYears", "whole number, in years"),
      ("subjects.csv", ",44,", ",44.5,", "V44E", "ageYears", "whole number, in years"),
      ("relapses.csv", "relapse", "Relapse", "V40E", "kind", "relapse, progression, unknown"),
      ("toxicities.csv", "crs", "CRS", "V40E", "kind", "crs, icans"),
      ("subjects.csv", "chemotherapy", "chemotherapy;chemo", "V40E", "bridging", "separated by"),
    ] as [(String, String, String, String, String, String)])
  func texts(
    file: String, old: String, new: String, code: String, column: String, allowed: String
  ) throws {
    let findings = try findings(file, replacing(old, new))
    #expect(findings.map(\.code) == [code], "\(findings)")
    let finding = try #require(findings.first)
    #expect(finding.file == file)
    #expect(finding.row == 2)
    #expect(finding.column == column)
    #expect(finding.subjectID == "S1")
    #expect(finding.allowed.contains(allowed))
    #expect(
      finding.found == "“\(new.replacingOccurrences(of: "\"", with: ""))”"
        || finding.found.contains(new.replacingOccurrences(of: ",", with: "")))
  }

  @Test("all faults are reported at once, in every file")
  func allAtOnce() throws {
    let files = CohortFiles.csv(Samples.cohort { _ in }).map { file in
      let text = String(decoding: file.bytes, as: UTF8.self)
        .replacingOccurrences(of: "female", with: "?")
        .replacingOccurrences(of: "2022-03-01", with: "?")
        .replacingOccurrences(of: "icans", with: "?")
        .replacingOccurrences(of: "0.0001", with: "?")
      return (name: file.name, bytes: Array(text.utf8))
    }
    let error = #expect(throws: ValidationError.self) { try CohortFiles.read(csv: files) }
    #expect(error?.findings.map(\.column) == ["sex", "infusionDay", "kind", "mrdSensitivity"])
    #expect(error?.findings.map(\.row) == [2, 2, 3, 2])
  }

  @Test("a second row of a subject, and a row without its subject")
  func keys() throws {
    let twice = try findings("subjects.csv") { text in
      text + (text.split(separator: "\n").last ?? "") + "\n"
    }
    #expect(twice.map(\.code) == ["V01E"])
    #expect(twice.first?.row == 3)
    let orphan = try findings("relapses.csv", replacing("S1,", "S9,"))
    #expect(orphan.map(\.code) == ["V46E"])
    #expect(orphan.first?.found == "“S9”")
  }

  @Test("semicolons and decimal commas: the file, and each cell, by row, column, value and allowed")
  func semicolons() throws {
    let found = try findings("assessments.csv") { text in
      text.replacingOccurrences(of: ",", with: ";").replacingOccurrences(of: "1.5", with: "1,5")
        .replacingOccurrences(of: "0.0001", with: "0,0001")
    }
    #expect(found.map(\.code) == ["V45E", "V44E", "V44E"], "\(found)")
    #expect(found.allSatisfy { $0.file == "assessments.csv" })
    #expect(found.map(\.row) == [1, 2, 2])
    #expect(found[0].found == "fields separated by semicolons")
    #expect(found[0].allowed.contains("separated by commas"))
    #expect(found.dropFirst().map(\.column) == ["neutrophils", "mrdSensitivity"])
    #expect(found.dropFirst().map(\.found) == ["“1,5”", "“0,0001”"])
    #expect(found[1].allowed.contains("a number with a decimal point"))
    let tabs = try findings("relapses.csv", replacing(",", "\t"))
    #expect(tabs.map(\.found) == ["fields separated by tabs"])
    let whole = try findings("subjects.csv", replacing(",", ";"))
    #expect(whole.first?.found == "fields separated by semicolons")
  }

  @Test("a decimal comma without quotation marks makes a row too long, and hides no other row")
  func raggedRows() throws {
    let found = try findings("assessments.csv") { text in
      text.replacingOccurrences(of: "1.5", with: "1,5")
        + "S1,2022-13-01\n" + "S1,\"2022\"x\n"
        + "S1,yesterday,,2,,,,,,,,\n" + "S2,2022-05-01,,2,,,,,,,,\n"
    }
    #expect(found.map(\.row) == [2, 3, 4, 5, 6], "\(found)")
    #expect(found.map(\.code) == ["V45E", "V45E", "V45E", "V43E", "V46E"])
    #expect(found[0].found == "13 fields")
    #expect(found[0].allowed.hasPrefix("12 fields, as in the header"))
    #expect(found[1].found == "2 fields")
    #expect(found[2].found.contains("follows a closing quotation mark"))
    #expect(found[3].found == "“yesterday”")
    #expect(found[4].found == "“S2”")
  }

  @Test("rows are not blamed for a table of subjects that could not be read")
  func missingSubjects() throws {
    let empty = try findings("subjects.csv") { _ in "" }
    #expect(empty.map(\.code) == ["V45E"])
    #expect(empty.map(\.file) == ["subjects.csv"])
    let files = CohortFiles.csv(Samples.cohort { _ in }).filter { $0.name != "subjects.csv" }
    let error = #expect(throws: ValidationError.self) { try CohortFiles.read(csv: files) }
    #expect(error?.findings.map(\.found) == ["no such file in the folder"])
  }

  @Test("the other subjects are checked by every rule, so that nothing is left for a second time")
  func rulesToo() throws {
    var late = Samples.survivor
    late.subjectID = "S2"
    late.siteID = "B"
    late.relapses = [Samples.relapse(on: 490)]
    late.lastContact.lastAliveDay = Samples.day(500)
    let cohort = Cohort(study: Samples.study, subjects: [Samples.subject, late])
    let files = CohortFiles.csv(cohort).map { file in
      let text = String(decoding: file.bytes, as: UTF8.self)
        .replacingOccurrences(of: "bPrecursor", with: "B", range: nil)
      guard file.name == "subjects.csv", let first = text.range(of: "B,neg") else { return file }
      // Only the first subject keeps its wrong code.
      let rest = text[first.upperBound...].replacingOccurrences(of: "B,neg", with: "bPrecursor,neg")
      return (name: file.name, bytes: Array((text[..<first.upperBound] + rest).utf8))
    }
    let error = #expect(throws: ValidationError.self) { try CohortFiles.read(csv: files) }
    #expect(error?.findings.map(\.code) == ["V40E", "V18E"], "\(String(describing: error))")
    #expect(error?.findings.map(\.subjectID) == ["S1", "S2"])
  }

  @Test("files and columns that are missing, foreign or twice there")
  func forms() throws {
    let open = try findings("study.csv", replacing("TEST", "\"TEST"))
    #expect(open.map(\.code) == ["V45E"])
    #expect(open.first?.found.contains("never closed") == true)
    #expect(open.first?.row == 2)
    let missing = try findings("toxicities.csv", replacing("onsetDay", "onset"))
    #expect(missing.map(\.code) == ["V45E", "V45E"])
    #expect(missing.first?.column == "onsetDay")
    #expect(try findings("study.csv") { _ in "" }.map(\.code) == ["V45E"])
    let twoStudies = try findings("study.csv") { $0 + "B,,2023-01-01,,\n" }
    #expect(twoStudies.map(\.code) == ["V45E"])
    #expect(twoStudies.first?.found == "2 rows")
    let foreign = CohortFiles.csv(Samples.cohort { _ in }) + [("notes.csv", Array("a\n1\n".utf8))]
    let error = #expect(throws: ValidationError.self) { try CohortFiles.read(csv: foreign) }
    #expect(error?.findings.map(\.file) == ["notes.csv"])
    let nowhere = #expect(throws: ValidationError.self) { try CohortFiles.read(from: "/no/such") }
    #expect(nowhere?.findings.map(\.found) == ["no folder /no/such"])
  }

  @Test(
    "findings of rules name file and row too: event after the lock, contradictions, missing days")
  func examined() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "cohort-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var late = Samples.survivor
    late.subjectID = "S2"
    late.siteID = "B"
    late.assessments = [28, 60].map(Samples.remission)
    late.assessments[1].marrowBlastPercent = 7
    late.relapses = [Samples.relapse(on: 490)]
    late.lastContact.lastAliveDay = Samples.day(500)
    late.demographics.ecog = 5
    late.toxicities[1].maximumGrade = 6
    var study = Samples.study
    let cohort = Cohort(study: study, subjects: [Samples.subject, late])
    try CohortFiles.write(cohort, to: folder)
    let examination = CohortFiles.examine(folder)
    #expect(examination.cohort == cohort)
    #expect(
      examination.findings.map { "\($0.code) \($0.file) \($0.row ?? 0) \($0.column)" } == [
        "V18E relapses.csv 3 relapses.day", "V22E assessments.csv 4 assessments.response",
        "V30E subjects.csv 3 ecog", "V30E toxicities.csv 5 toxicities.maximumGrade",
      ])
    #expect(examination.findings.first?.found.contains("data lock 2023-06-30") == true)
    #expect(throws: ValidationError.self) { try examination.validated() }
    study.dataLock = nil
    try CohortFiles.write(Cohort(study: study, subjects: [Samples.subject]), to: folder)
    let unlocked = CohortFiles.examine(folder).findings
    #expect(unlocked.map(\.file) == ["study.csv"])
    #expect(unlocked.map(\.row) == [2])
    try CohortFiles.write(Samples.cohort { $0.demographics.sex = nil }, to: folder)
    let missing = CohortFiles.examine(folder)
    #expect(missing.findings.map(\.code) == ["V41W"])
    #expect(missing.findings.map(\.file) == ["subjects.csv"])
    #expect(missing.findings.first?.row == nil)
    #expect(try missing.validated().warnings == missing.findings)
    #expect(CohortFiles.examine("/no/such").cohort == nil)
    #expect(throws: ValidationError.self) { try CohortFiles.examine("/no/such").validated() }
  }

  @Test("an event after the data lock is read, and refused by its rule")
  func afterLock() throws {
    let files = CohortFiles.csv(
      Samples.cohort {
        $0 = Samples.survivor
        $0.relapses = [Samples.relapse(on: 490)]
        $0.lastContact.lastAliveDay = Samples.day(500)
      })
    let cohort = try CohortFiles.read(csv: files)
    let error = #expect(throws: ValidationError.self) { try ValidatedCohort(cohort) }
    #expect(error?.findings.map(\.code) == ["V18E"])
  }

  @Test("the files damaged at every hundredth byte never trap, and a change is seen or said")
  func damaged() throws {
    let cohort = Samples.cohort { _ in }
    let files = CohortFiles.csv(cohort)
    var generator = SplitMix(seed: 5)
    for round in 0..<400 {
      let place = round % files.count
      var bytes = files[place].bytes
      let position = generator.below(bytes.count)
      let old = bytes[position]
      bytes[position] = UInt8(generator.below(256))
      var damaged = files
      damaged[place].bytes = bytes
      let read = try? CohortFiles.read(csv: damaged)
      // Only a byte that ended a line may be lost without a word: CR, LF and blanks mean the same.
      if bytes[position] != old, read == cohort { #expect(old == UInt8(ascii: "\n")) }
    }
  }
}
