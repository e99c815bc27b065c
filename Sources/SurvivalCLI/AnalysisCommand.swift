// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CohortModels
internal import CohortReports

/// The answer of a subcommand in each of the formats that it can be printed in.
protocol Report {
  /// The answer for people, at most 80 columns wide.
  var text: String { get }
  /// The answer for programs.
  var json: JSON { get }
  /// The answer for spreadsheets.
  var csv: CSVText { get }
}

/// Options that hold those common to all analyses.
protocol RowOptionHolder {
  var rows: RowOptions { get }
}

extension DataOptions: RowOptionHolder {}
extension CauseOptions: RowOptionHolder {}

/// A subcommand that answers one question about one file.
protocol AnalysisCommand: ParsableCommand {
  associatedtype Answer: Report
  associatedtype Options: RowOptionHolder

  var options: Options { get }

  /// Reads the file and asks SurvivalKit.
  func answer() throws -> Answer
}

extension AnalysisCommand {
  /// Prints the answer, or throws one sentence that says why there is none.
  func run() throws {
    do {
      let answer = try answer()
      switch options.rows.format {
      case .text: print(answer.text)
      case .json: print(answer.json.text())
      case .csv: print(answer.csv)
      }
    } catch let error as ImportError {
      throw CommandError(error.message)
    }
  }
}
