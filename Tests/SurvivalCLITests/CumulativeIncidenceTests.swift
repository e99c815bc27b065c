// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("survival cuminc")
struct CumulativeIncidenceCommandTests {
  private static let six = """
    months,outcome,arm,centre,n
    4,relapse,x,1,1
    1,relapse,y,1,1
    6,0,x,2,2
    2,death,y,2,1
    5,death,x,1,1
    3,,y,2,1
    7,NA,y,2,1
    """

  private static func run(_ arguments: [String]) throws -> CommandRun {
    try .on(six, "cuminc", ["--time", "months", "--cause", "outcome"] + arguments)
  }

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

  @Test("estimates, errors and limits are R's, to 1e-9")
  func curves() throws {
    for reference in try Fixtures.cases(in: "competing-risks") {
      func isSet(_ key: String) -> Bool { reference[key] as? [Double] == [1] }
      var arguments = ["--time", "stop", "--cause", "cause", "--group", "group"]
      if isSet("late") { arguments += ["--entry", "start"] }
      if isSet("weighted") { arguments += ["--weights", "weight"] }
      if isSet("clustered") { arguments += ["--cluster", "cluster"] }
      let run = try CommandRun.on(
        Self.file(reference), "cuminc", arguments + ["--format", "json"])
      #expect(run.status == 0, "\(run.errors)")
      let curves = try #require(try run.json()["curves"] as? [[String: Any]])
      let parts = try #require(reference["parts"] as? [[String: Any]])
      for (index, curve) in curves.enumerated() {
        let count = curves.count / parts.count
        let part = parts[index / count]
        let points = try #require(curve["points"] as? [[String: Any]])
        for (key, name) in [
          ("probability", "estimate"), ("standardError", "standardError"),
        ] {
          let expected = try #require(part[key] as? [[Double]])[index % count]
          #expect(points.count == expected.count)
          for (point, value) in zip(points, expected) {
            let found = try #require(point[name] as? Double)
            // Where R leaves the rounding of a difference for 0, so may we.
            #expect(
              abs(found - value) <= 1e-9 * abs(value) + 1e-14,
              "\(reference["name"] ?? ""): \(found) for \(value)")
          }
        }
        let lower = try #require(
          ((part["limits"] as? [String: Any])?["log"] as? [String: Any])?["lower"] as? [[Any]])
        for (point, value) in zip(points, lower[index % count]) {
          #expect(agrees(point["lower"], value))
        }
      }
    }
  }

  @Test("Gray's test is R's, to 1e-9")
  func gray() throws {
    for reference in try Fixtures.cases(in: "gray") {
      var arguments = ["--time", "stop", "--cause", "cause", "--group", "group"]
      let rho = try #require(reference["rho"] as? [Double])[0]
      arguments.append("--rho=\(rho)")
      if reference["stratified"] as? [Double] == [1] { arguments += ["--strata", "stratum"] }
      let run = try CommandRun.on(
        Self.file(reference), "cuminc", arguments + ["--format", "json"])
      let tests = try #require(try run.json()["gray"] as? [[String: Any]])
      #expect(tests.compactMap { $0["cause"] as? String } == reference["cause"] as? [String])
      for (key, name) in [("statistic", "statistic"), ("p", "pValue"), ("df", "degreesOfFreedom")] {
        let expected = try #require(reference[key] as? [Double])
        for (test, value) in zip(tests, expected) {
          #expect(agrees(test[name], value), "\(test[name] ?? "") for \(value)")
        }
      }
    }
  }

  @Test("JSON has the documented keys in their order")
  func json() throws {
    let run = try Self.run(["--group", "arm", "--at", "6,2", "--format", "json"])
    #expect(
      run.output == """
        {
         "curves":[
          {
           "group":"x",
           "cause":"death",
           "points":[
            {"time":2,"estimate":0,"standardError":0,"lower":0,"upper":0},
            {"time":6,"estimate":0.3333333333333333,"standardError":0.2721655269759087,\
        "lower":0.0672783908519223,"upper":1}]},
          {
           "group":"x",
           "cause":"relapse",
           "points":[
            {"time":2,"estimate":0,"standardError":0,"lower":0,"upper":0},
            {"time":6,"estimate":0.3333333333333333,"standardError":0.2721655269759087,\
        "lower":0.0672783908519223,"upper":1}]},
          {
           "group":"y",
           "cause":"death",
           "points":[
            {"time":2,"estimate":0.3333333333333333,"standardError":0.2721655269759087,\
        "lower":0.0672783908519223,"upper":1},
            {"time":6,"estimate":null,"standardError":null,"lower":null,"upper":null}]},
          {
           "group":"y",
           "cause":"relapse",
           "points":[
            {"time":2,"estimate":0.3333333333333333,"standardError":0.2721655269759087,\
        "lower":0.0672783908519223,"upper":1},
            {"time":6,"estimate":null,"standardError":null,"lower":null,"upper":null}]}],
         "gray":[
          {"cause":"death","statistic":0.9411764705882353,"degreesOfFreedom":1,"pValue":0.331975467082737},
          {"cause":"relapse","statistic":1,"degreesOfFreedom":1,"pValue":0.3173105078629141}]}

        """)
    let one = try Self.run(["--at", "2", "--format", "json"])
    #expect(one.output.hasSuffix("\"gray\":null}\n"))
  }

  @Test("text: curves, times asked for and the test; empty and 0 are censored, NA is missing")
  func text() throws {
    let run = try Self.run(["--group", "arm", "--at", "2,5"])
    #expect(
      run.output == """
        Cumulative incidence of months, cause outcome
        6 rows used; 1 row left out: 1 without outcome

        group  cause    n  events    at 3    lower  upper  time lost     se
        x      death    3       1  0.0000  0.00000      0     0.0000  0.000
        x      relapse  3       1  0.0000  0.00000      0     0.0000  0.000
        y      death    3       1  0.3333  0.06728      1     0.3333  0.272
        y      relapse  3       1  0.3333  0.06728      1     0.6667  0.544

        95% limits on the log scale, Greenwood variance. NA: not known.

        Cumulative incidence of death in group x: 3 subjects, 1 event
        time  at risk  events  incidence      se    lower  upper
           2        3       0     0.0000  0.0000  0.00000      0
           5        2       1     0.3333  0.2722  0.06728      1

        Cumulative incidence of relapse in group x: 3 subjects, 1 event
        time  at risk  events  incidence      se    lower  upper
           2        3       0     0.0000  0.0000  0.00000      0
           5        2       1     0.3333  0.2722  0.06728      1

        Cumulative incidence of death in group y: 3 subjects, 1 event
        time  at risk  events  incidence      se    lower  upper
           2        2       1     0.3333  0.2722  0.06728      1
           5        0       0         NA      NA       NA     NA

        Cumulative incidence of relapse in group y: 3 subjects, 1 event
        time  at risk  events  incidence      se    lower  upper
           2        2       1     0.3333  0.2722  0.06728      1
           5        0       0         NA      NA       NA     NA

        Gray's test of  events  chi-squared  df      p
        death                2       0.9412   1  0.332
        relapse              2       1.0000   1  0.317

        """)
  }

  @Test("CSV has a row for each point")
  func csv() throws {
    let run = try Self.run(["--at", "2", "--interval", "none", "--format", "csv"])
    #expect(
      run.output == """
        group,cause,time,estimate,standardError,lower,upper
        all,death,2,0.16666666666666669,0.15214515486254615,,
        all,relapse,2,0.16666666666666666,0.15214515486254615,,

        """)
  }

  @Test("mistakes are named")
  func errors() throws {
    let none = try CommandRun.on(
      "t,c\n1,0\n2,0\n", "cuminc", ["--time", "t", "--cause", "c"])
    #expect(none.status == 1)
    #expect(none.errors == "Error: data.csv: no row has an event of any cause\n")
    let negative = try CommandRun.on(
      "t,c\n1,0\n-2,1\n", "cuminc", ["--time", "t", "--cause", "c"])
    #expect(negative.status == 1)
    #expect(negative.errors.contains("row 3"))
    let column = try Self.run(["--group", "ward"])
    #expect(column.status == 1)
    #expect(column.errors.contains("ward"))
    #expect(try Self.run(["--strata", "centre"]).status == 64)
    #expect(try Self.run(["--rho", "many"]).status == 64)
    let event = try Self.run(["--event", "outcome"])
    #expect(event.status == 64)
    let weights = try Self.run(
      ["--group", "arm", "--weights", "n", "--weight-kind", "frequency", "--format", "json"])
    #expect(weights.output.contains("\"gray\":["))
    let probability = try Self.run(["--group", "arm", "--weights", "n"])
    #expect(
      probability.output.hasSuffix(
        "Gray's test is not defined with entry times, probability weights or clusters.\n"))
  }
}
