// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

/// Which numbers stand under the axis of a figure of curves.
public enum CountTableContent: String, Hashable, Sendable, Codable, CaseIterable {
  /// For each group the numbers at risk, censored so far and with the event so far, and where rows
  /// enter late the number that has entered. At every time the first three sum to the number that
  /// has entered: to the size of the group when nobody enters late.
  ///
  /// The layout of KMunicate: Morris, Jarvis, Cragg, Phillips, Choodari-Oskooei & Sydes (2019),
  /// doi:10.1136/bmjopen-2019-030215.
  case full
  /// The numbers at risk alone, a row for each group.
  case atRisk
  /// No numbers.
  case none
}

/// How a group stands at the times of a table.
struct GroupCounts {
  /// At risk just before each time.
  let atRisk: [Double]
  /// What has become of the others before each time, by name.
  let rows: [(label: String, values: [Double])]
  /// Whether anybody enters after the start.
  let hasLateEntries: Bool

  /// Whether some number is not whole.
  var isFractional: Bool {
    (atRisk + rows.flatMap(\.values)).contains { $0 != $0.rounded() }
  }

  /// A count, or a sum of weights to one decimal.
  static func text(_ value: Double) -> String { NumberFormatting.countOrSum(value) }

  /// The width of the widest number.
  func width(_ content: CountTableContent, size: Double) -> Double {
    let shown = content == .full ? atRisk + rows.flatMap(\.values) : atRisk
    return shown.reduce(0) { Swift.max($0, TextWidth.of(Self.text($1), size: size)) }
  }
}

extension GroupCounts {
  /// Counts a curve: censored, events, and, where rows enter late, all that have entered.
  ///
  /// Events and censorings are told apart as in the data, whichever of them the curve takes for the
  /// event.
  /// - Complexity: O(*m* + *k*) for *m* times of the curve and *k* times of the table.
  init(_ curve: SurvivalCurve, at times: [Double]) {
    let rows = curve.numbersAtRisk(at: times)
    let events = curve.times.sums(of: curve.events, before: times)
    let censored = curve.times.sums(of: curve.censored, before: times)
    // Not the column of entries, which also counts those that were there from the beginning.
    let late = curve.numbersAtRisk(at: [.infinity]).reduce(0) { $0 + $1.entered }
    let all = curve.events.reduce(0, +) + curve.censored.reduce(0, +)
    var sofar = all - late
    let entered = rows.map { row in
      sofar += row.entered
      return sofar
    }
    hasLateEntries = late > 0
    // A reversed curve takes who has the event at a time out of those at risk of being censored then.
    atRisk =
      curve.isReversed
      ? times.indices.map { Swift.max(0, entered[$0] - events[$0] - censored[$0]) }
      : rows.map(\.atRisk)
    var counted: [(label: String, values: [Double])] = [
      ("Censored", curve.isReversed ? events : censored),
      ("Events", curve.isReversed ? censored : events),
    ]
    if late > 0 { counted.append(("Entered", entered)) }
    self.rows = counted
  }
}

extension [Double] {
  /// Of amounts at these ascending times, the sums before each of some ascending times.
  func sums(of amounts: [Double], before times: [Double]) -> [Double] {
    var (sum, next) = (0.0, 0)
    return times.map { time in
      while next < count, self[next] < time {
        sum += amounts[next]
        next += 1
      }
      return sum
    }
  }
}

/// The table under the axis of a figure of curves, in columns under the ticks.
struct CountTable {
  struct Group {
    var name: String
    /// The look of the group's curve; `nil` when no single curve is the group's.
    var style: SeriesStyle?
    var counts: GroupCounts
  }

  var content: CountTableContent
  var groups: [Group]

  /// The table of survival curves at any times; `nil` when none is wanted.
  static func make(
    of curves: [SurvivalCurve], _ content: CountTableContent, title: String? = nil
  ) -> (([Double]) -> CountTable)? {
    guard content != .none else { return nil }
    return { times in
      CountTable(
        content: content,
        groups: curves.enumerated().map { index, curve in
          Group(
            name: Wording.name(curve, of: curves, title: title), style: SeriesStyle(index: index),
            counts: GroupCounts(curve, at: times))
        })
    }
  }

  /// What the numbers mean, in sentences.
  static func notes(_ content: CountTableContent, _ curves: [SurvivalCurve] = []) -> [String] {
    guard content != .none else { return [] }
    var notes = [
      content == .full
        ? "At risk: just before the time. Other numbers: before it."
        : "At risk: just before the time."
    ]
    let counts = curves.map { GroupCounts($0, at: [$0.lastTime ?? 0]) }
    if content == .full, counts.contains(where: \.hasLateEntries) {
      notes.append("Entered: at any time before; at risk, censored and events together.")
    }
    if counts.contains(where: \.isFractional) { notes.append("Numbers are sums of weights.") }
    return notes
  }

  /// The rows of a group under its name.
  func rows(of group: Group) -> [(label: String, values: [Double])] {
    [("At risk", group.counts.atRisk)] + group.counts.rows
  }
}

extension Page {
  private static var shortSample: Double { 22 }

  /// The room that the labels of a table need at the left, the first number's own half aside.
  func leftRoom(for table: CountTable) -> Double {
    switch table.content {
    case .none: return 0
    case .full:
      let labels = table.groups.flatMap { table.rows(of: $0).map(\.label) }
      return Swift.min(
        room * 0.3, labels.reduce(0) { Swift.max($0, TextWidth.of($1, size: size)) }) + 14
    case .atRisk:
      let heading = TextWidth.of("At risk", size: size, isBold: true)
      guard hasNamesBeside(table) else { return heading + 12 }
      return Swift.max(heading, widestName(table)) + Self.shortSample + 6 + 12
    }
  }

  private func widestName(_ table: CountTable) -> Double {
    table.groups.reduce(0) { Swift.max($0, TextWidth.of($1.name, size: size)) }
  }

  /// Whether the names of a table of one row for each group stand at its left, where they take no more
  /// than a quarter of the width, and not on lines of their own.
  private func hasNamesBeside(_ table: CountTable) -> Bool {
    widestName(table) <= room * 0.25
  }

  /// Adds a table whose columns stand under the ticks of a panel.
  mutating func addTable(_ table: CountTable, under panel: Panel) {
    guard table.content != .none, !table.groups.isEmpty else { return }
    y += 6
    canvas.begin("sk-table")
    let columns = panel.xAxis.ticks.map { panel.x($0.value) }
    func addRow(_ values: [Double], top: Double, to page: inout Page) {
      for (value, x) in zip(values, columns) {
        page.canvas.text(
          GroupCounts.text(value), x: x, y: page.baseline(top), anchor: .middle)
      }
    }
    if table.content == .atRisk {
      canvas.text("At risk", x: left, y: baseline(y), isBold: true)
      y += lineHeight
      let hasNamesBeside = hasNamesBeside(table)
      for group in table.groups {
        canvas.begin("sk-counts")
        addName(of: group, indentation: Self.shortSample + 6, isBold: false)
        if hasNamesBeside { y -= lineHeight }
        addRow(group.counts.atRisk, top: y, to: &self)
        y += lineHeight
        canvas.end()
      }
    } else {
      for (index, group) in table.groups.enumerated() {
        canvas.begin("sk-counts")
        if index > 0 { y += 4 }
        addName(of: group, indentation: group.style == nil ? 0 : Self.shortSample + 6, isBold: true)
        for row in table.rows(of: group) {
          let label = FittedText(row.label, width: room * 0.3 + 1, size: size, maximumLines: 3)
          let top = y
          for line in label.lines {
            canvas.text(line, x: left, y: baseline(y), paint: .muted, tooltip: label.fullText)
            y += (lineHeight * 0.93).rounded()
          }
          addRow(row.values, top: top, to: &self)
        }
        canvas.end()
      }
    }
    canvas.end()
  }

  /// Adds the name of a group after a piece of its line, and fills the page to below it.
  private mutating func addName(of group: CountTable.Group, indentation: Double, isBold: Bool) {
    let name = FittedText(
      group.name, width: room - indentation, size: size, isBold: isBold, maximumLines: 3)
    if let style = group.style {
      addSample(.line, style, x: left, y: y + lineHeight / 2, width: Self.shortSample)
    }
    for line in name.lines {
      canvas.text(
        line, x: left + indentation, y: baseline(y), isBold: isBold, tooltip: name.fullText)
      y += lineHeight
    }
  }
}
