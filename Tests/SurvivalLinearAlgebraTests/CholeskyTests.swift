// SPDX-License-Identifier: Apache-2.0

import SurvivalLinearAlgebra
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite("Cholesky")
struct CholeskyTests {
  @Test("factorizes two rows, by hand")
  func byHand() throws {
    // L = ((2, 0), (1, 3)); determinant 36; inverse ((10, −2), (−2, 4)) / 36.
    let factor = try #require(Cholesky(Matrix([[4, 2], [2, 10]])))
    #expect(factor.order == 2)
    expectClose(factor.solve([8, 22]), [1, 2], within: 1e-15)
    expectClose(
      factor.inverse().columnMajor, [10.0 / 36, -2.0 / 36, -2.0 / 36, 4.0 / 36], within: 1e-15)
    #expect(abs(factor.logDeterminant - log(36)) < 1e-14)
  }

  @Test("factorizes one number")
  func single() throws {
    let factor = try #require(Cholesky(Matrix([[0.25]])))
    #expect(factor.solve([3]) == [12])
    #expect(factor.inverse().rowArrays == [[4]])
    #expect(factor.logDeterminant == 2 * log(0.5))
  }

  @Test("factorizes the empty matrix, whose determinant is 1")
  func empty() throws {
    let factor = try #require(Cholesky(Matrix(rows: 0, columns: 0)))
    #expect(factor.solve([]) == [])
    #expect(factor.inverse() == Matrix(rows: 0, columns: 0))
    #expect(factor.logDeterminant == 0)
  }

  @Test("agrees with the exact inverse of Hilbert's matrix", arguments: HilbertCase.all)
  func hilbert(_ hilbert: HilbertCase) throws {
    let factor = try #require(Cholesky(hilbert.matrix))
    // The error bound of the method: order × condition number × ε (Higham 2002, section 10.1).
    let tolerance = Double(hilbert.order) * hilbert.condition * Double.ulpOfOne
    expectClose(
      factor.inverse().columnMajor, hilbert.inverse.columnMajor, within: tolerance)
    for column in 0..<hilbert.order {
      let unit = (0..<hilbert.order).map { $0 == column ? 1.0 : 0.0 }
      expectClose(factor.solve(unit), Array(hilbert.inverse.column(column)), within: tolerance)
    }
    #expect(abs(factor.logDeterminant - hilbert.logDeterminant) <= tolerance)
  }

  // Around the sizes at which libraries change to blocks and threads.
  @Test("agrees with definitions on random matrices", arguments: [2, 3, 7, 31, 32, 33, 65, 130])
  func random(order: Int) throws {
    var matrix = Matrix.random(rows: 2 * order, columns: order, seed: UInt64(order)).gram
    for index in 0..<order { matrix[index, index] += 1 }
    let factor = try #require(Cholesky(matrix))
    let expected = Matrix.random(rows: order, columns: 1, seed: 99).columnMajor
    // Condition numbers are below 300 here: 130 · 300 · ε is about 1e-11.
    let rightHandSide = matrix.times(Matrix(rows: order, columns: 1, columnMajor: expected))
    expectClose(factor.solve(rightHandSide.columnMajor), expected, within: 1e-11)

    let inverse = factor.inverse()
    var identity = Matrix(rows: order, columns: order)
    for index in 0..<order { identity[index, index] = 1 }
    expectClose(matrix.times(inverse).columnMajor, identity.columnMajor, within: 1e-11)
    for row in 0..<order {
      for column in 0..<row { #expect(inverse[row, column] == inverse[column, row]) }
    }

    let elimination = try #require(OrderedElimination(matrix))
    #expect(elimination.rank == order)
    expectClose(
      factor.solve(expected), elimination.generalizedSolve(expected), within: 1e-11)
  }

  @Test("uses the lower triangle only")
  func lowerTriangle() throws {
    let whole = try #require(Cholesky(Matrix([[4, 2], [2, 10]])))
    let half = try #require(Cholesky(Matrix([[4, -77], [2, 10]])))
    #expect(half.solve([1, 2]) == whole.solve([1, 2]))
    #expect(half.inverse() == whole.inverse())
  }

  @Test(
    "has no factor of a matrix that is not positive definite",
    arguments: [
      [[0]], [[-1]],
      [[1, 2], [2, 1]],  // eigenvalues 3 and −1
      [[1, 1], [1, 1]],  // singular
      [[1, 0, 0], [0, 1, 0], [0, 0, -1e-300]],
    ])
  func notPositiveDefinite(rows: [[Double]]) {
    #expect(Cholesky(Matrix(rows)) == nil)
  }

  @Test(
    "has no factor of a matrix that is not finite",
    arguments: [Double.nan, .infinity, -.infinity], [(0, 0), (1, 1), (2, 2), (2, 0), (0, 2)])
  func notFinite(element: Double, place: (Int, Int)) {
    var matrix = Matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    matrix[place.0, place.1] = element
    #expect(Cholesky(matrix) == nil)
  }

  @Test("refuses what a programmer got wrong")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      _ = Cholesky(Matrix(rows: 2, columns: 1))
    }
    await #expect(processExitsWith: .failure) {
      _ = Cholesky(Matrix(rows: 1, columns: 1, columnMajor: [1]))?.solve([1, 2])
    }
  }
}

/// Hilbert's matrix 1 / (i + j + 1), the classic test of inverses: ill-conditioned, with an inverse
/// of integers.
///
/// It is multiplied by the least common multiple of its denominators, so that the elements are
/// integers and what is measured is the error of the method only.
struct HilbertCase: Sendable, CustomTestStringConvertible {
  let order: Int
  let leastCommonMultiple: Double
  /// The ratio of the largest to the smallest eigenvalue, rounded up.
  let condition: Double
  /// One divided by the determinant of the matrix before multiplication (OEIS A005249).
  let inverseDeterminant: Double

  static let all = [
    HilbertCase(order: 1, leastCommonMultiple: 1, condition: 1, inverseDeterminant: 1),
    HilbertCase(order: 2, leastCommonMultiple: 6, condition: 20, inverseDeterminant: 12),
    HilbertCase(order: 3, leastCommonMultiple: 60, condition: 525, inverseDeterminant: 2160),
    HilbertCase(
      order: 4, leastCommonMultiple: 420, condition: 1.56e4, inverseDeterminant: 6_048_000),
    HilbertCase(
      order: 5, leastCommonMultiple: 2520, condition: 4.77e5,
      inverseDeterminant: 266_716_800_000),
    HilbertCase(
      order: 6, leastCommonMultiple: 27720, condition: 1.5e7,
      inverseDeterminant: 186_313_420_339_200_000),
    HilbertCase(
      order: 7, leastCommonMultiple: 360_360, condition: 4.76e8,
      inverseDeterminant: 2.0679090479257706e24),
    HilbertCase(
      order: 8, leastCommonMultiple: 360_360, condition: 1.53e10,
      inverseDeterminant: 3.653568471257345e32),
  ]

  var testDescription: String { "order \(order)" }

  var matrix: Matrix {
    var result = Matrix(rows: order, columns: order)
    for i in 0..<order {
      for j in 0..<order { result[i, j] = leastCommonMultiple / Double(i + j + 1) }
    }
    return result
  }

  /// (−1)ⁱ⁺ʲ (i + j + 1) C(n+i, n−j−1) C(n+j, n−i−1) C(i+j, i)², divided by the multiple; i and j
  /// from 0 (Choi 1983, American Mathematical Monthly 90:301, doi:10.2307/2975779).
  var inverse: Matrix {
    var result = Matrix(rows: order, columns: order)
    for i in 0..<order {
      for j in 0..<order {
        let sign = (i + j).isMultiple(of: 2) ? 1 : -1
        let integer =
          sign * (i + j + 1) * binomial(order + i, order - j - 1)
          * binomial(order + j, order - i - 1) * binomial(i + j, i) * binomial(i + j, i)
        result[i, j] = Double(integer) / leastCommonMultiple
      }
    }
    return result
  }

  var logDeterminant: Double { Double(order) * log(leastCommonMultiple) - log(inverseDeterminant) }

  private func binomial(_ n: Int, _ k: Int) -> Int {
    (0..<k).reduce(1) { $0 * (n - $1) / ($1 + 1) }
  }
}
