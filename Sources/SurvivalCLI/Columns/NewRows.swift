// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit

/// The rows of a file that predictions are asked for, coded as those of the fit.
///
/// Nothing may be missing: there is no prediction for part of a row. Every bad cell is listed.
struct NewRows {
  let table: CSVTable
  /// The columns of the covariates.
  private(set) var columns = TermColumns()
  /// The known part of every row's linear predictor; 0 where the model has none.
  private(set) var offsets: [Double] = []
  /// The name of every row's stratum, as the fit has it; empty where the model has none.
  private(set) var strata: [String] = []
  private var problems = [ImportError.Problem]()

  /// Reads the rows of a file.
  /// - Parameters:
  ///   - path: The file.
  ///   - coding: The terms of the fit.
  ///   - offset: The column of the offset, if the model has one.
  ///   - study: The file of the fit, with its strata.
  /// - Throws: ``ImportError`` that lists every cell without a usable value.
  init(
    contentsOf path: String, coding: DesignCoding, offset: String?, study: Study
  ) throws {
    table = try CSVTable(contentsOf: path)
    for term in coding.terms { try read(term) }
    if let offset {
      offsets = try numbers(offset)
    } else {
      offsets = [Double](repeating: 0, count: table.rowCount)
    }
    try readStrata(study)
    guard problems.isEmpty else { throw ImportError(file: table.file, problems: problems) }
  }

  private mutating func read(_ term: CodedTerm) throws {
    switch term {
    case .numeric(let column), .spline(let column, _):
      guard columns.numbers[column] == nil else { return }
      columns.numbers[column] = try numbers(column)
    case .factor(let levels, _):
      guard columns.levels[levels.column] == nil else { return }
      columns.levels[levels.column] = try codes(levels)
    case .product(let first, let second):
      try read(first)
      try read(second)
    }
  }

  private mutating func numbers(_ column: String) throws -> [Double] {
    try values(of: column, allowed: "a finite number") { text in
      Cell.number(text).flatMap { $0.isFinite ? $0 : nil }
    }.map { $0 ?? 0 }
  }

  private mutating func codes(_ levels: ColumnLevels) throws -> [Int] {
    try values(of: levels.column, allowed: "a level that the fit has seen: \(levels.list)") {
      levels.position(of: $0)
    }.map { $0 ?? 0 }
  }

  private mutating func readStrata(_ study: Study) throws {
    let codes = try study.strataColumns.map { try self.codes($0) }
    strata = (0..<table.rowCount).map { row in
      zip(study.strataColumns, codes).map { levels, codes in
        "\(levels.column)=\(levels.grouping.levels[codes[row]])"
      }.joined(separator: ", ")
    }
    // Each level is known; the combination may still be one that no row of the fit has.
    guard problems.isEmpty, let fitted = study.strata else { return }
    let known = Set(fitted.levels)
    for (row, name) in strata.enumerated() where !known.contains(name) {
      let list = fitted.levels.prefix(20).joined(separator: "; ")
      problems.append(
        ImportError.Problem(
          row: table.rowNumbers[row],
          column: study.strataColumns.map(\.column).joined(separator: ","),
          found: ImportError.quoted(name),
          allowed: "a stratum of the fit: \(list)" + (fitted.levels.count > 20 ? "; …" : "")))
    }
  }

  private mutating func values<Value>(
    of column: String, allowed: String, _ value: (String) -> Value?
  ) throws -> [Value?] {
    try table.column(column).enumerated().map { row, text in
      if !Cell.isMissing(text), let value = value(text) { return value }
      problems.append(
        ImportError.Problem(
          row: table.rowNumbers[row], column: column, found: ImportError.quoted(text),
          allowed: allowed))
      return nil
    }
  }
}
