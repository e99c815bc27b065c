// SPDX-License-Identifier: Apache-2.0

/// A JSON value whose objects keep the order of their keys.
///
/// Numbers are written so that reading them gives the same double; what is not a finite number is
/// written as `null`, so the text is valid whatever was computed.
package indirect enum JSON: Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([(key: String, value: JSON)])

  /// A number, or `null` when it is undefined.
  package static func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }

  /// A whole number.
  package static func integer(_ value: Int) -> JSON { .number(Double(value)) }

  /// The text on one line.
  package var compact: String {
    var text = ""
    write(to: &text)
    return text
  }

  /// The text with a line for each element of a value that holds further arrays or objects.
  package func text(indentation: Int = 0) -> String {
    guard isNested else { return compact }
    let margin = String(repeating: " ", count: indentation + 1)
    switch self {
    case .array(let values):
      let lines = values.map { margin + $0.text(indentation: indentation + 1) }
      return "[\n" + lines.joined(separator: ",\n") + "]"
    case .object(let members):
      let lines = members.map { key, value in
        margin + JSON.string(key).compact + ":" + value.text(indentation: indentation + 1)
      }
      return "{\n" + lines.joined(separator: ",\n") + "}"
    default: return compact
    }
  }

  /// Whether an array or object holds further ones.
  private var isNested: Bool {
    switch self {
    case .array(let values): values.contains(where: \.isContainer)
    case .object(let members): members.contains { $0.value.isContainer }
    default: false
    }
  }

  private var isContainer: Bool {
    switch self {
    case .array, .object: true
    default: false
    }
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let value): text += Self.text(of: value) ?? "null"
    case .string(let value): Self.write(value, to: &text)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += "," }
        Self.write(member.key, to: &text)
        text += ":"
        member.value.write(to: &text)
      }
      text += "}"
    }
  }

  /// The shortest decimal that reads back as the value; `nil` for one that is not finite.
  package static func text(of value: Double) -> String? {
    guard value.isFinite else { return nil }
    if value == value.rounded(), abs(value) < 1e15 { return "\(Int(value))" }
    return "\(value)"
  }

  private static func write(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
