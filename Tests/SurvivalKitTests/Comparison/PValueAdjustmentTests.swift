// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

@Suite("Adjustment of p-values")
struct PValueAdjustmentTests {
  static let pValues = [0.01, 0.04, 0.03, 0.005]

  @Test(
    "a closed example, as R's p.adjust has it",
    arguments: [
      (PValueAdjustment.none, pValues), (.bonferroni, [0.04, 0.16, 0.12, 0.02]),
      (.holm, [0.03, 0.06, 0.06, 0.02]), (.benjaminiHochberg, [0.02, 0.04, 0.04, 0.02]),
    ])
  func closed(adjustment: PValueAdjustment, expected: [Double]) {
    expectClose(adjustment.adjusted(Self.pValues), expected, within: 1e-15)
  }

  @Test("limits", arguments: PValueAdjustment.allCases)
  func limits(_ adjustment: PValueAdjustment) {
    #expect(adjustment.adjusted([]).isEmpty)
    #expect(adjustment.adjusted([0.3]) == [0.3])
    #expect(adjustment.adjusted([1, 1, 1]) == [1, 1, 1])
    #expect(adjustment.adjusted([0, 0, 0]) == [0, 0, 0])
    let many = [0.9, 0.2, 0.2, 0.7, 0.001]
    let found = adjustment.adjusted(many)
    #expect(zip(found, many).allSatisfy { $0 >= $1 && $0 <= 1 })
    #expect(found[1] == found[2])
  }
}
