// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// A fitted Cox or Fine–Gray model with what must be said beside its estimates.
public struct HazardModel: Codable, Hashable, Sendable {
  /// A factor with the level that the others are compared with.
  public struct Reference: Codable, Hashable, Sendable {
    /// The factor.
    public let factor: String
    /// The level.
    public let level: String
  }

  /// A term of the model.
  public struct Term: Codable, Hashable, Sendable {
    /// The name of the term.
    public let name: String
    /// The names of its coefficients; none for a factor that has one level here.
    public let coefficients: [String]
    /// The Wald test that all of them are 0.
    public let waldTest: AnalysisPart<ChiSquaredTest>
    /// The likelihood-ratio test of the same, for a term with an infinite coefficient, which the Wald
    /// test does not know; `nil` for others.
    public let likelihoodRatioTest: AnalysisPart<ChiSquaredTest>?
  }

  /// The estimates.
  public let estimates: CoxEstimates
  /// The terms, in the order of the model.
  public let terms: [Term]
  /// The factors with the levels that others are compared with.
  public let references: [Reference]
  /// The tests of proportional hazards; `nil` for a Fine–Gray model, which is not checked.
  public let proportionalHazards: AnalysisPart<ProportionalHazardsTest>?
  /// Harrell's concordance; `nil` for a Fine–Gray model.
  public let concordance: AnalysisPart<Concordance>?
  /// Estimates with Firth's penalty, which are finite where those without are not; `nil` when they
  /// are.
  public let penalized: AnalysisPart<CoxEstimates>?
  /// Profile-likelihood intervals of the infinite coefficients, of which one limit is finite.
  public let profileIntervals: [AnalysisPart<ProfileInterval>]
  /// What rules for models say: too many terms for the events, terms that cannot be told apart.
  public let findings: [Finding]

  /// The events for each degree of freedom of the model; `nil` without any.
  public var eventsPerVariable: Double? {
    estimates.degreesOfFreedom > 0
      ? Double(estimates.eventCount) / Double(estimates.degreesOfFreedom) : nil
  }

  /// The coefficient of a name; `nil` when there is none.
  public subscript(coefficient name: String) -> CoxCoefficient? { estimates[coefficient: name] }
}

extension HazardModel {
  /// Fits a Cox model and everything beside it.
  init<Record>(
    _ model: CoxModel<Record>, _ records: [Record], level: Double
  ) throws(SurvivalError) {
    let fit = try model.fitted(to: records)
    estimates = fit.estimates
    terms = Self.terms(model.covariates, fit.estimates) { names throws(SurvivalError) in
      try fit.jointLikelihoodRatioTest(of: names)
    }
    references = fit.references.map { Reference(factor: $0.factor, level: $0.level) }
    proportionalHazards = AnalysisPart { () throws(SurvivalError) in
      try fit.proportionalHazardsTest()
    }
    concordance = AnalysisPart { () throws(SurvivalError) in try fit.concordance() }
    let infinite = fit.estimates.coefficients.filter(\.isInfinite).map(\.name)
    profileIntervals = infinite.map { name in
      AnalysisPart { () throws(SurvivalError) in try fit.profileInterval(of: name, level: level) }
    }
    if !infinite.isEmpty {
      var penalized = model
      penalized.penalty = .firth
      penalized.isRobust = false
      self.penalized = AnalysisPart { () throws(SurvivalError) in
        try penalized.fitted(to: records).estimates
      }
    } else {
      penalized = nil
    }
    findings = fit.estimates.studyFindings()
  }

  /// Fits a Fine–Gray model.
  init<Record, Cause>(
    _ model: FineGrayModel<Record, Cause>, _ records: [Record]
  ) throws(SurvivalError) {
    let fit = try model.fitted(to: records)
    estimates = fit.estimates
    terms = Self.terms(model.covariates, fit.estimates, likelihoodRatioTest: nil)
    references = fit.references.map { Reference(factor: $0.factor, level: $0.level) }
    proportionalHazards = nil
    concordance = nil
    profileIntervals = []
    penalized = nil
    findings = fit.estimates.studyFindings()
  }

  /// The terms with their coefficients: those of the name, or of a level of the factor of that name.
  private static func terms<Record>(
    _ covariates: [Covariate<Record>], _ estimates: CoxEstimates,
    likelihoodRatioTest: (([String]) throws(SurvivalError) -> ChiSquaredTest)?
  ) -> [Term] {
    covariates.map { covariate in
      let own = estimates.coefficients.filter {
        $0.name == covariate.name || $0.name.hasPrefix(covariate.name + "[")
      }
      let names = own.map(\.name)
      var ratio: AnalysisPart<ChiSquaredTest>?
      if let likelihoodRatioTest, own.contains(where: \.isInfinite) {
        ratio = AnalysisPart { () throws(SurvivalError) in try likelihoodRatioTest(names) }
      }
      return Term(
        name: covariate.name, coefficients: names,
        waldTest: AnalysisPart { () throws(SurvivalError) in
          try estimates.jointWaldTest(of: names)
        }, likelihoodRatioTest: ratio)
    }
  }
}
