// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// The running state of a scan: the moments of a risk set on its own scale, and the totals.
///
/// Each set of moments belongs to a reference: weights in it are w·exp(η − reference). The reference
/// rises when a row far above it is added, and never falls while rows stay, so no weight overflows
/// and those that vanish do not matter to the sum they are in.
struct CoxSums: RiskSetWalker {
  struct RiskSet {
    var moments: WeightedMoments
    var reference = 0.0

    /// Makes sure that a linear predictor can be added without overflow.
    mutating func raise(to predictor: Double) {
      if moments.total == 0 {
        reference = predictor
      } else if predictor > reference + 20 {
        moments.scale(by: Double.exp(reference - predictor))
        reference = predictor
      }
    }

    /// Adds another set, with its weights multiplied by a factor.
    mutating func merge(_ other: RiskSet, factor: Double) {
      guard other.moments.total > 0, factor > 0 else { return }
      raise(to: other.reference)
      moments.merge(other.moments, factor: factor * Double.exp(other.reference - reference))
    }
  }

  private let likelihood: CoxPartialLikelihood
  private let predictors: [Double]
  private let countsReplicates: Bool
  private var dying: RiskSet
  private var difference: [Double]
  /// What one event time adds to the gradient.
  private var step: [Double]
  private let keepsScatter: Bool

  private(set) var logLikelihood = 0.0
  private(set) var gradient: [Double]
  private(set) var information: [Double]
  private(set) var record: HazardRecord?

  /// A function of time at each event time, whose powers weight further sums; empty for none.
  var function: [Double] = [] {
    didSet {
      timeGradient = [Double](repeating: 0, count: gradient.count)
      crossInformation = [Double](repeating: 0, count: information.count)
      timeInformation = crossInformation
    }
  }
  private(set) var timeGradient: [Double] = []
  private(set) var crossInformation: [Double] = []
  private(set) var timeInformation: [Double] = []

  init(
    likelihood: CoxPartialLikelihood, predictors: [Double], keepsScatter: Bool,
    record: HazardRecord?
  ) {
    let p = likelihood.names.count
    self.likelihood = likelihood
    self.predictors = predictors
    self.keepsScatter = keepsScatter
    self.record = record
    countsReplicates = likelihood.data.weightKind == .frequency
    dying = RiskSet(moments: WeightedMoments(dimension: p, keepsScatter: keepsScatter))
    difference = [Double](repeating: 0, count: p)
    step = difference
    gradient = difference
    information = [Double](repeating: 0, count: keepsScatter ? p * p : 0)
  }

  func nobody() -> RiskSet {
    RiskSet(moments: WeightedMoments(dimension: gradient.count, keepsScatter: keepsScatter))
  }

  @inline(__always)
  func add(_ position: Int, to set: inout RiskSet) { add(position, to: &set, multiple: 1) }

  /// Adds a row whose weight is multiplied by a factor.
  @inline(__always)
  func add(_ position: Int, to set: inout RiskSet, multiple: Double) {
    let predictor = predictors[position]
    set.raise(to: predictor)
    set.moments.add(
      position, of: likelihood.rows,
      weight: multiple * likelihood.weights[position] * Double.exp(predictor - set.reference))
  }

  func addDeaths(_ deaths: Range<Int>, to set: inout RiskSet) {
    set.merge(dying, factor: 1)
  }

  /// Adds the terms of one event time.
  mutating func visit(
    _ event: Int, stratum: Int, deaths: Range<Int>, bystanders set: inout RiskSet
  ) {
    let p = gradient.count
    dying.moments.reset()
    var weight = 0.0
    for position in deaths {
      add(position, to: &dying)
      weight += likelihood.weights[position]
    }
    // One scale for both sets: the bystanders', raised if the dying need it.
    set.raise(to: dying.reference)
    let factor = Double.exp(dying.reference - set.reference)
    dying.moments.scale(by: factor)
    dying.reference = set.reference
    let alone = set.moments.total == 0
    let sums = TieSums(
      isEfron: likelihood.ties == .efron, events: countsReplicates ? weight : Double(deaths.count),
      weight: weight,
      dying: dying.moments.total, bystanders: set.moments.total)
    let ownMean = dying.moments.mean
    let otherMean = alone ? ownMean : set.moments.mean
    for j in 0..<p { difference[j] = ownMean[j] - otherMean[j] }
    if likelihood.ties.isExact, deaths.count > 1 || weight > 1 {
      addExact(event, stratum, deaths, bystanders: set)
    } else {
      // Differences from the reference, since predictors themselves may be large.
      logLikelihood -= sums.logDenominator
      for position in deaths {
        logLikelihood += likelihood.weights[position] * (predictors[position] - set.reference)
      }
      for j in 0..<p { step[j] = -sums.shift * difference[j] }
      for position in deaths {
        let row = likelihood.rows.row(position)
        let w = likelihood.weights[position]
        for j in 0..<p { step[j] += w * (row[row.startIndex + j] - otherMean[j]) }
      }
      for j in 0..<p { gradient[j] += step[j] }
      if keepsScatter {
        Self.addInformation(
          &information, 1, bystanders: set.moments, dying: dying.moments, difference, sums)
      }
    }
    if !function.isEmpty {
      let g = function[event]
      Self.addInformation(
        &crossInformation, g, bystanders: set.moments, dying: dying.moments, difference, sums)
      Self.addInformation(
        &timeInformation, g * g, bystanders: set.moments, dying: dying.moments, difference, sums)
      for j in 0..<p { timeGradient[j] += g * step[j] }
    }
    if record != nil { note(event, sums, weight: weight, otherMean: otherMean, set.reference) }
  }

  /// Adds the terms of one event time with several events under an exact rule.
  private mutating func addExact(
    _ event: Int, _ stratum: Int, _ deaths: Range<Int>, bystanders set: RiskSet
  ) {
    func repeated(_ positions: [Int]) -> [Int] {
      guard countsReplicates else { return positions }
      return positions.flatMap { Array(repeating: $0, count: Int(likelihood.weights[$0])) }
    }
    let p = gradient.count
    let dead = repeated(Array(deaths))
    if likelihood.ties == .exact {
      let table = likelihood.table
      let first = table.slotStart[table.strata[stratum].lowerBound]
      let last = table.slotStart[likelihood.times.slots[event] + 1]
      let others = (first..<last).filter {
        likelihood.times.covers[$0].contains(Int32(event))
      }
      let exact = ExactDiscreteTies(
        rows: dead + repeated(others), of: likelihood.rows, predictors: predictors,
        drawing: dead.count, wantsVariance: keepsScatter)
      logLikelihood -= exact.logSum
      for position in dead {
        logLikelihood += predictors[position]
        let row = likelihood.rows.row(position)
        for j in 0..<p { gradient[j] += row[row.startIndex + j] }
      }
      for j in 0..<p { gradient[j] -= exact.mean[j] }
      if keepsScatter { SymmetricSum.add(exact.variance, 1, order: p, to: &information) }
      return
    }
    // With nobody else at risk every order has the dying leave first: nothing is learnt.
    guard set.moments.total > 0 else { return }
    let logTotal = set.reference + Double.log(set.moments.total)
    let exact = ExactMarginalTies(logRatios: dead.map { predictors[$0] - logTotal })
    logLikelihood += exact.logLikelihood
    let distances = dead.map { position in
      zip(likelihood.rows.row(position), set.moments.mean).map { $0 - $1 }
    }
    for (slope, distance) in zip(exact.slopes, distances) {
      for j in 0..<p { gradient[j] += slope * distance[j] }
    }
    guard keepsScatter else { return }
    for (i, one) in distances.enumerated() {
      // Σ curvature · distance, first over the other index: d·p² in all.
      var sum = [Double](repeating: 0, count: p)
      for (k, other) in distances.enumerated() {
        let factor = exact.curvature[i * dead.count + k]
        for j in 0..<p { sum[j] += factor * other[j] }
      }
      for j in 0..<p {
        for l in 0...j { information[j * p + l] += one[j] * sum[l] }
      }
    }
    SymmetricSum.add(
      set.moments.scatter, exact.slopes.reduce(0, +) / set.moments.total, order: p,
      to: &information)
  }

  /// Adds a multiple of the variance of a risk set, summed over the tied events.
  private static func addInformation(
    _ total: inout [Double], _ factor: Double, bystanders: WeightedMoments, dying: WeightedMoments,
    _ difference: [Double], _ sums: TieSums
  ) {
    let p = difference.count
    if bystanders.total > 0 {
      SymmetricSum.add(bystanders.scatter, factor * sums.hazard, order: p, to: &total)
    }
    SymmetricSum.add(dying.scatter, factor * sums.ownHazard, order: p, to: &total)
    SymmetricSum.addOuter(difference, factor * sums.between, to: &total)
  }

  private mutating func note(
    _ event: Int, _ sums: TieSums, weight: Double, otherMean: [Double], _ reference: Double
  ) {
    let p = gradient.count
    record?.references[event] = reference
    record?.hazard[event] = sums.hazard
    record?.ownHazard[event] = sums.ownHazard
    record?.hazardVariance[event] = sums.hazardVariance
    record?.ownVariance[event] = sums.hazardVariance * (1 - sums.meanShare)
    record?.eventHazard[event] = sums.hazard / weight
    for j in 0..<p {
      // Σ hₖ meanₖ with meanₖ = otherMean + (cₖ D₀ / φₖ) difference.
      record?.mean[event * p + j] = otherMean[j] + sums.shift / weight * difference[j]
      record?.hazardMean[event * p + j] =
        sums.hazard * otherMean[j] + sums.hazardShift * difference[j]
      record?.ownHazardMean[event * p + j] =
        sums.ownHazard * otherMean[j] + sums.ownHazardShift * difference[j]
    }
  }
}
