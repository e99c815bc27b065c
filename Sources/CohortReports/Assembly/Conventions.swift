// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

extension Presentation {
  /// How the numbers of every section came about.
  var conventions: StudyReport.Section {
    let percent = NumberFormatting.percent(level)
    return StudyReport.Section(
      "conventions", title: "How the numbers were computed",
      blocks: [
        .definitions([
          StudyReport.Definition(
            "Survival curves",
            "Kaplan–Meier estimates with Greenwood's variance; robust where rows are weighted. "
              + "Intervals of \(percent) are pointwise, on the \(interval.title) scale. At the time of an "
              + "event a curve has already dropped. Times that differ by rounding only count as one."
          ),
          StudyReport.Definition(
            "Medians",
            "The first time at which the curve is at one half or below; the middle of the stretch where "
              + "it is flat at one half. Limits are where the limits of the curve cross one half "
              + "(Brookmeyer & Crowley 1982)."),
          StudyReport.Definition(
            "Tests between curves",
            "Log-rank tests with the hypergeometric variance; pairs of more than two groups with Holm's "
              + "adjustment."),
          StudyReport.Definition(
            "Differences of curves",
            "Differences in survival at a time, and in the area under the curves up to a limit; normal "
              + "intervals from the variances of the curves."),
          StudyReport.Definition(
            "Cox models",
            "Partial likelihood, maximized by Newton's method; a hazard ratio is exp(coefficient), its "
              + "interval exp(coefficient ± z · SE), its p-value Wald's. Standard errors come from the "
              + "inverse of the information unless a table says robust. Patients with a missing value in "
              + "a covariate are left out of the model, and counted under it."),
          StudyReport.Definition(
            "Competing events",
            "Cumulative incidences by Aalen & Johansen; Gray's test; cause-specific Cox models, in which "
              + "other events are censored, for what raises a rate; Fine–Gray models, whose ratios "
              + "are those of subdistribution hazards, for what raises a share."),
          StudyReport.Definition(
            "What is shown",
            "p-values are two-sided; <0.0001 stands for smaller ones. NR: not reached within follow-up. "
              + "–: there is no such number. CI: confidence interval; SE: standard error; df: degrees of "
              + "freedom."),
        ])
      ])
  }
}
