// SPDX-License-Identifier: Apache-2.0

/// The risks of all causes by some times, predicted for one row of covariates.
public struct AbsoluteRisks: Hashable, Sendable, Codable {
  /// The names of the causes, in order.
  public let causes: [String]
  /// The times asked for.
  public let times: [Double]
  /// For each cause the risk at each time; `nil` beyond the last time at which anybody of the stratum
  /// was observed.
  public let risks: [[PredictedIncidence?]]
  /// The probability of no event of any cause by each time; `nil` likewise.
  public let eventFree: [Double?]
  /// What deserves doubt: risks that sum to more than one.
  public let diagnostics: [CoxDiagnostic]

  /// The risks of a cause; none for a cause without events.
  public subscript<Cause: Hashable & Sendable>(_ cause: Cause) -> [PredictedIncidence?] {
    causes.firstIndex(of: LevelOrder.name(cause)).map { risks[$0] } ?? []
  }
}

extension AbsoluteRisks: CustomStringConvertible {
  /// A row for each time and cause, with 95% limits; and doubts.
  public var description: String {
    var rows = [(time: Double, cause: String, risk: PredictedIncidence?)]()
    for (index, time) in times.enumerated() {
      for (cause, found) in zip(causes, risks) { rows.append((time, cause, found[index])) }
    }
    func column(_ value: (PredictedIncidence) -> Double?) -> [String] {
      NumberFormatting.column(rows.map { $0.risk.flatMap(value) }, digits: 4)
    }
    let columns = [
      rows.map(\.cause), NumberFormatting.column(rows.map(\.time), digits: 6),
      column(\.probability), column(\.standardError), column { $0.interval()?.lower },
      column { $0.interval()?.upper },
    ]
    var table = TextTable(columns: [
      .text("cause"), .number("time"), .number("risk"), .number("se"), .number("lower"),
      .number("upper"),
    ])
    for row in rows.indices { table.append(columns.map { $0[row] }) }
    let doubts = diagnostics.map { TextLayout.wrapped("! \($0.message).", indentation: 2) }
    return ([table.fitted().description] + doubts).joined(separator: "\n\n")
  }
}
