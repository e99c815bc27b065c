// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("survival report")
struct ReportCommandTests {
  /// Runs something with the path of a folder that is not there yet.
  private func inFolder<Result>(_ body: (String) throws -> Result) rethrows -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "report-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  static let cohort = Fixtures.folder.deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "CohortModelsTests/Fixtures/study").path

  @Test("without arguments prints the transplant cohort")
  func first() throws {
    let run = try CommandRun(["report"])
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    #expect(run.output.hasPrefix("Bone-marrow transplants for leukemia\n===="))
    #expect(try run.output == CommandRun(["report", "transplant"]).output)
  }

  @Test("writes a page and its numbers, the same bytes every time")
  func output() throws {
    try inFolder { folder in
      let path = folder + "/deep/er"
      let run = try CommandRun(["report", "transplant", "--output", path])
      #expect(run.status == 0, "\(run.errors)")
      #expect(
        run.output == "Wrote report.html, report.json, report.csv to \(path).\n", "\(run.output)")
      let names = ["report.html", "report.json", "report.csv"]
      let first = try names.map { try String(contentsOfFile: path + "/" + $0, encoding: .utf8) }
      #expect(first[0].hasPrefix("<!DOCTYPE html>"))
      let json = try JSONSerialization.jsonObject(with: Data(first[1].utf8)) as? [String: Any]
      #expect(json?["report"] as? String == "transplant")
      // A second run replaces the files.
      #expect(try CommandRun(["report", "--output", path]).status == 0)
      #expect(
        try names.map { try String(contentsOfFile: path + "/" + $0, encoding: .utf8) } == first)
    }
  }

  @Test("analyses the cohort of a folder, and says that it is synthetic")
  func folder() throws {
    try inFolder { folder in
      let run = try CommandRun(["report", Self.cohort, "--output", folder])
      #expect(run.status == 0, "\(run.errors)")
      let page = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
      #expect(page.contains("Synthetic data. The subjects are nobody"))
    }
    let text = try CommandRun(["report", Self.cohort])
    #expect(text.status == 0)
    #expect(text.output.contains("Prior inotuzumab in one view"))
    #expect(text.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test("draws the synthetic cohort")
  func synthetic() throws {
    let run = try CommandRun(["report", "brexu-cel"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("Synthetic data."))
  }

  @Test("refuses what it cannot do in one sentence")
  func refusals() throws {
    func expect(_ arguments: [String], _ sentence: String) throws {
      let run = try CommandRun(["report"] + arguments)
      #expect(run.status == 1)
      #expect(run.output.isEmpty)
      #expect(run.errors == "Error: \(sentence)\n", "\(run.errors)")
    }
    try expect(
      ["brexucel"],
      "there is no cohort brexucel: name transplant, brexu-cel, or the folder of a cohort")
    try inFolder { folder in
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      let file = folder + "/file"
      try Data("text".utf8).write(to: URL(filePath: file))
      try expect(
        ["--output", file],
        "\(file) is a file; name a folder, which is made if it is not there")
      try expect(["--output", ""], "--output is empty; name a folder")
      try expect(
        ["--output", file + "/below"],
        "the folder \(file)/below cannot be made; look whether a file has its name, and "
          + "at the permissions of the folder it is to be in")
      try expect(
        [file], "there is no cohort \(file): name transplant, brexu-cel, or the folder of a cohort")
    }
  }

  @Test("a folder without a cohort, and one with errors, list what is wrong and are not analysed")
  func invalidCohorts() throws {
    try inFolder { folder in
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      let empty = try CommandRun(["report", folder])
      #expect(empty.status == 1)
      #expect(empty.output.isEmpty)
      #expect(empty.errors.contains("subjects.csv"), "\(empty.errors)")

      for name in try FileManager.default.contentsOfDirectory(atPath: Self.cohort) {
        try FileManager.default.copyItem(
          atPath: Self.cohort + "/" + name, toPath: folder + "/" + name)
      }
      // A second subject of a name that is there already.
      let subjects = folder + "/subjects.csv"
      let lines = try String(contentsOfFile: subjects, encoding: .utf8).split(separator: "\n")
      try Data((lines + [lines[1]]).joined(separator: "\n").utf8).write(
        to: URL(filePath: subjects))
      let output = folder + "/report"
      let wrong = try CommandRun(["report", folder, "--output", output])
      #expect(wrong.status == 1)
      #expect(wrong.errors.contains("V01E"), "\(wrong.errors)")
      #expect(
        wrong.errors.hasSuffix(
          "Error: \(folder) is not analysed: validation found 1 error, listed above; correct the data "
            + "first\n"), "\(wrong.errors)")
      #expect(!FileManager.default.fileExists(atPath: output))
    }
  }
}
