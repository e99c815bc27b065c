// SPDX-License-Identifier: Apache-2.0

/// How long one row was watched, and whether the watching ended with the event.
///
/// A row is at risk over the half-open interval (`entry`, `exit`]: somebody who enters at exactly
/// the time of an event is not yet at risk for it. A `FollowUp` that exists is valid.
///
/// - A row without an entry time is at risk from the origin, time 0: its exit may be 0 (the event
///   happened at once) but not negative.
/// - A row with an entry time may use any clock, negative times included; entry must come before
///   exit. An entry of −∞ says that the row was at risk from the beginning.
/// - An exit of +∞ says that a row is still at risk when the data end; it cannot be an event.
public struct FollowUp: Hashable, Sendable {
  /// When the row came under observation; `nil` when it was at risk from the origin.
  public let entry: Double?
  /// When the observation ended.
  public let exit: Double
  /// Whether the observation ended with the event; `false` means censored.
  public let isEvent: Bool
  /// Which of several competing events it was; `nil` when censored, and where there is one event only.
  public let cause: String?

  /// Follow-up from the origin to a time.
  /// - Parameters:
  ///   - time: When the observation ended; 0 or more.
  ///   - isEvent: Whether it ended with the event.
  /// - Throws: ``SurvivalError`` with code `invalidData` for a time that is negative or not a number.
  public init(time: Double, isEvent: Bool) throws(SurvivalError) {
    if let problem = Self.problem(entry: nil, exit: time, isEvent: isEvent) {
      throw SurvivalError(.invalidData, "follow-up that cannot be", problems: [problem])
    }
    self.init(uncheckedFrom: nil, to: time, isEvent: isEvent, cause: nil)
  }

  /// Follow-up over the interval (`entry`, `exit`].
  /// - Parameters:
  ///   - entry: When the row came under observation; before `exit`.
  ///   - exit: When the observation ended.
  ///   - isEvent: Whether it ended with the event.
  /// - Throws: ``SurvivalError`` with code `invalidData` unless entry comes before exit.
  public init(from entry: Double, to exit: Double, isEvent: Bool) throws(SurvivalError) {
    if let problem = Self.problem(entry: entry, exit: exit, isEvent: isEvent) {
      throw SurvivalError(.invalidData, "follow-up that cannot be", problems: [problem])
    }
    self.init(uncheckedFrom: entry, to: exit, isEvent: isEvent, cause: nil)
  }

  /// Follow-up from the origin to a time, where several events compete.
  /// - Parameters:
  ///   - time: When the observation ended; 0 or more.
  ///   - cause: Which event it ended with, a string, a number or a case of an enumeration, known by
  ///     its name from then on; `nil` means censored.
  /// - Throws: ``SurvivalError`` with code `invalidData` for a time that is negative or not a number.
  public init<Cause: Hashable & Sendable>(
    time: Double, cause: Cause?
  ) throws(SurvivalError) {
    let plain = try FollowUp(time: time, isEvent: cause != nil)
    self = plain.ending(with: cause)
  }

  /// Follow-up over the interval (`entry`, `exit`], where several events compete.
  /// - Parameters:
  ///   - entry: When the row came under observation; before `exit`.
  ///   - exit: When the observation ended.
  ///   - cause: Which event it ended with; `nil` means censored.
  /// - Throws: ``SurvivalError`` with code `invalidData` unless entry comes before exit.
  public init<Cause: Hashable & Sendable>(
    from entry: Double, to exit: Double, cause: Cause?
  ) throws(SurvivalError) {
    let plain = try FollowUp(from: entry, to: exit, isEvent: cause != nil)
    self = plain.ending(with: cause)
  }

  /// The same follow-up with the cause of its event.
  func ending<Cause>(with cause: Cause?) -> FollowUp {
    FollowUp(uncheckedFrom: entry, to: exit, isEvent: isEvent, cause: cause.map(LevelOrder.name))
  }

  /// The rule of what follow-up can be, in one place: the first rule broken, or `nil`.
  static func problem(
    entry: Double?, exit: Double, isEvent: Bool
  ) -> SurvivalError.RowProblem? {
    func bad(_ column: String, _ found: Double, _ allowed: String) -> SurvivalError.RowProblem {
      SurvivalError.RowProblem(index: nil, column: column, found: "\(found)", allowed: allowed)
    }
    if exit.isNaN || exit == -.infinity {
      return bad("time", exit, "a number; leave the row out, or pass nil, when it is missing")
    }
    if exit == .infinity, isEvent { return bad("time", exit, "a finite time for an event") }
    guard let entry else {
      return exit < 0
        ? bad("time", exit, "0 or more, since the row is at risk from time 0") : nil
    }
    if entry.isNaN || entry == .infinity {
      return bad("entry", entry, "a number before the exit time \(exit)")
    }
    return entry < exit
      ? nil
      : bad("entry", entry, "a time before the exit time \(exit); intervals are (entry, exit]")
  }

  /// The same follow-up cut at given times: every piece but the last is censored.
  ///
  /// An estimate does not change when rows are split; covariates may then differ between pieces.
  /// - Parameter times: Where to cut, in any order; times outside (`entry`, `exit`) cut nothing.
  /// - Returns: The pieces in time order.
  /// - Complexity: O(*k* log *k*) for *k* times.
  public func split(at times: [Double]) -> [FollowUp] {
    let start = entry ?? 0
    var cuts = [Double]()
    for time in times.sorted() where time > start && time < exit && cuts.last != time {
      cuts.append(time)
    }
    guard let firstCut = cuts.first else { return [self] }
    var pieces = [FollowUp(uncheckedFrom: entry, to: firstCut, isEvent: false, cause: nil)]
    for (index, cut) in cuts.enumerated() {
      let isLast = index == cuts.count - 1
      let end = isLast ? exit : cuts[index + 1]
      pieces.append(
        FollowUp(
          uncheckedFrom: cut, to: end, isEvent: isLast && isEvent, cause: isLast ? cause : nil))
    }
    return pieces
  }

  private init(uncheckedFrom entry: Double?, to exit: Double, isEvent: Bool, cause: String?) {
    (self.entry, self.exit, self.isEvent, self.cause) = (entry, exit, isEvent, cause)
  }
}

extension FollowUp: CustomStringConvertible {
  /// `12.0` for an event at 12, `12.0+` when censored, `(3.0, 12.0]` with an entry time, `12.0 relapse`
  /// for an event with a cause.
  public var description: String {
    let interval = intervalText
    return cause.map { "\(interval) \($0)" } ?? interval
  }

  private var intervalText: String {
    let mark = isEvent ? "" : "+"
    guard let entry else { return "\(exit)\(mark)" }
    return "(\(entry), \(exit)\(mark)]"
  }
}

extension FollowUp: Codable {
  private enum CodingKeys: String, CodingKey { case entry, exit, isEvent, cause }

  /// Decodes follow-up and checks it: a value that exists is valid.
  /// - Parameter decoder: The decoder to read from.
  /// - Throws: A decoding error, or ``SurvivalError`` for an interval that cannot be.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let isEvent = try container.decode(Bool.self, forKey: .isEvent)
    let cause = try container.decodeIfPresent(String.self, forKey: .cause)
    let exit = try container.decode(CodedTime.self, forKey: .exit).value
    let plain: FollowUp
    if let entry = try container.decodeIfPresent(CodedTime.self, forKey: .entry)?.value {
      plain = try FollowUp(from: entry, to: exit, isEvent: isEvent)
    } else {
      plain = try FollowUp(time: exit, isEvent: isEvent)
    }
    guard isEvent || cause == nil else {
      throw SurvivalError(
        .invalidData, "follow-up that cannot be",
        problems: [
          SurvivalError.RowProblem(
            index: nil, column: "cause", found: cause ?? "", allowed: "no cause without an event")
        ])
    }
    self = plain.ending(with: cause)
  }

  /// Encodes the times as numbers, and infinite ones, which JSON has no numbers for, as the texts
  /// `Infinity` and `-Infinity`.
  /// - Parameter encoder: The encoder to write to.
  /// - Throws: An encoding error.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(entry.map(CodedTime.init), forKey: .entry)
    try container.encode(CodedTime(value: exit), forKey: .exit)
    try container.encode(isEvent, forKey: .isEvent)
    try container.encodeIfPresent(cause, forKey: .cause)
  }
}
