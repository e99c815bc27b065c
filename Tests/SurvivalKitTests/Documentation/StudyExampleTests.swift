// SPDX-License-Identifier: Apache-2.0

import CohortModels
import SurvivalKit
import Testing

/// The examples of the article on the cohort of cell therapy.
@Suite("Examples of the cohort of cell therapy")
struct StudyExampleTests {
  @Test("from data to endpoints, and consolidation in time")
  func article() throws {
    let cohort = try ValidatedCohort(SyntheticCohort.draw())
    let endpoint = Endpoint<ValidatedSubject>.study(.progressionFreeSurvival)
    let curves = try KaplanMeier(endpoint: endpoint)
      .fitted(to: cohort.infused, groupedBy: { $0.inotuzumabArm })
    print(curves[.exposed]?.probability(at: 12) ?? .nan)
    let exposed = try #require(curves[.exposed]?.probability(at: 12))
    let naive = try #require(curves[.naive]?.probability(at: 12))
    #expect(exposed < naive)

    let history = try ConsolidationHistory(of: cohort.infused, .progressionFreeSurvival)
    let model = CoxModel(
      endpoint: .history,
      covariates: [
        .indicator("exposed") { $0.subject.inotuzumabArm == .exposed },
        .indicator("active marrow") { $0.subject.hadActiveMarrow == true },
        .numeric("prior lines") { $0.subject.priorTherapy.lines.map(Double.init) },
        .indicator("consolidated") { $0.isConsolidated },
      ])
    print(try model.fitted(to: history.rows))
    #expect(try model.fitted(to: history.rows).exclusions.count == 0)

    var plan = BrexuCelAnalysis()
    plan.covariates = [.activeMarrow, .priorLines]
    let findings = plan.applied(to: cohort)
    switch findings.progressionFreeSurvival.adjusted {
    case .found(let effect): print(effect.coefficient.hazardRatio ?? .nan)
    case .unavailable(let reason): print(reason)
    }
    let found = findings.progressionFreeSurvival
    let whole = try #require(found.multivariable.value)
    #expect(whole.terms.count == 3)
    #expect(found.adjusted.value?.subjectCount == whole.estimates.rowCount)
  }
}
