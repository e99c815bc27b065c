// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

/// A part of an analysis: what was found, or why it could not be computed.
///
/// A cohort without events in an arm, or with an arm too small, has parts that have no answer; the
/// others are computed all the same.
///
/// ```swift
/// switch findings.multivariable {
/// case .found(let model): print(model.estimates)
/// case .unavailable(let reason): print(reason)
/// }
/// ```
public enum AnalysisPart<Value: Sendable>: Sendable {
  /// What was found.
  case found(Value)
  /// Why there is nothing.
  case unavailable(UnavailableReason)

  /// What was found; `nil` when there is nothing.
  public var value: Value? {
    if case .found(let value) = self { return value }
    return nil
  }

  /// Why there is nothing; `nil` when something was found.
  public var reason: UnavailableReason? {
    if case .unavailable(let reason) = self { return reason }
    return nil
  }

  /// Computes a part, and keeps the error of one that cannot be.
  init(_ compute: () throws(SurvivalError) -> Value) {
    do {
      self = .found(try compute())
    } catch {
      self = .unavailable(UnavailableReason(error))
    }
  }

  /// A part that is computed from this one.
  func then<Next>(_ compute: (Value) throws(SurvivalError) -> Next) -> AnalysisPart<Next> {
    switch self {
    case .found(let value):
      AnalysisPart<Next> { () throws(SurvivalError) in try compute(value) }
    case .unavailable(let reason): .unavailable(reason)
    }
  }
}

extension AnalysisPart: Equatable where Value: Equatable {}
extension AnalysisPart: Hashable where Value: Hashable {}

extension AnalysisPart: Codable where Value: Codable {
  private enum CodingKeys: String, CodingKey { case found, unavailable }

  /// Decodes a part.
  /// - Parameter decoder: The decoder to read from.
  /// - Throws: A decoding error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if container.contains(.found) {
      self = .found(try container.decode(Value.self, forKey: .found))
    } else {
      self = .unavailable(try container.decode(UnavailableReason.self, forKey: .unavailable))
    }
  }

  /// Encodes the value as `found`, or the reason as `unavailable`.
  /// - Parameter encoder: The encoder to write to.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .found(let value): try container.encode(value, forKey: .found)
    case .unavailable(let reason): try container.encode(reason, forKey: .unavailable)
    }
  }
}

/// Why a part of an analysis has no answer.
public struct UnavailableReason: Codable, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure, the name of a `SurvivalError.Code` such as `noEvents` or `tooFewGroups`.
  public let code: String
  /// The reason in one sentence.
  public let message: String

  /// The reason of an error.
  init(_ error: SurvivalError) {
    code = error.code.description
    message = error.problems.isEmpty ? error.message : error.text(limit: 3)
  }

  /// The sentence.
  public var description: String { message }
}
