// SPDX-License-Identifier: Apache-2.0

/// The search for the place where a monotone function crosses a level.
enum MonotoneSearch {
  /// The smallest number of a range from which on a condition holds.
  ///
  /// The range is halved by the positions of its doubles, not by their values: positive doubles have
  /// the order of their bit patterns, so 63 halvings find the place to the last digit, be it 1e-300 or
  /// 1e300, and nothing has to be known of the function's shape.
  /// - Parameters:
  ///   - range: The range, of numbers that are not negative.
  ///   - condition: A condition that, once it holds, holds for all larger numbers.
  /// - Returns: The smallest number for which it holds; the upper bound when it holds for none.
  /// - Complexity: 63 evaluations of the condition.
  static func first(
    in range: ClosedRange<Double>, where condition: (Double) -> Bool
  ) -> Double {
    var low = range.lowerBound.bitPattern
    var high = range.upperBound.bitPattern
    while low < high {
      let middle = low + (high - low) / 2
      if condition(Double(bitPattern: middle)) { high = middle } else { low = middle + 1 }
    }
    return Double(bitPattern: low)
  }
}
