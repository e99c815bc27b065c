// SPDX-License-Identifier: Apache-2.0

/// A dense matrix of numbers, stored column after column.
///
/// Either dimension may be 0. Reading single elements checks both indices; a loop that costs time
/// should run over ``columnMajor`` or ``column(_:)``.
package struct Matrix: Sendable, Hashable {
  /// The number of rows.
  package let rows: Int
  /// The number of columns.
  package let columns: Int
  /// The elements, all of the first column before the second.
  ///
  /// Element (*i*, *j*) is at *i* + *j* · ``rows``.
  package internal(set) var columnMajor: [Double]

  /// Creates a matrix of zeros.
  ///
  /// - Parameters:
  ///   - rows: The number of rows, at most 2³¹ − 1.
  ///   - columns: The number of columns, at most 2³¹ − 1.
  package init(rows: Int, columns: Int) {
    BackendInteger.check(rows, "rows")
    BackendInteger.check(columns, "columns")
    self.rows = rows
    self.columns = columns
    self.columnMajor = [Double](repeating: 0, count: rows * columns)
  }

  /// Creates a matrix from its elements.
  ///
  /// - Parameters:
  ///   - rows: The number of rows, at most 2³¹ − 1.
  ///   - columns: The number of columns, at most 2³¹ − 1.
  ///   - columnMajor: The elements, all of the first column before the second.
  package init(rows: Int, columns: Int, columnMajor: [Double]) {
    BackendInteger.check(rows, "rows")
    BackendInteger.check(columns, "columns")
    precondition(
      columnMajor.count == rows * columns,
      "\(columnMajor.count) elements cannot fill \(rows) rows and \(columns) columns")
    self.rows = rows
    self.columns = columns
    self.columnMajor = columnMajor
  }

  /// Whether there are as many rows as columns.
  package var isSquare: Bool { rows == columns }

  /// The element in a row and column, both counted from 0.
  package subscript(row: Int, column: Int) -> Double {
    get { columnMajor[offset(row, column)] }
    set { columnMajor[offset(row, column)] = newValue }
  }

  private func offset(_ row: Int, _ column: Int) -> Int {
    precondition(
      row >= 0 && row < rows && column >= 0 && column < columns,
      "no element [\(row), \(column)] in a matrix of \(rows) rows and \(columns) columns")
    return row + column * rows
  }

  /// The elements of one column, without copying them.
  ///
  /// - Parameter column: The position of the column, from 0.
  /// - Returns: A slice whose indices begin at *column* · ``rows``.
  package func column(_ column: Int) -> ArraySlice<Double> {
    precondition(column >= 0 && column < columns, "no column \(column) among \(columns)")
    return columnMajor[column * rows..<(column + 1) * rows]
  }

  /// The elements row by row, for display and for export.
  ///
  /// - Complexity: O(*rows* · *columns*).
  package var rowArrays: [[Double]] {
    (0..<rows).map { row in (0..<columns).map { columnMajor[row + $0 * rows] } }
  }

  /// The elements with equal row and column.
  ///
  /// - Complexity: O(*n*), where *n* is the smaller dimension.
  package var diagonal: [Double] {
    (0..<min(rows, columns)).map { columnMajor[$0 + $0 * rows] }
  }

  /// The matrix made of chosen rows and columns, in the order given.
  ///
  /// - Parameters:
  ///   - chosenRows: The rows to take. One may occur more than once.
  ///   - chosenColumns: The columns to take. One may occur more than once.
  /// - Returns: The matrix of the elements where those meet.
  /// - Complexity: O(*r* · *c*), where *r* and *c* are the numbers of rows and columns chosen.
  package func submatrix(rows chosenRows: [Int], columns chosenColumns: [Int]) -> Matrix {
    var elements: [Double] = []
    elements.reserveCapacity(chosenRows.count * chosenColumns.count)
    for column in chosenColumns {
      for row in chosenRows { elements.append(self[row, column]) }
    }
    return Matrix(rows: chosenRows.count, columns: chosenColumns.count, columnMajor: elements)
  }

  /// Makes the matrix symmetric by copying what is below the diagonal to above it.
  ///
  /// For sums of products, of which only one triangle needs to be accumulated.
  ///
  /// - Complexity: O(*n*²), where *n* is the order.
  package mutating func reflectLowerTriangle() {
    precondition(isSquare, "a matrix of \(rows) rows and \(columns) columns is not square")
    for column in 0..<columns {
      for row in column..<rows {
        columnMajor[column + row * rows] = columnMajor[row + column * rows]
      }
    }
  }
}
