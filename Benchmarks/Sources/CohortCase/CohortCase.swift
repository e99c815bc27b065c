// SPDX-License-Identifier: Apache-2.0

import CohortModels
import Foundation
import SurvivalKit

/// Takes a synthetic cohort from the seed to the models, and prints how long each stage took.
///
///     CohortCase [number of subjects, 100 000 by default]
@main
struct CohortCase {
  private var rows: [(stage: String, elapsed: Double, processor: Double)] = []

  static func main() throws {
    let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 100_000
    var run = CohortCase()
    try run.all(count)
    print("| stage | elapsed, s | processor, s |\n|---|---:|---:|")
    let total = run.rows.reduce(into: (0.0, 0.0)) {
      $0.0 += $1.elapsed
      $0.1 += $1.processor
    }
    for row in run.rows + [("sum", total.0, total.1)] {
      print("| \(row.stage) | \(seconds(row.elapsed)) | \(seconds(row.processor)) |")
    }
  }

  private static func seconds(_ value: Double) -> String { String(format: "%.2f", value) }

  private mutating func time<Result>(
    _ stage: String, _ body: () throws -> Result
  ) rethrows -> Result {
    let clock = ContinuousClock()
    let (start, ticks) = (clock.now, Foundation.clock())
    let result = try body()
    let processor = Double(Foundation.clock() - ticks) / Double(CLOCKS_PER_SEC)
    rows.append((stage, (clock.now - start) / .seconds(1), processor))
    return result
  }

  private mutating func all(_ count: Int) throws {
    let drawn = time("draw \(count) subjects") { SyntheticCohort.draw(seed: 1, count: count) }
    let cohort = try time("validate") { try ValidatedCohort(drawn) }
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "cohort-case-\(ProcessInfo.processInfo.processIdentifier)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try time("write the CSV tables") { try CohortFiles.write(drawn, to: folder) }
    let read = try time("read them") { try CohortFiles.read(from: folder) }
    guard read == drawn else { throw Difference(place: "CSV") }
    let json = time("write JSON") { CohortFiles.json(drawn) }
    let parsed = try time("read it") { try CohortFiles.read(json: json, file: "cohort.json") }
    guard parsed == drawn else { throw Difference(place: "JSON") }
    let data = time("derive nine endpoints as ADTTE") { ADTTE(cohort) }
    _ = time("check them") { data.findings() }
    let text = time("write them") { data.csv() }
    let records = try time("read them again") { try ADTTE(csv: text, file: "adtte.csv").records }
    guard records == data.records else { throw Difference(place: "ADTTE") }
    try analyse(cohort.infused)
    _ = time("the plan of the analysis, some two hundred fits") {
      BrexuCelAnalysis().applied(to: cohort)
    }
  }

  private mutating func analyse(_ infused: [ValidatedSubject]) throws {
    for parameter in [SurvivalParameter.progressionFreeSurvival, .overallSurvival] {
      let endpoint = Endpoint<ValidatedSubject>.study(parameter)
      let name = parameter.rawValue
      _ = try time("\(name), Kaplan–Meier by arm") {
        try KaplanMeier(endpoint: endpoint).fitted(to: infused, groupedBy: { $0.inotuzumabArm })
      }
      _ = try time("\(name), log-rank test") {
        try LogRankTest(endpoint: endpoint).applied(to: infused, groupedBy: { $0.inotuzumabArm })
      }
      let model = CoxModel(
        endpoint: endpoint,
        covariates: [
          .indicator("exposed") { $0.inotuzumabArm == .exposed },
          .indicator("active marrow") { $0.hadActiveMarrow == true },
          .numeric("prior lines") { $0.priorTherapy.lines.map(Double.init) },
        ])
      let fit = try time("\(name), Cox model") { try model.fitted(to: infused) }
      _ = try time("\(name), proportional hazards") { try fit.proportionalHazardsTest() }
    }
    _ = try time("PFS, Cox model with consolidation in time") {
      let history = try ConsolidationHistory(of: infused, .progressionFreeSurvival)
      return try CoxModel(
        endpoint: .history,
        covariates: [
          .indicator("exposed") { $0.subject.inotuzumabArm == .exposed },
          .indicator("consolidated") { $0.isConsolidated },
        ]
      ).fitted(to: history.rows)
    }
  }
}

/// Something came back other than it was written.
private struct Difference: Error {
  let place: String
}
