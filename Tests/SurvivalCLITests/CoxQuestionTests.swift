// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("What is asked after a Cox fit")
struct CoxQuestionTests {
  /// Models with every feature; the residuals of the first four are among the fixtures.
  static let models = [
    "lung, efron", "veteran, efron", "heart, efron", "test3 weighted, robust, breslow",
    "heart in surgery, cluster id, efron", "veteran in celltype", "lung in sex and ph.ecog",
  ]

  @Test("concordance and proportional hazards equal R", arguments: models)
  func tests(model: String) throws {
    let reference = try Fixtures.reference(model, in: "coxph")
    let expected = try #require(reference["expected"] as? [String: Any])
    let zph = try #require(expected["zph"] as? [String: [String: Any]])
    #expect(zph.count == 4)
    for (transform, test) in zph {
      let answer = try CommandRun(
        Fixtures.coxArguments(reference) + ["--proportional-hazards", transform]
      ).json()
      let concordance = try #require(answer["concordance"] as? [String: Any])
      #expect(agrees(concordance["estimate"], expected["concordance"]))
      #expect(agrees(concordance["standardError"], expected["concordanceStandardError"]))
      let terms = try #require(answer["proportionalHazards"] as? [[String: Any]])
      #expect(terms.compactMap { $0["term"] as? String } == test["terms"] as? [String])
      for (key, name) in [("statistic", "chisq"), ("degreesOfFreedom", "df"), ("pValue", "p")] {
        let values = try #require(test[name] as? [Any])
        #expect(zip(terms, values).allSatisfy { agrees($0[key], $1) }, "\(transform), \(key)")
      }
    }
  }

  @Test("residuals equal R, row by row", arguments: models.prefix(4))
  func residuals(model: String) throws {
    let reference = try Fixtures.reference(model, in: "coxph")
    let expected = try #require(reference["expected"] as? [String: Any])
    for (kind, name) in [
      ("martingale", "martingale"), ("deviance", "deviance"), ("score", "score"),
      ("schoenfeld", "schoenfeld"), ("scaled-schoenfeld", "scaledSchoenfeld"), ("dfbeta", "dfbeta"),
    ] {
      let answer = try CommandRun(
        Fixtures.coxArguments(reference) + ["--residuals", kind]
      ).json()
      let residuals = try #require(answer["residuals"] as? [String: Any])
      #expect(residuals["kind"] as? String == kind)
      let isSingle = kind == name && expected[name] is [Double]
      #expect(
        residuals["columns"] as? [String] == (isSingle ? [kind] : expected["names"] as? [String]))
      let values = try #require(residuals["values"] as? [[Double]]).flatMap { $0 }
      let references =
        (expected[name] as? [Double]) ?? (expected[name] as? [[Double]] ?? []).flatMap { $0 }
      try #require(values.count == references.count && !values.isEmpty, "\(kind)")
      // Differences of numbers of the size of the largest.
      let scale = references.reduce(0) { max($0, abs($1)) }
      #expect(
        zip(values, references).allSatisfy { abs($0 - $1) <= 1e-9 * max(abs($1), scale / 1000) },
        "\(kind)")
    }
  }

  @Test("predictions equal R for every model of predictions.json")
  func predictions() throws {
    for reference in try Fixtures.cases(in: "predictions") {
      let name = try #require(reference["name"] as? String)
      let rows = try #require(reference["rows"] as? [[String: Any]])
      let times = try #require(reference["times"] as? [Double])
      let path = try CommandRun.file(newRows(rows, reference))
      defer { try? FileManager.default.removeItem(atPath: path) }
      let answer = try CommandRun(
        Fixtures.coxArguments(reference) + [
          "--new-data", path, "--at", times.map { "\($0)" }.joined(separator: ","),
        ]
      ).json()
      let predictions = try #require(answer["predictions"] as? [[String: Any]])
      try #require(predictions.count == rows.count)
      for (index, row) in rows.enumerated() {
        let prediction = predictions[index]
        #expect(prediction["row"] as? Int == index + 1)
        // A sum of products that may cancel.
        let predictor = try #require(prediction["linearPredictor"] as? Double)
        let expected = try #require(row["linearPredictor"] as? Double)
        #expect(abs(predictor - expected) <= 1e-11 * max(1, abs(expected)), "\(name)")
        let points = try #require(prediction["points"] as? [[String: Any]])
        #expect(points.map { $0["time"] as? Double } == times)
        for key in ["survival", "lower", "upper", "cumulativeHazard"] {
          let values = try #require(row[key] as? [Any])
          #expect(
            zip(points, values).allSatisfy { agrees($0[key], $1) }, "\(name), \(index), \(key)")
        }
      }
    }
  }

  /// The new rows of a case as a CSV file, its columns in reverse.
  private func newRows(_ rows: [[String: Any]], _ reference: [String: Any]) -> String {
    let factors = (reference["factors"] as? [[String: Any]] ?? []).map { "\($0["name"] ?? "")" }
    let strata = reference["strata"] as? [String] ?? []
    let offset = (reference["offset"] as? String).map { [$0] } ?? []
    let names = (reference["covariates"] as? [String] ?? []) + factors + strata + offset
    let lines = rows.map { row -> String in
      var cells = (row["covariates"] as? [Double] ?? []).map { "\($0)" }
      cells += row["factors"] as? [String] ?? []
      if !strata.isEmpty {
        let labels = (row["stratum"] as? String ?? "").components(separatedBy: ", ")
        cells += labels
      }
      if !offset.isEmpty { cells.append("\(row["offset"] ?? "")") }
      return cells.reversed().joined(separator: ",")
    }
    return ([names.reversed().joined(separator: ",")] + lines).joined(separator: "\n")
  }

  static let small = "time,status,x,g\n4,0,1,a\n1,1,1,b\n2,1,9,a\n3,0,5,b\n5,1,4,a\n6,1,3,a\n"
  static let columns = ["--time", "time", "--event", "status", "--covariates", "x"]

  @Test("Schoenfeld residuals are in time order, also across strata")
  func schoenfeldOrder() throws {
    let answer = try CommandRun.on(
      Self.small, "cox",
      Self.columns + ["--strata", "g", "--residuals", "schoenfeld", "--format", "json"]
    ).json()
    let residuals = try #require(answer["residuals"] as? [String: Any])
    let values = try #require(residuals["values"] as? [[Double]])
    // At time 1 (stratum b) the smaller x has the event, at times 2 and 5 (stratum a) the larger.
    #expect(values.prefix(3).map { $0[0].sign } == [.minus, .plus, .plus])
    #expect(values.count == 4)
    #expect(abs(values[3][0]) < 1e-12)
  }

  @Test("Uno's C up to a time says so; expected events sum to the events")
  func unoAndExpected() throws {
    let arguments = try Fixtures.coxArguments(
      Fixtures.reference("veteran, efron", in: "coxph"))
    let answer = try CommandRun(
      arguments + ["--concordance", "uno", "--concordance-up-to", "180", "--expected"]
    ).json()
    let concordance = try #require(answer["concordance"] as? [String: Any])
    #expect(concordance["weighting"] as? String == "uno" && concordance["upTo"] as? Double == 180)
    let known = try #require(concordance["standardErrorOfKnownWeights"] as? Double)
    let error = try #require(concordance["standardError"] as? Double)
    #expect(error > 0 && known > 0 && error != known)
    let plain = try CommandRun(arguments).json()
    #expect(plain["expectedEvents"] == nil)
    let harrell = try #require(plain["concordance"] as? [String: Any])
    #expect(Set(harrell.keys) == ["estimate", "standardError"])
    let expected = try #require(answer["expectedEvents"] as? [[String: Double]])
    let events = try #require(answer["events"] as? Double)
    let sum = expected.reduce(0) { $0 + ($1["estimate"] ?? 0) }
    #expect(expected.count == answer["rowsUsed"] as? Int)
    #expect(abs(sum - events) < 1e-10 * events)
    #expect(expected.allSatisfy { ($0["standardError"] ?? -1) >= 0 })
    let text = try CommandRun.on(Self.small, "cox", Self.columns + ["--concordance", "uno"])
    #expect(text.output.contains("Concordance, weights uno "))
    // Late entries leave the distribution of censoring unknown.
    let late = try CommandRun(
      Fixtures.coxArguments(Fixtures.reference("heart, efron", in: "coxph")) + [
        "--concordance", "uno",
      ])
    #expect(late.status == 1 && late.errors.contains("rows that enter late"))
  }

  @Test("without comparable pairs there is no concordance, but an answer")
  func noPairs() throws {
    let run = try CommandRun.on(
      "time,status,x\n1,1,1\n1,1,2\n1,1,4\n", "cox", Self.columns + ["--format", "json"])
    #expect(run.status == 0)
    #expect(try run.json()["concordance"] is NSNull)
    let text = try CommandRun.on("time,status,x\n1,1,1\n1,1,2\n1,1,4\n", "cox", Self.columns)
    #expect(!text.output.contains("Concordance"))
  }

  @Test("a factor and an interaction are one term each, and a level may be spelt as another number")
  func terms() throws {
    let run = try CommandRun(
      ["cox"] + AgreementTests.lung + [
        "--covariates", "age", "--factors", "sex,ph.ecog", "--interactions", "ph.ecog:age",
        "--proportional-hazards", "km", "--format", "json",
      ])
    let terms = try #require(run.json()["proportionalHazards"] as? [[String: Any]])
    #expect(
      terms.map { $0["term"] as? String } == ["age", "sex", "ph.ecog", "ph.ecog:age", "GLOBAL"])
    // One row has ph.ecog 3, so the last column of the interaction is aliased.
    #expect(terms.map { $0["degreesOfFreedom"] as? Int } == [1, 1, 3, 2, 7])
    let factors = [
      "--time", "time", "--event", "status", "--event-value", "2", "--factors", "sex",
      "--at", "100", "--format", "json",
    ]
    let lung = try String(contentsOfFile: Fixtures.data("lung"), encoding: .utf8)
    let plain = try CommandRun.on(lung, new: "sex\n1\n2\n", "cox", factors)
    let decimal = try CommandRun.on(lung, new: "sex\n1.0\n2.00\n", "cox", factors)
    #expect(plain.status == 0)
    #expect(plain.output == decimal.output)
  }

  @Test("ties by the two exact rules")
  func exactTies() throws {
    for ties in ["exact", "exact-marginal"] {
      let run = try CommandRun(
        ["cox"] + AgreementTests.lung
          + ["--covariates", "age,sex,ph.ecog", "--ties", ties, "--format", "json"])
      let answer = try run.json()
      #expect(answer["ties"] as? String == ties)
      #expect(answer["concordance"] is [String: Any])
    }
    let reference = try Fixtures.reference("lung, exact", in: "coxph")
    let answer = try CommandRun(Fixtures.coxArguments(reference)).json()
    let expected = try #require(reference["expected"] as? [String: Any])
    let estimates = try #require(answer["coefficients"] as? [[String: Any]])
    let values = try #require(expected["coefficients"] as? [Any])
    #expect(zip(estimates, values).allSatisfy { agrees($0["estimate"], $1) })
  }

  @Test("CSV stays the coefficients")
  func csv() throws {
    let command =
      ["cox"] + AgreementTests.lung + ["--covariates", "age,ph.ecog", "--format", "csv"]
    let asked = try CommandRun(
      command + ["--residuals", "dfbeta", "--proportional-hazards", "log"])
    #expect(asked.status == 0)
    #expect(asked.output == (try CommandRun(command).output))
    #expect(asked.output.split(separator: "\n").count == 3)
  }

  @Test("the number of threads changes no byte with 12 000 rows", .timeLimit(.minutes(5)))
  func threads() throws {
    // A multiplicative generator, so that the file is the same everywhere.
    var state: UInt64 = 42
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    var text = "start,time,status,x,y,f,g,w\n"
    for _ in 0..<12_000 {
      let start = next(50)
      text += "\(start),\(start + 1 + next(400)),\(next(3) == 0 ? 0 : 1),"
      text += "\(Double(next(900)) / 300),\(Double(next(700)) / 99),"
      text += "\(next(4)),\(next(3)),\(1 + next(5))\n"
    }
    let path = try CommandRun.file(text)
    let newPath = try CommandRun.file("x,y,f,g\n1,2,3,1\n0.5,1,0,0\n")
    defer { for file in [path, newPath] { try? FileManager.default.removeItem(atPath: file) } }
    let columns = [
      "--time", "time", "--event", "status", "--covariates", "x,y", "--factors", "f",
      "--interactions", "x:f", "--format", "json",
    ]
    let questions = [
      ["--residuals", "dfbeta", "--proportional-hazards", "km", "--cluster", "w"],
      [
        "--entry", "start", "--strata", "g", "--weights", "w", "--ties", "breslow",
        "--residuals", "scaled-schoenfeld", "--proportional-hazards", "rank",
        "--new-data", newPath, "--at", "10,100,300.5",
      ],
    ]
    for (options, counts) in zip(questions, [["1", "2", "7"], ["1", "3"]]) {
      let runs = try counts.map {
        try CommandRun(["cox", path] + columns + options + ["--threads", $0])
      }
      #expect(runs.allSatisfy { $0.status == 0 })
      #expect(runs[0].output.utf8.count > 100_000)
      for run in runs { #expect(run.output == runs[0].output) }
    }
  }

  @Test("text of tests, residuals and predictions")
  func text() throws {
    let lung = try String(contentsOfFile: Fixtures.data("lung"), encoding: .utf8)
    let run = try CommandRun.on(
      lung, new: "age,sex,ph.ecog\n60,1,1\n\n70,2,0\n", "cox",
      [
        "--time", "time", "--event", "status", "--event-value", "2", "--covariates", "age",
        "--factors", "sex,ph.ecog", "--proportional-hazards", "km", "--residuals", "martingale",
        "--at", "100,365.25,5000",
      ])
    let start = try #require(run.output.range(of: "Proportional hazards"))
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(run.output.contains("\n\nConcordance 0.637 (se 0.025)\n\nLikelihood ratio test"))
    #expect(
      run.output[start.lowerBound...] == """
        Proportional hazards: does a coefficient change with the Kaplan–Meier curve?
                 chisq  df      p
        age      0.163   1  0.686
        sex      2.406   1  0.121
        ph.ecog  5.650   3   0.13
        GLOBAL   7.777   5  0.169

        Residuals, martingale, of 227 rows (each with --format json)
                       min  1st quartile  median  3rd quartile     max
        martingale  -4.672       -0.4485  0.1489        0.6921  0.9981

        Predicted survival
        row  predictor    time  survival  lower 95%  upper 95%  cum. hazard
        1       1.0577     100    0.8553     0.8022     0.9119      0.15634
        1       1.0577  365.25    0.3444     0.2560     0.4634      1.06597
        1       1.0577    5000        NA         NA         NA           NA
        2       0.2098     100    0.9352     0.9008     0.9709      0.06696
        2       0.2098  365.25    0.6335     0.5164     0.7770      0.45655
        2       0.2098    5000        NA         NA         NA           NA
        The linear predictor is not centred: it is 0 where all covariates are 0.
        NA: beyond the last time at which anybody of the stratum was observed.

        """)
  }
}

@Suite("New data that cannot be used")
struct NewDataTests {
  static let text = "time,status,x,g,s,o\n1,1,1,a,1,0\n2,0,3,b,1,1\n3,1,2,b,2,0\n4,1,5,a,2,1\n"
  static let options = [
    "--time", "time", "--event", "status", "--covariates", "x", "--factors", "g", "--at", "2",
  ]

  @Test(
    "is answered by one sentence and status 1",
    arguments: [
      ("", [], "new.csv is empty"),
      ("x\n1\n", [], "new.csv has no column “g”; its columns are x"),
      (
        "g,x\nb,1\nc,2\n", [],
        "new.csv, row 3, column g: found “c”; allowed: a level that the fit has seen: a, b"
      ),
      ("g,x\nb,1\n\na,NA\n", [], "new.csv, row 4, column x: found “NA”; allowed: a finite number"),
      (
        "g,x\n,1\n", [],
        "new.csv, row 2, column g: found “”; allowed: a level that the fit has seen: a, b"
      ),
      (
        "g,x\nb,one\na,2\nb,Inf\n", [],
        "new.csv, row 2, column x: found “one”; allowed: a finite number (and 1 more such value, in "
          + "row 4)"
      ),
      ("g,x\nb,1\n", ["--strata", "s"], "new.csv has no column “s”; its columns are g, x"),
      (
        "g,x,s\nb,1,3\n", ["--strata", "s"],
        "new.csv, row 2, column s: found “3”; allowed: a level that the fit has seen: 1, 2"
      ),
      (
        "g,x,s,time\nb,1,2,1\n", ["--strata", "s,time"],
        "new.csv, row 2, column s,time: found “s=2, time=1”; allowed: a stratum of the fit: "
          + "s=1, time=1; s=1, time=2; s=2, time=3; s=2, time=4"
      ),
      ("g,x\nb,1\n", ["--offset", "o"], "new.csv has no column “o”; its columns are g, x"),
      (
        "g,x,o\nb,1,.\n", ["--offset", "o"],
        "new.csv, row 2, column o: found “.”; allowed: a finite number"
      ),
      ("g,x\nb,1,2\n", [], "new.csv, row 2: the row has 3 fields where the header has 2"),
    ])
  func sentences(rows: String, options: [String], sentence: String) throws {
    let run = try CommandRun.on(Self.text, new: rows, "cox", Self.options + options)
    #expect(run.errors == "Error: \(sentence)\n")
    #expect(run.output.isEmpty)
    #expect(run.status == 1)
  }

  @Test("a missing second file is named")
  func missingFile() throws {
    let run = try CommandRun.on(
      Self.text, "cox", Self.options + ["--new-data", "/no/such/file.csv"])
    #expect(run.errors == "Error: there is no file /no/such/file.csv\n")
    #expect(run.status == 1)
  }

  @Test(
    "a question without an answer under exact ties is refused",
    arguments: [["--proportional-hazards", "km"], ["--residuals", "dfbeta"]])
  func exact(question: [String]) throws {
    let run = try CommandRun.on(
      Self.text, "cox",
      ["--time", "time", "--event", "status", "--covariates", "x", "--ties", "exact"] + question)
    #expect(run.status == 1)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("under the tie rule exact; fit with efron or breslow for"))
  }
}
