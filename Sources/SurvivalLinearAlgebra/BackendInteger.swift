// SPDX-License-Identifier: Apache-2.0

/// The integer that LAPACK and BLAS count with.
///
/// It has 32 bits on every platform: Debian's default libraries are built so (LP64), and Accelerate
/// is asked for the same. ``Matrix`` checks its dimensions once, with ``check(_:_:)``, so that the
/// conversion at each call cannot fail.
package typealias BackendInteger = Int32

extension BackendInteger {
  /// Stops the program if a matrix dimension is negative or too large for LAPACK.
  ///
  /// A programmer's error and not a property of data: 2³¹ rows of one column already take 16 GiB.
  ///
  /// - Parameters:
  ///   - dimension: The number to check, from 0 to 2 147 483 647.
  ///   - role: What is counted, for the message: "rows" or "columns".
  static func check(_ dimension: Int, _ role: String) {
    precondition(
      dimension >= 0 && dimension <= Int(BackendInteger.max),
      "a matrix cannot have \(dimension) \(role): LAPACK counts from 0 to \(BackendInteger.max)")
  }
}
