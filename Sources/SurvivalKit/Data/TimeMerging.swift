// SPDX-License-Identifier: Apache-2.0

/// Whether times that differ only by the rounding of arithmetic count as the same time.
///
/// Ages and durations that were computed, say as days / 365.25, can differ in the last digits though
/// they are equal on paper, and a curve would then step twice. The rule of R (≥ 2.40) merges them.
public enum TimeMerging: Hashable, Sendable, Codable {
  /// Distinct times whose difference, or whose difference divided by the mean of |time|, is at most
  /// `tolerance` are one time, the smallest of them. Chains merge as a whole, as in R's `aeqSurv`.
  case relative(tolerance: Double)
  /// Times are equal only when all their bits say so.
  case exact

  /// R's rule: a tolerance of √ε = 2⁻²⁶ ≈ 1.49e-8.
  public static let standard = TimeMerging.relative(tolerance: 0x1p-26)
}

/// What the merging of near-ties has done to the data.
public struct MergedTimes: Hashable, Sendable, Codable {
  /// How many neighbouring pairs of distinct times became one.
  public let count: Int
  /// The largest difference between two times that were merged; 0 when none was.
  public let largestGap: Double

  /// No time was merged.
  static let none = MergedTimes(count: 0, largestGap: 0)
}

extension TimeMerging {
  /// Replaces near-ties in columns of times by the smallest time of their chain.
  ///
  /// The distinct finite times of all columns together decide, as in R.
  /// - Complexity: O(*n*) for whole numbers, O(*n* log *n*) otherwise.
  func apply(times: inout [Double], entries: inout [Double]?) -> MergedTimes {
    guard case .relative(let tolerance) = self, tolerance > 0 else { return .none }
    if Self.isWholeNumbered(times, entries, below: 0.5 / tolerance) { return .none }
    var values = times.filter(\.isFinite)
    if let entries { values += entries.filter(\.isFinite) }
    values = SortedOrder.sorted(values)
    // Distinct values, smallest first.
    var distinct = [Double]()
    for value in values where distinct.last != value { distinct.append(value) }
    guard distinct.count > 1 else { return .none }
    let meanMagnitude = distinct.reduce(0) { $0 + abs($1) / Double(distinct.count) }
    let limit = Swift.max(tolerance, tolerance * meanMagnitude)
    // The smallest time of each chain, for every time that is not itself the smallest.
    var smallest = [Double: Double]()
    var largestGap = 0.0
    var first = distinct[0]
    for index in 1..<distinct.count {
      let gap = distinct[index] - distinct[index - 1]
      if gap <= limit {
        smallest[distinct[index]] = first
        largestGap = Swift.max(largestGap, gap)
      } else {
        first = distinct[index]
      }
    }
    guard !smallest.isEmpty else { return .none }
    for row in times.indices { times[row] = smallest[times[row]] ?? times[row] }
    entries = entries?.map { smallest[$0] ?? $0 }
    return MergedTimes(count: smallest.count, largestGap: largestGap)
  }

  /// Whether all finite times are whole numbers so small that no two can be near-ties.
  private static func isWholeNumbered(
    _ times: [Double], _ entries: [Double]?, below bound: Double
  ) -> Bool {
    func isWhole(_ values: [Double]) -> Bool {
      for value in values where value.isFinite {
        if value.rounded() != value || abs(value) >= bound { return false }
      }
      return true
    }
    return isWhole(times) && (entries.map(isWhole) ?? true)
  }
}
