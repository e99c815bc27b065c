// SPDX-License-Identifier: Apache-2.0

import Testing

/// A case of a fixture as its script has written it: fields by name, each numbers in some shape.
struct FixtureCase: Decodable, Sendable {
  enum Value: Decodable, Sendable {
    case nothing
    case text(String)
    case number(Double)
    case list([Value])
    case fields([String: Value])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .nothing
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let list = try? container.decode([Value].self) {
        self = .list(list)
      } else {
        self = .fields(try container.decode([String: Value].self))
      }
    }

    /// The numbers of a list, `nil` where R had none that is finite.
    var optionals: [Double?] {
      guard case .list(let list) = self else { return [] }
      return list.map { if case .number(let number) = $0 { number } else { nil } }
    }
  }

  private let fields: [String: Value]

  init(from decoder: any Decoder) throws {
    fields = try decoder.singleValueContainer().decode([String: Value].self)
  }

  /// The name of the case.
  var name: String {
    if case .text(let text) = fields["name"] { text } else { "" }
  }

  func has(_ field: String) -> Bool {
    if case .nothing = fields[field, default: .nothing] { false } else { true }
  }

  func text(_ field: String) throws -> String {
    guard case .text(let text) = fields[field] else {
      throw ReferenceTable.Problem(description: "\(name) has no text \(field)")
    }
    return text
  }

  /// A column of numbers, `nil` where R had none that is finite.
  func optionals(_ field: String) throws -> [Double?] {
    try #require(fields[field], "\(name) has no \(field)").optionals
  }

  /// A column of numbers.
  func numbers(_ field: String) throws -> [Double] {
    let values = try optionals(field)
    return try values.map { try #require($0, "\(name), \(field): a number is missing") }
  }

  /// A single number.
  func number(_ field: String) throws -> Double {
    try #require(try numbers(field).first, "\(name) has no \(field)")
  }

  /// Rows of numbers.
  func rows(_ field: String) throws -> [[Double]] {
    guard case .list(let list) = try #require(fields[field], "\(name) has no \(field)") else {
      return []
    }
    return list.map { $0.optionals.compactMap { $0 } }
  }
}
