// SPDX-License-Identifier: Apache-2.0

import Foundation
import SurvivalPlots
import SurvivalTestSupport
import Testing

@Suite("Every figure")
struct GalleryTests {
  @Test("is well-formed XML with a name and a description")
  func isWellFormed() throws {
    for sample in try Gallery.all() {
      let text = sample.figure.svg()
      let root = try ParsedSVG(text).root
      #expect(root.name == "svg", "\(sample)")
      #expect(root.attributes["role"] == "img", "\(sample)")
      let ids = root.all.compactMap { $0.attributes["id"] }
      #expect(Set(ids).count == ids.count, "\(sample)")
      let labels = try #require(root.attributes["aria-labelledby"]).split(separator: " ")
      for label in labels {
        let element = try #require(root.all.first { $0.attributes["id"] == String(label) })
        #expect(!element.text.isEmpty, "\(sample): \(element.name)")
      }
      #expect(root.children.prefix(2).map(\.name) == ["title", "desc"], "\(sample)")
      for element in root.all {
        for name in [
          "d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "width", "height",
        ] {
          let value = (element.attributes[name] ?? "").lowercased()
          #expect(!value.contains("nan") && !value.contains("inf"), "\(sample): \(name)=\(value)")
        }
      }
    }
  }

  @Test("has no text that overlaps another or is cut")
  func hasRoom() throws {
    for sample in try Gallery.all() {
      let svg = try ParsedSVG(sample.figure.svg())
      let boxes = svg.boxes
      let width = try #require(svg.root.number("width"))
      let height = try #require(svg.root.number("height"))
      for (index, box) in boxes.enumerated() {
        #expect(
          box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height,
          "\(sample): \(box) leaves the page of \(width) × \(height)")
        for other in boxes[(index + 1)...] where box.overlaps(other) {
          Issue.record("\(sample): \(box) overlaps \(other)")
        }
      }
    }
  }

  @Test("is drawn within its page and its panel")
  func staysInside() throws {
    for sample in try Gallery.all() {
      let root = try ParsedSVG(sample.figure.svg()).root
      let width = try #require(root.number("width"))
      let height = try #require(root.number("height"))
      for path in root.all where path.name == "path" {
        for corner in ParsedSVG.corners(path.attributes["d"] ?? "") {
          #expect(
            corner.x >= 0 && corner.x <= width && corner.y >= 0 && corner.y <= height,
            "\(sample): \(corner)")
        }
      }
    }
  }

  @Test("is the same text each time")
  func isDeterministic() throws {
    let (first, second) = (try Gallery.all(), try Gallery.all())
    for (one, other) in zip(first, second) {
      #expect(one.figure.svg() == other.figure.svg(), "\(one)")
    }
  }

  @Test("has ids and rules that begin with its own identifier")
  func sharesAPage() throws {
    for sample in try Gallery.all() {
      var figure = sample.figure
      figure.options.identifier = "figure 2: <b>"
      let text = figure.svg()
      let root = try ParsedSVG(text).root
      let id = try #require(root.attributes["id"])
      #expect(id == "figure_20_2_3a__20__3c_b_3e_")
      #expect(root.all.compactMap { $0.attributes["id"] }.allSatisfy { $0.hasPrefix(id) })
      let rules = try #require(root.all.first { $0.name == "style" }).text
      for rule in rules.split(separator: "\n") where !rule.hasPrefix("@media") && rule != "}" {
        #expect(rule.hasPrefix("#\(id) ."), "\(sample): \(rule)")
      }
    }
  }

  /// Writes the gallery for somebody to look at, when asked to.
  @Test(
    "is written where SURVIVAL_GALLERY says",
    .enabled(if: ProcessInfo.processInfo.environment["SURVIVAL_GALLERY"] != nil))
  func write() throws {
    let folder = URL(
      filePath: try #require(ProcessInfo.processInfo.environment["SURVIVAL_GALLERY"]))
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for sample in try Gallery.all() {
      try Data(sample.figure.svg().utf8).write(to: folder.appending(path: "\(sample.name).svg"))
    }
  }
}
