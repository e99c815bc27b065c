// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

/// The values of a coefficient that a likelihood-ratio test does not reject.
///
/// A limit is `nil` when the likelihood never falls far enough in that direction, because it rises
/// without end: every value as far as ±∞ is compatible with the data.
public struct ProfileInterval: Hashable, Sendable, Codable {
  /// The name of the coefficient.
  public let name: String
  /// The lower limit; `nil` for −∞.
  public let lower: Double?
  /// The upper limit; `nil` for +∞.
  public let upper: Double?
  /// The level of confidence, between 0 and 1.
  public let level: Double

  /// The lower limit of the hazard ratio, 0 when ``lower`` is `nil`.
  public var lowerHazardRatio: Double { lower.map { Double.exp($0) } ?? 0 }
  /// The upper limit of the hazard ratio; `nil` for +∞.
  public var upperHazardRatio: Double? { upper.map { Double.exp($0) } }
}

extension CoxRegression {
  /// A confidence interval for a coefficient by profile likelihood.
  ///
  ///     { b : 2 (ℓ(β̂) − max ℓ(β with the coefficient held at b)) ≤ χ²₁(level) }
  ///
  /// Under Firth's penalty ℓ is the penalized likelihood, which has both limits, as in R's `coxphf`.
  /// Unlike the Wald interval it does not take the likelihood to be a parabola, and one limit stays
  /// finite when the coefficient is infinite. Venzon & Moolgavkar (1988), doi:10.2307/2347496. R's
  /// `survival` has no such interval; SAS's is `PLCONFIDENCELIMITS`.
  /// - Parameters:
  ///   - name: The name of the coefficient.
  ///   - level: The level of confidence, between 0 and 1.
  /// - Returns: The interval, with a limit of `nil` where it is infinite.
  /// - Throws: ``SurvivalError`` with code `invalidArgument` for a name that is not in the fit or a
  ///   robust fit, whose likelihood measures nothing; `notEstimable` for an aliased coefficient;
  ///   `notConverged` when a limit was not found.
  /// - Complexity: About ten times that of a fit that starts near its end.
  public func profileInterval(
    of name: String, level: Double = 0.95
  ) throws(SurvivalError) -> ProfileInterval {
    guard let column = likelihood.names.firstIndex(of: name) else { throw estimates.unknown(name) }
    guard !estimates.coefficients[column].isAliased else {
      throw SurvivalError(
        .notEstimable, "\(name) is aliased and has no coefficient of its own")
    }
    try requireLikelihood("a profile interval")
    let z = ConfidenceInterval.normalQuantile(level: level)
    let profile = try ProfileLikelihood(self, column: column)
    let scale = likelihood.scales[column]
    return ProfileInterval(
      name: name, lower: try profile.limit(towards: -1, drop: z * z).map { $0 * scale },
      upper: try profile.limit(towards: 1, drop: z * z).map { $0 * scale }, level: level)
  }

  /// Tests whether several coefficients are all 0 by the likelihood ratio.
  ///
  ///     2 (ℓ(β̂) − max ℓ(β with the chosen coefficients held at 0))
  ///
  /// It holds for infinite coefficients too, for which the Wald test does not. Under Firth's penalty
  /// the information in it stays that of all coefficients, as in R's `coxphftest`.
  /// - Parameter names: The names of the coefficients. Aliased ones are left out.
  /// - Returns: The likelihood-ratio test.
  /// - Throws: ``SurvivalError`` with code `invalidArgument` for a name that is not in the fit, no name
  ///   or a robust fit; `notEstimable` when all are aliased; `notConverged`.
  /// - Complexity: That of a fit.
  public func jointLikelihoodRatioTest(of names: [String]) throws(SurvivalError) -> ChiSquaredTest {
    var held = Set<Int>()
    for name in names {
      guard let column = likelihood.names.firstIndex(of: name) else {
        throw estimates.unknown(name)
      }
      if !estimates.coefficients[column].isAliased { held.insert(column) }
    }
    guard !names.isEmpty else {
      throw SurvivalError(.invalidArgument, "a test needs at least one coefficient")
    }
    guard !held.isEmpty else {
      throw SurvivalError(
        .notEstimable, "\(names.joined(separator: ", ")) have no coefficients of their own to test")
    }
    try requireLikelihood("a likelihood-ratio test")
    let objective = self.objective
    let whole = try ConstrainedMaximum(objective, free: keptColumns, from: point)
    var start = point
    for column in held { start[column] = 0 }
    let rest = keptColumns.filter { !held.contains($0) }
    // From the null model when the estimates of the others lead nowhere.
    let restricted: ConstrainedMaximum
    do {
      restricted = try ConstrainedMaximum(objective, free: rest, from: start)
    } catch {
      restricted = try ConstrainedMaximum(
        objective, free: rest, from: point.map { _ in 0 })
    }
    return ChiSquaredTest(
      2 * (whole.evaluation.logLikelihood - restricted.evaluation.logLikelihood),
      degreesOfFreedom: held.count)
  }

  /// The columns that are not aliased.
  var keptColumns: [Int] {
    estimates.coefficients.indices.filter { !estimates.coefficients[$0].isAliased }
  }

  /// The function that the estimates maximize.
  var objective: CoxObjective {
    CoxObjective(
      likelihood, penalty: estimates.penalty, kept: keptColumns,
      evaluator: CoxEvaluator(
        likelihood,
        threads: CoxEvaluator.suitableThreads(
          rows: likelihood.data.count, columns: likelihood.names.count)))
  }

  private func requireLikelihood(_ what: String) throws(SurvivalError) {
    guard !estimates.isRobust else {
      throw SurvivalError(
        .invalidArgument,
        "\(what) takes rows as independent and counting once, which a robust variance denies; use "
          + "Wald tests and intervals")
    }
  }
}

/// The likelihood maximized over all coefficients but one, as a function of that one.
struct ProfileLikelihood {
  private let objective: CoxObjective
  private let column: Int
  private let others: [Int]
  private let whole: ConstrainedMaximum
  private let standardError: Double
  /// Where the coefficient goes if it is infinite.
  private let infinity: InfiniteLimit?

  init(_ fit: CoxRegression, column: Int) throws(SurvivalError) {
    objective = fit.objective
    self.column = column
    let kept = fit.keptColumns
    others = kept.filter { $0 != column }
    // Where the fit is infinite, to the limit of the likelihood.
    whole = try ConstrainedMaximum(objective, free: kept, from: fit.point)
    let coefficient = fit.estimates.coefficients[column]
    infinity = coefficient.infiniteLimit
    standardError = (coefficient.modelStandardError ?? 1) / fit.likelihood.scales[column]
  }

  /// The value at which twice the likelihood has fallen by `drop`; `nil` when it is infinite.
  ///
  /// The fall D(b) is convex: Newton's method on it, from a point beyond, never leaves that side.
  /// Distances at most double, so that no point is far from the one it starts from.
  func limit(towards sign: Double, drop: Double) throws(SurvivalError) -> Double? {
    switch infinity {
    case .undetermined: return nil
    case .positive where sign > 0: return nil
    case .negative where sign < 0: return nil
    default: break
    }
    let likelihood = objective.likelihood
    let origin = whole.point[column]
    let top = whole.evaluation.logLikelihood
    let monotone = MonotoneLikelihood(likelihood: likelihood)
    var current = whole
    var (inside, outside) = (0.0, Double.infinity)
    var distance = Swift.min(drop.squareRoot() * standardError, 3 / likelihood.extents[column])
    for _ in 0..<200 {
      let earlier = current
      let next = origin + sign * distance
      current = try maximum(at: next, near: earlier)
      let fall = 2 * (top - current.evaluation.logLikelihood)
      let excess = fall - drop
      if abs(excess) <= 1e-14 * Swift.max(drop, abs(top)) { return next }
      if excess < 0 { inside = distance } else { outside = distance }
      // dD/d(distance) = −2 U.
      let slope = -2 * sign * current.evaluation.gradient[column]
      var proposal = slope > 0 ? distance - excess / slope : .infinity
      if outside == .infinity, proposal > 2 * distance {
        let way = zip(current.point, earlier.point).map { $0 - $1 }
        if objective.penalty == .none, let direction = monotone.direction(near: way),
          direction[column] * sign > 0
        {
          return nil
        }
        proposal = 2 * distance
      } else if proposal <= inside || proposal >= outside {
        proposal = (inside + outside) / 2
      }
      if abs(proposal - distance) <= 1e-15 * distance { return next }
      distance = proposal
    }
    throw SurvivalError(
      .notConverged,
      "the profile likelihood of \(likelihood.names[column]) was not found to fall far enough")
  }

  /// The maximum with the coefficient held at a value.
  ///
  /// The others follow the coefficient as they do near the earlier point, or stay where they were:
  /// whichever begins higher, since on the way to infinity they may be led astray.
  private func maximum(
    at value: Double, near earlier: ConstrainedMaximum
  ) throws(SurvivalError) -> ConstrainedMaximum {
    var still = earlier.point
    let change = value - still[column]
    still[column] = value
    guard change != 0, let slope = earlier.slope(of: column), !slope.isEmpty else {
      return try ConstrainedMaximum(objective, free: others, from: still)
    }
    var following = still
    for (other, rate) in zip(others, slope) { following[other] += rate * change }
    let (ahead, behind) = (objective.evaluate(at: following), objective.evaluate(at: still))
    let isAhead =
      ahead.logLikelihood.isFinite && ahead.gradient.allSatisfy(\.isFinite)
      && ahead.logLikelihood > behind.logLikelihood + 1e-12 * abs(behind.logLikelihood)
    return try ConstrainedMaximum(
      objective, free: others, from: isAhead ? following : still,
      evaluation: isAhead ? ahead : behind)
  }
}
