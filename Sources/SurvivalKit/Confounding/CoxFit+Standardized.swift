// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels

extension CoxFit {
  /// The survival of the fit's population had everybody been treated alike.
  ///
  /// ```swift
  /// let standardized = try fit.standardizedSurvival(
  ///   of: patients,
  ///   [Intervention("exposed") { $0.arm = .exposed }, Intervention("naive") { $0.arm = .naive }])
  /// try standardized.contrast(.survival(at: 12), of: "exposed", relativeTo: "naive")
  /// ```
  /// - Parameters:
  ///   - records: The records that the model was fitted to, all of them and in the same order.
  ///   - interventions: What is done to every record, in thought.
  ///   - isIncluded: Who belongs to the population; everybody when `nil`.
  /// - Returns: The standardized survival, which answers for any time.
  /// - Throws: ``SurvivalError``: `invalidArgument` for other records than those of the fit, no
  ///   interventions, two of one name, or an exact rule for ties; `notEstimable` when a coefficient is
  ///   infinite, a term changes with time, or a subject has several rows; `noRows` when nobody is in the
  ///   population; `unknownLevel` when an intervention leads to a level or stratum that the fit has not
  ///   seen.
  /// - Complexity: O(*n* *p*²) for each intervention.
  public func standardizedSurvival(
    of records: [Record], _ interventions: [Intervention<Record>],
    among isIncluded: ((Record) -> Bool)? = nil
  ) throws(SurvivalError) -> StandardizedSurvival {
    let likelihood = regression.likelihood
    let data = likelihood.data
    guard !interventions.isEmpty, Set(interventions.map(\.name)).count == interventions.count else {
      throw SurvivalError(
        .invalidArgument, "standardized survival needs interventions, each with its own name")
    }
    guard !likelihood.ties.isExact else {
      throw SurvivalError(
        .invalidArgument,
        "the influence of a row is not defined under the tie rule \(likelihood.ties.rawValue); use "
          + "efron or breslow")
    }
    guard estimates.hasConverged else {
      throw SurvivalError(
        .notEstimable, "a coefficient is infinite, so the predictions have no variance")
    }
    guard codings.allSatisfy({ $0.valuesAtTime == nil }) else {
      throw SurvivalError(
        .notEstimable, "a term changes with time, so a record has no one survival curve")
    }
    guard data.subjects == nil || data.subjectCount == data.count else {
      throw SurvivalError(
        .notEstimable, "a subject with several rows has no one survival curve to standardize")
    }
    guard records.count > (rows.last ?? 0) else {
      throw SurvivalError(
        .invalidArgument,
        "the model was fitted to more than the \(records.count) records given; pass the same")
    }
    let baselines = regression.baselineHazards()
    let order = likelihood.table.order.map { rows[Int($0)] }
    for (position, row) in order.enumerated() {
      let predicted = try survivalCurve(for: records[row], baselines: baselines)
      let fitted = likelihood.rows.row(position)
      let isSame = zip(predicted.segments[0].distances, fitted).allSatisfy {
        abs($0 - $1) <= 1e-9 * Swift.max(1, abs($1))
      }
      guard isSame else {
        throw SurvivalError(
          .invalidArgument,
          "record \(row + 1) is not that of the fit; pass the records the model was fitted to")
      }
    }
    var populations = [StandardizedSurvival.Population]()
    for intervention in interventions {
      var population = StandardizedSurvival.Population()
      for row in order {
        var record = records[row]
        intervention.change(&record)
        let predicted = try survivalCurve(for: record, baselines: baselines)
        population.risks.append(
          Double.exp(predicted.segments[0].logFactor))
        population.covariates += predicted.segments[0].distances
        population.strata.append(
          baselines.firstIndex { $0.stratum == predicted.baseline.stratum } ?? 0)
      }
      populations.append(population)
    }
    let members = order.map { isIncluded?(records[$0]) ?? true }
    let weights = zip(members, likelihood.weights).map { $0 ? $1 : 0 }
    let total = weights.reduce(0, +)
    guard total > 0 else {
      throw SurvivalError(.noRows, "nobody of the fit is in the population to standardize over")
    }
    let dependence = data.dependence
    let standsForMany = dependence == nil && data.weightKind == .frequency
    return StandardizedSurvival(
      interventions: interventions.map(\.name), rowCount: members.count { $0 },
      populations: populations, baselines: baselines,
      influence: CoxInfluence(regression, baselines: baselines),
      shares: weights.map { $0 / total }, unit: 1 / total,
      clusters: likelihood.table.order.enumerated().map { dependence?.codes[Int($1)] ?? $0 },
      clusterCount: dependence?.levels.count ?? order.count,
      factors: likelihood.weights.map { standsForMany ? $0.squareRoot() : $0 })
  }
}
