// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("survival finegray")
struct FineGrayCommandTests {
  /// The rows of a case that R has written, as a file.
  private static func file(_ reference: [String: Any]) throws -> String {
    let rows = try #require(reference["rows"] as? [String: [Double]])
    let names = rows.keys.sorted()
    let columns = names.map { rows[$0] ?? [] }
    var lines = [names.joined(separator: ",")]
    for row in columns[0].indices {
      lines.append(columns.map { "\($0[row])" }.joined(separator: ","))
    }
    return lines.joined(separator: "\n")
  }

  private static let base = [
    "--time", "stop", "--cause", "cause", "--of", "1", "--covariates", "x1,x2,x3",
  ]

  @Test("coefficients and standard errors are R's, to 1e-9")
  func coefficients() throws {
    for reference in try Fixtures.cases(in: "fine-gray") {
      func isSet(_ key: String) -> Bool { reference[key] as? [Double] == [1] }
      if isSet("strata"), !isSet("groups") { continue }  // baselines apart, one censoring curve
      var arguments = Self.base + ["--variance", "fixed-weights"]
      if isSet("late") { arguments += ["--entry", "start"] }
      if isSet("weighted") { arguments += ["--weights", "weight"] }
      if isSet("clustered") { arguments += ["--cluster", "cluster"] }
      if isSet("useOffset") { arguments += ["--offset", "offset"] }
      if isSet("breslow") { arguments += ["--ties", "breslow"] }
      if isSet("groups") { arguments += ["--strata", "group"] }
      let run = try CommandRun.on(
        Self.file(reference), "finegray", arguments + ["--format", "json"])
      #expect(run.status == 0, "\(run.errors)")
      let found = try #require(try run.json()["coefficients"] as? [[String: Any]])
      let estimates = try #require(reference["coefficients"] as? [Double])
      let robust = try #require(reference["robust"] as? [[Double]])
      let model = try #require(reference["model"] as? [[Double]])
      for (index, coefficient) in found.enumerated() {
        let estimate = try #require(coefficient["estimate"] as? Double)
        let error = robust[index][index].squareRoot()
        #expect(abs(estimate - estimates[index]) <= 1e-9 * error)
        #expect(agrees(coefficient["robustStandardError"], error))
        #expect(agrees(coefficient["standardError"], model[index][index].squareRoot()))
      }
    }
  }

  @Test("by default the errors are crr's, and predictions its incidences")
  func crr() throws {
    let reference = try Fixtures.reference("untied", in: "fine-gray")
    let gray = try #require(reference["gray"] as? [String: Any])
    let times = try #require(gray["times"] as? [Double])
    let run = try CommandRun.on(
      Self.file(reference), new: "x1,x2,x3\n0.5,1,-0.2\n-1,0,0.7\n", "finegray",
      Self.base + ["--at", "\(times[9]),\(times[20]),1e6", "--format", "json"])
    #expect(run.status == 0, "\(run.errors)")
    let json = try run.json()
    let covariance = try #require(gray["covariance"] as? [[Double]])
    let found = try #require(json["coefficients"] as? [[String: Any]])
    for (index, coefficient) in found.enumerated() {
      #expect(
        agrees(coefficient["robustStandardError"], covariance[index][index].squareRoot()))
    }
    let incidence = try #require(gray["incidence"] as? [[Double]])
    let predictions = try #require(json["predictions"] as? [[String: Any]])
    for (index, prediction) in predictions.enumerated() {
      let points = try #require(prediction["points"] as? [[String: Any]])
      #expect(agrees(points[0]["cumulativeIncidence"], incidence[index][9]))
      #expect(agrees(points[1]["cumulativeIncidence"], incidence[index][20]))
      let value = try #require(points[1]["cumulativeIncidence"] as? Double)
      #expect(try #require(points[1]["lower"] as? Double) < value)
      #expect(try #require(points[1]["upper"] as? Double) > value)
      #expect(points[2]["cumulativeIncidence"] is NSNull)
    }
    #expect(json["concordance"] is NSNull)
  }

  @Test("JSON has the keys of survival cox; text and CSV are its own")
  func formats() throws {
    let reference = try Fixtures.reference("untied", in: "fine-gray")
    let file = try Self.file(reference)
    let json = try CommandRun.on(file, "finegray", Self.base + ["--format", "json"]).json()
    let cox = try CommandRun.on(
      file, "cox",
      [
        "--time", "stop", "--event", "cause", "--event-value", "1", "--covariates", "x1",
        "--format", "json",
      ]
    ).json()
    // A subdistribution has no likelihood to take information criteria of.
    #expect(Set(json.keys) == Set(cox.keys).subtracting(["informationCriteria"]))
    let text = try CommandRun.on(
      file, new: "x1,x2,x3\n0.5,1,-0.2\n", "finegray", Self.base + ["--at", "0.5,1"]
    ).output
    #expect(text.hasPrefix("Fine–Gray model of stop, cause cause, cause 1\n"))
    #expect(text.contains("Predicted cumulative incidence:\n"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let csv = try CommandRun.on(file, "finegray", Self.base + ["--format", "csv"]).output
    #expect(csv.hasPrefix("name,estimate,"))
  }

  @Test("mistakes are named")
  func errors() throws {
    let file = "t,c,x\n1,a,1\n2,b,0\n3,,1\n4,a,0\n"
    let options = ["--time", "t", "--cause", "c", "--covariates", "x"]
    let none = try CommandRun.on(file, "finegray", options + ["--of", "z"])
    #expect(none.status == 1)
    #expect(
      none.errors == "Error: data.csv: no row has the cause z in column c; causes are a, b\n")
    #expect(try CommandRun.on(file, "finegray", options).status == 64)
    #expect(
      try CommandRun.on(file, "finegray", options + ["--of", "a", "--at", "1"]).status == 64)
    let exact = try CommandRun.on(file, "finegray", options + ["--of", "a", "--ties", "exact"])
    #expect(exact.status == 1)
    let late = try CommandRun.on(
      "s,t,c,x\n0,1,a,1\n0,2,b,0\n1,3,,1\n0,4,a,0\n", "finegray",
      options + ["--of", "a", "--entry", "s", "--variance", "fine-gray"])
    #expect(late.status == 1)
    #expect(late.errors.contains("fixedWeights"))
  }
}
