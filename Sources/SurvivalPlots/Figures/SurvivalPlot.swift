// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// Survival curves with confidence bands, censoring marks, medians and the table under the axis.
///
/// ```swift
/// let curves = try KaplanMeier(endpoint: .relapse).fitted(to: remissions, groupedBy: \.arm)
/// let test = try LogRankTest(endpoint: .relapse).applied(to: remissions, groupedBy: \.arm)
/// let svg = SurvivalPlot(curves, test: test).svg()
/// ```
///
/// Every number that is drawn is one of the curves' own: steps are ``/SurvivalKit/SurvivalCurve``'s
/// `times` and `survival`, bands its pointwise intervals, medians its `median(level:_:rule:)`, and the
/// table its `numbersAtRisk(at:)`, with events and censorings counted before each time.
public struct SurvivalPlot: Figure {
  /// The probability that is shown.
  public enum Quantity: String, Hashable, Sendable, Codable, CaseIterable {
    /// The probability of being without the event.
    case survival
    /// The probability of having had the event, 1 − S. Wrong as a risk where competing events
    /// are censored; see ``CumulativeIncidencePlot``.
    case event
  }

  /// The range of the vertical axis.
  public enum ProbabilityAxis: String, Hashable, Sendable, Codable, CaseIterable {
    /// From 0 to 1, so that figures can be compared and small differences look small.
    case full
    /// As far as curves and bands reach, from the end at which the curves begin.
    case data
  }

  /// The curves, one for each group.
  public let curves: [SurvivalCurve]
  /// The name of the endpoint; empty for columns.
  public let endpoint: String
  /// The test whose result is written under the legend.
  public var test: LogRankResult?

  /// Texts, sizes and colours.
  public var options = FigureOptions()
  /// The probability that is shown.
  public var quantity = Quantity.survival
  /// What the groups are, such as "arm": written before names that are numbers.
  public var groupTitle: String?
  /// The unit of time, for the title of the axis and its ticks.
  public var timeUnit: TimeUnit?
  /// The title of the time axis; from ``timeUnit`` when `nil`.
  public var timeTitle: String?
  /// Where the axis of time ends; at the last observed time when `nil`.
  public var timeLimit: Double?
  /// The range of the vertical axis.
  public var probabilityAxis = ProbabilityAxis.full
  /// The scale of the confidence bands; no bands when `nil`.
  public var interval: CurveInterval? = .log
  /// The level of confidence of bands and medians.
  public var level = 0.95
  /// Whether times at which somebody was censored are marked on the curves.
  public var showsCensoring = true
  /// Whether medians are drawn and written beside the names.
  public var showsMedians = true
  /// The numbers under the axis.
  public var table = CountTableContent.full

  /// Creates a figure of curves.
  /// - Parameters:
  ///   - curves: The curves of one or more groups.
  ///   - test: The test whose result is written under the legend.
  public init<Group>(_ curves: SurvivalCurves<Group>, test: LogRankResult? = nil) {
    self.curves = curves.curves
    self.test = test
    endpoint = curves.endpoint
  }

  /// Draws the figure.
  /// - Returns: One `svg` element.
  /// - Complexity: O(*m* + *w*) for *m* times and a width of *w* pixels.
  public func svg() -> String {
    CurveFigure(
      kind: "sk-survival-plot", title: title, description: options.description ?? description,
      legend: legend, statement: test.map { Wording.sentence($0) }, series: series,
      readOffs: readOffs, xAxis: timeAxis, steps: timeUnit?.steps ?? .decimal,
      yAxis: probabilityScale, table: CountTable.make(of: curves, table, title: groupTitle),
      notes: notes
    ).svg(options)
  }

  // MARK: - Parts

  private var range: TimeRange { TimeRange(curves, limit: timeLimit) }

  private var timeAxis: Axis {
    Axis(
      from: range.start, to: range.end, title: Wording.time(title: timeTitle, unit: timeUnit))
  }

  private func shown(_ probability: Double) -> Double {
    quantity == .survival ? probability : 1 - probability
  }

  private var series: [CurveSeries] {
    let range = range
    return curves.enumerated().map { index, curve in
      let limits = interval.map { curve.intervals(level: level, $0) }
      var steps = StepPath(start: Swift.max(range.start, curve.startTime), range: range)
      steps.begin(
        value: shown(1), limits: limits == nil || curve.times.isEmpty ? nil : (shown(1), shown(1)))
      var marks = [CurvePoint]()
      for i in curve.times.indices where range.contains(curve.times[i]) {
        let value = shown(curve.survival[i])
        let band = limits?[i].map { limits in
          quantity == .survival
            ? (limits.lower, limits.upper) : (1 - limits.upper, 1 - limits.lower)
        }
        steps.step(to: value, at: curve.times[i], limits: band)
        let censored = curve.isReversed ? curve.events[i] : curve.censored[i]
        if showsCensoring, censored > 0 { marks.append(CurvePoint(x: curve.times[i], y: value)) }
      }
      if let last = curve.lastTime { steps.end(at: last) }
      return CurveSeries(
        name: curve.group, style: SeriesStyle(index: index),
        corners: curve.times.isEmpty ? [] : steps.corners, bands: steps.bands, marks: marks)
    }
  }

  private var medians: [QuantileEstimate] {
    curves.map { $0.median(level: level, interval ?? .log) }
  }

  private var readOffs: [ReadOff] {
    guard showsMedians else { return [] }
    return medians.compactMap { median in
      guard let time = median.estimate, range.contains(time) else { return nil }
      return ReadOff(x: time, y: 0.5)
    }
  }

  private var probabilityScale: Axis {
    let title =
      curves.first?.isReversed == true
      ? "Probability of follow-up"
      : quantity == .survival ? "Survival probability" : "Probability of the event"
    guard probabilityAxis == .data else { return Axis(from: 0, to: 1, title: title) }
    let drawn = series.flatMap { curve in
      curve.corners.map(\.y) + curve.bands.flatMap { $0.flatMap { [$0.lower, $0.upper] } }
    }
    // The part of the event, from its end at 0: one less for survival.
    let events = quantity == .survival ? drawn.map { 1 - $0 } : drawn
    let axis = Axis.upToTick(above: Swift.max(events.max() ?? 1, 0.01), atMost: 1, title: title)
    return quantity == .survival ? Axis(from: 1 - axis.upper, to: 1, title: title) : axis
  }

  private var legend: Legend {
    let medians = Wording.medians(medians, limits: interval != nil)
    let entries = curves.enumerated().map { index, curve in
      var facts = [Wording.eventsOfSubjects(curve)]
      if showsMedians { facts.append(medians[index]) }
      return Legend.Entry(
        name: Wording.name(curve, of: curves, title: groupTitle), style: SeriesStyle(index: index),
        facts: facts)
    }
    var headings = [curves.first?.isReversed == true ? "Censored / N" : "Events / N"]
    if showsMedians {
      headings.append(
        interval == nil ? "Median" : "Median (\(Wording.percent(level)) CI)")
    }
    return Legend(headings: headings, entries: entries)
  }

  // MARK: - Words

  private var title: String { options.title ?? Wording.title(curves, of: endpoint) }

  private var description: String {
    let medians = Wording.medians(medians, limits: interval != nil)
    var sentences = ["\(Wording.title(curves, of: endpoint))."]
    for (curve, median) in zip(curves, medians) {
      sentences.append(
        "\(Wording.name(curve, of: curves, title: groupTitle)): \(Wording.subjects(curve)), "
          + "\(Wording.events(curve)), median \(median).")
    }
    if let test { sentences.append("\(Wording.sentence(test)).") }
    return sentences.joined(separator: " ")
  }

  private var notes: [String] {
    var notes = [String]()
    if let interval {
      notes.append(
        "Bands: pointwise \(Wording.percent(level)) confidence intervals on the "
          + "\(interval.title) scale.")
    }
    if let start = curves.first?.startTime, start > 0 {
      notes.append("Conditional on survival to \(Wording.number(start)).")
    }
    if showsCensoring { notes.append("Upright marks: censored.") }
    notes += CountTable.notes(table, curves)
    if showsMedians,
      medians.contains(where: { $0.estimate == nil || (interval != nil && $0.upper == nil) })
    {
      notes.append("NR: not reached, or not known.")
    }
    return notes
  }
}
