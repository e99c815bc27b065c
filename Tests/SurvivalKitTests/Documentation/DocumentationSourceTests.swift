// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Where the documentation lies, seen from this file.
enum DocumentationFiles {
  static let here = URL(filePath: #filePath)
  static let root = here.deletingLastPathComponent().appending(path: "../../..").standardized

  /// The articles of all catalogues, and the README where there is one.
  static func articles() throws -> [URL] {
    var files = [URL]()
    for module in ["SurvivalKit", "SurvivalPlots", "CohortModels", "CohortReports"] {
      let catalogue = root.appending(path: "Sources/\(module)/\(module).docc")
      files += try FileManager.default.contentsOfDirectory(
        at: catalogue, includingPropertiesForKeys: nil)
    }
    files = files.filter { $0.pathExtension == "md" }
    let readme = root.appending(path: "README.md")
    if FileManager.default.fileExists(atPath: readme.path) { files.append(readme) }
    return files.sorted { $0.path < $1.path }
  }

  /// The Swift examples of a text, by the number of their first line.
  static func examples(in text: String) -> [(line: Int, code: String)] {
    var examples = [(line: Int, code: String)]()
    var current: (line: Int, code: [Substring])?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let trimmed = line.trimmingCharacters(in: .whitespaces)
      if let open = current {
        if trimmed == "```" {
          examples.append((open.line, open.code.joined(separator: "\n")))
          current = nil
        } else {
          current?.code.append(line)
        }
      } else if trimmed == "```swift" {
        current = (index + 2, [])
      }
    }
    return examples
  }

  /// A text with every run of white space as one space.
  static func normalized(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// The rows of a fixture: for each, a function from column name to cell.
  static func table(_ name: String) throws -> [(String) -> String] {
    let file = root.appending(path: "Tests/SurvivalKitTests/Fixtures/data/\(name).csv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let header = try #require(lines.first).split(separator: ",").map(String.init)
    return lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return { column in header.firstIndex(of: column).map { cells[$0] } ?? "" }
    }
  }
}

@Suite("Documentation sources")
struct DocumentationSourceTests {
  @Test("every example of the documentation is part of a test")
  func examplesAreTested() throws {
    let folder = DocumentationFiles.here.deletingLastPathComponent()
    let tests = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "swift" }
    let source = try tests.map {
      DocumentationFiles.normalized(try String(contentsOf: $0, encoding: .utf8))
    }
    var count = 0
    for article in try DocumentationFiles.articles() {
      let text = try String(contentsOf: article, encoding: .utf8)
      for example in DocumentationFiles.examples(in: text) {
        count += 1
        let code = DocumentationFiles.normalized(example.code)
        #expect(
          source.contains { $0.contains(code) },
          "\(article.lastPathComponent), line \(example.line): the example is in no test")
      }
    }
    #expect(count > 20)
  }

  @Test("an article has at most 150 lines")
  func articlesAreShort() throws {
    // A landing page lists every public name.
    let pages = ["SurvivalKit.md", "CohortModels.md"]
    for article in try DocumentationFiles.articles()
    where article.path.contains(".docc/") && !pages.contains(article.lastPathComponent) {
      let lines = try String(contentsOf: article, encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= 151, "\(article.lastPathComponent) has \(lines.count - 1) lines")
    }
  }
}
