// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels

/// The survival that a Cox model predicts by the product-limit estimate of its baseline.
///
///     Ŝ(t | x) = Π over event times s ≤ t of α(s)^exp(η),
///     Σ dying w r / (1 − α^r) = Σ at risk w r,   r = exp(η of the row)
///
/// Kalbfleisch & Prentice (1973), doi:10.1093/biomet/60.2.267. Without covariates it is the Kaplan–Meier
/// curve, and it reaches 0 where the last at risk has the event, which exp(−Λ̂) never does. As R's
/// `survfit(fit, newdata, stype = 1, ctype = 1)`, whose equation for tied events is solved to 3e-11.
public struct ProductLimitSurvival: Hashable, Sendable, Codable {
  /// The name of the stratum; empty when there is one stratum.
  public let stratum: String
  /// The event times of the stratum, ascending.
  public let times: [Double]
  /// The survival probability from each time on.
  public let survival: [Double]
  private let last: CodedTime
  /// The last time at which anybody of the stratum was observed; −∞ when nobody counts in it.
  public var lastTime: Double { last.value }

  private enum CodingKeys: String, CodingKey {
    case stratum, times, survival
    case last = "lastTime"
  }

  fileprivate init(stratum: String, times: [Double], survival: [Double], lastTime: Double) {
    self.stratum = stratum
    self.times = times
    self.survival = survival
    last = CodedTime(value: lastTime)
  }

  /// The probability of surviving past a time.
  /// - Parameter time: A time, in the unit of the data.
  /// - Returns: The probability; `nil` beyond ``lastTime``, unless the curve has reached 0.
  /// - Complexity: O(log *m*).
  public func probability(at time: Double) -> Double? {
    guard !time.isNaN, time <= lastTime || survival.last == 0 else { return nil }
    return times.lastPosition(atOrBefore: time).map { survival[$0] } ?? 1
  }
}

/// Solves for the product-limit hazard of every event time: −log α of a row with the risk of the
/// time's reference.
private struct ProductLimitWalker: RiskSetWalker {
  private var sums: CoxSums
  private let likelihood: CoxPartialLikelihood
  private let predictors: [Double]
  private(set) var hazards: [Double]
  private(set) var references: [Double]

  init(_ likelihood: CoxPartialLikelihood, _ predictors: [Double]) {
    self.likelihood = likelihood
    self.predictors = predictors
    sums = CoxSums(
      likelihood: likelihood, predictors: predictors, keepsScatter: false, record: nil)
    hazards = [Double](repeating: 0, count: likelihood.times.slots.count)
    references = hazards
  }

  func nobody() -> CoxSums.RiskSet { sums.nobody() }

  func add(_ position: Int, to bystanders: inout CoxSums.RiskSet) {
    sums.add(position, to: &bystanders)
  }

  func addDeaths(_ deaths: Range<Int>, to bystanders: inout CoxSums.RiskSet) {
    sums.addDeaths(deaths, to: &bystanders)
  }

  mutating func visit(
    _ event: Int, stratum: Int, deaths: Range<Int>, bystanders: inout CoxSums.RiskSet
  ) {
    // Brings both sets to one scale.
    sums.visit(event, stratum: stratum, deaths: deaths, bystanders: &bystanders)
    references[event] = bystanders.reference
    let dying = deaths.map {
      (
        weight: likelihood.weights[$0], risk: Double.exp(predictors[$0] - bystanders.reference)
      )
    }
    hazards[event] = Self.hazard(dying, others: bystanders.moments.total)
  }

  /// The root g of Σ w r / (1 − exp(−g r)) = others + Σ w r.
  ///
  /// The left side is convex and falls, and the hazard of Breslow lies to the left of the root, so that
  /// Newton's steps rise to it and never pass it.
  private static func hazard(
    _ dying: [(weight: Double, risk: Double)], others: Double
  ) -> Double {
    let weight = dying.reduce(0) { $0 + $1.weight }
    let total = dying.reduce(others) { $0 + $1.weight * $1.risk }
    guard others > 0 else { return .infinity }
    if let risk = dying.first?.risk, dying.allSatisfy({ $0.risk == risk }) {
      return -Double.log(onePlus: -weight * risk / total) / risk
    }
    var hazard = weight / total
    for _ in 0..<200 {
      var (excess, slope) = (-total, 0.0)
      for death in dying {
        let share = -Double.expMinusOne(-hazard * death.risk)
        let term = death.risk / share
        excess += death.weight * term
        slope += death.weight * term * term * (1 - share)
      }
      let step = excess / slope
      guard step > hazard * 0x1p-53, step.isFinite else { break }
      hazard += step
    }
    return hazard
  }
}

extension CoxRegression {
  /// The survival that the model predicts for covariates, by the product-limit estimate.
  /// - Parameters:
  ///   - covariates: One value for each column of the design.
  ///   - offset: The known part of the linear predictor.
  ///   - stratum: The position of the stratum in the order of its grouping.
  /// - Returns: The curve, whatever the rule for ties of the fit.
  /// - Throws: ``SurvivalError`` when the number of values is wrong, one is not finite, or the fit has
  ///   no such stratum.
  /// - Complexity: O(*n* *p*); with delayed entry another factor log *m*.
  public func productLimitSurvival(
    for covariates: [Double], offset: Double = 0, stratum: Int = 0
  ) throws(SurvivalError) -> ProductLimitSurvival {
    guard likelihood.times.strata.indices.contains(stratum) else {
      throw SurvivalError(
        .unknownLevel,
        "the fit has \(likelihood.times.strata.count) strata; there is none at \(stratum)")
    }
    guard covariates.count == likelihood.names.count else {
      throw SurvivalError(
        .invalidArgument, "\(covariates.count) values for \(likelihood.names.count) columns")
    }
    let predictor = covariates.indices.reduce(offset - likelihood.offsetMeans[stratum]) {
      $0 + (covariates[$1] - likelihood.centers[$1]) * likelihood.scales[$1] * point[$1]
    }
    guard predictor.isFinite else {
      throw SurvivalError(.overflow, "the linear predictor is not a finite number")
    }
    var walker = ProductLimitWalker(
      likelihood.breslow, likelihood.linearPredictors(at: point))
    likelihood.breslow.walk(&walker)
    let events = likelihood.times.strata[stratum]
    let range = likelihood.table.strata[stratum]
    var hazard = 0.0
    let survival = events.map { event -> Double in
      hazard += walker.hazards[event] * Double.exp(predictor - walker.references[event])
      return Double.exp(-hazard)
    }
    return ProductLimitSurvival(
      stratum: strata?.levels[stratum] ?? "",
      times: likelihood.times.slots[events].map { likelihood.table.slotTimes[$0] },
      survival: survival,
      lastTime: range.isEmpty ? -.infinity : likelihood.table.slotTimes[range.lowerBound])
  }
}

extension CoxPartialLikelihood {
  /// The same rows under Breslow's rule, in which risk sets have no order among the tied.
  fileprivate var breslow: CoxPartialLikelihood {
    var copy = self
    copy.ties = .breslow
    return copy
  }
}
