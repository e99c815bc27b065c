// SPDX-License-Identifier: Apache-2.0

import RealModule
import SurvivalKit
import Testing

@Suite("Normal distribution")
struct NormalDistributionTests {
  @Test("upper tail agrees with 50-digit values to 1e-15")
  func upperTail() {
    var error = RelativeErrorTracker()
    for (x, expected) in Self.upperTails {
      error.record(NormalDistribution.upperTail(x), reference: expected, at: "\(x)")
      error.record(NormalDistribution.cumulativeProbability(-x), reference: expected, at: "-(\(x))")
    }
    // A few roundings and the error of the C library's erfc, which is below two of them.
    #expect(error.worst < 1e-15, "\(error.label)")
  }

  @Test("density agrees with 50-digit values to 1e-15")
  func density() {
    var error = RelativeErrorTracker()
    for (x, expected) in Self.densities {
      error.record(NormalDistribution.density(x), reference: expected, at: "\(x)")
      error.record(NormalDistribution.density(-x), reference: expected, at: "-(\(x))")
    }
    #expect(error.worst < 1e-15, "\(error.label)")
  }

  @Test("quantile agrees with 50-digit values to 1e-15")
  func quantile() {
    var error = RelativeErrorTracker()
    for (p, expected) in Self.quantiles {
      error.record(NormalDistribution.quantile(p), reference: expected, at: "\(p)")
    }
    // AS 241 claims about 16 digits; the polynomials add a few roundings.
    #expect(error.worst < 1e-15, "\(error.label)")
  }

  @Test("quantile inverts the upper tail")
  func roundTrip() {
    var error = RelativeErrorTracker()
    for exponent in stride(from: -300.0, through: -0.5, by: 0.25) {
      let p = Double.exp10(exponent)
      let x = NormalDistribution.quantile(p)
      error.record(NormalDistribution.cumulativeProbability(x), reference: p, at: "\(p)")
    }
    // A relative error of 5e-16 in x is x² times that in the probability: 37² · 5e-16.
    #expect(error.worst < 1e-12, "\(error.label)")
  }

  @Test("quantile is odd about one half, monotone, and infinite only at 0 and 1")
  func quantileShape() {
    #expect(NormalDistribution.quantile(0) == -.infinity)
    #expect(NormalDistribution.quantile(1) == .infinity)
    #expect(NormalDistribution.quantile(0.5) == 0)
    #expect(NormalDistribution.quantile(-0.1).isNaN)
    #expect(NormalDistribution.quantile(1.1).isNaN)
    #expect(NormalDistribution.quantile(.nan).isNaN)
    var previous = -Double.infinity
    for step in 1..<4096 {
      let p = Double(step) / 4096
      let x = NormalDistribution.quantile(p)
      #expect(x > previous)
      #expect(x == -NormalDistribution.quantile(1 - p))
      previous = x
    }
  }

  @Test("both tails sum to one and fall monotonically")
  func complement() {
    var previous = 1.0
    for step in -4000...4000 {
      let x = Double(step) / 100
      let upper = NormalDistribution.upperTail(x)
      let lower = NormalDistribution.cumulativeProbability(x)
      #expect((upper + lower - 1).magnitude <= Double.ulpOfOne)
      #expect(upper <= previous)
      previous = upper
    }
  }

  @Test("limits and NaN")
  func limits() {
    #expect(NormalDistribution.upperTail(.infinity) == 0)
    #expect(NormalDistribution.upperTail(-.infinity) == 1)
    #expect(NormalDistribution.upperTail(1e300) == 0)
    #expect(NormalDistribution.cumulativeProbability(.infinity) == 1)
    #expect(NormalDistribution.density(.infinity) == 0)
    #expect(NormalDistribution.density(-1e200) == 0)
    #expect(NormalDistribution.upperTail(.nan).isNaN)
    #expect(NormalDistribution.density(.nan).isNaN)
  }

  // Computed with mpmath 1.3 at 50 digits: erfc(x/√2)/2, φ(x), and the root of ln(erfc(x/√2)/2) =
  // ln p, each at the exact value of the double that the first number denotes.

  private static let upperTails: [(Double, Double)] = [
    (-38, 1.0),
    (-20, 1.0),
    (-8.25, 0.9999999999999999208),
    (-3, 0.99865010196836990547),
    (-1, 0.84134474606854294859),
    (-0.1, 0.53982783727702898367),
    (-1e-10, 0.50000000003989422804),
    (0, 0.5),
    (1e-300, 0.5),
    (1e-05, 0.49999601057719605216),
    (0.25, 0.40129367431707627576),
    (0.5, 0.30853753872598689636),
    (0.675, 0.24983788247177699727),
    (1, 0.15865525393145705141),
    (1.5, 0.066807201268858066004),
    (1.96, 0.024997895148220436213),
    (2.5758293035489, 5.0000000000000118702e-3),
    (3.2905, 5.0004750903878162181e-4),
    (4.1, 2.0657506912546770507e-5),
    (5.5, 1.8989562465887719384e-8),
    (6.7, 1.042097698796518104e-11),
    (8.125, 2.2368120644441050467e-16),
    (10.3, 3.5230650789264125919e-25),
    (14.2, 4.5806205518947895833e-46),
    (19.7, 1.078100286366230777e-86),
    (21.199323569340237, 4.843941285490630376e-100),
    (27.3, 2.1207986243198491043e-164),
    (33.3, 1.9305055059278399761e-243),
    (36.9, 2.3105244811406175061e-298),
    (37.4, 1.953681561648992248e-306),
  ]

  private static let densities: [(Double, Double)] = [
    (0, 0.39894228040143267794),
    (0.5, 0.35206532676429947777),
    (-1.25, 0.18264908538902190499),
    (3.3, 1.7225689390536811513e-3),
    (-7.7, 5.3241483722529524821e-14),
    (13.1, 2.1690624002606566701e-38),
    (-20.483270837560173, 3.1164605533355193506e-92),
    (29.9, 2.9451348355845952779e-195),
    (37.3, 3.0628462906956674673e-303),
  ]

  private static let quantiles: [(Double, Double)] = [
    (.leastNonzeroMagnitude, -38.467405617144346251),
    (1e-307, -37.4793325643215766),
    (2.3e-308, -37.518497245012296732),
    (1e-300, -37.047096299361199237),
    (7.1e-150, -26.047929817048704471),
    (1e-50, -14.933337534788488981),
    (1.4e-11, -6.6567230915181836356),
    (1.3e-11, -6.6676114565107408347),
    (1e-10, -6.3613409024040561991),
    (2e-06, -4.6113823623026683581),
    (0.001, -3.0902323061678135354),
    (0.005, -2.5758293035489007538),
    (0.025, -1.9599639845400542118),
    (0.05, -1.644853626951472688),
    (0.0749, -1.4402382675279636631),
    (0.0751, -1.4388253927525399824),
    (0.1, -1.2815515655446004353),
    (0.25, -0.6744897501960817432),
    (0.4360055576243007, -0.16110447563253203827),
    (0.4999, -2.5066283008800749239e-4),
    (0.5000000001, 2.5066284820303539022e-10),
    (0.6, 0.25334710313579974132),
    (0.75, 0.6744897501960817432),
    (0.9, 1.2815515655446005935),
    (0.925, 1.4395314709384562291),
    (0.95, 1.6448536269514722843),
    (0.975, 1.9599639845400538556),
    (0.995, 2.5758293035489004539),
    (0.9995, 3.2905267314919257787),
    (0.99999999, 5.6120012433055049826),
    (0.9999999999999999, 8.2095361516013868556),
  ]
}
