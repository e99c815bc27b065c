// SPDX-License-Identifier: Apache-2.0

/// A list of codes: an enumeration whose raw values are what files hold.
public protocol CodeList: RawRepresentable, CaseIterable, Codable, Hashable, Sendable
where RawValue == String {
  /// The code in words, for tables and figures.
  var label: String { get }
  /// The concept of a public terminology that the code stands for, such as `NCIt C16576`; `nil` where
  /// none is known to us.
  var concept: String? { get }
}

extension CodeList {
  /// No concept.
  public var concept: String? { nil }

  /// The words of the code, such as `first relapse` for `firstRelapse`.
  public var label: String {
    rawValue.reduce(into: "") { words, character in
      if character.isUppercase { words.append(" ") }
      words += character.lowercased()
    }
  }
}

/// A value of a code list, or the statement that nobody knows it or that it cannot be asked.
///
/// Three things are kept apart that are often one blank: `unknown` says that somebody looked and
/// could not tell, `notApplicable` that the question makes no sense for this subject, and a missing
/// optional that nothing was recorded. Only ``value`` reaches a model, so none of the three can
/// become a level of a factor by accident.
public enum Coded<Value: Codable & Hashable & Sendable>: Hashable, Sendable {
  /// The value is known.
  case known(Value)
  /// The value was looked for and is not known; `unknown` in files.
  case unknown
  /// The question does not apply; `notApplicable` in files.
  case notApplicable

  /// The value, where it is known.
  public var value: Value? {
    if case .known(let value) = self { return value }
    return nil
  }
}

extension Coded: Codable {
  /// Decodes a value, or `unknown` or `notApplicable`.
  /// - Parameter decoder: The decoder to read from.
  /// - Throws: A decoding error for a value that is not of the list.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    switch try? container.decode(String.self) {
    case "unknown": self = .unknown
    case "notApplicable": self = .notApplicable
    default: self = .known(try container.decode(Value.self))
    }
  }

  /// Encodes the value, or `unknown` or `notApplicable`.
  /// - Parameter encoder: The encoder to write to.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .known(let value): try container.encode(value)
    case .unknown: try container.encode("unknown")
    case .notApplicable: try container.encode("notApplicable")
    }
  }
}
