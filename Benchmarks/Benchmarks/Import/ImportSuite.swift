// SPDX-License-Identifier: Apache-2.0

import Benchmark
import CohortModels

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal, .peakMemoryResident], maxDuration: .milliseconds(300),
    maxIterations: 100)
  Benchmark("transplant cohort, 137 patients") { benchmark in
    let patients = try TransplantCohort.load()
    benchmark.stopMeasurement()
    precondition(patients.count == 137, "the cohort has 137 patients")
    blackHole(patients)
  }
}
