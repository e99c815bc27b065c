// SPDX-License-Identifier: Apache-2.0

import Benchmark
import SeededData
import SurvivalKit

/// Columns, and the deaths that each group should have had, counted by day.
private struct Study: Sendable {
  let data: SurvivalData
  let groups: Grouping
  let expected: [Double]

  init(_ rows: SeededRows) throws {
    data = try rows.rightCensored()
    groups = rows.grouping
    expected = DailyCounts(rows).expectedDeaths()
  }

  func check(_ result: LogRankResult) {
    for (group, expected) in zip(result.groups, expected) {
      precondition(
        abs(group.expected - expected) < 1e-9 * expected, "other expected deaths than by counting")
    }
    precondition(result.statistic >= 0 && result.pValue <= 1, "no test")
  }
}

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal, .peakMemoryResident], maxDuration: Effort.duration,
    maxIterations: 100)
  for rows in [1000, 100_000, 1_000_000] where Effort.includes(rows) {
    Benchmark(
      "log-rank, 4 groups \(rows)",
      closure: { benchmark, study in
        benchmark.startMeasurement()
        let result = try LogRankTest.compare(study.data, groups: study.groups)
        benchmark.stopMeasurement()
        study.check(result)
        blackHole(result)
      },
      setup: { try Study(SeededRows(rows, columns: 1)) })
  }
}
