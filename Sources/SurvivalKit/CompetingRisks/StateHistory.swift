// SPDX-License-Identifier: Apache-2.0

/// Rows of subjects who move between states, as columns that are checked once.
///
/// A row says that a subject was in a state over (start, stop] and, if it did not end by censoring, which
/// state it then went to. The rows of a subject follow one another without overlap or gap, and each
/// begins in the state where the one before has left the subject.
public struct StateHistory: Hashable, Sendable {
  /// The names of the states, in order: of the cases of an enumeration, numbers by size, else by name.
  public let states: [String]
  /// The position of the state of every row.
  public let from: [Int]
  /// The position of the state that the row ended with a transition to; `nil` when it was censored.
  public let to: [Int?]
  /// Times, weights, subjects and clusters; an event is a transition.
  let data: SurvivalData

  /// The number of rows.
  public var count: Int { from.count }

  /// Checks and keeps rows.
  /// - Parameters:
  ///   - subjects: The subject of every row.
  ///   - starts: When each row begins.
  ///   - stops: When it ends.
  ///   - from: The state of the subject during the row.
  ///   - to: The state that it went to at the end of the row; `nil` for none, which is censoring or
  ///     another row that follows.
  ///   - weights: How much each row counts; a frequency must be the same in all rows of a subject.
  ///   - clusters: Subjects that may depend on one another; each by itself when `nil`.
  ///   - merging: How times that differ by rounding only are treated.
  /// - Throws: ``SurvivalError`` with code `invalidData` that lists every row that overlaps an earlier one
  ///   of its subject, begins after a gap, or begins in a state where the subject cannot be; that goes
  ///   to the state where it is; or whose times cannot be.
  /// - Complexity: O(*n* log *n*).
  public init<State: Hashable & Sendable>(
    subjects: Grouping, starts: [Double], stops: [Double], from: [State], to: [State?],
    weights: Weights? = nil, clusters: Grouping? = nil, merging: TimeMerging = .standard
  ) throws(SurvivalError) {
    guard from.count == to.count else {
      throw SurvivalError(
        .mismatchedLengths, "from has \(from.count) rows but to has \(to.count)")
    }
    if let from = from as? [Int], let to = to as? [Int?] {
      (states, self.from, self.to) = Self.coded(from, to)
    } else {
      (states, self.from, self.to) = Self.coded(from, to)
    }
    data = try SurvivalData(
      starts: starts, stops: stops, events: to.map { $0 != nil }, weights: weights,
      clusters: clusters, subjects: subjects, merging: merging)
    guard from.count == data.count else {
      throw SurvivalError(
        .mismatchedLengths, "starts has \(data.count) rows but from has \(from.count)")
    }
    try checkSequences(subjects)
  }

  /// The names of the states, and their positions in the rows.
  private static func coded<State: Hashable & Sendable>(
    _ from: [State], _ to: [State?]
  ) -> (states: [String], from: [Int], to: [Int?]) {
    var coder = LevelCoder<State>()
    let codes = from.map { coder.code($0) }
    let reached = to.map { state in state.map { coder.code($0) } }
    let (levels, positions) = coder.ordered()
    return (
      LevelOrder.names(levels), codes.map { positions[$0] },
      reached.map { code in code.map { positions[$0] } }
    )
  }

  /// Refuses rows that cannot follow one another.
  private func checkSequences(_ subjects: Grouping) throws(SurvivalError) {
    let starts = data.entries ?? []
    let order = SortedOrder.ascending((0..<Int32(count)).map { $0 }) {
      SortedOrder.key(starts[Int($0)])
    }
    var latest = [Int?](repeating: nil, count: subjects.levels.count)
    var problems = [SurvivalError.RowProblem]()
    func refuse(_ row: Int, _ column: String, _ found: String, _ allowed: String) {
      problems.append(
        SurvivalError.RowProblem(index: row, column: column, found: found, allowed: allowed))
    }
    for row in order.map(Int.init) {
      let subject = subjects.codes[row]
      let name = subjects.levels[subject]
      if to[row] == from[row] {
        refuse(row, "to", states[from[row]], "another state than that of the row, or nil")
      }
      if !starts[row].isFinite {
        refuse(row, "start", "\(starts[row])", "a finite time, at which the state is known")
      }
      if let before = latest[subject] {
        if starts[row] > data.times[before] {
          refuse(
            row, "start", "\(starts[row]) for subject \(name), a gap",
            "\(data.times[before]), where its earlier row ends")
        }
        let reached = to[before] ?? from[before]
        if reached != from[row] {
          refuse(
            row, "from", "\(states[from[row]]) for subject \(name)",
            "\(states[reached]), where its earlier row has left the subject")
        }
      }
      latest[subject] = row
    }
    if data.weightKind == .frequency, data.clusters == nil, let weights = data.weights?.values {
      var first = [Double?](repeating: nil, count: subjects.levels.count)
      for row in 0..<count {
        let known = first[subjects.codes[row]] ?? weights[row]
        first[subjects.codes[row]] = known
        if known != weights[row] {
          refuse(row, "weights", "\(weights[row])", "\(known), as in the subject's first row")
        }
      }
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(problems.count) row(s) cannot be part of their subject's history",
        problems: problems.sorted { ($0.index ?? 0) < ($1.index ?? 0) })
    }
  }
}
