// SPDX-License-Identifier: Apache-2.0

import SurvivalLinearAlgebra
import Testing

/// A small repeatable generator of random numbers: SplitMix64 (Steele, Lea and Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

extension Matrix {
  /// A matrix written row by row, as one reads it.
  init(_ rowArrays: [[Double]]) {
    self.init(rows: rowArrays.count, columns: rowArrays.first?.count ?? 0)
    for (row, elements) in rowArrays.enumerated() {
      for (column, element) in elements.enumerated() { self[row, column] = element }
    }
  }

  /// Elements drawn uniformly between −1 and 1.
  static func random(rows: Int, columns: Int, seed: UInt64) -> Matrix {
    var generator = SeededGenerator(seed: seed)
    return Matrix(
      rows: rows, columns: columns,
      columnMajor: (0..<rows * columns).map { _ in .random(in: -1...1, using: &generator) })
  }

  /// The inner products of the columns, XᵀX, by the definition.
  var gram: Matrix {
    var result = Matrix(rows: columns, columns: columns)
    for i in 0..<columns {
      for j in 0..<columns {
        result[i, j] = zip(column(i), column(j)).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    return result
  }

  /// The product with another matrix, by the definition.
  func times(_ other: Matrix) -> Matrix {
    var result = Matrix(rows: rows, columns: other.columns)
    for i in 0..<rows {
      for j in 0..<other.columns {
        result[i, j] = (0..<columns).reduce(0) { $0 + self[i, $1] * other[$1, j] }
      }
    }
    return result
  }

  /// The largest absolute value of an element.
  var largest: Double { columnMajor.reduce(0) { max($0, abs($1)) } }
}

/// Expects two lists of numbers to agree within a multiple of the largest number expected.
func expectClose(
  _ actual: [Double], _ expected: [Double], within tolerance: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual.count == expected.count, sourceLocation: sourceLocation)
  let scale = expected.reduce(0) { max($0, abs($1)) }
  let worst = zip(actual, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
  #expect(worst <= tolerance * scale, sourceLocation: sourceLocation)
}
