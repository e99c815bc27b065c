// SPDX-License-Identifier: Apache-2.0

import CohortModels
@testable import CohortReports
import Foundation
import SurvivalKit

/// The reports that the tests look at, each made once.
enum Reports {
  static let here = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  static let transplantFindings = Result {
    TransplantAnalysis().applied(to: try TransplantCohort.load())
  }
  private static let transplantReport = Result { StudyReport(try transplantFindings.get()) }
  static func transplant() throws -> StudyReport { try transplantReport.get() }

  /// The cohort that the analysis is compared with R on: synthetic, and stored.
  static let storedCohort = Result {
    try CohortFiles.read(
      from: here.deletingLastPathComponent().appending(path: "CohortModelsTests/Fixtures/study")
        .path)
  }
  private static let studyReport = Result {
    StudyReport(BrexuCelAnalysis().applied(to: try ValidatedCohort(storedCohort.get())))
  }
  static func study() throws -> StudyReport { try studyReport.get() }

  static func all() throws -> [StudyReport] { try [transplant(), study()] }

  private static let pages = Result { try all().map { $0.html() } }
  /// The pages of all reports.
  static func page(_ index: Int) throws -> String { try pages.get()[index] }

  /// A report of a cohort that was changed.
  static func study(_ change: (inout Cohort) -> Void) throws -> StudyReport {
    var cohort = try storedCohort.get()
    change(&cohort)
    var plan = BrexuCelAnalysis()
    plan.sitesLeftOut = 0
    plan.variants = []
    return StudyReport(plan.applied(to: try ValidatedCohort(cohort)))
  }
}

/// What the JSON of a report holds.
struct ReadReport {
  let root: [String: Any]

  init(_ report: StudyReport) throws {
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(report.json().utf8))
    root = value.object as? [String: Any] ?? [:]
  }

  var sections: [[String: Any]] { root["sections"] as? [[String: Any]] ?? [] }
  var blocks: [[String: Any]] {
    sections.flatMap { $0["blocks"] as? [[String: Any]] ?? [] }
  }

  /// The tables by their names, those behind figures included.
  var tables: [String: [String: Any]] {
    var tables = [String: [String: Any]]()
    for block in blocks {
      let table = block["kind"] as? String == "table" ? block : block["data"] as? [String: Any]
      if let table, let name = table["id"] as? String { tables[name] = table }
    }
    return tables
  }

  /// The values of a row by its label, and by that of the row above it.
  func row(_ table: String, _ label: String, under parent: String? = nil) -> [String: Any]? {
    let rows = tables[table]?["rows"] as? [[String: Any]] ?? []
    let row = rows.first {
      $0["label"] as? String == label && (parent == nil || $0["parent"] as? String == parent)
    }
    return row?["values"] as? [String: Any]
  }

  /// A number of a row: of the column, or of a part of the column after a point.
  func number(
    _ table: String, _ label: String, under parent: String? = nil, _ path: String
  ) -> Double? {
    let parts = path.split(separator: ".").map(String.init)
    let value = row(table, label, under: parent)?[parts[0]]
    return (parts.count > 1 ? (value as? [String: Any])?[parts[1]] : value) as? Double
  }
}

/// Any JSON, with numbers read to the last bit, which `JSONSerialization` does not do on Linux.
private enum JSONValue: Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case members([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .members(try container.decode([String: JSONValue].self))
    }
  }

  /// The value as `JSONSerialization` would give it.
  var object: Any {
    switch self {
    case .null: NSNull()
    case .bool(let value): value
    case .number(let value): value
    case .string(let value): value
    case .array(let values): values.map(\.object)
    case .members(let members): members.mapValues(\.object)
    }
  }
}
