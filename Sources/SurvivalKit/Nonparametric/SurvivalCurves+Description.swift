// SPDX-License-Identifier: Apache-2.0

extension SurvivalCurves: CustomStringConvertible {
  /// What R prints of `survfit`: numbers, events and medians with 95% limits, group by group.
  public var description: String { text() }

  /// The curves as text: numbers, events, medians with limits and restricted means.
  /// - Parameters:
  ///   - level: The level of confidence.
  ///   - interval: The scale of the limits; no limits when `nil`.
  ///   - restriction: Where restricted means end.
  /// - Returns: Lines of at most 80 columns.
  package func text(
    level: Double = 0.95, interval: CurveInterval? = .log, restriction: RestrictionTime = .common
  ) -> String {
    guard let first = curves.first else { return "no curves" }
    var title = first.isReversed ? "Reverse \(first.estimator.title)" : first.estimator.title
    title += curves.count == 1 ? " curve" : " curves"
    if !endpoint.isEmpty { title += " of \(endpoint)" }
    if first.isReversed { title += " (censoring is the event)" }
    let rows = curves.reduce(0) { $0 + $1.rowCount }
    var blocks = [
      TextLayout.wrapped(title) + "\n"
        + TextLayout.wrapped(
          "\(NumberFormatting.quantity(rows, "row")) used; \(exclusions)", indentation: 2)
    ]
    blocks.append(summaryTable(level, interval, restriction).description)
    blocks.append(conventions(first, level, interval))
    return blocks.joined(separator: "\n\n")
  }

  private func summaryTable(
    _ level: Double, _ interval: CurveInterval?, _ restriction: RestrictionTime
  ) -> TextTable {
    let percent = NumberFormatting.percent(level)
    let medians = curves.map { $0.median(level: level, interval ?? .log) }
    let means = restrictedMeans(restriction)
    let hasSeveralRows = curves.contains { $0.rowCount != $0.subjectCount }
    let limits = Set(means.compactMap { $0?.upTo })
    let meanTitle =
      limits.count == 1
      ? "mean to \(limits.first.map { NumberFormatting.significant($0, digits: 6) } ?? "")"
      : "mean"
    func column(_ values: [Double?]) -> [String] { NumberFormatting.column(values, digits: 4) }
    var columns: [(TextTable.Column, [String])] = [
      (.text("group"), curves.map(\.group))
    ]
    if hasSeveralRows {
      columns.append((.number("rows"), curves.map { "\($0.rowCount)" }))
    }
    columns += [
      (.number("n"), curves.map { "\($0.subjectCount)" }),
      (.number("events"), curves.map { NumberFormatting.count($0.eventCount) }),
      (.number("median"), column(medians.map(\.estimate))),
    ]
    if interval != nil {
      columns += [
        (.number("lower \(percent)"), column(medians.map(\.lower))),
        (.number("upper \(percent)"), column(medians.map(\.upper))),
      ]
    }
    if limits.count > 1 {
      columns.append((.number("up to"), column(means.map { $0?.upTo })))
    }
    columns += [
      (.number(meanTitle), column(means.map { $0?.estimate })),
      (.number("se"), NumberFormatting.column(means.map { $0?.standardError }, digits: 3)),
    ]
    var table = TextTable(columns: columns.map(\.0))
    for row in curves.indices { table.append(columns.map { $0.1[row] }) }
    return table.fitted()
  }

  private func conventions(
    _ curve: SurvivalCurve, _ level: Double, _ interval: CurveInterval?
  ) -> String {
    var lines = [String]()
    let limits =
      interval.map {
        "\(NumberFormatting.percent(level)) limits on the \($0.title) scale, "
      } ?? ""
    lines.append("\(limits)\(curve.variance.title) variance.".capitalizedStart)
    lines.append("NA: not reached, or not known.")
    if let weights = curve.weightKind.sentence { lines.append(weights) }
    if let merged = mergedTimes.sentence { lines.append(merged) }
    return TextLayout.wrapped(lines.joined(separator: " "))
  }
}

extension String {
  /// The text with a capital first letter.
  fileprivate var capitalizedStart: String { prefix(1).uppercased() + dropFirst() }
}
