// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// What a model says of one coefficient, with the size of the data it was fitted to.
public struct HazardEffect: Codable, Hashable, Sendable {
  /// The coefficient: its hazard ratio, interval and p-value, or where it goes when it is infinite.
  public let coefficient: CoxCoefficient
  /// The number of subjects in the fit.
  public let subjectCount: Int
  /// The number of events.
  public let eventCount: Int

  /// The effect of a coefficient that the data can tell from others.
  /// - Throws: ``/SurvivalKit/SurvivalError`` with code `notEstimable` when it cannot be told.
  init(_ estimates: CoxEstimates, _ name: String) throws(SurvivalError) {
    guard let coefficient = estimates[coefficient: name], !coefficient.isAliased else {
      throw SurvivalError(
        .notEstimable,
        "\(name) is the same for all \(estimates.subjectCount) subjects of the model, or follows "
          + "from its other terms")
    }
    self.coefficient = coefficient
    subjectCount = estimates.subjectCount
    eventCount = estimates.eventCount
  }

  /// Fits a model and takes one coefficient from it.
  static func of<Record>(
    _ name: String, in model: CoxModel<Record>, _ records: [Record]
  ) -> AnalysisPart<HazardEffect> {
    AnalysisPart { () throws(SurvivalError) in
      try HazardEffect(model.fitted(to: records).estimates, name)
    }
  }
}

/// The effect of an exposure at each level of a variable.
public struct SubgroupEffects: Codable, Hashable, Sendable {
  /// One level.
  public struct Level: Codable, Hashable, Sendable {
    /// The name of the level.
    public let name: String
    /// The number of subjects at the level.
    public let subjectCount: Int
    /// The effect of the exposure among them.
    public let effect: AnalysisPart<HazardEffect>
  }

  /// The variable.
  public let variable: String
  /// The levels, in order.
  public let levels: [Level]
  /// The number of subjects without a value.
  public let missingCount: Int
  /// The likelihood-ratio test that the effect is the same at every level.
  ///
  ///     2 (ℓ with exposure, variable and their products − ℓ with exposure and variable)
  public let interaction: AnalysisPart<ChiSquaredTest>
}

extension SubgroupEffects {
  /// Estimates an effect at each level of a variable.
  /// - Complexity: That of two fits, and one for each level.
  static func of<Record, Label: Hashable & Sendable>(
    _ exposure: Covariate<Record>, by variable: String,
    _ level: @escaping @Sendable (Record) -> Label?, in model: CoxModel<Record>,
    _ records: [Record]
  ) -> SubgroupEffects {
    let labels = records.map(level)
    let grouping = Grouping(labels.compactMap { $0 })
    let present = records.indices.filter { labels[$0] != nil }
    var members = [[Record]](repeating: [], count: grouping.levels.count)
    for (row, code) in zip(present, grouping.codes) { members[code].append(records[row]) }
    var single = model
    single.covariates = [exposure]
    let factor = Covariate<Record>.factor(variable, level)
    var smaller = model
    smaller.covariates = [exposure, factor]
    var larger = model
    larger.covariates = [exposure, factor, .interaction(exposure, factor)]
    return SubgroupEffects(
      variable: variable,
      levels: zip(grouping.levels, members).map { name, members in
        Level(
          name: name, subjectCount: members.count,
          effect: HazardEffect.of(exposure.name, in: single, members))
      },
      missingCount: records.count - present.count,
      interaction: AnalysisPart { () throws(SurvivalError) in
        guard grouping.levels.count > 1 else {
          throw SurvivalError(
            .tooFewGroups,
            "an interaction with \(variable) needs two levels, not \(grouping.levels.count)")
        }
        let test = try larger.fitted(to: records).comparison(with: smaller.fitted(to: records))
        guard test.degreesOfFreedom > 0 else {
          throw SurvivalError(
            .notEstimable, "the levels of \(variable) do not tell the effects apart")
        }
        return test
      })
  }
}
