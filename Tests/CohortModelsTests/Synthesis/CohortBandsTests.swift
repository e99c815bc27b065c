// SPDX-License-Identifier: Apache-2.0

import CohortModels
import Foundation
import Testing

extension CohortBand: CustomTestStringConvertible {
  var testDescription: String { "\(number) \(name), \(source)" }
}

@Suite("Bands of the shipped synthetic cohort")
struct CohortBandsTests {
  private static let shipped = Result {
    try CohortBands.all(ValidatedCohort(SyntheticCohort.draw()))
  }

  @Test("a statistic lies in its band", arguments: try shipped.get())
  func holds(band: CohortBand) {
    #expect(band.holds, "\(band.tableRow)")
  }

  @Test("every target has a band, and every band a name of its own")
  func complete() throws {
    let bands = try Self.shipped.get()
    #expect(Set(bands.map(\.number)) == Set(1...23))
    #expect(Set(bands.map(\.name)).count == bands.count)
  }

  @Test("bands are narrow enough to be missed: another seed misses several")
  func others() throws {
    let bands = try CohortBands.all(ValidatedCohort(SyntheticCohort.draw(seed: 1)))
    #expect(bands.count { !$0.holds } >= 2)
    // What is drawn by share holds for every seed.
    for band in bands where band.number <= 11 && band.range.lowerBound == band.range.upperBound {
      #expect(band.holds, "\(band.tableRow)")
    }
  }

  /// `SURVIVAL_BANDS=1 swift test --filter CohortBandsTests` writes the table anew.
  @Test("the table in Validation.md is that of the shipped cohort")
  func table() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../Documentation/Validation.md").standardizedFileURL
    var text = try String(contentsOf: url, encoding: .utf8)
    let head = "| # | statistic | target | band | source | reached |\n|---:|---|---|---|---|---:|\n"
    let rows = try Self.shipped.get().map { $0.tableRow + "\n" }.joined()
    let begin = try #require(text.range(of: head))
    let rest = text[begin.upperBound...]
    let end = rest.range(of: "\n\n").map { text.index(after: $0.lowerBound) } ?? text.endIndex
    if ProcessInfo.processInfo.environment["SURVIVAL_BANDS"] != nil {
      text.replaceSubrange(begin.upperBound..<end, with: rows)
      try text.write(to: url, atomically: true, encoding: .utf8)
      return
    }
    #expect(String(text[begin.upperBound..<end]) == rows)
  }
}
