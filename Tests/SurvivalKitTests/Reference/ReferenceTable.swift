// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import SurvivalKit

/// A data set of the fixtures: named columns of text, an empty cell for a missing value.
struct ReferenceTable {
  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  private let name: String
  private let columns: [String: [String]]
  /// The rows of the file that are left, counted from 0.
  let rows: [Int]

  init(name: String) throws {
    guard let url = ReferenceFixtures.url("data/\(name).csv") else {
      throw Problem(description: "no fixtures beside the tests")
    }
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    guard let header = lines.first, lines.allSatisfy({ $0.count == header.count }) else {
      throw Problem(description: "\(name).csv has lines of different length")
    }
    var columns = [String: [String]]()
    for (position, column) in header.enumerated() {
      columns[column] = lines.dropFirst().map { $0[position] }
    }
    self.init(name: name, columns: columns, rows: Array(0..<(lines.count - 1)))
  }

  private init(name: String, columns: [String: [String]], rows: [Int]) {
    self.name = name
    self.columns = columns
    self.rows = rows
  }

  func dropping(_ dropped: Set<Int>) -> ReferenceTable {
    let kept = rows.indices.filter { !dropped.contains(rows[$0]) }
    return ReferenceTable(
      name: name, columns: columns.mapValues { cells in kept.map { cells[$0] } },
      rows: kept.map { rows[$0] })
  }

  /// The rows repeated as often as a column of counts says.
  func replicated(by column: String) throws -> ReferenceTable {
    let counts = try numbers(column)
    let repeated = rows.indices.flatMap { [Int](repeating: $0, count: Int(counts[$0])) }
    return ReferenceTable(
      name: name, columns: columns.mapValues { cells in repeated.map { cells[$0] } },
      rows: repeated.map { rows[$0] })
  }

  func text(_ column: String) throws -> [String] {
    guard let cells = columns[column] else {
      throw Problem(description: "\(name).csv has no column \(column)")
    }
    guard !cells.contains("") else {
      throw Problem(description: "\(name).csv, column \(column) has a missing cell in a row used")
    }
    return cells
  }

  /// The rows of the file without a value in a column.
  func missing(_ column: String) throws -> [Int] {
    guard let cells = columns[column] else {
      throw Problem(description: "\(name).csv has no column \(column)")
    }
    return rows.indices.filter { cells[$0].isEmpty }.map { rows[$0] }
  }

  func numbers(_ column: String) throws -> [Double] {
    try text(column).map { cell in
      guard let number = Double(cell) else {
        throw Problem(description: "\(name).csv, column \(column): \(cell) is not a number")
      }
      return number
    }
  }

  /// The groups of a column: in numeric order if all cells are numbers, else in code-point order.
  func grouping(_ column: String) throws -> Grouping {
    if let numbers = try? numbers(column) { return Grouping(numbers) }
    return Grouping(try text(column))
  }

  /// The groups formed by several columns, the first varying slowest; `nil` for none.
  func grouping(_ columns: [String]) throws -> Grouping? {
    try columns.reduce(nil) { (sofar: Grouping?, column) in
      let next = try grouping(column)
      return try sofar?.crossed(with: next) ?? next
    }
  }

  /// Whether each row has the event.
  func events(_ column: String, value: Double) throws -> [Bool] {
    try numbers(column).map { $0 == value }
  }

  /// Covariates as they are, followed by the indicators of each factor's levels but the reference.
  func design(_ covariates: [String], factors: [CoxCase.Factor] = []) throws -> DesignMatrix {
    var design = [(name: String, values: [Double])]()
    for covariate in covariates { design.append((covariate, try numbers(covariate))) }
    for factor in factors {
      let groups = try grouping(factor.name)
      for (code, level) in groups.levels.enumerated() where level != factor.reference {
        design.append(("\(factor.name)[\(level)]", groups.codes.map { $0 == code ? 1 : 0 }))
      }
    }
    return try DesignMatrix(design, rowCount: rows.count)
  }

  /// The follow-up of the rows, with R's `weights` as probability weights.
  func survivalData(
    time: String, event: String, eventValue: Double, entry: String? = nil, weights: String? = nil,
    cluster: String? = nil, id: String? = nil
  ) throws -> SurvivalData {
    let weighting = try weights.map { Weights.probability(try ProbabilityWeights(numbers($0))) }
    let clusters = try cluster.map(grouping)
    let events = try events(event, value: eventValue)
    guard let entry else {
      return try SurvivalData(
        times: numbers(time), events: events, weights: weighting, clusters: clusters)
    }
    return try SurvivalData(
      starts: numbers(entry), stops: numbers(time), events: events, weights: weighting,
      clusters: clusters, subjects: id.map(grouping))
  }
}
