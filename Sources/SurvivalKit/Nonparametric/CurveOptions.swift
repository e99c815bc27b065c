// SPDX-License-Identifier: Apache-2.0

/// How a survival curve is estimated from the risk sets.
///
/// With *d* events of total weight *W* among a weight *Y* at risk:
public enum CurveEstimator: String, Hashable, Sendable, Codable, CaseIterable {
  /// The product limit Ŝ = ∏(1 − W/Y), with the Nelson–Aalen hazard Σ W/Y beside it.
  ///
  /// Kaplan & Meier (1958), doi:10.1080/01621459.1958.10501452.
  case kaplanMeier = "kaplan-meier"
  /// The exponential Ŝ = exp(−Σ W/Y) of the Nelson–Aalen hazard.
  ///
  /// Aalen (1978), doi:10.1214/aos/1176344247.
  case nelsonAalen = "nelson-aalen"
  /// The exponential of a hazard in which tied events happen one after another:
  /// Σ over *k* = 0 … *d*−1 of (W/d) / (Y − kW/d).
  ///
  /// Fleming & Harrington (1984), doi:10.1080/03610928408828837.
  case flemingHarrington = "fleming-harrington"
}

/// Which variance a survival curve has.
public enum CurveVariance: String, Hashable, Sendable, Codable, CaseIterable {
  /// Robust where rows are weighted by probability or belong to clusters or subjects; otherwise
  /// Greenwood's for the product limit and Aalen's for the exponential estimators.
  case automatic
  /// Greenwood (1926): Var log Ŝ = Σ W / (Y (Y − W)).
  case greenwood
  /// Aalen and Tsiatis: Var Λ̂ = Σ W / Y², used for log Ŝ as well.
  case aalen
  /// The infinitesimal jackknife: the sum over clusters of squared influences.
  case robust
}

/// How confidence limits of a survival probability are formed from the standard error of log Ŝ.
public enum CurveInterval: String, Hashable, Sendable, Codable, CaseIterable {
  /// exp(log Ŝ ± z·se), the upper limit no more than 1. R's default.
  case log
  /// exp(−exp(log(−log Ŝ) ± z·se / log Ŝ)): within 0 … 1 always. The default of SAS and Stata.
  case logLog = "log-log"
  /// Ŝ ± z·Ŝ·se, cut to 0 … 1.
  case plain
  /// Symmetric on the scale log(Ŝ / (1 − Ŝ)).
  case logit
  /// Symmetric on the scale arcsin √Ŝ.
  case arcsine
}

/// Which time is the quantile when the curve is flat at exactly the probability asked for.
public enum QuantileRule: String, Hashable, Sendable, Codable, CaseIterable {
  /// The middle of the flat stretch; R's rule. A last flat stretch ends at the last observed time.
  case midpoint
  /// The first time at which the curve is at or below the probability: the textbook infimum.
  case first
  /// The first time at which the curve is below the probability; none when it only reaches it.
  case next
}

/// Where a restricted mean ends.
public enum RestrictionTime: Hashable, Sendable, Codable {
  /// The last observed time of each curve.
  case lastOfEach
  /// The smallest of the last observed times, so that all curves are known to it.
  case common
  /// A time of your choice.
  case at(Double)
}
