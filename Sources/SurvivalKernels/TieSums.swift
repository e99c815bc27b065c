// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// The sums over the tied events of one time that the likelihood and its derivatives need.
///
/// With *d* events of total weight W and total risk D₀ beside bystanders of total risk S, the *k*-th
/// of them, k = 0 … d−1, faces φₖ = S + cₖ D₀ where cₖ = 1 − k/d (Efron) or 1 (Breslow). The terms
/// are sums of positive numbers; nothing is subtracted.
package struct TieSums {
  /// Σ (W/d) log φₖ.
  package private(set) var logDenominator = 0.0
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

  /// The sums; an exact rule takes its hazards from Breslow's, as R does.
  package init(isEfron: Bool, events: Double, weight: Double, dying: Double, bystanders: Double) {
    let steps = isEfron && events > 1 ? Int(events) : 1
    let each = weight / Double(steps)
    for k in 0..<steps {
      let c = 1 - Double(k) / Double(steps)
      let share = c * dying
      let total = bystanders + share
      let h = each / total
      logDenominator += each * Double.log(total)
      hazard += h
      ownHazard += h * c
      shift += h * share
      hazardShift += h * (share / total)
      ownHazardShift += h * c * (share / total)
      between += h * (bystanders / total) * share
      let square = h / total
      hazardVariance += square
      let distance = 1 - c - meanShare
      meanShare += distance * (square / hazardVariance)
      shareVariance += square * distance * (1 - c - meanShare)
    }
  }
}
