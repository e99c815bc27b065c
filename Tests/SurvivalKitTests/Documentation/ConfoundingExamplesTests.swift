// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

// The examples of "Confounding and weights", verbatim.

struct TrialPatient: Sendable {
  enum Arm: String, CaseIterable, Sendable { case standard, test }
  enum Cell: String, CaseIterable, Sendable { case adeno, large, smallcell, squamous }

  var days: Double
  var hasDied: Bool
  var arm: Arm
  var age: Double
  var performance: Double
  var cell: Cell
}

extension Endpoint<TrialPatient> {
  static let survival = Endpoint("survival", time: \.days, event: \.hasDied)
}

extension TrialPatient {
  static func all() throws -> [TrialPatient] {
    try DocumentationFiles.table("veteran").map { cell in
      TrialPatient(
        days: try #require(Double(cell("time"))), hasDied: cell("status") == "1",
        arm: cell("trt") == "2" ? .test : .standard, age: try #require(Double(cell("age"))),
        performance: try #require(Double(cell("karno"))),
        cell: try #require(Cell(rawValue: cell("celltype"))))
    }
  }
}

@Suite("Documentation examples: confounding and weights")
struct ConfoundingExamplesTests {
  private func shows(_ value: Double?, _ expected: Double, _ places: Int = 3) -> Bool {
    let unit = (0..<places).reduce(1.0) { sum, _ in sum / 10 }
    let found = value.map { "\($0)" } ?? "nil"
    let isShown = value.map { abs($0 - expected) <= 0.5001 * unit } ?? false
    if !isShown { print("example: \(found) for \(expected)") }
    return isShown
  }

  @Test("Differences of curves")
  func differences() throws {
    let patients = try TrialPatient.all()

    let curves = try KaplanMeier(endpoint: .survival).fitted(to: patients, groupedBy: \.arm)
    let gain = try curves.contrast(.restrictedMean(upTo: 180), of: .test, relativeTo: .standard)
    let days = gain.estimate  // -13.76 days of 180
    let limits = gain.interval()  // -35.75 to 8.23
    let ratio = try curves.contrast(
      .survival(at: 90), of: .test, relativeTo: .standard, scale: .ratio)
    let p = ratio.pValue  // 0.057
    #expect(shows(days, -13.76, 2))
    #expect(shows(limits.lower, -35.75, 2) && shows(limits.upper, 8.23, 2))
    #expect(shows(p, 0.057))
  }

  @Test("E-values")
  func eValues() throws {
    let interval = ConfidenceInterval(lower: 0.14, upper: 0.85, level: 0.95)
    let robustness = try EValue(hazardRatio: 0.34, interval: interval, outcome: .common)
    let strength = robustness.estimate  // 3.60
    let least = robustness.limit  // 1.48
    #expect(shows(strength, 3.60, 2))
    #expect(shows(least, 1.48, 2))
  }

  @Test("Standardized survival")
  func standardized() throws {
    let patients = try TrialPatient.all()

    let fit = try CoxModel(
      endpoint: .survival,
      covariates: [
        .factor("arm", \.arm), .numeric("age", \.age), .numeric("performance", \.performance),
      ]
    ).fitted(to: patients)
    let standardized = try fit.standardizedSurvival(
      of: patients,
      [Intervention("all test") { $0.arm = .test }, Intervention("none") { $0.arm = .standard }])

    let survival = try standardized.estimate(.survival(at: 100), of: "all test").estimate  // 0.362
    let change = try standardized.contrast(.survival(at: 100), of: "all test", relativeTo: "none")
    let difference = change.estimate  // -0.056
    let limits = change.interval()  // -0.174 to 0.062
    let months = try standardized.contrast(
      .restrictedMean(upTo: 180), of: "all test", relativeTo: "none")
    let days = months.estimate  // -8.61, standard error 9.19
    #expect(shows(survival, 0.362))
    #expect(shows(difference, -0.056))
    #expect(shows(limits.lower, -0.174) && shows(limits.upper, 0.062))
    #expect(shows(days, -8.61, 2) && shows(months.standardError, 9.19, 2))
  }

  @Test("Propensity weights")
  func propensity() throws {
    let patients = try TrialPatient.all()

    let model = PropensityModel<TrialPatient>(
      exposure: { $0.arm == .test },
      covariates: [
        .numeric("age", \.age), .numeric("performance", \.performance), .factor("cell", \.cell),
      ])
    let weights = try model.fitted(to: patients).weights(.everyone)

    let before = weights.balance.map(\.unweighted)  // 0.153, -0.063, 0.465
    let imbalance = weights.largestImbalance  // 0.014
    let sizes = weights.groups.map(\.effectiveSampleSize)  // 64.0 of 68, 64.2 of 69
    #expect(shows(before[0], 0.153) && shows(before[1], -0.063) && shows(before[2], 0.465))
    #expect(shows(imbalance, 0.014))
    #expect(shows(sizes[0], 64.0, 1) && shows(sizes[1], 64.2, 1))

    let weighted = try KaplanMeier(endpoint: .survival, weights: weights.recordWeights)
      .fitted(to: patients, groupedBy: \.arm)
    let test = try LogRankTest(endpoint: .survival, weights: weights.recordWeights)
      .applied(to: patients, groupedBy: \.arm)
    let effect = try CoxModel(
      endpoint: .survival, covariates: [.factor("arm", \.arm)], weights: weights.recordWeights
    ).fitted(to: patients)[coefficient: "arm[test]"]

    let difference = try weighted.contrast(.survival(at: 90), of: .test, relativeTo: .standard)
      .estimate  // -0.153
    let rank = test.pValue  // 0.976
    let hazardRatio = effect?.hazardRatio  // 1.007
    #expect(shows(difference, -0.153))
    #expect(shows(rank, 0.976))
    #expect(shows(hazardRatio, 1.007))
  }
}
