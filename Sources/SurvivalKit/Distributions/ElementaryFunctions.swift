// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// Elementary functions for the modules of this package that bring no mathematics of their own.
package enum ElementaryFunctions {
  /// The natural logarithm.
  package static func log(_ value: Double) -> Double { Double.log(value) }

  /// The exponential function.
  package static func exp(_ value: Double) -> Double { Double.exp(value) }
}
