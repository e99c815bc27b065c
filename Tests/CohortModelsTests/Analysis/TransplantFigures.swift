// SPDX-License-Identifier: Apache-2.0

import CohortModels
import SurvivalKit

extension Figures {
  /// Those of the transplant cohort, as make-transplant.R names them.
  init(_ findings: TransplantFindings) {
    for (name, endpoint) in [
      ("dfs", findings.diseaseFreeSurvival), ("os", findings.overallSurvival),
    ] {
      comparison(name, endpoint.byRiskGroup)
      put(
        "\(name).pairs",
        (endpoint.byRiskGroup.logRank.value?.pairs ?? []).flatMap {
          [$0.statistic, $0.pValue, $0.adjustedPValue]
        })
      model("\(name).model", endpoint.multivariable)
    }
    followUp(findings.followUp)
    competing(findings.competingRisks, firstGroup: 1, upTo: .infinity)
    guard let table = findings.baseline.value else { return }
    baseline("z1", table["patient age, years"], ["0", "1", "2", "3"])
    baseline("z7", table["diagnosis to transplant, days"], ["0", "1", "2", "3"])
    baseline("z8", table["FAB 4 or 5"], [])
  }
}
