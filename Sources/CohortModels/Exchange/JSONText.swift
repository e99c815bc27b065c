// SPDX-License-Identifier: Apache-2.0

/// JSON as it was written: numbers keep their text, objects the order of their members.
indirect enum JSONText {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSONText])
  case object([(name: String, value: JSONText)])

  /// A fault of form, with the line it is in.
  struct Fault: Error {
    let line: Int
    let message: String
  }

  /// Reads a text of JSON, UTF-8 with or without a byte-order mark.
  init(_ bytes: [UInt8]) throws(Fault) {
    var parser = JSONParser(bytes)
    self = try parser.document()
  }

  /// Adds a string with its quotation marks and escapes.
  static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

/// Reads JSON as RFC 8259 says; names that occur twice in an object are refused.
private struct JSONParser {
  private let bytes: [UInt8]
  private var position: Int
  private var depth = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  mutating func document() throws(JSONText.Fault) -> JSONText {
    let value = try value()
    skipBlanks()
    guard position == bytes.count else { throw fault("text follows the end of the document") }
    return value
  }

  private func fault(_ message: String) -> JSONText.Fault {
    let line = bytes.prefix(position).reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
    return JSONText.Fault(line: line, message: message)
  }

  private mutating func skipBlanks() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  /// The next byte after blanks.
  private mutating func peek() throws(JSONText.Fault) -> UInt8 {
    skipBlanks()
    guard position < bytes.count else { throw fault("the document ends too early") }
    return bytes[position]
  }

  private mutating func value() throws(JSONText.Fault) -> JSONText {
    switch try peek() {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: JSONText) throws(JSONText.Fault) -> JSONText {
    guard bytes[position...].starts(with: word.utf8) else { throw fault("\(word) is misspelt") }
    position += word.utf8.count
    return value
  }

  private mutating func number() throws(JSONText.Fault) -> JSONText {
    let start = position
    while position < bytes.count, "+-0123456789.eE".utf8.contains(bytes[position]) {
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard Double(text) != nil else { throw fault("a value is expected") }
    return .number(text)
  }

  /// Enters an array or object; deeper than 100 none is meant, and the stack is finite.
  private mutating func enter() throws(JSONText.Fault) {
    position += 1
    depth += 1
    guard depth <= 100 else { throw fault("arrays and objects are nested too deeply") }
  }

  private mutating func array() throws(JSONText.Fault) -> JSONText {
    try enter()
    defer { depth -= 1 }
    var values = [JSONText]()
    if try peek() == UInt8(ascii: "]") {
      position += 1
      return .array(values)
    }
    while true {
      values.append(try value())
      if try isLast(UInt8(ascii: "]")) { return .array(values) }
    }
  }

  private mutating func object() throws(JSONText.Fault) -> JSONText {
    try enter()
    defer { depth -= 1 }
    var members = [(name: String, value: JSONText)]()
    var seen = Set<String>()
    if try peek() == UInt8(ascii: "}") {
      position += 1
      return .object(members)
    }
    while true {
      guard try peek() == UInt8(ascii: "\"") else {
        throw fault("the name of a member is expected")
      }
      let name = try string()
      guard seen.insert(name).inserted else { throw fault("an object has \(name) twice") }
      guard try peek() == UInt8(ascii: ":") else { throw fault("a colon is expected") }
      position += 1
      members.append((name, try value()))
      if try isLast(UInt8(ascii: "}")) { return .object(members) }
    }
  }

  /// Passes over a comma, or over the bracket that ends the list.
  private mutating func isLast(_ end: UInt8) throws(JSONText.Fault) -> Bool {
    let byte = try peek()
    guard byte == end || byte == UInt8(ascii: ",") else {
      throw fault("a comma or the end of the list is expected")
    }
    position += 1
    return byte == end
  }

  private mutating func string() throws(JSONText.Fault) -> String {
    position += 1
    // Most strings have no escape and are one slice of the document.
    var units = [UInt8]()
    var start = position
    var isASCII = true
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        let slice = bytes[start..<position - 1]
        if units.isEmpty { return try text(slice, isASCII) }
        units += slice
        return try text(units[...], isASCII)
      case UInt8(ascii: "\\"):
        units += bytes[start..<position - 1]
        units.append(contentsOf: String(try escape()).utf8)
        isASCII = false
        start = position
      case 0..<0x20: throw fault("a control character stands in a string")
      default: if byte >= 0x80 { isASCII = false }
      }
    }
    throw fault("a string is not closed")
  }

  /// Bytes as text, which they must be.
  private func text(_ slice: ArraySlice<UInt8>, _ isASCII: Bool) throws(JSONText.Fault) -> String {
    let text = String(decoding: slice, as: UTF8.self)
    guard isASCII || text.utf8.elementsEqual(slice) else { throw fault("the text is not UTF-8") }
    return text
  }

  private mutating func escape() throws(JSONText.Fault) -> Unicode.Scalar {
    guard position < bytes.count else { throw fault("a string is not closed") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "u"):
      let first = try unit()
      if let scalar = Unicode.Scalar(first) { return scalar }
      guard first < 0xDC00, bytes[position...].starts(with: "\\u".utf8) else {
        throw fault("half of a surrogate pair stands alone")
      }
      position += 2
      let second = try unit()
      guard (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
      else { throw fault("half of a surrogate pair stands alone") }
      return scalar
    default: throw fault("an escape is not known")
    }
  }

  /// Four hexadecimal digits.
  private mutating func unit() throws(JSONText.Fault) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw fault("\\u needs four hexadecimal digits") }
    position += 4
    return value
  }
}
