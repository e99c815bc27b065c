// SPDX-License-Identifier: Apache-2.0

import Foundation
import RealModule
import SurvivalLinearAlgebra
import Testing

@testable import SurvivalKit

@Suite("Fine–Gray model")
struct FineGrayTests {
  static let cases: [FineGrayCase] = (try? ReferenceFixtures.cases("fine-gray")) ?? []
  static var plain: FineGrayCase { cases[0] }

  @Test("there are cases")
  func loaded() { #expect(Self.cases.count == 12) }

  static func differences(_ reference: FineGrayCase) throws -> ReferenceDifferences {
    var worst = ReferenceDifferences()
    let fit = try reference.fit(.fixedWeights)
    let at = reference.name
    for (index, coefficient) in fit.coefficients.enumerated() {
      worst.compare(
        "coefficient", coefficient.estimate, reference.coefficients[index],
        scale: reference.model[index][index].squareRoot(), at: at)
    }
    worst.compareCovariance("model covariance", fit.modelCovariance, reference.model, at: at)
    worst.compareCovariance("robust covariance", fit.covariance, reference.robust, at: at)
    worst.compare(
      "log likelihood", [fit.nullLogLikelihood, fit.logLikelihood], reference.logLikelihood,
      at: at)
    return worst
  }

  @Test("finegray and coxph, to 1e-9", arguments: cases)
  func finegray(reference: FineGrayCase) throws {
    let failures = try Self.differences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  static func crrDifferences(_ reference: FineGrayCase) throws -> ReferenceDifferences {
    var worst = ReferenceDifferences()
    let gray = try #require(reference.gray)
    let fit = try FineGrayRegression.fit(
      reference.data(), cause: 1, design: reference.design,
      censoringGroups: reference.groups == [1] ? Grouping(reference.rows.group) : nil,
      ties: .breslow)
    #expect(fit.variance == .fineGray)
    for (index, coefficient) in fit.coefficients.enumerated() {
      worst.compare(
        "coefficient", coefficient.estimate, gray.coefficients[index],
        scale: gray.covariance[index][index].squareRoot(), at: reference.name)
    }
    // With censoring groups crr's covariance is not that of its influences; ours is, see Validation.md.
    if reference.groups == [0] {
      worst.compareCovariance(
        "covariance", fit.covariance, gray.covariance, at: reference.name)
    }
    worst.compare(
      "log likelihood", [fit.nullLogLikelihood, fit.logLikelihood], gray.logLikelihood,
      at: reference.name)
    let baseline = try fit.baseline(at: gray.times)
    for (index, new) in gray.new.enumerated() {
      let found = try fit.cumulativeIncidence(for: new, baseline: baseline)
      worst.compare(
        "predicted incidence", found.map { $0?.probability }, gray.incidence[index],
        at: reference.name)
    }
    return worst
  }

  @Test("crr, to 1e-9", arguments: cases.filter { $0.gray != nil })
  func crr(reference: FineGrayCase) throws {
    let failures = try Self.crrDifferences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  @Test("without censoring it is a Cox model in which competing events never leave")
  func complete() throws {
    let rows = Self.plain.rows
    let kept = rows.stop.indices.filter { rows.cause[$0] != 0 }
    let design = try DesignMatrix([
      ("x1", kept.map { rows.x1[$0] }), ("x2", kept.map { rows.x2[$0] }),
    ])
    let clusters = Grouping(kept.map { $0 % 30 })
    let gray = try FineGrayRegression.fit(
      SurvivalData(
        times: kept.map { rows.stop[$0] }, causes: EventCauses(kept.map { Int(rows.cause[$0]) }),
        clusters: clusters), cause: 1, design: design)
    let cox = try CoxRegression.fit(
      SurvivalData(
        times: kept.map { rows.cause[$0] == 1 ? rows.stop[$0] : 100 },
        events: kept.map { rows.cause[$0] == 1 }, clusters: clusters), design: design)
    for (one, other) in zip(gray.coefficients, cox.coefficients) {
      expectClose((one.estimate ?? .nan), (other.estimate ?? .nan), within: 1e-11)
      expectClose(
        (one.standardError ?? .nan), (other.standardError ?? .nan), within: 1e-11)
      expectClose(
        (one.modelStandardError ?? .nan), (other.modelStandardError ?? .nan),
        within: 1e-11)
    }
    expectClose(gray.logLikelihood, cox.logLikelihood, within: 1e-13)
    expectClose(gray.scoreTest.statistic, cox.scoreTest.statistic, within: 1e-10)
    expectClose(
      try #require(gray.robustScoreTest).statistic, try #require(cox.robustScoreTest).statistic,
      within: 1e-10)
    expectClose(gray.waldTest.statistic, cox.waldTest.statistic, within: 1e-10)
  }

  @Test("gradient and information agree with differences", arguments: [3, 8, 11])
  func derivatives(index: Int) throws {
    let reference = Self.cases[index]
    let likelihood = try reference.fit(.model).likelihood
    let point = [0.3, -0.2, 0.1]
    let scan = FineGrayScan(likelihood, at: point)
    let information = scan.evaluation.information
    let h = 1e-5
    for j in 0..<3 {
      var (up, down) = (point, point)
      up[j] += h
      down[j] -= h
      let (above, below) = (
        FineGrayScan(likelihood, at: up), FineGrayScan(likelihood, at: down)
      )
      // Differences of second order leave an error of h², and rounding one of 1e-16/h.
      expectClose(
        (above.logLikelihood - below.logLikelihood) / (2 * h), scan.gradient[j], within: 1e-7)
      for l in 0..<3 {
        expectClose(
          -(above.gradient[l] - below.gradient[l]) / (2 * h), information[j, l], within: 1e-7)
      }
    }
  }

  @Test("a frequency weight of 3 is three rows, in every variance")
  func frequencies() throws {
    let reference = Self.cases[2]
    let counts = reference.rows.stop.indices.map { $0 % 4 }
    let copies = counts.indices.flatMap { [Int](repeating: $0, count: counts[$0]) }
    func repeated(_ column: [Double]) -> [Double] { copies.map { column[$0] } }
    let rows = reference.rows
    for variance in [FineGrayVariance.fineGray, .fixedWeights, .model] {
      let one = try FineGrayRegression.fit(
        reference.data(weights: .frequency(FrequencyWeights(counts))), cause: 1,
        design: reference.design, censoringGroups: Grouping(rows.group), variance: variance)
      let other = try FineGrayRegression.fit(
        SurvivalData(
          times: repeated(rows.stop),
          causes: EventCauses(repeated(rows.cause).map { $0 == 0 ? nil : Int($0) })), cause: 1,
        design: DesignMatrix([
          ("x1", repeated(rows.x1)), ("x2", repeated(rows.x2)), ("x3", repeated(rows.x3)),
        ]), censoringGroups: Grouping(repeated(rows.group)), variance: variance)
      for (coefficient, twin) in zip(one.coefficients, other.coefficients) {
        expectClose(
          (coefficient.estimate ?? .nan), (twin.estimate ?? .nan), within: 1e-11)
        expectClose(
          (coefficient.standardError ?? .nan), (twin.standardError ?? .nan),
          within: 1e-11)
      }
      let times = [0.25, 0.75]
      let first = try one.cumulativeIncidence(
        for: [0.4, 1, 0], baseline: one.baseline(at: times))
      let second = try other.cumulativeIncidence(
        for: [0.4, 1, 0], baseline: other.baseline(at: times))
      for (point, twin) in zip(first, second) {
        expectClose(
          try #require(point).probability, try #require(twin).probability, within: 1e-11)
        expectClose(
          try #require(point).standardError, try #require(twin).standardError, within: 1e-10)
      }
    }
  }

  @Test(
    "columns: an affine change, a doubled column, an order of rows change only what they should")
  func invariance() throws {
    let reference = Self.cases[2]
    let rows = reference.rows
    let data = try reference.data()
    let fit = try FineGrayRegression.fit(data, cause: 1, design: reference.design)
    let other = try FineGrayRegression.fit(
      data, cause: 1,
      design: DesignMatrix([
        ("x1", rows.x1.map { 1e6 + 1000 * $0 }), ("x2", rows.x2), ("again", rows.x2),
        ("x3", rows.x3),
      ]))
    expectClose(
      (other.coefficients[0].estimate ?? .nan) * 1000,
      (fit.coefficients[0].estimate ?? .nan), within: 1e-9)
    expectClose(
      (other.coefficients[0].standardError ?? .nan) * 1000,
      (fit.coefficients[0].standardError ?? .nan), within: 1e-9)
    #expect(other.coefficients[2].isAliased)
    #expect(other.diagnostics.map(\.code) == [.aliasedColumn])
    let order = Array(rows.stop.indices.reversed())
    let third = try FineGrayRegression.fit(
      SurvivalData(
        times: order.map { rows.stop[$0] },
        causes: EventCauses(order.map { rows.cause[$0] == 0 ? nil : Int(rows.cause[$0]) })),
      cause: 1, design: DesignMatrix([("x1", order.map { rows.x1[$0] })]))
    let fourth = try FineGrayRegression.fit(
      data, cause: 1, design: DesignMatrix([("x1", rows.x1)]))
    expectClose(
      (third.coefficients[0].estimate ?? .nan), (fourth.coefficients[0].estimate ?? .nan),
      within: 1e-12)
  }

  @Test("an infinite coefficient is proved")
  func infinite() throws {
    let fit = try FineGrayRegression.fit(
      SurvivalData(
        times: [1, 2, 3, 4, 5, 6, 7, 8],
        causes: EventCauses([1, 1, 2, 1, 2, nil, 2, nil] as [Int?])), cause: 1,
      design: DesignMatrix([("x", [1, 1, 0, 1, 0, 0, 0, 0])]))
    #expect(!fit.hasConverged)
    #expect(fit.diagnostics.contains { $0.code == .infiniteCoefficient })
    #expect(fit.coefficients[0].isInfinite)
  }

  @Test("what has no answer is refused")
  func refused() throws {
    let reference = Self.plain
    let data = try reference.data()
    let design = try reference.design
    expectError(.unknownLevel) { try FineGrayRegression.fit(data, cause: 3, design: design) }
    expectError(.invalidArgument) {
      try FineGrayRegression.fit(data, cause: 1, design: design, ties: .exact)
    }
    expectError(.mismatchedLengths) {
      try FineGrayRegression.fit(data, cause: 1, design: design, strata: Grouping([1]))
    }
    expectError(.invalidData) {
      try FineGrayRegression.fit(
        data, cause: 1, design: design, offset: reference.rows.stop.map { _ in .nan })
    }
    let late = Self.cases[9]
    expectError(.invalidArgument) {
      try FineGrayRegression.fit(
        late.data(), cause: 1, design: late.design, variance: .fineGray)
    }
    let bare = try SurvivalData(times: [1, 2], events: [true, false])
    expectError(.invalidArgument) {
      try FineGrayRegression.fit(bare, cause: 1, design: DesignMatrix([("x", [1, 2])]))
    }
    let fit = try FineGrayRegression.fit(data, cause: 1, design: design)
    expectError(.unknownLevel) { try fit.baseline(at: [1], stratum: 2) }
    expectError(.invalidArgument) {
      try fit.cumulativeIncidence(for: [1], baseline: fit.baseline(at: [1]))
    }
    #expect(
      try fit.cumulativeIncidence(for: [0, 0, 0], baseline: fit.baseline(at: [1e9, .nan]))
        == [nil, nil])
  }

  @Test("records give what columns give, and predict")
  func records() throws {
    struct Subject: Sendable {
      var time: Double
      var cause: Int
      var x: Double?
      var arm: String
    }
    let rows = Self.plain.rows
    let subjects = rows.stop.indices.map {
      Subject(
        time: rows.stop[$0], cause: Int(rows.cause[$0]), x: $0 == 7 ? nil : rows.x1[$0],
        arm: rows.x2[$0] == 1 ? "b" : "a")
    }
    let endpoint = Endpoint<Subject>(
      "first event", time: \.time, event: { $0.cause != 0 }, cause: \.cause)
    let fit = try FineGrayModel(
      endpoint: endpoint, cause: 1,
      covariates: [.numeric("x", \.x), .factor("arm", \.arm)]
    ).fitted(to: subjects)
    let kept = rows.stop.indices.filter { $0 != 7 }
    let columns = try FineGrayRegression.fit(
      SurvivalData(
        times: kept.map { rows.stop[$0] },
        causes: EventCauses(kept.map { rows.cause[$0] == 0 ? nil : Int(rows.cause[$0]) })),
      cause: 1,
      design: DesignMatrix([("x", kept.map { rows.x1[$0] }), ("arm[b]", kept.map { rows.x2[$0] })]))
    #expect(fit.coefficients == columns.coefficients)
    #expect(fit.exclusions.count == 1)
    #expect(fit.subdistributionCause == "1")
    let one = try fit.cumulativeIncidence(for: subjects[0], at: [0.5])
    let other = try columns.cumulativeIncidence(
      for: [rows.x1[0], rows.x2[0]], baseline: columns.baseline(at: [0.5]))
    #expect(one == other)
    #expect(fit.description.hasPrefix("Fine–Gray model of first event, cause 1\n"))
    #expect(fit.description.split(separator: "\n").allSatisfy { $0.count <= 80 })
    expectError(.invalidData) { try fit.cumulativeIncidence(for: subjects[7], at: [1]) }
    expectError(.invalidArgument) {
      try FineGrayModel(
        endpoint: endpoint, cause: 1,
        covariates: [.timeDependent("x") { subject, time in (subject.x ?? 0) * time }]
      ).fitted(to: subjects)
    }
    let decoded = try JSONDecoder().decode(
      CoxEstimates.self, from: JSONEncoder().encode(fit.estimates))
    #expect(decoded == fit.estimates)
  }
}
