// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// The directions along which a partial likelihood does not fall, as far as they were asked for.
///
///     C = { γ : γᵀxᵢ ≥ γᵀxⱼ for every event i and every j it is compared with }
///
/// Events and others make up to n² inequalities. Only those are kept that a direction in hand has
/// broken, found by one walk over the risk sets; a cone of some of them is larger than C, so what it
/// does not hold C does not either. Coordinates are δ = Lᵀγ with LLᵀ the information at 0, in which
/// no unit of a covariate and no correlation among them matters.
///
/// *When there is no direction.* Let v be the gradient at 0, a sum of all xᵢ − xⱼ with factors above 0,
/// and ρ the largest change of a linear predictor within a risk set along a direction of length 1. In
/// a risk set a variance is at most its width times the distance of its mean from its maximum, so
///
///     vᵀγ ≥ γᵀ(information)γ / (widest risk set along γ) ≥ 1/ρ   for γ in C of length 1:
///
/// if the projection of v on a larger cone is shorter than 1/ρ, C is {0}: a proof that the likelihood
/// has a finite maximum, for which no number needs more than a digit.
struct RecessionCone {
  enum Answer {
    /// There is no such direction.
    case none
    /// A direction that keeps to all inequalities but for rounding; to be checked by itself.
    case direction([Double])
    /// The rounds that are allowed did not suffice.
    case unknown
  }

  private let likelihood: CoxPartialLikelihood
  private let monotone: MonotoneLikelihood
  /// The columns that are not aliased.
  private let columns: [Int]
  private let factor: TriangularFactor
  /// The gradient at 0, in the coordinates of the cone.
  private let gradient: [Double]
  /// An upper bound of the change of a predictor within a risk set along a direction of length 1.
  private let reach: Double
  /// The inequalities found so far, as vectors of length 1.
  private var normals: [[Double]] = []

  /// Prepares the cone; `nil` when the information at 0 is singular.
  /// - Complexity: O(*n* *p*²); with late entries another factor log *m*.
  init?(_ likelihood: CoxPartialLikelihood, columns: [Int]) {
    let zeros = [Double](repeating: 0, count: likelihood.offsets.count)
    let null = likelihood.scan(predictors: zeros, wants: .information)
    guard
      let factor = TriangularFactor(
        null.information.submatrix(rows: columns, columns: columns))
    else { return nil }
    self.likelihood = likelihood
    self.columns = columns
    self.factor = factor
    monotone = MonotoneLikelihood(likelihood: likelihood)
    gradient = factor.solved(columns.map { null.gradient[$0] })
    var largest = 0.0
    for position in likelihood.table.order.indices where likelihood.isEverAtRisk(position) {
      let row = likelihood.rows.row(position)
      let image = factor.solved(columns.map { row[row.startIndex + $0] })
      largest = Swift.max(largest, ConeProjection.norm(image))
    }
    // Under the exact rules the terms of the likelihood are sums over the tied events.
    var tied = 1
    if likelihood.ties.isExact {
      for slot in likelihood.times.slots {
        let weights = likelihood.table.eventPositions(slot).reduce(0) {
          $0 + likelihood.weights[$1]
        }
        tied = Swift.max(tied, 1 + Int(Swift.min(weights, 1e6)))
      }
    }
    reach = 2 * largest * Double(tied) * Double(tied)
  }

  /// A direction of C, if there is any besides 0.
  mutating func direction() -> Answer { project(gradient, threshold: 0.5 / reach) }

  /// A direction of C along which one coefficient rises, or falls.
  /// - Parameters:
  ///   - column: The column of the coefficient.
  ///   - sign: 1 or −1.
  /// - Returns: The direction, or that there is none.
  mutating func direction(of column: Int, sign: Double) -> Answer {
    let target = factor.solved(columns.map { $0 == column ? sign : 0 })
    return project(target, threshold: 1e-8 * ConeProjection.norm(target))
  }

  private mutating func project(_ target: [Double], threshold: Double) -> Answer {
    for _ in 0..<(40 + 4 * columns.count) {
      let nearest = ConeProjection.nearest(to: target, normals: normals)
      let length = ConeProjection.norm(nearest)
      if length <= threshold { return .none }
      let unit = nearest.map { $0 / length }
      let direction = expanded(factor.solvedTransposed(unit))
      if !learn(from: monotone.violations(along: direction), at: unit) {
        return .direction(direction)
      }
    }
    return .unknown
  }

  /// Keeps the worst of some broken inequalities; `false` when rounding alone breaks them.
  private mutating func learn(
    from violations: [MonotoneLikelihood.Violation], at unit: [Double]
  ) -> Bool {
    var hasLearnt = false
    for violation in violations.sorted(by: { $0.amount > $1.amount }).prefix(
      20 + 3 * columns.count)
    {
      let one = likelihood.rows.row(violation.event)
      let other = likelihood.rows.row(violation.other)
      let image = factor.solved(
        columns.map { one[one.startIndex + $0] - other[other.startIndex + $0] })
      let length = ConeProjection.norm(image)
      guard length > 0 else { continue }
      let normal = image.map { $0 / length }
      if ConeProjection.inner(normal, unit) < -1e-11 {
        normals.append(normal)
        hasLearnt = true
      }
    }
    return hasLearnt
  }

  private func expanded(_ values: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: likelihood.names.count)
    for (value, column) in zip(values, columns) { result[column] = value }
    return result
  }
}

/// The factor L of a symmetric positive definite matrix A = LLᵀ, for solving with L and Lᵀ alone.
private struct TriangularFactor {
  private var rows: [[Double]] = []

  /// `nil` when the matrix is not positive definite.
  init?(_ matrix: Matrix) {
    for i in 0..<matrix.rows {
      var row = [Double](repeating: 0, count: i + 1)
      for j in 0...i {
        var sum = matrix[i, j]
        for l in 0..<j { sum -= row[l] * (j == i ? row[l] : rows[j][l]) }
        if j < i {
          row[j] = sum / rows[j][j]
        } else {
          guard sum > 0, sum.isFinite else { return nil }
          row[j] = sum.squareRoot()
        }
      }
      rows.append(row)
    }
  }

  /// L⁻¹ of a vector.
  func solved(_ vector: [Double]) -> [Double] {
    var result = vector
    for i in result.indices {
      for j in 0..<i { result[i] -= rows[i][j] * result[j] }
      result[i] /= rows[i][i]
    }
    return result
  }

  /// L⁻ᵀ of a vector.
  func solvedTransposed(_ vector: [Double]) -> [Double] {
    var result = vector
    for i in result.indices.reversed() {
      result[i] /= rows[i][i]
      for j in 0..<i { result[j] -= rows[i][j] * result[i] }
    }
    return result
  }
}
