// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit

/// One term of a Cox model as it is named on the command line: a number, a factor, or a product.
indirect enum DesignTerm {
  /// A column of numbers.
  case numeric(String)
  /// A column of levels, with the one that others are compared with; the first when `nil`.
  case factor(String, reference: String?)
  /// A natural spline of a column of numbers.
  case spline(String, degreesOfFreedom: Int)
  /// The products of the columns of two terms.
  case product(DesignTerm, DesignTerm)

  /// The terms of a model: covariates, then splines, then factors, then interactions.
  ///
  /// The parts of an interaction are factors if they are listed as factors, and numbers otherwise.
  static func terms(
    covariates: [String], splines: [NamedNumbers], factors: [String], interactions: [String],
    in table: CSVTable
  ) throws -> [DesignTerm] {
    let numeric = ColumnNames.resolve(covariates, in: table).map { DesignTerm.numeric($0) }
    let named = ColumnNames.resolve(factors, in: table).map { factor($0, in: table) }
    let products = try ColumnNames.resolve(interactions, in: table).map { text in
      let (first, second) = try parts(of: text, in: table)
      func term(_ name: String) -> DesignTerm {
        named.first { $0.column == name } ?? .numeric(name)
      }
      return DesignTerm.product(term(first), term(second))
    }
    let curves = splines.flatMap(\.values).map {
      DesignTerm.spline($0.name, degreesOfFreedom: Int($0.number))
    }
    return numeric + curves + named + products
  }

  /// A factor from `F` or `F=REFERENCE`.
  private static func factor(_ text: String, in table: CSVTable) -> DesignTerm {
    if table.hasColumn(text) { return .factor(text, reference: nil) }
    guard let equals = text.firstIndex(of: "=") else { return .factor(text, reference: nil) }
    let reference = text[text.index(after: equals)...]
    return .factor(text[..<equals].trimmed, reference: reference.trimmed)
  }

  /// The two columns of `A:B`; a colon may also be part of a name.
  private static func parts(
    of text: String, in table: CSVTable
  ) throws -> (String, String) {
    let splits = text.indices.filter { text[$0] == ":" }.map { colon in
      (text[..<colon].trimmed, text[text.index(after: colon)...].trimmed)
    }
    if let known = splits.first(where: { table.hasColumn($0.0) && table.hasColumn($0.1) }) {
      return known
    }
    guard let first = splits.first else {
      throw CommandError("--interactions takes pairs of columns such as age:sex, not \(text)")
    }
    return first
  }

  /// The column of a term that has one.
  var column: String? {
    switch self {
    case .numeric(let column), .factor(let column, _), .spline(let column, _): column
    case .product: nil
    }
  }
}

/// The columns of the terms as they were read, from which the coding is learnt.
struct DesignReader {
  private var numbers: [String: [Double?]] = [:]
  private var labels: [String: [String?]] = [:]
  let terms: [DesignTerm]

  init(_ terms: [DesignTerm], _ reader: inout StudyReader) throws {
    self.terms = terms
    for term in terms { try read(term, &reader) }
  }

  private mutating func read(_ term: DesignTerm, _ reader: inout StudyReader) throws {
    switch term {
    case .numeric(let column), .spline(let column, _):
      guard numbers[column] == nil else { return }
      numbers[column] = try reader.numbers(
        column, allowed: "a finite number (name categories under --factors)", where: \.isFinite)
    case .factor(let column, _):
      guard labels[column] == nil else { return }
      labels[column] = try reader.labels(column)
    case .product(let first, let second):
      try read(first, &reader)
      try read(second, &reader)
    }
  }

  /// The terms with the levels of their factors among the rows used, and those rows.
  func coding(of study: Study) throws -> DesignCoding {
    let levels = labels.map { column, cells in
      (column, ColumnLevels(column: column, labels: study.used(cells)))
    }
    let known = Dictionary(uniqueKeysWithValues: levels)
    return DesignCoding(
      terms: try terms.map { try coded($0, known, study) },
      source: TermColumns(
        numbers: numbers.mapValues { study.used($0) },
        levels: known.mapValues(\.grouping.codes)))
  }

  private func coded(
    _ term: DesignTerm, _ known: [String: ColumnLevels], _ study: Study
  ) throws -> CodedTerm {
    switch term {
    case .numeric(let column): return .numeric(column)
    case .spline(let column, let degreesOfFreedom):
      let values = study.used(numbers[column] ?? [])
      return try study.file.asking {
        .spline(
          column,
          try NaturalSpline(
            quantilesOf: values, degreesOfFreedom: degreesOfFreedom, name: column))
      }
    case .product(let first, let second):
      return .product(try coded(first, known, study), try coded(second, known, study))
    case .factor(let column, let reference):
      let levels = known[column] ?? ColumnLevels(column: column, labels: [])
      guard let reference else { return .factor(levels, reference: 0) }
      guard let position = levels.position(of: reference) else {
        throw CommandError(
          "\(study.file.table.file), column \(column): no row has the reference level "
            + "\(ImportError.quoted(reference)); the levels are \(levels.list)")
      }
      return .factor(levels, reference: position)
    }
  }
}
