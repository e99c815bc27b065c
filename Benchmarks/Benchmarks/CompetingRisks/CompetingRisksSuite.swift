// SPDX-License-Identifier: Apache-2.0

import Benchmark
import SeededData
import SurvivalKit

/// Columns in which the code of a row, 0 or 1, says which event it had.
private struct Study: Sendable {
  let data: SurvivalData
  let design: DesignMatrix
  let rows: SeededRows

  init(_ rows: SeededRows, isClustered: Bool = false) throws {
    self.rows = rows
    let causes = zip(rows.events, rows.codes).map { $0 ? $1 % 2 : nil }
    data = try SurvivalData(
      times: rows.times, causes: EventCauses(causes), clusters: isClustered ? rows.grouping : nil)
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
    precondition(error > 0.9 * binomial && error < 1.5 * binomial, "an odd standard error")
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
