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
