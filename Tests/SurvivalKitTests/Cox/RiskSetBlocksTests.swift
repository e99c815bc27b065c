// SPDX-License-Identifier: Apache-2.0

import RealModule
import SurvivalKernels
import SurvivalLinearAlgebra
import Testing

@testable import SurvivalKit

/// The likelihood in blocks against the likelihood by updated moments.
@Suite("Cox likelihood in blocks")
struct RiskSetBlocksTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    let ties: TieMethod
    let isLate, isWeighted, isStratified, isTied: Bool

    var testDescription: String {
      var parts = [ties.rawValue]
      if isLate { parts.append("entry") }
      if isWeighted { parts.append("weights") }
      if isStratified { parts.append("strata") }
      if isTied { parts.append("ties") }
      return parts.joined(separator: ", ")
    }
  }

  static let settings: [Setting] = (0..<32).map { (bits: Int) -> Setting in
    Setting(
      ties: bits & 1 == 0 ? .efron : .breslow, isLate: bits & 2 != 0, isWeighted: bits & 4 != 0,
      isStratified: bits & 8 != 0, isTied: bits & 16 != 0)
  }

  static func likelihood(
    _ setting: Setting, rows n: Int, columns p: Int, drift: Double = 0, strata: Grouping? = nil
  ) throws -> CoxPartialLikelihood {
    var generator = SplitMix(seed: 20)
    func draw(_ range: ClosedRange<Double>) -> Double {
      Double.random(in: range, using: &generator)
    }
    var times = (0..<n).map { _ in draw(0.5...20) }
    if setting.isTied { times = times.map { $0.rounded(.up) } }
    let columns = (0..<p).map { j in
      (name: "x\(j)", values: times.map { draw(-1...1) + drift * $0 + Double(j) })
    }
    let events = (0..<n).map { _ in draw(0...1) < 0.6 }
    let weights: Weights? =
      setting.isWeighted
      ? .probability(try ProbabilityWeights((0..<n).map { _ in draw(0.1...3) })) : nil
    let data =
      setting.isLate
      ? try SurvivalData(
        starts: times.map { $0 * draw(0...0.9) }, stops: times, events: events, weights: weights)
      : try SurvivalData(times: times, events: events, weights: weights)
    return try CoxPartialLikelihood(
      data, design: try DesignMatrix(columns),
      strata: strata ?? (setting.isStratified ? Grouping((0..<n).map { $0 * $0 % 7 }) : nil),
      offset: (0..<n).map { _ in draw(-1...1) }, ties: setting.ties)
  }

  static func expectAgreement(_ likelihood: CoxPartialLikelihood) throws {
    let (n, p) = (likelihood.table.order.count, likelihood.names.count)
    let blocks = RiskSetBlocks(likelihood.layout, threads: 2)
    for scale in [0, 0.7] {
      let point = (0..<p).map { scale * (Double($0 % 3) - 0.8) }
      let fast = try #require(blocks.evaluate(at: point, wantsInformation: true))
      let slow = likelihood.scan(at: point, wants: .information)
      #expect(abs(fast.logLikelihood / slow.logLikelihood - 1) < 1e-12)
      for j in 0..<p {
        // A gradient is a sum with terms of either sign, of size √information.
        let size = slow.information[j, j].squareRoot()
        #expect(abs(fast.gradient[j] - slow.gradient[j]) < 1e-11 * size * Double(n).squareRoot())
        for l in 0..<p {
          let size = (slow.information[j, j] * slow.information[l, l]).squareRoot()
          #expect(
            abs(fast.information[max(j, l) * p + min(j, l)] - slow.information[j, l]) < 1e-11
              * size)
        }
      }
    }
  }

  @Test("value, gradient and information, to 1e-11", arguments: settings)
  func agreesWithMoments(_ setting: Setting) throws {
    for (n, p) in [(300, 5), (12_500, 3)] {
      try Self.expectAgreement(try Self.likelihood(setting, rows: n, columns: p))
    }
  }

  @Test("many short strata, in several parts, to 1e-11", arguments: settings.filter(\.isStratified))
  func shortStrata(_ setting: Setting) throws {
    let strata = Grouping((0..<9000).map { $0 * $0 % 199 })
    try Self.expectAgreement(
      try Self.likelihood(setting, rows: 9000, columns: 2, strata: strata))
  }

  @Test(
    "every width of rows that has a kernel of its own", arguments: [1, 4, 6, 10, 14, 18, 23, 30])
  func widths(_ width: Int) throws {
    for setting in Self.settings where setting.isTied && setting.isWeighted {
      try Self.expectAgreement(try Self.likelihood(setting, rows: 250, columns: width))
    }
  }

  @Test(
    "the same bits for any number of threads",
    arguments: settings.filter { $0.isStratified && $0.ties == .efron })
  func sameBits(_ setting: Setting) throws {
    for strata in [nil, Grouping((0..<12_500).map { $0 % 300 })] {
      try Self.expectSameBits(
        try Self.likelihood(setting, rows: 12_500, columns: 3, strata: strata))
    }
  }

  static func expectSameBits(_ likelihood: CoxPartialLikelihood) throws {
    let point = [0.3, -0.2, 0.5]
    let one = try #require(
      RiskSetBlocks(likelihood.layout, threads: 1).evaluate(at: point, wantsInformation: true))
    for threads in [2, 3] {
      let many = try #require(
        RiskSetBlocks(likelihood.layout, threads: threads).evaluate(
          at: point, wantsInformation: true))
      #expect(one.logLikelihood == many.logLikelihood)
      #expect(one.gradient == many.gradient)
      #expect(one.information == many.information)
    }
  }

  @Test("where the blocks lose digits they say so, and the fit keeps them")
  func drifting() throws {
    // The covariates of a moment all have the same drift, which the partial likelihood cancels.
    let (plainData, plain) = try Self.momentaryRows(drift: 0)
    let (data, drifting) = try Self.momentaryRows(drift: 1024)
    let likelihood = try CoxPartialLikelihood(data, design: drifting)
    let blocks = RiskSetBlocks(likelihood.layout, threads: 1)
    #expect(blocks.evaluate(at: [0], wantsInformation: true) == nil)
    let expected = try CoxRegression.fit(plainData, design: plain)
    let fit = try CoxRegression.fit(data, design: drifting)
    // 1024 · 100 takes five of the sixteen digits of what varies within a moment.
    let coefficient = try #require(fit.coefficients[0].estimate)
    let standardError = try #require(expected.coefficients[0].standardError)
    #expect(
      abs(coefficient - (try #require(expected.coefficients[0].estimate))) < 1e-9 * standardError)
    #expect(abs(try #require(fit.coefficients[0].standardError) / standardError - 1) < 1e-9)
    #expect(abs(fit.logLikelihood / expected.logLikelihood - 1) < 1e-12)
  }

  /// Rows at risk for a moment only, with a covariate that grows with the time of the moment.
  static func momentaryRows(drift: Double) throws -> (SurvivalData, DesignMatrix) {
    var generator = SplitMix(seed: 4)
    let n = 500
    let stops = (0..<n).map { Double($0 / 5 + 1) }
    // Multiples of 2⁻²⁰, so that adding the drift rounds nothing.
    let x = stops.map {
      drift * $0 + Double(Int.random(in: -1_048_576...1_048_576, using: &generator)) * 0x1p-20
    }
    let data = try SurvivalData(
      starts: stops.map { $0 - 1 }, stops: stops, events: (0..<n).map { $0 % 2 == 0 })
    return (data, try DesignMatrix([("x", x)]))
  }
}
