// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit

/// The follow-up of a file as SurvivalKit's columns, with strata, and with what was left out.
///
/// Columns that only some analyses use are read through `reading`, so that they too decide which rows
/// are complete.
struct Study {
  let options: RowOptions
  /// The file and its rows that are used.
  let file: UsedRows
  let exclusions: Exclusions
  let data: SurvivalData
  /// The combinations of the columns of strata; `nil` without any.
  let strata: Grouping?
  /// The columns of strata, each with its own levels.
  let strataColumns: [ColumnLevels]

  /// How each row ended, before it is known which rows are complete.
  private enum Endings {
    case events([Bool?])
    case causes([String??])
  }

  /// Reads a file of rows with one event.
  /// - Parameters:
  ///   - options: What its rows mean.
  ///   - reading: Reads the columns that this analysis uses beyond the common ones.
  /// - Throws: ``ImportError`` or ``CommandError`` for a file that cannot be used.
  init(_ options: DataOptions, reading: (inout StudyReader) throws -> Void) throws {
    try self.init(options.rows, reading: reading) { reader in
      .events(try reader.events(options.event, code: options.eventValue))
    }
  }

  /// Reads a file of rows with events that compete.
  /// - Parameters:
  ///   - options: What its rows mean.
  ///   - reading: Reads the columns that this analysis uses beyond the common ones.
  /// - Throws: ``ImportError`` or ``CommandError`` for a file that cannot be used.
  init(_ options: CauseOptions, reading: (inout StudyReader) throws -> Void) throws {
    try self.init(options.rows, reading: reading) { reader in
      .causes(try reader.causes(options.cause))
    }
  }

  private init(
    _ options: RowOptions, reading: (inout StudyReader) throws -> Void,
    endings: (inout StudyReader) throws -> Endings
  ) throws {
    self.options = options
    let table = try CSVTable(contentsOf: options.file)
    var reader = StudyReader(table)
    let times = try reader.numbers(options.time)
    let entries = try options.entry.map { try reader.numbers($0) }
    let endings = try endings(&reader)
    try reading(&reader)
    let strataNames = ColumnNames.resolve(options.strata, in: table)
    let strataLabels = try strataNames.map { try reader.labels($0) }
    let weights = try options.weights.map { try Self.weights($0, options, &reader) }
    let clusters = try options.cluster.map { try reader.labels($0) }
    let (rows, exclusions) = try reader.completeRows()
    func used<Value>(_ column: [Value?]) -> [Value] { rows.compactMap { column[$0] } }
    self.exclusions = exclusions
    strataColumns = zip(strataNames, strataLabels).map {
      ColumnLevels(column: $0, labels: used($1))
    }
    strata = try strataColumns.reduce(nil) { (sofar: Grouping?, next) in
      let named = next.grouping.named(next.column)
      return try sofar?.crossed(with: named) ?? named
    }
    var names = ["time": options.time]
    names["entry"] = options.entry
    names["weights"] = options.weights
    file = UsedRows(table: table, rows: rows, columnNames: names)
    data = try file.asking {
      let weighting = try weights.map { column -> Weights in
        options.weightKind == .frequency
          ? .frequency(try FrequencyWeights(used(column).map { Int($0) }))
          : .probability(try ProbabilityWeights(used(column)))
      }
      let clusters = clusters.map { Grouping(labels: used($0)) }
      switch (endings, entries) {
      case (.events(let events), nil):
        return try SurvivalData(
          times: used(times), events: used(events), weights: weighting, clusters: clusters,
          merging: options.merging)
      case (.events(let events), let entries?):
        return try SurvivalData(
          starts: used(entries), stops: used(times), events: used(events), weights: weighting,
          clusters: clusters, merging: options.merging)
      case (.causes(let causes), nil):
        return try SurvivalData(
          times: used(times), causes: EventCauses(labels: used(causes)), weights: weighting,
          clusters: clusters, merging: options.merging)
      case (.causes(let causes), let entries?):
        return try SurvivalData(
          starts: used(entries), stops: used(times), causes: EventCauses(labels: used(causes)),
          weights: weighting, clusters: clusters, merging: options.merging)
      }
    }
  }

  private static func weights(
    _ column: String, _ options: RowOptions, _ reader: inout StudyReader
  ) throws -> [Double?] {
    options.weightKind == .frequency
      ? try reader.numbers(
        column, allowed: "a whole number of subjects, 0 or more",
        where: { $0 >= 0 && $0 == $0.rounded() && $0 <= 0x1p53 })
      : try reader.numbers(
        column, allowed: "a weight of 0 or more", where: { $0 >= 0 && $0.isFinite })
  }

  /// The values of a column in the rows used.
  func used<Value>(_ column: [Value?]) -> [Value] { file.rows.compactMap { column[$0] } }
}

/// Names of columns as they are given on the command line.
enum ColumnNames {
  /// The columns of options that take several: each value names one column, or several with commas.
  static func resolve(_ values: [String], in table: CSVTable) -> [String] {
    values.flatMap { value in
      table.hasColumn(value)
        ? [value] : value.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
    }
  }
}
