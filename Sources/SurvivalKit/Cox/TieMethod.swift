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
