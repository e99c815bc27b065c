// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Contrasts, joint tests, profile intervals, splines and information criteria, against R.
@Suite("What is asked about the coefficients of a Cox model")
struct CoxInferenceTests {
  static let veteran = [
    "cox", Fixtures.data("veteran"), "--time", "time", "--event", "status",
  ]
  static let cells = veteran + ["--covariates", "karno,age", "--factors", "celltype=adeno"]

  private func numbers(_ reference: [String: Any], _ key: String) throws -> [Double] {
    try #require(reference[key] as? [Double])
  }

  @Test(
    "contrast, joint test, AIC and BIC equal R", arguments: ["efron", "breslow"], [false, true])
  func inference(ties: String, isStratified: Bool) throws {
    let name = "veteran\(isStratified ? " in strata" : ""), \(ties)"
    let reference = try Fixtures.reference(name, in: "inference")
    let contrast = "celltype[large]=1,celltype[smallcell]=-1,celltype[squamous]=0.5"
    let answer = try CommandRun(
      Self.cells + (isStratified ? ["--strata", "trt"] : []) + [
        "--ties", ties, "--contrast", contrast, "--joint-test", "celltype", "--format", "json",
      ]
    ).json()
    let criteria = try #require(answer["informationCriteria"] as? [String: Any])
    #expect(agrees(criteria["akaike"], try numbers(reference, "aic")[0]))
    #expect(agrees(criteria["bayesian"], try numbers(reference, "bic")[0]))
    let sums = try #require(answer["contrasts"] as? [[String: Any]])
    let expected = try numbers(reference, "contrast")
    #expect(agrees(sums[0]["estimate"], expected[0]))
    #expect(agrees(sums[0]["standardError"], expected[1]))
    #expect(agrees(sums[0]["hazardRatio"], exp(expected[0])))
    #expect(agrees(sums[0]["upper"], exp(expected[0] + 1.959963984540054 * expected[1])))
    #expect((sums[0]["factors"] as? [String: Double])?["celltype[squamous]"] == 0.5)
    let joint = try #require((answer["jointTests"] as? [[String: Any]])?.first)
    #expect((joint["coefficients"] as? [String])?.count == 3)
    let wald = try #require(joint["wald"] as? [String: Any])
    let ratio = try #require(joint["likelihoodRatio"] as? [String: Any])
    #expect(agrees(wald["statistic"], try numbers(reference, "wald")[0]))
    #expect(agrees(ratio["statistic"], try numbers(reference, "ratio")[0]))
    #expect(agrees(ratio["pValue"], try numbers(reference, "ratio")[2]))
    #expect(answer["contrastTest"] == nil)
  }

  @Test("several contrasts are tested jointly; three of a factor are the factor")
  func jointContrasts() throws {
    let answer = try CommandRun(
      Self.cells + [
        "--contrast", "celltype[large]=1", "--contrast", "celltype[large]=2,celltype[smallcell]=-1",
        "--contrast", "celltype[squamous]=3", "--joint-test", "celltype",
        "--joint-test", "karno, celltype[large]", "--format", "json",
      ]
    ).json()
    let all = try #require(answer["contrastTest"] as? [String: Any])
    let joint = try #require(answer["jointTests"] as? [[String: Any]])
    let wald = try #require(joint[0]["wald"] as? [String: Any])
    #expect(agrees(all["statistic"], wald["statistic"]))
    #expect(all["degreesOfFreedom"] as? Int == 3)
    #expect(joint[1]["coefficients"] as? [String] == ["karno", "celltype[large]"])
  }

  @Test("profile intervals equal R's roots, one of them infinite")
  func profiles() throws {
    let names = ["karno", "age", "diagtime"]
    let reference = try Fixtures.reference("veteran, efron", in: "profile")
    let limits = try #require(reference["intervals"] as? [[Double]])
    let command =
      Self.veteran + ["--covariates", names.joined(separator: ","), "--profile-intervals"]
    let answer = try CommandRun(command + ["--format", "json"]).json()
    let intervals = try #require(answer["profileIntervals"] as? [[String: Any]])
    #expect(intervals.map { $0["name"] as? String } == names)
    for (interval, limits) in zip(intervals, limits) {
      for (key, limit) in zip(["lower", "upper"], limits) {
        let value = try #require(interval[key] as? Double)
        // The reference is a root found to 1e-8 standard errors.
        #expect(abs(log(value) - limit) <= 1e-8 * abs(limit) + 1e-9)
      }
    }
    let csv = try CommandRun(command + ["--format", "csv"]).output.split(separator: "\n")
    #expect(csv[0].hasSuffix(",aliased,infinite,profileLower,profileUpper"))
    let cells = csv[1].split(separator: ",").suffix(2).map { Double($0) }
    #expect(agrees(cells[0], intervals[0]["lower"]))

    let infinite = try CommandRun.on(
      "time,status,x,y\n1,1,1,0\n2,1,1,1\n3,1,0,1\n4,1,0,0\n5,1,0,1\n6,0,0,0\n", "cox",
      ["--time", "time", "--event", "status", "--covariates", "x,y", "--profile-intervals"]
        + ["--format", "json"]
    ).json()
    let open = try #require(infinite["profileIntervals"] as? [[String: Any]])
    #expect(open[0]["upper"] is NSNull && open[0]["lower"] is Double)
    #expect(open[1]["upper"] is Double && open[1]["lower"] is Double)
    let direction = try #require(infinite["monotoneDirection"] as? [[String: Any]])
    #expect(direction.count == 1)
    #expect(direction[0]["name"] as? String == "x" && direction[0]["factor"] as? Double == 1)
  }

  @Test("a spline has R's likelihood and predictors, with the knots of the fit for new rows")
  func splines() throws {
    let reference = try Fixtures.reference("df 3", in: "spline")
    let at = try numbers(reference, "at")
    let rows = (["karno,age"] + at.map { "60,\($0)" }).joined(separator: "\n")
    let veteran = try String(contentsOfFile: Fixtures.data("veteran"), encoding: .utf8)
    let answer = try CommandRun.on(
      veteran, new: rows, "cox",
      [
        "--time", "time", "--event", "status", "--covariates", "karno", "--splines", "age:3",
        "--at", "100", "--proportional-hazards", "km", "--format", "json",
      ]
    ).json()
    let likelihood = try #require(answer["logLikelihood"] as? [String: Any])
    #expect(agrees(likelihood["fitted"], try numbers(reference, "loglik")[1]))
    let predictions = try #require(answer["predictions"] as? [[String: Any]])
    let predictors = try predictions.map { try #require($0["linearPredictor"] as? Double) }
    for (own, other) in zip(predictors, try numbers(reference, "predictors")) {
      #expect(abs(own - predictors[0] - other) <= 1e-9)
    }
    let splines = try #require(answer["splines"] as? [[String: Any]])
    #expect(splines[0]["column"] as? String == "age")
    #expect(splines[0]["knots"] as? [Double] == [34] + (try numbers(reference, "knots")) + [81])
    let coefficients = try #require(answer["coefficients"] as? [[String: Any]])
    #expect(
      coefficients.map { $0["name"] as? String } == ["karno", "age[55]", "age[64]", "age[81]"])
    let terms = try #require(answer["proportionalHazards"] as? [[String: Any]])
    #expect(terms.map { $0["degreesOfFreedom"] as? Int } == [1, 3, 4])
  }

  @Test("names with commas and equals signs")
  func names() throws {
    let text = """
      time,status,"a,b=c",g
      1,1,2,x=1
      2,1,3,y
      3,1,1,x=1
      4,1,2,y
      5,1,3,x=1
      6,1,1,y
      7,0,2,y
      """
    let answer = try CommandRun.on(
      text, "cox",
      ["--time", "time", "--event", "status", "--covariates", "a,b=c", "--factors", "g=y"]
        + ["--contrast", "a,b=c=2,g[x=1]=-1", "--joint-test", "a,b=c", "--format", "json"]
    ).json()
    let sums = try #require(answer["contrasts"] as? [[String: Any]])
    #expect(sums[0]["factors"] as? [String: Double] == ["a,b=c": 2, "g[x=1]": -1])
    let joint = try #require(answer["jointTests"] as? [[String: Any]])
    #expect(joint[0]["coefficients"] as? [String] == ["a,b=c"])
  }

  @Test("a robust fit has no likelihood ratio, weights that represent no criteria")
  func robust() throws {
    let answer = try CommandRun(
      Self.cells + ["--robust", "--joint-test", "celltype", "--format", "json"]
    ).json()
    let joint = try #require(answer["jointTests"] as? [[String: Any]])
    #expect(joint[0]["likelihoodRatio"] is NSNull)
    #expect(answer["informationCriteria"] != nil)
    let weighted = try CommandRun(Self.cells + ["--weights", "diagtime", "--format", "json"])
    #expect(try weighted.json()["informationCriteria"] == nil)
  }

  @Test("text, at most 80 columns wide")
  func text() throws {
    let run = try CommandRun(
      Self.cells + [
        "--contrast", "celltype[large]=1,celltype[smallcell]=-1", "--contrast", "karno=10",
        "--joint-test", "celltype", "--joint-test", "karno,age", "--profile-intervals",
      ])
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let start = try #require(run.output.range(of: "AIC"))
    #expect(
      run.output[start.lowerBound...] == """
        AIC 961.09, BIC 975.35

        Contrasts
                                  coef  exp(coef)  lower 95%  upper 95%      z         p
        celltype[large]=1,     -0.4022     0.6688     0.4008     1.1160  -1.54     0.124
        celltype[smallcell]=-
        1
        karno=10               -0.3202     0.7260     0.6531     0.8072  -5.92  3.14e-09
        All of them 0: Wald test 43.69 on 2 df, p = 3.25e-10

        Joint tests
                   df   Wald         p  likelihood ratio         p
        celltype    3  17.69   0.00051             17.71  0.000505
        karno,age   2  36.00  1.53e-08             34.96  2.56e-08

        Hazard ratios, limits by profile likelihood
                             lower 95%  upper 95%
        karno                   0.9583     0.9788
        age                     0.9768     1.0122
        celltype[large]         0.2395     0.7625
        celltype[smallcell]     0.3894     1.0673
        celltype[squamous]      0.1736     0.5522

        """)
  }
}
