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
    ])
  func pages(name: String, tables: [String]) throws {
    let file = Self.catalogue.appending(path: name + ".md")
    var page = try String(contentsOf: file, encoding: .utf8)
    let expected = DataDictionary.current.markdown(tables: tables)
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
}
