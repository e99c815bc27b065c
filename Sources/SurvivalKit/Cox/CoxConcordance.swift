// SPDX-License-Identifier: Apache-2.0

extension CoxRegression {
  /// How well the linear predictor orders the times to the event.
  ///
  /// Predictors that differ by no more than 2⁻²⁶, or 2⁻²⁶ of their mean magnitude, are tied: the rule
  /// for near-ties of times (``TimeMerging``), as equal covariates must not differ by rounding.
  /// - Parameters:
  ///   - weighting: How much the pairs of an event time count; by default Harrell's C.
  ///   - lastTime: The time τ after which events do not count; `nil` for none.
  /// - Returns: The concordance within strata.
  /// - Throws: ``SurvivalError`` when no two rows can be compared, or rows enter late where the weights
  ///   need the distribution of censoring.
  /// - Complexity: O(*n* log *n*).
  public func concordance(
    weighting: ConcordanceWeight = .harrell, upTo lastTime: Double? = nil
  ) throws(SurvivalError) -> Concordance {
    try pairs(weighting, lastTime).concordance(of: rowPredictors, ties: .nearlyEqual).concordance
  }

  func pairs(
    _ weighting: ConcordanceWeight, _ lastTime: Double?
  ) throws(SurvivalError) -> PairedComparison {
    try PairedComparison(
      likelihood.data, likelihood.table, weighting: weighting, upTo: lastTime)
  }

  /// The linear predictors in the order of the data, centred; 0 for rows of weight 0.
  var rowPredictors: [Double] {
    var predictor = [Double](repeating: 0, count: likelihood.data.count)
    for (row, value) in zip(likelihood.table.order, likelihood.linearPredictors(at: point)) {
      predictor[Int(row)] = value
    }
    return predictor
  }
}

extension CoxFit {
  /// How well the linear predictor orders the times to the event among the records of the fit.
  /// - Parameters:
  ///   - weighting: How much the pairs of an event time count; by default Harrell's C.
  ///   - lastTime: The time τ after which events do not count; `nil` for none.
  /// - Returns: The concordance within strata.
  /// - Throws: ``SurvivalError`` as ``CoxRegression/concordance(weighting:upTo:)``.
  public func concordance(
    weighting: ConcordanceWeight = .harrell, upTo lastTime: Double? = nil
  ) throws(SurvivalError) -> Concordance {
    try regression.concordance(weighting: weighting, upTo: lastTime)
  }

  /// How well the linear predictor orders the times to the event among other records.
  ///
  /// Follow-up, strata, weights and clusters are read as by the model of the fit; records with a
  /// missing value are left out. Strata may be new: only rows of one stratum are compared.
  /// - Parameters:
  ///   - records: Records that the fit has not seen, such as those of a validation study.
  ///   - weighting: How much the pairs of an event time count; by default Harrell's C.
  ///   - lastTime: The time τ after which events do not count; `nil` for none.
  /// - Returns: The concordance within strata.
  /// - Throws: ``SurvivalError`` as ``Concordance/init(of:_:strata:weighting:upTo:tiesWithin:)``, with
  ///   code `unknownLevel` and the records whose factors have levels that the fit has not seen, or
  ///   `notEstimable` when a term changes with time.
  public func concordance(
    among records: [Record], weighting: ConcordanceWeight = .harrell, upTo lastTime: Double? = nil
  ) throws(SurvivalError) -> Concordance {
    let reader = try model.reader(records)
    var predictors = [Double]()
    var problems = [SurvivalError.RowProblem]()
    var code = SurvivalError.Code.unknownLevel
    for row in reader.rows {
      do {
        predictors.append(try centredPredictor(for: records[row]))
      } catch {
        code = error.code
        problems.append(
          SurvivalError.RowProblem(
            index: row, column: "covariates", found: error.message,
            allowed: "what the fit can predict for"))
      }
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        code, "\(problems.count) record(s) have no linear predictor: \(problems[0].found)",
        problems: problems)
    }
    let data = try model.data(reader)
    return try reader.naming { () throws(SurvivalError) in
      try PairedComparison(
        data, strata: reader.strata(model.strata), weighting: weighting,
        upTo: lastTime
      ).concordance(of: predictors, ties: .nearlyEqual).concordance
    }
  }
}

extension ConcordanceComparison {
  /// Compares the linear predictors of models of the same rows.
  /// - Parameters:
  ///   - fits: The fits with their names.
  ///   - weighting: How much the pairs of an event time count; by default Harrell's C.
  ///   - lastTime: The time τ after which events do not count; `nil` for none.
  /// - Throws: ``SurvivalError`` as ``CoxRegression/concordance(weighting:upTo:)``, or with code
  ///   `invalidArgument` when the fits have other rows, weights, clusters or strata than the first.
  public init(
    of fits: [(name: String, fit: CoxRegression)], weighting: ConcordanceWeight = .harrell,
    upTo lastTime: Double? = nil
  ) throws(SurvivalError) {
    guard let first = fits.first else {
      throw SurvivalError(.invalidArgument, "a comparison needs at least two fits")
    }
    for (name, fit) in fits.dropFirst() {
      guard fit.likelihood.data == first.fit.likelihood.data else {
        throw SurvivalError(
          .invalidArgument,
          "\(first.name) and \(name) were fitted to different rows, weights or clusters, so their "
            + "concordances are not of the same pairs")
      }
      guard fit.strata == first.fit.strata else {
        throw SurvivalError(
          .invalidArgument,
          "\(first.name) and \(name) have different strata, so they compare different pairs; pass "
            + "their linear predictors as columns with the strata to compare them in")
      }
    }
    try self.init(
      of: fits.map { ($0.name, $0.fit.rowPredictors) }, ties: .nearlyEqual,
      first.fit.pairs(weighting, lastTime))
  }

  /// Compares the linear predictors of models of the same records.
  /// - Parameters:
  ///   - fits: The fits with their names.
  ///   - weighting: How much the pairs of an event time count; by default Harrell's C.
  ///   - lastTime: The time τ after which events do not count; `nil` for none.
  /// - Throws: ``SurvivalError`` as for columns, or when the fits left out different records.
  public init<Record>(
    of fits: [(name: String, fit: CoxFit<Record>)], weighting: ConcordanceWeight = .harrell,
    upTo lastTime: Double? = nil
  ) throws(SurvivalError) {
    for (name, fit) in fits.dropFirst() where fit.rows != fits[0].fit.rows {
      throw SurvivalError(
        .invalidArgument,
        "\(fits[0].name) and \(name) left out different records "
          + "(\(fits[0].fit.estimates.exclusions) and \(fit.estimates.exclusions)); leave out those "
          + "with a missing value in any")
    }
    try self.init(
      of: fits.map { ($0.name, $0.fit.regression) }, weighting: weighting, upTo: lastTime)
  }
}
