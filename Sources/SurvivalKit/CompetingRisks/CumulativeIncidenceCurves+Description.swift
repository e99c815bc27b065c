// SPDX-License-Identifier: Apache-2.0

extension CumulativeIncidenceCurve: CustomStringConvertible {
  /// The incidence at each time with an event of the cause, with 95% limits; at most a hundred times.
  public var description: String {
    let limit = 100
    let withEvents = times.indices.filter { events[$0] > 0 }.map { times[$0] }
    var text = "\(heading)\n\n\(table(at: Array(withEvents.prefix(limit))))"
    if withEvents.count > limit {
      text += "\n… and \(withEvents.count - limit) more times with an event"
    }
    return text + "\n\n95% limits on the log scale, \(variance.title) variance."
  }

  /// The cause, the group, and how many there are.
  package var heading: String {
    TextLayout.wrapped(
      "Cumulative incidence of \(cause) in group \(group): "
        + "\(NumberFormatting.quantity(subjectCount, "subject")), "
        + "\(NumberFormatting.count(eventCount)) event\(eventCount == 1 ? "" : "s")")
  }

  /// The state of the curve at some times, as a table.
  /// - Parameters:
  ///   - tableTimes: The times, which come in ascending order.
  ///   - level: The level of confidence.
  ///   - interval: The scale of the limits; no limits when `nil`.
  /// - Returns: The table.
  package func table(
    at tableTimes: [Double], level: Double = 0.95, interval: CurveInterval? = .log
  ) -> TextTable {
    let rows = tableTimes.sorted()
    func column(_ values: [Double?]) -> [String] { NumberFormatting.column(values, digits: 4) }
    // The next time at which somebody's observation ends: those who come later have not been seen.
    let atRisk = rows.map { time -> Double in
      let next = times.lastPosition(atOrBefore: time.nextDown).map { $0 + 1 } ?? 0
      return next < times.count ? self.atRisk[next] : 0
    }
    var events = [Double]()
    var next = 0
    for time in rows {
      var sum = 0.0
      while next < times.count, times[next] <= time {
        sum += self.events[next]
        next += 1
      }
      events.append(sum)
    }
    var columns: [(TextTable.Column, [String])] = [
      (.number("time"), NumberFormatting.column(rows, digits: 6)),
      (.number("at risk"), atRisk.map { NumberFormatting.count($0) }),
      (.number("events"), events.map { NumberFormatting.count($0) }),
      (.number("incidence"), column(rows.map { probability(at: $0) })),
      (.number("se"), column(rows.map { standardError(at: $0) })),
    ]
    if let interval {
      let limits = rows.map { self.interval(at: $0, level: level, interval) }
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

extension CumulativeIncidenceCurves: CustomStringConvertible {
  /// Numbers, events, and for each cause the incidence and the time lost at the smallest of the last
  /// times, with 95% limits.
  public var description: String { text() }

  /// The curves as text.
  /// - Parameters:
  ///   - level: The level of confidence.
  ///   - interval: The scale of the limits; no limits when `nil`.
  /// - Returns: Lines of at most 80 columns.
  package func text(level: Double = 0.95, interval: CurveInterval? = .log) -> String {
    guard let first = curves.first else { return "no curves" }
    var title = "Cumulative incidence"
    if !endpoint.isEmpty { title += " of \(endpoint)" }
    let rows = stride(from: 0, to: curves.count, by: causes.count).reduce(0) {
      $0 + curves[$1].rowCount
    }
    var notes = [String]()
    if let interval {
      notes.append(
        "\(NumberFormatting.percent(level)) limits on the \(interval.title) scale, "
          + "\(first.variance.title) variance.")
    } else {
      notes.append("Standard errors from the \(first.variance.title) variance.")
    }
    notes.append("NA: not known.")
    if let weights = first.weightKind.sentence { notes.append(weights) }
    if let merged = mergedTimes.sentence { notes.append(merged) }
    return [
      TextLayout.wrapped(title) + "\n"
        + TextLayout.wrapped(
          "\(NumberFormatting.quantity(rows, "row")) used; \(exclusions)", indentation: 2),
      summary(level, interval).description,
      TextLayout.wrapped(notes.joined(separator: " ")),
    ].joined(separator: "\n\n")
  }

  private func summary(_ level: Double, _ interval: CurveInterval?) -> TextTable {
    // The smallest of the last times, to which every curve is known.
    let end = curves.compactMap(\.lastTime).min() ?? 0
    let endText = NumberFormatting.significant(end, digits: 6)
    let lost = curves.map { $0.restrictedTimeLost(upTo: end) }
    func column(_ values: [Double?], _ digits: Int = 4) -> [String] {
      NumberFormatting.column(values, digits: digits)
    }
    var columns: [(TextTable.Column, [String])] = [
      (.text("group"), curves.map(\.group)), (.text("cause"), curves.map(\.cause)),
      (.number("n"), curves.map { "\($0.subjectCount)" }),
      (.number("events"), curves.map { NumberFormatting.count($0.eventCount) }),
      (.number("at \(endText)"), column(curves.map { $0.probability(at: end) })),
    ]
    if let interval {
      let limits = curves.map { $0.interval(at: end, level: level, interval) }
      columns += [
        (.number("lower"), column(limits.map { $0?.lower })),
        (.number("upper"), column(limits.map { $0?.upper })),
      ]
    } else {
      columns.append((.number("se"), column(curves.map { $0.standardError(at: end) }, 3)))
    }
    columns += [
      (.number("time lost"), column(lost.map { $0?.estimate })),
      (.number("se"), column(lost.map { $0?.standardError }, 3)),
    ]
    var table = TextTable(columns: columns.map(\.0))
    for row in curves.indices { table.append(columns.map { $0.1[row] }) }
    return table.fitted()
  }
}
