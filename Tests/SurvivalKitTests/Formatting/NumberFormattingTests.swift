// SPDX-License-Identifier: Apache-2.0

import Foundation
import SurvivalKit
import Testing

@Suite("Number formatting")
struct NumberFormattingTests {
  @Test("fixed notation agrees with printf on 100 000 random values")
  func fixedAgreesWithFoundation() {
    var generator = SplitMix(seed: 20_240_613)
    for round in 0..<100_000 {
      let value: Double
      switch round % 20 {
      case 0..<5:  // everyday sizes
        value = Double.random(in: -1000...1000, using: &generator)
      case 5..<10:  // thirty orders of magnitude
        let power = Double.random(in: -15...15, using: &generator)
        value = Double.random(in: -1...1, using: &generator) * pow(10, power)
      case 10..<15:  // ties: few binary places
        let numerator = Int.random(in: -1_000_000...1_000_000, using: &generator)
        value = Double(numerator) / Double(1 << Int.random(in: 0...12, using: &generator))
      case 15..<19:  // numbers that were decimal: near-ties
        let numerator = Int.random(in: -1_000_000...1_000_000, using: &generator)
        value = Double(numerator) / pow(10, Double(Int.random(in: 0...6, using: &generator)))
      default:  // every exponent a double has
        value = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &generator))
      }
      guard value.isFinite else { continue }
      let digits = Int.random(in: 0...17, using: &generator)
      let text = NumberFormatting.fixed(value, digits: digits)
      let expected = Self.withoutSignOfZero(String(format: "%.*f", digits, value))
      if text != expected {
        Issue.record("\(value) to \(digits) places: \(text), expected \(expected)")
      }
    }
  }

  @Test("fixed notation rounds the binary value, ties to even", arguments: fixedCases)
  func fixed(value: Double, digits: Int, expected: String) {
    #expect(NumberFormatting.fixed(value, digits: digits) == expected)
  }

  @Test("the smallest number has 751 significant digits, all of them exact")
  func allDigits() {
    let value = Double.leastNonzeroMagnitude
    let expected = String(format: "%.1074f", value)
    #expect(NumberFormatting.fixed(value, digits: 1074) == expected)
    let largest = Double.greatestFiniteMagnitude
    #expect(NumberFormatting.fixed(largest, digits: 0) == String(format: "%.0f", largest))
  }

  // As printed by format(value, digits = digits) in R 4.
  @Test("significant digits are shown as R shows them", arguments: significantCases)
  func significant(value: Double, digits: Int, expected: String) {
    #expect(NumberFormatting.significant(value, digits: digits) == expected)
  }

  @Test("significant digits read back to half a unit of the last one")
  func significantReadsBack() throws {
    var generator = SplitMix(seed: 7)
    for _ in 0..<5000 {
      let value = pow(10, Double.random(in: -300...300, using: &generator))
      let digits = Int.random(in: 1...17, using: &generator)
      let read = try #require(Double(NumberFormatting.significant(value, digits: digits)))
      let bound = 0.5 * pow(10, 1 - Double(digits)) * (1 + 1e-12) + Double.ulpOfOne
      #expect((read / value - 1).magnitude <= bound)
    }
  }

  @Test("p-values", arguments: pValueCases)
  func pValue(value: Double, expected: String) {
    #expect(NumberFormatting.pValue(value) == expected)
  }

  @Test("confidence levels in percent", arguments: percentCases)
  func percent(share: Double, expected: String) {
    #expect(NumberFormatting.percent(share) == expected)
  }

  private static let fixedCases: [(Double, Int, String)] = [
    (0.125, 2, "0.12"), (0.375, 2, "0.38"), (1.005, 2, "1.00"), (2.5, 0, "2"), (3.5, 0, "4"),
    (0.5, 0, "0"), (0.05, 0, "0"), (0.96, 1, "1.0"), (9.999, 2, "10.00"), (99.5, 0, "100"),
    (0, 3, "0.000"), (-0.0, 1, "0.0"), (-0.04, 1, "0.0"), (-0.06, 1, "-0.1"),
    (1e22, 1, "10000000000000000000000.0"),
    (.leastNonzeroMagnitude, 3, "0.000"), (123, 0, "123"),
    (.infinity, 2, "Inf"), (-.infinity, 2, "-Inf"), (.nan, 2, "NA"),
  ]

  private static let significantCases: [(Double, Int, String)] = [
    (0.000123, 3, "0.000123"), (0.0000123, 3, "1.23e-05"), (0.0001, 3, "1e-04"),
    (0.001, 3, "0.001"), (123456.7, 3, "123457"), (100_000, 3, "1e+05"),
    (123_000, 3, "123000"), (97474.37, 1, "97474"), (0.01103, 3, "0.011"), (2.5, 3, "2.5"),
    (1.0 / 3, 7, "0.3333333"), (-1.0 / 3, 3, "-0.333"), (9.996, 3, "10"),
    (1e-300, 3, "1e-300"), (1.5e300, 3, "1.5e+300"), (-2.25e-10, 3, "-2.25e-10"), (0, 3, "0"),
    (-0.0, 3, "0"), (1, 3, "1"), (1e15, 7, "1e+15"), (1_234_567, 3, "1234567"),
    (12_345_678_900, 3, "1.23e+10"),
    (1e5 - 0.3, 3, "1e+05"), (.infinity, 3, "Inf"), (-.infinity, 3, "-Inf"), (.nan, 3, "NA"),
  ]

  private static let pValueCases: [(Double, String)] = [
    (0.00131, "0.0013"), (2.13e-5, "2.1e-05"), (0.00021, "0.00021"), (1e-20, "<2e-16"),
    (0, "<2e-16"), (2.3e-16, "2.3e-16"), (0.0498, "0.05"), (0.66, "0.66"), (1, "1"),
    (.nan, "NA"),
  ]

  private static let percentCases: [(Double, String)] = [
    (0.95, "95%"), (0.995, "99.5%"), (0.9, "90%"), (0.07, "7%"), (0.999, "99.9%"),
    (0.57, "57%"), (1, "100%"), (0, "0%"), (0.68269, "68.269%"), (.nan, "NA"),
  ]

  private static func withoutSignOfZero(_ text: String) -> String {
    let isZero = !text.contains { ("1"..."9").contains($0) }
    return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
  }
}
