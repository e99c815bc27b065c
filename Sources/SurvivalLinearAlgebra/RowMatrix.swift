// SPDX-License-Identifier: Apache-2.0

/// A matrix stored row by row, for work that goes through rows in order.
package struct RowMatrix: Sendable, Hashable {
  /// The number of rows.
  package let rows: Int
  /// The number of columns.
  package let columns: Int
  /// The elements, row by row.
  package let storage: [Double]

  /// Gathers rows of columns, each shifted and scaled: element (i, j) is
  /// (columns[j][order[i]] − shifts[j]) · scales[j].
  /// - Complexity: O(*rows* · *columns*).
  package init(gathering columns: [[Double]], order: [Int32], shifts: [Double], scales: [Double]) {
    let (rows, width) = (order.count, columns.count)
    self.rows = rows
    self.columns = width
    storage = [Double](unsafeUninitializedCapacity: rows * width) { buffer, count in
      guard let target = buffer.baseAddress else { return }
      for (j, column) in columns.enumerated() {
        let (shift, scale) = (shifts[j], scales[j])
        column.withUnsafeBufferPointer { source in
          for i in 0..<rows { target[i * width + j] = (source[Int(order[i])] - shift) * scale }
        }
      }
      count = rows * width
    }
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
