// SPDX-License-Identifier: Apache-2.0

import Benchmark
import SeededData
import SurvivalKit

/// Columns in which the code of a row, 0 or 1, says which event it had.
private struct Study: Sendable {
  let data: SurvivalData
  let design: DesignMatrix
  let rows: SeededRows
  let isClustered: Bool

  init(_ rows: SeededRows, isClustered: Bool = false) throws {
    (self.rows, self.isClustered) = (rows, isClustered)
    data = try rows.competing(isClustered: isClustered)
    design = try rows.design()
  }

  /// Both incidences and the event-free probability, counted by day, sum to one.
  func check(_ curves: CumulativeIncidenceCurves<String>) {
    let free = DailyCounts(rows).survival(after: 700)
    let sum = curves.curves.reduce(0) { $0 + ($1.probability(at: 700) ?? .nan) }
    precondition(abs(sum + free - 1) < 1e-12, "probabilities do not sum to one")
    let error = curves.curves[0].standardError(at: 700) ?? .nan
    let p = curves.curves[0].probability(at: 700) ?? .nan
    let binomial = (p * (1 - p) / Double(data.count)).squareRoot()
    // All of a cluster have the same cause, which makes its events alike.
    let limit = isClustered ? 4.0 : 1.5
    precondition(error > 0.9 * binomial && error < limit * binomial, "an odd standard error")
  }

  /// Causes were drawn at random, so the incidence of one goes up with the hazard of both.
  func check(_ fit: FineGrayRegression) {
    precondition(fit.hasConverged, "no convergence")
    for (coefficient, truth) in zip(fit.coefficients, rows.coefficients) {
      guard let estimate = coefficient.estimate, let error = coefficient.standardError else {
        preconditionFailure("no estimate")
      }
      precondition(estimate * truth > 0 || abs(estimate) < 4 * error, "an odd coefficient")
    }
  }
}

/// Subjects who are well, ill or dead.
private struct Histories: Sendable {
  let rows: SeededRows
  let subject, from: [Int]
  let to: [Int?]
  let start, stop: [Double]
  /// Times made unequal are nearly equal where there are many.
  let merging: TimeMerging

  init(_ rows: SeededRows, isTied: Bool) {
    self.rows = rows
    merging = isTied ? .standard : .exact
    let found = rows.histories(isTied: isTied)
    (subject, from, to) = (found.subject, found.from, found.to)
    (start, stop) = (found.start, found.stop)
  }

  func curve() throws -> StateCurve {
    try AalenJohansen.curves(
      of: StateHistory(
        subjects: Grouping(subject), starts: start, stops: stop, from: from, to: to,
        merging: merging))[0]
  }

  /// Who is still well is a matter of each subject's first row alone: a survival curve.
  func check(_ curve: StateCurve) throws {
    let first = start.indices.filter { start[$0] == 0 }
    let curves = try KaplanMeier.curves(
      of: SurvivalData(
        times: first.map { stop[$0] }, events: first.map { to[$0] != nil },
        merging: merging))
    let well = curves["all"]?.probability(at: 300) ?? .nan
    let error = curves["all"]?.standardError(at: 300) ?? .nan
    precondition(abs((curve.probability(of: 0, at: 300) ?? .nan) - well) < 1e-12, "an odd curve")
    precondition(
      abs((curve.standardError(of: 0, at: 300) ?? .nan) - error) < 1e-9 * error, "an error")
    let sum = (0..<3).reduce(0) { $0 + (curve.probability(of: $1, at: 700) ?? .nan) }
    precondition(abs(sum - 1) < 1e-12, "probabilities do not sum to one")
  }
}

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal, .peakMemoryResident], maxDuration: Effort.duration,
    maxIterations: 100)
  for rows in [1000, 100_000, 1_000_000] where Effort.includes(rows) {
    for isClustered in [false, true] {
      Benchmark(
        isClustered ? "Aalen–Johansen, clustered \(rows)" : "Aalen–Johansen \(rows)",
        closure: { benchmark, study in
          benchmark.startMeasurement()
          let curves = try CumulativeIncidence.curves(of: study.data)
          benchmark.stopMeasurement()
          study.check(curves)
          blackHole(curves)
        },
        setup: {
          try Study(SeededRows(rows, columns: 1, levels: rows / 4), isClustered: isClustered)
        })
    }
  }
  for subjects in [1000, 70_000, 700_000] where Effort.includes(subjects) {
    for isTied in [true, false] {
      Benchmark(
        "several states, \(subjects) subjects\(isTied ? "" : ", no two times equal")",
        closure: { benchmark, histories in
          benchmark.startMeasurement()
          let curve = try histories.curve()
          benchmark.stopMeasurement()
          try histories.check(curve)
          blackHole(curve)
        },
        setup: { Histories(SeededRows(subjects, columns: 1), isTied: isTied) })
    }
  }
  for rows in [1000, 100_000, 1_000_000] where Effort.includes(rows) {
    Benchmark(
      "Gray's test, 4 groups \(rows)",
      closure: { benchmark, study in
        benchmark.startMeasurement()
        let result = try GrayTest.compare(study.data, groups: study.rows.grouping)
        benchmark.stopMeasurement()
        // Codes say both the cause and the group, so that the groups differ beyond doubt.
        precondition((result.tests[0].test?.pValue ?? 1) < 1e-9, "no difference found")
        blackHole(result)
      },
      setup: { try Study(SeededRows(rows, columns: 1)) })
  }
  for rows in [5000, 100_000] where Effort.includes(rows) {
    Benchmark(
      "absolute risks of 10 rows, \(rows) × 5",
      closure: { benchmark, study in
        benchmark.startMeasurement()
        let fit = try CauseSpecificRegression.fit(study.data, design: study.design)
        let risks = try (0..<10).map { row in
          try fit.absoluteRisks(for: study.rows.covariates.map { $0[row] }, at: [500, 1000])
        }
        benchmark.stopMeasurement()
        for risk in risks {
          let sum = risk.risks.reduce(risk.eventFree[0] ?? .nan) {
            $0 + ($1[0]?.probability ?? .nan)
          }
          precondition(abs(sum - 1) < 0.01, "risks do not sum to one")
        }
        blackHole(risks)
      },
      setup: { try Study(SeededRows(rows, columns: 5)) })
  }
  for rows in [5000, 100_000, 1_000_000] where Effort.includes(rows) {
    Benchmark(
      "Fine–Gray \(rows) × 5",
      closure: { benchmark, study in
        benchmark.startMeasurement()
        let fit = try FineGrayRegression.fit(study.data, cause: 0, design: study.design)
        benchmark.stopMeasurement()
        study.check(fit)
        blackHole(fit)
      },
      setup: { try Study(SeededRows(rows, columns: 5)) })
  }
}
