// SPDX-License-Identifier: Apache-2.0

extension Matrix {
  /// The product of the matrix with a column vector.
  ///
  ///     yᵢ = Σⱼ Aᵢⱼ xⱼ
  ///
  /// Elements must be finite: whether 0 · ∞ reaches the result depends on the library.
  ///
  /// - Parameter vector: One number per column.
  /// - Returns: One number per row.
  /// - Complexity: O(*rows* · *columns*).
  package func multiplied(by vector: [Double]) -> [Double] {
    precondition(
      vector.count == columns, "\(vector.count) numbers for a matrix of \(columns) columns")
    return LAPACK.product(
      columnMajor, rows: rows, columns: columns, transposed: false, vector)
  }

  /// The product of the transposed matrix with a column vector.
  ///
  ///     yⱼ = Σᵢ Aᵢⱼ xᵢ
  ///
  /// Elements must be finite: whether 0 · ∞ reaches the result depends on the library.
  ///
  /// - Parameter vector: One number per row.
  /// - Returns: One number per column.
  /// - Complexity: O(*rows* · *columns*).
  package func transposeMultiplied(by vector: [Double]) -> [Double] {
    precondition(vector.count == rows, "\(vector.count) numbers for a matrix of \(rows) rows")
    return LAPACK.product(columnMajor, rows: rows, columns: columns, transposed: true, vector)
  }

  /// The quadratic form of a square matrix at a vector.
  ///
  ///     q = Σᵢⱼ xᵢ Aᵢⱼ xⱼ
  ///
  /// - Parameter vector: One number per column.
  /// - Returns: The number *q*.
  /// - Complexity: O(*n*²), where *n* is the order.
  package func quadraticForm(_ vector: [Double]) -> Double {
    precondition(isSquare, "a matrix of \(rows) rows and \(columns) columns is not square")
    return zip(vector, multiplied(by: vector)).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
