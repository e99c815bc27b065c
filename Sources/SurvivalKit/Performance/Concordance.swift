// SPDX-License-Identifier: Apache-2.0

/// How well a predictor orders the times to the event: Harrell's C, Uno's C and their kin.
///
///     C = (concordant + tied / 2) / (concordant + discordant + tied)
///
/// over the pairs in which one row has the event while the other, of the same stratum, is at risk and
/// goes on: concordant when the larger predictor had the event first. A pair counts the product of its
/// rows' weights and the weight of its event time (``ConcordanceWeight``); events after τ do not count.
///
/// The standard error is that of the infinitesimal jackknife: the root of the sum over rows, or over
/// clusters, of squared changes of C with the weight of a row. A cluster may cross strata.
///
/// Harrell et al. (1982), doi:10.1001/jama.1982.03320430047030; Uno et al. (2011),
/// doi:10.1002/sim.4154.
public struct Concordance: Hashable, Sendable, Codable {
  /// The share of the comparable pairs that are ordered rightly; ½ is no better than chance.
  public let estimate: Double
  /// The standard error, by cluster where the data have clusters or subjects.
  ///
  /// It includes that the weights of the event times, *S* and *G* in them, are estimates too; R's
  /// `concordance` does not, see ``standardErrorOfKnownWeights``.
  public let standardError: Double
  /// The standard error if the weights of the event times were known, as R has it.
  ///
  /// Equal to ``standardError`` for Harrell's C, whose event times have no weights.
  public let standardErrorOfKnownWeights: Double
  /// How much the pairs of an event time count.
  public let weighting: ConcordanceWeight
  /// The last time τ whose events count; `nil` when all do.
  public let lastTime: Double?
  /// The weight of the pairs whose larger predictor had the event first.
  public let concordant: Double
  /// The weight of the pairs whose smaller predictor had the event first.
  public let discordant: Double
  /// The weight of the comparable pairs with equal predictors.
  public let tiedPredictor: Double
  /// The weight of the pairs in which both had the event at the same time: not comparable.
  public let tiedTime: Double

  /// A confidence interval, symmetric about the estimate and cut to 0 … 1.
  /// - Parameter level: The level of confidence, between 0 and 1.
  /// - Returns: estimate ± z·standardError.
  public func interval(level: Double = 0.95) -> ConfidenceInterval {
    let halfWidth = ConfidenceInterval.normalQuantile(level: level) * standardError
    return ConfidenceInterval(
      lower: Swift.max(0, estimate - halfWidth), upper: Swift.min(1, estimate + halfWidth),
      level: level)
  }

  /// The concordance of a predictor of risk.
  /// - Parameters:
  ///   - predictor: One number for each row; larger means an earlier event is expected.
  ///   - data: The follow-up of the rows; delayed entry, weights and clusters are respected.
  ///   - strata: The stratum of every row: only rows of one stratum are compared.
  ///   - weighting: How much the pairs of an event time count.
  ///   - lastTime: The time τ after which events do not count; an event at τ does, as with R's `ymax`.
  ///     (Uno's formula and scikit-survival leave it out.)
  ///   - tolerance: Neighbouring predictors that differ by no more are tied, and so are chains of
  ///     them; by default 2⁻⁴⁴ of the largest, which is what rounding may do.
  /// - Throws: ``SurvivalError`` when lengths differ, a predictor is not a number, no pair of rows can
  ///   be compared, or rows enter late where the weights need the distribution of censoring.
  /// - Complexity: O(*n* log *n*).
  public init(
    of predictor: [Double], _ data: SurvivalData, strata: Grouping? = nil,
    weighting: ConcordanceWeight = .harrell, upTo lastTime: Double? = nil,
    tiesWithin tolerance: Double? = nil
  ) throws(SurvivalError) {
    self = try PairedComparison(data, strata: strata, weighting: weighting, upTo: lastTime)
      .concordance(of: predictor, ties: PredictorTies(within: tolerance)).concordance
  }

  init(
    _ counts: PairCounts, weighting: ConcordanceWeight, lastTime: Double?, estimate: Double,
    standardError: Double, standardErrorOfKnownWeights: Double
  ) {
    self.estimate = estimate
    self.standardError = standardError
    self.standardErrorOfKnownWeights = standardErrorOfKnownWeights
    self.weighting = weighting
    self.lastTime = lastTime
    concordant = counts.concordant
    discordant = counts.discordant
    tiedPredictor = counts.tiedPredictor
    tiedTime = counts.tiedTime
  }
}

extension Concordance: CustomStringConvertible {
  /// The estimate with its standard error, and the pairs it was counted from.
  public var description: String {
    let figures = NumberFormatting.column([estimate, standardError], digits: 4)
    let limit = lastTime.map { ", up to \(NumberFormatting.significant($0, digits: 7))" } ?? ""
    var table = TextTable(
      columns: ["concordant", "discordant", "tied x", "tied time"].map { .number($0) })
    table.append(
      [concordant, discordant, tiedPredictor, tiedTime].map {
        NumberFormatting.significant($0, digits: 7)
      })
    return "Concordance \(figures[0]), standard error \(figures[1]) "
      + "(weights: \(weighting.rawValue)\(limit))\n" + table.fitted().description
  }
}
