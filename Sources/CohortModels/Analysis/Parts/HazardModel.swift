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
    public let test: AnalysisPart<ChiSquaredTest>
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
    _ model: CoxModel<Record>, _ records: [Record]
  ) throws(SurvivalError) {
    let fit = try model.fitted(to: records)
    estimates = fit.estimates
    terms = Self.terms(model.covariates, fit.estimates)
    references = fit.references.map { Reference(factor: $0.factor, level: $0.level) }
    proportionalHazards = AnalysisPart { () throws(SurvivalError) in
      try fit.proportionalHazardsTest()
    }
    concordance = AnalysisPart { () throws(SurvivalError) in try fit.concordance() }
    if fit.estimates.coefficients.contains(where: \.isInfinite) {
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
    terms = Self.terms(model.covariates, fit.estimates)
    references = fit.references.map { Reference(factor: $0.factor, level: $0.level) }
    proportionalHazards = nil
    concordance = nil
    penalized = nil
    findings = fit.estimates.studyFindings()
  }

  /// The terms with their coefficients: those of the name, or of a level of the factor of that name.
  private static func terms<Record>(
    _ covariates: [Covariate<Record>], _ estimates: CoxEstimates
  ) -> [Term] {
    covariates.map { covariate in
      let names = estimates.coefficients.map(\.name).filter {
        $0 == covariate.name || $0.hasPrefix(covariate.name + "[")
      }
      return Term(
        name: covariate.name, coefficients: names,
        test: AnalysisPart { () throws(SurvivalError) in try estimates.jointWaldTest(of: names) })
    }
  }
}
