// SPDX-License-Identifier: Apache-2.0

internal import CSurvivalKernels

/// Stable sorting by whole-number keys in linear time.
package enum RadixSort {
  /// Rows reordered so that their keys ascend; rows with equal keys keep their order.
  ///
  /// The keys are reordered with them.
  /// - Complexity: O(*n*), a pass for every 11 bits in which keys differ.
  package static func sort(_ keys: inout [UInt64], with rows: inout [Int32]) {
    precondition(keys.count == rows.count)
    let count = keys.count
    guard count > 1 else { return }
    let otherKeys = ScratchColumn<UInt64>(uninitialized: count)
    let otherRows = ScratchColumn<Int32>(uninitialized: count)
    keys.withUnsafeMutableBufferPointer { keys in
      rows.withUnsafeMutableBufferPointer { rows in
        guard let keys = keys.baseAddress, let rows = rows.baseAddress else { return }
        survival_sort(keys, rows, otherKeys.base, otherRows.base, count)
      }
    }
  }
}
