// SPDX-License-Identifier: Apache-2.0

import Testing

/// Expects a number within `tolerance` of another: relative to it, or absolute when it is below 1.
func expectClose(
  _ found: Double?, _ expected: Double, within tolerance: Double = 1e-12, _ label: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let found else {
    Issue.record("\(label): nothing instead of \(expected)", sourceLocation: sourceLocation)
    return
  }
  if found == expected { return }
  let error = (found - expected).magnitude / max(1, expected.magnitude)
  #expect(
    error <= tolerance, "\(label): \(found) for \(expected), error \(error)",
    sourceLocation: sourceLocation)
}

/// Expects numbers within `tolerance` of others, and as many.
func expectClose(
  _ found: [Double], _ expected: [Double], within tolerance: Double = 1e-12, _ label: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, "\(label): counts", sourceLocation: sourceLocation)
  for (index, (one, other)) in zip(found, expected).enumerated() {
    expectClose(
      one, other, within: tolerance, "\(label)[\(index)]", sourceLocation: sourceLocation)
  }
}
