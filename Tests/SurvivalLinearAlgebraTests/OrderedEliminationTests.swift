// SPDX-License-Identifier: Apache-2.0

import SurvivalLinearAlgebra
import Testing

@Suite("Ordered elimination")
struct OrderedEliminationTests {
  /// Twenty rows of independent columns, with further columns computed from them.
  private func design(
    _ count: Int, adding combinations: [(([Double]) -> Double)] = []
  ) -> Matrix {
    let independent = Matrix.random(rows: 20, columns: count, seed: 7).rowArrays
    return Matrix(independent.map { row in row + combinations.map { $0(row) } })
  }

  /// Compares positions exactly and coefficients within the rounding of a well-conditioned system.
  private func expectCombination(
    _ actual: OrderedElimination.AliasedColumn?, column: Int, _ terms: [(Int, Double)],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(actual?.column == column, sourceLocation: sourceLocation)
    #expect(
      actual?.combination.map(\.column) == terms.map(\.0), sourceLocation: sourceLocation)
    expectClose(
      actual?.combination.map(\.coefficient) ?? [], terms.map(\.1), within: 1e-12,
      sourceLocation: sourceLocation)
  }

  @Test("eliminates three rows, by hand")
  func byHand() throws {
    // Columns a = (1, 0), b = (1, 1) and c = 2a − b = (1, −1); A = inner products.
    let elimination = try #require(
      OrderedElimination(Matrix([[1, 1, 1], [1, 2, 0], [1, 0, 2]])))
    #expect(elimination.order == 3)
    #expect(elimination.kept == [0, 1])
    #expect(elimination.rank == 2)
    #expect(elimination.aliased.count == 1)
    expectCombination(elimination.aliased.first, column: 2, [(0, 2), (1, -1)])
    // The kept block ((1, 1), (1, 2)) has the inverse ((2, −1), (−1, 1)).
    #expect(elimination.generalizedSolve([3, 4, 2]) == [2, 1, 0])
    let form = elimination.quadraticFormOfInverse([3, 4, 2])
    #expect(form.value == 10)
    #expect(form.rank == 2)
  }

  @Test("keeps every column of a matrix of full rank and solves with it", arguments: [1, 2, 5, 12])
  func fullRank(order: Int) throws {
    let matrix = design(order).gram
    let elimination = try #require(OrderedElimination(matrix))
    #expect(elimination.kept == Array(0..<order))
    #expect(elimination.aliased.isEmpty)

    let vector = Matrix.random(rows: order, columns: 1, seed: 5).columnMajor
    let factor = try #require(Cholesky(matrix))
    // Condition numbers below 100: 12 · 100 · ε is 3e-13.
    expectClose(elimination.generalizedSolve(vector), factor.solve(vector), within: 1e-12)
    let form = elimination.quadraticFormOfInverse(vector)
    expectClose([form.value], [factor.inverse().quadraticForm(vector)], within: 1e-12)
    #expect(form.rank == order)
  }

  @Test("drops the later of two equal columns, not the first")
  func duplicate() throws {
    let matrix = design(3, adding: [{ $0[1] }]).gram
    let elimination = try #require(OrderedElimination(matrix))
    #expect(elimination.kept == [0, 1, 2])
    expectCombination(elimination.aliased.first, column: 3, [(1, 1)])
  }

  @Test("says which columns an aliased one is the sum of")
  func sum() throws {
    let matrix = design(3, adding: [{ 2 * $0[0] - $0[2] }, { $0[1] * -1e6 }]).gram
    let elimination = try #require(OrderedElimination(matrix))
    #expect(elimination.kept == [0, 1, 2])
    #expect(elimination.aliased.count == 2)
    expectCombination(elimination.aliased.first, column: 3, [(0, 2), (2, -1)])
    expectCombination(elimination.aliased.last, column: 4, [(1, -1e6)])
  }

  @Test("goes on after an aliased column, which later ones do not refer to")
  func between() throws {
    // a, 3a, b, a + b: columns 1 and 3 go.
    let base = design(2).rowArrays
    let matrix = Matrix(base.map { [$0[0], 3 * $0[0], $0[1], $0[0] + $0[1]] }).gram
    let elimination = try #require(OrderedElimination(matrix))
    #expect(elimination.kept == [0, 2])
    expectCombination(elimination.aliased.first, column: 1, [(0, 3)])
    expectCombination(elimination.aliased.last, column: 3, [(0, 1), (2, 1)])
  }

  @Test("finds the indicators of all levels to add up to the constant")
  func allIndicators() throws {
    // A constant and one column per level: the last level is aliased, the classic trap.
    let rows = (0..<12).map { row in [1.0] + (0..<3).map { row % 3 == $0 ? 1.0 : 0.0 } }
    let elimination = try #require(OrderedElimination(Matrix(rows).gram))
    #expect(elimination.kept == [0, 1, 2])
    expectCombination(elimination.aliased.first, column: 3, [(0, 1), (1, -1), (2, -1)])
  }

  @Test("sets a zero column aside as the sum of nothing")
  func zeroColumn() throws {
    let matrix = Matrix(design(2).rowArrays.map { [$0[0], 0, $0[1]] }).gram
    let elimination = try #require(OrderedElimination(matrix))
    #expect(elimination.kept == [0, 2])
    #expect(elimination.aliased.count == 1)
    expectCombination(elimination.aliased.first, column: 1, [])

    let zero = try #require(OrderedElimination(Matrix(rows: 2, columns: 2)))
    #expect(zero.rank == 0)
    #expect(zero.generalizedSolve([0, 0]) == [0, 0])
    #expect(zero.quadraticFormOfInverse([0, 0]) == (0, 0))
  }

  @Test(
    "keeps a column that is new enough and drops one that is not",
    arguments: [(1e-2, true), (1e-4, true), (1e-5, true), (1e-7, false), (1e-9, false)])
  func nearlyCollinear(difference: Double, isKept: Bool) throws {
    // The part that is new has `difference` of the length, so the pivot is about its square.
    let matrix = design(2, adding: [{ $0[0] + difference * ($0[1] - $0[0]) }])
      .submatrix(rows: Array(0..<20), columns: [0, 2]).gram
    let elimination = try #require(OrderedElimination(matrix))
    #expect(elimination.kept == (isKept ? [0, 1] : [0]))
  }

  @Test("keeps a column whose pivot is a millionth of its diagonal element")
  func smallPivot() throws {
    let elimination = try #require(OrderedElimination(Matrix([[1, 1], [1, 1 + 1e-6]])))
    #expect(elimination.rank == 2)
    // The pivot 1e-6 has lost 10 of 16 digits.
    expectClose(elimination.generalizedSolve([0, 1]), [-1e6, 1e6], within: 1e-9)
  }

  @Test("compares with the tolerance given")
  func tolerance() throws {
    let matrix = Matrix([[1, 1], [1, 1 + 1e-6]])
    #expect(try #require(OrderedElimination(matrix, tolerance: 1e-7)).rank == 2)
    #expect(try #require(OrderedElimination(matrix, tolerance: 1e-5)).rank == 1)
  }

  @Test("does not depend on units")
  func units() throws {
    let units = [1e-9, 1, 1e9, 1e5]
    let rows = design(3, adding: [{ $0[0] + $0[1] + $0[2] }]).rowArrays
    let matrix = Matrix(rows.map { zip($0, units).map { $0 * $1 } }).gram
    let elimination = try #require(OrderedElimination(matrix))
    #expect(elimination.kept == [0, 1, 2])
    let terms = elimination.aliased.first?.combination ?? []
    #expect(terms.map(\.column) == [0, 1, 2])
    for (term, unit) in zip(terms, units) {
      expectClose([term.coefficient], [1e5 / unit], within: 1e-12)
    }
  }

  @Test("drops what rounding left of a constant column, given the scale of the sums")
  func scales() throws {
    // A centred constant: 20 · (10⁻¹⁷)² instead of 0, beside a column that varies.
    let matrix = Matrix([[5, 0], [0, 2e-33]])
    #expect(try #require(OrderedElimination(matrix)).rank == 2)
    let elimination = try #require(OrderedElimination(matrix, relativeTo: [5, 0.2]))
    #expect(elimination.kept == [0])
    #expect(elimination.aliased.count == 1)
    expectCombination(elimination.aliased.first, column: 1, [])
  }

  @Test("gives the same quadratic form whichever of the redundant columns is dropped")
  func permutation() throws {
    let columns = design(3, adding: [{ $0[0] - $0[1] }, { $0[1] + $0[2] }])
    let matrix = columns.gram
    // A vector in the range of the matrix.
    let vector = matrix.multiplied(by: [1, -2, 3, 0.5, -0.25])
    let expected = try #require(OrderedElimination(matrix)).quadraticFormOfInverse(vector)
    #expect(expected.rank == 3)
    for order in [[4, 3, 2, 1, 0], [3, 4, 0, 1, 2], [0, 1, 3, 2, 4]] {
      let permuted = matrix.submatrix(rows: order, columns: order)
      let elimination = try #require(OrderedElimination(permuted))
      let actual = elimination.quadraticFormOfInverse(order.map { vector[$0] })
      #expect(actual.rank == 3)
      expectClose([actual.value], [expected.value], within: 1e-12)

      // Being in the range, the vector is reproduced by the solution in all rows.
      let solution = elimination.generalizedSolve(order.map { vector[$0] })
      expectClose(permuted.multiplied(by: solution), order.map { vector[$0] }, within: 1e-12)
    }
  }

  @Test("uses the lower triangle only")
  func lowerTriangle() throws {
    let whole = try #require(OrderedElimination(Matrix([[4, 2], [2, 10]])))
    #expect(OrderedElimination(Matrix([[4, -77], [2, 10]])) == whole)
  }

  @Test("eliminates the empty matrix")
  func empty() throws {
    let elimination = try #require(OrderedElimination(Matrix(rows: 0, columns: 0)))
    #expect(elimination.rank == 0)
    #expect(elimination.generalizedSolve([]) == [])
    #expect(elimination.quadraticFormOfInverse([]) == (0, 0))
  }

  @Test("sets the column aside at which a matrix proves indefinite")
  func indefinite() throws {
    #expect(try #require(OrderedElimination(Matrix([[1, 2], [2, 1]]))).kept == [0])
    #expect(try #require(OrderedElimination(Matrix([[-1, 0], [0, 1]]))).kept == [1])
  }

  @Test("is nil for a matrix that is not finite", arguments: [Double.nan, .infinity])
  func notFinite(element: Double) {
    #expect(OrderedElimination(Matrix([[1, 0], [0, element]])) == nil)
    #expect(OrderedElimination(Matrix([[1, element], [element, 1]])) == nil)
  }

  @Test("refuses what a programmer got wrong")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      _ = OrderedElimination(Matrix(rows: 2, columns: 1))
    }
    await #expect(processExitsWith: .failure) {
      _ = OrderedElimination(Matrix(rows: 1, columns: 1), tolerance: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = OrderedElimination(Matrix(rows: 1, columns: 1), relativeTo: [])
    }
    await #expect(processExitsWith: .failure) {
      _ = OrderedElimination(Matrix(rows: 1, columns: 1))?.generalizedSolve([])
    }
    await #expect(processExitsWith: .failure) {
      _ = OrderedElimination(Matrix(rows: 1, columns: 1))?.quadraticFormOfInverse([])
    }
  }
}
