// SPDX-License-Identifier: Apache-2.0

/// The words that stand for values which are not codes of a list, and numbers as text.
enum FieldText {
  static let unknown = "unknown"
  static let notApplicable = "notApplicable"
  static let emptySet = "none"
  static let yes = "yes"
  static let no = "no"

  /// A number with the fewest digits that give the same double again, without a trailing `.0`.
  static func number(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// The code of a value of a list.
  static func code<Code: CodeList>(_ value: Coded<Code>) -> String {
    switch value {
    case .known(let value): value.rawValue
    case .unknown: unknown
    case .notApplicable: notApplicable
    }
  }

  /// The codes of a set in the order of the list, separated by semicolons.
  static func codes<Code: CodeList>(_ value: Coded<Set<Code>>) -> String {
    switch value {
    case .known(let set):
      set.isEmpty
        ? emptySet
        : Code.allCases.filter { set.contains($0) }.map(\.rawValue).joined(separator: ";")
    case .unknown: unknown
    case .notApplicable: notApplicable
    }
  }
}
