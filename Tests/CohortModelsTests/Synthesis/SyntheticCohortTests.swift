// SPDX-License-Identifier: Apache-2.0

import Foundation
import SurvivalKit
import Testing

@testable import CohortModels

@Suite("Synthetic cohort")
struct SyntheticCohortTests {
  @Test("every cohort keeps every rule, whatever its seed and size", arguments: 1...12)
  func valid(seed: Int) throws {
    let count = [1, 2, 3, 7, 20, 60, 204, 205, 400, 700][seed % 10]
    let drawn = SyntheticCohort.draw(seed: UInt64(seed) << 40, count: count)
    #expect(drawn.subjects.count == count)
    let cohort = try ValidatedCohort(drawn)
    #expect(
      cohort.warnings.allSatisfy { [.duplicatePerson].contains($0.rule) }, "\(cohort.warnings)")
    #expect(try CohortFiles.read(csv: CohortFiles.csv(drawn)) == drawn)
    #expect(drawn.subjects.allSatisfy { $0.subjectID.hasPrefix("SYNTHETIC-") })
    #expect(drawn.study.title.contains("Synthetic"))
    let findings = ADTTE(cohort).findings().filter { $0.rule != .sparseGroup }
    #expect(findings.allSatisfy { $0.severity == .warning }, "\(findings)")
  }

  @Test("no subjects are no subjects")
  func empty() {
    #expect(SyntheticCohort.draw(count: 0).subjects.isEmpty)
    #expect(SyntheticCohort.draw(count: -5).subjects.isEmpty)
  }

  @Test("equal seeds give equal bytes on every platform, others do not")
  func deterministic() {
    func hash(_ seed: UInt64) -> UInt64 {
      // FNV-1a over all files.
      CohortFiles.csv(SyntheticCohort.draw(seed: seed)).reduce(0xCBF2_9CE4_8422_2325) {
        hash, file in
        file.bytes.reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
      }
    }
    #expect(hash(5) == hash(5))
    #expect(hash(5) != hash(6))
  }
}

@Suite("Seeded draws")
struct SeededDrawsTests {
  @Test("logarithm and exponential are right to the last digits")
  func functions() {
    var draws = SeededDraws(seed: 1)
    for _ in 0..<20_000 {
      let value = draws.uniform() * [1, 1e-12, 1e6, 1e300][draws.below(4)]
      let logarithm = SeededDraws.logarithm(value)
      #expect(abs(logarithm - log(value)) <= 4e-16 * max(1, abs(log(value))))
      let power = 700 * (2 * draws.uniform() - 1) * [1, 1e-3][draws.below(2)]
      // The reduction costs as many units as the argument has powers of 2.
      let bound = 4e-16 * max(1, abs(power))
      #expect(abs(SeededDraws.exponential(power) / exp(power) - 1) <= bound)
    }
    #expect(SeededDraws.exponential(-1000) == 0)
  }

  @Test("means and variances are those of the distributions")
  func moments() {
    var draws = SeededDraws(seed: 3)
    func check(_ mean: Double, _ variance: Double, _ draw: () -> Double) {
      let count = 40_000
      let values = (0..<count).map { _ in draw() }
      let found = values.reduce(0, +) / Double(count)
      let spread = values.reduce(0) { $0 + ($1 - found) * ($1 - found) } / Double(count)
      // Four standard errors of the mean, and a tenth of the variance.
      #expect(abs(found - mean) <= 4 * (variance / Double(count)).squareRoot())
      #expect(abs(spread - variance) <= 0.1 * variance)
    }
    check(0.5, 1.0 / 12) { draws.uniform() }
    check(1, 1) { draws.exponential() }
    check(0, 1) { draws.normal() }
    check(1, 1 / 0.9) { draws.gamma(shape: 0.9) }
    check(2.75, 2.75) { Double(SeededDraws.poissonQuantile(draws.uniform(), mean: 2.75)) }
    // Bowling's curve is one of logistic form: its variance is 1 within a hundredth.
    check(0, 1) { SeededDraws.normalQuantile(draws.uniform()) }
    check(4.5, 8.25) { Double(draws.below(10)) }
    #expect(draws.marks(3, of: 10).count { $0 } == 3)
    #expect(draws.integer(in: 7...7) == 7)
  }
}
