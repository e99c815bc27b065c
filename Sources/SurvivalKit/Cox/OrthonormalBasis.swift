// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// An orthonormal basis of the space of some vectors, by Gram and Schmidt, twice for each.
struct OrthonormalBasis {
  private(set) var vectors: [[Double]] = []
  /// The columns of R in (given vectors) = (basis) R.
  private var triangle: [[Double]] = []

  /// `nil` when a vector lies in the space of those before it.
  init?(_ given: [[Double]]) {
    for vector in given {
      let (rest, products) = split(vector)
      let length = ConeProjection.norm(rest)
      guard length > 1e-11 * ConeProjection.norm(vector) else { return nil }
      vectors.append(rest.map { $0 / length })
      triangle.append(products + [length])
    }
  }

  private func split(_ vector: [Double]) -> (rest: [Double], products: [Double]) {
    var rest = vector
    var products = [Double](repeating: 0, count: vectors.count)
    for _ in 0..<2 {
      for (index, basis) in vectors.enumerated() {
        let product = ConeProjection.inner(basis, rest)
        products[index] += product
        for j in rest.indices { rest[j] -= product * basis[j] }
      }
    }
    return (rest, products)
  }

  /// What the space leaves of a vector.
  func remainder(of vector: [Double]) -> [Double] { split(vector).rest }

  /// The factors μ of the given vectors for which v + Σ μ b is shortest.
  func factors(of vector: [Double]) -> [Double] {
    var right = split(vector).products.map { -$0 }
    for column in right.indices.reversed() {
      right[column] /= triangle[column][column]
      for row in 0..<column { right[row] -= triangle[column][row] * right[column] }
    }
    return right
  }

  /// R⁻ᵀ of a vector: its squared length is the variance of a least-squares value, but for that of an
  /// observation.
  func solvedTransposed(_ vector: [Double]) -> [Double] {
    var result = vector
    for column in result.indices {
      for row in 0..<column { result[column] -= triangle[column][row] * result[row] }
      result[column] /= triangle[column][column]
    }
    return result
  }
}
