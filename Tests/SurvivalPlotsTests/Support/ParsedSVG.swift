// SPDX-License-Identifier: Apache-2.0

import Foundation
@testable import SurvivalPlots
import SurvivalTestSupport
import Testing

/// A figure, read back.
struct ParsedSVG {
  let root: Element

  init(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    do {
      root = try Element.read(text)
    } catch {
      Issue.record("\(error)", sourceLocation: sourceLocation)
      throw error
    }
  }

  var texts: [Element] { root.all.filter { $0.name == "text" } }

  /// The map from pixels to data along an axis, by its first and last tick and their labels.
  func scale(_ axis: String, logarithmic: Bool = false) throws -> (Double) -> Double {
    let group = try #require(root.of(class: "sk-\(axis)-axis").first)
    let ticks = group.of(class: "sk-tick").compactMap { $0.number(axis == "x" ? "x1" : "y1") }
    let labels = group.all.filter { $0.name == "text" }.prefix(ticks.count).compactMap {
      Double($0.text.replacing("−", with: "-"))
    }
    try #require(ticks.count == labels.count && ticks.count >= 2)
    let values = logarithmic ? labels.map { Foundation.log($0) } : labels
    let (first, last) = (0, ticks.count - 1)
    let unit = (values[last] - values[first]) / (ticks[last] - ticks[first])
    return { pixel in
      let value = values[first] + (pixel - ticks[first]) * unit
      return logarithmic ? Foundation.exp(value) : value
    }
  }

  /// The corners of a path of straight lines.
  static func corners(_ data: String) -> [(x: Double, y: Double)] {
    var corners = [(x: Double, y: Double)]()
    var (x, y) = (0.0, 0.0)
    var rest = Substring(data)
    while let command = rest.popFirst() {
      let end = rest.firstIndex { $0.isLetter } ?? rest.endIndex
      let numbers = rest[..<end].split(separator: " ").compactMap { Double($0) }
      rest = rest[end...]
      switch command {
      case "M", "L": (x, y) = (numbers[0], numbers[1])
      case "H": x = numbers[0]
      case "V": y = numbers[0]
      default: continue
      }
      corners.append((x, y))
    }
    return corners
  }

  /// A text with the box that it takes, by the widths that the figure reckons with.
  struct Box: CustomStringConvertible {
    let text: String
    let left, right, top, bottom: Double
    let isVertical: Bool

    var description: String {
      "“\(text)” (\(Int(left))–\(Int(right)) × \(Int(top))–\(Int(bottom)))"
    }

    func overlaps(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  /// The boxes of all texts; letters reach from 0.72 of the size above the baseline to 0.1 below.
  var boxes: [Box] {
    texts.map { element in
      let root = self.root.of(class: "sk-figure").first?.number("font-size") ?? 12
      let size = element.number("font-size") ?? root
      let isBold = element.attributes["font-weight"] == "bold"
      let width = TextWidth.of(element.text, size: size, isBold: isBold)
      let (x, y) = (element.number("x") ?? 0, element.number("y") ?? 0)
      let before =
        switch element.attributes["text-anchor"] {
        case "middle": width / 2
        case "end": width
        default: 0.0
        }
      if element.attributes["transform"] != nil {
        return Box(
          text: element.text, left: x - size * 0.72, right: x + size * 0.1, top: y - before,
          bottom: y - before + width, isVertical: true)
      }
      return Box(
        text: element.text, left: x - before, right: x - before + width, top: y - size * 0.72,
        bottom: y + size * 0.1, isVertical: false)
    }
  }
}
