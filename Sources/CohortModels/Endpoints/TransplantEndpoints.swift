// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

extension Endpoint<TransplantPatient> {
  /// Days from transplant to relapse or death, whichever comes first.
  public static let diseaseFreeSurvival = Endpoint(
    "disease-free survival", time: { $0.diseaseFreeDays }, event: { $0.hasRelapsedOrDied })

  /// Days from transplant to death of any cause.
  public static let overallSurvival = Endpoint(
    "overall survival", time: { $0.death.days }, event: { $0.death.hasOccurred })

  /// Days from transplant to relapse; death in remission censors, so this is a cause-specific endpoint.
  ///
  /// One minus its Kaplan–Meier curve is not the share that relapses: deaths compete with relapses.
  public static let relapse = Endpoint(
    "relapse", time: { $0.relapse.days }, event: { $0.relapse.hasOccurred })
}
