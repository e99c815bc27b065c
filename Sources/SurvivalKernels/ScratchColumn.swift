// SPDX-License-Identifier: Apache-2.0

internal import CSurvivalKernels

/// A column of numbers that several threads fill, each its own part, without copying.
///
/// The caller sees to it that no element is written by one thread while another uses it. An index
/// outside the column stops a debug build.
package final class ScratchColumn<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The number of elements.
  package let count: Int
  private let ownsMemory: Bool
  let base: UnsafeMutablePointer<Element>

  /// Creates a column with one value everywhere.
  package convenience init(repeating value: Element, count: Int) {
    self.init(uninitialized: count)
    base.initialize(repeating: value, count: count)
  }

  /// Creates a column of given values.
  package convenience init(_ values: [Element]) where Element: ExpressibleByIntegerLiteral {
    self.init(repeating: 0, count: values.count)
    for (index, value) in values.enumerated() { base[index] = value }
  }

  /// Creates a column whose elements are to be written before they are read.
  init(uninitialized count: Int) {
    self.count = count
    ownsMemory = true
    base = UnsafeMutablePointer<Element>.allocate(capacity: Swift.max(1, count))
    survival_prefer_large_pages(base, count * MemoryLayout<Element>.stride)
  }

  /// A column over memory that belongs to somebody else and outlives it.
  init(borrowing base: UnsafeMutablePointer<Element>, count: Int) {
    self.count = count
    self.base = base
    ownsMemory = false
  }

  deinit { if ownsMemory { base.deallocate() } }

  /// The element at a position.
  package subscript(_ index: Int) -> Element {
    @inline(__always) get {
      assert(index >= 0 && index < count, "element \(index) of \(count)")
      return base[index]
    }
    @inline(__always) set {
      assert(index >= 0 && index < count, "element \(index) of \(count)")
      base[index] = newValue
    }
  }
}
