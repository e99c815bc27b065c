// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

/// The columns that terms are made of, for the rows of one file.
struct TermColumns {
  /// Columns of numbers by name.
  var numbers: [String: [Double]] = [:]
  /// Columns of categories by name: for every row, the position of its level in the fit.
  var levels: [String: [Int]] = [:]
}

/// A term whose levels are known: rows of any file become columns of the design in the same way.
indirect enum CodedTerm {
  /// A column of numbers.
  case numeric(String)
  /// A column of levels, with the position of the one that others are compared with.
  case factor(ColumnLevels, reference: Int)
  /// A natural spline of a column of numbers, with the knots of the fit.
  case spline(String, NaturalSpline)
  /// The products of the columns of two terms.
  case product(CodedTerm, CodedTerm)

  /// The name of the term as a whole: that of the factor, or `a:b` for an interaction.
  var name: String {
    switch self {
    case .numeric(let column), .spline(let column, _): column
    case .factor(let levels, _): levels.column
    case .product(let first, let second): "\(first.name):\(second.name)"
    }
  }

  /// The columns of the design that belong to the term.
  func columns(_ source: TermColumns) -> [(name: String, values: [Double])] {
    switch self {
    case .numeric(let column): return [(column, source.numbers[column] ?? [])]
    case .spline(let column, let spline):
      let rows = (source.numbers[column] ?? []).map { spline.values(at: $0) }
      return spline.columnNames(of: column).enumerated().map { index, name in
        (name, rows.map { $0[index] })
      }
    case .factor(let levels, let reference):
      let codes = source.levels[levels.column] ?? []
      return levels.grouping.levels.indices.filter { $0 != reference }.map { level in
        (
          "\(levels.column)[\(levels.grouping.levels[level])]",
          codes.map { $0 == level ? 1 : 0 }
        )
      }
    case .product(let first, let second):
      let right = second.columns(source)
      return first.columns(source).flatMap { one in
        right.map { other in
          ("\(one.name):\(other.name)", zip(one.values, other.values).map { $0 * $1 })
        }
      }
    }
  }
}

/// The terms of a fitted model, with the rows that they were fitted to.
struct DesignCoding {
  let terms: [CodedTerm]
  /// The rows used.
  let source: TermColumns

  /// The columns of the design for the rows of a file.
  func columns(_ source: TermColumns) -> [(name: String, values: [Double])] {
    terms.flatMap { $0.columns(source) }
  }

  /// The terms with the positions of their columns in the design.
  var columnPositions: [(name: String, columns: [Int])] {
    var next = 0
    return terms.map { term in
      let count = term.columns(TermColumns()).count
      defer { next += count }
      return (term.name, Array(next..<(next + count)))
    }
  }

  /// The splines, each with its knots.
  var splines: [(column: String, knots: [Double])] {
    terms.compactMap { term in
      guard case .spline(let column, let spline) = term else { return nil }
      return (column, spline.knots)
    }
  }

  /// The names of the coefficients of terms; a name that is no term's is passed on.
  ///
  /// A text names one term, or several with commas between them.
  func coefficients(of text: String) -> [String] {
    func named(_ name: String) -> [String]? {
      let columns = terms.filter { $0.name == name }.flatMap { $0.columns(TermColumns()) }
      return columns.isEmpty ? nil : columns.map(\.name)
    }
    let all = terms.flatMap { $0.columns(TermColumns()) }.map(\.name)
    if let columns = named(text) { return columns }
    if all.contains(text) { return [text] }
    return text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed).flatMap {
      named($0) ?? [$0]
    }
  }

  /// The factors, each with its reference level.
  var references: [(factor: String, level: String)] {
    terms.compactMap { term in
      guard case .factor(let levels, let reference) = term else { return nil }
      return (levels.column, levels.grouping.levels[reference])
    }
  }
}
