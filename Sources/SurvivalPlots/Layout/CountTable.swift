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
  /// Censored before each time.
  let censored: [Double]
  /// With the event before each time.
  let events: [Double]
  /// Under observation at any time before; at the start of the curve for the first.
  let entered: [Double]
  /// Whether anybody enters after the start.
  let hasLateEntries: Bool
  /// Whether some number is not whole.
  let isFractional: Bool

  /// Counts a curve; events and censorings are told apart as in the data, whichever of them the curve
  /// takes for the event.
  /// - Complexity: O(*m* + *k*) for *m* times of the curve and *k* times of the table.
  init(_ curve: SurvivalCurve, at times: [Double]) {
    let rows = curve.numbersAtRisk(at: times)
    var (first, second) = ([Double](), [Double]())
    var (events, censored) = (0.0, 0.0)
    var next = 0
    for time in times {
      while next < curve.times.count, curve.times[next] < time {
        events += curve.events[next]
        censored += curve.censored[next]
        next += 1
      }
      first.append(events)
      second.append(censored)
    }
    (self.events, self.censored) = curve.isReversed ? (second, first) : (first, second)
    // Not the column of entries, which also counts those that were there from the beginning.
    let late = curve.numbersAtRisk(at: [.infinity]).reduce(0) { $0 + $1.entered }
    let all = curve.events.reduce(0, +) + curve.censored.reduce(0, +)
    var sofar = all - late
    let entered = rows.map { row in
      sofar += row.entered
      return sofar
    }
    self.entered = entered
    // A reversed curve takes who has the event at a time out of those at risk of being censored then.
    atRisk =
      curve.isReversed
      ? times.indices.map { Swift.max(0, entered[$0] - first[$0] - second[$0]) }
      : rows.map(\.atRisk)
    hasLateEntries = late > 0
    isFractional = (atRisk + first + second).contains { $0 != $0.rounded() }
  }

  static func text(_ value: Double) -> String { NumberFormatting.count(value, digits: 4) }

  /// The width of the widest number.
  func width(_ content: CountTableContent, size: Double) -> Double {
    let shown = content == .full ? atRisk + censored + events : atRisk
    return shown.reduce(0) { Swift.max($0, TextWidth.of(Self.text($1), size: size)) }
  }
}

/// The table under the axis of a figure of curves, in columns under the ticks.
struct CountTable {
  struct Group {
    var name: String
    var style: SeriesStyle
    var counts: GroupCounts
  }

  var content: CountTableContent
  var groups: [Group]

  /// The rows of a group under its name.
  func rows(of group: Group) -> [(label: String, values: [Double])] {
    var rows = [
      ("At risk", group.counts.atRisk), ("Censored", group.counts.censored),
      ("Events", group.counts.events),
    ]
    if groups.contains(where: \.counts.hasLateEntries) {
      rows.append(("Entered", group.counts.entered))
    }
    return rows
  }
}

extension Page {
  private static var shortSample: Double { 22 }

  /// The room that the labels of a table need at the left, the first number's own half aside.
  func leftRoom(for table: CountTable) -> Double {
    switch table.content {
    case .none: return 0
    case .full:
      return ["At risk", "Censored", "Events", "Entered"]
        .reduce(0) { Swift.max($0, TextWidth.of($1, size: size)) } + 14
    case .atRisk:
      return nameLimit(table) + Self.shortSample + 6 + 12
    }
  }

  /// The room of names at the left of a table of one row for each group.
  private func nameLimit(_ table: CountTable) -> Double {
    let widest = table.groups.reduce(0) { Swift.max($0, TextWidth.of($1.name, size: size)) }
    return Swift.max(TextWidth.of("At risk", size: size), Swift.min(widest, room * 0.22))
  }

  /// Adds a table whose columns stand under the ticks of a panel.
  mutating func addTable(_ table: CountTable, under panel: Panel) {
    guard table.content != .none, !table.groups.isEmpty else { return }
    y += 6
    canvas.begin("sk-table")
    let columns = panel.xAxis.ticks.map { panel.x($0.value) }
    func addRow(_ values: [Double], to page: inout Page) {
      for (value, x) in zip(values, columns) {
        page.canvas.text(
          GroupCounts.text(value), x: x, y: page.baseline(page.y), anchor: .middle)
      }
    }
    if table.content == .atRisk {
      canvas.text("At risk", x: left, y: baseline(y), isBold: true)
      y += lineHeight
      let limit = nameLimit(table)
      for group in table.groups {
        canvas.begin("sk-counts")
        let name = FittedText(group.name, width: limit, size: size)
        addSample(.line, group.style, x: left, y: y + lineHeight / 2, width: Self.shortSample)
        canvas.text(
          name.lines[0], x: left + Self.shortSample + 6, y: baseline(y), tooltip: name.fullText)
        addRow(group.counts.atRisk, to: &self)
        y += lineHeight
        canvas.end()
      }
    } else {
      for (index, group) in table.groups.enumerated() {
        canvas.begin("sk-counts")
        if index > 0 { y += 4 }
        let indentation = Self.shortSample + 6
        let name = FittedText(
          group.name, width: room - indentation, size: size, isBold: true)
        addSample(.line, group.style, x: left, y: y + lineHeight / 2, width: Self.shortSample)
        canvas.text(
          name.lines[0], x: left + indentation, y: baseline(y), isBold: true,
          tooltip: name.fullText)
        y += lineHeight
        for row in table.rows(of: group) {
          canvas.text(row.label, x: left, y: baseline(y), paint: .muted)
          addRow(row.values, to: &self)
          y += (lineHeight * 0.93).rounded()
        }
        canvas.end()
      }
    }
    canvas.end()
  }
}
