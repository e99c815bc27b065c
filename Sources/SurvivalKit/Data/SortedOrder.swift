// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels

/// Stable sorting of times in linear time: radix sort by a key whose unsigned order is the order of the
/// `Double`s.
enum SortedOrder {
  /// A key whose unsigned order is the numeric order of `value`; −0 and 0 are equal.
  @inline(__always)
  static func key(_ value: Double) -> UInt64 {
    let bits = (value + 0.0).bitPattern
    return bits >> 63 == 1 ? ~bits : bits | 0x8000_0000_0000_0000
  }

  /// Rows reordered so that their keys ascend; rows with equal keys keep their order.
  /// - Complexity: O(*n*).
  static func ascending(_ rows: [Int32], by key: (Int32) -> UInt64) -> [Int32] {
    var keys = rows.map(key)
    var order = rows
    RadixSort.sort(&keys, with: &order)
    return order
  }

  /// The values in ascending order.
  static func sorted(_ values: [Double]) -> [Double] {
    let order = ascending((0..<Int32(values.count)).map { $0 }) { key(values[Int($0)]) }
    return order.map { values[Int($0)] }
  }
}
