// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit

/// Why the command gives no answer: one sentence for standard error, with exit status 1.
struct CommandError: Error, CustomStringConvertible {
  let description: String

  /// An error of one sentence; characters that would act on a terminal are spelt out.
  init(_ description: String) {
    self.description = description.unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}

/// The rows of a file that an analysis uses, to name them in SurvivalKit's refusals.
struct UsedRows {
  let table: CSVTable
  let rows: [Int]
  /// The columns of the file by the names that SurvivalKit has for them.
  let columnNames: [String: String]

  /// Runs a question to SurvivalKit, and names rows and columns of the file in its refusal.
  func asking<Answer>(_ question: () throws -> Answer) throws -> Answer {
    do {
      return try question()
    } catch let error as SurvivalError {
      throw refusal(error)
    }
  }

  private func refusal(_ error: SurvivalError) -> any Error {
    guard !error.problems.isEmpty else {
      return CommandError("\(table.file): \(error.message)")
    }
    let problems = error.problems.map { problem in
      ImportError.Problem(
        row: problem.index.map { table.rowNumbers[rows[$0]] } ?? 1,
        column: columnNames[problem.column] ?? problem.column, found: problem.found,
        allowed: problem.allowed)
    }
    return ImportError(file: table.file, problems: problems)
  }
}
