// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// The weighted partial likelihood of the subdistribution hazard, evaluated without expanding rows.
///
/// The risk set of an event time holds those at risk and those who have had a competing event, the
/// latter with weights G(t−)/G(Tᵢ−). Such a weight is a factor of the time and a factor of the row:
///
///     S(t) = Σ at risk r x + Σ groups G(t−) · [ Σ competing before t  (r/G(T−)) x ]
///
/// The first sum grows with a backward scan, the second with a forward one, so an evaluation is
/// O(*n* *p*²): Fine & Gray (1999), doi:10.1080/01621459.1999.10474144.
struct FineGrayLikelihood: Sendable {
  let names: [String]
  let ties: TieMethod
  /// The rows with the cause of interest as the only event.
  let data: SurvivalData
  let table: RiskTable
  let censoring: CensoringDistribution
  /// Covariates in the order of the table, centred by stratum and scaled, row by row.
  let rows: [Double]
  /// The weighted mean of each column, over all rows and for each stratum.
  let means: [Double]
  let centers: [[Double]]
  let scales: [Double]
  /// The largest magnitude in each column of ``rows``.
  let extents: [Double]
  /// The offsets less the mean of their stratum, and those means.
  let offsets: [Double]
  let offsetMeans: [Double]
  let weights: [Double]
  /// For each position, 1/(G H)(T−) if the row ended with a competing event; 0 otherwise.
  let competing: [Double]
  /// The slots of the table that hold events, by stratum, ascending in time.
  let slots: [Int]
  let strata: [Range<Int>]
  /// G H just before each event time, for each group of the censoring distribution.
  let factors: [[Double]]
  /// For each position: the first event time after its entry, and the first after its exit.
  let firstEvent: [Int]
  let pastEvent: [Int]
  /// For each position: its stratum, and its own event time, −1 without an event of the cause.
  let stratumOf: [Int]
  let ownEvent: [Int]
  let eventWeight: Double
  let eventCount: Int

  var dimension: Int { names.count }

  init(
    _ data: SurvivalData, cause: Int, causes: EventCauses, design: DesignMatrix,
    strata: Grouping?, censoringGroups: Grouping?, offset: [Double]?, ties: TieMethod
  ) throws(SurvivalError) {
    names = design.names
    self.ties = ties
    self.data = data.replacing(events: causes.codes.map { $0 == cause })
    let table = RiskTable(self.data, strata: strata)
    self.table = table
    guard table.hasEvents else {
      throw SurvivalError(
        .noEvents, "no row has an event of cause \(causes.levels[cause]), which the model is of")
    }
    // The censoring distribution is that of the rows that count, and of events of any cause.
    censoring = CensoringDistribution(data, groups: censoringGroups ?? strata)
    let order = table.order.map(Int.init)
    let allWeights = data.weights?.values
    let weights = order.map { allWeights?[$0] ?? 1 }
    self.weights = weights
    let p = design.names.count
    // Of every stratum the means are taken off: they cancel in the likelihood, and what is left of a
    // covariate that lies far apart in the strata keeps its digits.
    let parts = table.strata.map { range in
      range.isEmpty ? 0..<0 : table.slotStart[range.lowerBound]..<table.slotStart[range.upperBound]
    }
    func mean(_ values: [Double], over positions: Range<Int>) -> Double {
      guard let first = positions.first.map({ values[order[$0]] }) else { return 0 }
      var (sum, total) = (0.0, 0.0)
      for position in positions {
        sum += weights[position] * (values[order[position]] - first)
        total += weights[position]
      }
      return first + sum / total
    }
    let total = weights.reduce(0, +)
    var (means, scales, extents) = ([Double](), [Double](), [Double]())
    var centers = [[Double]](repeating: [], count: parts.count)
    var rows = [Double](repeating: 0, count: order.count * p)
    for (j, column) in design.columns.enumerated() {
      means.append(mean(column, over: order.indices))
      var spread = 0.0
      for (stratum, positions) in parts.enumerated() {
        let center = mean(column, over: positions)
        centers[stratum].append(center)
        for position in positions {
          let value = column[order[position]] - center
          rows[position * p + j] = value
          spread += weights[position] * abs(value)
        }
      }
      spread /= total
      let scale = spread > 0 && (1 / spread).isFinite ? 1 / spread : 1
      var largest = 0.0
      for position in order.indices {
        rows[position * p + j] *= scale
        largest = Swift.max(largest, abs(rows[position * p + j]))
      }
      scales.append(scale)
      extents.append(largest)
    }
    (self.rows, self.means, self.centers) = (rows, means, centers)
    (self.scales, self.extents) = (scales, extents)
    var offsets = [Double](repeating: 0, count: order.count)
    offsetMeans = parts.map { positions in
      guard let offset else { return 0 }
      let center = mean(offset, over: positions)
      for position in positions { offsets[position] = offset[order[position]] - center }
      return center
    }
    self.offsets = offsets
    var competing = [Double](repeating: 0, count: order.count)
    var problems = [SurvivalError.RowProblem]()
    for (position, row) in order.enumerated() {
      guard let code = causes.codes[row], code != cause else { continue }
      let before = censoring.probability(
        before: data.times[row], group: censoring.codes[row])
      if before > 0, (1 / before).isFinite {
        competing[position] = 1 / before
      } else {
        problems.append(
          SurvivalError.RowProblem(
            index: row, column: "time", found: "\(data.times[row]) with a competing event",
            allowed: "a time before which somebody could stay uncensored"))
      }
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .notEstimable,
        "\(problems.count) competing event(s) happen when the estimated probability of being under "
          + "observation is 0, so their rows have no weight", problems: problems)
    }
    self.competing = competing

    var (slots, ranges) = ([Int](), [Range<Int>]())
    var firstEvent = [Int](repeating: 0, count: order.count)
    var (pastEvent, stratumOf, ownEvent) = (firstEvent, firstEvent, firstEvent)
    for (stratum, range) in table.strata.enumerated() {
      let first = slots.count
      for slot in range.reversed() where table.eventEnd[slot] > table.slotStart[slot] {
        slots.append(slot)
      }
      ranges.append(first..<slots.count)
      let times = slots[first...].map { table.slotTimes[$0] }
      for slot in range {
        let past = (times.lastPosition(atOrBefore: table.slotTimes[slot]) ?? -1) + 1 + first
        for position in table.slotStart[slot]..<table.slotStart[slot + 1] {
          pastEvent[position] = past
          stratumOf[position] = stratum
          ownEvent[position] = position < table.eventEnd[slot] ? past - 1 : -1
          firstEvent[position] = first
          if let entry = self.data.entries?[order[position]], entry > -.infinity {
            firstEvent[position] = (times.lastPosition(atOrBefore: entry) ?? -1) + 1 + first
          }
        }
      }
    }
    (self.slots, self.strata) = (slots, ranges)
    (self.firstEvent, self.pastEvent) = (firstEvent, pastEvent)
    (self.stratumOf, self.ownEvent) = (stratumOf, ownEvent)
    let censoring = censoring
    factors = (0..<censoring.groupCount).map { group in
      ranges.flatMap { range in
        censoring.probabilities(before: slots[range].map { table.slotTimes[$0] }, group: group)
      }
    }
    var (weight, count) = (0.0, 0)
    for slot in slots {
      for position in table.eventPositions(slot) { weight += weights[position] }
      count += table.eventPositions(slot).count
    }
    (eventWeight, eventCount) = (weight, count)
  }

  /// The linear predictor of every row in the order of the table, at scaled coefficients.
  func linearPredictors(at point: [Double]) -> [Double] {
    let p = dimension
    var result = offsets
    for position in result.indices {
      var sum = result[position]
      for j in 0..<p { sum += rows[position * p + j] * point[j] }
      result[position] = sum
    }
    return result
  }

  /// The group of the censoring distribution of a position.
  @inline(__always)
  func group(_ position: Int) -> Int { censoring.codes[Int(table.order[position])] }
}
