// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

/// Decides whether a likelihood has a finite maximum, with a proof either way.
///
/// Most fits prove themselves: where Newton's method has converged, ``isProvedFinite(at:)`` holds. Else
/// a direction of unbounded increase is looked for near the last step, and then in the whole
/// ``RecessionCone``.
final class MaximumExistence {
  enum Verdict {
    case finite
    /// With a direction, in scaled coordinates, that has been checked.
    case infinite([Double])
    case unknown
  }

  private let likelihood: CoxPartialLikelihood
  private let kept: [Int]
  private let monotone: MonotoneLikelihood
  private var cone: RecessionCone?
  private var verdict: Verdict?

  /// - Parameters:
  ///   - likelihood: The likelihood.
  ///   - kept: The columns that are not aliased.
  init(_ likelihood: CoxPartialLikelihood, kept: [Int]) {
    self.likelihood = likelihood
    self.kept = kept
    monotone = MonotoneLikelihood(likelihood: likelihood)
  }

  /// Whether an evaluation proves that there is a finite maximum.
  ///
  /// Along a direction v of vᵀIv = 1 that changes no predictor by more than ρ within a risk set, the
  /// third derivative of the likelihood is at most ρ times the second. So minus the second falls no
  /// faster than exp(−ρs), and minus the first, −vᵀU at the point, ends above −vᵀU + 1/ρ: the
  /// likelihood falls in the end along every direction if λρ < 1, with λ² = UᵀI⁻¹U and ρ the largest
  /// of all directions. After Bach (2010), doi:10.1214/09-EJS521, proposition 2. The third derivative
  /// of an averaged likelihood of tied events has no such bound, and the exact rules are left out.
  /// - Parameter evaluation: An evaluation over the kept columns.
  /// - Returns: Whether the inequality holds with room for rounding.
  func isProvedFinite(at evaluation: CoxPartialLikelihood.ScaledEvaluation) -> Bool {
    guard !kept.isEmpty else { return true }
    guard !likelihood.ties.isExact, let cholesky = Cholesky(evaluation.information) else {
      return false
    }
    let inverse = cholesky.inverse()
    let step = cholesky.solve(evaluation.gradient)
    let decrement = ConeProjection.inner(step, evaluation.gradient)
    guard decrement >= 0 else { return false }
    // |vᵀx| ≤ Σ |xₖ| √(I⁻¹)ₖₖ for a direction of length 1, and what rounding may hide in U likewise.
    var (reach, rounding) = (0.0, 0.0)
    for (index, column) in kept.enumerated() {
      let standardError = Swift.max(0, inverse[index, index]).squareRoot()
      reach += 2 * likelihood.extents[column] * standardError
      rounding += 0x1p-46 * likelihood.eventWeight * likelihood.extents[column] * standardError
    }
    return (decrement.squareRoot() + rounding) * reach < 0.5
  }

  /// Whether a likelihood that still rises does so without end.
  /// - Parameter step: The last step of Newton's method, in scaled coordinates.
  /// - Returns: Whether that was proved.
  func isInfinite(near step: [Double]) -> Bool {
    switch decided(near: step) {
    case .infinite: true
    case .finite, .unknown: false
    }
  }

  /// The verdict; with a step of Newton's method near which to look first.
  func decided(near step: [Double]) -> Verdict {
    if let verdict {
      // What the cone did not say a later step may.
      guard case .unknown = verdict, let found = monotone.direction(near: step) else {
        return verdict
      }
      self.verdict = .infinite(found)
      return .infinite(found)
    }
    let result: Verdict
    if let found = monotone.direction(near: step) {
      result = .infinite(found)
    } else {
      switch withCone({ $0.direction() }) {
      case .none: result = .finite
      case .unknown: result = .unknown
      case .direction(let guess):
        result = monotone.direction(near: guess).map { .infinite($0) } ?? .unknown
      }
    }
    verdict = result
    return result
  }

  private func withCone(
    _ question: (inout RecessionCone) -> RecessionCone.Answer
  ) -> RecessionCone.Answer {
    guard var cone = cone ?? RecessionCone(likelihood, columns: kept) else { return .unknown }
    let answer = question(&cone)
    self.cone = cone
    return answer
  }

  /// For an infinite maximum, the direction in the units of the design and where each coefficient goes.
  ///
  /// A coefficient is infinite when some direction of the cone has a part of it, not only the one
  /// that was found first; so each is asked for both ways.
  func infiniteMaximum(along direction: [Double]) -> InfiniteMaximum {
    var found = [direction]
    var limits = [Int: InfiniteLimit]()
    for column in kept {
      var signs = [Double]()
      for sign in [1.0, -1] {
        if found.contains(where: { $0[column] * sign > 0 }) {
          signs.append(sign)
        } else if case .direction(let guess) = withCone({
          $0.direction(of: column, sign: sign)
        }), let checked = monotone.direction(near: guess, with: (column, sign)) {
          found.append(checked)
          signs.append(sign)
        }
      }
      switch signs {
      case [1]: limits[column] = .positive
      case [-1]: limits[column] = .negative
      case []: break
      default: limits[column] = .undetermined
      }
    }
    // One direction that shows them all, if the sum of those found does.
    var shown = direction
    if limits.keys.contains(where: { direction[$0] == 0 }) {
      var sum = direction.map { _ in 0.0 }
      for one in found {
        let reach = monotone.reach(of: one)
        for column in sum.indices { sum[column] += one[column] / reach }
      }
      if monotone.isUnbounded(sum) { shown = sum }
    }
    return InfiniteMaximum(
      direction: MonotoneDirection(
        names: likelihood.names, factors: zip(shown, likelihood.scales).map { $0 * $1 }),
      limits: limits)
  }
}

extension NewtonRaphson.Outcome {
  /// Whether a maximum was reached.
  var isConverged: Bool {
    if case .converged = self { true } else { false }
  }
}
