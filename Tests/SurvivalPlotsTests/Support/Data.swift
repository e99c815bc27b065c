// SPDX-License-Identifier: Apache-2.0

import CohortModels
import Foundation
@testable import SurvivalKit
import Testing

/// Data for figures: those of the tests of SurvivalKit, and made ones.
enum Samples {
  /// The rows of a data set of SurvivalKit's tests: for each, a function from column to cell.
  static func table(_ name: String) throws -> [(String) -> String] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../SurvivalKitTests/Fixtures/data/\(name).csv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let header = try #require(lines.first).split(separator: ",").map(String.init)
    return lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return { column in header.firstIndex(of: column).map { cells[$0] } ?? "" }
    }
  }

  static func lung() throws -> (data: SurvivalData, sex: Grouping) {
    let rows = try table("lung")
    let data = try SurvivalData(
      times: rows.map { try #require(Double($0("time"))) }, events: rows.map { $0("status") == "2" }
    )
    return (data, Grouping(rows.map { $0("sex") == "1" ? "male" : "female" }))
  }

  static func veteran() throws -> (data: SurvivalData, cell: Grouping) {
    let rows = try table("veteran")
    let data = try SurvivalData(
      times: rows.map { try #require(Double($0("time"))) }, events: rows.map { $0("status") == "1" }
    )
    return (data, Grouping(rows.map { $0("celltype") }))
  }

  /// Rows of the heart transplant study, which enter late.
  static func heart() throws -> (data: SurvivalData, transplant: Grouping) {
    let rows = try table("heart")
    let data = try SurvivalData(
      starts: rows.map { try #require(Double($0("start"))) },
      stops: rows.map { try #require(Double($0("stop"))) }, events: rows.map { $0("event") == "1" })
    return (data, Grouping(rows.map { $0("transplant") == "1" ? "transplanted" : "waiting" }))
  }

  /// Groups of a number of subjects each, with times up to `end` and hazards that differ.
  static func groups(
    _ count: Int, subjects: Int = 40, end: Double = 24,
    names: (Int) -> String = { "Arm \($0 + 1)" },
    eventShare: Double = 0.6
  ) throws -> (data: SurvivalData, groups: Grouping) {
    var generator = Numbers(state: 20_240_517)
    var (times, events, codes) = ([Double](), [Bool](), [Int]())
    for group in 0..<count {
      for _ in 0..<subjects {
        let time = end * -Foundation.log(generator.next()) / (0.8 + 0.35 * Double(group))
        let limit = end * (0.4 + 0.6 * generator.next())
        times.append((Swift.min(time, limit) * 100).rounded() / 100)
        events.append(time <= limit && generator.next() < eventShare / 0.6)
        codes.append(group)
      }
    }
    return (
      try SurvivalData(times: times, events: events),
      Grouping(codes.map(names), levels: (0..<count).map(names))
    )
  }

  /// A small generator, the same everywhere.
  struct Numbers {
    var state: UInt64

    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Double(state >> 11) + 0.5) * 0x1p-53
    }
  }
}
