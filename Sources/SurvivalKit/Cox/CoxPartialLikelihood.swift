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
  public let ties: TieMethod
  /// The total weight of the events.
  public let eventWeight: Double
  /// The number of events, weights not counted.
  public let eventCount: Int

  let data: SurvivalData
  let table: RiskTable
  let times: EventTimes
  /// The trees of the strata; empty when no row enters late.
  let trees: [RiskTree]
  /// Covariates in the order of the table, centred and scaled.
  let rows: RowMatrix
  /// The weighted mean of each column, and one over its mean absolute deviation.
  let centers: [Double]
  let scales: [Double]
  /// Offsets and weights in the order of the table.
  let offsets: [Double]
  let weights: [Double]

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
    table = RiskTable(data, strata: strata)
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
    weights = order.map { allWeights?[Int($0)] ?? 1 }
    offsets = order.map { offset?[Int($0)] ?? 0 }
    let total = weights.reduce(0, +)
    (centers, scales) = Self.standardization(
      of: design.columns, weights: allWeights, total: total, threads: threads)
    rows = RowMatrix(
      gathering: design.columns, order: order, shifts: centers, scales: scales, threads: threads)
    var (eventWeight, eventCount) = (0.0, 0)
    for slot in times.slots {
      for position in table.eventPositions(slot) { eventWeight += weights[position] }
      eventCount += table.eventPositions(slot).count
    }
    self.eventWeight = eventWeight
    self.eventCount = eventCount
    trees =
      times.hasLateEntries
      ? zip(table.strata, times.strata).map { [table, times] slots, events in
        RiskTree(
          positions: table.slotStart[slots.lowerBound]..<table.slotStart[slots.upperBound],
          covers: times.covers, events: events)
      } : []
  }

  /// The weighted mean of each column, and one over its mean absolute deviation (1 for a constant).
  ///
  /// In the order of the data; rows of weight 0 count for nothing. A first value is taken off before
  /// the mean, so that a large constant costs no digits.
  private static func standardization(
    of columns: [[Double]], weights: [Double]?, total: Double, threads: Int
  ) -> (centers: [Double], scales: [Double]) {
    let centers = ScratchColumn<Double>(repeating: 0, count: columns.count)
    let scales = ScratchColumn<Double>(repeating: 1, count: columns.count)
    Parallel.forEachPart(columns.count, threads: threads) { index in
      let column = columns[index]
      let first = column[0]
      let sum = RowMatrix.weightedSums(of: column, weights: weights, shift: first).sum
      let center = first + sum / total
      let spread =
        RowMatrix.weightedSums(of: column, weights: weights, shift: center).spread / total
      centers[index] = center
      if spread > 0, (1 / spread).isFinite { scales[index] = 1 / spread }
    }
    return (columns.indices.map { centers[$0] }, columns.indices.map { scales[$0] })
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
}
