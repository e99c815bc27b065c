// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

extension TransplantAnalysis: CustomStringConvertible {
  /// The whole analysis as text of at most 80 columns.
  public var description: String {
    let introduction = TextLayout.wrapped(
      "Bone-marrow transplants for leukemia: \(patientCount) patients. Times are in days from "
        + "transplant. Copelan et al. (1991); Klein & Moeschberger, table 1.3.")
    return ([introduction] + [diseaseFreeSurvival, overallSurvival].map(\.description))
      .joined(separator: "\n\n\n")
  }
}

extension TransplantAnalysis.Findings: CustomStringConvertible {
  /// Curves with numbers at risk, log-rank test and Cox model, as text.
  public var description: String {
    let times = TransplantAnalysis.tableTimes
    let title = endpoint.name.prefix(1).uppercased() + endpoint.name.dropFirst()
    let underline = String(repeating: "=", count: title.count)
    return [
      "\(title)\n\(underline)", "\(curves)", "\(curves.riskTable(at: times))",
      "\(curves.probabilityTable(at: times))", "\(logRank)", "\(cox)",
    ].joined(separator: "\n\n")
  }
}
