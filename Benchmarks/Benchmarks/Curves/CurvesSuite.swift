// SPDX-License-Identifier: Apache-2.0

import Benchmark
import SeededData
import SurvivalKit

/// Columns, and the probability of surviving 700 days, counted by day.
private struct Study: Sendable {
  let data: SurvivalData
  let probability: Double

  init(_ rows: SeededRows, isClustered: Bool) throws {
    data = try rows.rightCensored(isClustered: isClustered)
    probability = DailyCounts(rows).survival(after: 700)
  }

  func check(_ curves: SurvivalCurves<String>) {
    let found = curves["all"]?.probability(at: 700) ?? 0
    precondition(abs(found - probability) < 1e-12, "another probability than by counting")
    // Clusters at random change the standard error by chance only.
    let error = curves["all"]?.standardError(at: 700) ?? 0
    let binomial = (probability * (1 - probability) / Double(data.count)).squareRoot()
    precondition(error > 0.9 * binomial && error < 1.5 * binomial, "an odd standard error")
  }
}

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal, .peakMemoryResident], maxDuration: Effort.duration,
    maxIterations: 100)
  for rows in [1000, 100_000, 1_000_000] where Effort.includes(rows) {
    for isClustered in [false, true] {
      Benchmark(
        isClustered ? "clustered robust \(rows)" : "Kaplan–Meier \(rows)",
        closure: { benchmark, study in
          benchmark.startMeasurement()
          let curves = try KaplanMeier.curves(of: study.data)
          benchmark.stopMeasurement()
          study.check(curves)
          blackHole(curves)
        },
        setup: {
          try Study(
            SeededRows(rows, columns: 1, levels: rows / 4), isClustered: isClustered)
        })
    }
  }
}
