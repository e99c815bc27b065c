// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// Cumulative incidences of competing events: as lines, or stacked, so that they sum to all that
/// happened.
///
/// ```swift
/// let curves = try CumulativeIncidence(endpoint: .failure)
///   .fitted(to: patients, groupedBy: \.disease)
/// let lines = CumulativeIncidencePlot(curves, test: test).svg()
/// let stack = try CumulativeIncidencePlot(stacking: curves, of: .lowRiskMyeloid).svg()
/// ```
public struct CumulativeIncidencePlot: Figure {
  /// Whether lines are drawn or areas one upon another.
  public enum Arrangement: String, Hashable, Sendable, Codable, CaseIterable {
    /// A line for each cause in each group.
    case lines
    /// The causes of one group, each on top of those before.
    case stacked
  }

  /// How the incidences are drawn.
  public let arrangement: Arrangement
  /// The curves that were estimated; empty for step functions of other origin.
  public let curves: [CumulativeIncidenceCurve]
  /// The step functions of other origin; empty for estimated curves.
  public let series: [StepSeries]
  /// The name of the endpoint; empty for columns.
  public let endpoint: String
  /// The test whose results are written under the legend.
  public var test: GrayResult?

  /// Texts, sizes and colours.
  public var options = FigureOptions()
  /// What the groups are, such as "arm": written before names that are numbers.
  public var groupTitle: String?
  /// The unit of time, for the title of the axis and its ticks.
  public var timeUnit: TimeUnit?
  /// The title of the time axis; from ``timeUnit`` when `nil`.
  public var timeTitle: String?
  /// Where the axis of time ends; at the last observed time when `nil`.
  public var timeLimit: Double?
  /// The range of the vertical axis.
  public var probabilityAxis = SurvivalPlot.ProbabilityAxis.full
  /// The scale of the bands of estimated curves; no bands when `nil`.
  public var interval: CurveInterval?
  /// The level of confidence of the bands.
  public var level = 0.95
  /// The numbers under the axis; left out for step functions of other origin.
  public var table = CountTableContent.full

  /// Creates a figure of lines, one for each cause in each group.
  /// - Parameters:
  ///   - curves: The incidences.
  ///   - test: The test whose results are written under the legend.
  public init<Group>(_ curves: CumulativeIncidenceCurves<Group>, test: GrayResult? = nil) {
    arrangement = .lines
    self.curves = curves.curves
    series = []
    endpoint = curves.endpoint
    self.test = test
  }

  /// Creates a figure of the causes of one group, stacked.
  /// - Parameters:
  ///   - curves: The incidences.
  ///   - group: The group that is shown.
  /// - Throws: ``/SurvivalKit/SurvivalError`` with code `unknownLevel` when the group has no curves.
  public init<Group>(
    stacking curves: CumulativeIncidenceCurves<Group>, of group: Group
  ) throws(SurvivalError) {
    guard let row = curves.groups.firstIndex(of: group) else {
      throw SurvivalError(.unknownLevel, "there are no incidences of a group \(group) to stack")
    }
    arrangement = .stacked
    let count = curves.causes.count
    self.curves = Array(curves.curves[(row * count)..<((row + 1) * count)])
    series = []
    endpoint = curves.endpoint
  }

  /// Creates a figure of step functions of any origin.
  /// - Parameters:
  ///   - series: The incidences, each between 0 and 1.
  ///   - arrangement: Whether they are drawn as lines or stacked; stacked, their sum is at most 1.
  /// - Throws: ``/SurvivalKit/SurvivalError`` with code `invalidData` for what is no probability.
  public init(_ series: [StepSeries], arrangement: Arrangement = .lines) throws(SurvivalError) {
    for one in series {
      try Checks.all(one.values, one.name, allowed: "a probability") { $0 >= 0 && $0 <= 1 }
    }
    if arrangement == .stacked {
      let times = Set(series.flatMap(\.times)).sorted()
      try Checks.all(
        times.map { time in series.reduce(0) { $0 + $1.value(at: time) } }, "sum",
        allowed: "a probability"
      ) { $0 <= 1 + 1e-9 }
    }
    self.arrangement = arrangement
    self.series = series
    curves = []
    endpoint = ""
  }

  /// Draws the figure.
  /// - Returns: One `svg` element.
  /// - Complexity: O(*k* (*m* + *w*)) for *k* curves of *m* times and a width of *w* pixels.
  public func svg() -> String {
    let lines = lines
    let range = TimeRange(
      starts: lines.map(\.steps.startTime), ends: lines.flatMap(\.ends), limit: timeLimit)
    let drawn = arrangement == .lines ? drawnLines(lines, range) : drawnStack(lines, range)
    let table = countTable
    return CurveFigure(
      kind: "sk-cumulative-incidence-plot", title: options.title ?? title,
      description: options.description ?? description(lines),
      legend: Legend(
        sample: arrangement == .lines ? .line : .area,
        entries: zip(lines, drawn).map { Legend.Entry(name: $0.steps.name, style: $1.style) }),
      statement: statement, series: drawn, isStacked: arrangement == .stacked,
      xAxis: Axis(
        from: range.start, to: range.end, title: Wording.time(title: timeTitle, unit: timeUnit)),
      steps: timeUnit?.steps ?? .decimal, yAxis: probabilityScale(drawn), table: table,
      notes: notes(hasTable: table != nil)
    ).svg(options)
  }

  // MARK: - Lines

  /// A step function with its look, and where it ends.
  private struct Line {
    var steps: StepSeries
    var style: SeriesStyle
    var ends: [Double]
  }

  private var groups: [String] { ordered(curves.map(\.group)) }
  private var causes: [String] { ordered(curves.map(\.cause)) }

  private func ordered(_ names: [String]) -> [String] {
    var seen = Set<String>()
    return names.filter { seen.insert($0).inserted }
  }

  private var lines: [Line] {
    guard !curves.isEmpty else {
      return series.enumerated().map {
        Line(steps: $1, style: SeriesStyle(index: $0), ends: $1.times)
      }
    }
    let (groups, causes) = (groups, causes)
    return curves.enumerated().compactMap { index, curve in
      let shown = Wording.name(curve.group, title: groupTitle)
      let name =
        groups.count == 1 ? curve.cause : causes.count == 1 ? shown : "\(curve.cause), \(shown)"
      // Groups by colour, and every curve by a line of its own, so that it is found in grey.
      let group = groups.firstIndex(of: curve.group) ?? 0
      let cause = causes.firstIndex(of: curve.cause) ?? 0
      let style =
        groups.count == 1
        ? SeriesStyle(index: cause)
        : SeriesStyle(color: group, dash: group * causes.count + cause)
      let finite = curve.times.indices.filter { curve.times[$0].isFinite }
      let limits = interval.map { curve.intervals(level: level, $0) } ?? []
      guard
        let steps = try? StepSeries(
          name: name, times: finite.map { curve.times[$0] },
          values: finite.map { curve.probabilities[$0] },
          limits: limits.isEmpty ? [] : finite.map { limits[$0] },
          startTime: Swift.min(curve.startTime, curve.times.first ?? curve.startTime))
      else { return nil }
      return Line(steps: steps, style: style, ends: steps.times)
    }
  }

  private func drawnLines(_ lines: [Line], _ range: TimeRange) -> [CurveSeries] {
    lines.map { line in
      var steps = StepPath(start: Swift.max(range.start, line.steps.startTime), range: range)
      steps.begin(value: line.steps.initialValue, limits: nil)
      for i in line.steps.times.indices where range.contains(line.steps.times[i]) {
        let limits = line.steps.limits.isEmpty ? nil : line.steps.limits[i]
        steps.step(
          to: line.steps.values[i], at: line.steps.times[i],
          limits: limits.map { ($0.lower, $0.upper) })
      }
      if let last = line.ends.last { steps.end(at: last) }
      return CurveSeries(
        name: line.steps.name, style: line.style,
        corners: line.ends.isEmpty ? [] : steps.corners, bands: steps.bands)
    }
  }

  /// Sums of the functions up to each; the band of each lies between its sum and the one before.
  private func drawnStack(_ lines: [Line], _ range: TimeRange) -> [CurveSeries] {
    let times = Set(lines.flatMap(\.steps.times)).filter(range.contains).sorted()
    let end = lines.compactMap(\.ends.last).max() ?? range.end
    return lines.indices.map { index in
      func sum(_ time: Double, below: Bool) -> Double {
        Swift.min(
          1,
          lines[..<(below ? index : index + 1)].reduce(0) { $0 + $1.steps.value(at: time) })
      }
      let before = lines[...index].reduce(0) { $0 + $1.steps.initialValue }
      let floor = before - lines[index].steps.initialValue
      var steps = StepPath(start: range.start, range: range)
      steps.begin(value: before, limits: (floor, before))
      for time in times {
        let value = sum(time, below: false)
        steps.step(to: value, at: time, limits: (sum(time, below: true), value))
      }
      steps.end(at: end)
      return CurveSeries(
        name: lines[index].steps.name, style: SeriesStyle(index: index), corners: steps.corners,
        bands: steps.bands)
    }
  }

  private func probabilityScale(_ drawn: [CurveSeries]) -> Axis {
    let title = "Cumulative incidence"
    guard probabilityAxis == .data else { return Axis(from: 0, to: 1, title: title) }
    let highest =
      drawn.flatMap { series in
        series.corners.map(\.y) + series.bands.flatMap { $0.map(\.upper) }
      }.max() ?? 1
    return Axis.upToTick(above: Swift.max(highest, 1e-6), atMost: 1, title: title)
  }

  // MARK: - Table

  private var countTable: (([Double]) -> CountTable)? {
    guard table != .none, !curves.isEmpty else { return nil }
    let groups = groups
    let rows = groups.map { group in curves.filter { $0.group == group } }
    // Who enters late between two times is not told apart by these curves.
    guard rows.allSatisfy({ $0.allSatisfy(\.isWithoutLateEntries) }) else { return nil }
    return { times in
      CountTable(
        content: table,
        groups: groups.indices.map { index in
          CountTable.Group(
            name: groups.count == 1 && groups[0] == "all"
              ? "All" : Wording.name(groups[index], title: groupTitle),
            style: groups.count == 1
              ? nil : SeriesStyle(color: index, dash: causes.count == 1 ? index : 0),
            counts: GroupCounts(rows[index], at: times))
        })
    }
  }

  // MARK: - Words

  private var title: String {
    let subject = endpoint.isEmpty ? "" : " of \(endpoint)"
    let group = arrangement == .stacked ? curves.first?.group : nil
    let name = group.map { $0 == "all" ? "" : ", \(Wording.name($0, title: groupTitle))" }
    return "Cumulative incidence" + subject + (name ?? "")
  }

  private var statement: String? {
    guard let test else { return nil }
    let causes = test.tests.map { one in
      let result = one.test.map { NumberFormatting.decimalPStatement($0.pValue) } ?? "no result"
      return "\(one.cause) \(result)"
    }
    return "Gray's test: " + causes.joined(separator: ", ")
  }

  private func description(_ lines: [Line]) -> String {
    let ends = lines.map { line in
      let value = line.steps.values.last ?? line.steps.initialValue
      return "\(line.steps.name): \(Wording.number(value)) at the end."
    }
    return ([title + "."] + ends + [statement.map { $0 + "." } ?? ""])
      .filter { !$0.isEmpty }.joined(separator: " ")
  }

  private func notes(hasTable: Bool) -> [String] {
    var notes = [String]()
    if arrangement == .stacked {
      notes.append("Each area is one event; what is above them all is free of events.")
    } else if let interval, !curves.isEmpty {
      notes.append(
        "Bands: pointwise \(Wording.percent(level)) confidence intervals on the "
          + "\(interval.title) scale.")
    }
    if hasTable {
      notes += CountTable.notes(table)
    } else if table != .none, !curves.isEmpty {
      notes.append("Numbers at risk are left out: some enter late.")
    }
    return notes
  }
}

extension CumulativeIncidenceCurve {
  /// Whether all are at risk at the first time.
  fileprivate var isWithoutLateEntries: Bool {
    let all = (events + otherEvents + censored).reduce(0, +)
    return abs(all - (atRisk.first ?? 0)) <= 1e-9 * all
  }
}

extension GroupCounts {
  /// Counts the curves of one group, one for each cause, when nobody enters late.
  init(_ curves: [CumulativeIncidenceCurve], at times: [Double]) {
    guard let first = curves.first else {
      self.init(atRisk: times.map { _ in 0 }, rows: [], hasLateEntries: false)
      return
    }
    let atRisk = times.map { time in
      first.times.firstIndex { $0 >= time }.map { first.atRisk[$0] } ?? 0
    }
    self.init(
      atRisk: atRisk,
      rows: [("Censored", first.times.sums(of: first.censored, before: times))]
        + curves.map { ($0.cause, first.times.sums(of: $0.events, before: times)) },
      hasLateEntries: false)
  }
}
