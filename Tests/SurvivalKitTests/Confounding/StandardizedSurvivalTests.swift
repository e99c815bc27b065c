// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// The veterans' trial with times that are all different, as in make-standardized.R.
private struct Trial: Sendable {
  var time: Double
  var isDead: Bool
  var arm: Int
  var karno: Double
  var age: Double
  var cell: Veteran.Cell
  var site: Int

  static func all() throws -> [Trial] {
    try Veteran.all().enumerated().map { row, subject in
      Trial(
        time: subject.time + Double(row + 1) / 1000, isDead: subject.isDead,
        arm: subject.treatment, karno: subject.karno ?? 0, age: subject.age, cell: subject.cell,
        site: (row + 1) % 2)
    }
  }

  static let interventions = [
    Intervention<Trial>("1") { $0.arm = 1 }, Intervention<Trial>("2") { $0.arm = 2 },
  ]

  static func fit(_ name: String, _ records: [Trial]) throws -> CoxFit<Trial> {
    let endpoint = Endpoint<Trial>("death", time: \.time, event: \.isDead)
    let arm = Covariate<Trial>.factor("arm", \.arm)
    let karno = Covariate<Trial>.numeric("karno", \.karno)
    return switch name {
    case "factors":
      try CoxModel(
        endpoint: endpoint,
        covariates: [arm, karno, .interaction(arm, karno), .factor("cell", \.cell)]
      ).fitted(to: records)
    case "strata":
      try CoxModel(
        endpoint: endpoint, covariates: [arm, karno], strata: [.by("site", \.site)]
      ).fitted(to: records)
    default:
      try CoxModel(endpoint: endpoint, covariates: [arm, karno, .numeric("age", \.age)]).fitted(
        to: records)
    }
  }
}

/// A row of a random study that has everything at once.
private struct Row: Sendable {
  var followUp: FollowUp
  var weight: Double
  var cluster: Int
  var stratum: Int
  var x: [Double]
  var offset: Double

  static func all(_ seed: Int) throws -> [Row] {
    let study = RandomStudy(seed: UInt64(seed))
    return try (0..<study.count).map { row in
      Row(
        followUp: try FollowUp(
          from: study.starts[row], to: study.stops[row], isEvent: study.events[row]),
        weight: study.weights[row], cluster: study.clusters[row], stratum: study.strata[row] % 2,
        x: study.x.map { $0[row] }, offset: study.offset[row])
    }
  }
}

@Suite("Standardized survival")
struct StandardizedSurvivalTests {
  @Test("survival, restricted means, contrasts and standard errors are those of ate")
  func reference() throws {
    let cases: [FixtureCase] = try ReferenceFixtures.cases("standardized")
    #expect(cases.count == 3)
    var worst = ReferenceDifferences()
    let records = try Trial.all()
    for reference in cases {
      let fit = try Trial.fit(reference.name, records)
      let standardized = try fit.standardizedSurvival(of: records, Trial.interventions)
      #expect(standardized.rowCount == 137)
      let times = try reference.numbers("times")
      let estimates = try ["1", "2"].flatMap { arm in
        try times.map { try standardized.estimate(.survival(at: $0), of: arm) }
      }
      let at = reference.name
      worst.compare(
        "survival", estimates.map(\.estimate), try reference.numbers("survival"), at: at)
      worst.compare(
        "survival, error", estimates.map(\.standardError), try reference.numbers("errors"),
        at: at)
      let contrasts = try times.map {
        try standardized.contrast(.survival(at: $0), of: "2", relativeTo: "1")
      }
      worst.compare(
        "difference", contrasts.map(\.estimate), try reference.numbers("difference"), at: at)
      worst.compare(
        "difference, error", contrasts.map(\.standardError),
        try reference.numbers("differenceErrors"), at: at)
      worst.compare(
        "ratio, error",
        try times.map {
          try standardized.contrast(
            .survival(at: $0), of: "2", relativeTo: "1", scale: .ratio
          ).standardError
        }, try reference.numbers("ratioErrors"), at: at)
      let means = try ["1", "2"].map {
        try standardized.estimate(.restrictedMean(upTo: 180), of: $0)
      }
      worst.compare(
        "restricted mean", means.map(\.estimate), try reference.numbers("mean"), at: at)
      worst.compare(
        "restricted mean, error", means.map(\.standardError), try reference.numbers("meanErrors"),
        at: at)
      worst.compare(
        "restricted mean, difference, error",
        try standardized.contrast(.restrictedMean(upTo: 180), of: "2", relativeTo: "1")
          .standardError, try reference.number("meanDifferenceError"), at: at)
    }
    let failures = worst.failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    for quantity in worst.quantities {
      print("standardized", quantity, worst.worst[quantity]?.difference ?? 0)
    }
  }

  @Test("the estimate is the mean of the predicted curves; a population may be a part")
  func meanOfPredictions() throws {
    let records = try Trial.all()
    let fit = try Trial.fit("factors", records)
    let standardized = try fit.standardizedSurvival(
      of: records, Trial.interventions, among: { $0.age > 60 })
    let chosen = records.filter { $0.age > 60 }
    #expect(standardized.rowCount == chosen.count)
    let predicted = try chosen.map { record in
      var record = record
      record.arm = 2
      return try #require(try fit.survivalCurve(for: record).probability(at: 77))
    }
    let estimate = try standardized.estimate(.survival(at: 77), of: "2")
    expectClose(estimate.estimate, predicted.reduce(0, +) / Double(predicted.count))
    let interval = try #require(estimate.interval())
    #expect(interval.lower < estimate.estimate && estimate.estimate < interval.upper)
    // The restricted mean is the area under the curve.
    let times = standardized.times.filter { $0 < 50 }
    var area = times[0]
    for (index, time) in times.enumerated() {
      let end = index + 1 < times.count ? times[index + 1] : 50
      area += (end - time) * (try standardized.estimate(.survival(at: time), of: "1").estimate)
    }
    expectClose(
      try standardized.estimate(.restrictedMean(upTo: 50), of: "1").estimate, area)
    let before = try standardized.estimate(.survival(at: 0.5), of: "1")
    expectClose(before.estimate, 1, within: 1e-14)
    #expect(before.standardError < 1e-14)
  }

  @Test(
    "influences with ties, late entry, weights, clusters, strata, offset: numerical jackknife",
    arguments: [(1, TieMethod.efron), (2, .breslow), (3, .efron), (4, .efron)])
  func jackknife(seed: Int, ties: TieMethod) throws {
    let rows = try Row.all(seed)
    let isClustered = seed != 3
    let isPart = seed == 4
    func standardized(_ rows: [Row]) throws -> StandardizedSurvival {
      try CoxModel<Row>(
        endpoint: Endpoint("event") { $0.followUp },
        covariates: [
          .numeric("x1") { $0.x[0] }, .numeric("x2") { $0.x[1] }, .numeric("x3") { $0.x[2] },
        ],
        strata: seed == 2 ? [] : [.by("stratum", \.stratum)], offset: { $0.offset }, ties: ties,
        weights: .probability(\.weight),
        clusters: isClustered ? .by("cluster", \.cluster) : nil
      ).fitted(to: rows).standardizedSurvival(
        of: rows,
        [
          Intervention("yes") { $0.x[2] = 1 }, Intervention("no") { $0.x[2] = 0 },
          Intervention("as is") { _ in },
        ], among: isPart ? { $0.x[2] == 1 } : nil)
    }
    let base = try standardized(rows)
    let last = base.lastTime
    let quantities = [CurveQuantity.survival(at: last / 2), .restrictedMean(upTo: last * 0.7)]
    func numbers(_ result: StandardizedSurvival) throws -> [Double] {
      try quantities.flatMap { quantity in
        let values = try ["yes", "no", "as is"].map {
          try result.estimate(quantity, of: $0).estimate
        }
        return values + [values[0] - values[1], Double.log(values[0] / values[1])]
      }
    }
    let errors = try quantities.flatMap { quantity in
      try ["yes", "no", "as is"].map { try base.estimate(quantity, of: $0).standardError }
        + ContrastScale.allCases.map {
          try base.contrast(quantity, of: "yes", relativeTo: "no", scale: $0).standardError
        }
    }
    var squares = [Double](repeating: 0, count: errors.count)
    let groups = isClustered ? Set(rows.map(\.cluster)).sorted() : Array(rows.indices)
    for group in groups {
      func moved(_ by: Double) throws -> [Double] {
        var changed = rows
        for row in rows.indices where (isClustered ? rows[row].cluster : row) == group {
          changed[row].weight *= 1 + by
        }
        return try numbers(standardized(changed))
      }
      let step = 2e-4
      for (index, (up, down)) in zip(try moved(step), try moved(-step)).enumerated() {
        let influence = (up - down) / (2 * step)
        squares[index] += influence * influence
      }
    }
    // Central differences leave an error of the order of step².
    for (error, square) in zip(errors, squares) {
      expectClose(error / square.squareRoot(), 1, within: 1e-6)
    }
  }

  @Test("a frequency weight of 3 is three rows; an affine change of a covariate changes nothing")
  func replication() throws {
    let records = try Trial.all()
    let endpoint = Endpoint<Trial>("death", time: \.time, event: \.isDead)
    let covariates: [Covariate<Trial>] = [.factor("arm", \.arm), .numeric("karno", \.karno)]
    let counts: @Sendable (Trial) -> Int = { 1 + $0.site * 2 }
    let counted = try CoxModel(
      endpoint: endpoint, covariates: covariates, weights: .frequency { counts($0) }
    ).fitted(to: records).standardizedSurvival(of: records, Trial.interventions)
    let repeated = records.flatMap { [Trial](repeating: $0, count: counts($0)) }
    let replicated = try CoxModel(endpoint: endpoint, covariates: covariates).fitted(to: repeated)
      .standardizedSurvival(of: repeated, Trial.interventions)
    let scaled = try CoxModel(
      endpoint: endpoint,
      covariates: [.factor("arm", \.arm), .numeric("karno") { 1e4 + 0.01 * $0.karno }]
    ).fitted(to: repeated).standardizedSurvival(of: repeated, Trial.interventions)
    for quantity in [CurveQuantity.survival(at: 90), .restrictedMean(upTo: 200)] {
      let one = try counted.contrast(quantity, of: "2", relativeTo: "1")
      for other in [replicated, scaled] {
        let contrast = try other.contrast(quantity, of: "2", relativeTo: "1")
        expectClose(one.estimate, contrast.estimate, within: 1e-9)
        expectClose(one.standardError, contrast.standardError, within: 1e-9)
      }
    }
  }

  @Test("what cannot be standardized is refused")
  func errors() throws {
    let records = try Trial.all()
    let fit = try Trial.fit("plain", records)
    expectError(.invalidArgument) { try fit.standardizedSurvival(of: records, []) }
    expectError(.invalidArgument) {
      try fit.standardizedSurvival(
        of: records, [Trial.interventions[0], Trial.interventions[0]])
    }
    expectError(.invalidArgument) {
      try fit.standardizedSurvival(of: Array(records.prefix(9)), Trial.interventions)
    }
    expectError(.invalidArgument) {
      try fit.standardizedSurvival(of: records.reversed(), Trial.interventions)
    }
    expectError(.noRows) {
      try fit.standardizedSurvival(of: records, Trial.interventions, among: { _ in false })
    }
    expectError(.unknownLevel) {
      try fit.standardizedSurvival(of: records, [Intervention("3") { $0.arm = 3 }])
    }
    let standardized = try fit.standardizedSurvival(of: records, Trial.interventions)
    expectError(.unknownLevel) { try standardized.estimate(.survival(at: 10), of: "3") }
    for time in [5000, Double.nan, .infinity] {
      expectError(.notEstimable) { try standardized.estimate(.survival(at: time), of: "1") }
    }
    expectError(.invalidArgument) {
      try standardized.estimate(.restrictedMean(upTo: -1), of: "1")
    }
    let endpoint = Endpoint<Trial>("death", time: \.time, event: \.isDead)
    expectError(.invalidArgument) {
      try CoxModel(endpoint: endpoint, covariates: [.factor("arm", \.arm)], ties: .exact)
        .fitted(to: records).standardizedSurvival(of: records, Trial.interventions)
    }
    expectError(.notEstimable) {
      try CoxModel(endpoint: endpoint, covariates: [.timeDependent("t") { $0.age * $1 }])
        .fitted(to: records).standardizedSurvival(of: records, Trial.interventions)
    }
    // Only one arm has events: its coefficient is infinite.
    var lucky = records
    for row in lucky.indices where lucky[row].arm == 2 { lucky[row].isDead = false }
    expectError(.notEstimable) {
      try Trial.fit("plain", lucky).standardizedSurvival(of: lucky, Trial.interventions)
    }
    // A restricted mean without a limit ends with follow-up.
    #expect(
      try standardized.estimate(.restrictedMean(upTo: nil), of: "1").quantity
        == .restrictedMean(upTo: standardized.lastTime))
  }
}
