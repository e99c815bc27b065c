// SPDX-License-Identifier: Apache-2.0

import CohortModels
import Foundation
import SurvivalKit
import Testing

/// The figures of whole analyses, against R.
///
/// The cohort of the study is a part of the fixture. To make it anew:
///
///     SURVIVAL_STUDY_TABLES=Tests/CohortModelsTests/Fixtures/study swift test --filter "writes the tables"
///     cd Tests/CohortModelsTests/Fixtures && Rscript make-study.R && Rscript make-transplant.R
@Suite("Analysis fixtures")
struct AnalysisFixtureTests {
  private static func fixture(_ name: String) throws -> URL {
    try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
      .appendingPathComponent(name)
  }

  /// The cohort of the fixture: synthetic, with gaps.
  static func cohort() throws -> ValidatedCohort {
    try ValidatedCohort(CohortFiles.read(from: fixture("study").path))
  }

  @Test(
    "writes the tables of the fixture when it is asked to",
    .enabled(if: ProcessInfo.processInfo.environment["SURVIVAL_STUDY_TABLES"] != nil))
  func tables() throws {
    var cohort = SyntheticCohort.draw()
    // Gaps, so that models have subjects to leave out and rates have unknowns.
    for position in cohort.subjects.indices {
      if position % 17 == 3 { cohort.subjects[position].disease.philadelphia = .unknown }
      if position % 23 == 5 { cohort.subjects[position].priorTherapy.hadAlloTransplant = nil }
      if position % 29 == 7 { cohort.subjects[position].preApheresis.cns = nil }
      if position % 13 == 2, !cohort.subjects[position].toxicities.isEmpty {
        cohort.subjects[position].toxicities.removeLast()
      }
      // A level of a factor without events, so that its coefficient is infinite.
      if cohort.subjects[position].demographics.raceEthnicity == .known(.other) {
        cohort.subjects[position].relapses = []
        cohort.subjects[position].death = Death()
        for row in cohort.subjects[position].toxicities.indices {
          let grade = cohort.subjects[position].toxicities[row].maximumGrade
          cohort.subjects[position].toxicities[row].maximumGrade = grade.map { min($0, 4) }
        }
      }
    }
    let folder = try #require(ProcessInfo.processInfo.environment["SURVIVAL_STUDY_TABLES"])
    try CohortFiles.write(cohort, to: folder)
  }

  /// Compares every figure that R has written with ours; neither may have one that the other lacks.
  private func compare(_ file: String, _ figures: Figures) throws {
    let expected = try JSONDecoder().decode(
      [String: [Double?]].self, from: Data(contentsOf: Self.fixture(file)))
    #expect(Set(expected.keys) == Set(figures.all.keys))
    for (name, values) in expected.sorted(by: { $0.key < $1.key }) {
      guard let found = figures.all[name] else { continue }
      let tolerance = figures.unbounded.contains(name) ? 1e-8 : 1e-9
      let agrees =
        found.count == values.count
        && zip(found, values).allSatisfy { one, other in
          guard let one, let other else { return one == nil && other == nil }
          return abs(one - other) <= tolerance * max(1, abs(other))
        }
      #expect(agrees, "\(name): \(found), in R \(values)")
    }
  }

  @Test("the analysis of the study agrees with R")
  func study() throws {
    let findings = BrexuCelAnalysis().applied(to: try Self.cohort())
    try compare("study.json", Figures(findings))
  }

  @Test("the analysis of the transplant cohort agrees with R")
  func transplant() throws {
    let findings = TransplantAnalysis().applied(to: try TransplantCohort.load())
    try compare("transplant.json", Figures(findings))
    let stored = try JSONEncoder().encode(findings)
    #expect(try JSONDecoder().decode(TransplantFindings.self, from: stored) == findings)
  }
}
