// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// A case of inference.json, written by make-inference.R.
struct InferenceCase: Decodable, Sendable {
  let name: String
  let aic, bic, wald, contrast, ratio: [Double]
}

@Suite("Inference after a Cox fit")
struct InferenceTests {
  private static func fit(
    _ covariates: [Covariate<Veteran>], _ name: String = "", records: [Veteran]? = nil
  ) throws -> CoxFit<Veteran> {
    try CoxModel(
      endpoint: .death, covariates: covariates,
      strata: name.contains("strata") ? [.by("treatment", \.treatment)] : [],
      ties: name.contains("breslow") ? .breslow : .efron
    ).fitted(to: records ?? Veteran.all())
  }

  private static let small: [Covariate<Veteran>] = [
    .numeric("karno", \.karno), .numeric("age", \.age),
  ]
  private static let large = small + [.factor("cell", \.cell)]

  @Test("criteria, joint Wald tests, contrasts and comparisons agree with R, to 1e-9")
  func agrees() throws {
    let failures = try Self.differences().failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  static func differences() throws -> ReferenceDifferences {
    let cases: [InferenceCase] = try ReferenceFixtures.cases("inference")
    #expect(cases.count == 4)
    var worst = ReferenceDifferences()
    for reference in cases {
      let fit = try Self.fit(Self.large, reference.name)
      let reduced = try Self.fit(Self.small, reference.name)
      worst.compare("AIC", fit.akaikeInformationCriterion, reference.aic[0], at: reference.name)
      worst.compare("BIC", fit.bayesianInformationCriterion, reference.bic[0], at: reference.name)
      let wald = try fit.jointWaldTest(of: ["cell"])
      worst.compare("Wald test", wald.statistic, reference.wald[0], at: reference.name)
      #expect(wald.degreesOfFreedom == 3)
      let contrast = try fit.contrast([
        "cell[large]": 1, "cell[smallcell]": -1, "cell[squamous]": 0.5,
      ])
      worst.compare("contrast", contrast.estimate, reference.contrast[0], at: reference.name)
      worst.compare(
        "standard error", contrast.standardError, reference.contrast[1], at: reference.name)
      let ratio = try fit.comparison(with: reduced)
      worst.compare("likelihood ratio", ratio.statistic, reference.ratio[0], at: reference.name)
      worst.compare("p-value", ratio.pValue, reference.ratio[2], at: reference.name)
      #expect(ratio.degreesOfFreedom == 3)
    }
    return worst
  }

  @Test("a contrast of one coefficient is that coefficient")
  func single() throws {
    let fit = try Self.fit(Self.large)
    let age = try #require(fit[coefficient: "age"])
    let contrast = try fit.contrast(["age": 1])
    #expect(contrast.estimate == age.estimate)
    expectClose(contrast.standardError, try #require(age.standardError), within: 1e-15)
    expectClose(contrast.z, try #require(age.z))
    expectClose(contrast.pValue, try #require(age.pValue))
    expectClose(contrast.hazardRatio, try #require(age.hazardRatio))
    let (interval, expected) = (
      contrast.hazardRatioInterval(level: 0.9), try #require(age.hazardRatioInterval(level: 0.9))
    )
    expectClose([interval.lower, interval.upper], [expected.lower, expected.upper])
    expectClose(
      try fit.jointWaldTest(of: ["age"]).statistic, try #require(age.z) * #require(age.z))
    let all = try fit.jointWaldTest(of: ["karno", "age", "cell"])
    expectClose(all.statistic, fit.waldTest.statistic, within: 1e-10)
    #expect(all.degreesOfFreedom == fit.waldTest.degreesOfFreedom)
    // Redundant contrasts count once.
    let redundant = try fit.estimates.jointWaldTest(ofContrasts: [
      ["age": 1], ["karno": 1], ["age": 2, "karno": -3],
    ])
    #expect(redundant.degreesOfFreedom == 2)
    expectClose(redundant.statistic, try fit.jointWaldTest(of: ["age", "karno"]).statistic)
  }

  @Test("frequency weights count as so many rows in the Bayesian criterion")
  func frequency() throws {
    let study = RandomStudy(seed: 5)
    let weighted = try CoxRegression.fit(
      study.data(late: false, weights: study.frequency), design: study.design, ties: .breslow)
    let replicated = study.replicated
    let plain = try CoxRegression.fit(
      replicated.data(late: false), design: replicated.design, ties: .breslow)
    expectClose(
      weighted.bayesianInformationCriterion, plain.bayesianInformationCriterion, within: 1e-12)
    #expect(weighted.eventWeight == Double(plain.eventCount))
  }

  @Test("what cannot be answered is refused")
  func badUse() throws {
    let fit = try Self.fit(Self.large)
    expectError(.invalidArgument) { try fit.jointWaldTest(of: ["cel"]) }
    expectError(.invalidArgument) { try fit.jointWaldTest(of: []) }
    expectError(.invalidArgument) { try fit.contrast(["nobody": 1]) }
    expectError(.invalidArgument) { try fit.contrast([:]) }
    expectError(.invalidArgument) { try fit.contrast(["age": 0]) }
    expectError(.invalidArgument) { try fit.contrast(["age": .nan]) }
    let aliased = try Self.fit(Self.small + [.numeric("twice") { $0.age * 2 }])
    expectError(.notEstimable) { try aliased.contrast(["twice": 1]) }
    expectError(.notEstimable) { try aliased.jointWaldTest(of: ["twice"]) }
    #expect(try aliased.jointWaldTest(of: ["age", "twice"]).degreesOfFreedom == 1)
    var records = try Veteran.all()
    let infinite = try Self.fit([.indicator("first") { $0.time >= 999 }, .numeric("age", \.age)])
    #expect(infinite[coefficient: "first"]?.isInfinite == true)
    expectError(.notEstimable) { try infinite.contrast(["first": 1]) }
    // Comparisons.
    let small = try Self.fit(Self.small)
    expectError(.invalidArgument) { try small.comparison(with: fit) }
    expectError(.invalidArgument) { try fit.comparison(with: fit) }
    expectError(.invalidArgument) {
      try fit.comparison(with: Self.fit(Self.small, "in strata"))
    }
    expectError(.invalidArgument) {
      try fit.comparison(with: Self.fit(Self.small, "breslow"))
    }
    records[3].karno = nil
    let error = expectError(.invalidArgument) {
      try fit.comparison(with: Self.fit(Self.small, records: records))
    }
    #expect(error?.message.contains("1 without karno") == true)
    expectError(.invalidArgument) {
      try fit.regression.comparison(
        with: Self.fit(Self.small, records: records).regression)
    }
    records = try Veteran.all()
    records[3].isDead.toggle()
    expectError(.invalidArgument) {
      try fit.comparison(with: Self.fit(Self.small, records: records))
    }
    let robust = try CoxModel(
      endpoint: .death, covariates: Self.small, isRobust: true
    ).fitted(to: Veteran.all())
    expectError(.invalidArgument) { try fit.comparison(with: robust) }
    // One that is no special case and fits better.
    let other = try Self.fit([.numeric("karno", \.karno)])
    let worse = try Self.fit([
      .numeric("age", \.age), .numeric("treatment") { Double($0.treatment) },
    ])
    expectError(.invalidArgument) { try worse.comparison(with: other) }
  }
}
