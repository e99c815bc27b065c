// SPDX-License-Identifier: Apache-2.0

/// The largest relative error among computed values, with a label for the value that has it.
struct RelativeErrorTracker {
  private(set) var worst = 0.0
  private(set) var label = "none"

  /// Compares a value with its reference; a NaN counts as an infinite error.
  mutating func record(_ value: Double, reference: Double, at label: String) {
    let difference = (value - reference).magnitude
    let error = value == reference ? 0 : difference / reference.magnitude
    guard !(error <= worst) else { return }
    worst = error.isNaN ? .infinity : error
    self.label = "\(label): \(value) for \(reference)"
  }
}
