// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// The partial likelihood of the Cox model: value, gradient and information at any coefficients.
///
///     ℓ(β) = Σ over event times [ Σ dying w η − Σₖ (W/d) log φₖ ],   η = offset + xᵀβ
///
/// with φₖ as in ``TieMethod``. Cox (1972), doi:10.1111/j.2517-6161.1972.tb00899.x.
///
/// Means and scatters of the risk sets are updated, never subtracted, and every risk set has its own
/// scale, so that linear predictors a thousand apart, covariates that drift with time and weights
/// from 1e-8 to 1e8 keep their digits.
public struct CoxPartialLikelihood: Sendable {
  /// The names of the coefficients.
  public let names: [String]
  /// How tied events are treated.
  public internal(set) var ties: TieMethod
  /// The total weight of the events.
  public var eventWeight: Double { eventWeights.total }
  /// The number of events, weights not counted.
  public var eventCount: Int { eventWeights.count }

  let data: SurvivalData
  let table: RiskTable
  let times: EventTimes
  /// Covariates in the order of the table, centred and scaled.
  let rows: RowMatrix
  /// The weighted mean of each column, and one over its mean absolute deviation, over the rows that
  /// are at risk at some event time: others have no say.
  let centers: [Double]
  let scales: [Double]
  /// The largest magnitude in each column of ``rows``.
  let extents: [Double]
  /// Offsets and weights in the order of the table.
  ///
  /// The mean of its stratum is taken from an offset: it cancels in the likelihood, and what is left
  /// keeps its digits.
  let offsets: [Double]
  let weights: [Double]
  /// The weights of the rows with the event, in the order of the table.
  let eventWeights: EventWeights
  /// The mean offset of each stratum, which ``offsets`` and hazards are without.
  let offsetMeans: [Double]

  /// What the likelihood says at one point.
  public struct Evaluation: Hashable, Sendable {
    /// The log partial likelihood.
    public let logLikelihood: Double
    /// Its gradient, the score.
    public let gradient: [Double]
    /// The observed information, minus the second derivatives, row by row.
    public let information: [[Double]]
  }

  /// Prepares the likelihood of columns.
  /// - Parameters:
  ///   - data: The follow-up of *n* rows.
  ///   - design: *p* covariates of the same rows.
  ///   - strata: The stratum of every row; one stratum when `nil`.
  ///   - offset: A known part of the linear predictor; 0 when `nil`.
  ///   - ties: How tied events are treated.
  /// - Throws: ``SurvivalError`` when lengths differ, an offset is not finite, or nobody has the event.
  /// - Complexity: O(*n* log *n* + *n* *p*).
  public init(
    _ data: SurvivalData, design: DesignMatrix, strata: Grouping? = nil, offset: [Double]? = nil,
    ties: TieMethod = .efron
  ) throws(SurvivalError) {
    try self.init(
      data, design: design, strata: strata, offset: offset, ties: ties,
      threads: CoxEvaluator.suitableThreads(rows: data.count, columns: design.names.count))
  }

  init(
    _ data: SurvivalData, design: DesignMatrix, strata: Grouping?, offset: [Double]?,
    ties: TieMethod, threads: Int
  ) throws(SurvivalError) {
    for (name, length) in [
      ("the design", design.rowCount), ("strata", strata?.count ?? data.count),
      ("offset", offset?.count ?? data.count),
    ] where length != data.count {
      throw SurvivalError(
        .mismatchedLengths, "the data have \(data.count) rows but \(name) has \(length)")
    }
    let badOffsets = (offset ?? []).enumerated().filter { !$0.element.isFinite }
    guard badOffsets.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(badOffsets.count) offset(s) are not finite numbers",
        problems: badOffsets.map {
          SurvivalError.RowProblem(
            index: $0.offset, column: "offset", found: "\($0.element)", allowed: "a finite number")
        })
    }
    table = RiskTable(data, strata: strata, threads: threads)
    guard !table.order.isEmpty else {
      throw SurvivalError(.noRows, "there are no rows with a weight above 0 to fit a model to")
    }
    times = EventTimes(table, entries: data.entries)
    guard !times.slots.isEmpty else {
      throw SurvivalError(
        .noEvents, "none of the \(table.order.count) rows has the event; a Cox model needs events")
    }
    guard !(ties.isExact && data.weightKind == .probability) else {
      throw SurvivalError(
        .invalidArgument,
        "the exact rules for ties count subsets of rows, which probability weights "
          + "have no meaning for; use efron or breslow")
    }
    self.data = data
    self.ties = ties
    names = design.names
    let order = table.order
    let allWeights = data.weights?.values
    weights =
      allWeights.map { all in order.map { all[Int($0)] } }
      ?? [Double](repeating: 1, count: order.count)
    eventWeights = EventWeights(order, events: data.events, weights: weights)
    // Rows that are never at risk at an event time count for nothing.
    var counting = allWeights ?? [Double](repeating: 1, count: data.count)
    for position in order.indices
    where times.covers[position].isEmpty && !data.events[Int(order[position])] {
      counting[Int(order[position])] = 0
    }
    (offsets, offsetMeans) = Self.centered(offset, table, weights: counting)
    (centers, scales, extents) = Self.standardization(
      of: design.columns, weights: counting, threads: threads)
    rows = RowMatrix(
      gathering: design.columns, order: order, shifts: centers, scales: scales, threads: threads)
  }

  /// The tree of a stratum; `nil` when no row enters late.
  ///
  /// Built when it is asked for: the scan that needs it costs more, and a fit in blocks needs none.
  func tree(of stratum: Int) -> RiskTree? {
    guard times.hasLateEntries else { return nil }
    let slots = table.strata[stratum]
    return RiskTree(
      positions: table.slotStart[slots.lowerBound]..<table.slotStart[slots.upperBound],
      covers: times.covers, events: times.strata[stratum])
  }

  /// Offsets in the order of the table, less the weighted mean of their stratum, and those means.
  private static func centered(
    _ offset: [Double]?, _ table: RiskTable, weights: [Double]
  ) -> (offsets: [Double], means: [Double]) {
    var means = [Double](repeating: 0, count: table.strata.count)
    guard let offset else { return ([Double](repeating: 0, count: table.order.count), means) }
    var result = table.order.map { offset[Int($0)] }
    for (stratum, slots) in table.strata.enumerated() where !slots.isEmpty {
      let positions = table.slotStart[slots.lowerBound]..<table.slotStart[slots.upperBound]
      let total = positions.reduce(0) { $0 + weights[Int(table.order[$1])] }
      guard total > 0 else { continue }
      let mean = positions.reduce(0) {
        $0 + weights[Int(table.order[$1])] / total * result[$1]
      }
      for position in positions { result[position] -= mean }
      means[stratum] = mean
    }
    return (result, means)
  }

  /// The weighted mean of each column, one over its mean absolute deviation (1 for a constant), and
  /// the largest magnitude that is left.
  ///
  /// In the order of the data; rows of weight 0 count for nothing. A first value is taken off before
  /// the mean, so that a large constant costs no digits.
  private static func standardization(
    of columns: [[Double]], weights: [Double], threads: Int
  ) -> (centers: [Double], scales: [Double], extents: [Double]) {
    let total = weights.reduce(0, +)
    let firstRow = weights.firstIndex { $0 > 0 } ?? 0
    let centers = ScratchColumn<Double>(repeating: 0, count: columns.count)
    let scales = ScratchColumn<Double>(repeating: 1, count: columns.count)
    let extents = ScratchColumn<Double>(repeating: 0, count: columns.count)
    Parallel.forEachPart(columns.count, threads: threads) { index in
      let column = columns[index]
      let first = column[firstRow]
      let sum = RowMatrix.weightedSums(of: column, weights: weights, shift: first).sum
      let center = first + sum / total
      let sums = RowMatrix.weightedSums(of: column, weights: weights, shift: center)
      let spread = sums.spread / total
      centers[index] = center
      if spread > 0, (1 / spread).isFinite { scales[index] = 1 / spread }
      extents[index] = sums.largest * scales[index]
    }
    func array(_ column: ScratchColumn<Double>) -> [Double] { columns.indices.map { column[$0] } }
    return (array(centers), array(scales), array(extents))
  }

  /// Value, gradient and information at given coefficients.
  /// - Parameter coefficients: One for each column of the design, in the units of the design.
  /// - Returns: The log likelihood and its first two derivatives.
  /// - Throws: ``SurvivalError`` when the number of coefficients is wrong, or a linear predictor
  ///   leaves the range of numbers.
  /// - Complexity: O(*n* *p*²); with delayed entry O(*n* *p*² log *m*) for *m* event times.
  public func evaluate(at coefficients: [Double]) throws(SurvivalError) -> Evaluation {
    guard coefficients.count == names.count else {
      throw SurvivalError(
        .invalidArgument, "\(coefficients.count) coefficients for \(names.count) columns")
    }
    // The constant that centring takes from every linear predictor cancels in the likelihood.
    let point = zip(coefficients, scales).map { $0 / $1 }
    let result = scan(at: point, wants: .information)
    guard result.logLikelihood.isFinite else {
      throw SurvivalError(.overflow, "the linear predictor leaves the range of numbers")
    }
    let p = names.count
    return Evaluation(
      logLikelihood: result.logLikelihood,
      gradient: (0..<p).map { result.gradient[$0] / scales[$0] },
      information: (0..<p).map { j in
        (0..<p).map { result.information[j, $0] / (scales[j] * scales[$0]) }
      })
  }

  /// The linear predictor of every row in the order of the table, at scaled coefficients.
  func linearPredictors(at point: [Double]) -> [Double] {
    rows.multiplied(by: point, plus: offsets)
  }

  /// Whether a row, by its position in the table, is at risk at some event time: others say nothing.
  func isEverAtRisk(_ position: Int) -> Bool {
    !times.covers[position].isEmpty || data.events[Int(table.order[position])]
  }

  /// The change of every row's linear predictor along a scaled direction.
  ///
  /// The range is that of the rows that are ever at risk.
  func predictors(along direction: [Double]) -> (values: [Double], range: Double) {
    let zeros = [Double](repeating: 0, count: table.order.count)
    let values = rows.multiplied(by: direction, plus: zeros)
    var (smallest, largest) = (Double.infinity, -Double.infinity)
    for (position, value) in values.enumerated() where isEverAtRisk(position) {
      smallest = Swift.min(smallest, value)
      largest = Swift.max(largest, value)
    }
    return (values, largest - smallest)
  }
}
