// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// A model of who was exposed, and how alike weights make the arms.
public struct PropensityFindings: Codable, Hashable, Sendable {
  /// The coefficients of the logistic regression: log odds ratios.
  public let coefficients: [LogisticRegression.Coefficient]
  /// Whose effect the weighted arms show.
  public let target: PropensityTarget
  /// Whether weights were multiplied by the share of the arm.
  public let isStabilized: Bool
  /// The share of weights cut back at either end.
  public let truncation: Double
  /// The number of weights that were cut back.
  public let truncatedCount: Int
  /// The exposed and the naive: numbers, effective numbers, weights and the range of scores.
  public let groups: [PropensityGroup]
  /// The standardized difference of each covariate, before and after.
  public let balance: [CovariateBalance]
  /// The largest magnitude of a difference that is left; `nil` when one is infinite.
  public let largestImbalance: Double?
  /// The rows that were left out.
  public let exclusions: Exclusions
}

/// The arms weighted to be alike.
public struct WeightedFindings: Codable, Hashable, Sendable {
  /// The weighted curves of the arms, with robust standard errors.
  public let curves: AnalysisPart<SurvivalCurves<InotuzumabArm>>
  /// The numbers of the curves.
  public let summaries: [SurvivalSummary]
  /// The exposed less the naive in survival and in mean survival time.
  public let contrasts: [AnalysisPart<CurveContrast>]
  /// The weighted log-rank test, with its robust variance.
  public let logRank: AnalysisPart<LogRankResult>
  /// The exposure in a weighted Cox model, with its robust standard error.
  public let effect: AnalysisPart<HazardEffect>
}

/// The survival of all infused had all been exposed, and had all been naive, from a Cox model.
public struct StandardizedFindings: Codable, Hashable, Sendable {
  /// The curve under one intervention, at whole months.
  public struct Curve: Codable, Hashable, Sendable {
    /// What is done to everybody, in thought.
    public let arm: InotuzumabArm
    /// Survival at each time, as far as it is known.
    public let points: [StandardizedEstimate]
  }

  /// The number of subjects that are standardized over.
  public let subjectCount: Int
  /// The curves: naive, exposed.
  public let curves: [Curve]
  /// Survival at the times of the tables and the mean survival time, of each arm.
  public let estimates: [AnalysisPart<StandardizedEstimate>]
  /// The exposed less the naive in each of them.
  public let contrasts: [AnalysisPart<CurveContrast>]
}

/// The computation of the findings on confounding.
struct ConfoundingWork {
  let plan: BrexuCelAnalysis
  let rows: [StudyRow]
  private let weights: AnalysisPart<PropensityWeights<StudyRow>>
  /// Who was exposed, and the balance of the arms.
  let propensity: AnalysisPart<PropensityFindings>

  init(_ plan: BrexuCelAnalysis, _ rows: [StudyRow]) {
    self.plan = plan
    self.rows = rows
    let fit = AnalysisPart { () throws(SurvivalError) in
      try PropensityModel(
        exposure: { $0.isExposed },
        covariates: plan.propensityCovariates.map { $0.covariate { $0 } }
      ).fitted(to: rows)
    }
    let weights = fit.then { fit throws(SurvivalError) in
      try fit.weights(plan.propensityTarget, truncation: plan.propensityTruncation)
    }
    self.weights = weights
    propensity = fit.then { fit throws(SurvivalError) in
      guard let found = weights.value else {
        return try fit.weights(plan.propensityTarget).findings(fit.regression)
      }
      return found.findings(fit.regression)
    }
  }

  /// The arms weighted to be alike, at one endpoint.
  func weighted(_ endpoint: Endpoint<StudyRow>) -> WeightedFindings {
    let curves = weights.then { weights throws(SurvivalError) in
      try KaplanMeier(endpoint: endpoint, weights: weights.recordWeights).fitted(
        to: rows, groupedBy: { $0.arm })
    }
    return WeightedFindings(
      curves: curves,
      summaries: (curves.value?.curves ?? []).map { SurvivalSummary($0, plan.style) },
      contrasts: SurvivalComparison<InotuzumabArm>.contrasts(curves, plan.style),
      logRank: weights.then { weights throws(SurvivalError) in
        try LogRankTest(endpoint: endpoint, weights: weights.recordWeights).applied(
          to: rows, groupedBy: { $0.arm })
      },
      effect: weights.then { weights throws(SurvivalError) in
        let model = CoxModel(
          endpoint: endpoint, covariates: [BaselineCharacteristic.inotuzumab.covariate { $0 }],
          ties: plan.ties, weights: weights.recordWeights)
        return try HazardEffect(model.fitted(to: rows).estimates, BrexuCelAnalysis.exposure) {
          _ in nil
        }
      })
  }

  /// The survival of all under each arm, from a model.
  func standardized(_ model: CoxModel<StudyRow>) -> AnalysisPart<StandardizedFindings> {
    AnalysisPart { () throws(SurvivalError) in
      let fit = try model.fitted(to: rows)
      // An exposure that the model cannot tell makes no difference, and none may be claimed.
      _ = try HazardEffect(fit.estimates, BrexuCelAnalysis.exposure) { _ in nil }
      let arms = InotuzumabArm.allCases
      let survival = try fit.standardizedSurvival(
        of: rows, arms.map { arm in Intervention(arm.rawValue) { $0.arm = arm } })
      let style = plan.style
      let quantities =
        style.times.sorted().map { CurveQuantity.survival(at: $0) } + [
          .restrictedMean(upTo: style.restriction)
        ]
      var curves = [StandardizedFindings.Curve]()
      for arm in arms {
        var points = [StandardizedEstimate]()
        for month in 0...Int((plan.tableMonths.max() ?? 0).rounded()) {
          let time = plan.time(months: Double(month))
          guard
            let point = try? survival.estimate(.survival(at: time), of: arm.rawValue)
          else { break }
          points.append(point)
        }
        curves.append(StandardizedFindings.Curve(arm: arm, points: points))
      }
      return StandardizedFindings(
        subjectCount: survival.rowCount, curves: curves,
        estimates: arms.flatMap { arm in
          quantities.map { quantity in
            AnalysisPart { () throws(SurvivalError) in
              try survival.estimate(quantity, of: arm.rawValue)
            }
          }
        },
        contrasts: quantities.map { quantity in
          AnalysisPart { () throws(SurvivalError) in
            try survival.contrast(
              quantity, of: InotuzumabArm.exposed.rawValue,
              relativeTo: InotuzumabArm.naive.rawValue)
          }
        })
    }
  }
}

extension PropensityWeights {
  /// The weights without their rows.
  fileprivate func findings(_ regression: LogisticRegression) -> PropensityFindings {
    PropensityFindings(
      coefficients: regression.coefficients, target: target, isStabilized: isStabilized,
      truncation: truncation, truncatedCount: truncatedCount, groups: groups, balance: balance,
      largestImbalance: largestImbalance, exclusions: exclusions)
  }
}
