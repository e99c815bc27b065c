// SPDX-License-Identifier: Apache-2.0

import Foundation
@testable import SurvivalPlots
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An element of a figure, read back by a strict XML parser.
final class Element {
  let name: String
  let attributes: [String: String]
  private(set) var children = [Element]()
  /// The text of the element itself.
  private(set) var text = ""
  weak var parent: Element?

  init(name: String, attributes: [String: String]) {
    self.name = name
    self.attributes = attributes
  }

  fileprivate func append(_ child: Element) {
    child.parent = self
    children.append(child)
  }

  fileprivate func append(_ text: String) { self.text += text }

  var classes: [Substring] { attributes["class"]?.split(separator: " ") ?? [] }

  /// The element and all within it, in order.
  var all: [Element] { [self] + children.flatMap(\.all) }

  /// The elements of a class within this one.
  func of(class name: String) -> [Element] { all.filter { $0.classes.contains(Substring(name)) } }

  func number(_ name: String) -> Double? { attributes[name].flatMap(Double.init) }
}

/// A figure, read back.
struct ParsedSVG {
  let root: Element

  init(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let reader = Reader()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = reader
    let isParsed = parser.parse()
    let fault = parser.parserError.map { "\($0), line \(parser.lineNumber)" } ?? ""
    #expect(isParsed, "\(fault)", sourceLocation: sourceLocation)
    root = try #require(reader.root, sourceLocation: sourceLocation)
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var root: Element?
    private var open = [Element]()

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      let element = Element(name: name, attributes: attributes)
      if root == nil { root = element }
      open.last?.append(element)
      open.append(element)
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) { open.removeLast() }

    func parser(_ parser: XMLParser, foundCharacters text: String) { open.last?.append(text) }
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
