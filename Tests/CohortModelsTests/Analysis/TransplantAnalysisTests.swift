// SPDX-License-Identifier: Apache-2.0

import CohortModels
import SurvivalKit
import Testing

@Suite("Transplant analysis")
struct TransplantAnalysisTests {
  /// Relative agreement of estimates with R 4.x and survival 3.8 at eps = 1e-14.
  private func agrees(_ value: Double?, _ reference: Double) -> Bool {
    guard let value else { return false }
    return abs(value - reference) <= 1e-9 * abs(reference)
  }

  @Test("the Cox model of disease-free survival is that of Klein & Moeschberger, example 8.5")
  func textbook() throws {
    // The book codes AML groups against ALL, prints Breslow's ties, and rounds to three decimals.
    var plan = TransplantAnalysis()
    plan.ties = .breslow
    let fit = try plan.coxModel(.diseaseFreeSurvival).fitted(to: TransplantCohort.load())
    let all = try #require(fit[coefficient: "group[ALL]"]?.estimate)
    let high = try #require(fit[coefficient: "group[AML high risk]"]?.estimate)
    let published: [(Double?, Double)] = [
      (-all, -1.091), (high - all, -0.404), (fit[coefficient: "FAB 4 or 5"]?.estimate, 0.837),
      (fit[coefficient: "patient age - 28"]?.estimate, 0.007),
      (fit[coefficient: "donor age - 28"]?.estimate, 0.004),
      (fit[coefficient: "product of ages"]?.estimate, 0.003),
      (fit[coefficient: "group[ALL]"]?.standardError, 0.354),
      (fit[coefficient: "FAB 4 or 5"]?.standardError, 0.279),
    ]
    for (value, figure) in published {
      #expect(abs((value ?? .nan) - figure) <= 0.0005)
    }
  }

  @Test("the Cox models agree with R's coxph")
  func coxModels() throws {
    // coxph(Surv(t2, d3) ~ relevel(factor(group), "2") + I(z1-28) + I(z2-28) +
    //       I((z1-28)*(z2-28)) + z8), and the same of Surv(t1, d1)
    let analysis = TransplantAnalysis().applied(to: try TransplantCohort.load())
    let expected = [
      (
        analysis.diseaseFreeSurvival,
        [
          1.09064759551516621, 0.68674243732861839, 0.00682036820857957, 0.00387231290087842,
          0.00315925441281948, 0.83741559485730355,
        ],
        [
          0.354278972947233373, 0.279809839127185545, 0.019683002000462704, 0.018256153532151164,
          0.000950763486533433, 0.278464445474230271,
        ], -356.8939197140400, 13.8037218872223, 83
      ),
      (
        analysis.overallSurvival,
        [
          1.08019467247128986, 0.67656110232549316, 0.00210900042832200, 0.02033062053838249,
          0.00249631515444592, 0.76053301874579493,
        ],
        [
          0.361563758972852811, 0.292104991068612541, 0.020130631227905035, 0.018400280906691512,
          0.000877236954556935, 0.285668064486252371,
        ], -348.7174482890766, 15.2197635970401, 81
      ),
    ]
    for (findings, coefficients, errors, logLikelihood, logRank, events) in expected {
      let estimates = try #require(findings.multivariable.value).estimates
      #expect(
        zip(estimates.coefficients, coefficients).allSatisfy { agrees($0.estimate, $1) },
        "\(findings.byRiskGroup.endpoint)")
      #expect(zip(estimates.coefficients, errors).allSatisfy { agrees($0.standardError, $1) })
      #expect(agrees(estimates.logLikelihood, logLikelihood))
      #expect(agrees(findings.byRiskGroup.logRank.value?.statistic, logRank))
      #expect(estimates.eventCount == events)
    }
  }

  @Test("the curves have R's medians")
  func medians() throws {
    let analysis = TransplantAnalysis().applied(to: try TransplantCohort.load())
    let curves = try #require(analysis.diseaseFreeSurvival.byRiskGroup.curves.value)
    #expect(curves.groups == RiskGroup.allCases)
    let medians = curves.curves.map { $0.median() }
    #expect(medians.map(\.estimate) == [418, 2204, 183])
    #expect(medians.map(\.lower) == [194, 704, 115])
    #expect(medians.map(\.upper) == [nil, nil, 456])
  }

  @Test("endpoints count what they say")
  func endpoints() throws {
    let patients = try TransplantCohort.load()
    let events = try [Endpoint<TransplantPatient>.diseaseFreeSurvival, .overallSurvival, .relapse]
      .map { try KaplanMeier(endpoint: $0).fitted(to: patients).curves[0].eventCount }
    #expect(events == [83, 81, 42])
  }
}
