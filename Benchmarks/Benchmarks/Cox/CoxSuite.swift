// SPDX-License-Identifier: Apache-2.0

import Benchmark
import SeededData
import SurvivalKit

/// A study with everything that is not measured: the columns, and what the fit is checked with.
private struct Study: Sendable {
  let data: SurvivalData
  let design: DesignMatrix
  let strata: Grouping?
  let score: EfronScore
  let coefficients: [Double]

  init(_ rows: SeededRows, isLate: Bool, isStratified: Bool, isClustered: Bool) throws {
    data = isLate ? try rows.lateEntry() : try rows.rightCensored(isClustered: isClustered)
    design = try rows.design()
    strata = isStratified ? rows.grouping : nil
    score = EfronScore(rows, isLate: isLate, isStratified: isStratified)
    coefficients = rows.coefficients
  }

  func fit() throws -> CoxRegression { try CoxRegression.fit(data, design: design, strata: strata) }

  /// Stops the run unless the gradient vanishes and the estimates are near what the data came from.
  func check(_ fit: CoxRegression) {
    let estimates = fit.coefficients.compactMap(\.estimate)
    precondition(score.largestComponent(at: estimates) < 1e-10, "the gradient does not vanish")
    for (estimate, truth) in zip(estimates, coefficients) {
      precondition(
        abs(estimate - truth) < 8 / Double(fit.eventCount).squareRoot(),
        "an estimate is far from the truth")
    }
  }
}

/// Registers the fit of one shape.
private func register(
  _ name: String, _ rows: Int, _ columns: Int, levels: Int = 4, isLate: Bool = false,
  isStratified: Bool = false, isClustered: Bool = false
) {
  guard Effort.includes(rows * columns) else { return }
  Benchmark(
    name,
    closure: { benchmark, study in
      benchmark.startMeasurement()
      let fit = try study.fit()
      benchmark.stopMeasurement()
      study.check(fit)
      blackHole(fit.logLikelihood)
    },
    setup: {
      try Study(
        SeededRows(rows, columns: columns, levels: levels), isLate: isLate,
        isStratified: isStratified, isClustered: isClustered)
    })
}

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal, .peakMemoryResident], maxDuration: Effort.duration,
    maxIterations: 100)
  for (rows, columns) in [
    (1000, 10), (10_000, 20), (100_000, 20), (100_000, 100), (1_000_000, 20),
  ] {
    register("fit \(rows) × \(columns)", rows, columns)
  }
  register("(start, stop] 200000 × 10", 200_000, 10, isLate: true)
  register("1000 strata 100000 × 10", 100_000, 10, levels: 1000, isStratified: true)
  register(
    "(start, stop], strata 20000 × 5", 20_000, 5, levels: 50, isLate: true, isStratified: true)
  register("robust, 25000 clusters 100000 × 5", 100_000, 5, levels: 25_000, isClustered: true)
  register("robust, 2500 clusters 10000 × 5", 10_000, 5, levels: 2500, isClustered: true)
  // Cost against the number of rows, and of columns.
  for rows in [1000, 10_000, 100_000, 1_000_000, 10_000_000] {
    register("rows \(rows) × 5", rows, 5)
  }
  for columns in [2, 5, 10, 20, 50, 100, 200, 400] {
    register("columns 20000 × \(columns)", 20_000, columns)
  }
}
