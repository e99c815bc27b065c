// SPDX-License-Identifier: Apache-2.0

/// The disease and its risk when a patient of the transplant study was grafted.
public enum RiskGroup: String, CaseIterable, Codable, Sendable {
  /// Acute lymphoblastic leukemia; code 1 in the file.
  case acuteLymphoblastic = "ALL"
  /// Acute myeloid leukemia grafted in first remission; code 2 in the file.
  case myeloidLowRisk = "AML low risk"
  /// Acute myeloid leukemia grafted in second or later remission or in relapse; code 3 in the file.
  case myeloidHighRisk = "AML high risk"
}
