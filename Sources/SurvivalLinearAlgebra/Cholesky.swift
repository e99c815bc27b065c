// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The Cholesky factor of a symmetric positive definite matrix, by LAPACK.
///
///     A = L Lᵀ,  L lower triangular with a positive diagonal
///
/// A matrix that is positive definite only up to rounding has a factor as well, from which nothing
/// useful can be solved. Where that can happen, find the redundant columns first, with
/// ``OrderedElimination``, and factorize the rest.
package struct Cholesky: Sendable, Hashable {
  /// The number of rows and columns.
  package let order: Int
  /// The factor in the lower triangle; what is above the diagonal has no meaning.
  private let factor: [Double]

  /// Factorizes a matrix, of which only the lower triangle is used.
  ///
  /// The result is `nil` if the matrix is not positive definite; one with an element that is
  /// infinite or not a number is not.
  ///
  /// - Parameter matrix: A square matrix.
  /// - Complexity: O(*n*³), where *n* is the order.
  package init?(_ matrix: Matrix) {
    precondition(
      matrix.isSquare,
      "a matrix of \(matrix.rows) rows and \(matrix.columns) columns is not square")
    // Not every library's dpotrf notices NaN.
    guard matrix.columnMajor.allSatisfy({ $0.isFinite }) else { return nil }
    var factor = matrix.columnMajor
    guard LAPACK.factorize(&factor, order: matrix.rows) else { return nil }
    self.order = matrix.rows
    self.factor = factor
    guard diagonal.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
  }

  private var diagonal: [Double] { (0..<order).map { factor[$0 + $0 * order] } }

  /// The solution of a system of linear equations with the factorized matrix.
  ///
  ///     A x = b
  ///
  /// - Parameter vector: The right-hand side *b*, one number per row.
  /// - Returns: The solution *x*.
  /// - Complexity: O(*n*²), where *n* is the order.
  package func solve(_ vector: [Double]) -> [Double] {
    precondition(vector.count == order, "\(vector.count) numbers for a matrix of order \(order)")
    var solution = vector
    LAPACK.solve(factor: factor, order: order, &solution)
    return solution
  }

  /// The inverse of the factorized matrix, symmetric to the last bit.
  ///
  /// - Returns: The inverse, both triangles filled.
  /// - Complexity: O(*n*³), where *n* is the order.
  package func inverse() -> Matrix {
    var elements = factor
    LAPACK.invert(factor: &elements, order: order)
    var inverse = Matrix(rows: order, columns: order, columnMajor: elements)
    inverse.reflectLowerTriangle()
    return inverse
  }

  /// The natural logarithm of the determinant of the factorized matrix.
  ///
  ///     log |A| = 2 Σᵢ log Lᵢᵢ
  ///
  /// - Complexity: O(*n*), where *n* is the order.
  package var logDeterminant: Double {
    2 * diagonal.reduce(0) { $0 + log($1) }
  }
}
