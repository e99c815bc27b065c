// SPDX-License-Identifier: Apache-2.0

import Foundation
import RealModule
import Testing

@testable import SurvivalKit

@Suite("E-values")
struct EValueTests {
  @Test("published figures: hazard ratios of a common outcome")
  func common() throws {
    // R's package EValue, for hazard ratios of a common outcome, to the digits printed.
    for (ratio, limits, riskRatio, estimate, limit) in [
      (1.20, (0.71, 2.03), 1.1347, 1.5255, 1.0),
      (0.34, (0.14, 0.85), 0.4781, 3.6026, 1.4845),
      (3.48, (1.01, 12.03), 2.3379, 4.1065, 1.0904),
    ] {
      let value = try EValue(
        hazardRatio: ratio,
        interval: ConfidenceInterval(lower: limits.0, upper: limits.1, level: 0.95),
        outcome: .common)
      #expect(abs(value.riskRatio - riskRatio) < 5e-5)
      #expect(abs(value.estimate - estimate) < 5.1e-5)
      #expect(abs(try #require(value.limit) - limit) < 5.1e-5)
    }
  }

  @Test("rare outcomes and risk ratios, in closed form")
  func closedForm() throws {
    expectClose(try EValue(riskRatio: 2).estimate, 2 + 2.0.squareRoot())
    expectClose(try EValue(riskRatio: 0.5).estimate, 2 + 2.0.squareRoot())
    expectClose(try EValue(riskRatio: 1).estimate, 1)
    expectClose(try EValue(hazardRatio: 1, outcome: .common).estimate, 1)
    expectClose(
      try EValue(hazardRatio: 1.3, outcome: .rare).estimate, 1.3 + (1.3 * 0.3).squareRoot())
    #expect(try EValue(riskRatio: 2).limit == nil)
    // A confounder of strength E on both sides just explains RR: RR = E²/(2E − 1).
    for ratio in [1.01, 1.5, 4, 1000] {
      let e = try EValue(riskRatio: ratio).estimate
      expectClose(e * e / (2 * e - 1), ratio)
    }
  }

  @Test("a common outcome turns a hazard ratio and its inverse into inverses", arguments: 1...20)
  func symmetry(step: Int) throws {
    let ratio = Double.exp(Double(step) / 4)
    let (up, down) = (
      try EValue(hazardRatio: ratio, outcome: .common),
      try EValue(hazardRatio: 1 / ratio, outcome: .common)
    )
    expectClose(up.riskRatio * down.riskRatio, 1)
    expectClose(up.estimate, down.estimate)
    // The conversion draws towards 1.
    #expect(up.riskRatio > 1 && up.riskRatio < ratio)
  }

  @Test("ratios that cannot be are refused")
  func errors() {
    for ratio in [0, -1, Double.nan, .infinity] {
      expectError(.invalidArgument) { try EValue(riskRatio: ratio) }
      expectError(.invalidArgument) { try EValue(hazardRatio: ratio, outcome: .common) }
    }
    for (lower, upper) in [(1.5, 3.0), (0.1, 1.1), (-1, 3), (.nan, 3), (0.5, .nan)] {
      expectError(.invalidArgument) {
        try EValue(
          riskRatio: 1.2, interval: ConfidenceInterval(lower: lower, upper: upper, level: 0.95))
      }
    }
  }

  @Test("the E-value of a coefficient")
  func coefficient() throws {
    let fit = try CoxModel(
      endpoint: .death, covariates: [.numeric("karno", \.karno), .numeric("age", \.age)]
    ).fitted(to: Veteran.all())
    let karno = try #require(fit[coefficient: "karno"])
    let value = try #require(try karno.eValue(.common))
    let direct = try EValue(
      hazardRatio: try #require(karno.hazardRatio), interval: karno.hazardRatioInterval(),
      outcome: .common)
    #expect(value == direct && value.estimate > 1 && (value.limit ?? 0) > 1)
    #expect(value.description.hasPrefix("E-value 1."))
    #expect(try #require(try fit[coefficient: "age"]?.eValue(.rare)).limit == 1)
    let decoded = try JSONDecoder().decode(EValue.self, from: JSONEncoder().encode(value))
    #expect(decoded == value)
  }
}
