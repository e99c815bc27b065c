// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

@Suite("Printed Cox models")
struct CoxDescriptionTests {
  enum Arm: String, CaseIterable, Sendable { case control, treated }

  struct Patient: Sendable {
    var time: Double
    var hasDied: Bool
    var age: Double?
    var arm: Arm
  }

  static let patients: [Patient] = [
    Patient(time: 4, hasDied: true, age: 61, arm: .control),
    Patient(time: 3, hasDied: true, age: 55, arm: .treated),
    Patient(time: 1, hasDied: true, age: 70, arm: .control),
    Patient(time: 1, hasDied: false, age: 48, arm: .treated),
    Patient(time: 2, hasDied: true, age: 66, arm: .control),
    Patient(time: 2, hasDied: true, age: 72, arm: .treated),
    Patient(time: 5, hasDied: false, age: nil, arm: .control),
    Patient(time: 6, hasDied: true, age: 50, arm: .treated),
    Patient(time: 7, hasDied: false, age: 59, arm: .control),
  ]

  static let endpoint = Endpoint<Patient>(
    "survival", time: { $0.time }, event: { $0.hasDied })

  @Test("as R prints summary(coxph), with reference levels and rows left out")
  func fit() throws {
    let fit = try CoxModel(
      endpoint: Self.endpoint,
      covariates: [.numeric("age") { $0.age }, .factor("arm", { $0.arm }, reference: .control)]
    ).fitted(to: Self.patients)
    #expect(
      "\(fit)" == """
        Cox model of survival
        n = 8, 6 events; 1 row left out: 1 without age

                        coef  exp(coef)  se(coef)      z       p
        age           0.1435      1.154   0.07675  1.869  0.0616
        arm[treated]  0.6964      2.006   0.89588  0.777   0.437

                      hazard ratio  lower 95%  upper 95%
        age                  1.154     0.9931      1.342
        arm[treated]         2.006     0.3466     11.614
        Reference: arm = control

        Likelihood ratio test  4.116  on 2 df  p = 0.128
        Wald test              3.758  on 2 df  p = 0.153
        Score (log-rank) test  5.315  on 2 df  p = 0.0701

        Ties: Efron. Log likelihood -8.6587 without and -6.6006 with the covariates,
        after 6 iterations.
        """)
  }

  @Test("doubts stand under the table, and infinite coefficients have no interval")
  func doubts() throws {
    let fit = try CoxModel(
      endpoint: Self.endpoint,
      covariates: [
        .numeric("time left") { -$0.time }, .numeric("twice that") { -2 * $0.time },
      ], isRobust: true
    ).fitted(to: Self.patients.filter(\.hasDied))
    #expect(
      "\(fit)" == """
        Cox model of survival
        n = 6, 6 events; no rows left out

                    coef  exp(coef)  se(coef)  robust se   z   p
        time left    Inf        Inf        NA         NA  NA  NA
        twice that    NA         NA        NA         NA  NA  NA

                    hazard ratio  lower 95%  upper 95%
        time left            Inf         NA         NA
        twice that            NA         NA         NA

        Likelihood ratio test  11.772  on 1 df  p = 0.000601
        Wald test                  NA  on 1 df  p = NA
        Score (log-rank) test   5.803  on 1 df  p = 0.016
        Robust score test       4.545  on 1 df  p = 0.033
        The likelihood ratio and score tests take rows as independent and counting once;
        the Wald and robust score tests do not.

        Ties: Efron. Log likelihood -6.5793 without and -0.6931 with the covariates,
        after 21 iterations.

        ! twice that is, within the risk sets, a constant plus 2 × time left, so it has
          no coefficient of its own.
        ! the likelihood rises without end: time left → +∞. Everyone who had the event
          had the largest value of time left among those at risk. Estimates, standard
          errors and Wald tests of these coefficients mean nothing; the robust score
          test holds.
        """)
  }

  @Test("of columns without covariates")
  func nullModel() throws {
    let data = try SurvivalData(times: [1, 2, 3], events: [true, true, false])
    let fit = try CoxRegression.fit(data, design: DesignMatrix([], rowCount: 3))
    #expect(
      "\(fit)" == """
        Cox model
        n = 3, 2 events; no rows left out

        null model, without coefficients: log likelihood -1.7918

        Ties: Efron.
        """)
  }
}
