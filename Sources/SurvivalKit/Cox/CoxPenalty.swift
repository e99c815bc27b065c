// SPDX-License-Identifier: Apache-2.0

/// What is added to the log likelihood of a Cox model before it is maximized.
public enum CoxPenalty: String, Hashable, Sendable, Codable, CaseIterable {
  /// Nothing: the partial likelihood itself.
  case none
  /// Half the log determinant of the information, ½ log |I(β)|.
  ///
  /// It takes the first-order bias from the estimates and makes them finite where the likelihood is
  /// monotone: Firth (1993), doi:10.1093/biomet/80.1.27; for the Cox model Heinze & Schemper (2001),
  /// doi:10.1111/j.0006-341X.2001.00114.x. Under Efron's and Breslow's rules, with frequency weights,
  /// strata and delayed entry; as in R's `coxphf`.
  case firth
}
