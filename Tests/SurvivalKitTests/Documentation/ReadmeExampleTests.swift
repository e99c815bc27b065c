// SPDX-License-Identifier: Apache-2.0

import CohortModels
import Foundation
import SurvivalKit
import SurvivalPlots
import Testing

/// The example of the README, and every line that the README says it prints.
@Suite("The example of the README")
struct ReadmeExampleTests {
  @Test("prints what the README shows")
  func example() throws {
    var printed = ""
    func print(_ value: Any) { printed += "\(value)\n" }

    let patients = try TransplantCohort.load()
    let endpoint = Endpoint<TransplantPatient>.diseaseFreeSurvival

    let curves = try KaplanMeier(endpoint: endpoint)
      .fitted(to: patients, groupedBy: \.riskGroup)
    print(curves)
    print(curves[.myeloidLowRisk]?.probability(at: 365) ?? .nan)

    let model = CoxModel(
      endpoint: endpoint,
      covariates: [
        .factor("group", \.riskGroup, reference: .myeloidLowRisk),
        .numeric("age per decade") { $0.patient.age / 10 },
      ])
    print(try model.fitted(to: patients))

    var figure = SurvivalPlot(
      curves,
      test: try LogRankTest(endpoint: endpoint).applied(to: patients, groupedBy: \.riskGroup))
    figure.timeUnit = .days
    let svg = figure.svg()

    // SURVIVAL_PICTURES=1 writes the picture anew, after a change that is meant to be seen.
    let picture = DocumentationFiles.root
      .appending(path: "Documentation/Pictures/disease-free-survival.svg")
    if ProcessInfo.processInfo.environment["SURVIVAL_PICTURES"] != nil {
      try Data(svg.utf8).write(to: picture)
    }
    #expect(try String(contentsOf: picture, encoding: .utf8) == svg)

    let readme = try String(
      contentsOf: DocumentationFiles.root.appending(path: "README.md"), encoding: .utf8)
    for line in printed.split(separator: "\n") {
      #expect(readme.contains(line.trimmingPrefix { $0 == " " }), "\(line)")
    }
  }
}
