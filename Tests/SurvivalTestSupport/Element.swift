// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An element of a document, read back by a strict XML parser.
public final class Element {
  /// Why a text is not well-formed XML.
  public struct Fault: Error, CustomStringConvertible {
    /// What is wrong, with its line.
    public let description: String
  }

  /// The name of the element.
  public let name: String
  /// The attributes by their names.
  public let attributes: [String: String]
  /// The elements directly within this one.
  public private(set) var children = [Element]()
  /// The text of the element itself.
  public private(set) var text = ""
  /// The element around this one; `nil` for the root.
  public private(set) weak var parent: Element?

  fileprivate init(name: String, attributes: [String: String]) {
    self.name = name
    self.attributes = attributes
  }

  fileprivate func append(_ child: Element) {
    child.parent = self
    children.append(child)
  }

  fileprivate func append(_ text: String) { self.text += text }

  /// The classes of the element.
  public var classes: [Substring] { attributes["class"]?.split(separator: " ") ?? [] }

  /// The element and all within it, in order.
  public var all: [Element] { [self] + children.flatMap(\.all) }

  /// The text of the element and of all within it.
  public var wholeText: String { children.reduce(text) { $0 + $1.wholeText } }

  /// The elements of a class within this one.
  public func of(class name: String) -> [Element] {
    all.filter { $0.classes.contains(Substring(name)) }
  }

  /// The elements of a name within this one.
  public func named(_ name: String) -> [Element] { all.filter { $0.name == name } }

  /// An attribute as a number; `nil` when it is not there or is none.
  public func number(_ name: String) -> Double? { attributes[name].flatMap(Double.init) }

  /// Reads a document.
  /// - Parameter text: The document.
  /// - Returns: Its root.
  /// - Throws: ``Fault`` with the line at which it is not well-formed.
  public static func read(_ text: String) throws -> Element {
    let reader = Reader()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = reader
    let isParsed = parser.parse()
    guard isParsed, let root = reader.root else {
      let fault = parser.parserError.map { "\($0), line \(parser.lineNumber)" } ?? "no element"
      throw Fault(description: fault)
    }
    return root
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
}
