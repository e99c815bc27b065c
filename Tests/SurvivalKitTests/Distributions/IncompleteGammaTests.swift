// SPDX-License-Identifier: Apache-2.0

import RealModule
import SurvivalKit
import Testing

@Suite("Incomplete gamma functions")
struct IncompleteGammaTests {
  @Test("agree with 50-digit values to 5e-14")
  func referenceValues() {
    var error = RelativeErrorTracker()
    for (shape, x, lower, upper) in Self.values {
      error.record(
        IncompleteGamma.lower(shape: shape, x), reference: lower, at: "P(\(shape), \(x))")
      error.record(
        IncompleteGamma.upper(shape: shape, x), reference: upper, at: "Q(\(shape), \(x))")
    }
    // Up to ten thousand terms or factors, whose roundings accumulate like a random walk.
    #expect(error.worst < 5e-14, "\(error.label)")
  }

  @Test("Q at whole shapes is a Poisson sum", arguments: [1, 2, 5, 9, 10, 11, 40])
  func poissonSum(shape: Int) {
    var error = RelativeErrorTracker()
    for x in [0.125, 1, 4.5, 9.75, 10.25, 39, 41, 100, 300] {
      var term = Double.exp(-x)
      var sum = term
      for k in 1..<max(shape, 2) where k < shape {
        term *= x / Double(k)
        sum += term
      }
      error.record(IncompleteGamma.upper(shape: Double(shape), x), reference: sum, at: "\(x)")
    }
    // The sum itself has a rounding per term.
    #expect(error.worst < 2e-14, "\(error.label)")
  }

  @Test("shape one is the exponential, shape one half the error function")
  func elementaryShapes() {
    var error = RelativeErrorTracker()
    for exponent in -60...8 {
      let x = Double.exp2(Double(exponent))
      error.record(
        IncompleteGamma.lower(shape: 1, x), reference: -Double.expMinusOne(-x), at: "P(1, \(x))")
      error.record(
        IncompleteGamma.lower(shape: 0.5, x), reference: Double.erf(x.squareRoot()),
        at: "P(½, \(x))")
    }
    #expect(error.worst < 1e-14, "\(error.label)")
  }

  @Test("P and Q sum to one and are monotone", arguments: [0.5, 3, 9.99, 10, 75.5, 20_000])
  func complement(shape: Double) {
    var previous = 0.0
    for step in 0...400 {
      let x = shape * Double(step) / 100
      let lower = IncompleteGamma.lower(shape: shape, x)
      let upper = IncompleteGamma.upper(shape: shape, x)
      #expect((lower + upper - 1).magnitude <= Double.ulpOfOne)
      // Neighbours that are equal to the last digits may be out of order by their error.
      #expect(lower >= previous * (1 - 1e-13))
      previous = lower
    }
  }

  @Test("the two expansions meet at x = a", arguments: [0.5, 1, 9.999, 10, 1234.5, 1e6])
  func seam(shape: Double) {
    let below = IncompleteGamma.lower(shape: shape, shape.nextDown)
    let above = IncompleteGamma.lower(shape: shape, shape)
    #expect((above - below).magnitude < 5e-14)
  }

  @Test("limits, underflow and NaN")
  func limits() {
    #expect(IncompleteGamma.lower(shape: 2, 0) == 0)
    #expect(IncompleteGamma.upper(shape: 2, 0) == 1)
    #expect(IncompleteGamma.lower(shape: 2, -1) == 0)
    #expect(IncompleteGamma.lower(shape: 2, .infinity) == 1)
    #expect(IncompleteGamma.upper(shape: 2, .infinity) == 0)
    #expect(IncompleteGamma.upper(shape: 20, .infinity) == 0)
    #expect(IncompleteGamma.upper(shape: 9, 1e300) == 0)
    #expect(IncompleteGamma.upper(shape: 1e6, 1e300) == 0)
    #expect(IncompleteGamma.lower(shape: 200, 1) == 0)
    #expect(IncompleteGamma.lower(shape: 1e9, 1e-300) == 0)
    #expect(IncompleteGamma.lower(shape: 2, .nan).isNaN)
    #expect(IncompleteGamma.upper(shape: 20, .nan).isNaN)
  }

  // Computed with mpmath 1.3 from the series of P with up to 400 digits, so that Q = 1 − P keeps 50:
  // shape, x, P, Q.
  private static let values: [(Double, Double, Double, Double)] = [
    (0.5, 1e-300, 1.128379167095512588e-150, 1.0),
    (0.5, 1e-08, 1.1283791633342487067e-4, 0.99988716208366657513),
    (0.5, 0.3, 0.56142197391900013648, 0.43857802608099986352),
    (0.5, 0.5, 0.68268949213708589717, 0.31731050786291410283),
    (0.5, 0.7, 0.76327642936214262474, 0.23672357063785737526),
    (0.5, 30.0, 0.99999999999999051426, 9.4857375710738483885e-15),
    (0.5, 690.0, 1.0, 4.6611584556739128813e-302),
    (1.5, 1.4, 0.57650008294454058569, 0.42349991705545941431),
    (1.5, 1.6, 0.63819497250246806839, 0.36180502749753193161),
    (2.5, 1e-20, 3.0090111122546997844e-51, 1.0),
    (2.5, 4.0, 0.84376437242227767254, 0.15623562757772232746),
    (3.0, 700.0, 1.0, 2.4225323864783194593e-299),
    (9.5, 2.0, 1.0634036562701504949e-4, 0.99989365963437298495),
    (9.5, 9.5, 0.54316387440803761656, 0.45683612559196238344),
    (9.9999, 9.9999, 0.54207049600847568925, 0.45792950399152431075),
    (10.0, 10.0, 0.54207028552814779169, 0.45792971447185220831),
    (10.5, 700.0, 1.0, 9.4163625191549327041e-284),
    (11.0, 0.001, 2.5029154548444133996e-41, 1.0),
    (30.0, 25.0, 0.1821039159774551098, 0.8178960840225448902),
    (50.5, 49.0, 0.43401530273808094952, 0.56598469726191905048),
    (100.0, 5.0, 5.9918783035356501933e-91, 1.0),
    (100.0, 300.0, 1.0, 1.4110215102111521394e-41),
    (500.0, 510.0, 0.67693664008887229586, 0.32306335991112770414),
    (1000.0, 400.0, 9.0975127484351384523e-140, 1.0),
    (1000.0, 2300.0, 1.0, 1.3531643955468382635e-205),
    (12345.5, 12000.0, 8.5632842115686751215e-4, 0.99914367157884313249),
    (12345.5, 16500.0, 1.0, 9.5253453239780260194e-252),
    (100000.0, 100000.0, 0.50042052211036517669, 0.49957947788963482331),
    (100000.0, 90000.0, 1.9782570322356405311e-235, 1.0),
    (100000.0, 111000.0, 1.0, 1.3112853826494869665e-247),
    (1000000.0, 1000000.0, 0.50013298076087259124, 0.49986701923912740876),
    (1000000.0, 998000.0, 0.022696114006736802806, 0.97730388599326319719),
    (1000000.0, 1001500.0, 0.93313889576410223751, 0.066861104235897762491),
    (1000000.0, 964000.0, 4.7811948617691024637e-291, 1.0),
    (1000000.0, 1037000.0, 1.0, 7.8151724481660538133e-293),
  ]
}
