// SPDX-License-Identifier: Apache-2.0

import SurvivalLinearAlgebra
import Testing

@Suite("Matrix")
struct MatrixTests {
  /// Two rows, three columns.
  private let small = Matrix(rows: 2, columns: 3, columnMajor: [1, 4, 2, 5, 3, 6])

  @Test("stores column after column")
  func layout() {
    #expect(small.rowArrays == [[1, 2, 3], [4, 5, 6]])
    #expect(small[0, 2] == 3)
    #expect(small[1, 0] == 4)
    #expect(Array(small.column(1)) == [2, 5])
    #expect(small.column(2).startIndex == 4)
    #expect(small.diagonal == [1, 5])
    #expect(!small.isSquare)
    #expect(small == Matrix([[1, 2, 3], [4, 5, 6]]))
  }

  @Test("begins with zeros")
  func zeros() {
    var matrix = Matrix(rows: 2, columns: 2)
    #expect(matrix.columnMajor == [0, 0, 0, 0])
    matrix[0, 1] = 7
    #expect(matrix.columnMajor == [0, 0, 7, 0])
  }

  @Test("takes rows and columns in the order asked, repeats included")
  func submatrix() {
    #expect(
      small.submatrix(rows: [1, 0], columns: [2, 0, 2]).rowArrays == [[6, 4, 6], [3, 1, 3]])
    #expect(small.submatrix(rows: [], columns: [0]) == Matrix(rows: 0, columns: 1))
  }

  @Test("mirrors the lower triangle and leaves it as it is")
  func reflection() {
    var matrix = Matrix([[1, 90, 91], [2, 3, 92], [4, 5, 6]])
    matrix.reflectLowerTriangle()
    #expect(matrix.rowArrays == [[1, 2, 4], [2, 3, 5], [4, 5, 6]])
  }

  @Test("multiplies vectors, by hand")
  func productsByHand() {
    #expect(small.multiplied(by: [1, 10, 100]) == [321, 654])
    #expect(small.transposeMultiplied(by: [1, 10]) == [41, 52, 63])
    // (1, −1) against ((2, 1), (0, 3)): 2 − 1 − 0 + 3.
    #expect(Matrix([[2, 1], [0, 3]]).quadraticForm([1, -1]) == 4)
  }

  @Test(
    "multiplies vectors, by the definition",
    arguments: [(1, 1), (3, 50), (50, 3), (65, 65), (1000, 7)])
  func productsByDefinition(rows: Int, columns: Int) {
    let matrix = Matrix.random(rows: rows, columns: columns, seed: 1)
    let right = Matrix.random(rows: columns, columns: 1, seed: 2).columnMajor
    let left = Matrix.random(rows: rows, columns: 1, seed: 3).columnMajor
    // Sums of up to 1000 terms below 1: rounding stays under 1000 · ε in any order of summation.
    expectClose(
      matrix.multiplied(by: right),
      matrix.rowArrays.map { zip($0, right).reduce(0) { $0 + $1.0 * $1.1 } }, within: 1e-12)
    expectClose(
      matrix.transposeMultiplied(by: left),
      (0..<columns).map { zip(matrix.column($0), left).reduce(0) { $0 + $1.0 * $1.1 } },
      within: 1e-12)
  }

  @Test("has empty products where a dimension is 0")
  func empty() {
    #expect(Matrix(rows: 0, columns: 0).multiplied(by: []) == [])
    #expect(Matrix(rows: 0, columns: 0).quadraticForm([]) == 0)
    #expect(Matrix(rows: 0, columns: 2).multiplied(by: [1, 2]) == [])
    #expect(Matrix(rows: 0, columns: 2).transposeMultiplied(by: []) == [0, 0])
    #expect(Matrix(rows: 2, columns: 0).multiplied(by: []) == [0, 0])
    #expect(Matrix(rows: 0, columns: 2).rowArrays == [])
    #expect(Matrix(rows: 2, columns: 0).rowArrays == [[], []])
  }

  @Test("refuses what a programmer got wrong")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      // One more column than 32 bits can count.
      _ = Matrix(rows: 0, columns: 1 << 31)
    }
    await #expect(processExitsWith: .failure) {
      _ = Matrix(rows: 2, columns: 2, columnMajor: [1, 2, 3])
    }
    await #expect(processExitsWith: .failure) {
      // In the storage, but of the next column.
      _ = Matrix(rows: 2, columns: 2)[2, 0]
    }
    await #expect(processExitsWith: .failure) {
      _ = Matrix(rows: 2, columns: 2).multiplied(by: [1])
    }
    await #expect(processExitsWith: .failure) {
      _ = Matrix(rows: 2, columns: 1).quadraticForm([1])
    }
  }

  @Test("may have as many columns as 32 bits can count")
  func largestDimension() {
    #expect(Matrix(rows: 0, columns: Int(BackendInteger.max)).columns == 2_147_483_647)
  }
}
