// SPDX-License-Identifier: Apache-2.0

/// A fitted Cox model without its data: what it takes to predict, as it is stored and sent.
///
/// ```swift
/// let stored = try JSONEncoder().encode(fit.regression.storedModel())
/// // … in another program:
/// let model = try JSONDecoder().decode(StoredCoxModel.self, from: stored)
/// let curve = try model.survivalCurve(for: [60, 1], stratum: "site=Bern")
/// ```
///
/// It holds no row of the data, but the event times of each stratum and the hazard at each. Its curves
/// are those of the fit, to the last bit, with their standard errors. R keeps whole fits with `saveRDS`,
/// without a version of their form.
public struct StoredCoxModel: Hashable, Sendable {
  /// The version of the form in which this version of the library stores models.
  public static let schemaVersion = 1

  /// The estimates as plain numbers.
  public let estimates: CoxEstimates
  /// The baseline hazards, one for each stratum.
  public let baselineHazards: [BaselineHazard]
  let basis: PredictionBasis

  /// The survival that the model predicts for covariates.
  /// - Parameters:
  ///   - covariates: One value for each of the coefficients of ``estimates``, in their order.
  ///   - offset: The known part of the linear predictor.
  ///   - stratum: The name of the stratum; empty when there is one.
  /// - Returns: The curve.
  /// - Throws: ``SurvivalError`` with code `unknownLevel` for a stratum that the model does not have,
  ///   `invalidArgument` when the number of values is wrong, or `overflow` when the linear predictor is
  ///   not a finite number.
  /// - Complexity: O(*p* + number of strata).
  public func survivalCurve(
    for covariates: [Double], offset: Double = 0, stratum: String = ""
  ) throws(SurvivalError) -> PredictedCurve {
    try survivalCurve(
      along: [
        CovariateInterval(
          from: -.infinity, to: .infinity, covariates: covariates, offset: offset,
          baseline: baselineHazard(of: stratum))
      ])
  }

  /// The survival that the model predicts for one whose covariates change with time.
  /// - Parameters:
  ///   - intervals: The intervals in order of time, each beginning where the one before ends, with
  ///     baselines from ``baselineHazard(of:)``.
  ///   - allowsStratumChange: Whether an interval may belong to another stratum than the one before.
  /// - Returns: The curve.
  /// - Throws: ``SurvivalError`` as ``CoxRegression/survivalCurve(along:allowsStratumChange:)``.
  /// - Complexity: O(*k* *p*) for *k* intervals.
  public func survivalCurve(
    along intervals: [CovariateInterval], allowsStratumChange: Bool = false
  ) throws(SurvivalError) -> PredictedCurve {
    try basis.curve(along: intervals, allowsStratumChange: allowsStratumChange)
  }

  /// The baseline hazard of a stratum.
  /// - Parameter stratum: The name of the stratum; empty when there is one.
  /// - Returns: The hazard at the means of the covariates.
  /// - Throws: ``SurvivalError`` with code `unknownLevel` for a stratum that the model does not have.
  public func baselineHazard(of stratum: String) throws(SurvivalError) -> BaselineHazard {
    guard let baseline = baselineHazards.first(where: { $0.stratum == stratum }) else {
      throw SurvivalError.unknownStratum(stratum, among: baselineHazards.map(\.stratum))
    }
    return baseline
  }
}

extension CoxRegression {
  /// The model without its data, to be stored.
  /// - Returns: The estimates, the baseline hazards, and what predictions need besides.
  /// - Complexity: O(*n* *p*); with delayed entry another factor log *m*.
  public func storedModel() -> StoredCoxModel {
    StoredCoxModel(estimates: estimates, baselineHazards: baselineHazards(), basis: basis)
  }
}

extension SurvivalError {
  /// A stratum that a fit does not have, with those that it has.
  static func unknownStratum(_ name: String, among strata: [String]) -> SurvivalError {
    SurvivalError(
      .unknownLevel,
      "the fit has no stratum \(name); it has "
        + strata.prefix(20).joined(separator: "; "))
  }
}

extension StoredCoxModel: Codable {
  private enum CodingKeys: String, CodingKey {
    case schemaVersion, estimates, baselineHazards, centers, scales
  }

  /// Decodes a model and checks that its parts belong together.
  /// - Parameter decoder: The decoder to read from.
  /// - Throws: A decoding error, also for a model that a later version of the library has stored.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let version = try container.decode(Int.self, forKey: .schemaVersion)
    guard version == Self.schemaVersion else {
      throw DecodingError.dataCorruptedError(
        forKey: .schemaVersion, in: container,
        debugDescription: "the model is stored in form \(version), and this version of SurvivalKit "
          + "reads form \(Self.schemaVersion); read it with the version that wrote it, or later")
    }
    estimates = try container.decode(CoxEstimates.self, forKey: .estimates)
    baselineHazards = try container.decode([BaselineHazard].self, forKey: .baselineHazards)
    let centers = try container.decode([Double].self, forKey: .centers)
    let scales = try container.decode([Double].self, forKey: .scales)
    let count = estimates.coefficients.count
    let free = estimates.coefficients.count { !$0.isAliased }
    guard centers.count == count, scales.count == count, scales.allSatisfy({ $0 > 0 }),
      estimates.covariance.count == free, estimates.covariance.allSatisfy({ $0.count == free }),
      Set(baselineHazards.map(\.stratum)).count == baselineHazards.count,
      baselineHazards.allSatisfy({ $0.belongs(to: count) && $0.isAscending })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .baselineHazards, in: container,
        debugDescription: "the coefficients, their covariance, the means and the baseline hazards "
          + "are not those of one model")
    }
    basis = PredictionBasis(estimates, centers: centers, scales: scales)
  }

  /// Encodes the model with the version of its form.
  /// - Parameter encoder: The encoder to write to.
  /// - Throws: An encoding error.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.schemaVersion, forKey: .schemaVersion)
    try container.encode(estimates, forKey: .estimates)
    try container.encode(baselineHazards, forKey: .baselineHazards)
    try container.encode(basis.centers, forKey: .centers)
    try container.encode(basis.scales, forKey: .scales)
  }
}
