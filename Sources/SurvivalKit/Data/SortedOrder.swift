// SPDX-License-Identifier: Apache-2.0

/// Stable sorting of times in linear time.
///
/// Radix sort by bytes of a key whose unsigned order is the order of the `Double`s. Passes in which
/// all keys agree are skipped, so times in whole days cost two or three passes.
enum SortedOrder {
  /// A key whose unsigned order is the numeric order of `value`; −0 and 0 are equal.
  @inline(__always)
  static func key(_ value: Double) -> UInt64 {
    let bits = (value + 0.0).bitPattern
    return bits >> 63 == 1 ? ~bits : bits | 0x8000_0000_0000_0000
  }

  /// Rows reordered so that their keys ascend; rows with equal keys keep their order.
  /// - Complexity: O(*n*), at most eight passes.
  static func ascending(_ rows: [Int32], by key: (Int32) -> UInt64) -> [Int32] {
    let count = rows.count
    guard count > 1 else { return rows }
    var keys = rows.map(key)
    var order = rows
    var agree = keys[0]
    var differ: UInt64 = 0
    for value in keys {
      differ |= value ^ agree
      agree = value
    }
    var otherKeys = [UInt64](repeating: 0, count: count)
    var otherOrder = [Int32](repeating: 0, count: count)
    for shift in stride(from: UInt64(0), to: 64, by: 8) where (differ >> shift) & 0xFF != 0 {
      var starts = [Int](repeating: 0, count: 257)
      for value in keys { starts[Int((value >> shift) & 0xFF) + 1] += 1 }
      for digit in 1..<257 { starts[digit] += starts[digit - 1] }
      for index in 0..<count {
        let digit = Int((keys[index] >> shift) & 0xFF)
        let target = starts[digit]
        starts[digit] = target + 1
        otherKeys[target] = keys[index]
        otherOrder[target] = order[index]
      }
      swap(&keys, &otherKeys)
      swap(&order, &otherOrder)
    }
    return order
  }

  /// The values in ascending order.
  static func sorted(_ values: [Double]) -> [Double] {
    let order = ascending((0..<Int32(values.count)).map { $0 }) { key(values[Int($0)]) }
    return order.map { values[Int($0)] }
  }
}
