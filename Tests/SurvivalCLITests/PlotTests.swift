// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Figures of the command")
struct PlotTests {
  /// A path that nothing is at yet.
  private func path(_ name: String = "figure-\(UUID().uuidString).svg") -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent(name).path
  }

  /// Runs the command with `--plot`, and reads what was drawn.
  private func plot(_ arguments: [String]) throws -> (run: CommandRun, figure: String) {
    let path = path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let run = try CommandRun(arguments + ["--plot", path])
    return (run, (try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
  }

  @Test("km draws its curves and prints what it prints without")
  func curves() throws {
    let command = ["km"] + AgreementTests.lung + ["--group", "sex"]
    let (run, figure) = try plot(command + ["--time-unit", "days"])
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.output == (try CommandRun(command).output))
    #expect(figure.hasPrefix("<svg ") && figure.hasSuffix("</svg>\n"))
    #expect(figure.contains(">Time (days)</text>"))
    #expect(figure.contains(">270 (212 to 310)</text>"))
    let test = try CommandRun(["logrank"] + AgreementTests.lung + ["--group", "sex"])
    #expect(test.output.contains("p = 0.00131"))
    #expect(figure.contains(">Log-rank test: p = 0.00131</text>"))
  }

  @Test("km draws what its options say")
  func options() throws {
    let command = ["km"] + AgreementTests.lung + ["--group", "sex"]
    let figure = try plot(command + ["--interval", "none", "--strata", "ph.ecog"]).figure
    // Groups within strata have a curve each and no common test.
    #expect(!figure.contains("p = "))
    #expect(!figure.contains("sk-band"))
    #expect(figure.contains(">time</text>"))
    let ninety = try plot(command + ["--level", "0.9", "--interval", "log-log"]).figure
    #expect(ninety.contains("Median (90% CI)"))
    #expect(ninety.contains("pointwise 90% confidence intervals on the log(-log) scale"))
    let reverse = try plot(command + ["--reverse"]).figure
    #expect(reverse.contains(">Probability of follow-up</text>") && !reverse.contains("p = "))
  }

  @Test("km draws groups that cannot be compared, without a test")
  func withoutTest() throws {
    let path = path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let run = try CommandRun.on(
      "t,d,g\n1,0,a\n2,0,b\n", "km",
      ["--time", "t", "--event", "d", "--group", "g", "--plot", path])
    #expect(run.status == 0, "\(run.errors)")
    let figure = try String(contentsOfFile: path, encoding: .utf8)
    #expect(figure.contains("sk-curve") && !figure.contains("p = "))
  }

  @Test("labels of the file cannot break the figure")
  func labels() throws {
    let path = path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let run = try CommandRun.on(
      "t,d,g\n1,1,<script>\n2,1,\"a\"\"&\u{1}b\"\n", "km",
      ["--time", "t", "--event", "d", "--group", "g", "--plot", path])
    #expect(run.status == 0, "\(run.errors)")
    let figure = try String(contentsOfFile: path, encoding: .utf8)
    #expect(figure.contains("&lt;script&gt;") && !figure.contains("<script"))
    #expect(figure.contains("a&quot;&amp;\u{FFFD}b"))
  }

  @Test("cuminc draws its curves and prints what it prints without")
  func incidences() throws {
    let path = path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let command = ["--time", "months", "--cause", "outcome"]
    let file = "months,outcome,arm\n4,relapse,x\n1,<a&b>,y\n6,0,x\n2,death,y\n5,death,x\n3,,y\n"
    let grouped = command + ["--group", "arm"]
    let run = try CommandRun.on(file, "cuminc", grouped + ["--plot", path])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output == (try CommandRun.on(file, "cuminc", grouped).output))
    var figure = try String(contentsOfFile: path, encoding: .utf8)
    for text in [
      ">months</text>", "&lt;a&amp;b&gt;, y", ">Cumulative incidence</text>",
      "Gray's test: &lt;a&amp;b&gt; p = 0.317, death p = 0.332",
    ] {
      #expect(figure.contains(text), "\(text)")
    }
    // Bands of six curves would hide one another.
    #expect(!figure.contains("sk-band"))
    let lines = try CommandRun.on(file, "cuminc", command + ["--plot", path])
    #expect(lines.status == 0)
    #expect(try String(contentsOfFile: path, encoding: .utf8).contains("sk-band"))
    let stacked = try CommandRun.on(
      file, "cuminc", command + ["--plot", path, "--stacked", "--time-unit", "months"])
    #expect(stacked.status == 0, "\(stacked.errors)")
    figure = try String(contentsOfFile: path, encoding: .utf8)
    #expect(figure.contains(">Time (months)</text>") && !figure.contains("test"))
    for wrong in [["--stacked"], ["--stacked", "--plot", path, "--group", "arm"]] {
      let run = try CommandRun.on(file, "cuminc", command + wrong)
      #expect(run.status == 64 && run.errors.contains("--stacked"))
    }
  }

  @Test("cox draws its hazard ratios, the levels of a factor under its name")
  func hazardRatios() throws {
    let command =
      ["cox"] + AgreementTests.lung + [
        "--covariates", "age", "--factors", "sex=1", "--level", "0.9",
      ]
    let (run, figure) = try plot(command)
    #expect(run.status == 0)
    #expect(run.output == (try CommandRun(command).output))
    for text in ["Hazard ratio (90% CI)", "age", "sex", "reference", "1.017 (1.002 to 1.033)"] {
      #expect(figure.contains(">\(text)</text>"), "\(text)")
    }
    #expect(figure.contains("228 subjects, 165 events."))
    let folder = "/no-such-folder-\(UUID().uuidString)/figure.svg"
    let refused = try CommandRun(command + ["--plot", folder])
    #expect(refused.status == 1 && refused.output.isEmpty && refused.errors.contains(folder))
  }

  @Test("a file that cannot be written is named, and nothing is printed")
  func unwritable() throws {
    for path in [path("no-such-folder-\(UUID().uuidString)/figure.svg"), "/proc/figure.svg"] {
      let run = try CommandRun(["km"] + AgreementTests.lung + ["--plot", path])
      #expect(run.status == 1)
      #expect(run.output.isEmpty)
      #expect(run.errors.contains(path) && run.errors.contains("cannot be written"))
      #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    }
    let folder = path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = try CommandRun(["km"] + AgreementTests.lung + ["--plot", folder])
    #expect(run.status == 1 && run.errors.contains(folder))
  }

  @Test("wrong usage is refused before the data are read")
  func usage() throws {
    let png = try CommandRun(["km"] + AgreementTests.lung + ["--plot", "curves.png"])
    #expect(png.status == 64 && png.errors.contains("curves.png"))
    #expect(png.errors.contains("figures are SVG: name a file that ends in .svg"))
    let unit = try CommandRun(["km"] + AgreementTests.lung + ["--time-unit", "days"])
    #expect(unit.status == 64 && unit.errors.contains("--plot"))
  }
}
