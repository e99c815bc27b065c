// SPDX-License-Identifier: Apache-2.0

/// The estimated probabilities of being in each of several states, in one group, as time goes by.
///
///     p̂(t) = p̂(0) ∏ over times s ≤ t of (I + dÂ(s)),   dÂⱼₖ = dNⱼₖ / Yⱼ
///
/// The estimator of Aalen & Johansen (1978), doi:10.2307/4615704, with the variance of the
/// infinitesimal jackknife, as R's `survfit` with `id` and `istate`. Columns have one element for each
/// distinct time at which a row ended.
public struct StateCurve: Hashable, Sendable, Codable {
  /// The group that the curve describes; `all` when rows were not grouped.
  public let group: String
  /// The names of the states.
  public let states: [String]
  /// What the weights of the rows mean.
  public let weightKind: WeightKind
  /// The number of rows in the group.
  public let rowCount: Int
  /// The number of subjects in the group.
  public let subjectCount: Int
  /// The distinct times at which rows ended, ascending.
  public let times: [Double]
  /// For each state the weight at risk in it just before each time.
  public let atRisk: [[Double]]
  /// For each state, and each state gone to, the total weight of the transitions.
  public let transitions: [[Double]]
  /// The probabilities of the states before the first transition: the shares of those at risk at it.
  public let initial: [Double]
  /// For each state the probability of being in it at each time.
  public let probabilities: [[Double]]
  /// For each state the variance of its probability at each time.
  public let variances: [[Double]]
  /// The variance of ``initial``; 0 when all begin in one state.
  public let initialVariances: [Double]
  /// For each state the mean time spent in it up to a limit, with its standard error.
  public let restrictedMeans: [RestrictedMean]

  /// The position of a state.
  private func position<State: Hashable & Sendable>(of state: State) -> Int? {
    states.firstIndex(of: LevelOrder.name(state))
  }

  /// The probability of being in a state at a time.
  /// - Parameters:
  ///   - state: The state.
  ///   - time: A time, in the unit of the data.
  /// - Returns: The probability; `nil` for a state that no row has, and after the last observed time.
  /// - Complexity: O(log *m*).
  public func probability<State: Hashable & Sendable>(of state: State, at time: Double) -> Double? {
    guard let state = position(of: state), let last = times.last, time <= last else { return nil }
    return times.lastPosition(atOrBefore: time).map { probabilities[state][$0] } ?? initial[state]
  }

  /// The standard error of the probability of being in a state at a time.
  /// - Parameters:
  ///   - state: The state.
  ///   - time: A time, in the unit of the data.
  /// - Returns: The standard error; `nil` where ``probability(of:at:)`` is.
  /// - Complexity: O(log *m*).
  public func standardError<State: Hashable & Sendable>(
    of state: State, at time: Double
  ) -> Double? {
    guard let state = position(of: state), let last = times.last, time <= last else { return nil }
    let position = times.lastPosition(atOrBefore: time)
    return (position.map { variances[state][$0] } ?? initialVariances[state]).squareRoot()
  }

  /// A pointwise confidence interval for the probability of being in a state at a time.
  /// - Parameters:
  ///   - state: The state.
  ///   - time: A time, in the unit of the data.
  ///   - level: The level of confidence, between 0 and 1.
  ///   - interval: The scale on which the interval is symmetric; `log` as in R.
  /// - Returns: The interval; `nil` where there is no probability, and where the scale has no limit.
  /// - Complexity: O(log *m*).
  public func interval<State: Hashable & Sendable>(
    of state: State, at time: Double, level: Double = 0.95, _ interval: CurveInterval = .log
  ) -> ConfidenceInterval? {
    guard let probability = probability(of: state, at: time),
      let error = standardError(of: state, at: time)
    else { return nil }
    return interval.interval(probability: probability, standardError: error, level: level)
  }
}

extension StateCurve: CustomStringConvertible {
  /// A row for each state: entries, the probability at the last time and the mean time spent in it.
  public var description: String {
    let entered = states.indices.map { state in
      transitions.reduce(0) { $0 + $1[state] }
    }
    let end = times.count - 1
    func column(_ values: [Double?], _ digits: Int = 4) -> [String] {
      NumberFormatting.column(values, digits: digits)
    }
    let limit = restrictedMeans.first.map { NumberFormatting.significant($0.upTo, digits: 6) } ?? ""
    let columns: [(TextTable.Column, [String])] = [
      (.text("state"), states), (.number("entered"), entered.map { NumberFormatting.count($0) }),
      (.number("initially"), column(initial)),
      (.number("at the end"), column(probabilities.map { end >= 0 ? $0[end] : nil })),
      (.number("se"), column(variances.map { end >= 0 ? $0[end].squareRoot() : nil }, 3)),
      (.number("mean time to \(limit)"), column(restrictedMeans.map(\.estimate))),
      (.number("se"), column(restrictedMeans.map(\.standardError), 3)),
    ]
    var table = TextTable(columns: columns.map(\.0))
    for row in states.indices { table.append(columns.map { $0.1[row] }) }
    let heading = TextLayout.wrapped(
      "Aalen–Johansen probabilities in group \(group): "
        + "\(NumberFormatting.quantity(subjectCount, "subject")), "
        + "\(NumberFormatting.quantity(rowCount, "row"))")
    return "\(heading)\n\n\(table.fitted())\n\nRobust variance."
  }
}
