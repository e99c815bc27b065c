// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("Bad input")
struct BadInputTests {
  static let common = ["--time", "time", "--event", "status"]

  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let text: String
    let subcommand: String
    let options: [String]
    let sentence: String

    init(
      _ name: String, _ text: String, _ subcommand: String, _ options: [String], _ sentence: String
    ) {
      testDescription = name
      self.text = text
      self.subcommand = subcommand
      self.options = options
      self.sentence = sentence
    }
  }

  static let cases = [
    Case("empty file", "", "km", [], "data.csv is empty"),
    Case(
      "no header", "1,1\n2,0\n", "km", [],
      "data.csv, row 1: the first row must be a header with the names of the columns, but it holds "
        + "1, 1"),
    Case("no rows", "time,status\n", "km", [], "data.csv has a header but no rows"),
    Case(
      "unknown column", "month,status\n1,1\n", "km", [],
      "data.csv has no column “time”; its columns are month, status"),
    Case(
      "text in a number column", "time,status\n1,1\nlong,0\n", "km", [],
      "data.csv, row 3, column time: found “long”; allowed: a number"),
    Case(
      "text in a covariate", "time,status,age\n1,1,50\n2,0,old\n3,1,young\n", "cox",
      ["--covariates", "age"],
      "data.csv, row 3, column age: found “old”; allowed: a finite number (name categories under "
        + "--factors) (and 1 more such value, in row 4)"),
    Case(
      "negative time", "time,status\n1,1\n-2,0\n", "km", [],
      "data.csv, row 3, column time: found -2.0; allowed: 0 or more, since the row is at risk from "
        + "time 0"),
    Case(
      "event code 2", "time,status\n1,1\n2,2\n", "km", [],
      "data.csv, row 3, column status: found “2”; allowed: 0, 1, true or false, unless "
        + "--event-value says which code is the event"),
    Case(
      "event code that no row has", "time,status\n1,dead\n2,alive\n", "km",
      ["--event-value", "deed"],
      "data.csv, column status: no row has the event value “deed”; the values are alive, dead"),
    Case(
      "ragged row", "time,status,x\n1,1,1\n2,0\n", "km", [],
      "data.csv, row 3: the row has 2 fields where the header has 3"),
    Case(
      "exit before entry", "start,time,status\n0,2,1\n3,2,1\n", "km", ["--entry", "start"],
      "data.csv, row 3, column start: found 3.0; allowed: a time before the exit time 2.0; "
        + "intervals are (entry, exit]"),
    Case(
      "rows are named in the file also after rows left out",
      "time,status,x\n1,1,1\nNA,1,2\n\n-2,0,1\n", "km", [],
      "data.csv, row 5, column time: found -2.0; allowed: 0 or more, since the row is at risk from "
        + "time 0"),
    Case(
      "negative weight", "time,status,w\n1,1,-1\n2,0,1\n", "km", ["--weights", "w"],
      "data.csv, row 2, column w: found “-1”; allowed: a weight of 0 or more"),
    Case(
      "frequency that is not whole", "time,status,w\n1,1,1\n2,0,1.5\n", "km",
      ["--weights", "w", "--weight-kind", "frequency"],
      "data.csv, row 3, column w: found “1.5”; allowed: a whole number of subjects, 0 or more"),
    Case(
      "one group", "time,status,g\n1,1,a\n2,0,a\n", "logrank", ["--group", "g"],
      "data.csv: a comparison needs two groups; every row is in group a"),
    Case(
      "no events to compare", "time,status,g\n1,0,a\n2,0,b\n", "logrank", ["--group", "g"],
      "data.csv: nobody had the event, so there is nothing to compare"),
    Case(
      "no events for a model", "time,status,x\n1,0,1\n2,0,2\n", "cox", ["--covariates", "x"],
      "data.csv: none of the 2 rows has the event; a Cox model needs events"),
    Case(
      "no row complete", "time,status\n1,NA\n.,1\n", "km", [],
      "data.csv: no row is complete: 2 rows left out: 1 without time, 1 without status"),
    Case(
      "unknown reference", "time,status,g\n1,1,a\n2,1,b\n", "cox", ["--factors", "g=c"],
      "data.csv, column g: no row has the reference level “c”; the levels are a, b"),
    Case(
      "contrast of no coefficient", "time,status,x\n1,1,1\n2,1,2\n3,1,1\n", "cox",
      ["--covariates", "x", "--contrast", "y=1"],
      "data.csv: the fit has no coefficient y; it has x"),
    Case(
      "joint test of no term", "time,status,x\n1,1,1\n2,1,2\n3,1,1\n", "cox",
      ["--covariates", "x", "--joint-test", "x,z"],
      "data.csv: the fit has no coefficient z; it has x"),
    Case(
      "contrast of an infinite coefficient", "time,status,x\n1,1,3\n2,1,2\n3,1,1\n", "cox",
      ["--covariates", "x", "--contrast", "x=1"],
      "data.csv: the coefficient of x is infinite, so Wald tests and intervals do not hold; compare "
        + "likelihoods instead"),
    Case(
      "spline of too few values", "time,status,x\n1,1,1\n2,1,2\n3,1,1\n", "cox",
      ["--splines", "x:4"],
      "data.csv: x has too few distinct values for a spline with 4 degrees of freedom: its quantiles "
        + "1, 1, 1, 1.5, 2 coincide; ask for fewer, or name the knots"),
    Case(
      "profile of a robust fit", "time,status,x\n1,1,1\n2,1,2\n3,1,1\n", "cox",
      ["--covariates", "x", "--robust", "--profile-intervals"],
      "data.csv: a profile interval takes rows as independent and counting once, which a robust "
        + "variance denies; use Wald tests and intervals"),
    Case(
      "characters that act on a terminal", "time,status\n\u{1B}[31m,1\n", "km", [],
      "data.csv, row 2, column time: found “\\u{1B}[31m”; allowed: a number"),
    Case(
      "line end within a cell", "time,status\n\"1\n2\",1\n", "km", [],
      "data.csv, row 2, column time: found “1\\u{A}2”; allowed: a number"),
    Case(
      "number out of range", "time,status\n1e999,1\n", "km", [],
      "data.csv, row 2, column time: found “1e999”; allowed: a number"),
  ]

  @Test("is answered by one sentence and status 1", arguments: cases)
  func sentences(of example: Case) throws {
    let run = try CommandRun.on(
      example.text, example.subcommand, Self.common + example.options)
    #expect(run.errors == "Error: \(example.sentence)\n")
    #expect(run.output.isEmpty)
    #expect(run.status == 1)
  }

  @Test("a missing file is named")
  func missingFile() throws {
    let run = try CommandRun(["km", "/no/such/file.csv"] + Self.common)
    #expect(run.errors == "Error: there is no file /no/such/file.csv\n")
    #expect(run.status == 1)
  }

  @Test("a million-character field works, and is not repeated in full", .timeLimit(.minutes(5)))
  func longField() throws {
    let long = String(repeating: "x", count: 1_000_000)
    let text = "time,status,g\n1,1,a\n2,0,\(long)\n3,1,b\n"
    let good = try CommandRun.on(text, "km", Self.common + ["--group", "g"])
    #expect(good.status == 0)
    #expect(good.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(good.output.utf8.count < 4000)
    let bad = try CommandRun.on(text, "cox", Self.common + ["--covariates", "g"])
    #expect(bad.status == 1)
    #expect(bad.errors.utf8.count < 400)
    #expect(bad.errors.hasPrefix("Error: data.csv, row 2, column g: found “a”"))
  }

  @Test(
    "wrong usage has status 64",
    arguments: [
      (["km", "x.csv"], "Missing expected argument '--time <col>'"),
      (["km", "x.csv"] + common + ["--level", "95"], "--level must lie between 0 and 1"),
      (["km", "x.csv"] + common + ["--level", "nan"], "--level must lie between 0 and 1"),
      (["km", "x.csv"] + common + ["--interval", "foo"], "The value 'foo' is invalid"),
      (["km", "x.csv"] + common + ["--at", "1,b"], "The value '1,b' is invalid"),
      (["km", "x.csv"] + common + ["--threads", "0"], "--threads must be 1 or more"),
      (
        ["km", "x.csv"] + common + ["--weight-kind", "frequency"], "--weight-kind needs --weights"
      ),
      (
        ["cox", "x.csv"] + common,
        "a model needs --covariates, --splines, --factors or --interactions"
      ),
      (
        ["cox", "x.csv"] + common + ["--splines", "age"],
        "--splines takes columns with degrees of freedom, 1 to 100, such as age:4, not age."
      ),
      (["cox", "x.csv"] + common + ["--splines", "age:2.5"], "such as age:4, not age:2.5."),
      (["cox", "x.csv"] + common + ["--splines", "age:0,x:3"], "such as age:4, not age:0,x:3."),
      (
        ["cox", "x.csv"] + common + ["--covariates", "a", "--contrast", "a,b=1,c"],
        "--contrast takes coefficients with their factors such as age=10,sex=-1, not a,b=1,c."
      ),
      (["cox", "x.csv"] + common + ["--covariates", "a", "--contrast", "a=inf"], "not a=inf."),
      (
        ["cox", "x.csv"] + common + ["--covariates", "a", "--contrast", "a=1,a=2"],
        "--contrast names a coefficient twice in a=1,a=2."
      ),
      (
        ["cox", "x.csv"] + common + ["--interactions", "age"],
        "--interactions takes pairs of columns such as age:sex, not age"
      ),
      (["cox", "x.csv"] + common + ["--ties", "none"], "The value 'none' is invalid"),
      (
        ["cox", "x.csv"] + common + ["--covariates", "a", "--new-data", "y.csv"],
        "--new-data needs --at, the times at which survival is predicted"
      ),
      (
        ["cox", "x.csv"] + common + ["--covariates", "a", "--at", "1"],
        "--at needs --new-data, the file whose rows' survival is predicted"
      ),
      (
        ["cox", "x.csv"] + common + ["--covariates", "a", "--residuals", "raw"],
        "The value 'raw' is invalid for '--residuals <kind>'"
      ),
      (
        ["cox", "x.csv"] + common + ["--covariates", "a", "--proportional-hazards", "sqrt"],
        "The value 'sqrt' is invalid for '--proportional-hazards <scale>'"
      ),
      (
        ["cox", "x.csv"] + common + ["--covariates", "a", "--penalty", "lasso"],
        "The value 'lasso' is invalid for '--penalty"
      ),
      (
        ["logrank", "x.csv", "--group", "g"] + common
          + ["--weight-function", "fleming-harrington:1"], "is invalid"
      ),
      (["frobnicate"], "Unexpected argument 'frobnicate'"),
    ])
  func wrongUsage(arguments: [String], sentence: String) throws {
    let run = try CommandRun(arguments)
    #expect(run.status == 64)
    #expect(run.errors.contains(sentence))
    #expect(run.output.isEmpty)
  }
}
