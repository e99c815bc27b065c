// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit

/// Reads the columns that an analysis uses, and finds the rows in which none of them is missing.
///
/// A value that is present but cannot be is an error, also in a row that will be left out.
struct StudyReader {
  let table: CSVTable
  /// For each column used, its name and whether each row has a value.
  private var presence: [(column: String, isPresent: [Bool])] = []

  init(_ table: CSVTable) { self.table = table }

  /// A column of numbers; `nil` where missing.
  mutating func numbers(
    _ column: String, allowed: String = "a number",
    where isAllowed: (Double) -> Bool = { _ in true }
  ) throws -> [Double?] {
    try values(of: column, allowed: allowed) { text in
      Cell.number(text).flatMap { isAllowed($0) ? $0 : nil }
    }
  }

  /// A column of events: by their code, or else 0 and 1, false and true.
  mutating func events(_ column: String, code: String?) throws -> [Bool?] {
    guard let code else {
      let allowed = "0, 1, true or false, unless --event-value says which code is the event"
      return try values(of: column, allowed: allowed) { text in
        switch text.lowercased() {
        case "true": true
        case "false": false
        default: Cell.number(text).flatMap { $0 == 1 ? true : $0 == 0 ? false : nil }
        }
      }
    }
    let number = Cell.number(code)
    let events = try values(of: column, allowed: "") { text in
      text == code || (number != nil && Cell.number(text) == number)
    }
    try checkCode(code, column, isFound: events.contains(true))
    return events
  }

  /// Refuses a code that no row has, where rows have several others.
  ///
  /// It is misspelt then, and curves of nothing would be a wrong answer. A column of one value is taken
  /// for one without events.
  private func checkCode(_ code: String, _ column: String, isFound: Bool) throws {
    guard !isFound else { return }
    let others = Set(try table.column(column).filter { !Cell.isMissing($0) })
    guard others.count > 1 else { return }
    let shown = others.sorted().prefix(10).joined(separator: ", ")
    throw CommandError(
      "\(table.file), column \(column): no row has the event value “\(code)”; the values are "
        + "\(shown)\(others.count > 10 ? ", …" : "")")
  }

  /// A column of causes, within which `nil` is censored: 0 or an empty cell; `nil` where missing.
  mutating func causes(_ column: String) throws -> [String??] {
    let result = try table.column(column).map { text -> String?? in
      if text.allSatisfy({ $0 == " " }) || Cell.number(text) == 0 { return .some(nil) }
      return Cell.isMissing(text) ? nil : .some(text)
    }
    presence.append((column, result.map { $0 != nil }))
    return result
  }

  /// A column of labels; `nil` where missing.
  mutating func labels(_ column: String) throws -> [String?] {
    try values(of: column, allowed: "") { $0 }
  }

  private mutating func values<Value>(
    of column: String, allowed: String, _ value: (String) -> Value?
  ) throws -> [Value?] {
    var problems = [ImportError.Problem]()
    let result = try table.column(column).enumerated().map { row, text -> Value? in
      if Cell.isMissing(text) { return nil }
      if let value = value(text) { return value }
      problems.append(
        ImportError.Problem(
          row: table.rowNumbers[row], column: column, found: ImportError.quoted(text),
          allowed: allowed))
      return nil
    }
    guard problems.isEmpty else { throw ImportError(file: table.file, problems: problems) }
    presence.append((column, result.map { $0 != nil }))
    return result
  }

  /// The rows without a missing value, and the others by their first column without one.
  func completeRows() throws -> (rows: [Int], exclusions: Exclusions) {
    var rows = [Int]()
    var missing = [Int: [Int]]()
    for row in 0..<table.rowCount {
      if let first = presence.firstIndex(where: { !$0.isPresent[row] }) {
        missing[first, default: []].append(row)
      } else {
        rows.append(row)
      }
    }
    let exclusions = Exclusions(
      outsidePopulation: [],
      missing: missing.keys.sorted().map {
        Exclusions.Missing(column: presence[$0].column, rows: missing[$0] ?? [])
      })
    guard !rows.isEmpty else {
      throw CommandError("\(table.file): no row is complete: \(exclusions)")
    }
    return (rows, exclusions)
  }
}

extension EventCauses {
  /// Causes by labels from a file: numbers in order of size if all are numbers, else text.
  init(labels: [String?]) {
    let numbers = labels.map { $0.flatMap(Cell.number) }
    let areNumbers = zip(labels, numbers).allSatisfy { $0 == nil || $1 != nil }
    if areNumbers { self.init(numbers) } else { self.init(labels) }
  }
}

extension Grouping {
  /// Groups rows by labels from a file: numbers in order of size if all are numbers, else text.
  init(labels: [String]) {
    let numbers = labels.compactMap(Cell.number)
    if numbers.count == labels.count { self.init(numbers) } else { self.init(labels) }
  }
}
