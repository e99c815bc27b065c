// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels

/// The number of events that a Cox model expects of a row over its follow-up.
///
///     Λ̂(exit | x) − Λ̂(entry | x)
public struct ExpectedEvents: Hashable, Sendable, Codable {
  /// The expected number.
  public let estimate: Double
  /// The standard error, from that of the coefficients and of the baseline hazard.
  public let standardError: Double

  /// The probability of coming through the follow-up without the event, exp(−estimate).
  public var survivalProbability: Double { Double.exp(-estimate) }

  init(estimate: Double, standardError: Double) throws(SurvivalError) {
    guard estimate.isFinite, standardError.isFinite else {
      throw SurvivalError(
        .overflow,
        "the expected number of events leaves the range of numbers; is the linear "
          + "predictor, or an offset in it, far beyond those of the fit?")
    }
    self.estimate = estimate
    self.standardError = standardError
  }
}

extension CoxRegression {
  /// The number of events that the model expects of each row of the fit over its follow-up.
  ///
  /// An event less the martingale residual, under the rule for ties of the fit; so the sum, rows counted
  /// with their weights, is the weight of the events. The standard error is that of a new row with the
  /// same follow-up: R's `predict(type = "expected", se.fit = TRUE)`, but for late entries, where R
  /// takes the difference of two variances for the variance of a difference.
  /// - Returns: One for each row of the data; `nil` for a row of weight 0, which has no part in the fit.
  /// - Throws: ``SurvivalError`` with code `overflow` when a number leaves the range of numbers.
  /// - Complexity: O(*n* (*p*² + log *m*)); with delayed entry O(*n* *p* log *m*) besides.
  public func expectedEvents() throws(SurvivalError) -> [ExpectedEvents?] {
    let (predictors, record) = recorded()
    let residuals = ScoreResiduals(likelihood, predictors: predictors, record: record)
    let baselines = baselineHazards()
    let table = likelihood.table
    var result = [ExpectedEvents?](repeating: nil, count: likelihood.data.count)
    for (stratum, slots) in table.strata.enumerated() where !slots.isEmpty {
      let baseline = baselines[stratum]
      for position in table.slotStart[slots.lowerBound]..<table.slotStart[slots.upperBound] {
        let row = Int(table.order[position])
        let curve = PredictedCurve(
          [
            PredictedCurve.Segment(
              start: -.infinity, end: .infinity, linearPredictor: predictors[position],
              baseline: baseline,
              centredPredictor: predictors[position] + likelihood.offsetMeans[stratum],
              distances: Array(likelihood.rows.row(position)))
          ], covariance: basis.covariance)
        let new = try curve.expectedEvents(
          from: likelihood.data.entries?[row] ?? -.infinity, to: likelihood.data.times[row])
        let isEvent = likelihood.data.events[row]
        result[row] = try ExpectedEvents(
          estimate: Swift.max(0, (isEvent ? 1 : 0) - residuals.martingale[position]),
          standardError: new?.standardError ?? 0)
      }
    }
    return result
  }
}

extension CoxFit {
  /// The number of events that the model expects of each record used, over its follow-up.
  /// - Returns: One for each of ``rows``; `nil` for a record of weight 0.
  /// - Throws: ``SurvivalError`` as ``CoxRegression/expectedEvents()``, or with code `notEstimable` when
  ///   a term changes with time: the rows of ``regression`` are then parts of records.
  public func expectedEvents() throws(SurvivalError) -> [ExpectedEvents?] {
    guard codings.allSatisfy({ $0.valuesAtTime == nil }) else {
      throw SurvivalError(
        .notEstimable,
        "a term changes with time, so expected events are those of parts of records; ask the fit's "
          + "regression for them")
    }
    return try regression.expectedEvents()
  }

  /// The number of events that the model expects of a record over the record's own follow-up.
  ///
  /// Under Efron's rule a record of the fit that has the event at the same time as others is expected to
  /// have a little less of it by ``expectedEvents()``: one of tied deaths does not live through all of the
  /// hazard of its time, which a new record does.
  /// - Parameters:
  ///   - record: A record, of the fit or new, with follow-up, covariates, stratum and offset.
  ///   - baselines: The baseline hazards of the strata; computed when `nil`.
  /// - Returns: The number with its standard error; `nil` when the follow-up goes beyond the last time
  ///   at which anybody of the stratum was observed in the fit.
  /// - Throws: ``SurvivalError`` as ``survivalCurve(for:baselines:)``, for follow-up that is missing or
  ///   cannot be, or when the number leaves the range of numbers.
  /// - Complexity: O(*p*² + log *m*), and O(*n* *p*) when the baselines are to be computed.
  public func expectedEvents(
    for record: Record, baselines: [BaselineHazard]? = nil
  ) throws(SurvivalError) -> ExpectedEvents? {
    let followUp = try followUp(of: record)
    return try survivalCurve(for: record, baselines: baselines).expectedEvents(
      from: followUp.entry ?? -.infinity, to: followUp.exit)
  }

  /// The follow-up of a record, as the endpoint of the model reads it.
  func followUp(of record: Record) throws(SurvivalError) -> FollowUp {
    switch model.endpoint.read(record) {
    case .followUp(let followUp): return followUp
    case .outsidePopulation:
      throw SurvivalError(
        .invalidData, "the record is outside the population of \(model.endpoint.name)")
    case .missing(let column):
      throw SurvivalError(
        .invalidData, "the record has no \(column), which \(model.endpoint.name) needs")
    case .invalid(let problem):
      throw SurvivalError(
        .invalidData, "the record's follow-up for \(model.endpoint.name) cannot be",
        problems: [problem])
    }
  }
}
