// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

@Suite("Wald test of nearly collinear columns")
struct WaldTestTests {
  /// The hypothesis that all coefficients are 0 is the same for x, z and for x, 1000 x + z.
  ///
  /// The two columns then agree to a part in a million, which leaves ten of the sixteen digits.
  @Test("a change of basis leaves the test as it is", arguments: [false, true])
  func basis(isRobust: Bool) throws {
    for seed in UInt64(1)...8 {
      let rows = RandomRows(80, last: 15, seed: seed)
      let weights = isRobust ? Weights.probability(try ProbabilityWeights(rows.weights)) : nil
      let data = try rows.data(isLate: false, weights: weights)
      let (x, z) = (rows.covariates[0], rows.covariates[1])
      let mixed = zip(x, z).map { 1000 * $0 + $1 }
      let plain = try CoxRegression.fit(data, design: DesignMatrix([("x", x), ("z", z)]))
      let close = try CoxRegression.fit(data, design: DesignMatrix([("x", x), ("xz", mixed)]))
      let difference = close.waldTest.statistic / plain.waldTest.statistic - 1
      #expect(difference.magnitude < 2e-8, "seed \(seed): \(difference)")
      #expect(close.waldTest.degreesOfFreedom == 2)
    }
  }
}
