// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

/// What one cause's fit gives to absolute risks: hazards, and the influences of clusters on them.
///
/// Hazards are in units of exp(−reference), the largest linear predictor of a row.
struct CauseInfluence {
  let likelihood: CoxPartialLikelihood
  let reference: Double
  /// The risk exp(η − reference) of every row, weight not counted.
  private let risks: [Double]
  /// For each event time: the hazard; how it falls with the risk of a bystander and of one of the dying;
  /// what an event of weight 1 adds to it; and, *p* for each, the hazard times the mean.
  let hazard: [Double]
  private let variance: [Double]
  private let ownVariance: [Double]
  private let eventHazard: [Double]
  private let hazardMean: [Double]
  /// The influences of clusters on the scaled coefficients, *p* for each.
  private let ofCoefficients: [Double]
  private let standsForMany: Bool

  init(_ fit: CoxRegression) throws(SurvivalError) {
    likelihood = fit.likelihood
    let (predictors, record) = fit.recorded()
    let likelihood = likelihood
    let reference = predictors.reduce(-Double.infinity) { Swift.max($0, $1) }
    self.reference = reference
    risks = predictors.map { Double.exp($0 - reference) }
    let p = likelihood.names.count
    let scale = record.references.map { Double.exp(reference - $0) }
    func scaled(_ values: [Double], power: Int) -> [Double] {
      values.indices.map {
        power == 1 ? values[$0] * scale[$0] : values[$0] * scale[$0] * scale[$0]
      }
    }
    hazard = scaled(record.hazard, power: 1)
    variance = scaled(record.hazardVariance, power: 2)
    ownVariance = scaled(record.ownVariance, power: 2)
    eventHazard = scaled(record.eventHazard, power: 1)
    hazardMean = record.hazardMean.indices.map {
      record.hazardMean[$0] * scale[$0 / Swift.max(1, p)]
    }
    guard variance.allSatisfy(\.isFinite), ownVariance.allSatisfy(\.isFinite) else {
      throw SurvivalError(
        .overflow, "the linear predictors are so far apart that hazards leave the range of numbers")
    }
    let data = likelihood.data
    let dependence = data.dependence
    standsForMany = dependence == nil && data.weightKind == .frequency
    // The influence of a cluster on the coefficients is the inverse of the information times its score.
    let scores = ScoreResiduals(likelihood, predictors: predictors, record: record).score
    let count = dependence?.levels.count ?? data.count
    var sums = [Double](repeating: 0, count: count * p)
    for (position, row) in likelihood.table.order.enumerated() {
      let base = (dependence?.codes[Int(row)] ?? Int(row)) * p
      let weight = likelihood.weights[position]
      let multiple = standsForMany ? weight.squareRoot() : weight
      for j in 0..<p { sums[base + j] += multiple * scores[position * p + j] }
    }
    let free = fit.coefficients.indices.filter { !fit.coefficients[$0].isAliased }
    var inverse = [Double](repeating: 0, count: p * p)
    for (i, row) in free.enumerated() {
      for (j, column) in free.enumerated() {
        inverse[row * p + column] =
          fit.modelCovariance[i][j] / likelihood.scales[row] / likelihood.scales[column]
      }
    }
    var influences = sums
    for cluster in 0..<count {
      for i in 0..<p {
        var sum = 0.0
        for j in 0..<p { sum += inverse[i * p + j] * sums[cluster * p + j] }
        influences[cluster * p + i] = sum
      }
    }
    ofCoefficients = influences
  }

  /// Adds the influence of every cluster on Σ c(s) dΛ(s | x) over the event times of a stratum up to
  /// `end`; `x` are scaled covariates and `factor` is exp(η − reference).
  func add(
    _ coefficients: [Double], stratum: Int, end: Int, x: [Double], factor: Double,
    to result: inout [Double]
  ) {
    let p = x.count
    let first = likelihood.times.strata[stratum].lowerBound
    // From the first event time up to but not including each: ∫ c Σ (W/d)/φ².
    var falls = [0.0]
    var distance = [Double](repeating: 0, count: p)
    for event in first..<end {
      let c = coefficients[event - first]
      falls.append(falls[event - first] + c * variance[event])
      for j in 0..<p {
        distance[j] += c * (x[j] * hazard[event] - hazardMean[event * p + j])
      }
    }
    let data = likelihood.data
    let dependence = data.dependence
    let slots = likelihood.table.strata[stratum]
    var event = likelihood.times.strata[stratum].upperBound
    for slot in slots {
      let deaths = likelihood.table.eventPositions(slot)
      if !deaths.isEmpty { event -= 1 }
      for position in likelihood.table.slotStart[slot]..<likelihood.table.slotStart[slot + 1] {
        let cover = likelihood.times.covers[position]
        let upper = Swift.min(end, Int(cover.upperBound))
        let lower = Swift.min(upper, Int(cover.lowerBound))
        var value = upper > lower ? falls[upper - first] - falls[lower - first] : 0
        let hasEvent = position < likelihood.table.eventEnd[slot] && event < end
        if hasEvent { value += coefficients[event - first] * ownVariance[event] }
        value *= -risks[position]
        if hasEvent { value += coefficients[event - first] * eventHazard[event] }
        let row = Int(likelihood.table.order[position])
        let weight = likelihood.weights[position]
        result[dependence?.codes[row] ?? row] +=
          factor * (standsForMany ? weight.squareRoot() : weight) * value
      }
    }
    for cluster in result.indices {
      var sum = 0.0
      for j in 0..<p { sum += distance[j] * ofCoefficients[cluster * p + j] }
      result[cluster] += factor * sum
    }
  }
}

extension CauseSpecificRegression {
  /// One event time of one cause.
  private struct Step {
    let time: Double
    let cause: Int
    let event: Int
    /// The hazard for the row of covariates.
    let hazard: Double
    /// The event-free probability before it.
    var before = 1.0
  }

  /// The risk of every cause by some times.
  ///
  ///     F̂ₖ(t | x) = Σ over event times s ≤ t of exp(−Σⱼ Λ̂ⱼ(s− | x)) dΛ̂ₖ(s | x)
  ///
  /// Standard errors are those of the clusters' influences on all the hazards and coefficients:
  /// Ozenne et al. (2017), doi:10.32614/RJ-2017-062; as R's riskRegression with
  /// `product.limit = FALSE`. Nothing makes the risks of separate models sum to one with the
  /// event-free probability; where they sum to more than one, a diagnostic says so.
  /// - Parameters:
  ///   - covariates: One value for each column of the design.
  ///   - offset: The known part of the linear predictor.
  ///   - stratum: The position of the stratum in the order of its grouping.
  ///   - times: The times.
  /// - Returns: The risks.
  /// - Throws: ``SurvivalError`` when the number of values is wrong, one is not finite, or the fit has
  ///   no such stratum.
  /// - Complexity: O(*k* (*n* + *m*) *p*) for *k* times, for each cause and each cause's risk.
  public func absoluteRisks(
    for covariates: [Double], offset: Double = 0, stratum: Int = 0, at times: [Double]
  ) throws(SurvivalError) -> AbsoluteRisks {
    guard let first = fits.first, stratum >= 0, stratum < first.likelihood.table.strata.count else {
      throw SurvivalError(
        .unknownLevel, "the fit has no stratum at position \(stratum)")
    }
    guard covariates.count == first.likelihood.names.count else {
      throw SurvivalError(
        .invalidArgument,
        "\(covariates.count) values for \(first.likelihood.names.count) columns")
    }
    var (parts, factors, rows) = ([CauseInfluence](), [Double](), [[Double]]())
    var steps = [Step]()
    var lastTime = -Double.infinity
    for (cause, fit) in fits.enumerated() {
      let part = try CauseInfluence(fit)
      let likelihood = fit.likelihood
      let x = covariates.indices.map {
        (covariates[$0] - likelihood.centers[$0]) * likelihood.scales[$0]
      }
      let predictor = x.indices.reduce(offset - likelihood.offsetMeans[stratum]) {
        $0 + x[$1] * fit.point[$1]
      }
      let factor = Double.exp(predictor - part.reference)
      guard predictor.isFinite, factor.isFinite, x.allSatisfy(\.isFinite) else {
        throw SurvivalError(.overflow, "the linear predictor is not a finite number")
      }
      for event in likelihood.times.strata[stratum] {
        let time = likelihood.table.slotTimes[likelihood.times.slots[event]]
        steps.append(
          Step(time: time, cause: cause, event: event, hazard: factor * part.hazard[event]))
      }
      if let slot = likelihood.table.strata[stratum].first {
        lastTime = likelihood.table.slotTimes[slot]
      }
      parts.append(part)
      factors.append(factor)
      rows.append(x)
    }
    steps.sort { ($0.time, $0.cause) < ($1.time, $1.cause) }
    var (total, index) = (0.0, 0)
    while index < steps.count {
      let before = Double.exp(-total)
      let time = steps[index].time
      while index < steps.count, steps[index].time == time {
        steps[index].before = before
        total += steps[index].hazard
        index += 1
      }
    }
    let clusters = first.likelihood.data.dependence?.levels.count ?? first.likelihood.data.count
    var risks = [[PredictedIncidence?]](repeating: [], count: causes.count)
    var eventFree = [Double?]()
    var doubtful = [Double]()
    for time in times {
      guard !time.isNaN, time <= lastTime else {
        for cause in causes.indices { risks[cause].append(nil) }
        eventFree.append(nil)
        continue
      }
      let reached = steps.prefix { $0.time <= time }
      eventFree.append(Double.exp(-reached.reduce(0) { $0 + $1.hazard }))
      var sum = 0.0
      for cause in causes.indices {
        let risk = reached.reduce(0) { $1.cause == cause ? $0 + $1.before * $1.hazard : $0 }
        let influences = influences(
          on: cause, Array(reached), risk, stratum, parts, factors, rows, clusters)
        let variance = influences.reduce(0) { $0 + $1 * $1 }
        risks[cause].append(
          PredictedIncidence(
            time: time, probability: risk, standardError: variance.squareRoot()))
        sum += risk
      }
      if sum > 1 + 1e-12 { doubtful.append(time) }
    }
    let diagnostics = doubtful.first.map { time in
      [
        CoxDiagnostic(
          code: .incidencesExceedOne,
          message: "the risks of all causes sum to more than 1 from time "
            + "\(NumberFormatting.significant(time, digits: 6)) on: few are at risk there, and the "
            + "models are not bound to agree")
      ]
    }
    return AbsoluteRisks(
      causes: causes, times: times, risks: risks, eventFree: eventFree,
      diagnostics: diagnostics ?? [])
  }

  /// The influences of the clusters on the risk of a cause after some steps.
  private func influences(
    on cause: Int, _ steps: [Step], _ risk: Double, _ stratum: Int, _ parts: [CauseInfluence],
    _ factors: [Double], _ rows: [[Double]], _ clusters: Int
  ) -> [Double] {
    // The risk changes by S(s−) with the cause's hazard at s, and by what comes after s, F(s) − F(t),
    // with that of any cause.
    var coefficients = [[Double]](repeating: [], count: causes.count)
    var (sofar, index) = (0.0, 0)
    while index < steps.count {
      let time = steps[index].time
      var next = index
      while next < steps.count, steps[next].time == time {
        if steps[next].cause == cause { sofar += steps[next].before * steps[next].hazard }
        next += 1
      }
      for step in steps[index..<next] {
        coefficients[step.cause].append(
          sofar - risk + (step.cause == cause ? step.before : 0))
      }
      index = next
    }
    var result = [Double](repeating: 0, count: clusters)
    for other in causes.indices {
      let first = parts[other].likelihood.times.strata[stratum].lowerBound
      parts[other].add(
        coefficients[other], stratum: stratum, end: first + coefficients[other].count,
        x: rows[other], factor: factors[other], to: &result)
    }
    return result
  }
}
