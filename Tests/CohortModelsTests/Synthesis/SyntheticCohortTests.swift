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

  /// The log hazard ratio of exposure, or of consolidation, in one model.
  private func estimate<Record>(
    _ model: CoxModel<Record>, _ records: [Record], _ name: String
  ) throws -> (estimate: Double, error: Double) {
    let coefficient = try #require(try model.fitted(to: records)[coefficient: name])
    return (
      try #require(coefficient.estimate), try #require(coefficient.standardError)
    )
  }

  @Test("across seeds exposure is associated with worse survival, and hardly so after adjustment")
  func confounding() throws {
    let seeds = UInt64(1)...30
    var (raw, adjusted, survival, covered) = (0.0, 0.0, 0.0, 0)
    for seed in seeds {
      let subjects = try ValidatedCohort(SyntheticCohort.draw(seed: seed)).infused
      func unadjusted(_ parameter: SurvivalParameter) throws -> Double {
        let model = CoxModel<ValidatedSubject>(
          endpoint: .study(parameter),
          covariates: [.indicator("exposed") { $0.inotuzumabArm == .exposed }])
        return try estimate(model, subjects, "exposed").estimate
      }
      raw += try unadjusted(.progressionFreeSurvival) / Double(seeds.count)
      survival += try unadjusted(.overallSurvival) / Double(seeds.count)
      let fit = try #require(try CohortBands.adjusted(subjects)[coefficient: "exposed"])
      adjusted += try #require(fit.estimate) / Double(seeds.count)
      if let limits = fit.interval(), limits.lower < 0, limits.upper > 0 { covered += 1 }
    }
    // Of thirty cohorts with a standard error of 0.21 each, the means have one of 0.04.
    #expect((0.32...0.62).contains(raw), "PFS \(raw)")
    #expect((0.50...0.95).contains(survival), "OS \(survival)")
    #expect((0.05...0.38).contains(adjusted), "adjusted \(adjusted)")
    #expect(adjusted < 0.65 * raw)
    #expect(covered >= 20, "\(covered) of 30")
  }

  @Test("consolidation as a flag of the baseline looks twice as good as it is: immortal time")
  func immortalTime() throws {
    let subjects = try ValidatedCohort(SyntheticCohort.draw(seed: 11, count: 3000)).infused
    let inTime = try #require(
      try CohortBands.adjusted(subjects)[coefficient: "consolidated"]?.hazardRatio)
    let flag = CoxModel<ValidatedSubject>(
      endpoint: .study(.progressionFreeSurvival),
      covariates: [
        .indicator("exposed") { $0.inotuzumabArm == .exposed },
        .indicator("active") { $0.hadActiveMarrow == true },
        .numeric("lines") { $0.priorTherapy.lines.map(Double.init) },
        .indicator("ever") { $0.isConsolidated() == true },
      ])
    let naive = try #require(try flag.fitted(to: subjects)[coefficient: "ever"]?.hazardRatio)
    // The process has 0.34 given frailty; leaving frailty out brings it towards 1.
    #expect((0.34...0.55).contains(inTime), "\(inTime)")
    #expect((0.15...0.30).contains(naive), "\(naive)")
    #expect(naive < 0.65 * inTime)
    let landmark = LandmarkCohort(of: subjects, .progressionFreeSurvival)
    #expect(
      landmark.members.count + landmark.endedBefore + landmark.censoredBefore
        + landmark.outsidePopulation == subjects.count)
    let atLandmark = CoxModel(
      endpoint: .fromLandmark, covariates: [.indicator("consolidated") { $0.isConsolidated }])
    let ratio = try estimate(atLandmark, landmark.members, "consolidated").estimate
    #expect(Double.exp(ratio) > naive)
  }
}

extension Double {
  fileprivate static func exp(_ value: Double) -> Double { Foundation.exp(value) }
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
