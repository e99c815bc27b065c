// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The gradient of the Cox partial likelihood with Efron's ties, by the textbook sums: what a fit is
/// checked with, written without the library.
public struct EfronScore: Sendable {
  private let rows: SeededRows
  private let isLate, isStratified: Bool
  private let byEnd, byStart: [Int]

  /// Sorts the rows.
  /// - Parameters:
  ///   - rows: The study.
  ///   - isLate: Whether rows enter at their starts.
  ///   - isStratified: Whether the codes are strata.
  public init(_ rows: SeededRows, isLate: Bool = false, isStratified: Bool = false) {
    self.rows = rows
    self.isLate = isLate
    self.isStratified = isStratified
    func descending(_ column: [Double]) -> [Int] {
      rows.times.indices.sorted {
        isStratified && rows.codes[$0] != rows.codes[$1]
          ? rows.codes[$0] < rows.codes[$1] : column[$0] > column[$1]
      }
    }
    byEnd = descending(rows.times)
    byStart = isLate ? descending(rows.starts) : []
  }

  private struct Sums {
    var risk = 0.0
    var products: [Double]

    mutating func add(_ row: Int, of rows: SeededRows, _ risk: Double) {
      self.risk += risk
      for j in products.indices { products[j] += risk * rows.covariates[j][row] }
    }
  }

  /// The largest component of the gradient, per event.
  /// - Parameter coefficients: One for each covariate.
  /// - Returns: A number that is 0, but for rounding, at the maximum of the likelihood.
  public func largestComponent(at coefficients: [Double]) -> Double {
    let p = coefficients.count
    var risks = [Double](repeating: 0, count: rows.count)
    for j in 0..<p {
      for row in risks.indices { risks[row] += coefficients[j] * rows.covariates[j][row] }
    }
    for row in risks.indices { risks[row] = exp(risks[row]) }
    func stratum(_ row: Int) -> Int { isStratified ? rows.codes[row] : 0 }
    var gradient = [Double](repeating: 0, count: p)
    var (next, nextStart, eventCount) = (0, 0, 0)
    var set = Sums(products: gradient)
    var current = -1
    while next < byEnd.count {
      let time = rows.times[byEnd[next]]
      if stratum(byEnd[next]) != current {
        current = stratum(byEnd[next])
        set = Sums(products: [Double](repeating: 0, count: p))
        while isLate, nextStart < byStart.count, stratum(byStart[nextStart]) < current {
          nextStart += 1
        }
      }
      var deaths = Sums(products: [Double](repeating: 0, count: p))
      var count = 0
      while next < byEnd.count, rows.times[byEnd[next]] == time, stratum(byEnd[next]) == current {
        let row = byEnd[next]
        set.add(row, of: rows, risks[row])
        if rows.events[row] {
          deaths.add(row, of: rows, risks[row])
          for j in 0..<p { gradient[j] += rows.covariates[j][row] }
          count += 1
        }
        next += 1
      }
      while isLate, nextStart < byStart.count, stratum(byStart[nextStart]) == current,
        rows.starts[byStart[nextStart]] >= time
      {
        set.add(byStart[nextStart], of: rows, -risks[byStart[nextStart]])
        nextStart += 1
      }
      for k in 0..<count {
        let share = Double(k) / Double(count)
        let risk = set.risk - share * deaths.risk
        for j in 0..<p { gradient[j] -= (set.products[j] - share * deaths.products[j]) / risk }
      }
      eventCount += count
    }
    return (gradient.map(abs).max() ?? 0) / Double(max(1, eventCount))
  }
}
