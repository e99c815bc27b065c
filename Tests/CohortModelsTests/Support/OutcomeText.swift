// SPDX-License-Identifier: Apache-2.0

@testable import CohortModels

extension ValidatedSubject {
  /// An outcome as text: origin and last day counted from infusion, and what ended the time.
  func text(_ parameter: SurvivalParameter, _ policies: EndpointPolicies = .init()) -> String {
    guard let outcome = outcome(parameter, policies) else { return "outside" }
    let days = "\(outcome.originDay - Samples.infusion)-\(outcome.day - Samples.infusion)"
    switch outcome.ending {
    case .event(let cause): return "\(days) event \(cause)"
    case .competing(let cause): return "\(days) competing \(cause)"
    case .censored(let reason): return "\(days) censored \(reason)"
    }
  }
}
