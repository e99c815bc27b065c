// SPDX-License-Identifier: Apache-2.0

import Benchmark
import SeededData
import SurvivalKit

/// Stops the run unless residuals have the sums that theory gives them.
private func check(_ residuals: CoxResiduals, of fit: CoxRegression) {
  let columns = residuals.columns.indices
  for j in columns {
    let sum = residuals.values.reduce(0) { $0 + $1[j] }
    precondition(abs(sum) < 1e-9 * Double(residuals.rows.count), "residuals do not cancel")
    guard residuals.kind == .dfbeta else { continue }
    // Without clusters the robust variance is the sum of the squared changes.
    let squares = residuals.values.reduce(0) { $0 + $1[j] * $1[j] }
    let robust = fit.coefficients[j].robustStandardError ?? 0
    precondition(abs(squares.squareRoot() - robust) < 1e-9 * robust, "not the robust variance")
  }
}

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal, .peakMemoryResident], maxDuration: Effort.duration,
    maxIterations: 100)
  for rows in [10_000, 100_000] where Effort.includes(5 * rows) {
    for kind in [CoxResidualKind.score, .dfbeta] {
      Benchmark(
        "\(kind.rawValue) \(rows) × 5",
        closure: { (benchmark: Benchmark, fit: CoxRegression) in
          benchmark.startMeasurement()
          let residuals = try fit.residuals(kind)
          benchmark.stopMeasurement()
          check(residuals, of: fit)
          blackHole(residuals)
        },
        setup: { () async throws -> CoxRegression in
          let study = SeededRows(rows, columns: 5)
          return try CoxRegression.fit(
            study.rightCensored(), design: study.design(), isRobust: true)
        })
    }
  }
}
