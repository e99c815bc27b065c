// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// How strong an unmeasured confounder would have to be to explain an association away.
///
///     E = RR + √(RR (RR − 1)),   RR ≥ 1; 1/RR in its place below 1
///
/// A confounder that is associated with both the exposure and the outcome by a risk ratio of *E* each,
/// above and beyond the measured covariates, could explain the association away, and a weaker one could not.
/// VanderWeele & Ding (2017), doi:10.7326/M16-2607.
///
/// A hazard ratio is taken for a risk ratio when the outcome is rare by the end of follow-up (below
/// 15% or so); otherwise it is first turned into one by
///
///     RR ≈ (1 − ½^√HR) / (1 − ½^√(1/HR))
public struct EValue: Hashable, Sendable, Codable {
  /// How common the outcome is by the end of follow-up.
  public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
    /// Below 15% or so: a hazard ratio is nearly a risk ratio.
    case rare
    /// 15% or more: a hazard ratio is converted.
    case common
  }

  /// The risk ratio, measured or approximated.
  public let riskRatio: Double
  /// The E-value of the estimate.
  public let estimate: Double
  /// The E-value of the confidence limit that is nearer to 1: what could make the interval include 1.
  ///
  /// It is 1 when the interval includes 1 already; `nil` without an interval.
  public let limit: Double?

  /// The E-value of a risk ratio.
  /// - Parameters:
  ///   - riskRatio: The risk ratio, above 0.
  ///   - interval: Its confidence interval.
  /// - Throws: ``SurvivalError`` with code `invalidArgument` for a ratio or limits that cannot be.
  public init(riskRatio: Double, interval: ConfidenceInterval? = nil) throws(SurvivalError) {
    try self.init(riskRatio, interval) { $0 }
  }

  /// The E-value of a hazard ratio.
  /// - Parameters:
  ///   - hazardRatio: The hazard ratio, above 0.
  ///   - interval: Its confidence interval.
  ///   - outcome: How common the outcome is by the end of follow-up.
  /// - Throws: ``SurvivalError`` with code `invalidArgument` for a ratio or limits that cannot be.
  public init(
    hazardRatio: Double, interval: ConfidenceInterval? = nil, outcome: Outcome
  ) throws(SurvivalError) {
    try self.init(hazardRatio, interval) { ratio in
      guard outcome == .common else { return ratio }
      // 1 − ½ˣ without cancellation.
      func risk(_ power: Double) -> Double { -Double.expMinusOne(-power * Double.log(2)) }
      return risk(ratio.squareRoot()) / risk((1 / ratio).squareRoot())
    }
  }

  private init(
    _ ratio: Double, _ interval: ConfidenceInterval?, _ convert: (Double) -> Double
  ) throws(SurvivalError) {
    guard ratio > 0, ratio.isFinite, convert(ratio).isFinite, convert(ratio) > 0 else {
      throw SurvivalError(
        .invalidArgument, "an E-value is that of a ratio above 0, not of \(ratio)")
    }
    riskRatio = convert(ratio)
    estimate = Self.bound(riskRatio)
    guard let interval else {
      limit = nil
      return
    }
    // An upper limit may be infinite: it is the farther one then.
    guard interval.lower >= 0, interval.lower <= ratio, interval.upper >= ratio else {
      throw SurvivalError(
        .invalidArgument,
        "the limits \(interval.lower) and \(interval.upper) do not enclose the ratio \(ratio)")
    }
    if interval.lower <= 1, interval.upper >= 1 {
      limit = 1
    } else {
      limit = Self.bound(convert(ratio > 1 ? interval.lower : interval.upper))
    }
  }

  private static func bound(_ ratio: Double) -> Double {
    let larger = ratio < 1 ? 1 / ratio : ratio
    // √RR (√RR + √(RR − 1)), which does not overflow.
    return larger.squareRoot() * (larger.squareRoot() + (larger - 1).squareRoot())
  }
}

extension EValue: CustomStringConvertible {
  /// The E-values of the estimate and of the limit.
  public var description: String {
    func text(_ value: Double) -> String { NumberFormatting.significant(value, digits: 4) }
    return "E-value \(text(estimate)) for a risk ratio of \(text(riskRatio))"
      + (limit.map { ", \(text($0)) for the nearer limit" } ?? "")
  }
}

extension CoxCoefficient {
  /// The E-value of the hazard ratio and of its confidence limit.
  /// - Parameters:
  ///   - outcome: How common the outcome is by the end of follow-up.
  ///   - level: The level of confidence of the interval.
  /// - Returns: The E-value; `nil` for a coefficient that is aliased or infinite.
  /// - Throws: ``SurvivalError`` with code `invalidArgument` when the hazard ratio leaves the range of
  ///   numbers.
  public func eValue(
    _ outcome: EValue.Outcome, level: Double = 0.95
  ) throws(SurvivalError) -> EValue? {
    guard !isAliased, !isInfinite, let ratio = hazardRatio,
      let interval = hazardRatioInterval(level: level)
    else { return nil }
    return try EValue(hazardRatio: ratio, interval: interval, outcome: outcome)
  }
}
