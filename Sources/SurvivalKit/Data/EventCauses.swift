// SPDX-License-Identifier: Apache-2.0

/// What each row's event was, where events of several kinds compete.
///
/// A row that was censored has no cause; every row with an event has one. Causes are ordered as the
/// levels of a ``Grouping``: as the cases of an enumeration, numbers by size, else alphabetically.
public struct EventCauses: Hashable, Sendable, Codable {
  /// The names of the causes, in order.
  public let levels: [String]
  /// For each row, the position of its cause in ``levels``; `nil` for a censored row.
  public let codes: [Int?]

  /// The number of rows.
  public var count: Int { codes.count }

  /// Causes of rows.
  /// - Parameter causes: The cause of every row: strings, numbers or an enumeration; `nil` for a row
  ///   that was censored.
  /// - Complexity: O(*n* + *k* log *k*) for *n* rows and *k* causes.
  public init<Cause: Hashable & Sendable>(_ causes: [Cause?]) {
    var coder = LevelCoder<Cause>()
    let found = causes.map { cause in cause.map { coder.code($0) } }
    let (levels, positions) = coder.ordered()
    self.levels = LevelOrder.names(levels)
    codes = found.map { code in code.map { positions[$0] } }
  }

  /// Causes by names whose order is known; a name that is not among them is a level at the end.
  init(names: [String?], levels: [String]) {
    var position = [String: Int](minimumCapacity: levels.count)
    for (index, level) in levels.enumerated() { position[level] = index }
    let others = Set(names.compactMap { $0 }.filter { position[$0] == nil }).sorted()
    for (index, level) in others.enumerated() { position[level] = levels.count + index }
    self.levels = levels + others
    codes = names.map { name in name.flatMap { position[$0] } }
  }

  private init(codes: [Int?], levels: [String]) {
    self.codes = codes
    self.levels = levels
  }

  /// The causes of some of the rows, in the order given; all levels are kept.
  func subset(_ rows: [Int]) -> EventCauses {
    EventCauses(codes: rows.map { codes[$0] }, levels: levels)
  }

  /// The position of a cause.
  func position<Cause: Hashable & Sendable>(of cause: Cause) throws(SurvivalError) -> Int {
    let name = LevelOrder.name(cause)
    guard let position = levels.firstIndex(of: name) else {
      throw SurvivalError(
        .unknownLevel,
        "no row has an event of cause \(name); causes are \(levels.joined(separator: ", "))")
    }
    return position
  }
}

extension EventCauses {
  private enum CodingKeys: String, CodingKey { case levels, codes }

  /// Decodes causes and checks them: every code is the position of a level.
  /// - Parameter decoder: The decoder to read from.
  /// - Throws: A decoding error, or ``SurvivalError`` that lists every row without a level.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let levels = try container.decode([String].self, forKey: .levels)
    let codes = try container.decode([Int?].self, forKey: .codes)
    var problems = [SurvivalError.RowProblem]()
    for (row, code) in codes.enumerated() {
      guard let code, !levels.indices.contains(code) else { continue }
      problems.append(
        SurvivalError.RowProblem(
          index: row, column: "codes", found: "\(code)",
          allowed: "the position of one of \(levels.count) causes, from 0, or nil"))
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(problems.count) row(s) have an unknown cause", problems: problems)
    }
    self.init(codes: codes, levels: levels)
  }
}

extension SurvivalData {
  /// The follow-up until one cause: events of the others are censored there.
  ///
  /// Its hazard is the cause-specific hazard. Its Kaplan–Meier curve is not one minus the cumulative
  /// incidence, for which see ``CumulativeIncidence``.
  /// - Parameter cause: The cause that stays an event.
  /// - Returns: The same rows with that event only.
  /// - Throws: ``SurvivalError`` with code `unknownLevel` for a cause that no row has, or
  ///   `invalidArgument` when the data have no causes.
  /// - Complexity: O(*n*).
  public func causeSpecific<Cause: Hashable & Sendable>(
    _ cause: Cause
  ) throws(SurvivalError) -> SurvivalData {
    let causes = try knownCauses()
    let position = try causes.position(of: cause)
    return replacing(events: causes.codes.map { $0 == position })
  }

  /// The causes of data that must have them.
  func knownCauses() throws(SurvivalError) -> EventCauses {
    guard let causes else {
      throw SurvivalError(
        .invalidArgument,
        "the data say whether there was an event, not of which cause; give causes, nil for a "
          + "censored row")
    }
    guard !causes.levels.isEmpty, events.contains(true) else {
      throw SurvivalError(.noEvents, "no row has an event of any cause")
    }
    return causes
  }
}
