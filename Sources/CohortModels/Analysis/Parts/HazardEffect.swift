// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// What a model says of one coefficient, with the size of the data it was fitted to.
public struct HazardEffect: Codable, Hashable, Sendable {
  /// The coefficient: its hazard ratio, interval and p-value, or where it goes when it is infinite.
  public let coefficient: CoxCoefficient
  /// The interval of an infinite coefficient by profile likelihood, of which one limit is finite; `nil`
  /// for a finite one, and where there is none.
  public let profileInterval: ProfileInterval?
  /// The number of subjects in the fit.
  public let subjectCount: Int
  /// The number of events.
  public let eventCount: Int

  /// The effect of a coefficient that the data can tell from others.
  /// - Throws: ``/SurvivalKit/SurvivalError`` with code `notEstimable` when it cannot be told.
  init(
    _ estimates: CoxEstimates, _ name: String,
    profileInterval: (String) throws(SurvivalError) -> ProfileInterval?
  ) throws(SurvivalError) {
    guard let coefficient = estimates[coefficient: name], !coefficient.isAliased else {
      throw SurvivalError(
        .notEstimable,
        "\(name) is the same for all \(estimates.subjectCount) subjects of the model, or follows "
          + "from its other terms")
    }
    self.coefficient = coefficient
    self.profileInterval =
      coefficient.isInfinite
      ? AnalysisPart { () throws(SurvivalError) in try profileInterval(name) }.value ?? nil : nil
    subjectCount = estimates.subjectCount
    eventCount = estimates.eventCount
  }

  /// The effect of a coefficient of a model that was fitted already.
  init(_ model: HazardModel, _ name: String) throws(SurvivalError) {
    try self.init(model.estimates, name) { name throws(SurvivalError) in
      model.profileIntervals.lazy.compactMap(\.value).first { $0.name == name }
    }
  }

  /// Fits a model and takes one coefficient from it.
  static func of<Record>(
    _ name: String, in model: CoxModel<Record>, _ records: [Record], level: Double
  ) -> AnalysisPart<HazardEffect> {
    AnalysisPart { () throws(SurvivalError) in
      let fit = try model.fitted(to: records)
      return try HazardEffect(fit.estimates, name) { name throws(SurvivalError) in
        try fit.profileInterval(of: name, level: level)
      }
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
    _ records: [Record], level confidenceLevel: Double
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
          effect: HazardEffect.of(
            exposure.name, in: single, members, level: confidenceLevel))
      },
      missingCount: records.count - present.count,
      interaction: AnalysisPart { () throws(SurvivalError) in
        guard grouping.levels.count > 1 else {
          throw SurvivalError(
            .tooFewGroups,
            "an interaction with \(variable) needs two levels, not \(grouping.levels.count)")
        }
        let (without, with) = (try smaller.fitted(to: records), try larger.fitted(to: records))
        guard with.degreesOfFreedom > without.degreesOfFreedom else {
          throw SurvivalError(
            .notEstimable,
            "\(exposure.name) does not vary within two levels of \(variable), so that its effects "
              + "there cannot be told apart")
        }
        return try with.comparison(with: without)
      })
  }
}
