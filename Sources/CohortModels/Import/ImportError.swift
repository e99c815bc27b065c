// SPDX-License-Identifier: Apache-2.0

/// Why a file could not be read: it is missing, malformed, or holds values that cannot be.
public struct ImportError: Error, Hashable, Sendable {
  /// One value that was refused.
  public struct Problem: Hashable, Sendable {
    /// The number of the row in the file; the header is row 1.
    public let row: Int
    /// The name of the column; empty when the row as a whole is to blame.
    public let column: String
    /// What was found.
    public let found: String
    /// What would have been accepted.
    public let allowed: String

    /// Creates a problem.
    /// - Parameters:
    ///   - row: The number of the row in the file; the header is row 1.
    ///   - column: The name of the column.
    ///   - found: What was found.
    ///   - allowed: What would have been accepted.
    public init(row: Int, column: String, found: String, allowed: String) {
      self.row = row
      self.column = column
      self.found = found
      self.allowed = allowed
    }

    /// The place and the fault, as in `row 5, column t1: found “x”; allowed: a number`.
    public var text: String {
      let place = column.isEmpty ? "row \(row)" : "row \(row), column \(column)"
      return "\(place): found \(found); allowed: \(allowed)"
    }
  }

  /// The file, as it was named.
  public let file: String
  /// What went wrong, in one sentence that names the file, and the row and column if one is to blame.
  public let message: String
  /// Every value that was refused, in row order; empty when the fault is the file's.
  public let problems: [Problem]

  /// An error of the file as a whole, or of its form.
  /// - Parameters:
  ///   - file: The file, as it was named.
  ///   - message: What went wrong, in one sentence that names the file.
  public init(file: String, message: String) {
    self.file = file
    self.message = message
    problems = []
  }

  /// An error of values: the message states the first problem and the rows of the others.
  /// - Parameters:
  ///   - file: The file, as it was named.
  ///   - problems: The values refused; at least one.
  public init(file: String, problems: [Problem]) {
    self.file = file
    self.problems = problems.sorted { $0.row < $1.row }
    var message = file
    if let first = self.problems.first { message += ", \(first.text)" }
    message += Self.others(self.problems.dropFirst())
    self.message = message
  }

  /// Where the further problems are, at most ten of them by row.
  private static func others(_ problems: ArraySlice<Problem>) -> String {
    guard !problems.isEmpty else { return "" }
    let places = problems.prefix(10).map { "\($0.row)" }.joined(separator: ", ")
    return problems.count == 1
      ? " (and 1 more such value, in row \(places))"
      : " (and \(problems.count) more such values, in rows \(places)"
        + (problems.count > 10 ? ", …)" : ")")
  }

  /// A cell as it is quoted in a message: at most forty characters of it.
  package static func quoted(_ text: String) -> String {
    let start = text.prefix(40)
    return start.endIndex == text.endIndex
      ? "“\(text)”" : "“\(start)…” (\(text.utf8.count) bytes)"
  }
}

extension ImportError: CustomStringConvertible {
  /// The message, followed by a line for each problem when there are several.
  public var description: String {
    guard problems.count > 1 else { return message }
    return ([message] + problems.map { "  \($0.text)" }).joined(separator: "\n")
  }
}
