// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

extension TransplantFindings: CustomStringConvertible {
  /// The curves, tests and models as text of at most 80 columns.
  public var description: String {
    let introduction = TextLayout.wrapped(
      "Bone-marrow transplants for leukemia: \(patientCount) patients. Times are in days from "
        + "transplant. Copelan et al. (1991); Klein & Moeschberger, table 1.3.")
    let endpoints = [diseaseFreeSurvival, overallSurvival].map {
      $0.text(times: [0] + plan.tableDays)
    }
    return ([introduction] + endpoints).joined(separator: "\n\n\n")
  }
}

extension TransplantFindings.EndpointFindings {
  /// Curves with numbers at risk, log-rank test and Cox model.
  fileprivate func text(times: [Double]) -> String {
    let title = byRiskGroup.endpoint.prefix(1).uppercased() + byRiskGroup.endpoint.dropFirst()
    let underline = String(repeating: "=", count: title.count)
    let curves = byRiskGroup.curves.text {
      "\($0)\n\n\($0.riskTable(at: times))\n\n\($0.probabilityTable(at: times))"
    }
    return [
      "\(title)\n\(underline)", curves, byRiskGroup.logRank.text { "\($0)" },
      multivariable.text { model in
        model.estimates.text(references: model.references.map { ($0.factor, $0.level) })
      },
    ].joined(separator: "\n\n")
  }
}

extension AnalysisPart {
  /// The value as text, or the reason why there is none.
  fileprivate func text(_ print: (Value) -> String) -> String {
    switch self {
    case .found(let value): print(value)
    case .unavailable(let reason): TextLayout.wrapped("Not available: \(reason).")
    }
  }
}
