// SPDX-License-Identifier: Apache-2.0

/// Random numbers from a seed, the same on every platform.
///
/// The bits are those of SplitMix64 (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195). Logarithm
/// and exponential are computed here from the four operations that IEEE 754 rounds in one way only; the
/// libraries of two platforms may differ in the last digit.
struct SeededDraws {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number strictly between 0 and 1.
  mutating func uniform() -> Double { (Double(bits() >> 11) + 0.5) * 0x1p-53 }

  /// A whole number from 0 up to but not including a bound of at least 1.
  mutating func below(_ bound: Int) -> Int {
    Swift.min(bound - 1, Int(uniform() * Double(bound)))
  }

  /// A whole number of a range.
  mutating func integer(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.count)
  }

  /// Whether something of a probability happens.
  mutating func happens(_ probability: Double) -> Bool { uniform() < probability }

  /// A waiting time of mean 1.
  mutating func exponential() -> Double { -Self.logarithm(uniform()) }

  /// A standard normal number, by the polar method of Marsaglia.
  mutating func normal() -> Double {
    while true {
      let (first, second) = (2 * uniform() - 1, 2 * uniform() - 1)
      let square = first * first + second * second
      if square < 1, square > 0 {
        return first * (-2 * Self.logarithm(square) / square).squareRoot()
      }
    }
  }

  /// A log-normal number of a median.
  mutating func logNormal(median: Double, deviation: Double) -> Double {
    median * Self.exponential(deviation * normal())
  }

  /// The quantile of Poisson's distribution, by its terms; for small means.
  static func poissonQuantile(_ probability: Double, mean: Double) -> Int {
    var (count, term) = (0, exponential(-mean))
    var sum = term
    while sum < probability, count < 1000 {
      count += 1
      term *= mean / Double(count)
      sum += term
    }
    return count
  }

  /// The quantile of the normal distribution, to 2e-4 of the probability.
  ///
  /// The root of 0.07056 z³ + 1.5976 z = logit p (Bowling et al. 2009,
  /// doi:10.3926/jiem.2009.v2n1.p127-137).
  static func normalQuantile(_ probability: Double) -> Double {
    let logit = logarithm(probability) - logarithm(1 - probability)
    var z = logit / 1.5976
    for _ in 0..<40 {
      z -= ((0.07056 * z * z + 1.5976) * z - logit) / (0.21168 * z * z + 1.5976)
    }
    return z
  }

  /// A number of the gamma distribution of mean 1 (Marsaglia & Tsang 2000,
  /// doi:10.1145/358407.358414, for the shape plus 1, times a power of a uniform number).
  mutating func gamma(shape: Double) -> Double {
    let shift = shape + 1 - 1.0 / 3
    let scale = 1 / (9 * shift).squareRoot()
    while true {
      let normal = normal()
      let root = 1 + scale * normal
      guard root > 0 else { continue }
      let cube = root * root * root
      let bound = normal * normal / 2 + shift * (1 - cube + Self.logarithm(cube))
      if Self.logarithm(uniform()) < bound {
        let power = Self.exponential(Self.logarithm(uniform()) / shape)
        return shift * cube * power / shape
      }
    }
  }

  /// Puts values into random order.
  mutating func shuffle<Value>(_ values: inout [Value]) {
    for last in stride(from: values.count - 1, to: 0, by: -1) {
      values.swapAt(last, below(last + 1))
    }
  }

  /// A given number of `true` at random places.
  mutating func marks(_ count: Int, of total: Int) -> [Bool] {
    var marks = (0..<total).map { $0 < count }
    shuffle(&marks)
    return marks
  }

  /// The natural logarithm of a positive number, by the series of the inverse hyperbolic tangent.
  static func logarithm(_ value: Double) -> Double {
    var exponent = Double(value.exponent)
    var fraction = value.significand
    if fraction > 1.414213562373095 {
      fraction /= 2
      exponent += 1
    }
    let ratio = (fraction - 1) / (fraction + 1)
    let square = ratio * ratio
    var sum = 0.0
    for odd in stride(from: 25.0, through: 1, by: -2) { sum = sum * square + 1 / odd }
    return exponent * 0.6931471805599453 + 2 * ratio * sum
  }

  /// The exponential, by its series after taking out powers of 2; 0 below −700.
  static func exponential(_ value: Double) -> Double {
    guard value > -700 else { return 0 }
    let doublings = (value / 0.6931471805599453).rounded()
    let rest = value - doublings * 0.6931471805599453
    var sum = 1.0
    for term in stride(from: 18.0, through: 1, by: -1) { sum = 1 + sum * rest / term }
    return Double(sign: .plus, exponent: Int(Swift.min(doublings, 1023)), significand: sum)
  }
}
