// SPDX-License-Identifier: Apache-2.0

/// Follow-up of many rows as columns, checked once: a value that exists is valid.
///
/// Every estimator reads this type, so weights, delayed entry, near-ties, clusters and several rows
/// for one subject mean the same in all of them. See ``FollowUp`` for what a row may say.
public struct SurvivalData: Hashable, Sendable {
  /// When each row's observation ended, near-ties merged.
  public let times: [Double]
  /// When each row came under observation, −∞ for "from the beginning"; `nil` when all rows did.
  public let entries: [Double]?
  /// Whether each row's observation ended with the event.
  public let events: [Bool]
  /// Which of several competing events each row ended with; `nil` when there is one event only.
  public let causes: EventCauses?
  /// The weights of the rows; `nil` when every row counts once.
  public let weights: Weights?
  /// The rows that may depend on one another; `nil` when all are independent.
  public let clusters: Grouping?
  /// The rows that belong to one subject; `nil` when every row is a subject.
  public let subjects: Grouping?
  /// Which times were merged, and how far apart they were.
  public let mergedTimes: MergedTimes

  /// The number of rows.
  public var count: Int { times.count }
  /// The number of rows that end with the event, weights not counted.
  public var eventCount: Int { events.count { $0 } }
  /// The number of subjects: rows, unless ``subjects`` says that several rows are one.
  public var subjectCount: Int { subjects?.levels.count ?? count }

  /// Right-censored data: every row at risk from time 0.
  /// - Parameters:
  ///   - times: When each row's observation ended, in a unit of your choice; 0 or more.
  ///   - events: Whether it ended with the event.
  ///   - weights: How much each row counts.
  ///   - clusters: Rows that may depend on one another, for robust variances.
  ///   - merging: How times that differ by rounding only are treated.
  /// - Throws: ``SurvivalError`` that lists every bad row.
  /// - Complexity: O(*n* log *n*) in the number of rows.
  public init(
    times: [Double], events: [Bool], weights: Weights? = nil, clusters: Grouping? = nil,
    merging: TimeMerging = .standard
  ) throws(SurvivalError) {
    try self.init(
      entries: nil, exits: times, events: events, causes: nil, weights: weights,
      clusters: clusters, subjects: nil, merging: merging)
  }

  /// Right-censored data in which several events compete.
  /// - Parameters:
  ///   - times: When each row's observation ended, in a unit of your choice; 0 or more.
  ///   - causes: Which event it ended with; none for a row that was censored.
  ///   - weights: How much each row counts.
  ///   - clusters: Rows that may depend on one another, for robust variances.
  ///   - merging: How times that differ by rounding only are treated.
  /// - Throws: ``SurvivalError`` that lists every bad row.
  /// - Complexity: O(*n* log *n*) in the number of rows.
  public init(
    times: [Double], causes: EventCauses, weights: Weights? = nil, clusters: Grouping? = nil,
    merging: TimeMerging = .standard
  ) throws(SurvivalError) {
    try self.init(
      entries: nil, exits: times, events: causes.codes.map { $0 != nil }, causes: causes,
      weights: weights, clusters: clusters, subjects: nil, merging: merging)
  }

  /// Rows at risk over (start, stop]: delayed entry, or several rows for one subject.
  /// - Parameters:
  ///   - starts: When each row came under observation; −∞ for "from the beginning".
  ///   - stops: When its observation ended; after its start.
  ///   - events: Whether it ended with the event.
  ///   - weights: How much each row counts.
  ///   - clusters: Rows that may depend on one another; by default the subjects.
  ///   - subjects: Which rows belong to one subject; their intervals must not overlap.
  ///   - merging: How times that differ by rounding only are treated.
  /// - Throws: ``SurvivalError`` that lists every bad row.
  /// - Complexity: O(*n* log *n*) in the number of rows.
  public init(
    starts: [Double], stops: [Double], events: [Bool], weights: Weights? = nil,
    clusters: Grouping? = nil, subjects: Grouping? = nil, merging: TimeMerging = .standard
  ) throws(SurvivalError) {
    try self.init(
      entries: starts, exits: stops, events: events, causes: nil, weights: weights,
      clusters: clusters, subjects: subjects, merging: merging)
  }

  /// Rows at risk over (start, stop] in which several events compete.
  /// - Parameters:
  ///   - starts: When each row came under observation; −∞ for "from the beginning".
  ///   - stops: When its observation ended; after its start.
  ///   - causes: Which event it ended with; none for a row that was censored.
  ///   - weights: How much each row counts.
  ///   - clusters: Rows that may depend on one another; by default the subjects.
  ///   - subjects: Which rows belong to one subject; their intervals must not overlap.
  ///   - merging: How times that differ by rounding only are treated.
  /// - Throws: ``SurvivalError`` that lists every bad row.
  /// - Complexity: O(*n* log *n*) in the number of rows.
  public init(
    starts: [Double], stops: [Double], causes: EventCauses, weights: Weights? = nil,
    clusters: Grouping? = nil, subjects: Grouping? = nil, merging: TimeMerging = .standard
  ) throws(SurvivalError) {
    try self.init(
      entries: starts, exits: stops, events: causes.codes.map { $0 != nil }, causes: causes,
      weights: weights, clusters: clusters, subjects: subjects, merging: merging)
  }

  /// Follow-up values, one for each row.
  /// - Parameters:
  ///   - followUps: The follow-up of every row.
  ///   - weights: How much each row counts.
  ///   - clusters: Rows that may depend on one another; by default the subjects.
  ///   - subjects: Which rows belong to one subject; their intervals must not overlap.
  ///   - merging: How times that differ by rounding only are treated.
  /// - Throws: ``SurvivalError`` that lists every bad row, and every event without a cause where
  ///   other events have one.
  public init(
    _ followUps: [FollowUp], weights: Weights? = nil, clusters: Grouping? = nil,
    subjects: Grouping? = nil, merging: TimeMerging = .standard
  ) throws(SurvivalError) {
    try self.init(
      followUps, causeLevels: [], weights: weights, clusters: clusters, subjects: subjects,
      merging: merging)
  }

  /// Follow-up values, with the order of their causes where it is known.
  init(
    _ followUps: [FollowUp], causeLevels: [String], weights: Weights?, clusters: Grouping?,
    subjects: Grouping?, merging: TimeMerging
  ) throws(SurvivalError) {
    var causes: EventCauses?
    if followUps.contains(where: { $0.cause != nil }) {
      let problems = followUps.indices.filter {
        followUps[$0].isEvent && followUps[$0].cause == nil
      }.map {
        SurvivalError.RowProblem(
          index: $0, column: "cause", found: "an event without a cause",
          allowed: "a cause for every event, since some have one")
      }
      guard problems.isEmpty else {
        throw SurvivalError(
          .invalidData, "\(problems.count) event(s) have no cause", problems: problems)
      }
      causes = EventCauses(names: followUps.map(\.cause), levels: causeLevels)
    }
    let hasEntries = followUps.contains { $0.entry != nil }
    try self.init(
      entries: hasEntries ? followUps.map { $0.entry ?? -.infinity } : nil,
      exits: followUps.map(\.exit), events: followUps.map(\.isEvent), causes: causes,
      weights: weights, clusters: clusters, subjects: subjects, merging: merging)
  }

  private init(
    entries: [Double]?, exits: [Double], events: [Bool], causes: EventCauses?, weights: Weights?,
    clusters: Grouping?, subjects: Grouping?, merging: TimeMerging
  ) throws(SurvivalError) {
    let count = exits.count
    let lengths = [
      ("starts", entries?.count), (causes == nil ? "events" : "causes", events.count),
      ("weights", weights?.values.count),
      ("clusters", clusters?.count), ("subjects", subjects?.count),
    ]
    for (name, length) in lengths where length != nil && length != count {
      throw SurvivalError(
        .mismatchedLengths,
        "times has \(count) rows but \(name) has \(length ?? 0); columns describe the same rows")
    }
    guard count < Int(Int32.max) else {
      throw SurvivalError(.invalidArgument, "\(count) rows are more than 2147483646 allowed")
    }
    try Self.check(entries: entries, exits: exits, events: events)
    var (times, starts) = (exits, entries)
    mergedTimes = merging.apply(times: &times, entries: &starts)
    if let starts { try Self.checkNotCollapsed(starts, times, original: exits) }
    self.times = times
    self.entries = starts
    self.events = events
    self.causes = causes
    self.weights = weights
    self.clusters = clusters
    self.subjects = subjects
    if let subjects { try checkNoOverlap(of: subjects) }
  }

  /// Refuses every row whose follow-up cannot be.
  private static func check(
    entries: [Double]?, exits: [Double], events: [Bool]
  ) throws(SurvivalError) {
    var problems = [SurvivalError.RowProblem]()
    for row in exits.indices {
      let (exit, isEvent) = (exits[row], events[row])
      if let entry = entries?[row] {
        if entry < exit, exit < .infinity { continue }
        if let problem = FollowUp.problem(entry: entry, exit: exit, isEvent: isEvent) {
          problems.append(problem.at(row))
        }
      } else {
        if exit >= 0, exit < .infinity { continue }
        if let problem = FollowUp.problem(entry: nil, exit: exit, isEvent: isEvent) {
          problems.append(problem.at(row))
        }
      }
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(problems.count) of \(exits.count) rows hold times that cannot be",
        problems: problems)
    }
  }

  /// Refuses rows whose entry and exit became one time by merging.
  private static func checkNotCollapsed(
    _ starts: [Double], _ stops: [Double], original: [Double]
  ) throws(SurvivalError) {
    let problems = stops.indices.filter { starts[$0] >= stops[$0] }.map {
      SurvivalError.RowProblem(
        index: $0, column: "entry", found: "an interval that ends at \(original[$0])",
        allowed: "an interval longer than the tolerance of near-ties; merge times exactly, or drop")
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(problems.count) interval(s) have no length once near-ties are merged",
        problems: problems)
    }
  }

  /// Refuses rows of one subject that overlap: the subject would be at risk twice.
  private func checkNoOverlap(of subjects: Grouping) throws(SurvivalError) {
    let starts = entries ?? [Double](repeating: 0, count: count)
    let byStart = SortedOrder.ascending((0..<Int32(count)).map { $0 }) {
      SortedOrder.key(starts[Int($0)])
    }
    var end = [Double](repeating: -.infinity, count: subjects.levels.count)
    var problems = [SurvivalError.RowProblem]()
    for row in byStart.map(Int.init) {
      let subject = subjects.codes[row]
      if entries == nil ? end[subject] > -.infinity : starts[row] < end[subject] {
        problems.append(
          SurvivalError.RowProblem(
            index: row, column: "entry",
            found: "\(starts[row]) for subject "
              + "\(subjects.levels[subject])",
            allowed: "a start at or after \(end[subject]), where its earlier row ends"))
      }
      end[subject] = Swift.max(end[subject], times[row])
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(problems.count) row(s) overlap an earlier row of the same subject",
        problems: problems.sorted { ($0.index ?? 0) < ($1.index ?? 0) })
    }
  }
}

extension SurvivalData {
  /// The kind of weights that the rows have.
  public var weightKind: WeightKind { weights?.kind ?? .none }

  /// Whether a variance should not rest on rows being independent and counting once.
  var asksForRobustVariance: Bool {
    clusters != nil || subjects != nil || weightKind == .probability
  }

  /// The rows that vary together: the clusters, else the subjects.
  var dependence: Grouping? { clusters ?? subjects }

  /// Some of the rows, in the order given.
  func subset(_ rows: [Int]) -> SurvivalData {
    SurvivalData(
      times: rows.map { times[$0] }, entries: entries.map { column in rows.map { column[$0] } },
      events: rows.map { events[$0] }, causes: causes?.subset(rows),
      weights: weights?.subset(rows), clusters: clusters?.subset(rows),
      subjects: subjects?.subset(rows), mergedTimes: mergedTimes)
  }

  /// Parts of the rows, each with its own follow-up; the parts of a row are one subject.
  func expanded(
    _ rows: [Int], starts: [Double], stops: [Double], events: [Bool]
  ) -> SurvivalData {
    let subjects =
      subjects ?? Grouping(codes: Array(0..<count), levels: (0..<count).map { "\($0)" })
    return SurvivalData(
      times: stops, entries: starts, events: events, causes: nil, weights: weights?.subset(rows),
      clusters: clusters?.subset(rows), subjects: subjects.subset(rows), mergedTimes: mergedTimes)
  }

  /// The same rows, each counting once.
  func unweighted() -> SurvivalData {
    SurvivalData(
      times: times, entries: entries, events: events, causes: causes, weights: nil,
      clusters: clusters, subjects: subjects, mergedTimes: mergedTimes)
  }

  /// The same rows with another event and without causes.
  func replacing(events: [Bool]) -> SurvivalData {
    SurvivalData(
      times: times, entries: entries, events: events, causes: nil, weights: weights,
      clusters: clusters, subjects: subjects, mergedTimes: mergedTimes)
  }

  private init(
    times: [Double], entries: [Double]?, events: [Bool], causes: EventCauses?, weights: Weights?,
    clusters: Grouping?, subjects: Grouping?, mergedTimes: MergedTimes
  ) {
    self.times = times
    self.entries = entries
    self.events = events
    self.causes = causes
    self.weights = weights
    self.clusters = clusters
    self.subjects = subjects
    self.mergedTimes = mergedTimes
  }
}

extension Weights {
  func subset(_ rows: [Int]) -> Weights {
    switch self {
    case .frequency(let weights):
      .frequency(FrequencyWeights(checked: rows.map { weights.values[$0] }))
    case .probability(let weights):
      .probability(ProbabilityWeights(checked: rows.map { weights.values[$0] }))
    }
  }
}

extension FrequencyWeights {
  fileprivate init(checked values: [Double]) { self.values = values }
}

extension ProbabilityWeights {
  fileprivate init(checked values: [Double]) { self.values = values }
}

extension Grouping {
  /// The groups of some of the rows; levels that are left without a row are dropped.
  func subset(_ rows: [Int]) -> Grouping {
    var used = [Bool](repeating: false, count: levels.count)
    for row in rows { used[codes[row]] = true }
    var position = [Int](repeating: 0, count: levels.count)
    var kept = [String]()
    for level in levels.indices where used[level] {
      position[level] = kept.count
      kept.append(levels[level])
    }
    return Grouping(codes: rows.map { position[codes[$0]] }, levels: kept)
  }
}
