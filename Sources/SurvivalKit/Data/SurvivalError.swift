// SPDX-License-Identifier: Apache-2.0

/// Why there is no answer: bad data, or a model that the data cannot support.
///
/// One error type serves the whole package. `code` is for programs, `message` for people, and
/// `problems` names every row that was refused, not only the first.
public struct SurvivalError: Error, Hashable, Sendable {
  /// The kind of failure.
  public let code: Code
  /// What went wrong and what to do about it, in one sentence.
  public let message: String
  /// Every row that was refused, in row order; empty when no row is to blame.
  public let problems: [RowProblem]

  /// Creates an error.
  /// - Parameters:
  ///   - code: The kind of failure.
  ///   - message: What went wrong and what to do about it.
  ///   - problems: The rows to blame, if any.
  public init(_ code: Code, _ message: String, problems: [RowProblem] = []) {
    self.code = code
    self.message = message
    self.problems = problems
  }

  /// The kind of a failure; more kinds may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String {
      case invalidData, mismatchedLengths, noRows, noEvents, tooFewGroups, notConverged
      case notEstimable, overflow, invalidArgument, unknownLevel
    }
    private let kind: Kind

    /// A row holds a value that has no meaning: `problems` lists every one.
    public static let invalidData = Code(kind: .invalidData)
    /// Columns that describe the same rows have different lengths.
    public static let mismatchedLengths = Code(kind: .mismatchedLengths)
    /// No row is left to analyse.
    public static let noRows = Code(kind: .noRows)
    /// No event was observed, so there is nothing to estimate.
    public static let noEvents = Code(kind: .noEvents)
    /// A comparison needs at least two groups with somebody at risk.
    public static let tooFewGroups = Code(kind: .tooFewGroups)
    /// The iteration ended before the estimate was found.
    public static let notConverged = Code(kind: .notConverged)
    /// The data hold no information about what was asked.
    public static let notEstimable = Code(kind: .notEstimable)
    /// A number left the range of a `Double`.
    public static let overflow = Code(kind: .overflow)
    /// An argument lies outside the values that are allowed.
    public static let invalidArgument = Code(kind: .invalidArgument)
    /// A record has a level that the fit has not seen.
    public static let unknownLevel = Code(kind: .unknownLevel)

    /// The name of the code.
    public var description: String { kind.rawValue }
  }

  /// One value that was refused.
  public struct RowProblem: Hashable, Sendable {
    /// The position of the row, counted from 0; `nil` where no row is known yet.
    public let index: Int?
    /// The column the value came from.
    public let column: String
    /// The value as it was found.
    public let found: String
    /// What would have been accepted.
    public let allowed: String

    /// Creates a problem.
    /// - Parameters:
    ///   - index: The position of the row, counted from 0.
    ///   - column: The column the value came from.
    ///   - found: The value as it was found.
    ///   - allowed: What would have been accepted.
    public init(index: Int?, column: String, found: String, allowed: String) {
      self.index = index
      self.column = column
      self.found = found
      self.allowed = allowed
    }

    /// The same problem, placed in a row.
    func at(_ index: Int) -> RowProblem {
      RowProblem(index: index, column: column, found: found, allowed: allowed)
    }

    /// The problem as one line of text.
    /// - Parameter firstRow: The number of the first row; 1 unless a header counts as a row.
    /// - Returns: A line such as `row 17, column exit: found 3.0; allowed: …`.
    public func text(firstRow: Int = 1) -> String {
      let place = index.map { "row \($0 + firstRow), " } ?? ""
      return "\(place)column \(column): found \(found); allowed: \(allowed)"
    }
  }
}

extension SurvivalError: CustomStringConvertible {
  /// The message, followed by the rows to blame: the first twenty, and the count of the others.
  public var description: String { text() }

  /// The error as text, with rows counted from a number of your choice.
  /// - Parameters:
  ///   - firstRow: The number of the first row; 1 unless a header counts as a row.
  ///   - limit: How many rows to print; all of them are in `problems`.
  /// - Returns: The message and one line for each row.
  public func text(firstRow: Int = 1, limit: Int = 20) -> String {
    var lines = [message]
    lines += problems.prefix(limit).map { "  " + $0.text(firstRow: firstRow) }
    if problems.count > limit { lines.append("  … and \(problems.count - limit) more") }
    return lines.joined(separator: "\n")
  }
}
