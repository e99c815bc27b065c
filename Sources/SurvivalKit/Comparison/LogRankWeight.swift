// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// How much each event time counts in a test of the log-rank family.
///
/// With *n* at risk and *d* events at a time, pooled over the groups of a stratum. Programs differ in
/// what they call Peto–Peto, so each formula is stated.
public enum LogRankWeight: Hashable, Sendable, Codable {
  /// 1: the log-rank test (Mantel 1966). Most power when hazards are proportional.
  case logRank
  /// n: Gehan (1965), doi:10.1093/biomet/52.1-2.203, and Breslow (1970).
  case gehanBreslow
  /// √n: Tarone & Ware (1977), doi:10.1093/biomet/64.1.156.
  case taroneWare
  /// S̃(t) = ∏ (1 − d/(n+1)), this time included: Peto & Peto (1972), doi:10.2307/2344317, as in
  /// SAS. R's `rho = 1` is `flemingHarrington(rho: 1, gamma: 0)` instead.
  case petoPeto
  /// S̃(t)·n/(n+1): Andersen & Gill's modification.
  case modifiedPetoPeto
  /// Ŝ(t−)^ρ (1 − Ŝ(t−))^γ with the pooled Kaplan–Meier curve just before the time: Fleming &
  /// Harrington (1991), doi:10.1002/9781118150672. R's `survdiff(rho =)` has γ = 0.
  case flemingHarrington(rho: Double, gamma: Double)

  /// The name, as the command line spells it.
  public var name: String {
    switch self {
    case .logRank: "log-rank"
    case .gehanBreslow: "gehan-breslow"
    case .taroneWare: "tarone-ware"
    case .petoPeto: "peto-peto"
    case .modifiedPetoPeto: "modified-peto-peto"
    case .flemingHarrington(let rho, let gamma):
      "fleming-harrington:\(LevelOrder.name(rho)),\(LevelOrder.name(gamma))"
    }
  }

  /// The weight of every slot of a stratum.
  func weights(_ counts: RiskCounts, slots: Range<Int>) -> [Double] {
    var result = [Double](repeating: 0, count: slots.count)
    var survival = 1.0
    var petoSurvival = 1.0
    for slot in slots.reversed() {
      let (n, d) = (counts.atRisk[slot], counts.events[slot])
      let survivors = counts.afterEvents[slot]
      if d > 0 { petoSurvival *= (survivors + 1) / (n + 1) }
      let weight: Double
      switch self {
      case .logRank: weight = 1
      case .gehanBreslow: weight = n
      case .taroneWare: weight = n.squareRoot()
      case .petoPeto: weight = petoSurvival
      case .modifiedPetoPeto: weight = petoSurvival * n / (n + 1)
      case .flemingHarrington(let rho, let gamma):
        weight = Self.power(survival, rho) * Self.power(1 - survival, gamma)
      }
      result[slot - slots.lowerBound] = weight
      if d > 0 { survival *= survivors / n }
    }
    return result
  }

  /// A power with 0⁰ = 1.
  private static func power(_ base: Double, _ exponent: Double) -> Double {
    exponent == 0 ? 1 : base <= 0 ? 0 : Double.pow(base, exponent)
  }
}
