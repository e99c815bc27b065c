// SPDX-License-Identifier: Apache-2.0

extension [Double] {
  /// The position of the last of ascending values at or before a time; `nil` before the first.
  /// - Complexity: O(log *m*).
  func lastPosition(atOrBefore time: Double) -> Int? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }
}
