// SPDX-License-Identifier: Apache-2.0

/// A symmetric positive semidefinite matrix, eliminated column by column without exchanges.
///
///     A = L D Lᵀ,  L unit lower triangular, D diagonal
///
/// A column that is a combination of earlier ones leaves nothing to eliminate: its pivot in *D* is 0
/// up to rounding. It is set aside as *aliased* and the elimination goes on without it, so of several
/// columns that say the same the first is kept. This is the choice of R's `cholesky2.c`; a
/// factorization that pivots, such as LAPACK's `dpstrf`, could drop any of them.
///
/// R compares each pivot with the largest diagonal element of the matrix, so that there a column
/// measured in large units makes another one aliased. Here each pivot is compared with its own
/// column, and units do not matter.
package struct OrderedElimination: Sendable, Hashable {
  /// A column that repeats what earlier columns say.
  package struct AliasedColumn: Sendable, Hashable {
    /// The position of the column, from 0.
    package let column: Int
    /// The kept columns that it is the sum of, each with its factor; empty if the column is zero.
    ///
    /// Terms too small to matter at the tolerance are left out.
    package let combination: [Term]
  }

  /// A multiple of a column.
  package struct Term: Sendable, Hashable {
    /// The position of the column, from 0.
    package let column: Int
    /// The factor of the column.
    package let coefficient: Double
  }

  /// The tolerance of R's `coxph.control(toler.chol:)`: ε^¾, about 1.8 · 10⁻¹².
  ///
  /// A pivot relative to its column is 1 − *R*², with *R* the multiple correlation with the earlier
  /// columns. So a column counts as new when the part of it that is new has at least 1.35 · 10⁻⁶
  /// of its length.
  package static let defaultTolerance = 0x1p-39

  /// The number of rows and columns of the matrix.
  package let order: Int
  /// The columns that are not aliased, ascending.
  package let kept: [Int]
  /// The columns that are aliased, ascending.
  package let aliased: [AliasedColumn]
  /// The number of columns kept.
  package var rank: Int { kept.count }

  /// For each kept column, its row of *L* left of the diagonal, over the kept columns before it.
  private let factor: [[Double]]
  /// For each kept column, its diagonal element of *D*.
  private let pivots: [Double]

  /// Eliminates a matrix, of which only the lower triangle is used.
  ///
  /// A column is aliased when
  ///
  ///     Dⱼⱼ ≤ tolerance · scaleⱼ
  ///
  /// or when that pivot is too small to divide by. The scale is the diagonal element Aⱼⱼ unless
  /// given. Give it where the matrix is what is left of larger sums: a constant column of which the
  /// mean has been subtracted is not exactly zero, and its own diagonal element cannot tell.
  ///
  /// The result is `nil` if an element is infinite or not a number. A negative eigenvalue is not an
  /// error: the column at which it shows is aliased too.
  ///
  /// - Parameters:
  ///   - matrix: A square matrix.
  ///   - tolerance: What counts as nothing, from 0 up to but not including 1.
  ///   - scales: What each pivot is compared with, one number per column.
  /// - Complexity: O(*n*³), where *n* is the order.
  package init?(
    _ matrix: Matrix, tolerance: Double = defaultTolerance, relativeTo scales: [Double]? = nil
  ) {
    precondition(
      matrix.isSquare,
      "a matrix of \(matrix.rows) rows and \(matrix.columns) columns is not square")
    precondition(tolerance >= 0 && tolerance < 1, "tolerance \(tolerance) is not in [0, 1)")
    let scales = scales ?? matrix.diagonal
    precondition(
      scales.count == matrix.rows, "\(scales.count) scales for a matrix of order \(matrix.rows)")
    guard matrix.columnMajor.allSatisfy({ $0.isFinite }) else { return nil }

    var kept: [Int] = []
    var aliased: [AliasedColumn] = []
    var factor: [[Double]] = []
    var pivots: [Double] = []
    for column in 0..<matrix.rows {
      // Forward substitution: row = this column's row of L, over the kept columns.
      var row = kept.map { matrix[column, $0] }
      Self.substituteForward(&row, factor)
      for index in row.indices { row[index] /= pivots[index] }
      // What the kept columns leave of the diagonal.
      let pivot = zip(row, pivots).reduce(matrix[column, column]) { $0 - $1.0 * $1.0 * $1.1 }

      if pivot > tolerance * scales[column] && pivot >= Double.leastNormalMagnitude {
        kept.append(column)
        factor.append(row)
        pivots.append(pivot)
      } else {
        // The combination c of the kept columns nearest to this one: Lᵀ c = row.
        Self.substituteBackward(&row, factor)
        let terms = zip(kept, row).map(Term.init)
        let negligible = max(tolerance * scales[column], 0)
        aliased.append(
          AliasedColumn(
            column: column,
            combination: terms.filter {
              $0.coefficient * $0.coefficient * matrix[$0.column, $0.column] > negligible
            }))
      }
    }
    self.order = matrix.rows
    self.kept = kept
    self.aliased = aliased
    self.factor = factor
    self.pivots = pivots
  }

  /// A solution of a system of linear equations with the eliminated matrix.
  ///
  ///     A x = b
  ///
  /// It satisfies the equations of the kept columns. It satisfies all of them when *b* is in the
  /// range of the matrix, as a score is in that of its information matrix.
  ///
  /// - Parameter vector: The right-hand side *b*, one number per row.
  /// - Returns: The solution *x*, 0 in the aliased columns.
  /// - Complexity: O(*n*²), where *n* is the order.
  package func generalizedSolve(_ vector: [Double]) -> [Double] {
    precondition(vector.count == order, "\(vector.count) numbers for a matrix of order \(order)")
    var reduced = kept.map { vector[$0] }
    Self.substituteForward(&reduced, factor)
    for index in reduced.indices { reduced[index] /= pivots[index] }
    Self.substituteBackward(&reduced, factor)
    var solution = [Double](repeating: 0, count: order)
    for (column, value) in zip(kept, reduced) { solution[column] = value }
    return solution
  }

  /// The quadratic form of a generalized inverse at a vector, and the rank of the matrix.
  ///
  ///     q = bᵀ A⁻ b
  ///
  /// The aliased columns are left out. When *b* is in the range of the matrix every generalized
  /// inverse gives the same number, whatever the order of the columns.
  ///
  /// - Parameter vector: The vector *b*, one number per row.
  /// - Returns: The quadratic form, never negative, and the number of columns kept.
  /// - Complexity: O(*n*²), where *n* is the order.
  package func quadraticFormOfInverse(_ vector: [Double]) -> (value: Double, rank: Int) {
    precondition(vector.count == order, "\(vector.count) numbers for a matrix of order \(order)")
    var reduced = kept.map { vector[$0] }
    Self.substituteForward(&reduced, factor)
    return (zip(reduced, pivots).reduce(0) { $0 + $1.0 * $1.0 / $1.1 }, rank)
  }

  /// Solves *L x* = *b* in place.
  private static func substituteForward(_ vector: inout [Double], _ factor: [[Double]]) {
    for index in vector.indices {
      for (earlier, element) in factor[index].enumerated() {
        vector[index] -= element * vector[earlier]
      }
    }
  }

  /// Solves *Lᵀ x* = *b* in place.
  private static func substituteBackward(_ vector: inout [Double], _ factor: [[Double]]) {
    for index in vector.indices.reversed() {
      for (earlier, element) in factor[index].enumerated() {
        vector[earlier] -= element * vector[index]
      }
    }
  }
}
