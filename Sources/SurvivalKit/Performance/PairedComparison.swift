// SPDX-License-Identifier: Apache-2.0

/// What all predictors of the same rows share: the order of the rows and the weights of the times.
struct PairedComparison {
  private let data: SurvivalData
  private let table: RiskTable
  private let weighting: ConcordanceWeight
  private let lastTime: Double?
  private let timeWeights: PairTimeWeights

  /// The concordance of one predictor, and how it changes with the rows.
  struct Answer {
    let concordance: Concordance
    /// The influence of each independent unit, whose products sum to covariances.
    let influence: [Double]
    /// The same if the weights of the event times were known.
    let knownInfluence: [Double]
  }

  init(
    _ data: SurvivalData, strata: Grouping?, weighting: ConcordanceWeight, upTo lastTime: Double?
  ) throws(SurvivalError) {
    if let strata, strata.count != data.count {
      throw SurvivalError(
        .mismatchedLengths, "the data have \(data.count) rows but strata has \(strata.count)")
    }
    try self.init(
      data, RiskTable(data, strata: strata), weighting: weighting, upTo: lastTime)
  }

  init(
    _ data: SurvivalData, _ table: RiskTable, weighting: ConcordanceWeight, upTo lastTime: Double?
  ) throws(SurvivalError) {
    self.data = data
    self.table = table
    self.weighting = weighting
    self.lastTime = lastTime
    timeWeights = try PairTimeWeights(weighting, upTo: lastTime, data: data, table: table)
  }

  /// The concordance of a predictor of the rows.
  /// - Throws: ``SurvivalError`` when a predictor is not a number, or no two rows can be compared.
  func concordance(
    of predictor: [Double], named name: String = "predictor", ties: PredictorTies
  ) throws(SurvivalError) -> Answer {
    guard predictor.count == data.count else {
      throw SurvivalError(
        .mismatchedLengths,
        "the data have \(data.count) rows but \(name) has \(predictor.count)")
    }
    let problems = predictor.indices.filter { !predictor[$0].isFinite }.map {
      SurvivalError.RowProblem(
        index: $0, column: name, found: "\(predictor[$0])", allowed: "a finite number")
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(problems.count) predictor(s) are not numbers", problems: problems)
    }
    if case .within(let tolerance) = ties, !(tolerance >= 0 && tolerance.isFinite) {
      throw SurvivalError(
        .invalidArgument, "the tolerance of ties is \(tolerance); give a number of 0 or more")
    }
    let counts = PairCounts(
      predictor: predictor, ties: ties, data: data, table: table, timeWeights: timeWeights)
    let comparable = counts.concordant + counts.discordant + counts.tiedPredictor
    guard comparable > 0 else {
      throw SurvivalError(
        .notEstimable,
        "no two rows can be compared: nobody was at risk when another had the event"
          + (lastTime.map { " up to \($0)" } ?? ""))
    }
    guard comparable.isFinite else {
      throw SurvivalError(.overflow, "the weights of the pairs leave the range of numbers")
    }
    let estimate = (counts.concordant + counts.tiedPredictor / 2) / comparable
    var changes = zip(counts.score, counts.pairs).map { ($0 - estimate * $1) / comparable }
    let known = units(changes)
    timeWeights.addChanges(
      of: zip(counts.slotScore, counts.slotPairs).map { ($0 - estimate * $1) / comparable },
      to: &changes)
    let influence = units(changes)
    func standardError(_ units: [Double]) -> Double {
      units.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    return Answer(
      concordance: Concordance(
        counts, weighting: weighting, lastTime: lastTime, estimate: estimate,
        standardError: standardError(influence),
        standardErrorOfKnownWeights: standardError(known)),
      influence: influence, knownInfluence: known)
  }

  /// The influences of independent units, the clusters or the rows, from changes with the rows' weights.
  ///
  /// A row of frequency weight w stands for w rows.
  private func units(_ changes: [Double]) -> [Double] {
    let weights = data.weights?.values
    guard let dependence = data.dependence else {
      guard let weights else { return changes }
      return data.weightKind == .frequency
        ? zip(weights, changes).map { $0.squareRoot() * $1 } : zip(weights, changes).map { $0 * $1 }
    }
    var units = [Double](repeating: 0, count: dependence.levels.count)
    for (row, change) in changes.enumerated() {
      units[dependence.codes[row]] += (weights?[row] ?? 1) * change
    }
    return units
  }
}

extension PredictorTies {
  /// A tolerance, or that of rounding when there is none.
  init(within tolerance: Double?) { self = tolerance.map { .within($0) } ?? .rounding }
}
