// SPDX-License-Identifier: Apache-2.0

import RealModule
import SurvivalKit
import Testing

@Suite("Chi-squared distribution")
struct ChiSquaredDistributionTests {
  @Test("both tails agree with 50-digit values to 1e-14")
  func tails() {
    var error = RelativeErrorTracker()
    for (k, x, lower, upper) in Self.values {
      error.record(
        ChiSquaredDistribution.cumulativeProbability(x, degreesOfFreedom: k), reference: lower,
        at: "lower, k = \(k), \(x)")
      error.record(
        ChiSquaredDistribution.upperTail(x, degreesOfFreedom: k), reference: upper,
        at: "upper, k = \(k), \(x)")
    }
    // What the incomplete gamma functions keep at moderate shapes.
    #expect(error.worst < 1e-14, "\(error.label)")
  }

  @Test("quantiles agree with 40-digit values to 1e-14")
  func quantiles() {
    var error = RelativeErrorTracker()
    for (k, p, expected) in Self.quantileValues {
      error.record(
        ChiSquaredDistribution.quantile(p, degreesOfFreedom: k), reference: expected,
        at: "k = \(k), \(p)")
    }
    #expect(error.worst < 1e-14, "\(error.label)")
  }

  @Test("four degrees of freedom have a closed form")
  func closedForm() {
    var error = RelativeErrorTracker()
    for x in stride(from: 0.25, through: 1400, by: 7.25) {
      error.record(
        ChiSquaredDistribution.upperTail(x, degreesOfFreedom: 4),
        reference: Double.exp(-x / 2) * (1 + x / 2), at: "\(x)")
    }
    #expect(error.worst < 1e-14, "\(error.label)")
  }

  @Test("one degree of freedom is the square of a normal variable")
  func squareOfNormal() {
    var error = RelativeErrorTracker()
    // Multiples of 1/64, so that the square is exact.
    for z in stride(from: 1 / 64.0, through: 37, by: 5 / 64.0) {
      error.record(
        ChiSquaredDistribution.upperTail(z * z, degreesOfFreedom: 1),
        reference: 2 * NormalDistribution.upperTail(z), at: "\(z)")
    }
    #expect(error.worst < 1e-15, "\(error.label)")
  }

  @Test("quantile inverts both tails", arguments: [1, 2, 3, 4, 7, 30, 365, 10_000])
  func roundTrip(k: Int) {
    for exponent in stride(from: -12.0, through: -0.5, by: 0.5) {
      let p = Double.exp10(exponent)
      let low = ChiSquaredDistribution.quantile(p, degreesOfFreedom: k)
      let high = ChiSquaredDistribution.quantile(1 - p, degreesOfFreedom: k)
      let lowTail = ChiSquaredDistribution.cumulativeProbability(low, degreesOfFreedom: k)
      let highTail = ChiSquaredDistribution.upperTail(high, degreesOfFreedom: k)
      // An ulp of x changes ln P by up to about k ulps, less in the tails.
      let tolerance = 1e-14 * max(10, Double(k))
      #expect((lowTail - p).magnitude <= tolerance * p)
      #expect((highTail - (1 - (1 - p))).magnitude <= tolerance * p)
      #expect(low < high)
    }
  }

  @Test("limits, zero degrees of freedom and NaN")
  func limits() {
    for k in [1, 2, 3, 50] {
      #expect(ChiSquaredDistribution.upperTail(0, degreesOfFreedom: k) == 1)
      #expect(ChiSquaredDistribution.upperTail(-1e-12, degreesOfFreedom: k) == 1)
      #expect(ChiSquaredDistribution.upperTail(.infinity, degreesOfFreedom: k) == 0)
      #expect(ChiSquaredDistribution.upperTail(1e300, degreesOfFreedom: k) == 0)
      #expect(ChiSquaredDistribution.upperTail(.nan, degreesOfFreedom: k).isNaN)
      #expect(ChiSquaredDistribution.cumulativeProbability(0, degreesOfFreedom: k) == 0)
      #expect(ChiSquaredDistribution.cumulativeProbability(.infinity, degreesOfFreedom: k) == 1)
      #expect(ChiSquaredDistribution.cumulativeProbability(.nan, degreesOfFreedom: k).isNaN)
      #expect(ChiSquaredDistribution.quantile(0, degreesOfFreedom: k) == 0)
      #expect(ChiSquaredDistribution.quantile(1, degreesOfFreedom: k) == .infinity)
      #expect(ChiSquaredDistribution.quantile(1.5, degreesOfFreedom: k).isNaN)
      #expect(ChiSquaredDistribution.quantile(.nan, degreesOfFreedom: k).isNaN)
    }
    #expect(ChiSquaredDistribution.upperTail(0, degreesOfFreedom: 0) == 1)
    #expect(ChiSquaredDistribution.upperTail(0.1, degreesOfFreedom: 0) == 0)
    #expect(ChiSquaredDistribution.quantile(0.5, degreesOfFreedom: 0) == 0)
    // The true value is 1.6e-600.
    #expect(ChiSquaredDistribution.quantile(1e-300, degreesOfFreedom: 1) == 0)
  }

  // Computed with mpmath 1.3 from the series of P(k/2, x/2) with up to 400 digits: k, x, the lower
  // and the upper tail.
  private static let values: [(Int, Double, Double, Double)] = [
    (1, 1e-12, 7.978845608027323671e-7, 0.99999920211543919727),
    (1, 0.5, 0.52049987781304653768, 0.47950012218695346232),
    (1, 3.84, 0.94995647875129489681, 0.050043521248705103189),
    (1, 10.33, 0.99869114793865083, 1.3088520613491699999e-3),
    (1, 50.0, 0.99999999999846254021, 1.5374597944280348502e-12),
    (1, 605.3034599126823, 1.0, 1.1756084039473617392e-133),
    (1, 1301.6444822527899, 1.0, 4.964240773703248775e-285),
    (2, 1e-10, 4.9999999998750001822e-11, 0.99999999995),
    (2, 5.99, 0.94996337291341371748, 0.050036627086586282516),
    (2, 1400.0, 1.0, 9.8596765437597708567e-305),
    (3, 0.01, 2.6516505865560983697e-4, 0.99973483494134439016),
    (3, 4.46, 0.78411393298438745522, 0.21588606701561254478),
    (3, 30.5, 0.99999891683132454209, 1.0831686754579122339e-6),
    (3, 1350.0, 1.0, 2.0828260653158913078e-292),
    (4, 2.0, 0.26424111765711535681, 0.73575888234288464319),
    (5, 11.07, 0.94999038137759451777, 0.050009618622405482225),
    (7, 100.0, 0.99999999999999999892, 1.0787979671702883134e-18),
    (10, 3.0, 0.018575936222140674301, 0.9814240637778593257),
    (25, 37.65, 0.949972351285514918, 0.050027648714485082001),
    (120, 90.0, 0.018651134648575449909, 0.98134886535142455009),
    (1000, 1500.0, 1.0, 1.0454640385979657294e-22),
  ]

  // Newton's method on the same series, to 40 digits: k, p, x.
  private static let quantileValues: [(Int, Double, Double)] = [
    (1, 1e-100, 1.570796326794896682e-200),
    (1, 1e-08, 1.5707963267948967672e-16),
    (1, 0.025, 9.820691171752560214e-4),
    (1, 0.5, 0.45493642311957275194),
    (1, 0.95, 3.8414588206941244691),
    (1, 0.975, 5.0238861873148874181),
    (1, 0.999999, 23.928126976879469057),
    (2, 1e-100, 2.00000000000000004e-100),
    (2, 1e-08, 2.0000000100000001085e-8),
    (2, 0.025, 0.050635615968579753654),
    (2, 0.5, 1.3862943611198906188),
    (2, 0.95, 5.9914645471079802105),
    (2, 0.975, 7.3777589082278708293),
    (2, 0.999999, 27.631021115871036879),
    (3, 1e-100, 5.2093970786780450618e-67),
    (3, 1e-08, 1.1223330973050007799e-5),
    (3, 0.025, 0.21579528262389787679),
    (3, 0.5, 2.3659738843753382661),
    (3, 0.95, 7.8147279032511779735),
    (3, 0.975, 9.3484036044961458456),
    (3, 0.999999, 30.664849706154268325),
    (5, 1e-100, 3.2334077805831283731e-40),
    (5, 1e-08, 2.0407372249365314652e-3),
    (5, 0.025, 0.83121161348666243867),
    (5, 0.5, 4.3514601910955273172),
    (5, 0.95, 11.07049769351635188),
    (5, 0.975, 12.832501994030026),
    (5, 0.999999, 35.888186879610420991),
    (10, 1e-100, 5.2103421693947038055e-20),
    (10, 1e-08, 0.13232794458438146124),
    (10, 0.025, 3.2469727802368411248),
    (10, 0.5, 9.3418177655919674406),
    (10, 0.95, 18.307038053275144003),
    (10, 0.975, 20.483177350807393835),
    (10, 0.999999, 46.863046846715684936),
    (50, 1e-30, 1.317199619735617045),
    (50, 0.025, 32.357363695658653469),
    (50, 0.5, 49.334936733976835281),
    (50, 0.95, 67.504806549541194717),
    (50, 0.9999, 95.968748478163830602),
    (1000, 1e-30, 570.44942089640335762),
    (1000, 0.025, 914.25715379925893561),
    (1000, 0.5, 999.33341240338096875),
    (1000, 0.95, 1074.6794488034409643),
    (1000, 0.9999, 1174.9334965841604391),
  ]
}
