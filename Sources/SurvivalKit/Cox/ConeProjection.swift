// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// The point of a cone { δ : bₘᵀδ ≥ 0 for all m } that is nearest to a target v.
///
///     δ = v + Σ μₘ bₘ,   μ ≥ 0,   ‖δ‖ smallest
///
/// by nonnegative least squares: Lawson & Hanson (1974), *Solving Least Squares Problems*, chapter 23.
/// The cone holds a direction δ with vᵀδ > 0 exactly when the point is not 0; then it is one itself,
/// and its length is the largest vᵀδ of a δ of length 1 in the cone (Moreau 1965,
/// doi:10.24033/bsmf.1625).
enum ConeProjection {
  /// Finds the nearest point.
  /// - Parameters:
  ///   - target: The target *v*, of length *k*.
  ///   - normals: The vectors *b*, each of length 1.
  /// - Returns: The point.
  /// - Complexity: O(steps · (*m* *k* + *k*³)) for *m* normals; there are about as many steps as normals
  ///   with a factor above 0, at most *k*.
  static func nearest(to target: [Double], normals: [[Double]]) -> [Double] {
    var active = [Int]()
    var factors = [Double]()
    var point = target
    var refused = Set<Int>()
    let size = norm(target)
    for _ in 0..<(10 * (normals.count + 1)) {
      // The normal that the point is farthest on the wrong side of.
      var (worst, next) = (-1e-12 * Swift.max(norm(point), 1e-14 * size), -1)
      for (index, normal) in normals.enumerated() where !refused.contains(index) {
        let product = inner(normal, point)
        if product < worst, !active.contains(index) { (worst, next) = (product, index) }
      }
      guard next >= 0 else { return point }
      guard var basis = OrthonormalBasis((active + [next]).map { normals[$0] }) else {
        // A combination of those that the point lies on: only rounding puts it on the wrong side.
        refused.insert(next)
        continue
      }
      active.append(next)
      factors.append(0)
      while true {
        let solution = basis.factors(of: target)
        if solution.allSatisfy({ $0 > 0 }) {
          factors = solution
          break
        }
        // As far as the factors stay nonnegative; those that reach 0 leave.
        let shares = zip(factors, solution).map { old, new in
          new > 0 ? Double.infinity : old / (old - new)
        }
        let share = shares.reduce(1) { Swift.min($0, $1) }
        let kept = shares.indices.filter { shares[$0] > share * (1 + 1e-12) }
        if !kept.contains(active.count - 1) { refused.insert(next) }
        factors = kept.map { factors[$0] + share * (solution[$0] - factors[$0]) }
        active = kept.map { active[$0] }
        guard let smaller = OrthonormalBasis(active.map { normals[$0] }) else { return point }
        basis = smaller
        if active.isEmpty { break }
      }
      point = basis.remainder(of: target)
    }
    return point
  }

  static func inner(_ one: [Double], _ other: [Double]) -> Double {
    var sum = 0.0
    for index in one.indices { sum += one[index] * other[index] }
    return sum
  }

  static func norm(_ vector: [Double]) -> Double { inner(vector, vector).squareRoot() }
}
