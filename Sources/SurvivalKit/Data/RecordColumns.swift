// SPDX-License-Identifier: Apache-2.0

/// A named grouping of records: strata, clusters or subjects.
public struct RecordGrouping<Record>: Sendable {
  /// The name, as it is printed.
  public let name: String
  /// The groups of the chosen records; every chosen record has one.
  let grouping: @Sendable ([Record], [Int]) -> Grouping
  /// The name of the group of a record; `nil` when it has none.
  let label: @Sendable (Record) -> String?

  /// Whether a record has a group.
  var isPresent: @Sendable (Record) -> Bool { { [label] in label($0) != nil } }

  /// A grouping by a value of the record.
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - value: The group of a record; `nil` when missing, which leaves the record out, counted.
  /// - Returns: The grouping.
  public static func by<Level: Hashable & Sendable>(
    _ name: String, _ value: @escaping @Sendable (Record) -> Level?
  ) -> RecordGrouping {
    RecordGrouping(
      name: name,
      grouping: { records, rows in Grouping(rows.compactMap { value(records[$0]) }) },
      label: { value($0).map(LevelOrder.name) })
  }
}

/// Weights read from records, with the meaning they have.
public struct RecordWeights<Record>: Sendable {
  let kind: WeightKind
  let value: @Sendable (Record) -> Double?
  let count: @Sendable (Record) -> Int?

  /// Each record stands for a number of identical subjects.
  /// - Parameter count: The number; `nil` when missing, which leaves the record out, counted.
  /// - Returns: The weights.
  public static func frequency(_ count: @escaping @Sendable (Record) -> Int?) -> RecordWeights {
    RecordWeights(kind: .frequency, value: { count($0).map(Double.init) }, count: count)
  }

  /// Each record represents a part of a population.
  /// - Parameter weight: The weight; `nil` when missing, which leaves the record out, counted.
  /// - Returns: The weights.
  public static func probability(
    _ weight: @escaping @Sendable (Record) -> Double?
  ) -> RecordWeights {
    RecordWeights(kind: .probability, value: weight, count: { _ in nil })
  }

  func weights(_ records: [Record], _ rows: [Int]) throws(SurvivalError) -> Weights {
    do {
      return kind == .frequency
        ? .frequency(try FrequencyWeights(rows.compactMap { count(records[$0]) }))
        : .probability(try ProbabilityWeights(rows.compactMap { value(records[$0]) }))
    } catch {
      // The weights know positions among the rows used; the reader knows records.
      throw SurvivalError(
        error.code, error.message,
        problems: error.problems.map { problem in problem.at(rows[problem.index ?? 0]) })
    }
  }
}

/// Which rows were left out of an analysis, and why.
public struct Exclusions: Hashable, Sendable, Codable {
  /// Rows without a value in one column.
  public struct Missing: Hashable, Sendable, Codable {
    /// The column without a value.
    public let column: String
    /// The positions of the rows, counted from 0.
    public let rows: [Int]

    /// Creates a list of rows.
    /// - Parameters:
    ///   - column: The column without a value.
    ///   - rows: The positions of the rows, counted from 0.
    public init(column: String, rows: [Int]) {
      self.column = column
      self.rows = rows
    }
  }

  /// Rows outside the population of the endpoint, as positions counted from 0.
  public let outsidePopulation: [Int]
  /// Rows with a missing value, column by column; a row is listed for its first missing column.
  public let missing: [Missing]

  /// The number of rows left out.
  public var count: Int { outsidePopulation.count + missing.reduce(0) { $0 + $1.rows.count } }

  /// Nothing was left out.
  public static let none = Exclusions(outsidePopulation: [], missing: [])

  /// Creates a list of exclusions.
  /// - Parameters:
  ///   - outsidePopulation: Rows outside the population of the endpoint.
  ///   - missing: Rows with a missing value, column by column.
  public init(outsidePopulation: [Int], missing: [Missing]) {
    self.outsidePopulation = outsidePopulation
    self.missing = missing
  }
}

extension Exclusions: CustomStringConvertible {
  /// One line such as `3 rows left out: 2 without age, 1 outside the population`.
  public var description: String {
    guard count > 0 else { return "no rows left out" }
    var reasons = missing.map { "\($0.rows.count) without \($0.column)" }
    if !outsidePopulation.isEmpty {
      reasons.append("\(outsidePopulation.count) outside the population of the endpoint")
    }
    return "\(count) row\(count == 1 ? "" : "s") left out: \(reasons.joined(separator: ", "))"
  }
}

/// Reads records into validated columns: the one place where a record can be left out.
struct RecordReader<Record> {
  /// The rows that were used.
  private(set) var rows: [Int] = []
  private(set) var exclusions = Exclusions.none
  private var followUps: [FollowUp] = []
  private let records: [Record]
  private let causeLevels: (@Sendable ([Record]) -> [String])?

  /// Decides which records are used.
  /// - Parameters:
  ///   - records: The records.
  ///   - endpoint: How their follow-up is read.
  ///   - required: Further columns without which a record is left out, by name.
  /// - Throws: ``SurvivalError`` that lists every record whose follow-up cannot be, or with code
  ///   `noRows` when no record is left.
  init(
    _ records: [Record], endpoint: Endpoint<Record>,
    required: [(name: String, isPresent: @Sendable (Record) -> Bool)]
  ) throws(SurvivalError) {
    self.records = records
    causeLevels = endpoint.causeLevels
    var problems = [SurvivalError.RowProblem]()
    var outside = [Int]()
    var names = [String]()
    var missing = [String: [Int]]()
    func leaveOut(_ row: Int, _ column: String) {
      if missing[column] == nil { names.append(column) }
      missing[column, default: []].append(row)
    }
    rows.reserveCapacity(records.count)
    followUps.reserveCapacity(records.count)
    // Plain functions in a plain loop: nothing generic is looked up for each row.
    let read = endpoint.read
    let isPresent = required.map(\.isPresent)
    for row in records.indices {
      let record = records[row]
      switch read(record) {
      case .invalid(let problem): problems.append(problem.at(row))
      case .outsidePopulation: outside.append(row)
      case .missing(let column): leaveOut(row, column)
      case .followUp(let followUp):
        var position = 0
        while position < isPresent.count, isPresent[position](record) { position += 1 }
        if position < isPresent.count {
          leaveOut(row, required[position].name)
        } else {
          rows.append(row)
          followUps.append(followUp)
        }
      }
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData,
        "\(problems.count) of \(records.count) records hold follow-up that cannot be for "
          + "\(endpoint.name)", problems: problems)
    }
    exclusions = Exclusions(
      outsidePopulation: outside,
      missing: names.map { Exclusions.Missing(column: $0, rows: missing[$0] ?? []) })
    guard !rows.isEmpty else {
      throw SurvivalError(
        .noRows, "no record is left for \(endpoint.name): \(exclusions)")
    }
  }

  /// The follow-up of the rows used.
  func data(
    weights: RecordWeights<Record>?, clusters: RecordGrouping<Record>?,
    subjects: RecordGrouping<Record>?, merging: TimeMerging
  ) throws(SurvivalError) -> SurvivalData {
    var values: Weights?
    if let weights { values = try weights.weights(records, rows) }
    do {
      return try SurvivalData(
        followUps, causeLevels: causeLevels?(eventRecords) ?? [], weights: values,
        clusters: clusters?.grouping(records, rows), subjects: subjects?.grouping(records, rows),
        merging: merging)
    } catch {
      throw naming(error)
    }
  }

  /// An error about rows used, with the records named instead.
  func naming(_ error: SurvivalError) -> SurvivalError {
    SurvivalError(
      error.code, error.message,
      problems: error.problems.map { problem in
        problem.index.map { problem.at(rows[$0]) } ?? problem
      })
  }

  /// The records used whose follow-up ends with an event.
  private var eventRecords: [Record] {
    zip(rows, followUps).compactMap { $1.isEvent ? records[$0] : nil }
  }

  /// The strata formed by every combination of the groupings; `nil` for none.
  func strata(_ groupings: [RecordGrouping<Record>]) throws(SurvivalError) -> Grouping? {
    var result: Grouping?
    for grouping in groupings {
      let next = grouping.grouping(records, rows).named(grouping.name)
      if let sofar = result { result = try sofar.crossed(with: next) } else { result = next }
    }
    return result
  }

  /// Runs a question about the rows used, whose refusal then names them as records.
  func naming<Answer>(
    _ question: () throws(SurvivalError) -> Answer
  ) throws(SurvivalError) -> Answer {
    do {
      return try question()
    } catch {
      throw SurvivalError(
        error.code, error.message,
        problems: error.problems.map { problem in
          problem.index.map { problem.at(rows[$0]) } ?? problem
        })
    }
  }

  /// A value of every row used.
  func column<Value>(_ value: (Record) -> Value?) -> [Value] {
    rows.compactMap { value(records[$0]) }
  }
}

extension Grouping {
  /// The same groups, with levels called `name=level`.
  package func named(_ name: String) -> Grouping {
    Grouping(codes: codes, levels: levels.map { "\(name)=\($0)" })
  }
}
