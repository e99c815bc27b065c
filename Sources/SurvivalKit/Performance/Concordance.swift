// SPDX-License-Identifier: Apache-2.0

/// How well a predictor orders the times to the event: Harrell's C with its standard error.
///
///     C = (concordant + tied / 2) / (concordant + discordant + tied)
///
/// over the pairs in which one row has the event while the other, of the same stratum, is at risk and
/// goes on: concordant when the larger predictor had the event first. Pairs count the product of
/// their weights. The standard error is that of the infinitesimal jackknife, as in R's `concordance`.
/// Harrell et al. (1982), doi:10.1001/jama.1982.03320430047030.
public struct Concordance: Hashable, Sendable, Codable {
  /// The share of the comparable pairs that are ordered rightly; ½ is no better than chance.
  public let estimate: Double
  /// The standard error, by cluster where the data have clusters or subjects.
  public let standardError: Double
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
  /// - Throws: ``SurvivalError`` when lengths differ, a predictor is not a number, or no pair of rows
  ///   can be compared.
  /// - Complexity: O(*n* log *n*).
  public init(
    of predictor: [Double], _ data: SurvivalData, strata: Grouping? = nil
  ) throws(SurvivalError) {
    for (name, length) in [("predictor", predictor.count), ("strata", strata?.count ?? data.count)]
    where length != data.count {
      throw SurvivalError(
        .mismatchedLengths, "the data have \(data.count) rows but \(name) has \(length)")
    }
    let problems = predictor.indices.filter { !predictor[$0].isFinite }.map {
      SurvivalError.RowProblem(
        index: $0, column: "predictor", found: "\(predictor[$0])", allowed: "a finite number")
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(problems.count) predictor(s) are not numbers", problems: problems)
    }
    try self.init(
      PairCounts(predictor: predictor, data: data, table: RiskTable(data, strata: strata)), data)
  }

  /// The concordance from the counts of pairs.
  init(_ counts: PairCounts, _ data: SurvivalData) throws(SurvivalError) {
    let comparable = counts.concordant + counts.discordant + counts.tiedPredictor
    guard comparable > 0 else {
      throw SurvivalError(
        .notEstimable, "no two rows can be compared: nobody was at risk when another had the event")
    }
    let estimate = (counts.concordant + counts.tiedPredictor / 2) / comparable
    let dependence = data.dependence
    let standsForMany = dependence == nil && data.weightKind == .frequency
    let weights = data.weights?.values
    var influence = [Double](repeating: 0, count: dependence?.levels.count ?? data.count)
    var variance = 0.0
    for row in 0..<data.count {
      let weight = weights?[row] ?? 1
      let one = (counts.score[row] - estimate * counts.pairs[row]) / comparable
      if standsForMany {
        variance += weight * one * one
      } else {
        influence[dependence?.codes[row] ?? row] += weight * one
      }
    }
    for value in influence { variance += value * value }
    self.estimate = estimate
    standardError = variance.squareRoot()
    concordant = counts.concordant
    discordant = counts.discordant
    tiedPredictor = counts.tiedPredictor
    tiedTime = counts.tiedTime
  }
}
