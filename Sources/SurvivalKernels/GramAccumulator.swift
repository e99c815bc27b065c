// SPDX-License-Identifier: Apache-2.0

internal import CSurvivalKernels

/// A difference of sums of weighted outer products, Σ w x xᵀ − Σ u uᵀ, both kept.
package final class GramAccumulator: @unchecked Sendable {
  /// The length of a row.
  package let width: Int
  private let added: ScratchColumn<Double>
  private let subtracted: ScratchColumn<Double>
  /// The running weighted sum of rows in ``subtractRunning(of:weights:groups:_:_:)``.
  package let runningSum: ScratchColumn<Double>

  /// Room to work in, which accumulators can share that are not used at the same time.
  package final class Room: @unchecked Sendable {
    fileprivate let scratch: ScratchColumn<Double>
    fileprivate let vectors: ScratchColumn<Double>
    fileprivate let special: ScratchColumn<Double>
    /// How many of ``vectors`` wait to be subtracted.
    fileprivate var filled = 0

    /// Room for rows of a length.
    package init(width: Int) {
      scratch = ScratchColumn(uninitialized: survival_gram_scratch(width))
      vectors = ScratchColumn(repeating: 0, count: survival_vector_scratch(width))
      special = RowMatrix.sum(width: width)
    }

    /// Forgets what waits.
    package func reset() { filled = 0 }
  }

  /// An empty sum.
  package init(width: Int) {
    self.width = width
    added = ScratchColumn(repeating: 0, count: survival_gram_size(width))
    subtracted = ScratchColumn(repeating: 0, count: survival_gram_size(width))
    runningSum = RowMatrix.sum(width: width)
  }

  /// Forgets everything.
  package func reset() {
    added.base.update(repeating: 0, count: added.count)
    subtracted.base.update(repeating: 0, count: subtracted.count)
    runningSum.base.update(repeating: 0, count: runningSum.count)
  }

  /// Adds Σ weights[i] · rows[i] rows[i]ᵀ over a range of rows.
  /// - Complexity: O(*rows* · *p*²).
  func add(
    _ range: Range<Int>, of rows: RowMatrix, weights: ScratchColumn<Double>, _ room: Room
  ) {
    guard !range.isEmpty, width > 0 else { return }
    precondition(range.upperBound <= rows.rows && weights.holds(range))
    rows.storage.withUnsafeBufferPointer { storage in
      guard let base = storage.baseAddress else { return }
      survival_gram_add(
        base + range.lowerBound * width, weights.base + range.lowerBound, range.count, width,
        added.base, room.scratch.base)
    }
  }

  /// Factors of each of some groups of rows: u = first (sum − share · special), v = second · special.
  struct Factors {
    let first, share, second: ScratchColumn<Double>
  }

  /// Subtracts u uᵀ + v vᵀ after each slot of a range at which somebody dies, whose sum is `special`.
  ///
  /// The weighted sum of the rows runs on in ``runningSum``. Some vectors wait until ``finish(_:)``.
  /// - Complexity: O((*rows* + *slots* · *p*) · *p*).
  func subtractRunning(
    of rows: RowMatrix, weights: ScratchColumn<Double>, slots range: Range<Int>,
    _ slots: RiskSetBlocks.Slots, _ factors: Factors, _ room: Room
  ) {
    guard !range.isEmpty, width > 0 else { return }
    let k = range.lowerBound
    rows.storage.withUnsafeBufferPointer { storage in
      guard let base = storage.baseAddress else { return }
      room.filled = survival_gram_add_running(
        base, width, weights.base, slots.start + k, slots.eventEnd + k, slots.leaving,
        slots.leavingStart(k), slots.reset + k, factors.first.base + k, factors.share.base + k,
        factors.second.base + k, range.count, runningSum.base, room.special.base,
        room.vectors.base, room.filled, subtracted.base, room.scratch.base)
    }
  }

  /// Subtracts what still waits.
  func finish(_ room: Room) {
    survival_gram_add(
      room.vectors.base, nil, room.filled, width, subtracted.base, room.scratch.base)
    room.filled = 0
  }

  /// Adds the difference to the lower triangle of a matrix kept row by row in full rows, and the
  /// diagonal of what was subtracted to a vector.
  func add(to lower: inout [Double], subtractedDiagonal: inout [Double]) {
    precondition(lower.count == width * width && subtractedDiagonal.count == width)
    for j in 0..<width {
      for l in 0...j {
        lower[j * width + l] +=
          survival_gram_element(added.base, width, l, j)
          - survival_gram_element(subtracted.base, width, l, j)
      }
      subtractedDiagonal[j] += survival_gram_element(subtracted.base, width, j, j)
    }
  }
}

extension RowMatrix {
  /// Room for a sum of rows of a width, and what is written beyond its end.
  static func sum(width: Int) -> ScratchColumn<Double> {
    ScratchColumn(repeating: 0, count: width + Int(survival_beyond))
  }

  /// A vector as ``products(_:with:plus:into:)`` wants it.
  static func factors(_ vector: [Double]) -> [Double] {
    vector + [Double](repeating: 0, count: Int(survival_beyond))
  }

  /// result[i] = offset[i] + rows[i] · vector over a range of rows, for ``factors(_:)``.
  package func products(
    _ range: Range<Int>, with vector: [Double], plus offset: [Double],
    into result: ScratchColumn<Double>
  ) {
    guard !range.isEmpty else { return }
    precondition(
      vector.count == columns + Int(survival_beyond) && offset.count == rows && result.holds(range))
    storage.withUnsafeBufferPointer { storage in
      vector.withUnsafeBufferPointer { vector in
        offset.withUnsafeBufferPointer { offset in
          guard let base = storage.baseAddress, let factors = vector.baseAddress,
            let constants = offset.baseAddress
          else { return }
          guard vector.contains(where: { $0 != 0 }) else {
            let first = range.lowerBound
            (result.base + first).update(from: constants + first, count: range.count)
            return
          }
          survival_row_products(
            base + range.lowerBound * columns, range.count, columns, factors,
            constants + range.lowerBound, result.base + range.lowerBound)
        }
      }
    }
  }

  /// sum += Σ weights[i] · rows[i] over a range of rows.
  package func addWeighted(
    _ range: Range<Int>, weights: ScratchColumn<Double>, to sum: ScratchColumn<Double>
  ) {
    guard !range.isEmpty, columns > 0 else { return }
    precondition(weights.holds(range) && sum.count == columns + Int(survival_beyond))
    storage.withUnsafeBufferPointer { storage in
      guard let base = storage.baseAddress else { return }
      survival_add_weighted_rows(
        base + range.lowerBound * columns, range.count, columns,
        weights.base + range.lowerBound, sum.base)
    }
  }

  /// sum += factor · weights[row] · rows[row] for one row.
  package func addWeighted(
    row: Int, _ factor: Double, to sum: ScratchColumn<Double>
  ) {
    storage.withUnsafeBufferPointer { storage in
      for j in 0..<columns { sum.base[j] += factor * storage[row * columns + j] }
    }
  }
}

/// Columns of exponentials.
package enum Exponentials {
  /// result[i] = weight[i] · exp(value[i] − reference) over a range, to about one unit in the last
  /// place on every machine; `gained` gains Σ eventWeight[i] · (value[i] − reference).
  /// - Returns: Whether all exponents lie between −limit and limit.
  package static func weighted(
    _ range: Range<Int>, of value: ScratchColumn<Double>, weights: [Double],
    eventWeights: [Double], reference: Double, limit: Double, into result: ScratchColumn<Double>,
    adding gained: inout Double
  ) -> Bool {
    guard !range.isEmpty else { return true }
    precondition(
      range.upperBound <= weights.count && range.upperBound <= eventWeights.count
        && result.holds(range) && value.holds(range))
    let first = range.lowerBound
    return weights.withUnsafeBufferPointer { weights in
      eventWeights.withUnsafeBufferPointer { events in
        guard let weights = weights.baseAddress, let events = events.baseAddress else {
          return true
        }
        return survival_weighted_exponentials(
          value.base + first, weights + first, events + first, reference, limit, range.count,
          result.base + first, &gained) != 0
      }
    }
  }
}

extension ScratchColumn where Element == Double {
  /// The sum over a range.
  func sum(_ range: Range<Int>) -> Double {
    precondition(holds(range))
    return survival_sum(base + range.lowerBound, range.count)
  }
}
