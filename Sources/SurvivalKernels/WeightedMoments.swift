// SPDX-License-Identifier: Apache-2.0

package import SurvivalLinearAlgebra

/// Total weight, mean and scatter about the mean of weighted rows, without any subtraction of sums.
///
///     total = Σ w,   mean = Σ w x / total,   scatter = Σ w (x − mean)(x − mean)ᵀ
///
/// Rows are added and sets merged by the updates of West (1979), doi:10.1145/359146.359153, and Chan,
/// Golub & LeVeque (1983), doi:10.1080/00031305.1983.10483115: every term is a square with a positive
/// factor, so digits are not lost however far the mean has drifted.
package struct WeightedMoments: Sendable {
  /// The length of a row.
  package let dimension: Int
  /// The total weight.
  package private(set) var total = 0.0
  /// The weighted mean of the rows; zeros while there is none.
  package private(set) var mean: [Double]
  /// The lower triangle of the scatter, row by row in full rows; empty when it is not kept.
  package private(set) var scatter: [Double]
  private var difference: [Double]

  /// The moments of no rows.
  /// - Parameters:
  ///   - dimension: The length of a row.
  ///   - keepsScatter: Whether the scatter is wanted besides total and mean.
  package init(dimension: Int, keepsScatter: Bool) {
    self.dimension = dimension
    mean = [Double](repeating: 0, count: dimension)
    difference = mean
    scatter = [Double](repeating: 0, count: keepsScatter ? dimension * dimension : 0)
  }

  /// Forgets all rows.
  package mutating func reset() {
    total = 0
    for index in mean.indices { mean[index] = 0 }
    for index in scatter.indices { scatter[index] = 0 }
  }

  /// Multiplies all weights by a factor.
  package mutating func scale(by factor: Double) {
    total *= factor
    for index in scatter.indices { scatter[index] *= factor }
  }

  /// Adds one row of a matrix.
  /// - Complexity: O(*p*²) with the scatter, O(*p*) without, for rows of length *p*.
  package mutating func add(_ row: Int, of matrix: RowMatrix, weight: Double) {
    guard weight > 0 else { return }
    let p = dimension
    let newTotal = total + weight
    let share = weight / newTotal
    let factor = total * share
    total = newTotal
    matrix.storage.withUnsafeBufferPointer { elements in
      for j in 0..<p {
        let delta = elements[row * p + j] - mean[j]
        difference[j] = delta
        mean[j] += share * delta
      }
    }
    if factor > 0 { SymmetricSum.addOuter(difference, factor, to: &scatter) }
  }

  /// Adds the rows of another set, with their weights multiplied by a factor.
  /// - Complexity: as for a row.
  package mutating func merge(_ other: WeightedMoments, factor multiple: Double) {
    let weight = other.total * multiple
    guard weight > 0 else { return }
    let newTotal = total + weight
    let share = weight / newTotal
    let factor = total * share
    total = newTotal
    for j in 0..<dimension {
      let delta = other.mean[j] - mean[j]
      difference[j] = delta
      mean[j] += share * delta
    }
    guard !scatter.isEmpty else { return }
    SymmetricSum.add(other.scatter, multiple, order: dimension, to: &scatter)
    if factor > 0 { SymmetricSum.addOuter(difference, factor, to: &scatter) }
  }
}

/// Sums of symmetric matrices of which the lower triangle is kept, row by row in full rows.
package enum SymmetricSum {
  /// Adds a multiple of the outer product of a vector with itself.
  @inline(__always)
  package static func addOuter(_ vector: [Double], _ factor: Double, to sum: inout [Double]) {
    let p = vector.count
    guard sum.count == p * p else { return }
    sum.withUnsafeMutableBufferPointer { sum in
      vector.withUnsafeBufferPointer { vector in
        for j in 0..<p {
          let scaled = factor * vector[j]
          for l in 0...j { sum[j * p + l] += scaled * vector[l] }
        }
      }
    }
  }

  /// Adds a multiple of another lower triangle.
  package static func add(
    _ matrix: [Double], _ factor: Double, order p: Int, to sum: inout [Double]
  ) {
    guard sum.count == p * p, matrix.count == p * p else { return }
    sum.withUnsafeMutableBufferPointer { sum in
      matrix.withUnsafeBufferPointer { matrix in
        for j in 0..<p {
          for l in 0...j { sum[j * p + l] += factor * matrix[j * p + l] }
        }
      }
    }
  }

  /// The full matrix of a lower triangle.
  package static func matrix(_ lower: [Double], order p: Int) -> Matrix {
    var result = Matrix(rows: p, columns: p)
    for j in 0..<p {
      for l in 0...j {
        result[j, l] = lower[j * p + l]
        result[l, j] = lower[j * p + l]
      }
    }
    return result
  }
}
