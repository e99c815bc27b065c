// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

/// The averaged likelihood of one event time: tied events happened one after another, in an order
/// that was not seen.
///
///     L = ∫₀^∞ Π dying (1 − exp(−aᵢ t)) e⁻ᵗ dt,   aᵢ = rᵢ / (total risk of the bystanders)
///
/// which is the sum of the probabilities of all orders: DeLong, Guirguis & So (1994),
/// doi:10.1093/biomet/81.3.607; `EXACT` in SAS and `exactm` in Stata, missing in R. The integral is
/// taken over s = log t by the trapezoidal rule, which converges geometrically because the integrand
/// falls off doubly exponentially.
struct ExactMarginalTies {
  /// log L.
  private(set) var logLikelihood = 0.0
  /// The derivative of log L with respect to each log aᵢ.
  private(set) var slopes: [Double]
  /// Minus the second derivatives: a full matrix over the dying, row by row.
  private(set) var curvature: [Double]

  /// Integrates, for the dying with given log aᵢ.
  /// - Complexity: O(*d*² · nodes), some hundred nodes.
  init(logRatios: [Double]) {
    let d = logRatios.count
    slopes = [Double](repeating: 0, count: d)
    curvature = [Double](repeating: 0, count: d * d)
    let mode = Self.mode(logRatios)
    let peak = Self.logIntegrand(mode, logRatios)
    // The width of the peak from its second difference.
    let h = 1e-3
    let second =
      (Self.logIntegrand(mode + h, logRatios) - 2 * peak + Self.logIntegrand(mode - h, logRatios))
      / (h * h)
    let step = 0.2 / Swift.max(-second, 0.25).squareRoot()
    var total = 0.0
    var meanSlopes = [Double](repeating: 0, count: d)
    var squares = [Double](repeating: 0, count: d * d)
    var meanCurvature = meanSlopes
    var c = meanSlopes
    for direction in [1.0, -1.0] {
      var node = direction > 0 ? 0 : 1
      while true {
        let s = mode + direction * Double(node) * step
        let weight = Double.exp(Self.logIntegrand(s, logRatios) - peak)
        if weight < 1e-18 || node > 20_000 { break }
        total += weight
        for i in 0..<d {
          let u = Double.exp(s + logRatios[i])
          // u / (eᵘ − 1), and its derivative with respect to log u.
          c[i] = u < 1e-300 ? 1 : u > 700 ? 0 : u / Double.expMinusOne(u)
          meanSlopes[i] += weight * c[i]
          meanCurvature[i] += weight * c[i] * (1 - u - c[i])
        }
        for i in 0..<d {
          for j in 0...i { squares[i * d + j] += weight * c[i] * c[j] }
        }
        node += 1
      }
    }
    logLikelihood = peak + Double.log(total * step)
    for i in 0..<d { slopes[i] = meanSlopes[i] / total }
    for i in 0..<d {
      for j in 0...i {
        var value = -(squares[i * d + j] / total - slopes[i] * slopes[j])
        if i == j { value -= meanCurvature[i] / total }
        curvature[i * d + j] = value
        curvature[j * d + i] = value
      }
    }
  }

  /// The logarithm of the integrand over s = log t.
  private static func logIntegrand(_ s: Double, _ logRatios: [Double]) -> Double {
    var sum = s - Double.exp(s)
    for ratio in logRatios {
      let u = Double.exp(s + ratio)
      sum += u < 1e-300 ? s + ratio : Double.log(-Double.expMinusOne(-u))
    }
    return sum
  }

  /// Where the integrand is largest: its logarithm is concave in s, so its derivative has one root.
  private static func mode(_ logRatios: [Double]) -> Double {
    func slope(_ s: Double) -> Double {
      var sum = 1 - Double.exp(s)
      for ratio in logRatios {
        let u = Double.exp(s + ratio)
        sum += u < 1e-300 ? 1 : u > 700 ? 0 : u / Double.expMinusOne(u)
      }
      return sum
    }
    // At s = log(d + 1) the slope cannot be positive.
    var high = Double.log(Double(logRatios.count + 1))
    var low = high - 1
    while slope(low) < 0 { low -= 2 * (high - low) }
    for _ in 0..<100 where high - low > 1e-6 {
      let middle = (low + high) / 2
      if slope(middle) > 0 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
