// SPDX-License-Identifier: Apache-2.0

extension SurvivalCurve: CustomStringConvertible {
  /// What R prints of `summary(survfit)`: a row for each time with an event, with 95% limits.
  ///
  /// At most a hundred times are printed; ``times`` and the other columns hold all.
  public var description: String {
    let limit = 100
    let withEvents = times.indices.filter { events[$0] > 0 }.map { times[$0] }
    var text = "\(heading)\n\n\(table(at: Array(withEvents.prefix(limit))))"
    if withEvents.count > limit {
      text += "\n… and \(withEvents.count - limit) more times with an event"
    }
    return text + "\n\n95% limits on the log scale, \(variance.title) variance."
  }

  /// The estimator, the group, and how many there are.
  package var heading: String {
    var text = isReversed ? "Reverse \(estimator.title)" : estimator.title
    text += " curve of group \(group): "
    if rowCount != subjectCount { text += "\(NumberFormatting.quantity(rowCount, "row")), " }
    text += "\(NumberFormatting.quantity(subjectCount, "subject")), "
    text += "\(NumberFormatting.count(eventCount)) event\(eventCount == 1 ? "" : "s")"
    return TextLayout.wrapped(text)
  }

  /// The state of the curve at some times, as a table.
  /// - Parameters:
  ///   - tableTimes: The times; events and censorings are those since the time before.
  ///   - level: The level of confidence.
  ///   - interval: The scale of the limits; no limits when `nil`.
  /// - Returns: The table.
  package func table(
    at tableTimes: [Double], level: Double = 0.95, interval: CurveInterval? = .log
  ) -> TextTable {
    let rows = numbersAtRisk(at: tableTimes)
    let counts = { (values: [Double]) in values.map { NumberFormatting.count($0) } }
    func column(_ values: [Double?]) -> [String] { NumberFormatting.column(values, digits: 4) }
    let limits = rows.map { row in
      interval.flatMap { self.interval(at: row.time, level: level, $0) }
    }
    var columns: [(TextTable.Column, [String])] = [
      (.number("time"), NumberFormatting.column(rows.map(\.time), digits: 6)),
      (.number("at risk"), counts(rows.map(\.atRisk))),
      (.number("events"), counts(rows.map(\.events))),
      (.number("censored"), counts(rows.map(\.censored))),
    ]
    if !lateEntries.isEmpty { columns.append((.number("entered"), counts(rows.map(\.entered)))) }
    columns += [
      (.number("survival"), column(rows.map { probability(at: $0.time) })),
      (.number("se"), column(rows.map { standardError(at: $0.time) })),
    ]
    if interval != nil {
      columns += [
        (.number("lower"), column(limits.map { $0?.lower })),
        (.number("upper"), column(limits.map { $0?.upper })),
      ]
    }
    var table = TextTable(columns: columns.map(\.0))
    for row in rows.indices { table.append(columns.map { $0.1[row] }) }
    return table
  }
}

extension CurveEstimator {
  /// The name in a heading.
  package var title: String {
    switch self {
    case .kaplanMeier: "Kaplan–Meier"
    case .nelsonAalen: "Nelson–Aalen"
    case .flemingHarrington: "Fleming–Harrington"
    }
  }
}

extension CurveVariance {
  /// The name before the word variance.
  package var title: String {
    switch self {
    case .automatic: "automatic"
    case .greenwood: "Greenwood"
    case .aalen: "Aalen"
    case .robust: "robust"
    }
  }
}

extension CurveInterval {
  /// The name before the word scale.
  package var title: String {
    switch self {
    case .log: "log"
    case .logLog: "log(-log)"
    case .plain: "plain"
    case .logit: "logit"
    case .arcsine: "arcsine square-root"
    }
  }
}

extension WeightKind {
  /// What the weights mean, for the notes under a table; `nil` without weights.
  package var sentence: String? {
    switch self {
    case .none: nil
    case .frequency: "Weights are frequencies: a row stands for that many subjects."
    case .probability: "Weights are probability weights."
    }
  }
}

extension MergedTimes {
  /// How many near-ties were merged, for the notes under a table; `nil` when none was.
  package var sentence: String? {
    guard count > 0 else { return nil }
    let pairs = NumberFormatting.quantity(count, "pair")
    let gap = NumberFormatting.significant(largestGap, digits: 2)
    return "\(pairs) of times at most \(gap) apart \(count == 1 ? "was" : "were") taken as one."
  }
}
