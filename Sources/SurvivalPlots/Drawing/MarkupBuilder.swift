// SPDX-License-Identifier: Apache-2.0

/// A growing text of SVG or of HTML that is XML as well: elements are opened, filled and closed in order,
/// each on a line of its own.
package struct MarkupBuilder {
  package private(set) var text = ""
  private var open = [String]()

  /// A builder without text.
  package init() {}

  /// An attribute and its value.
  package typealias Attribute = (name: String, value: String)

  /// Begins an element that has children.
  package mutating func begin(_ name: String, _ attributes: [Attribute] = []) {
    line("<\(name)\(Self.list(attributes))>")
    open.append(name)
  }

  /// Ends the element that was begun last.
  package mutating func end() {
    guard let name = open.popLast() else { return }
    line("</\(name)>")
  }

  /// An element without children.
  package mutating func element(_ name: String, _ attributes: [Attribute]) {
    line("<\(name)\(Self.list(attributes))/>")
  }

  /// An element that holds text, and before it a tooltip when there is one.
  package mutating func element(
    _ name: String, _ attributes: [Attribute], text content: String, tooltip: String? = nil
  ) {
    let title = tooltip.map { "<title>\(XMLText.escaped($0))</title>" } ?? ""
    line("<\(name)\(Self.list(attributes))>\(title)\(XMLText.escaped(content))</\(name)>")
  }

  /// Text between elements.
  package mutating func add(text content: String) { line(XMLText.escaped(content)) }

  /// Lines that are already SVG.
  package mutating func append(_ builder: MarkupBuilder) { text += builder.text }

  /// An element that is already written.
  package mutating func append(markup: String) { text += markup }

  /// The rules of a style sheet; they hold no character that XML reserves.
  package mutating func styleSheet(_ rules: [String]) {
    line("<style>\(rules.joined(separator: "\n"))</style>")
  }

  private mutating func line(_ content: String) { text += content + "\n" }

  private static func list(_ attributes: [Attribute]) -> String {
    attributes.reduce(into: "") { $0 += " \($1.name)=\"\(XMLText.escaped($1.value))\"" }
  }
}

/// Coordinates as text: rounded to a hundredth of a pixel, without trailing zeros.
enum Coordinate {
  static func text(_ value: Double) -> String {
    // Beyond this nothing is on any page; a coordinate that is not a number would be our mistake.
    assert(value.isFinite, "a coordinate is a number")
    let hundredths = Int((Swift.max(-1e7, Swift.min(1e7, value)) * 100).rounded())
    let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    var text = hundredths < 0 ? "-\(whole)" : "\(whole)"
    if rest % 10 != 0 {
      text += rest < 10 ? ".0\(rest)" : ".\(rest)"
    } else if rest > 0 {
      text += ".\(rest / 10)"
    }
    return text
  }
}
