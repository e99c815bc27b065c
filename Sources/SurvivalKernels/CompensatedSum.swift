// SPDX-License-Identifier: Apache-2.0

/// A sum that carries its own rounding error (Knuth's two-sum): twice the working precision.
///
/// Adding 1e8 and taking it away again leaves a 1e-8 that was there before.
package struct CompensatedSum: Sendable {
  @usableFromInline package var high = 0.0
  @usableFromInline package var low = 0.0

  /// An empty sum.
  @inlinable package init() {}

  /// The sum, rounded once.
  @inlinable package var value: Double { high + low }

  /// Adds a term.
  @inlinable @inline(__always)
  package mutating func add(_ term: Double) {
    let sum = high + term
    let part = sum - high
    low += (high - (sum - part)) + (term - part)
    high = sum
  }
}
