// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

@testable import CohortModels

@Suite("Competing endpoints")
struct CompetingEndpointTests {
  @Test("incidences of relapse and of other death add up to one minus progression-free survival")
  func sum() throws {
    let subjects = try ValidatedCohort(SyntheticCohort.draw(seed: 3)).infused
    let incidences = try CumulativeIncidence(endpoint: .competing(.relapse)).fitted(to: subjects)
    let survival = try KaplanMeier(endpoint: .study(.progressionFreeSurvival)).fitted(to: subjects)
    for month in [1.0, 3, 6, 12, 18] {
      let relapse = try #require(
        incidences["all", CompetingCause.relapse]?.probability(at: month))
      let other = try #require(
        incidences["all", CompetingCause.nonRelapseMortality]?.probability(at: month))
      let free = try #require(survival.curves[0].probability(at: month))
      #expect(abs(relapse + other + free - 1) <= 1e-12)
      #expect(relapse > other)
    }
    // The same events seen from the other side.
    let mortality = try CumulativeIncidence(endpoint: .competing(.nonRelapseMortality)).fitted(
      to: subjects)
    #expect(
      mortality["all", CompetingCause.relapse]?.probability(at: 12)
        == incidences["all", CompetingCause.relapse]?.probability(at: 12))
  }
}
