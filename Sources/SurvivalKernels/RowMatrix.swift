// SPDX-License-Identifier: Apache-2.0

internal import CSurvivalKernels

/// A matrix stored row by row, for work that goes through rows in order.
package struct RowMatrix: Sendable, Hashable {
  /// The number of rows.
  package let rows: Int
  /// The number of columns.
  package let columns: Int
  /// The elements, row by row, and then a few zeros: a vector may be read at the end of the last row.
  package let storage: [Double]

  /// Gathers rows of columns, each shifted and scaled.
  ///
  /// Element (i, j) is (columns[j][order[i]] − shifts[j]) · scales[j]. No row occurs twice in the order.
  /// The columns are read in their own order and each row is written where it belongs: reading them in
  /// the other order would fetch a line of the cache for every number.
  /// - Complexity: O(*rows* · *columns*).
  package init(
    gathering columns: [[Double]], order: [Int32], shifts: [Double], scales: [Double],
    threads: Int = 1
  ) {
    let (rows, width) = (order.count, columns.count)
    self.rows = rows
    self.columns = width
    let source = columns.first?.count ?? 0
    var target = [Int32](repeating: -1, count: source)
    if width > 0 {
      for (position, row) in order.enumerated() { target[Int(row)] = Int32(position) }
    }
    let beyond = Int(survival_beyond)
    storage = [Double](unsafeUninitializedCapacity: rows * width + beyond) { buffer, count in
      buffer.suffix(beyond).initialize(repeating: 0)
      if let base = buffer.baseAddress {
        let output = ScratchColumn(borrowing: base, count: rows * width)
        survival_prefer_large_pages(base, rows * width * MemoryLayout<Double>.stride)
        let step = survival_scatter_columns
        for first in stride(from: 0, to: width, by: step) {
          let some = first..<Swift.min(first + step, width)
          Self.withPointers(to: columns[some]) { pointers in
            Self.scatter(pointers, target, shifts, scales, some, width, output, threads)
          }
        }
      }
      count = rows * width + beyond
    }
  }

  private static func scatter(
    _ pointers: [UnsafePointer<Double>?], _ target: [Int32], _ shifts: [Double],
    _ scales: [Double], _ columns: Range<Int>, _ width: Int, _ output: ScratchColumn<Double>,
    _ threads: Int
  ) {
    nonisolated(unsafe) let pointers = pointers
    let step = 8192
    let parts = (target.count + step - 1) / step
    Parallel.forEachPart(parts, threads: threads) { part in
      let first = part * step
      target.withUnsafeBufferPointer { target in
        shifts.withUnsafeBufferPointer { shifts in
          scales.withUnsafeBufferPointer { scales in
            guard let base = target.baseAddress, let shifts = shifts.baseAddress,
              let scales = scales.baseAddress
            else { return }
            survival_scatter(
              pointers, columns.count, base, first, Swift.min(step, target.count - first),
              shifts + columns.lowerBound, scales + columns.lowerBound, width,
              output.base + columns.lowerBound)
          }
        }
      }
    }
  }

  /// Calls a body with the addresses of several columns.
  private static func withPointers(
    to columns: ArraySlice<[Double]>, _ found: [UnsafePointer<Double>?] = [],
    _ body: ([UnsafePointer<Double>?]) -> Void
  ) {
    guard let first = columns.first else { return body(found) }
    first.withUnsafeBufferPointer {
      withPointers(to: columns.dropFirst(), found + [$0.baseAddress], body)
    }
  }

  /// Sums over a column: Σ weight · (value − shift), Σ weight · |value − shift|, and the largest
  /// |value − shift| whatever its weight.
  package static func weightedSums(
    of values: [Double], weights: [Double], shift: Double
  ) -> (sum: Double, spread: Double, largest: Double) {
    precondition(weights.count == values.count)
    var (sum, spread, largest) = (0.0, 0.0, 0.0)
    values.withUnsafeBufferPointer { values in
      weights.withUnsafeBufferPointer { weights in
        guard let base = values.baseAddress, let weights = weights.baseAddress else { return }
        survival_weighted_sums(base, weights, values.count, shift, &sum, &spread, &largest)
      }
    }
    return (sum, spread, largest)
  }

  /// The product with a vector, plus a vector: `self · vector + offset`.
  /// - Complexity: O(*rows* · *columns*).
  package func multiplied(by vector: [Double], plus offset: [Double]) -> [Double] {
    precondition(vector.count == columns && offset.count == rows, "shapes of a product differ")
    let width = columns
    return [Double](unsafeUninitializedCapacity: rows) { result, count in
      storage.withUnsafeBufferPointer { elements in
        vector.withUnsafeBufferPointer { factors in
          for i in 0..<rows {
            var sum = offset[i]
            for j in 0..<width { sum += elements[i * width + j] * factors[j] }
            result[i] = sum
          }
        }
      }
      count = rows
    }
  }

  /// One row.
  package func row(_ row: Int) -> ArraySlice<Double> {
    storage[(row * columns)..<((row + 1) * columns)]
  }
}
