// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

extension CoxPartialLikelihood {
  /// How much of an evaluation is wanted.
  enum Wanted {
    case value, information
    /// The information, and what residuals and baseline hazards are made of.
    case record
  }

  /// An evaluation in the scaled coordinates of the rows.
  struct ScaledEvaluation {
    var logLikelihood = 0.0
    var gradient: [Double]
    var information: Matrix
    var record: HazardRecord?
  }

  /// Evaluates the likelihood at scaled coefficients.
  ///
  /// Without late entries one backward scan over each stratum, in which the risk set only grows; with
  /// them a walk through the tree of the stratum.
  func scan(at point: [Double], wants: Wanted) -> ScaledEvaluation {
    let p = names.count
    let predictors = linearPredictors(at: point)
    var sums = CoxSums(
      likelihood: self, predictors: predictors, keepsScatter: wants != .value,
      record: wants == .record ? HazardRecord(events: times.slots.count, dimension: p) : nil)
    for stratum in table.strata.indices {
      if trees.isEmpty {
        sums.scanBackward(table.strata[stratum], events: times.strata[stratum])
      } else if !times.strata[stratum].isEmpty {
        sums.walk(trees[stratum], events: times.strata[stratum])
      }
    }
    return ScaledEvaluation(
      logLikelihood: sums.logLikelihood, gradient: sums.gradient,
      information: SymmetricSum.matrix(
        wants == .value ? [Double](repeating: 0, count: p * p) : sums.information, order: p),
      record: sums.record)
  }
}

/// What each event time leaves behind for residuals and baseline hazards.
///
/// Hazards are in units of exp(−reference): at event time *j* a row with linear predictor η lives
/// through exp(η − references[j]) · hazard[j].
struct HazardRecord: Sendable {
  let dimension: Int
  var references: [Double]
  /// The hazard for a bystander, and for one of the dying.
  var hazard: [Double]
  var ownHazard: [Double]
  /// Σ hazard · mean of the risk set: for a bystander, and for one of the dying.
  var hazardMean: [Double]
  var ownHazardMean: [Double]
  /// The mean of the risk set, averaged over the tied events.
  var mean: [Double]
  /// Σ (W/d) / φₖ² in units of exp(−2 reference).
  var hazardVariance: [Double]

  init(events: Int, dimension: Int) {
    self.dimension = dimension
    references = [Double](repeating: 0, count: events)
    hazard = references
    ownHazard = references
    hazardVariance = references
    hazardMean = [Double](repeating: 0, count: events * dimension)
    ownHazardMean = hazardMean
    mean = hazardMean
  }
}

/// The running state of a scan: the moments of a risk set on its own scale, and the totals.
///
/// Each set of moments belongs to a reference: weights in it are w·exp(η − reference). The reference
/// rises when a row far above it is added, and never falls while rows stay, so no weight overflows
/// and those that vanish do not matter to the sum they are in.
struct CoxSums {
  private struct RiskSet {
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
  }

  private let likelihood: CoxPartialLikelihood
  private let predictors: [Double]
  private let countsReplicates: Bool
  private var dying: RiskSet
  private var difference: [Double]
  private let keepsScatter: Bool

  private(set) var logLikelihood = 0.0
  private(set) var gradient: [Double]
  private(set) var information: [Double]
  private(set) var record: HazardRecord?

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
    gradient = difference
    information = [Double](repeating: 0, count: keepsScatter ? p * p : 0)
  }

  private func emptySet() -> RiskSet {
    RiskSet(moments: WeightedMoments(dimension: gradient.count, keepsScatter: keepsScatter))
  }

  @inline(__always)
  private func add(_ position: Int, to set: inout RiskSet) {
    let predictor = predictors[position]
    set.raise(to: predictor)
    set.moments.add(
      position, of: likelihood.rows,
      weight: likelihood.weights[position] * Double.exp(predictor - set.reference))
  }

  /// One backward scan over the slots of a stratum; the risk set only grows.
  mutating func scanBackward(_ slots: Range<Int>, events: Range<Int>) {
    let table = likelihood.table
    var set = emptySet()
    var event = events.upperBound
    for slot in slots {
      for position in table.censoredPositions(slot) { add(position, to: &set) }
      let deaths = table.eventPositions(slot)
      if !deaths.isEmpty {
        event -= 1
        process(event, deaths, bystanders: &set)
        set.raise(to: dying.reference)
        set.moments.merge(dying.moments, factor: Double.exp(dying.reference - set.reference))
      }
    }
  }

  /// A walk through the tree of a stratum: the bystanders of an event time lie on the path to its
  /// leaf.
  mutating func walk(_ tree: RiskTree, events: Range<Int>) {
    var depth = 1
    while 1 << (depth - 1) < tree.leafCount { depth += 1 }
    var path = [RiskSet](repeating: emptySet(), count: depth)
    visit(1, level: 0, tree, events, &path)
  }

  private mutating func visit(
    _ node: Int, level: Int, _ tree: RiskTree, _ events: Range<Int>, _ path: inout [RiskSet]
  ) {
    // The first leaf below the node: nothing to do when it lies beyond the last event time.
    var leaf = node
    while leaf < tree.leafCount { leaf *= 2 }
    guard leaf - tree.leafCount < events.count else { return }
    if level > 0 { path[level] = path[level - 1] }
    for index in tree.starts[node]..<tree.starts[node + 1] {
      add(Int(tree.rows[index]), to: &path[level])
    }
    if node >= tree.leafCount {
      let event = events.lowerBound + node - tree.leafCount
      let deaths = likelihood.table.eventPositions(likelihood.times.slots[event])
      process(event, deaths, bystanders: &path[level])
    } else {
      visit(2 * node, level: level + 1, tree, events, &path)
      visit(2 * node + 1, level: level + 1, tree, events, &path)
    }
  }

  /// Adds the terms of one event time.
  private mutating func process(
    _ event: Int, _ deaths: Range<Int>, bystanders set: inout RiskSet
  ) {
    let p = gradient.count
    dying.moments.reset()
    var weight = 0.0
    for position in deaths {
      add(position, to: &dying)
      weight += likelihood.weights[position]
      logLikelihood += likelihood.weights[position] * predictors[position]
    }
    // One scale for both sets: the bystanders', raised if the dying need it.
    set.raise(to: dying.reference)
    let factor = Double.exp(dying.reference - set.reference)
    dying.moments.scale(by: factor)
    dying.reference = set.reference
    let alone = set.moments.total == 0
    let sums = TieSums(
      likelihood.ties, events: countsReplicates ? weight : Double(deaths.count), weight: weight,
      dying: dying.moments.total, bystanders: set.moments.total)
    logLikelihood -= sums.logDenominator + weight * set.reference
    let ownMean = dying.moments.mean
    let otherMean = alone ? ownMean : set.moments.mean
    for j in 0..<p { difference[j] = ownMean[j] - otherMean[j] }
    for position in deaths {
      let row = likelihood.rows.row(position)
      let w = likelihood.weights[position]
      for j in 0..<p { gradient[j] += w * (row[row.startIndex + j] - otherMean[j]) }
    }
    for j in 0..<p { gradient[j] -= sums.shift * difference[j] }
    if keepsScatter {
      if !alone { SymmetricSum.add(set.moments.scatter, sums.hazard, order: p, to: &information) }
      SymmetricSum.add(dying.moments.scatter, sums.ownHazard, order: p, to: &information)
      SymmetricSum.addOuter(difference, sums.between, to: &information)
    }
    if record != nil { note(event, sums, weight: weight, otherMean: otherMean, set.reference) }
  }

  private mutating func note(
    _ event: Int, _ sums: TieSums, weight: Double, otherMean: [Double], _ reference: Double
  ) {
    let p = gradient.count
    record?.references[event] = reference
    record?.hazard[event] = sums.hazard
    record?.ownHazard[event] = sums.ownHazard
    record?.hazardVariance[event] = sums.hazardVariance
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
