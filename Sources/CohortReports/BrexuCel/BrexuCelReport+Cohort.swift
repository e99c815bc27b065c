// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit

extension BrexuCelReport {
  // MARK: - Flow

  var flow: StudyReport.Section {
    let flows = [findings.flow] + findings.flowByArm
    let table = StudyReport.Table(
      "flow", caption: "From apheresis to a remission without residual disease",
      labelTitle: "Step",
      columns: flows.map {
        .init($0.arm?.rawValue ?? "all", $0.arm?.rawValue.capitalizedStart ?? "Overall")
      },
      rows: PatientFlow.Step.allCases.map { step in
        let reasons = PatientFlow.Reason.allCases.filter { reason in
          findings.flow.stages.contains { stage in
            stage.step == step && stage.leaving.contains { $0.reason == reason }
          }
        }
        return StudyReport.Row(
          step.words, flows.map { .count(Double($0[step])) },
          children: reasons.map { reason in
            StudyReport.Row(
              reason.words,
              flows.map { flow in
                let stage = flow.stages.first { $0.step == step }
                return .count(Double(stage?.leaving.first { $0.reason == reason }?.count ?? 0))
              })
          })
      },
      notes: [
        "Under each step: those who went no further, by reason. Patients whose exposure is not recorded "
          + "are in no arm."
      ])
    return StudyReport.Section("flow", title: "Flow of patients", blocks: [.table(table)])
  }

  // MARK: - Description

  var baseline: StudyReport.Section {
    StudyReport.Section(
      "baseline", title: "Patients",
      blocks: findings.baseline.blocks("Baseline characteristics") {
        [
          .table(
            presentation.table(
              "baseline", $0, "Characteristics of the infused, overall and by prior inotuzumab"))
        ]
      }
        + findings.exposure.blocks("Exposure to inotuzumab") {
          [.table(presentation.table("exposure-details", $0, "Inotuzumab of the exposed"))]
        })
  }

  var followUp: StudyReport.Section {
    StudyReport.Section(
      "follow-up", title: "Follow-up",
      blocks: findings.followUp.blocks("Follow-up") {
        [.table(presentation.table("follow-up", $0))]
      })
  }

  var rates: StudyReport.Section {
    let groups: [(key: String, title: String, rates: [RateComparison])] = [
      ("response", "Response on day 28", findings.responses),
      ("toxicity", "Toxicity and its treatment", findings.toxicities),
      ("consolidation-rates", "Consolidation in remission", findings.consolidationRates),
    ]
    var blocks = [StudyReport.Block]()
    for group in groups {
      blocks.append(.table(presentation.table(group.key, group.rates, group.title)))
      for rate in group.rates {
        if let reason = rate.fisher.reason {
          blocks.append(
            .note(.refusal, "Test, \(rate.name) of \(rate.population): \(reason.message)."))
        }
      }
    }
    blocks += findings.toxicityTimes.blocks("Times of toxicities") {
      [.table(presentation.table("toxicity-times", $0, "Onset and duration of toxicities"))]
    }
    return StudyReport.Section("rates", title: "Response, toxicity, consolidation", blocks: blocks)
  }
}

extension PatientFlow.Step {
  /// The step in words.
  fileprivate var words: String {
    switch self {
    case .apheresed: "Apheresed"
    case .infused: "Infused"
    case .evaluable: "Evaluable on day 28"
    case .remission: "In complete remission"
    case .mrdNegative: "Without residual disease (MRD-negative)"
    }
  }
}

extension PatientFlow.Reason {
  /// The reason in words.
  fileprivate var words: String {
    switch self {
    case .progression: "not infused: progression"
    case .death: "not infused: death"
    case .manufacturingFailure: "not infused: manufacturing failure"
    case .other: "not infused: other reason"
    case .notRecorded: "not infused: reason not recorded"
    case .diedEarly: "died before evaluation"
    case .progressedEarly: "progressed before evaluation"
    case .followedBriefly: "follow-up ended before evaluation"
    case .notAssessed: "no evaluable assessment"
    case .noRemission: "no remission"
    case .residualDisease: "residual disease"
    case .indeterminate: "negative at too low or unknown sensitivity"
    case .notTested: "residual disease not tested"
    }
  }
}
