// SPDX-License-Identifier: Apache-2.0

internal import CSurvivalKernels

/// A sum of weighted outer products of rows, Σ w x xᵀ, with the room that adding to it needs.
package final class GramAccumulator: @unchecked Sendable {
  /// The length of a row.
  package let width: Int
  private let gram: ScratchColumn<Double>
  private let scratch: ScratchColumn<Double>
  private let vectors: ScratchColumn<Double>
  private let special: ScratchColumn<Double>
  /// How many of ``vectors`` wait to be subtracted.
  private var filled = 0
  /// The running weighted sum of rows in ``subtractRunning(of:weights:groups:_:)``.
  package let runningSum: ScratchColumn<Double>
  /// The squares of what was subtracted, summed for each column.
  package let subtractedSquares: ScratchColumn<Double>

  /// An empty sum.
  package init(width: Int) {
    self.width = width
    gram = ScratchColumn(repeating: 0, count: survival_gram_size(width))
    scratch = ScratchColumn(repeating: 0, count: survival_gram_scratch(width))
    vectors = ScratchColumn(repeating: 0, count: survival_vector_scratch(width))
    special = ScratchColumn(repeating: 0, count: width)
    runningSum = ScratchColumn(repeating: 0, count: width)
    subtractedSquares = ScratchColumn(repeating: 0, count: width)
  }

  /// Forgets everything.
  package func reset() {
    gram.base.update(repeating: 0, count: gram.count)
    filled = 0
    for index in 0..<width {
      runningSum[index] = 0
      subtractedSquares[index] = 0
    }
  }

  /// Adds Σ weights[i] · rows[i] rows[i]ᵀ over a range of rows.
  /// - Complexity: O(*rows* · *p*²).
  package func add(_ range: Range<Int>, of rows: RowMatrix, weights: ScratchColumn<Double>) {
    guard !range.isEmpty, width > 0 else { return }
    precondition(range.upperBound <= rows.rows && range.upperBound <= weights.count)
    rows.storage.withUnsafeBufferPointer { storage in
      guard let base = storage.baseAddress else { return }
      survival_gram_add(
        base + range.lowerBound * width, weights.base + range.lowerBound, range.count, width,
        gram.base, scratch.base)
    }
  }

  /// Runs of consecutive rows, with what is to be subtracted after each.
  package struct Groups: Sendable {
    /// Group *k* holds the rows from start[k] up to start[k + 1]; the first `special[k]` of them are
    /// summed on their own as well.
    package let start: ScratchColumn<Int64>
    package let special: ScratchColumn<Int64>
    /// Rows that leave the sum with a group: leaving[leavingStart[k]..<leavingStart[k + 1]].
    package let leaving: ScratchColumn<Int32>?
    package let leavingStart: ScratchColumn<Int64>
    /// Whether the sum begins anew with a group.
    package let reset: ScratchColumn<UInt8>
    /// Factors: u = first (sum − share · special), v = second · special.
    package let first: ScratchColumn<Double>
    package let share: ScratchColumn<Double>
    package let second: ScratchColumn<Double>

    /// Collects the columns.
    package init(
      start: ScratchColumn<Int64>, special: ScratchColumn<Int64>, leaving: ScratchColumn<Int32>?,
      leavingStart: ScratchColumn<Int64>, reset: ScratchColumn<UInt8>,
      first: ScratchColumn<Double>, share: ScratchColumn<Double>, second: ScratchColumn<Double>
    ) {
      self.start = start
      self.special = special
      self.leaving = leaving
      self.leavingStart = leavingStart
      self.reset = reset
      self.first = first
      self.share = share
      self.second = second
    }
  }

  /// Subtracts u uᵀ + v vᵀ after each of a range of groups.
  ///
  /// The weighted sum of the rows runs on in ``runningSum``. Some vectors wait until ``finish()``.
  /// - Complexity: O((*rows* + *groups* · *p*) · *p*).
  package func subtractRunning(
    of rows: RowMatrix, weights: ScratchColumn<Double>, groups range: Range<Int>, _ groups: Groups
  ) {
    guard !range.isEmpty, width > 0 else { return }
    let k = range.lowerBound
    rows.storage.withUnsafeBufferPointer { storage in
      guard let base = storage.baseAddress else { return }
      filled = survival_gram_subtract_running(
        base, width, weights.base, groups.start.base + k, groups.special.base + k,
        groups.leaving?.base, groups.leavingStart.base + k, groups.reset.base + k,
        groups.first.base + k, groups.share.base + k, groups.second.base + k, range.count,
        runningSum.base, special.base, vectors.base, filled, subtractedSquares.base, gram.base,
        scratch.base)
    }
  }

  /// Subtracts what still waits.
  package func finish() {
    survival_gram_subtract(vectors.base, filled, width, gram.base, scratch.base)
    filled = 0
  }

  /// Adds the sum to the lower triangle of a matrix kept row by row in full rows.
  package func add(to lower: inout [Double]) {
    precondition(lower.count == width * width)
    for j in 0..<width {
      for l in 0...j { lower[j * width + l] += survival_gram_element(gram.base, width, l, j) }
    }
  }
}

extension RowMatrix {
  /// result[i] = offset[i] + rows[i] · vector over a range of rows.
  package func products(
    _ range: Range<Int>, with vector: [Double], plus offset: [Double],
    into result: ScratchColumn<Double>
  ) {
    guard !range.isEmpty else { return }
    precondition(
      vector.count == columns && offset.count == rows && range.upperBound <= result.count)
    storage.withUnsafeBufferPointer { storage in
      vector.withUnsafeBufferPointer { vector in
        offset.withUnsafeBufferPointer { offset in
          guard columns > 0, let base = storage.baseAddress, let factors = vector.baseAddress,
            let constants = offset.baseAddress
          else {
            for row in range { result[row] = offset[row] }
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
    precondition(range.upperBound <= weights.count && sum.count == columns)
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
  /// place on every machine.
  /// - Returns: Whether all exponents lie between −limit and limit.
  package static func weighted(
    _ range: Range<Int>, of value: ScratchColumn<Double>, weights: [Double], reference: Double,
    limit: Double, into result: ScratchColumn<Double>
  ) -> Bool {
    guard !range.isEmpty else { return true }
    precondition(range.upperBound <= weights.count && range.upperBound <= result.count)
    return weights.withUnsafeBufferPointer { weights in
      guard let base = weights.baseAddress else { return true }
      return survival_weighted_exponentials(
        value.base + range.lowerBound, base + range.lowerBound, reference, limit, range.count,
        result.base + range.lowerBound) != 0
    }
  }
}
