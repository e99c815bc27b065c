// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// The martingale and score residuals of a fit, in O(*n* *p*).
///
///     mᵢ = δᵢ − exp(ηᵢ) ∫ dΛ,   zᵢ = δᵢ (xᵢ − x̄(tᵢ)) − exp(ηᵢ) ∫ (xᵢ − x̄) dΛ
///
/// over the times at which row *i* is at risk, with the hazard and the means of the fit's rule for
/// ties: one of *d* tied deaths lives through the share cₖ of each of the *d* parts of the hazard.
/// Therneau, Grambsch & Fleming (1990), doi:10.1093/biomet/77.1.147.
struct ScoreResiduals {
  /// One for each row, in the order of the risk table.
  private(set) var martingale: [Double]
  /// *p* for each row, row by row, in scaled coordinates.
  private(set) var score: [Double]

  /// Residuals at the coefficients of a record.
  /// - Complexity: O(*n* *p*); with delayed entry O(*n* *p* log *m*).
  init(_ likelihood: CoxPartialLikelihood, predictors: [Double], record: HazardRecord) {
    let p = likelihood.names.count
    let table = likelihood.table
    martingale = [Double](repeating: 0, count: table.order.count)
    score = [Double](repeating: 0, count: table.order.count * p)
    let width = p + 1
    var lived = [Double](repeating: 0, count: width)
    for (stratum, events) in likelihood.times.strata.enumerated() {
      let slots = table.strata[stratum]
      guard !slots.isEmpty else { continue }
      let integrals = HazardIntegrals(
        record, events: events, tree: likelihood.tree(of: stratum))
      var event = events.upperBound
      for slot in slots {
        let deaths = table.eventPositions(slot)
        if !deaths.isEmpty { event -= 1 }
        for position in table.slotStart[slot]..<table.slotStart[slot + 1] {
          for j in 0..<width { lived[j] = 0 }
          let cover = likelihood.times.covers[position]
          integrals.add(
            Int(cover.lowerBound)..<Int(cover.upperBound), predictor: predictors[position],
            to: &lived)
          let isDeath = position < table.eventEnd[slot]
          if isDeath {
            let risk = Double.exp(predictors[position] - record.references[event])
            lived[0] += risk * record.ownHazard[event]
            for j in 0..<p { lived[j + 1] += risk * record.ownHazardMean[event * p + j] }
          }
          martingale[position] = (isDeath ? 1 : 0) - lived[0]
          let row = likelihood.rows.row(position)
          for j in 0..<p {
            let x = row[row.startIndex + j]
            var value = lived[j + 1] - x * lived[0]
            if isDeath { value += x - record.mean[event * p + j] }
            score[position * p + j] = value
          }
        }
      }
    }
  }
}

/// Integrals of the hazard, and of the hazard times the mean of the risk set, over runs of event times.
///
/// Without late entries a run begins at the first event time and a cumulative sum serves; its scale
/// follows the references, which fall with time, so nothing overflows. With late entries the sums are
/// kept at the nodes of the tree, and a run is the sum of a few of them: no differences of sums.
private struct HazardIntegrals {
  private let width: Int
  private let first: Int
  private let tree: RiskTree?
  /// For each event time or node: the scale, and `width` sums.
  private var references: [Double]
  private var sums: [Double]

  init(_ record: HazardRecord, events: Range<Int>, tree: RiskTree?) {
    let p = record.dimension
    width = p + 1
    first = events.lowerBound
    self.tree = tree
    let count = tree.map { 2 * $0.leafCount } ?? events.count
    references = [Double](repeating: .infinity, count: count)
    sums = [Double](repeating: 0, count: count * width)
    let leaves = tree?.leafCount ?? 0
    for event in events {
      let index = leaves + event - first
      references[index] = record.references[event]
      sums[index * width] = record.hazard[event]
      for j in 0..<p { sums[index * width + j + 1] = record.hazardMean[event * p + j] }
    }
    if tree == nil {
      for index in 1..<Swift.max(1, events.count) { include(index - 1, in: index) }
    } else {
      for node in stride(from: leaves - 1, through: 1, by: -1) {
        let reference = Swift.min(references[2 * node], references[2 * node + 1])
        references[node] = reference
        include(2 * node, in: node)
        include(2 * node + 1, in: node)
      }
    }
  }

  /// Adds the sums at one place to those at another, whose reference is no larger.
  private mutating func include(_ source: Int, in target: Int) {
    guard references[source] < .infinity else { return }
    let factor = Double.exp(references[target] - references[source])
    for j in 0..<width { sums[target * width + j] += factor * sums[source * width + j] }
  }

  /// Adds what a row lives through over a run of event times.
  func add(_ run: Range<Int>, predictor: Double, to lived: inout [Double]) {
    guard !run.isEmpty else { return }
    func add(_ index: Int) {
      let risk = Double.exp(predictor - references[index])
      for j in 0..<width { lived[j] += risk * sums[index * width + j] }
    }
    if let tree {
      RiskTree.forEachNode(
        (run.lowerBound - first)..<(run.upperBound - first), leafCount: tree.leafCount, add)
    } else {
      add(run.upperBound - 1 - first)
    }
  }
}
