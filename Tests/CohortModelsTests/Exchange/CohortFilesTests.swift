// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import CohortModels

/// Fills records with random values, many of them awkward, some missing.
private struct RandomFiller: FieldExchange {
  var generator: SplitMix

  private mutating func isMissing() -> Bool { generator.below(4) == 0 }

  private mutating func randomText() -> String {
    let pieces = [
      "a", "Ä", ",", "\"", " ", "\n", "\r\n", ";", "\\", "\u{1}", "NA", ".", "9;22", "\t", "🧬",
    ]
    return (0...generator.below(4)).reduce("") { text, _ in
      text + pieces[generator.below(pieces.count)]
    }
  }

  mutating func text(_ field: Field, _ value: inout String) { value = randomText() }
  mutating func text(_ field: Field, _ value: inout String?) {
    value = isMissing() ? nil : randomText()
  }
  mutating func day(_ field: Field, _ value: inout CalendarDay?) {
    value = isMissing() ? nil : CalendarDay(daysSince1970: generator.below(40_000) - 10_000)
  }
  mutating func integer(_ field: Field, _ value: inout Int?) {
    value = isMissing() ? nil : generator.below(2_000_001) - 1_000_000
  }
  mutating func number(_ field: Field, _ value: inout Double?) {
    let scales = [1.0, 1e-9, 1e12, 100]
    value = isMissing() ? nil : generator.symmetric() * scales[generator.below(4)]
    if generator.below(8) == 0 { value = value?.rounded() }
  }
  mutating func flag(_ field: Field, _ value: inout Bool?) {
    value = isMissing() ? nil : generator.below(2) == 0
  }
  mutating func code<Code: CodeList>(_ field: Field, _ value: inout Coded<Code>?) {
    let cases = Array(Code.allCases)
    switch generator.below(8) {
    case 0: value = nil
    case 1: value = .unknown
    case 2: value = .notApplicable
    default: value = .known(cases[generator.below(cases.count)])
    }
  }
  mutating func codes<Code: CodeList>(_ field: Field, _ value: inout Coded<Set<Code>>?) {
    switch generator.below(8) {
    case 0: value = nil
    case 1: value = .unknown
    case 2: value = .notApplicable
    default: value = .known(Set(Code.allCases.filter { _ in generator.below(3) == 0 }))
    }
  }

  mutating func cohort(_ count: Int) -> Cohort {
    var study = Study()
    study.exchange(&self)
    return Cohort(
      study: study,
      subjects: (0..<count).map { number in
        var subject = Subject()
        subject.exchange(&self)
        subject.subjectID += "\(number)"
        subject.toxicities = rows()
        subject.assessments = rows()
        subject.consolidations = rows()
        subject.relapses = rows()
        return subject
      })
  }

  private mutating func rows<Row: TableRow>() -> [Row] {
    (0..<generator.below(4)).map { _ in
      var row = Row()
      row.exchange(&self)
      return row
    }
  }
}

@Suite("Cohort files")
struct CohortFilesTests {
  @Test("a cohort that is written and read again is the same", arguments: 1...40)
  func roundTrip(seed: Int) throws {
    var filler = RandomFiller(generator: SplitMix(seed: UInt64(seed)))
    let cohort = filler.cohort(seed % 7)
    #expect(try CohortFiles.read(csv: CohortFiles.csv(cohort)) == cohort)
    #expect(try CohortFiles.read(json: CohortFiles.json(cohort), file: "c.json") == cohort)
    let data = try JSONEncoder().encode(cohort)
    #expect(try JSONDecoder().decode(Cohort.self, from: data) == cohort)
    // What we write as JSON is JSON for others too.
    let object = try JSONSerialization.jsonObject(with: Data(CohortFiles.json(cohort)))
    #expect(((object as? [String: Any])?["subjects"] as? [Any])?.count == cohort.subjects.count)
  }

  @Test("a folder is written and read")
  func folder() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "cohort-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let cohort = Samples.cohort { _ in }
    try CohortFiles.write(cohort, to: path)
    #expect(try CohortFiles.read(from: path) == cohort)
    try FileManager.default.removeItem(atPath: path + "/relapses.csv")
    let error = #expect(throws: ValidationError.self) { try CohortFiles.read(from: path) }
    #expect(error?.findings.map(\.code) == ["V45E"])
    #expect(error?.findings.first?.file == "relapses.csv")
  }

  // MARK: - Bad files

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

  @Test("a byte-order mark and Windows line ends change nothing")
  func windows() throws {
    let cohort = Samples.cohort { _ in }
    let files = CohortFiles.csv(cohort).map { file in
      let text = String(decoding: file.bytes, as: UTF8.self)
        .replacingOccurrences(of: "\n", with: "\r\n")
      return (name: file.name, bytes: [0xEF, 0xBB, 0xBF] + Array(text.utf8))
    }
    #expect(try CohortFiles.read(csv: files) == cohort)
  }

  @Test("semicolons, decimal commas without quotation marks, and other forms are refused")
  func forms() throws {
    let semicolons = try findings("subjects.csv", replacing(",", ";"))
    #expect(semicolons.contains { $0.code == "V45E" && $0.found.contains("separate fields by") })
    let comma = try findings("assessments.csv", replacing("1.5", "1,5"))
    #expect(comma.map(\.code) == ["V45E"])
    #expect(comma.first?.found.contains("row 2") == true)
    let open = try findings("study.csv", replacing("TEST", "\"TEST"))
    #expect(open.map(\.code) == ["V45E"])
    let missing = try findings("toxicities.csv", replacing("onsetDay", "onset"))
    #expect(missing.map(\.code) == ["V45E", "V45E"])
    #expect(missing.first?.column == "onsetDay")
    #expect(try findings("study.csv") { _ in "" }.map(\.code) == ["V45E"])
    let twoStudies = try findings("study.csv") { $0 + "B,,2023-01-01,,\n" }
    #expect(twoStudies.map(\.code) == ["V45E"])
    let foreign = CohortFiles.csv(Samples.cohort { _ in }) + [("notes.csv", Array("a\n1\n".utf8))]
    let error = #expect(throws: ValidationError.self) { try CohortFiles.read(csv: foreign) }
    #expect(error?.findings.map(\.file) == ["notes.csv"])
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

  // MARK: - JSON

  @Test("faults of JSON are named by subject and path")
  func json() throws {
    let text = String(decoding: CohortFiles.json(Samples.cohort { _ in }), as: UTF8.self)
    func findings(_ old: String, _ new: String) -> [Finding] {
      let changed = text.replacingOccurrences(of: old, with: new)
      do {
        _ = try CohortFiles.read(json: Array(changed.utf8), file: "c.json")
        return []
      } catch {
        return error.findings
      }
    }
    #expect(findings("\"crs\"", "\"CRS\"").map(\.column) == ["toxicities[1].kind"])
    #expect(findings("\"crs\"", "\"CRS\"").map(\.subjectID) == ["S1"])
    #expect(findings("\"ageYears\":44", "\"ageYears\":44.5").map(\.code) == ["V44E"])
    #expect(findings("\"ageYears\":44", "\"age\":44").map(\.code) == ["V45E"])
    #expect(findings("\"ageYears\":44", "\"ageYears\":[44]").map(\.code) == ["V45E"])
    #expect(findings("\"ageYears\":44", "\"ageYears\":null").isEmpty)
    #expect(findings("\"ageYears\":44", "\"ageYears\":44,\"ageYears\":45").map(\.code) == ["V45E"])
    #expect(findings("\"study\"", "\"stud\"").map(\.code) == ["V45E", "V45E"])
    for broken in [
      "", "[]", "{", "{\"study\":", "nul", "{\"study\":{}} x", "\"\\ud800\"", "\"\\u12\"",
      String(repeating: "[", count: 100_000),
    ] {
      #expect(throws: ValidationError.self) {
        try CohortFiles.read(json: Array(broken.utf8), file: "c.json")
      }
    }
  }
}
