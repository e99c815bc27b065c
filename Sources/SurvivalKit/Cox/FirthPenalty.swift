// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// Moments of a weighted set of rows up to the third order, the third contracted with a matrix Q.
///
///     total = Σ w,   mean,   scatter M = Σ w u uᵀ,   third T = Σ w (uᵀQu) u,   u = x − mean
///
/// Moved from its mean by s, a set has T − s tr(QM) − 2 M Q s − total (sᵀQs) s. Rows are added and
/// sets merged by that alone, so that nothing is the difference of sums about a far origin.
private struct ContractedMoments {
  private(set) var moments: WeightedMoments
  /// tr(QM).
  private(set) var trace = 0.0
  private(set) var third: [Double]

  init(dimension: Int) {
    moments = WeightedMoments(dimension: dimension, keepsScatter: true)
    third = [Double](repeating: 0, count: dimension)
  }

  mutating func reset() {
    moments.reset()
    trace = 0
    for index in third.indices { third[index] = 0 }
  }

  mutating func scale(by factor: Double) {
    moments.scale(by: factor)
    trace *= factor
    for index in third.indices { third[index] *= factor }
  }

  /// M Q s for a vector of which Q s is given.
  func scatter(times product: [Double]) -> [Double] {
    let p = product.count
    var result = [Double](repeating: 0, count: p)
    for i in 0..<p {
      for j in 0..<i {
        let element = moments.scatter[i * p + j]
        result[i] += element * product[j]
        result[j] += element * product[i]
      }
      result[i] += moments.scatter[i * p + i] * product[i]
    }
    return result
  }

  /// Adds one row, given as a set without scatter.
  mutating func add(_ row: Int, of rows: RowMatrix, weight: Double, _ contraction: Contraction) {
    guard weight > 0 else { return }
    let values = rows.row(row)
    let distance = zip(values, moments.mean).map { $0 - $1 }
    let product = contraction.applied(to: distance)
    let square = Contraction.inner(distance, product)
    join(
      total: weight, distance, product, square, otherTrace: 0, otherThird: nil, otherScatter: nil)
    moments.add(row, of: rows, weight: weight)
  }

  /// Adds another set, with its weights multiplied by a factor.
  mutating func merge(
    _ other: ContractedMoments, factor: Double, _ contraction: Contraction
  ) {
    let weight = other.moments.total * factor
    guard weight > 0 else { return }
    let distance = zip(other.moments.mean, moments.mean).map { $0 - $1 }
    let product = contraction.applied(to: distance)
    let square = Contraction.inner(distance, product)
    join(
      total: weight, distance, product, square, otherTrace: other.trace * factor,
      otherThird: other.third.map { $0 * factor },
      otherScatter: other.scatter(times: product).map { $0 * factor })
    moments.merge(other.moments, factor: factor)
  }

  /// Third moment and trace of the union with a set at a distance; the other moments follow.
  private mutating func join(
    total weight: Double, _ distance: [Double], _ product: [Double], _ square: Double,
    otherTrace: Double, otherThird: [Double]?, otherScatter: [Double]?
  ) {
    let total = moments.total
    guard total > 0 else {
      trace = otherTrace
      if let otherThird { third = otherThird }
      return
    }
    // The means of this and the other set move by ownShift · distance and −otherShift · distance.
    let ownShift = weight / (total + weight)
    let otherShift = total / (total + weight)
    let own = scatter(times: product)
    // −total·s³ + weight·(1 − s)³, as a product of what is positive and one difference.
    let cubic = total * ownShift * (otherShift - ownShift) * square
    for j in third.indices {
      third[j] += cubic * distance[j] - ownShift * (trace * distance[j] + 2 * own[j])
      if let otherThird { third[j] += otherThird[j] }
      third[j] += otherShift * otherTrace * distance[j]
      if let otherScatter { third[j] += 2 * otherShift * otherScatter[j] }
    }
    trace += otherTrace + total * ownShift * square
  }
}

/// A symmetric matrix Q as a product with vectors.
private struct Contraction {
  let matrix: Matrix

  func applied(to vector: [Double]) -> [Double] { matrix.multiplied(by: vector) }

  static func inner(_ one: [Double], _ other: [Double]) -> Double {
    zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

/// The gradient of Firth's penalty.
///
///     ½ ∂ log |I| / ∂βₗ = ½ tr(I⁻¹ ∂I/∂βₗ) = ½ Σₖ (W/d) Eₖ[ (x − x̄ₖ)ᵀ I⁻¹ (x − x̄ₖ) (xₗ − x̄ₖₗ) ]
///
/// over the tied events k, each with its risk set and mean x̄ₖ: the third central moments of the risk
/// sets, contracted with I⁻¹. They are sums over the bystanders and the dying like the information:
/// with δ the distance of the two means, s the share of the dying, S and cD the two totals,
///
///     φ E[…] = T − s(tr(QM)δ + 2MQδ) + c(T′ + (1−s)(tr(QM′)δ + 2M′Qδ)) + (S cD/φ)(1 − 2s)(δᵀQδ)δ
struct FirthPenalty: RiskSetWalker {
  private let likelihood: CoxPartialLikelihood
  private let predictors: [Double]
  private let contraction: Contraction
  private let countsReplicates: Bool
  private var dying: RiskSet

  /// The gradient of log |I|, in scaled coordinates, 0 for columns that the matrix leaves out.
  private(set) var gradient: [Double]

  struct RiskSet {
    fileprivate var moments: ContractedMoments
    var reference = 0.0

    fileprivate mutating func raise(to predictor: Double) {
      if moments.moments.total == 0 {
        reference = predictor
      } else if predictor > reference + 20 {
        moments.scale(by: Double.exp(reference - predictor))
        reference = predictor
      }
    }
  }

  /// Sums over all event times.
  /// - Parameters:
  ///   - likelihood: The likelihood.
  ///   - point: Coefficients in scaled coordinates.
  ///   - inverse: I⁻¹ there, with zero rows and columns for what is aliased.
  /// - Complexity: O(*n* *p*²), with delayed entry O(*n* *p*² log *m*).
  init(_ likelihood: CoxPartialLikelihood, at point: [Double], inverse: Matrix) {
    self.likelihood = likelihood
    predictors = likelihood.linearPredictors(at: point)
    contraction = Contraction(matrix: inverse)
    countsReplicates = likelihood.data.weightKind == .frequency
    gradient = [Double](repeating: 0, count: likelihood.names.count)
    dying = RiskSet(moments: ContractedMoments(dimension: likelihood.names.count))
    likelihood.walk(&self)
  }

  func nobody() -> RiskSet {
    RiskSet(moments: ContractedMoments(dimension: gradient.count))
  }

  func add(_ position: Int, to set: inout RiskSet) {
    let predictor = predictors[position]
    set.raise(to: predictor)
    set.moments.add(
      position, of: likelihood.rows,
      weight: likelihood.weights[position] * Double.exp(predictor - set.reference), contraction)
  }

  func addDeaths(_ deaths: Range<Int>, to set: inout RiskSet) {
    set.raise(to: dying.reference)
    set.moments.merge(
      dying.moments, factor: Double.exp(dying.reference - set.reference), contraction)
  }

  /// Adds the terms of one event time.
  mutating func visit(
    _ event: Int, stratum: Int, deaths: Range<Int>, bystanders set: inout RiskSet
  ) {
    dying.moments.reset()
    var weight = 0.0
    for position in deaths {
      add(position, to: &dying)
      weight += likelihood.weights[position]
    }
    set.raise(to: dying.reference)
    dying.moments.scale(by: Double.exp(dying.reference - set.reference))
    dying.reference = set.reference
    let (own, other) = (dying.moments, set.moments)
    let (risk, bystanders) = (own.moments.total, other.moments.total)
    guard risk > 0 else { return }
    let count = countsReplicates ? weight : Double(deaths.count)
    let steps = likelihood.ties == .efron && count > 1 ? Int(count) : 1
    let each = weight / Double(steps)
    // The factors of T, of tr(QM)δ + 2MQδ, of both for the dying, and of (δᵀQδ)δ.
    var (third, shifted, ownThird, ownShifted, cubic) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for k in 0..<steps {
      let c = 1 - Double(k) / Double(steps)
      let total = bystanders + c * risk
      let h = each / total
      let share = c * risk / total
      third += h
      shifted += h * share
      ownThird += h * c
      ownShifted += h * c * (bystanders / total)
      cubic += h * bystanders * share * ((bystanders - c * risk) / total)
    }
    for j in gradient.indices { gradient[j] += ownThird * own.third[j] }
    guard bystanders > 0 else { return }
    let distance = zip(own.moments.mean, other.moments.mean).map { $0 - $1 }
    let product = contraction.applied(to: distance)
    let square = Contraction.inner(distance, product)
    let otherScatter = other.scatter(times: product)
    let ownScatter = own.scatter(times: product)
    for j in gradient.indices {
      gradient[j] += third * other.third[j] + cubic * square * distance[j]
      gradient[j] -= shifted * (other.trace * distance[j] + 2 * otherScatter[j])
      gradient[j] += ownShifted * (own.trace * distance[j] + 2 * ownScatter[j])
    }
  }
}
