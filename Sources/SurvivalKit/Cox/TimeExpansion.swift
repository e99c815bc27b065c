// SPDX-License-Identifier: Apache-2.0

/// Rows split at the event times of their stratum, so that covariates may change there.
///
/// A row at risk at event times t₁ < … < tₖ becomes (entry, t₁], (t₁, t₂], …, each with the covariates
/// at its end, and what is left of it after tₖ. The partial likelihood looks at covariates at event
/// times only, so that is all that can matter.
struct TimeExpansion {
  /// For each new row, the row that it is a part of.
  private(set) var rows: [Int] = []
  /// For each new row, the time at which covariates are to be read.
  private(set) var times: [Double] = []
  /// Whether the covariates are read at an event time; elsewhere they say nothing.
  private(set) var isEventTime: [Bool] = []
  /// The follow-up of the new rows, those of one row being one subject.
  let data: SurvivalData

  /// Splits rows.
  /// - Throws: ``SurvivalError`` with code `overflow` when there would be more rows than can be counted.
  /// - Complexity: O(*n* *m*) time and memory for *n* rows and *m* event times of a stratum.
  init(_ data: SurvivalData, strata: Grouping?) throws(SurvivalError) {
    let table = RiskTable(data, strata: strata)
    let events = EventTimes(table, entries: data.entries)
    // The event times of each row, its own among them.
    var covers = [Range<Int>](repeating: 0..<0, count: data.count)
    var total = data.count
    for (position, row) in table.order.enumerated() {
      let cover = events.covers[position]
      let own = data.events[Int(row)] ? 1 : 0
      covers[Int(row)] = Int(cover.lowerBound)..<(Int(cover.upperBound) + own)
      total += covers[Int(row)].count
    }
    guard total < Int(Int32.max) else {
      throw SurvivalError(
        .overflow, "a time-dependent covariate makes \(total) rows of \(data.count), too many")
    }
    var (starts, stops, isEvent) = ([Double](), [Double](), [Bool]())
    for row in 0..<data.count {
      var start = data.entries?[row] ?? -.infinity
      for event in covers[row] {
        let time = table.slotTimes[events.slots[event]]
        rows.append(row)
        times.append(time)
        isEventTime.append(true)
        starts.append(start)
        stops.append(time)
        isEvent.append(data.events[row] && event == covers[row].upperBound - 1)
        start = time
      }
      // The rest, in which nobody has the event; and rows of weight 0, which are to be counted.
      if covers[row].isEmpty || start < data.times[row] {
        rows.append(row)
        times.append(covers[row].isEmpty ? data.times[row] : start)
        isEventTime.append(!covers[row].isEmpty)
        starts.append(start)
        stops.append(data.times[row])
        isEvent.append(covers[row].isEmpty && data.events[row])
      }
    }
    self.data = data.expanded(rows, starts: starts, stops: stops, events: isEvent)
  }
}

extension Covariate {
  /// A number that changes with time by a known rule, such as a coefficient that changes with time.
  ///
  /// ```swift
  /// .timeDependent("karnofsky × log time") { $0.karnofsky * Double.log($1 + 20) }
  /// ```
  ///
  /// At every event time the covariate of everybody at risk is the function at that time, as with R's
  /// `tt`. The rows are split for it: a fit takes time and memory O(*n* *m*) for *m* event times of
  /// a stratum. It counts subjects as the records; its rows are the parts.
  ///
  /// For a covariate that was measured at several times, use a record for each interval instead.
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - value: The number for a record at a time. It must have one at every event time of its stratum
  ///     at which the record is at risk: a fit throws ``SurvivalError`` with code `invalidData` that
  ///     names the records without.
  /// - Returns: The term, with one column. It cannot be part of an interaction.
  public static func timeDependent(
    _ name: String, _ value: @escaping @Sendable (Record, Double) -> Double?
  ) -> Covariate {
    Covariate(name: name, isPresent: { _ in true }, isTimeDependent: true) { _, _ in
      var coding = CovariateCoding<Record>(name: name, names: [name], values: { _ in nil })
      coding.valuesAtTime = { record, time in value(record, time).map { [$0] } }
      return coding
    }
  }
}
