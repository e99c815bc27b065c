// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Progress")
struct ProgressTests {
  private func report(onTerminal: Bool) throws -> CommandRun {
    let folder = FileManager.default.temporaryDirectory.appending(path: "progress-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    return try CommandRun(
      ["report", ReportCommandTests.cohort, "--output", folder.path], onTerminal: onTerminal)
  }

  @Test(
    "is told on a terminal, stage by stage and with what each took",
    .enabled(if: FileManager.default.isExecutableFile(atPath: CommandRun.script)))
  func onTerminal() throws {
    let run = try report(onTerminal: true)
    #expect(run.status == 0)
    let lines = run.output.split(whereSeparator: \.isNewline).map(String.init)
    let told = lines.filter { $0.contains(" … ") }
    #expect(told.first?.hasPrefix("Reading ") == true, "\(lines)")
    #expect(told.count == Set(told).count)
    #expect(told.count { $0.hasPrefix("Analysing: ") } >= 4)
    #expect(told.last?.hasPrefix("Writing ") == true)
    for line in told { #expect(line.contains(/… [0-9]+\.[0-9] s$/), "\(line)") }
    #expect(lines.last?.hasPrefix("Wrote report.html") == true)
  }

  @Test("is not told to a file")
  func toFile() throws {
    let run = try report(onTerminal: false)
    #expect(run.status == 0 && run.errors.isEmpty)
  }
}
