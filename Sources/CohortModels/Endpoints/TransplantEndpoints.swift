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

  /// Days from transplant to death without relapse; a relapse censors, so this is a cause-specific
  /// endpoint.
  public static let deathInRemission = Endpoint(
    "death in remission", time: { $0.diseaseFreeDays },
    event: { $0.hasRelapsedOrDied && !$0.relapse.hasOccurred })

  /// Days from transplant to relapse or to death in remission, each by its ``TransplantFailure``.
  public static let firstFailure = Endpoint(
    "relapse and death in remission", time: { $0.diseaseFreeDays },
    event: { $0.hasRelapsedOrDied },
    cause: { $0.relapse.hasOccurred ? TransplantFailure.relapse : .deathInRemission })
}

/// What can end survival without disease after a transplant.
public enum TransplantFailure: String, CodeList {
  /// Relapse.
  case relapse
  /// Death in remission.
  case deathInRemission
}

extension TransplantFailure: CustomStringConvertible {
  /// The event in words.
  public var description: String { label }
}
