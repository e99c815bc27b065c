// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Interface")
struct InterfaceTests {
  static let lung = AgreementTests.lung

  /// The keys of JSON text in the order of their first appearance.
  private func keys(_ text: String) -> [String] {
    var seen = Set<String>()
    return text.split(separator: "\"").enumerated().filter { $0.offset % 2 == 1 }
      .map { String($0.element) }.filter { text.contains("\"\($0)\":") && seen.insert($0).inserted }
  }

  @Test("JSON has the documented keys in their order")
  func keyOrder() throws {
    let km = try CommandRun(["km"] + Self.lung + ["--format", "json"]).output
    #expect(
      keys(km) == [
        "estimator", "rowsUsed", "rowsExcluded", "timesMerged", "curves", "group", "subjects",
        "events", "median", "estimate", "lower", "upper", "restrictedMean", "standardError", "upTo",
        "points", "time", "atRisk", "censored", "entered", "survival", "cumulativeHazard",
        "cumulativeHazardStandardError",
      ])
    let test = try CommandRun(
      ["logrank"] + Self.lung
        + ["--group", "ph.ecog", "--trend", "--pairwise", "holm", "--format", "json"])
    #expect(
      keys(test.output) == [
        "weightFunction", "statistic", "degreesOfFreedom", "pValue", "groups", "name", "subjects",
        "observed", "expected", "trend", "pairwise", "first", "second", "adjustedPValue",
      ])
    let cox = try CommandRun(
      ["cox"] + Self.lung + ["--covariates", "age", "--format", "json"])
    #expect(
      keys(cox.output) == [
        "ties", "rowsUsed", "rowsExcluded", "events", "iterations", "converged", "coefficients",
        "name", "estimate", "standardError", "robustStandardError", "z", "pValue", "hazardRatio",
        "lower", "upper", "aliased", "infinite", "covariance", "logLikelihood", "null", "fitted",
        "tests", "likelihoodRatio", "statistic", "degreesOfFreedom", "wald", "score", "robustScore",
        "concordance", "proportionalHazards", "residuals", "predictions", "diagnostics",
        "informationCriteria", "akaike", "bayesian",
      ])
    let asked = try CommandRun(
      ["cox"] + Self.lung + [
        "--covariates", "age", "--format", "json", "--residuals", "score",
        "--proportional-hazards", "rank", "--new-data", Fixtures.data("lung"), "--at", "100",
      ])
    #expect(
      keys(asked.output).suffix(18) == [
        "concordance", "proportionalHazards", "term", "residuals", "kind", "columns", "values",
        "predictions", "row", "linearPredictor", "points", "time", "survival", "cumulativeHazard",
        "diagnostics", "informationCriteria", "akaike", "bayesian",
      ])
    let further = try CommandRun(
      ["cox"] + Self.lung + [
        "--covariates", "ph.ecog", "--splines", "age:2", "--format", "json", "--contrast",
        "ph.ecog=1", "--contrast", "age[82]=1", "--joint-test", "age", "--profile-intervals",
      ])
    #expect(
      keys(further.output).suffix(12) == [
        "diagnostics", "informationCriteria", "akaike", "bayesian", "splines", "column", "knots",
        "contrasts", "factors", "contrastTest", "jointTests", "profileIntervals",
      ])
  }

  @Test(
    "the number of threads changes nothing",
    arguments: [
      ["km", "--group", "sex"], ["logrank", "--group", "sex"],
      ["cox", "--covariates", "age,ph.ecog", "--cluster", "inst"],
    ])
  func threads(arguments: [String]) throws {
    let command = [arguments[0]] + Self.lung + arguments.dropFirst() + ["--format", "json"]
    let one = try CommandRun(command + ["--threads", "1"])
    let eight = try CommandRun(command + ["--threads", "8"])
    #expect(one.status == 0)
    #expect(!one.output.isEmpty)
    #expect(one.output == eight.output)
  }

  @Test("text is at most 80 columns wide, whatever the labels")
  func width() throws {
    let name = "the age of the patient in years at registration, rounded down to a whole number"
    var lines = try String(contentsOfFile: Fixtures.data("lung"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
    lines[0] = lines[0].replacingOccurrences(of: ",age,", with: ",\"\(name)\",")
    let text = lines.joined(separator: "\n")
    let data = ["--time", "time", "--event", "status", "--event-value", "2"]
    let runs = try [
      CommandRun.on(text, "cox", data + ["--covariates", name, "--cluster", "inst"]),
      CommandRun.on(text, "km", data + ["--group", name, "--at", "100,365.25"]),
      CommandRun.on(
        text, "logrank",
        data + ["--group", "inst", "--trend", "--pairwise", "benjamini-hochberg"]),
      CommandRun(["report"]),
    ]
    for run in runs {
      #expect(run.status == 0)
      let wide = run.output.split(separator: "\n").filter { $0.count > 80 }
      #expect(wide.isEmpty)
    }
  }

  @Test("numbers are never NaN or infinite in JSON")
  func noNaN() throws {
    // x separates: its coefficient is infinite; y repeats x and is aliased.
    let text = "time,status,x,y\n1,1,5,10\n2,1,4,8\n3,0,3,6\n4,0,1,2\n"
    let run = try CommandRun.on(
      text, "cox",
      ["--time", "time", "--event", "status", "--covariates", "x,y", "--format", "json"])
    let answer = try run.json()
    let coefficients = try #require(answer["coefficients"] as? [[String: Any]])
    #expect(coefficients[0]["infinite"] as? Bool == true)
    #expect(coefficients[1]["aliased"] as? Bool == true)
    #expect(coefficients[1]["estimate"] is NSNull)
    #expect((answer["covariance"] as? [[Any]])?.map(\.count) == [2, 2])
    #expect(answer["converged"] as? Bool == false)
    let codes = (answer["diagnostics"] as? [[String: String]])?.compactMap { $0["code"] }
    #expect(codes?.contains("infiniteCoefficient") == true)
    #expect(codes?.contains("aliasedColumn") == true)
  }

  @Test("points at given times say nothing beyond the data")
  func givenTimes() throws {
    let run = try CommandRun.on(
      "time,status\n1,1\n2,0\n3,1\n4,0\n", "km",
      ["--time", "time", "--event", "status", "--at", "0,2,9", "--format", "csv"])
    #expect(
      run.output == """
        group,time,atRisk,events,censored,entered,survival,standardError,lower,upper,\
        cumulativeHazard,cumulativeHazardStandardError
        all,0,4,0,0,0,1,0,1,1,0,0
        all,2,3,1,1,0,0.75,0.21650635094610965,0.42593226849798205,1,0.25,0.25
        all,9,0,1,1,0,,,,,,

        """)
  }

  @Test("who is there at the beginning has entered by the first time after it")
  func entered() throws {
    func entered(_ options: [String]) throws -> [String] {
      try CommandRun.on(
        "entry,time,status\n0,1,1\n0,4,0\n1,3,1\n2,4,0\n", "km",
        ["--entry", "entry", "--time", "time", "--event", "status", "--format", "csv"] + options
      ).output.split(separator: "\n").dropFirst().map { String($0.split(separator: ",")[5]) }
    }
    #expect(try entered([]) == ["2", "2", "0"])
    #expect(try entered(["--at", "0,1,1,2,5"]) == ["0", "2", "0", "1", "1"])
  }

  @Test("factors and interactions are named by column and level")
  func names() throws {
    let text = "time,status,age,g\n1,1,5,10\n2,1,4,9\n3,0,3,10\n4,1,1,9\n5,1,4,2\n6,0,2,2\n"
    let data = ["--time", "time", "--event", "status", "--format", "csv"]
    func names(_ options: [String]) throws -> [String] {
      try CommandRun.on(text, "cox", data + options).output.split(separator: "\n").dropFirst()
        .map { String($0.prefix { $0 != "," }) }
    }
    #expect(try names(["--factors", "g"]) == ["g[9]", "g[10]"])
    #expect(
      try names(["--covariates", "age", "--factors", "g=10", "--interactions", "g:age"])
        == ["age", "g[2]", "g[9]", "g[2]:age", "g[9]:age"])
  }

  @Test("a frequency is as many rows")
  func frequencies() throws {
    let options = ["--time", "time", "--event", "status", "--covariates", "x", "--format", "json"]
    let weighted = try CommandRun.on(
      "time,status,x,w\n1,1,2,2\n2,1,1,1\n3,0,2,0\n4,1,3,2\n5,0,1,1\n", "cox",
      options + ["--weights", "w", "--weight-kind", "frequency"]
    ).json()
    let repeated = try CommandRun.on(
      "time,status,x\n1,1,2\n1,1,2\n2,1,1\n4,1,3\n4,1,3\n5,0,1\n", "cox", options
    ).json()
    let estimates = [weighted, repeated].map { answer in
      (answer["coefficients"] as? [[String: Any]])?.first
    }
    #expect(agrees(estimates[0]?["estimate"], estimates[1]?["estimate"]))
    #expect(agrees(estimates[0]?["standardError"], estimates[1]?["standardError"]))
  }

  @Test("help names every subcommand and option")
  func help() throws {
    let help = try CommandRun(["--help"])
    #expect(help.status == 0)
    for name in ["km", "logrank", "cox", "report"] { #expect(help.output.contains("\n  \(name) ")) }
    let cox = try CommandRun(["help", "cox"]).output
    for option in [
      "time", "entry", "event", "event-value", "strata", "weights", "weight-kind", "cluster",
      "level", "exact-times", "threads", "format", "covariates", "factors", "interactions",
      "offset", "ties", "robust", "splines", "contrast", "joint-test", "profile-intervals",
      "proportional-hazards", "residuals", "new-data", "at",
    ] {
      #expect(cox.contains("--\(option)"))
    }
  }

  @Test("text of the Cox model of lung")
  func coxText() throws {
    let run = try CommandRun(["cox"] + Self.lung + ["--covariates", "age,sex,ph.ecog"])
    #expect(
      run.output == """
        Cox model of time, event status = 2
        n = 227, 164 events; 1 row left out: 1 without ph.ecog

                     coef  exp(coef)  se(coef)      z         p
        age       0.01107     1.0111  0.009267   1.19     0.232
        sex      -0.55261     0.5754  0.167739  -3.29  0.000986
        ph.ecog   0.46373     1.5900  0.113577   4.08  4.45e-05

                 hazard ratio  lower 95%  upper 95%
        age            1.0111     0.9929     1.0297
        sex            0.5754     0.4142     0.7994
        ph.ecog        1.5900     1.2727     1.9864

        Concordance 0.637 (se 0.025)

        Likelihood ratio test  30.50  on 3 df  p = 1.08e-06
        Wald test              29.93  on 3 df  p = 1.43e-06
        Score (log-rank) test  30.50  on 3 df  p = 1.08e-06

        Ties: Efron. Log likelihood -744.4805 without and -729.2301 with the covariates,
        after 4 iterations.

        AIC 1464.46, BIC 1473.76

        """)
  }
}
