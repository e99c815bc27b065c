// SPDX-License-Identifier: Apache-2.0

import Foundation
import SurvivalKit
import Testing

@Suite("The version")
struct VersionTests {
  @Test("is the newest one of the changelog, or on the way to the first")
  func changelog() throws {
    let text = try String(
      contentsOf: DocumentationFiles.root.appending(path: "Documentation/Changelog.md"),
      encoding: .utf8)
    let releases = text.split(separator: "\n").filter { $0.hasPrefix("## [") }
      .map { $0.dropFirst(4).prefix { $0 != "]" } }
    #expect(releases.first == "Unreleased")
    let version = SurvivalKitVersion.current
    if let released = releases.dropFirst().first {
      #expect(version == released || version.hasSuffix("-dev"))
    } else {
      #expect(version == "0.1.0-dev")
    }
  }
}
