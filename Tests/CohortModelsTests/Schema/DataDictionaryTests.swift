// SPDX-License-Identifier: Apache-2.0

import CohortModels
import Foundation
import Testing

@Suite("Data dictionary")
struct DataDictionaryTests {
  private static let catalogue = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Sources/CohortModels/CohortModels.docc").standardized

  @Test(
    "the pages are what the code does",
    arguments: [
      ("TablesOfSubjects", ["study", "subjects"]),
      ("TablesOfEvents", ["toxicities", "assessments", "consolidations", "relapses"]),
      ("CodesOfACohort", []),
    ])
  func pages(name: String, tables: [String]) throws {
    let file = Self.catalogue.appending(path: name + ".md")
    var page = try String(contentsOf: file, encoding: .utf8)
    let dictionary = DataDictionary.current
    let expected =
      tables.isEmpty
      ? "### Codes\n\n" + dictionary.codesMarkdown() : dictionary.markdown(tables: tables)
    // With UPDATE_DATA_DICTIONARY set, the page is written anew from its first table on.
    if ProcessInfo.processInfo.environment["UPDATE_DATA_DICTIONARY"] != nil,
      let start = page.range(of: "### ")
    {
      page = page[..<start.lowerBound] + expected
      try page.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(page.hasSuffix(expected), "the tables of \(name).md should read:\n\(expected)")
  }

  @Test("names are unique in a table, and no code says that a value is missing")
  func names() {
    for table in DataDictionary.current.tables {
      let names = table.columns.map(\.name)
      #expect(Set(names).count == names.count)
      for column in table.columns {
        #expect(!column.meaning.isEmpty)
        let reserved = ["unknown", "notApplicable", "NA", ".", ""]
        #expect(column.allowed.allSatisfy { !reserved.contains($0) })
        if column.kind == "codes" {
          #expect(column.allowed.allSatisfy { $0 != "none" && !$0.contains(";") })
        }
      }
    }
    #expect(
      DataDictionary.current.tables.map(\.name) + [] == [
        "study", "subjects", "toxicities", "assessments", "consolidations", "relapses",
      ])
  }

  @Test("every list of a column has its codes, once, in words")
  func codes() throws {
    let dictionary = DataDictionary.current
    for column in dictionary.tables.flatMap(\.columns) where !column.codeList.isEmpty {
      let codes = dictionary.codes.filter { $0.list == column.codeList }
      #expect(codes.map(\.code) == column.allowed, "\(column.name)")
    }
    #expect(Set(dictionary.codes.map { "\($0.list) \($0.code)" }).count == dictionary.codes.count)
    #expect(dictionary.codes.allSatisfy { !$0.label.isEmpty && !$0.label.contains("|") })
    let concepts = dictionary.codes.compactMap { code in code.concept.map { "\(code.code) \($0)" } }
    #expect(
      Set(concepts) == [
        "female NCIt C16576", "male NCIt C20197", "bPrecursor ICD-O-3 9836/3",
        "positive ICD-O-3 9812/3", "kmt2aRearranged ICD-O-3 9813/3",
      ])
    let lines = dictionary.codesCSV().split(separator: "\n")
    #expect(lines.count == dictionary.codes.count + 1)
    #expect(
      lines.contains("RaceEthnicity,nonHispanicWhite,\"White, not Hispanic\","))
  }
}
