// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

/// A case of etm.json, written by make-competing-packages.R.
struct TransitionCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Rows: Decodable, Sendable {
    let id, start, stop, from, to: [Double]
  }

  let name: String
  let rows: Rows
  let time: [Double]
  let probability: [[Double]]

  var testDescription: String { name }
}

/// A case of etm-incidence.json or timereg.json, written by make-competing-packages.R.
struct PackageIncidenceCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Rows: Decodable, Sendable {
    let start, stop, cause: [Double]
  }

  struct Part: Decodable, Sendable {
    let time, probability: [Double]
    let variance: [Double]?
  }

  let name: String
  let rows: Rows
  let parts: [Part]

  var testDescription: String { name }

  func differences() throws -> ReferenceDifferences {
    var worst = ReferenceDifferences()
    let causes = EventCauses(rows.cause.map { $0 == 0 ? nil : Int($0) })
    let data =
      rows.start.contains { $0 > 0 }
      ? try SurvivalData(starts: rows.start, stops: rows.stop, causes: causes)
      : try SurvivalData(times: rows.stop, causes: causes)
    let curves = try CumulativeIncidence.curves(of: data, variance: .greenwood)
    for (index, part) in parts.enumerated() {
      let curve = curves.curves[index]
      let at = "\(name), cause \(curve.cause)"
      worst.compare(
        "incidence", part.time.map { curve.probability(at: $0) }, part.probability, at: at)
      guard let variance = part.variance else { continue }
      // A variance is a sum of squares of errors of up to 0.1.
      worst.compare(
        "variance", part.time.map { time in curve.standardError(at: time).map { $0 * $0 } },
        variance, scale: 1e-3, at: at)
    }
    return worst
  }
}

/// A case of fgr.json, written by make-competing-packages.R.
struct FormulaCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Rows: Decodable, Sendable {
    let stop, cause, x, f: [Double]
  }

  let name: String
  let rows: Rows
  let coefficients, times: [Double]
  let covariance, new, risks: [[Double]]

  var testDescription: String { name }
}

@Suite("Competing risks by other packages of R")
struct CompetingPackagesTests {
  static let transitions: [TransitionCase] = (try? ReferenceFixtures.cases("etm")) ?? []
  static let incidences: [PackageIncidenceCase] =
    (try? ReferenceFixtures.cases("etm-incidence")) ?? []
  static let weighted: [PackageIncidenceCase] = (try? ReferenceFixtures.cases("timereg")) ?? []
  static let formulas: [FormulaCase] = (try? ReferenceFixtures.cases("fgr")) ?? []

  @Test("there are cases")
  func loaded() {
    #expect(Self.transitions.count == 3 && Self.incidences.count == 3)
    #expect(Self.weighted.count == 2 && Self.formulas.count == 2)
  }

  static func differences(_ reference: TransitionCase) throws -> ReferenceDifferences {
    var worst = ReferenceDifferences()
    let rows = reference.rows
    let curve = try AalenJohansen.curves(
      of: StateHistory(
        subjects: Grouping(rows.id), starts: rows.start, stops: rows.stop,
        from: rows.from.map { Int($0) }, to: rows.to.map { $0 == 0 ? nil : Int($0) }))[0]
    for state in curve.states.indices {
      // All at risk at the first transition are in state 1, from which etm's products start; where
      // the last has left a state etm leaves rounding for a probability of 0.
      worst.compare(
        "probability",
        reference.time.map { curve.probability(of: curve.states[state], at: $0) },
        reference.probability[state], scale: 1e-3,
        at: "\(reference.name), state \(curve.states[state])")
    }
    return worst
  }

  @Test("probabilities of states are etm's", arguments: transitions)
  func etm(reference: TransitionCase) throws {
    #expect(try Self.differences(reference).failures(above: 1e-9).isEmpty)
  }

  @Test("incidences and Greenwood's variance are those of etmCIF", arguments: incidences)
  func etmCIF(reference: PackageIncidenceCase) throws {
    let failures = try reference.differences().failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("incidences are those of timereg, weighted by the censoring", arguments: weighted)
  func timereg(reference: PackageIncidenceCase) throws {
    let failures = try reference.differences().failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures)")
  }

  static func differences(_ reference: FormulaCase) throws -> ReferenceDifferences {
    var worst = ReferenceDifferences()
    struct Subject: Sendable {
      var time = 0.0
      var cause = 0
      var x: Double
      var f: Int
    }
    let rows = reference.rows
    let subjects = rows.stop.indices.map {
      Subject(time: rows.stop[$0], cause: Int(rows.cause[$0]), x: rows.x[$0], f: Int(rows.f[$0]))
    }
    let fit = try FineGrayModel(
      endpoint: Endpoint<Subject>(
        "event", time: \.time, event: { $0.cause != 0 }, cause: \.cause),
      cause: 1, covariates: [.numeric("x", \.x), .factor("f", \.f, reference: 1)], ties: .breslow
    ).fitted(to: subjects)
    for (index, coefficient) in fit.coefficients.enumerated() {
      worst.compare(
        "coefficient", coefficient.estimate, reference.coefficients[index],
        scale: reference.covariance[index][index].squareRoot(), at: reference.name)
    }
    worst.compareCovariance(
      "covariance", fit.estimates.covariance, reference.covariance, at: reference.name)
    for (new, risks) in zip(reference.new, reference.risks) {
      let found = try fit.cumulativeIncidence(
        for: Subject(x: new[0], f: Int(new[1])), at: reference.times)
      worst.compare(
        "predicted incidence", found.map { $0?.probability }, risks,
        at: "\(reference.name), new \(new)")
    }
    return worst
  }

  @Test("a Fine–Gray model of records is riskRegression's FGR", arguments: formulas)
  func formula(reference: FormulaCase) throws {
    let failures = try Self.differences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures)")
  }
}
