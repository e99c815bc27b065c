// SPDX-License-Identifier: Apache-2.0

import Benchmark
import SeededData
import SurvivalKit

/// Columns, and the number of comparable pairs, counted by day.
private struct Study: Sendable {
  let data: SurvivalData
  let predictor: [Double]
  let comparable: Double

  init(_ rows: SeededRows) throws {
    data = try rows.rightCensored()
    predictor = rows.covariates[0]
    comparable = DailyCounts(rows).comparablePairs()
  }

  func check(_ result: Concordance) {
    let pairs = result.concordant + result.discordant + result.tiedPredictor
    precondition(pairs == comparable, "another number of pairs than by counting")
    // A normal predictor that moves the log hazard by 0.8: about 0.71 (R agrees, see Peers).
    precondition(abs(result.estimate - 0.71) < 6 * result.standardError + 0.01, "odd concordance")
  }
}

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal, .peakMemoryResident], maxDuration: Effort.duration,
    maxIterations: 100)
  for rows in [1000, 100_000, 1_000_000] where Effort.includes(rows) {
    Benchmark(
      "with standard error \(rows)",
      closure: { benchmark, study in
        benchmark.startMeasurement()
        let result = try Concordance(of: study.predictor, study.data)
        benchmark.stopMeasurement()
        study.check(result)
        blackHole(result)
      },
      setup: { try Study(SeededRows(rows, columns: 1)) })
  }
}
