// SPDX-License-Identifier: Apache-2.0

/// How the partial likelihood treats events at the same time.
public enum TieMethod: String, Hashable, Sendable, Codable, CaseIterable {
  /// Tied events are averaged over the orders in which they may have happened, approximately:
  /// Efron (1977), doi:10.1080/01621459.1977.10480613. The default, as in R.
  case efron
  /// Every tied event faces the whole risk set: Breslow (1974), doi:10.2307/2529620.
  case breslow
  /// Time is discrete: which of those at risk had the event, given how many did (conditional logistic
  /// regression): Cox (1972). R's `exact`, SAS's `DISCRETE`. Not for probability weights.
  case exact
  /// Time is continuous, and the order of tied events was not seen: the likelihood averaged over all
  /// orders, Kalbfleisch & Prentice (1973), doi:10.1093/biomet/60.2.267. SAS's `EXACT`. Not for
  /// probability weights.
  case exactMarginal = "exact-marginal"

  /// Whether the rule is one of the two exact ones, which have no score residuals.
  var isExact: Bool { self == .exact || self == .exactMarginal }
}

/// The sums over the tied events of one time that the likelihood and its derivatives need.
///
/// With *d* events of total weight W and total risk D₀ beside bystanders of total risk S, the *k*-th
/// of them, k = 0 … d−1, faces φₖ = S + cₖ D₀ where cₖ = 1 − k/d (Efron) or 1 (Breslow). The terms
/// are sums of positive numbers; nothing is subtracted.
struct TieSums {
  /// Σ (W/d) log φₖ.
  var logDenominator = 0.0
  /// Σ (W/d) / φₖ: the hazard that a bystander lives through.
  var hazard = 0.0
  /// Σ (W/d) cₖ / φₖ: the hazard that one of the dying lives through.
  var ownHazard = 0.0
  /// Σ (W/d) cₖ D₀ / φₖ: how far the mean of the risk set lies towards the dying, summed.
  var shift = 0.0
  /// Σ (W/d) S cₖ D₀ / φₖ²: the weight of (mean of bystanders − mean of dying)².
  var between = 0.0
  /// Σ hₖ cₖ D₀ / φₖ with hₖ = (W/d) / φₖ: hazard times shift, as a bystander lives through it.
  var hazardShift = 0.0
  /// Σ cₖ hₖ cₖ D₀ / φₖ: the same for one of the dying.
  var ownHazardShift = 0.0
  /// Σ (W/d) / φₖ²: the variance of the hazard, per W/d.
  var hazardVariance = 0.0
  /// The mean of k/d under the weights (W/d) / φₖ², and the sum of squares about it.
  var meanShare = 0.0
  var shareVariance = 0.0

  /// The sums; an exact rule takes its hazards from Breslow's, as R does.
  init(_ ties: TieMethod, events: Double, weight: Double, dying: Double, bystanders: Double) {
    let steps = ties == .efron && events > 1 ? Int(events) : 1
    let each = weight / Double(steps)
    for k in 0..<steps {
      let c = 1 - Double(k) / Double(steps)
      let share = c * dying
      let total = bystanders + share
      let h = each / total
      logDenominator += each * CoxPartialLikelihood.log(total)
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
