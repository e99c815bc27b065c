// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// What an analyst expects of a Cox model, feature by feature, with the worst difference from a
/// reference that the tests measure.
struct FeatureTable {
  struct Row {
    let feature, reference: String
    let differences: ReferenceDifferences
  }

  private struct Measured {
    let reference: CoxCase
    /// Of the fit, and of what is asked of it.
    let fit, after: ReferenceDifferences
  }

  private let cox: [Measured]
  private(set) var rows: [Row] = []

  init() throws {
    cox = try ReferenceFixtures.cox.map {
      Measured(
        reference: $0, fit: try CoxReferenceTests.differences($0),
        after: try CoxDiagnosticsReferenceTests.differences($0))
    }
    try addFitting()
    try addInference()
    try addAfter()
    try addPerformance()
  }

  private mutating func add(
    _ feature: String, _ reference: String, _ differences: ReferenceDifferences
  ) {
    rows.append(Row(feature: feature, reference: reference, differences: differences))
  }

  private static func merged(_ parts: [ReferenceDifferences]) -> ReferenceDifferences {
    var total = ReferenceDifferences()
    for part in parts { total.merge(part) }
    return total
  }

  /// All quantities of the fits of some cases.
  private func fits(_ chosen: (CoxCase) -> Bool) -> ReferenceDifferences {
    Self.merged(cox.filter { chosen($0.reference) }.map(\.fit))
  }

  /// One quantity, of the fit or asked of it afterwards.
  private func quantity(
    _ names: String..., of chosen: (CoxCase) -> Bool = { _ in true }
  ) -> ReferenceDifferences {
    Self.merged(cox.filter { chosen($0.reference) }.flatMap { [$0.fit, $0.after] })
      .only { names.contains($0) }
  }

  private mutating func addFitting() throws {
    let r = "R `coxph`"
    add("ties: Efron", r, fits { $0.ties == "efron" })
    add("ties: Breslow", r, fits { $0.ties == "breslow" })
    add("ties: exact, discrete", r + ", `ties = \"exact\"`", fits { $0.ties == "exact" })
    add(
      "ties: exact, marginal", "sums over subsets of the tied, exact fractions",
      try Self.exactMarginal())
    add("strata", r, fits { !$0.strata.isEmpty })
    add("weights", r, fits { $0.weights != nil })
    add("robust variance, clusters", r, fits { $0.robust })
    add("offset", r, fits { $0.offset != nil })
    add("delayed entry, time-dependent covariates", r, fits { $0.entry != nil })
    add("factors", r, fits { !$0.factors.isEmpty })
    add("coefficients", r, quantity("coefficient"))
    add("standard errors, covariance", r, quantity("model standard error", "model covariance"))
    add(
      "robust standard errors, covariance", r,
      quantity("robust standard error", "robust covariance"))
    add("log-likelihoods", r, quantity("log-likelihood"))
    add("likelihood-ratio test", r, quantity("likelihood-ratio test"))
    add("Wald test", r, quantity("Wald test"))
    add("score test", r, quantity("score test"))
    add("robust score test", r, quantity("robust score test"))
    add("covariates that change by a rule", "R `tt()`", try TimeDependentTests.differences())
    add("natural splines", "R `splines::ns`", try SplineTests.differences())
    add("Firth's penalty", "its score equation solved in R", try FirthTests.differences())
  }

  private mutating func addInference() throws {
    let inference = try InferenceTests.differences()
    add(
      "profile-likelihood intervals", "R `uniroot` over `coxph` with an offset",
      try ProfileTests.differences())
    add("AIC, BIC", "R `AIC`, `BIC`", inference.only { $0 == "AIC" || $0 == "BIC" })
    add("Wald test of a term", "quadratic form in R", inference.only { $0 == "Wald test" })
    add(
      "contrasts", "quadratic form in R",
      inference.only { $0 == "contrast" || $0 == "standard error" })
    add(
      "comparison of nested models", "R `anova`",
      inference.only { $0 == "likelihood ratio" || $0 == "p-value" })
  }

  private mutating func addAfter() throws {
    let r = "R `residuals`"
    for (title, name) in [
      ("martingale residuals", "martingale residual"), ("deviance residuals", "deviance residual"),
      ("score residuals", "score residual"), ("Schoenfeld residuals", "Schoenfeld residual"),
      ("scaled Schoenfeld residuals", "scaled Schoenfeld residual"), ("dfbeta", "dfbeta"),
    ] {
      add(title, r, quantity(name))
      if name == "martingale residual" || name == "score residual" || name == "dfbeta" {
        add(title + " under Efron's rule", r, quantity(name) { $0.ties == "efron" })
      }
    }
    add("proportional hazards, four scales", "R `cox.zph`", quantity("proportional hazards"))
    add("baseline hazard", "R `basehaz`", quantity("baseline hazard"))
    add(
      "survival by the product-limit estimate (Kalbfleisch–Prentice)",
      "R `survfit(fit, newdata, stype = 1)`, which stops at 3e-11 for tied events",
      Self.merged(try ProductLimitTests.cases.map(ProductLimitTests.differences)))
    let predicted = Self.merged(try PredictionCase.all.map(PredictionReferenceTests.differences))
    add(
      "predicted hazard and survival", "R `survfit(fit, newdata)`",
      predicted.only { $0 == "cumulative hazard" || $0 == "survival" })
    add(
      "their standard errors and limits", "R `survfit(fit, newdata)`",
      predicted.only { ["standard error", "lower limit", "upper limit"].contains($0) })
    let expected = Self.merged(
      try ExpectedCase.all.map { try ExpectedReferenceTests.differences($0) })
    add(
      "expected events, fitted and new rows", "R `predict(type = \"expected\")`, made right",
      expected.only { !$0.hasPrefix("standard error") })
    add(
      "their standard errors", "R `predict(se.fit = TRUE)`, made right",
      expected.only { $0.hasPrefix("standard error") })
    let path = Self.merged(try PathCase.all.map { try ExpectedReferenceTests.differences($0) })
    add(
      "curve along a covariate path", "R `survfit(id =)`",
      path.only { $0.hasPrefix("cumulative") || $0.hasPrefix("survival") })
    add(
      "its standard errors and limits", "R `survfit` of shifted data",
      path.only { !$0.hasPrefix("cumulative") && !$0.hasPrefix("survival") })
  }

  private mutating func addPerformance() throws {
    let r = "R `concordance`"
    add("Harrell's C of a model", r, quantity("concordance"))
    add("its standard error", r, quantity("concordance, standard error"))
    func weighted(
      _ names: [String], _ chosen: (ConcordanceCase) -> Bool
    ) throws -> ReferenceDifferences {
      Self.merged(
        try ConcordanceCase.all.filter(chosen).map { try ConcordanceReferenceTests.differences($0) }
      ).only { names.contains($0) }
    }
    let all = [
      "concordance", "standard error, weights known", "pairs", "pairs tied in time",
      "joint covariance, weights known",
    ]
    add("Harrell's C of a column, up to τ", r, try weighted(all) { $0.weighting == .harrell })
    add("Uno's C, up to τ", r + ", `timewt = \"n/G2\"`", try weighted(all) { $0.weighting == .uno })
    add(
      "Uno's C", "scikit-survival `concordance_index_ipcw`",
      try ConcordanceReferenceTests.unoDifferences().only { $0 == "Uno's C" })
    for (name, weighting) in [
      ("S/G", ConcordanceWeight.schemper), ("S", .peto), ("I", .logRank),
    ] {
      add(
        "C with weights \(weighting.rawValue)", r + ", `timewt = \"\(name)\"`",
        try weighted(all) { $0.weighting == weighting })
    }
    add("C in strata", r, try weighted(all) { !$0.strata.isEmpty })
    add("C with weights of rows, clusters", r, try weighted(all) { $0.weights != nil })
    add("C with delayed entry", r, try weighted(all) { $0.entry != nil })
    add(
      "joint covariance of several predictors", r + ", products of `dfbeta`",
      try weighted(["joint covariance, weights known"]) { _ in true })
    add(
      "two models compared: difference, standard error, z", "R `concordance(fit1, fit2)`",
      try ConcordanceReferenceTests.pairDifferences())
  }

  /// One time with tied events, where ρ is the risk of a tied row over that of those who go on.
  ///
  ///     ∫ Π (1 − u^ρ) du over 0 … 1 = Σ over subsets S of (−1)^|S| / (1 + Σ ρ)
  private static func exactMarginal() throws -> ReferenceDifferences {
    var result = ReferenceDifferences()
    for (count, beta) in [(2, 0.4), (3, -0.7), (5, 0.2), (8, 0.3)] {
      let x = (0..<(count + 4)).map { Double($0 * 7 % 5) / 4 }
      let times = x.indices.map { $0 < count ? 1.0 : 2 }
      let likelihood = try CoxPartialLikelihood(
        SurvivalData(times: times, events: x.indices.map { $0 < count }),
        design: DesignMatrix([("x", x)]), ties: .exactMarginal)
      let risks = x.map { Double.exp(beta * $0) }
      let rest = risks.dropFirst(count).reduce(0, +)
      var sum = 0.0
      for subset in 0..<(1 << count) {
        var ratio = 1.0
        for index in 0..<count where subset >> index & 1 == 1 { ratio += risks[index] / rest }
        sum += (subset.nonzeroBitCount % 2 == 0 ? 1 : -1) / ratio
      }
      result.compare(
        "log-likelihood", try likelihood.evaluate(at: [beta]).logLikelihood, Double.log(sum),
        at: "\(count) tied")
    }
    return result
  }

  /// The table as text.
  func text(_ number: (Double) -> String) -> String {
    var lines = ["| feature | reference | values | worst difference |", "|---|---|---:|---:|"]
    for row in rows {
      let (values, difference) = row.differences.summary
      lines.append("| \(row.feature) | \(row.reference) | \(values) | \(number(difference)) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
