// SPDX-License-Identifier: Apache-2.0

internal import CSurvivalKernels
internal import RealModule

/// The sums over the tied events of one time that the likelihood and its derivatives need.
///
/// With *d* events of total weight W and total risk D₀ beside bystanders of total risk S, the *k*-th
/// of them, k = 0 … d−1, faces φₖ = S + cₖ D₀ where cₖ = 1 − k/d (Efron) or 1 (Breslow). The terms
/// are sums of positive numbers; nothing is subtracted.
package struct TieSums {
  /// φ₀ and how much of W goes with its logarithm; the rest of Σ (W/d) log φₖ.
  package let firstTotal: Double
  private var weight = 0.0
  private var logChange = 0.0
  /// Σ (W/d) / φₖ: the hazard that a bystander lives through.
  package private(set) var hazard = 0.0
  /// Σ (W/d) cₖ / φₖ: the hazard that one of the dying lives through.
  package private(set) var ownHazard = 0.0
  /// Σ (W/d) cₖ D₀ / φₖ: how far the mean of the risk set lies towards the dying, summed.
  package private(set) var shift = 0.0
  /// Σ (W/d) S cₖ D₀ / φₖ²: the weight of (mean of bystanders − mean of dying)².
  package private(set) var between = 0.0
  /// Σ hₖ cₖ D₀ / φₖ with hₖ = (W/d) / φₖ: hazard times shift, as a bystander lives through it.
  package private(set) var hazardShift = 0.0
  /// Σ cₖ hₖ cₖ D₀ / φₖ: the same for one of the dying.
  package private(set) var ownHazardShift = 0.0
  /// Σ (W/d) / φₖ²: the variance of the hazard, per W/d.
  package private(set) var hazardVariance = 0.0
  /// The mean of k/d under the weights (W/d) / φₖ², and the sum of squares about it.
  package private(set) var meanShare = 0.0
  package private(set) var shareVariance = 0.0

  /// Σ (W/d) log φₖ.
  package var logDenominator: Double {
    weight == 0 ? logChange : weight * Double.log(firstTotal) + logChange
  }
  /// The sums; an exact rule takes its hazards from Breslow's, as R does.
  /// - Complexity: O(*d*) for up to 8192 events, O(log *d*) beyond.
  @inline(__always)
  package init(isEfron: Bool, events: Double, weight: Double, dying: Double, bystanders: Double) {
    let steps = isEfron && events > 1 ? events : 1
    firstTotal = bystanders + dying
    let inverse = 1 / firstTotal
    if steps == 1 {
      self.weight = weight
      hazard = weight * inverse
      ownHazard = hazard
      shift = hazard * dying
      hazardShift = shift * inverse
      ownHazardShift = hazardShift
      between = hazardShift * bystanders
      hazardVariance = hazard * inverse
      return
    }
    sumTied(steps, weight: weight, dying: dying, bystanders: bystanders)
  }

  /// The sums over several events.
  @inline(never)
  private mutating func sumTied(
    _ steps: Double, weight: Double, dying: Double, bystanders: Double
  ) {
    let each = weight / steps
    guard steps > 8192 || steps != steps.rounded() || !(1 / firstTotal).isFinite else {
      let sums = Self.kernel(Int(steps), dying, bystanders)
      self.weight = weight
      logChange = each * sums.0
      hazard = each * sums.1
      ownHazard = each * sums.2
      shift = ownHazard * dying
      hazardVariance = each * sums.3
      hazardShift = each * sums.4 * dying
      ownHazardShift = each * sums.5 * dying
      between = hazardShift * bystanders
      // In terms of c: k/d is 1 − c. At least a twentieth of the second moment is variance.
      let mean = sums.4 / sums.3
      meanShare = 1 - mean
      shareVariance = each * Swift.max(0, sums.5 - mean * sums.4)
      return
    }
    let terms = Terms(count: steps, each: each, dying: dying, bystanders: bystanders)
    guard steps > 8192 else {
      var k = 0.0
      while k < steps {
        let square = add(terms, at: k, 1)
        let distance = k / steps - meanShare
        meanShare += distance * (square / hazardVariance)
        shareVariance += square * distance * (k / steps - meanShare)
        k += 1
      }
      return
    }
    // The last terms change fast and are summed; the others are integrated.
    let nodes = terms.nodes()
    var squares = [Double]()
    for node in nodes { squares.append(add(terms, at: node.k, node.weight)) }
    for (node, square) in zip(nodes, squares) {
      meanShare += square / hazardVariance * (node.k / steps)
    }
    for (node, square) in zip(nodes, squares) {
      let distance = node.k / steps - meanShare
      shareVariance += square * distance * distance
    }
  }

  private static func kernel(
    _ count: Int, _ dying: Double, _ bystanders: Double
  ) -> (Double, Double, Double, Double, Double, Double) {
    var sums = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    withUnsafeMutableBytes(of: &sums) { bytes in
      if let base = bytes.bindMemory(to: Double.self).baseAddress {
        survival_tie_sums(count, dying, bystanders, base)
      }
    }
    return sums
  }

  /// Adds a multiple of the *k*-th term of every sum but the last two, and returns that of Σ (W/d)/φ².
  @inline(__always)
  private mutating func add(_ terms: Terms, at k: Double, _ multiple: Double) -> Double {
    let c = 1 - k / terms.count
    let share = c * terms.dying
    let total = terms.bystanders + share
    let each = multiple * terms.each
    let h = each / total
    logChange += each * Double.log(total)
    hazard += h
    ownHazard += h * c
    shift += h * share
    hazardShift += h * (share / total)
    ownHazardShift += h * c * (share / total)
    between += h * (terms.bystanders / total) * share
    let square = h / total
    hazardVariance += square
    return square
  }
}

/// The terms of the sums, as functions of *k*.
private struct Terms {
  let count: Double
  let each: Double
  let dying: Double
  let bystanders: Double

  func total(at k: Double) -> Double { bystanders + (1 - k / count) * dying }

  /// Points and weights such that a sum over them is the sum over k = 0 … d−1.
  ///
  /// Where φ changes by less than 1/1024 from one term to the next, the sum is the integral by the
  /// midpoint form of Euler and Maclaurin, Σ f(k) = ∫ f − [f′]/24 + …, whose next term is below
  /// rounding; f′ at the ends is a difference of two terms. The integral is taken by Gauss and
  /// Legendre over stretches in which φ changes by a factor of at most e.
  func nodes() -> [(k: Double, weight: Double)] {
    var result = [(k: Double, weight: Double)]()
    let slow = Swift.max(0, 1024 / count - bystanders / dying)
    let end = (count * (1 - Swift.min(1, slow))).rounded(.down)
    var k = end
    while k < count {
      result.append((k, 1))
      k += 1
    }
    guard end > 0 else { return result }
    result += [(end, -1.0 / 24), (end - 1, 1.0 / 24), (0, 1.0 / 24), (-1, -1.0 / 24)]
    var left = -0.5
    let right = end - 0.5
    while left < right {
      // φ falls to 1/e of what it is here, or the end comes first.
      let fall = total(at: left) * (1 - Double.exp(-1)) * count / dying
      let middle = Swift.min(right, left + fall)
      let half = (middle - left) / 2
      for (node, weight) in Self.gauss {
        result.append((left + half * (1 - node), half * weight))
        result.append((left + half * (1 + node), half * weight))
      }
      left = middle
    }
    return result
  }

  /// Nodes and weights of the Gauss–Legendre rule with 16 points, those on one side.
  static let gauss: [(Double, Double)] = [
    (0.0950125098376374402, 0.189450610455068496), (0.281603550779258913, 0.182603415044923589),
    (0.458016777657227386, 0.169156519395002538), (0.617876244402643748, 0.149595988816576732),
    (0.755404408355003034, 0.124628971255533872), (0.865631202387831744, 0.0951585116824927848),
    (0.944575023073232576, 0.0622535239386478929), (0.989400934991649933, 0.0271524594117540949),
  ]
}
