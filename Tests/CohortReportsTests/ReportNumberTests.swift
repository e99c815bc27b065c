// SPDX-License-Identifier: Apache-2.0

import CohortModels
@testable import CohortReports
import Foundation
import SurvivalKit
import Testing

@Suite("The numbers of a report")
struct ReportNumberTests {
  @Test("JSON holds every cell with all its digits", arguments: [0, 1])
  func json(_ index: Int) throws {
    let report = try Reports.all()[index]
    let tables = try ReadReport(report).tables
    #expect(tables.count == report.tables.count, "two tables share a name")
    var count = 0
    for table in report.tables {
      let read = try #require(tables[table.identifier])
      let rows = try #require(read["rows"] as? [[String: Any]])
      #expect(rows.count == table.flatRows.count)
      for (row, (wanted, parent, _)) in zip(rows, table.flatRows) {
        #expect(row["label"] as? String == wanted.label)
        #expect(row["parent"] as? String == parent)
        let values = try #require(row["values"] as? [String: Any])
        #expect(values.count == table.columns.count)
        for (position, column) in table.columns.enumerated() {
          let parts = wanted.cell(position).parts
          for part in parts {
            let value =
              part.name.isEmpty
              ? values[column.key] : (values[column.key] as? [String: Any])?[part.name]
            count += 1
            switch part.value {
            case .number(let number) where number.isFinite:
              #expect(value as? Double == number, "\(table.identifier), \(wanted.label)")
            case .string(let text): #expect(value as? String == text)
            default: #expect(value is NSNull, "\(table.identifier), \(wanted.label)")
            }
          }
          if parts.isEmpty { #expect(values[column.key] is NSNull) }
        }
      }
    }
    #expect(count > 3000)
  }

  @Test("CSV read back is the same values in the same order", arguments: [0, 1])
  func csv(_ index: Int) throws {
    let report = try Reports.all()[index]
    let text = try CSVTable(file: "report.csv", bytes: Array(report.csv().utf8))
    #expect(
      text.header == [
        "synthetic", "table", "row", "parent", "label", "column", "statistic", "value",
      ])
    let columns = try text.header.map { try text.column($0) }
    var position = 0
    for table in report.tables {
      for (number, (row, parent, _)) in table.flatRows.enumerated() {
        for (column, cell) in zip(table.columns, table.columns.indices.map(row.cell)) {
          for part in cell.parts {
            let line = columns.map { $0[position] }
            position += 1
            #expect(
              Array(line.prefix(7)) == [
                "\(report.isSynthetic)", table.identifier, "\(number + 1)", parent ?? "", row.label,
                column.key, part.name,
              ])
            switch part.value {
            case .number(let value) where value.isFinite: #expect(Double(line[7]) == value)
            case .string(let value): #expect(line[7] == value)
            default: #expect(line[7].isEmpty)
            }
          }
        }
      }
    }
    #expect(position == text.rowNumbers.count)
  }

  @Test("the numbers of the transplant cohort are those of R")
  func agreementWithR() throws {
    let file = Reports.here.deletingLastPathComponent()
      .appending(path: "CohortModelsTests/Fixtures/transplant.json")
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    let reference = try #require(object as? [String: [Any]])
    let report = try ReadReport(Reports.transplant())
    var count = 0
    func expect(_ value: Double?, _ name: String, _ position: Int) throws {
      let wanted = try #require(reference[name])[position] as? Double
      count += 1
      guard let wanted else {
        #expect(value == nil, "\(name), \(position)")
        return
      }
      let found = try #require(value, "\(name), \(position)")
      #expect(
        abs(found - wanted) <= 1e-9 * abs(wanted), "\(name), \(position): \(found), \(wanted)")
    }
    let groups = [("1", "ALL"), ("2", "AML low risk"), ("3", "AML high risk")]
    let days = ["180", "365", "730", "1095", "1460", "1825"]
    for (short, key) in [("dfs", "disease-free-survival"), ("os", "overall-survival")] {
      for (code, group) in groups {
        let name = "\(short).\(code)"
        for (position, path) in [
          "subjects", "events", "median.estimate", "median.lower", "median.upper",
        ].enumerated() {
          try expect(report.number("\(key)-summary", group, path), name, position)
        }
        for (position, day) in days.enumerated() {
          for (offset, path) in [
            (5, "atRisk"), (11, "survival.estimate"), (17, "survival.lower"),
            (23, "survival.upper"),
          ] where reference[name]?[position + 11] is Double {
            try expect(
              report.number("\(key)-probabilities", day, under: group, path), name,
              position + offset)
          }
        }
      }
      for (position, pair) in [
        "ALL / AML low risk", "ALL / AML high risk", "AML low risk / AML high risk",
      ].enumerated() {
        for (offset, column) in ["statistic", "pValue", "adjustedPValue"].enumerated() {
          try expect(
            report.number("\(key)-tests", pair, column), "\(short).pairs", position * 3 + offset)
        }
      }
      let terms: [(label: String, parent: String?)] = [
        ("ALL", "group"), ("AML high risk", "group"), ("patient age - 28", nil),
        ("donor age - 28", nil), ("product of ages", nil), ("FAB 4 or 5", nil),
      ]
      for (position, term) in terms.enumerated() {
        for (column, name) in [("coefficient", "coef"), ("standardError", "se")] {
          try expect(
            report.number("\(key)-cox", term.label, under: term.parent, column),
            "\(short).model.\(name)", position)
        }
      }
    }
    for (position, cause) in ["relapse", "death in remission"].enumerated() {
      for (offset, column) in ["statistic", "degreesOfFreedom", "pValue"].enumerated() {
        try expect(
          report.number("competing-risks-gray", cause, column), "competing.gray",
          position * 3 + offset)
      }
    }
    #expect(count > 170)
  }
}
