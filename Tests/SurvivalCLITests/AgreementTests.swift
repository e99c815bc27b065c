// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("JSON against R")
struct AgreementTests {
  static let lung = [
    Fixtures.data("lung"), "--time", "time", "--event", "status", "--event-value", "2",
  ]

  @Test("the Cox model of lung equals coxph to 1e-9", arguments: ["efron", "breslow"])
  func cox(ties: String) throws {
    let run = try CommandRun(
      ["cox"] + Self.lung
        + ["--covariates", "age,sex,ph.ecog", "--ties", ties, "--format", "json"])
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    let answer = try run.json()
    let reference = try Fixtures.reference("lung, \(ties)", in: "coxph")
    let expected = try #require(reference["expected"] as? [String: Any])
    let coefficients = try #require(answer["coefficients"] as? [[String: Any]])
    func column(_ key: String) -> [Any] { coefficients.map { $0[key] ?? NSNull() } }
    func expectedColumn(_ key: String) -> [Any] { expected[key] as? [Any] ?? [] }
    #expect(column("name") as? [String] == expected["names"] as? [String])
    for (key, name) in [("estimate", "coefficients"), ("standardError", "standardErrors")] {
      #expect(expectedColumn(name).count == coefficients.count)
      #expect(zip(column(key), expectedColumn(name)).allSatisfy { agrees($0, $1) }, "\(key)")
    }
    #expect(coefficients.allSatisfy { $0["robustStandardError"] is NSNull })
    let covariance = try #require(answer["covariance"] as? [[Any]])
    let expectedCovariance = try #require(expected["covariance"] as? [[Any]])
    for (row, other) in zip(covariance, expectedCovariance) {
      #expect(zip(row, other).allSatisfy { agrees($0, $1) })
    }
    let logLikelihood = try #require(answer["logLikelihood"] as? [String: Any])
    let likelihoods = expectedColumn("logLikelihood")
    #expect(agrees(logLikelihood["null"], likelihoods.first))
    #expect(agrees(logLikelihood["fitted"], likelihoods.last))
    let tests = try #require(answer["tests"] as? [String: Any])
    for (key, name) in [
      ("likelihoodRatio", "likelihoodRatioTest"), ("wald", "waldTest"), ("score", "scoreTest"),
    ] {
      let test = try #require(tests[key] as? [String: Any])
      #expect(agrees(test["statistic"], expected[name]), "\(key)")
      #expect(test["degreesOfFreedom"] as? Int == 3)
    }
    #expect(answer["rowsUsed"] as? Int == expected["rowsUsed"] as? Int)
    #expect(answer["events"] as? Int == expected["events"] as? Int)
    #expect(answer["rowsExcluded"] as? Int == (reference["excludedRows"] as? [Any])?.count)
  }

  @Test("factors, missing cells and clusters equal coxph")
  func coxWithFactors() throws {
    let run = try CommandRun(
      ["cox"] + Self.lung + [
        "--covariates", "age", "--factors", "ph.ecog,sex", "--cluster", "inst", "--format", "json",
      ])
    let reference = try Fixtures.reference(
      "lung, ph.ecog as a factor, cluster inst", in: "coxph")
    let expected = try #require(reference["expected"] as? [String: Any])
    let answer = try run.json()
    let coefficients = try #require(answer["coefficients"] as? [[String: Any]])
    #expect(coefficients.compactMap { $0["name"] as? String } == expected["names"] as? [String])
    for (key, name) in [
      ("estimate", "coefficients"), ("standardError", "standardErrors"),
      ("robustStandardError", "robustStandardErrors"),
    ] {
      let values = try #require(expected[name] as? [Any])
      #expect(zip(coefficients, values).allSatisfy { agrees($0[key], $1) }, "\(key)")
    }
    #expect(answer["rowsExcluded"] as? Int == 2)
  }

  @Test("an estimate much smaller than its standard error keeps its digits")
  func smallEstimate() throws {
    let run = try CommandRun([
      "cox", Fixtures.data("test2"), "--entry", "start", "--time", "stop", "--event", "event",
      "--covariates", "x", "--format", "json",
    ])
    let reference = try Fixtures.reference("test2, efron", in: "coxph")
    let expected = try #require(reference["expected"] as? [String: Any])
    let coefficients = try #require(run.json()["coefficients"] as? [[String: Any]])
    let values = try #require(expected["coefficients"] as? [Any])
    #expect(agrees(coefficients.first?["estimate"], values.first))
  }

  @Test("curves by sex equal survfit")
  func curves() throws {
    let answer = try CommandRun(
      ["km"] + Self.lung + ["--group", "sex", "--format", "json"]
    ).json()
    let reference = try Fixtures.reference("lung by sex", in: "survfit")
    let expected = try #require(reference["curves"] as? [[String: Any]])
    let curves = try #require(answer["curves"] as? [[String: Any]])
    #expect(curves.count == expected.count)
    for (curve, other) in zip(curves, expected) {
      let points = try #require(curve["points"] as? [[String: Any]])
      for (key, name) in [
        ("time", "time"), ("atRisk", "atRisk"), ("events", "eventCount"),
        ("censored", "censoredCount"), ("survival", "survival"),
        ("standardError", "standardError"), ("lower", "lower"), ("upper", "upper"),
        ("cumulativeHazard", "cumulativeHazard"),
      ] {
        let values = try #require(other[name] as? [Any])
        #expect(values.count == points.count)
        // Where the curve is 0 R has NaN, and so does the fixture as null, for what is undefined.
        let differing = zip(points, values).filter { !agrees($0[key], $1) }
        #expect(differing.isEmpty, "\(key)")
      }
    }
  }

  @Test("the log-rank test by ph.ecog equals survdiff")
  func logRank() throws {
    let answer = try CommandRun(
      ["logrank"] + Self.lung + ["--group", "ph.ecog", "--format", "json"]
    ).json()
    let expected = try Fixtures.reference("lung by ph.ecog, rho 0", in: "survdiff")
    #expect(agrees(answer["statistic"], expected["statistic"]))
    #expect(agrees(answer["pValue"], expected["pValue"]))
    let groups = try #require(answer["groups"] as? [[String: Any]])
    for key in ["observed", "expected", "subjects"] {
      let values = try #require(expected[key] as? [Any])
      #expect(zip(groups, values).allSatisfy { agrees($0[key], $1) })
    }
    #expect(answer["trend"] is NSNull)
    #expect(answer["pairwise"] is NSNull)
  }
}
