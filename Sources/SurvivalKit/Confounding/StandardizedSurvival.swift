// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// What is done to every record of a population, in thought.
///
/// ```swift
/// [Intervention("exposed") { $0.arm = .exposed }, Intervention("naive") { $0.arm = .naive }]
/// ```
public struct Intervention<Record>: Sendable {
  /// The name, as it is printed.
  public let name: String
  let change: @Sendable (inout Record) -> Void

  /// Creates an intervention.
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - change: What is done to a record; nothing leaves every record as it was.
  public init(_ name: String, _ change: @escaping @Sendable (inout Record) -> Void) {
    self.name = name
    self.change = change
  }
}

/// A number of a standardized survival curve.
public struct StandardizedEstimate: Hashable, Sendable, Codable {
  /// The intervention.
  public let intervention: String
  /// What was estimated; a restricted mean with its limit.
  public let quantity: CurveQuantity
  /// The estimate.
  public let estimate: Double
  /// Its standard error.
  public let standardError: Double

  /// A confidence interval.
  /// - Parameters:
  ///   - level: The level of confidence, between 0 and 1.
  ///   - interval: The scale on which the interval of a survival probability is symmetric; that of a
  ///     restricted mean is symmetric about the estimate.
  /// - Returns: The interval; `nil` where the scale has no limit.
  public func interval(
    level: Double = 0.95, _ interval: CurveInterval = .log
  ) -> ConfidenceInterval? {
    let z = ConfidenceInterval.normalQuantile(level: level)
    if case .restrictedMean = quantity {
      return ConfidenceInterval(
        lower: estimate - z * standardError, upper: estimate + z * standardError, level: level)
    }
    guard estimate > 0,
      let limits = interval.limits(
        probability: estimate, logStandardError: standardError / estimate, z: z)
    else { return nil }
    return ConfidenceInterval(lower: limits.lower, upper: limits.upper, level: level)
  }
}

/// The survival of a population had everybody been treated alike, from a Cox model.
///
///     Ŝₐ(t) = Σ wᵢ Ŝ(t | a, covariates of i) / Σ wᵢ
///
/// The mean of the survival that the model predicts for each member of the population under the
/// intervention *a*: the g-formula, or direct standardization. Unlike a curve at mean covariates it is the
/// survival of a population, and unlike a hazard ratio its contrasts do not depend on which other covariates
/// are in the model. It is causal when the model is right and holds every confounder. Robins (1986),
/// doi:10.1016/0270-0255(86)90088-6; Makuch (1982), doi:10.1016/0021-9681(82)90087-4.
///
/// Standard errors are those of the influences of the rows, or of their clusters: on the coefficients, on the
/// baseline hazards, and on who is in the population. So they agree with R's `riskRegression::ate`,
/// and with a bootstrap of the whole procedure.
public struct StandardizedSurvival: Sendable {
  /// The names of the interventions, in order.
  public let interventions: [String]
  /// The number of rows that are standardized over.
  public let rowCount: Int
  let populations: [Population]
  let baselines: [BaselineHazard]
  let influence: CoxInfluence
  /// The share of each row in the population, in the order of the risk table; 0 for those outside.
  let shares: [Double]
  /// One over the total weight of the population.
  let unit: Double
  /// How each row's derivative enters the influence of its cluster.
  let clusters: [Int]
  let clusterCount: Int
  let factors: [Double]

  /// The population under an intervention, in the order of the risk table.
  struct Population: Sendable {
    /// exp(linear predictor), in units of the stratum's baseline hazard.
    var risks: [Double] = []
    /// Scaled covariates, less their means, row by row.
    var covariates: [Double] = []
    var strata: [Int] = []
  }

  /// A number of the population under an intervention.
  /// - Parameters:
  ///   - quantity: What is estimated; a restricted mean ends at the last time to which all strata are
  ///     known when it has no limit.
  ///   - intervention: The name of the intervention.
  /// - Returns: The estimate with its standard error.
  /// - Throws: ``SurvivalError``: `unknownLevel` for an intervention that was not asked for,
  ///   `notEstimable` beyond follow-up, `overflow`.
  /// - Complexity: O(*n* (*m* + *p*)).
  public func estimate(
    _ quantity: CurveQuantity, of intervention: String
  ) throws(SurvivalError) -> StandardizedEstimate {
    let result = try evaluate(quantity, try population(intervention))
    return StandardizedEstimate(
      intervention: intervention, quantity: result.quantity, estimate: result.estimate,
      standardError: result.influences.reduce(0) { $0 + $1 * $1 }.squareRoot())
  }

  /// How a number of the population under one intervention compares with that under another.
  ///
  /// Both come from the same rows, and their covariance is accounted for.
  /// - Parameters:
  ///   - quantity: What is compared.
  ///   - intervention: The intervention whose number comes first.
  ///   - reference: The intervention with which it is compared.
  ///   - scale: Whether it is a difference or a ratio.
  /// - Returns: The contrast.
  /// - Throws: ``SurvivalError`` as ``estimate(_:of:)``, and `notEstimable` for a ratio of 0.
  /// - Complexity: O(*n* (*m* + *p*)).
  public func contrast(
    _ quantity: CurveQuantity, of intervention: String, relativeTo reference: String,
    scale: ContrastScale = .difference
  ) throws(SurvivalError) -> CurveContrast {
    let first = try evaluate(quantity, try population(intervention))
    let second = try evaluate(quantity, try population(reference))
    return try CurveContrast(
      first.quantity, scale, group: intervention, reference: reference,
      estimates: (first.estimate, second.estimate)
    ) { a, b in
      zip(first.influences, second.influences).reduce(0) { sum, pair in
        let influence = a * pair.0 - b * pair.1
        return sum + influence * influence
      }
    }
  }

  /// The event times of all strata, ascending, up to the last time to which all are known.
  public var times: [Double] {
    let last = lastTime
    return Set(baselines.flatMap(\.times)).filter { $0 <= last }.sorted()
  }

  /// The last time to which every stratum is known.
  var lastTime: Double { baselines.reduce(Double.infinity) { Swift.min($0, $1.lastTime) } }

  private func population(_ name: String) throws(SurvivalError) -> Population {
    guard let index = interventions.firstIndex(of: name) else {
      throw SurvivalError(
        .unknownLevel,
        "there is no intervention \(name); there are \(interventions.joined(separator: ", "))")
    }
    return populations[index]
  }

  /// A number as an integral of the survival curve: of a measure on the steps that follow the event times
  /// of each stratum, and on the time before them.
  private struct Measure {
    var before: Double
    var steps: [Double]
  }

  private func measures(
    _ quantity: CurveQuantity
  ) throws(SurvivalError) -> (measures: [Measure], quantity: CurveQuantity) {
    let time: Double
    switch quantity {
    case .survival(let asked): time = asked
    case .restrictedMean(let limit): time = limit ?? lastTime
    }
    guard time <= lastTime, time.isFinite else {
      throw SurvivalError(
        .notEstimable,
        "the model's survival is known up to \(NumberFormatting.significant(lastTime, digits: 6)), not "
          + "at \(NumberFormatting.significant(time, digits: 6)); ask for an earlier time")
    }
    if case .survival = quantity {
      return (
        baselines.map { baseline in
          var steps = [Double](repeating: 0, count: baseline.times.count)
          guard let position = baseline.position(at: time) else {
            return Measure(before: 1, steps: steps)
          }
          steps[position] = 1
          return Measure(before: 0, steps: steps)
        }, quantity
      )
    }
    let start = baselines.compactMap(\.times.first).reduce(0.0, Swift.min)
    guard time >= start else {
      throw SurvivalError(.invalidArgument, "a mean from \(start) cannot end at \(time)")
    }
    return (
      baselines.map { baseline in
        let ends = baseline.times.map { Swift.min($0, time) } + [time]
        return Measure(
          before: ends[0] - start, steps: baseline.times.indices.map { ends[$0 + 1] - ends[$0] })
      }, .restrictedMean(upTo: time)
    )
  }

  /// The number, and the influence of each cluster on it.
  private func evaluate(
    _ asked: CurveQuantity, _ population: Population
  ) throws(SurvivalError) -> (quantity: CurveQuantity, estimate: Double, influences: [Double]) {
    let (measures, quantity) = try measures(asked)
    let p = influence.dimension
    var values = [Double](repeating: 0, count: shares.count)
    // The derivative with respect to the baseline hazards after each event time, and to the coefficients.
    var hazards = baselines.map { [Double](repeating: 0, count: $0.times.count) }
    var gradient = [Double](repeating: 0, count: p)
    var estimate = 0.0
    for row in shares.indices where shares[row] > 0 {
      let stratum = population.strata[row]
      let risk = population.risks[row]
      let cumulative = baselines[stratum].cumulative
      let measure = measures[stratum]
      var value = measure.before
      var slope = 0.0
      for (k, length) in measure.steps.enumerated() where length > 0 {
        let survival = Double.exp(-risk * cumulative[k])
        guard survival > 0 else { break }
        value += length * survival
        let weight = shares[row] * risk * (length * survival)
        hazards[stratum][k] += weight
        slope += weight * cumulative[k]
      }
      values[row] = value
      estimate += shares[row] * value
      for j in 0..<p { gradient[j] += slope * population.covariates[row * p + j] }
    }
    for (stratum, weights) in hazards.enumerated() {
      for (k, weight) in weights.enumerated() where weight != 0 {
        for j in 0..<p { gradient[j] -= weight * baselines[stratum].meanIntegral[k * p + j] }
      }
    }
    let ofBaseline = influence.baseline(hazards)
    var influences = [Double](repeating: 0, count: clusterCount)
    for row in shares.indices {
      var derivative = -ofBaseline[row]
      for j in 0..<p { derivative -= gradient[j] * influence.coefficients[row * p + j] }
      if shares[row] > 0 { derivative += unit * (values[row] - estimate) }
      influences[clusters[row]] += factors[row] * derivative
    }
    guard estimate.isFinite, influences.allSatisfy(\.isFinite) else {
      throw SurvivalError(
        .overflow, "linear predictors are so far apart that standardized survival has no variance")
    }
    return (quantity, estimate, influences)
  }
}
