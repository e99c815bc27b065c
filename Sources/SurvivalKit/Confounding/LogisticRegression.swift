// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

/// A logistic regression fitted to columns.
///
///     P(Y = 1) = 1 / (1 + exp(−η)),   η = β₀ + xᵀβ
///
/// The maximum of the likelihood is found by the Newton iteration that fits Cox models, from covariates that
/// are centred and scaled. A column that is a combination of earlier ones is set aside, as in R's `glm`.
public struct LogisticRegression: Hashable, Sendable, Codable {
  /// One coefficient: a log odds ratio.
  public struct Coefficient: Hashable, Sendable, Codable {
    /// The name of the column; `(intercept)` for the first.
    public let name: String
    /// The estimate; `nil` for a column that is a combination of others.
    public let estimate: Double?
    /// Its standard error, from the inverse of the information.
    public let standardError: Double?
  }

  /// The coefficients: the intercept, and one for each column of the design.
  public let coefficients: [Coefficient]
  /// The covariance matrix of the coefficients that have an estimate, in their order, row by row.
  public let covariance: [[Double]]
  /// The probability that the model gives each row.
  public let probabilities: [Double]
  /// The log likelihood at the estimates.
  public let logLikelihood: Double
  /// The log likelihood with the intercept alone.
  public let nullLogLikelihood: Double
  /// How the iteration went.
  public let iterations: [NewtonStep]

  /// Fits the model.
  /// - Parameters:
  ///   - outcomes: The yes or no of *n* rows.
  ///   - design: *p* covariates of the same rows.
  ///   - maximumIterations: How many steps to try.
  /// - Returns: The fit.
  /// - Throws: ``SurvivalError``: `mismatchedLengths`; `tooFewGroups` when all outcomes are the same;
  ///   `notEstimable` when a combination of covariates separates the two outcomes, so that a
  ///   coefficient is infinite (Albert & Anderson 1984, doi:10.1093/biomet/71.1.1); `notConverged`.
  /// - Complexity: O(iterations · *n* *p*²).
  public static func fit(
    _ outcomes: [Bool], design: DesignMatrix, maximumIterations: Int = 50
  ) throws(SurvivalError) -> LogisticRegression {
    guard outcomes.count == design.rowCount else {
      throw SurvivalError(
        .mismatchedLengths,
        "there are \(outcomes.count) outcomes but the design has \(design.rowCount) rows")
    }
    let yes = outcomes.count { $0 }
    guard yes > 0, yes < outcomes.count else {
      throw SurvivalError(
        .tooFewGroups,
        "a logistic regression needs rows of both outcomes; \(yes) of \(outcomes.count) are yes")
    }
    return try LogisticLikelihood(outcomes, design).maximized(maximumIterations)
  }
}

/// The likelihood of a logistic regression in centred and scaled coordinates.
private struct LogisticLikelihood {
  typealias Evaluation = CoxPartialLikelihood.ScaledEvaluation

  private let outcomes: [Bool]
  private let names: [String]
  /// A column of ones, and the covariates less their means, times their scales.
  private let columns: [[Double]]
  private let centers: [Double]
  private let scales: [Double]
  private let extents: [Double]

  init(_ outcomes: [Bool], _ design: DesignMatrix) {
    self.outcomes = outcomes
    names = ["(intercept)"] + design.names
    let count = Double(outcomes.count)
    var columns = [[Double](repeating: 1, count: outcomes.count)]
    var (centers, scales) = ([0.0], [1.0])
    for column in design.columns {
      // Divided first, so that no sum overflows.
      let center = column.reduce(0) { $0 + $1 / count }
      let deviation = column.reduce(0) { $0 + ($1 - center).magnitude / count }
      let scale =
        deviation > 0 && deviation.isFinite && (1 / deviation).isFinite ? 1 / deviation : 1
      centers.append(center)
      scales.append(scale)
      columns.append(column.map { ($0 - center) * scale })
    }
    self.columns = columns
    self.centers = centers
    self.scales = scales
    extents = columns.map { $0.reduce(0) { Swift.max($0, $1.magnitude) } }
  }

  private func predictors(_ point: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: outcomes.count)
    for (coefficient, column) in zip(point, columns) where coefficient != 0 {
      for row in result.indices { result[row] += coefficient * column[row] }
    }
    return result
  }

  private static func probability(_ predictor: Double) -> Double {
    predictor >= 0
      ? 1 / (1 + Double.exp(-predictor)) : Double.exp(predictor) / (1 + Double.exp(predictor))
  }

  /// Value, gradient and information at a point, over the columns that are kept.
  private func evaluate(_ point: [Double], _ kept: [Int]) -> Evaluation {
    let predictors = predictors(expand(point, kept))
    var value = 0.0
    var (residuals, weights) = (predictors, predictors)
    for (row, predictor) in predictors.enumerated() {
      let signed = outcomes[row] ? predictor : -predictor
      // −log(1 + exp(−s η)) without overflow, and the smaller probability directly.
      value -=
        signed >= 0
        ? Double.log(onePlus: Double.exp(-signed))
        : Double.log(onePlus: Double.exp(signed)) - signed
      let miss = Self.probability(-signed)
      residuals[row] = outcomes[row] ? miss : -miss
      weights[row] = miss * Self.probability(signed)
    }
    var gradient = [Double]()
    var information = Matrix(rows: kept.count, columns: kept.count)
    var weighted = weights
    for (i, first) in kept.enumerated() {
      var sum = 0.0
      for row in outcomes.indices {
        sum += residuals[row] * columns[first][row]
        weighted[row] = weights[row] * columns[first][row]
      }
      gradient.append(sum)
      for (j, second) in kept.prefix(i + 1).enumerated() {
        var product = 0.0
        for row in outcomes.indices { product += weighted[row] * columns[second][row] }
        information[i, j] = product
        information[j, i] = product
      }
    }
    return Evaluation(logLikelihood: value, gradient: gradient, information: information)
  }

  private func expand(_ values: [Double], _ kept: [Int]) -> [Double] {
    var result = [Double](repeating: 0, count: names.count)
    for (value, column) in zip(values, kept) { result[column] = value }
    return result
  }

  /// What a direction can change a predictor by, at most.
  private func bound(_ direction: [Double]) -> Double {
    zip(direction, extents).reduce(0) { $0 + $1.0.magnitude * $1.1 }
  }

  /// Whether a combination of the covariates is nowhere smaller with the outcome than without it.
  private func separates(_ direction: [Double]) -> Bool {
    var direction = direction
    direction[0] = 0
    guard direction.contains(where: { $0 != 0 }) else { return false }
    let values = predictors(direction)
    var (lowestYes, highestNo) = (Double.infinity, -Double.infinity)
    for (value, outcome) in zip(values, outcomes) {
      if outcome { lowestYes = Swift.min(lowestYes, value) }
      if !outcome { highestNo = Swift.max(highestNo, value) }
    }
    guard let highest = values.max(), let lowest = values.min(), highest > lowest else {
      return false
    }
    let isOneColumn = direction.count { $0 != 0 } == 1
    return lowestYes >= highestNo - (isOneColumn ? 0 : 1e-10 * (highest - lowest))
  }

  /// A direction near the last Newton step that separates the outcomes; `nil` when there is none.
  private func separation(near newton: [Double]) -> [Double]? {
    // The intercept takes no part: it is free to lie between.
    var slopes = newton
    slopes[0] = 0
    return MonotoneLikelihood.candidates(near: slopes, scales: scales).first(where: separates)
  }

  func maximized(_ maximumIterations: Int) throws(SurvivalError) -> LogisticRegression {
    let all = Array(names.indices)
    let count = Double(outcomes.count)
    let share = Double(outcomes.count { $0 }) / count
    let start = Double.log(share) - Double.log(onePlus: -share)
    let null = evaluate(expand([start], [0]), all)
    guard let elimination = OrderedElimination(null.information), null.logLikelihood.isFinite else {
      throw SurvivalError(
        .overflow, "covariates are so large that the logistic likelihood has no value")
    }
    let kept = elimination.kept
    var newton = NewtonRaphson()
    newton.maximumIterations = maximumIterations
    newton.eventCount = count * Swift.min(share, 1 - share)
    let first = [start] + [Double](repeating: 0, count: kept.count - 1)
    let result = newton.climb(
      from: first, evaluate(first, kept),
      isDrifting: { separation(near: expand($0, kept)) != nil },
      bound: { bound(expand($0, kept)) },
      reach: { direction in
        predictors(expand(direction, kept)).reduce(0) { Swift.max($0, $1.magnitude) }
      },
      evaluate: { evaluate($0, kept) })
    switch result.outcome {
    case .converged: break
    case .drifting:
      let direction = separation(near: expand(newton.direction, kept)) ?? []
      let parts = direction.indices.filter { direction[$0] != 0 }.map { names[$0] }
      throw SurvivalError(
        .notEstimable,
        "\(parts.joined(separator: ", ")) separate\(parts.count == 1 ? "s" : "") the rows with the "
          + "outcome from those without, so that a coefficient is infinite and some probabilities "
          + "are 0 or 1; leave the covariate out, join its levels, or restrict the rows")
    case .failed(let reason):
      throw SurvivalError(
        .notConverged,
        "the logistic regression did not converge: \(reason); look for covariates with extreme "
          + "values")
    }
    guard let cholesky = Cholesky(result.evaluation.information) else {
      throw SurvivalError(.notConverged, "the information at the estimates is singular")
    }
    return results(
      expand(newton.point, kept), kept, cholesky.inverse(), newton.steps, null: null.logLikelihood)
  }

  private func results(
    _ point: [Double], _ kept: [Int], _ inverse: Matrix, _ steps: [NewtonStep], null: Double
  ) -> LogisticRegression {
    // β = scale · γ, and the intercept is γ₀ less what the centres take.
    var transform = Matrix(rows: kept.count, columns: kept.count)
    for (i, column) in kept.enumerated() {
      transform[i, i] = scales[column]
      if i > 0 { transform[0, i] = -scales[column] * centers[column] }
    }
    var covariance = [[Double]](
      repeating: [Double](repeating: 0, count: kept.count), count: kept.count)
    let rows = kept.indices.map { i in kept.indices.map { transform[i, $0] } }
    let images = rows.map { inverse.multiplied(by: $0) }
    for i in kept.indices {
      for j in 0...i {
        let value = zip(rows[i], images[j]).reduce(0) { $0 + $1.0 * $1.1 }
        covariance[i][j] = value
        covariance[j][i] = value
      }
    }
    let scaled = kept.map { point[$0] }
    let estimates = rows.map { row in zip(row, scaled).reduce(0) { $0 + $1.0 * $1.1 } }
    let final = evaluate(scaled, kept)
    return LogisticRegression(
      coefficients: names.indices.map { column in
        let place = kept.firstIndex(of: column)
        return LogisticRegression.Coefficient(
          name: names[column], estimate: place.map { estimates[$0] },
          standardError: place.map { Swift.max(0, covariance[$0][$0]).squareRoot() })
      },
      covariance: covariance,
      probabilities: predictors(point).map(Self.probability), logLikelihood: final.logLikelihood,
      nullLogLikelihood: null, iterations: steps)
  }
}
