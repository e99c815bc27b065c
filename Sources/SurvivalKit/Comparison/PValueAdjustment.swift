// SPDX-License-Identifier: Apache-2.0

/// How p-values are adjusted when several hypotheses are tested together.
public enum PValueAdjustment: String, Hashable, Sendable, Codable, CaseIterable {
  /// As they are.
  case none
  /// Times the number of tests: controls the family-wise error rate.
  case bonferroni
  /// Holm's step-down method (1979), never weaker than Bonferroni's.
  case holm
  /// Benjamini & Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x: the false discovery rate.
  case benjaminiHochberg = "benjamini-hochberg"

  /// The adjusted p-values, in the order given.
  /// - Parameter pValues: The p-values, each between 0 and 1.
  /// - Returns: One adjusted p-value for each, none above 1.
  /// - Complexity: O(*k* log *k*).
  public func adjusted(_ pValues: [Double]) -> [Double] {
    let count = pValues.count
    var result = pValues
    let ascending = pValues.indices.sorted { pValues[$0] < pValues[$1] }
    switch self {
    case .none: break
    case .bonferroni: result = pValues.map { Swift.min(1, $0 * Double(count)) }
    case .holm:
      var largest = 0.0
      for (rank, index) in ascending.enumerated() {
        largest = Swift.max(largest, Swift.min(1, pValues[index] * Double(count - rank)))
        result[index] = largest
      }
    case .benjaminiHochberg:
      var smallest = 1.0
      for (rank, index) in ascending.enumerated().reversed() {
        smallest = Swift.min(smallest, pValues[index] * Double(count) / Double(rank + 1))
        result[index] = smallest
      }
    }
    return result
  }
}
