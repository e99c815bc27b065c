// SPDX-License-Identifier: Apache-2.0

/// How much the pairs of one event time count in a concordance.
///
/// At an event time *t* with a weight *n* at risk; *S*(*t*−) and *G*(*t*−) are the Kaplan–Meier curves
/// of the event and of censoring just before it, of the same stratum. Censorings come after events at
/// the same time. For what each estimates: Therneau & Watson (2015), Mayo Clinic technical report 85.
public enum ConcordanceWeight: String, Hashable, Sendable, Codable, CaseIterable {
  /// 1: every pair counts once. R's `timewt = "n"`.
  ///
  /// Harrell et al. (1982), doi:10.1001/jama.1982.03320430047030. What it estimates depends on the
  /// censoring.
  case harrell
  /// 1/*G*(*t*−)²: as if nobody were censored before τ. R's `timewt = "n/G2"`.
  ///
  /// Uno et al. (2011), doi:10.1002/sim.4154. Without a τ the last events may have very large weights.
  case uno
  /// *S*(*t*−)/(*n* *G*(*t*−)): R's `timewt = "S/G"`.
  ///
  /// Schemper, Wakounig & Heinze (2009), doi:10.1002/sim.3623.
  case schemper
  /// *S*(*t*−)/*n*, as in the test of Peto & Peto (1972), doi:10.2307/2344317. R's `timewt = "S"`.
  case peto
  /// 1/*n*: every event counts once, as in the log-rank test. R's `timewt = "I"`.
  case logRank = "log-rank"

  /// The powers of the stratum's total weight, of *S*(*t*−), of *G*(*t*−) and of *n* in the weight.
  ///
  /// The total gives strata of different size their share; within one stratum it cancels.
  var powers: (total: Double, survival: Double, censoring: Double, atRisk: Double) {
    switch self {
    case .harrell: (0, 0, 0, 0)
    case .uno: (0, 0, -2, 0)
    case .schemper: (1, 1, -1, -1)
    case .peto: (1, 1, 0, -1)
    case .logRank: (0, 0, 0, -1)
    }
  }
}

/// The weight of every event time, and how it changes with the weight of every row.
struct PairTimeWeights {
  /// One for each slot of the table; 0 beyond the last time that counts.
  private(set) var values: [Double]
  private let kind: ConcordanceWeight
  private let counts: RiskCounts?
  private let data: SurvivalData
  private let table: RiskTable

  /// Weighs the slots of a table.
  /// - Throws: ``SurvivalError`` with code `invalidArgument` for weights that need the distribution of
  ///   censoring while rows enter late, or a last time that is not a number.
  /// - Complexity: O(*n*).
  init(
    _ kind: ConcordanceWeight, upTo limit: Double?, data: SurvivalData, table: RiskTable
  ) throws(SurvivalError) {
    if let limit, limit.isNaN {
      throw SurvivalError(.invalidArgument, "the last time of a concordance is not a number")
    }
    let powers = kind.powers
    if powers.censoring != 0, table.hasLateEntries {
      throw SurvivalError(
        .invalidArgument,
        "the weights \(kind.rawValue) rest on the distribution of censoring, which is not known for "
          + "rows that enter late; use \(ConcordanceWeight.harrell.rawValue), "
          + "\(ConcordanceWeight.peto.rawValue) or \(ConcordanceWeight.logRank.rawValue)")
    }
    self.kind = kind
    self.data = data
    self.table = table
    values = [Double](repeating: 1, count: table.slotCount)
    counts = kind == .harrell ? nil : RiskCounts(table, data)
    for range in table.strata {
      let total = powers.total == 0 ? 1 : weight(of: range)
      var (survival, censoring) = (1.0, 1.0)
      for slot in range.reversed() {
        if let counts, counts.events[slot] > 0 {
          var value = total
          if powers.survival != 0 { value *= survival }
          if powers.censoring != 0 { value /= censoring }
          if powers.censoring == -2 { value /= censoring }
          if powers.atRisk != 0 { value /= counts.atRisk[slot] }
          values[slot] = value
        }
        if let counts {
          if counts.events[slot] > 0 { survival *= counts.afterEvents[slot] / counts.atRisk[slot] }
          if counts.censored[slot] > 0 {
            censoring *= counts.afterCensoring[slot] / counts.afterEvents[slot]
          }
        }
        if let limit, table.slotTimes[slot] > limit { values[slot] = 0 }
      }
    }
  }

  /// The total weight of the rows of a stratum.
  private func weight(of slots: Range<Int>) -> Double {
    guard !slots.isEmpty else { return 0 }
    let weights = data.weights?.values
    return (table.slotStart[slots.lowerBound]..<table.slotStart[slots.upperBound]).reduce(0) {
      $0 + (weights?[Int(table.order[$1])] ?? 1)
    }
  }

  /// Adds to every row the change of a sum over event times with its weight, by way of the weights of
  /// the times.
  ///
  ///     Σ over t of A(t) · ∂ log weight(t) / ∂wᵢ
  ///
  /// A row that is at risk at a time and goes on raises log S by d/(n(n − d)), one that dies there
  /// lowers it by 1/n; so for *G*, with the censored among those whom the events have left.
  /// - Parameters:
  ///   - sums: A(t) for each slot.
  ///   - changes: What is added to, one for each row.
  /// - Complexity: O(*n*).
  func addChanges(of sums: [Double], to changes: inout [Double]) {
    guard let counts else { return }
    let powers = kind.powers
    for (stratum, range) in table.strata.enumerated() where !range.isEmpty {
      // Σ A over the later times, for each slot; the latest comes first.
      var later = [Double](repeating: 0, count: range.count)
      var sum = 0.0
      for slot in range {
        later[slot - range.lowerBound] = sum
        sum += sums[slot]
      }
      let whole = powers.total == 0 ? 0 : sum / weight(of: range)
      var gained = 0.0
      for slot in range.reversed() {
        let rest = later[slot - range.lowerBound]
        let (n, survivors) = (counts.atRisk[slot], counts.afterEvents[slot])
        let (dead, lost) = (counts.events[slot], counts.censored[slot])
        let kept = counts.afterCensoring[slot]
        if dead > 0 { gained += powers.atRisk * sums[slot] / n }
        let ofDead = whole + gained - (rest == 0 ? 0 : powers.survival * rest / n)
        for position in table.eventPositions(slot) {
          changes[Int(table.order[position])] += ofDead
        }
        if dead > 0, survivors > 0 { gained += powers.survival * rest * dead / n / survivors }
        let ofLost = whole + gained - (rest == 0 ? 0 : powers.censoring * rest / survivors)
        for position in table.censoredPositions(slot) {
          changes[Int(table.order[position])] += ofLost
        }
        if let entryOrder = table.entryOrder {
          for position in table.enteredPositions(slot, stratum: stratum) {
            changes[Int(entryOrder[position])] -= gained
          }
        }
        if lost > 0, kept > 0 { gained += powers.censoring * rest * lost / survivors / kept }
      }
    }
  }
}
