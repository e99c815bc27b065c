// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import SurvivalKit

/// The options that say what a file's rows mean, but for how a row ends; common to all analyses.
struct RowOptions: ParsableArguments {
  @Argument(help: "The CSV file, with a header row.")
  var file: String

  @Option(help: ArgumentHelp("Column of the time of the event or of censoring.", valueName: "col"))
  var time: String

  @Option(
    help: ArgumentHelp(
      "Column of the entry time: the row is at risk over (entry, time].", valueName: "col"))
  var entry: String?

  @Option(
    help: ArgumentHelp(
      "Columns, separated by commas, whose combinations are the strata.", valueName: "col,…"))
  var strata: [String] = []

  @Option(help: ArgumentHelp("Column of the weights of the rows.", valueName: "col"))
  var weights: String?

  @Option(
    help: ArgumentHelp(
      "What the weights mean; probability weights give robust standard errors. "
        + "(default: probability)"))
  var weightKind: WeightOption?

  @Option(
    help: ArgumentHelp(
      "Column that is equal in rows that may depend on one another; gives robust standard errors.",
      valueName: "col"))
  var cluster: String?

  @Option(help: "Level of the confidence limits, between 0 and 1.")
  var level = 0.95

  @Flag(help: "Do not take times as equal that differ only by the rounding of arithmetic.")
  var exactTimes = false

  @Option(
    help: ArgumentHelp(
      "Number of threads that may be used; the results are the same for every number. "
        + "(default: as many as the work is worth)",
      valueName: "n"))
  var threads: Int?

  @Option(help: "How the results are printed.")
  var format = OutputFormat.text

  mutating func validate() throws {
    guard level > 0, level < 1 else {
      throw ValidationError("--level must lie between 0 and 1, as 0.95 does, not \(level).")
    }
    if let threads, threads < 1 {
      throw ValidationError("--threads must be 1 or more, not \(threads).")
    }
    guard weightKind == nil || weights != nil else {
      throw ValidationError("--weight-kind needs --weights, the column of the weights.")
    }
  }

  /// How near-ties are treated.
  var merging: TimeMerging { exactTimes ? .exact : .standard }
}

/// The options of an analysis of one event.
@dynamicMemberLookup
struct DataOptions: ParsableArguments {
  @OptionGroup var rows: RowOptions

  @Option(
    help: ArgumentHelp(
      "Column that says whether the time ended with the event: 0 or 1, true or false.",
      valueName: "col"))
  var event: String

  @Option(
    help: ArgumentHelp(
      "The code of the event, where it is not 1 or true; every other code means censored.",
      valueName: "v"))
  var eventValue: String?

  /// An option that all analyses have.
  subscript<Value>(dynamicMember member: KeyPath<RowOptions, Value>) -> Value {
    rows[keyPath: member]
  }

  /// The endpoint in words.
  var endpointName: String {
    "\(rows.time), event \(event)" + (eventValue.map { " = \($0)" } ?? "")
  }
}

/// The options of an analysis of several events that compete.
@dynamicMemberLookup
struct CauseOptions: ParsableArguments {
  @OptionGroup var rows: RowOptions

  @Option(
    help: ArgumentHelp(
      "Column of what the time ended with: 0 or an empty cell is censored, every other value a cause.",
      valueName: "col"))
  var cause: String

  /// An option that all analyses have.
  subscript<Value>(dynamicMember member: KeyPath<RowOptions, Value>) -> Value {
    rows[keyPath: member]
  }

  /// The endpoint in words.
  var endpointName: String { "\(rows.time), cause \(cause)" }
}

/// What the weights of the rows mean.
enum WeightOption: String, ExpressibleByArgument, CaseIterable {
  case frequency, probability
}

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, csv
}
