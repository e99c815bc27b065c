// SPDX-License-Identifier: Apache-2.0

extension LogRankResult: CustomStringConvertible {
  /// What R prints of `survdiff`: observed and expected events, the statistic and its p-value; and
  /// the pairs of groups, when they were asked for.
  public var description: String { text() }

  /// The test as text.
  /// - Parameter showsTrend: Whether the test of trend is printed.
  /// - Returns: Lines of at most 80 columns.
  package func text(showsTrend: Bool = false) -> String {
    var title = weightFunction.title
    if !endpoint.isEmpty { title += " of \(endpoint)" }
    if stratumCount > 1 { title += ", within \(stratumCount) strata" }
    let rows = groups.reduce(0) { $0 + $1.rowCount }
    var blocks = [
      TextLayout.wrapped(title) + "\n"
        + TextLayout.wrapped(
          "\(NumberFormatting.quantity(rows, "row")) used; \(exclusions)", indentation: 2)
    ]
    blocks.append(groupTable.description)
    var tests = [overall.sentence]
    if showsTrend {
      tests.append("trend in group order: \(trend?.sentence ?? "no variance")")
    }
    blocks.append(tests.joined(separator: "\n"))
    if let pairAdjustment { blocks.append(pairTable(pairAdjustment).description) }
    if !notes.isEmpty { blocks.append(TextLayout.wrapped(notes.joined(separator: " "))) }
    return blocks.joined(separator: "\n\n")
  }

  private var groupTable: TextTable {
    let variances = groups.indices.map { covariance[$0][$0] }
    let excess = groups.map { ($0.observed - $0.expected) * ($0.observed - $0.expected) }
    func share(_ denominators: [Double]) -> [String] {
      NumberFormatting.column(
        zip(excess, denominators).map { $1 > 0 ? $0 / $1 : nil }, digits: 3)
    }
    let observed = NumberFormatting.column(groups.map(\.observed), digits: 5)
    let expected = NumberFormatting.column(groups.map(\.expected), digits: 4)
    let byExpected = share(groups.map(\.expected))
    let byVariance = share(variances)
    var table = TextTable(columns: [
      .text("group"), .number("n"), .number("observed"), .number("expected"),
      .number("(O-E)²/E"), .number("(O-E)²/V"),
    ])
    for (row, group) in groups.enumerated() {
      table.append([
        group.name, "\(group.rowCount)", observed[row], expected[row], byExpected[row],
        byVariance[row],
      ])
    }
    return table.fitted()
  }

  private func pairTable(_ adjustment: PValueAdjustment) -> TextTable {
    let statistics = NumberFormatting.column(pairs.map(\.statistic), digits: 4)
    var table = TextTable(columns: [
      .text("pair"), .number("chi-squared"), .number("p"), .number("p, \(adjustment.title)"),
    ])
    for (row, pair) in pairs.enumerated() {
      table.append([
        "\(pair.first) - \(pair.second)", statistics[row],
        pair.pValue.map { NumberFormatting.pValue($0, digits: 3) } ?? "NA",
        pair.adjustedPValue.map { NumberFormatting.pValue($0, digits: 3) } ?? "NA",
      ])
    }
    return table.fitted()
  }

  private var notes: [String] {
    var notes = [String]()
    if isRobust { notes.append("The variance is robust.") }
    if let weights = weightKind.sentence { notes.append(weights) }
    if let merged = mergedTimes.sentence { notes.append(merged) }
    return notes
  }
}

extension ChiSquaredTest {
  /// The statistic in words.
  var sentence: String {
    "chi-squared \(NumberFormatting.significant(statistic, digits: 4)) on "
      + "\(NumberFormatting.quantity(degreesOfFreedom, "degree")) of freedom, "
      + NumberFormatting.pStatement(pValue)
  }
}

extension LogRankWeight {
  /// The name of the test in a heading.
  package var title: String {
    switch self {
    case .logRank: "Log-rank test"
    case .gehanBreslow: "Gehan–Breslow test"
    case .taroneWare: "Tarone–Ware test"
    case .petoPeto: "Peto–Peto test"
    case .modifiedPetoPeto: "Modified Peto–Peto test"
    case .flemingHarrington(let rho, let gamma):
      "Fleming–Harrington test with rho \(NumberFormatting.significant(rho, digits: 6)) and "
        + "gamma \(NumberFormatting.significant(gamma, digits: 6))"
    }
  }
}

extension PValueAdjustment {
  /// The name in a column's header.
  package var title: String {
    switch self {
    case .none: "not adjusted"
    case .bonferroni: "Bonferroni"
    case .holm: "Holm"
    case .benjaminiHochberg: "Benjamini–Hochberg"
    }
  }
}
