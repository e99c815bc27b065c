// SPDX-License-Identifier: Apache-2.0

internal import CSurvivalKernels

/// A column of numbers that several threads fill, each its own part, without copying.
///
/// The caller sees to it that no element is written by one thread while another uses it. An index
/// outside the column stops a debug build.
package final class ScratchColumn<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The number of elements.
  package let count: Int
  /// The position of the first element: a short column can stand for a part of a long one.
  private(set) var origin = 0
  private let ownsMemory: Bool
  private let memory: UnsafeMutablePointer<Element>

  /// Creates a column with one value everywhere.
  package convenience init(repeating value: Element, count: Int) {
    self.init(uninitialized: count)
    memory.initialize(repeating: value, count: count)
  }

  /// Creates a column whose elements are to be written before they are read.
  init(uninitialized count: Int) {
    self.count = count
    ownsMemory = true
    memory = UnsafeMutablePointer<Element>.allocate(capacity: Swift.max(1, count))
    survival_prefer_large_pages(memory, count * MemoryLayout<Element>.stride)
  }

  /// A column over memory that belongs to somebody else and outlives it.
  init(borrowing memory: UnsafeMutablePointer<Element>, count: Int) {
    self.count = count
    self.memory = memory
    ownsMemory = false
  }

  deinit { if ownsMemory { memory.deallocate() } }

  /// Where the element at position 0 is, or would be.
  var base: UnsafeMutablePointer<Element> { memory - origin }

  /// Lets the column stand for the positions from one on.
  func move(to origin: Int) { self.origin = origin }

  /// Whether all positions of a range are in the column.
  func holds(_ range: Range<Int>) -> Bool {
    range.isEmpty || (range.lowerBound >= origin && range.upperBound <= origin + count)
  }

  /// The element at a position.
  package subscript(_ index: Int) -> Element {
    @inline(__always) get {
      assert(holds(index..<(index + 1)), "element \(index) of \(count) from \(origin)")
      return memory[index - origin]
    }
    @inline(__always) set {
      assert(holds(index..<(index + 1)), "element \(index) of \(count) from \(origin)")
      memory[index - origin] = newValue
    }
  }

  /// The first elements as an array.
  func prefix(_ length: Int, capacity: Int? = nil) -> [Element] {
    [Element](unsafeUninitializedCapacity: capacity ?? length) { buffer, count in
      if length > 0, let to = buffer.baseAddress { to.initialize(from: memory, count: length) }
      count = length
    }
  }
}
