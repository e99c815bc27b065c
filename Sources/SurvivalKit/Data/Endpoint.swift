// SPDX-License-Identifier: Apache-2.0

/// A named endpoint: how the follow-up of a record is read.
///
/// Defined once beside the type of the records and then used in every analysis:
///
/// ```swift
/// extension Endpoint<Patient> {
///   static let overallSurvival = Endpoint("overall survival", time: \.months, event: \.hasDied)
/// }
/// ```
public struct Endpoint<Record>: Sendable {
  /// The name, as it is printed.
  public let name: String

  /// What the endpoint says of one record.
  enum Reading {
    case followUp(FollowUp)
    case outsidePopulation
    case missing(column: String)
    case invalid(SurvivalError.RowProblem)
  }

  let read: @Sendable (Record) -> Reading
  /// The causes of the records' events in the order of their type; `nil` when only their names are
  /// known.
  var causeLevels: (@Sendable ([Record]) -> [String])?

  /// An endpoint whose follow-up is computed from the record.
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - followUp: The follow-up of a record; `nil` for a record outside the endpoint's population,
  ///     which is left out and counted. An error becomes the refusal of that row.
  public init(_ name: String, followUp: @escaping @Sendable (Record) throws -> FollowUp?) {
    self.name = name
    read = { record in
      do {
        return try followUp(record).map(Reading.followUp) ?? .outsidePopulation
      } catch {
        return .invalid(Self.problem(error))
      }
    }
  }

  /// An endpoint of right-censored data: a time and whether it ended with the event.
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - time: The time from the origin; `nil` when missing, which leaves the record out, counted.
  ///   - event: Whether the time ended with the event; `nil` when missing.
  public init(
    _ name: String, time: @escaping @Sendable (Record) -> Double?,
    event: @escaping @Sendable (Record) -> Bool?
  ) {
    self.name = name
    read = { record in
      guard let time = time(record) else { return .missing(column: "time") }
      guard let isEvent = event(record) else { return .missing(column: "event") }
      do {
        return .followUp(try FollowUp(time: time, isEvent: isEvent))
      } catch {
        return .invalid(Self.problem(error))
      }
    }
  }

  /// An endpoint of rows at risk over (entry, exit].
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - entry: When the row came under observation; `nil` when missing.
  ///   - exit: When the observation ended; `nil` when missing.
  ///   - event: Whether it ended with the event; `nil` when missing.
  public init(
    _ name: String, entry: @escaping @Sendable (Record) -> Double?,
    exit: @escaping @Sendable (Record) -> Double?, event: @escaping @Sendable (Record) -> Bool?
  ) {
    self.name = name
    read = { record in
      guard let entry = entry(record) else { return .missing(column: "entry") }
      guard let exit = exit(record) else { return .missing(column: "exit") }
      guard let isEvent = event(record) else { return .missing(column: "event") }
      do {
        return .followUp(try FollowUp(from: entry, to: exit, isEvent: isEvent))
      } catch {
        return .invalid(Self.problem(error))
      }
    }
  }

  /// An endpoint of right-censored data in which several events compete.
  ///
  /// ```swift
  /// Endpoint("failure", time: \.months, event: \.hasFailed, cause: \.failure)
  /// ```
  ///
  /// Estimators that know one event only, such as ``KaplanMeier``, take the first event of any cause.
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - time: The time from the origin; `nil` when missing, which leaves the record out, counted.
  ///   - event: Whether the time ended with any of the events; `nil` when missing.
  ///   - cause: Which event it was; read only where `event` is true, and `nil` is missing there.
  public init<Cause: Hashable & Sendable>(
    _ name: String, time: @escaping @Sendable (Record) -> Double?,
    event: @escaping @Sendable (Record) -> Bool?, cause: @escaping @Sendable (Record) -> Cause?
  ) {
    self.init(plain: Endpoint(name, time: time, event: event), cause: cause)
  }

  /// An endpoint of rows at risk over (entry, exit] in which several events compete.
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - entry: When the row came under observation; `nil` when missing.
  ///   - exit: When the observation ended; `nil` when missing.
  ///   - event: Whether it ended with any of the events; `nil` when missing.
  ///   - cause: Which event it was; read only where `event` is true, and `nil` is missing there.
  public init<Cause: Hashable & Sendable>(
    _ name: String, entry: @escaping @Sendable (Record) -> Double?,
    exit: @escaping @Sendable (Record) -> Double?, event: @escaping @Sendable (Record) -> Bool?,
    cause: @escaping @Sendable (Record) -> Cause?
  ) {
    self.init(plain: Endpoint(name, entry: entry, exit: exit, event: event), cause: cause)
  }

  private init<Cause: Hashable & Sendable>(
    plain: Endpoint, cause: @escaping @Sendable (Record) -> Cause?
  ) {
    name = plain.name
    let readPlain = plain.read
    read = { record in
      let reading = readPlain(record)
      guard case .followUp(let followUp) = reading, followUp.isEvent else { return reading }
      guard let cause = cause(record) else { return .missing(column: "cause") }
      return .followUp(followUp.ending(with: cause))
    }
    causeLevels = { records in
      LevelOrder.ordered(records.compactMap(cause)).map(LevelOrder.name)
    }
  }

  private static func problem(_ error: any Error) -> SurvivalError.RowProblem {
    if let known = error as? SurvivalError, let problem = known.problems.first { return problem }
    return SurvivalError.RowProblem(
      index: nil, column: "follow-up", found: "\(error)", allowed: "follow-up, or nil")
  }
}
