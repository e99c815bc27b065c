// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// One coefficient of a Cox model.
public struct CoxCoefficient: Hashable, Sendable, Codable {
  /// The name of the covariate, or `factor[level]`.
  public let name: String
  /// The log hazard ratio for one unit of the covariate; `nil` when the column is aliased.
  public let estimate: Double?
  /// The standard error that probability weights and clusters call for, else that of the model.
  public let standardError: Double?
  /// The standard error from the inverse of the information.
  public let modelStandardError: Double?
  /// The robust standard error; `nil` when it was not asked for.
  public let robustStandardError: Double?
  /// Whether the column is a combination of earlier ones.
  public let isAliased: Bool
  /// Where the coefficient goes when the likelihood rises without end, proved.
  ///
  /// `nil` when it is finite. If it is not, the estimate is only where the iteration stopped.
  public let infiniteLimit: InfiniteLimit?

  /// Whether the coefficient has no finite estimate, proved: ``infiniteLimit`` says which way it goes.
  public var isInfinite: Bool { infiniteLimit != nil }

  /// The hazard ratio for one unit of the covariate.
  public var hazardRatio: Double? { estimate.map { Double.exp($0) } }

  /// The Wald statistic, estimate / standardError.
  public var z: Double? {
    guard let estimate, let standardError, standardError > 0 else { return nil }
    return estimate / standardError
  }

  /// The two-sided p-value of the Wald statistic.
  public var pValue: Double? {
    z.map { Swift.min(1, 2 * NormalDistribution.upperTail(abs($0))) }
  }

  /// A confidence interval for the coefficient, estimate ± z·standardError.
  /// - Parameter level: The level of confidence, between 0 and 1.
  /// - Returns: The interval; `nil` for an aliased coefficient.
  public func interval(level: Double = 0.95) -> ConfidenceInterval? {
    guard let estimate, let standardError else { return nil }
    let halfWidth = ConfidenceInterval.normalQuantile(level: level) * standardError
    return ConfidenceInterval(
      lower: estimate - halfWidth, upper: estimate + halfWidth, level: level)
  }

  /// A confidence interval for the hazard ratio.
  /// - Parameter level: The level of confidence, between 0 and 1.
  /// - Returns: The exponential of ``interval(level:)``.
  public func hazardRatioInterval(level: Double = 0.95) -> ConfidenceInterval? {
    interval(level: level).map {
      ConfidenceInterval(lower: Double.exp($0.lower), upper: Double.exp($0.upper), level: level)
    }
  }
}

/// The estimates of a Cox model: plain numbers, to print, compare, store and send.
public struct CoxEstimates: Hashable, Sendable, Codable {
  /// The coefficients, in the order of the design's columns.
  public let coefficients: [CoxCoefficient]
  /// The covariance matrix of the coefficients that are not aliased, row by row; robust where
  /// ``CoxCoefficient/standardError`` is.
  public let covariance: [[Double]]
  /// The inverse of the information, row by row; equal to ``covariance`` unless that is robust.
  public let modelCovariance: [[Double]]
  /// How tied events are treated.
  public let ties: TieMethod
  /// What was added to the log likelihood; all log likelihoods here, and the likelihood-ratio and
  /// score tests, are of the sum.
  public let penalty: CoxPenalty
  /// What the weights of the rows mean.
  public let weightKind: WeightKind
  /// Whether standard errors and the Wald test are robust.
  public let isRobust: Bool
  /// The number of rows used.
  public let rowCount: Int
  /// The number of subjects; the number of rows unless subjects were named.
  public let subjectCount: Int
  /// The number of events, weights not counted.
  public let eventCount: Int
  /// The total weight of the events; their number when there are no weights.
  public let eventWeight: Double
  /// The number of strata.
  public let stratumCount: Int
  /// The log likelihood with all coefficients 0.
  public let nullLogLikelihood: Double
  /// The log likelihood at the estimates.
  public let logLikelihood: Double
  /// Twice the gain in log likelihood.
  ///
  /// Not a valid test with probability weights or clusters.
  public let likelihoodRatioTest: ChiSquaredTest
  /// The estimates measured by their covariance.
  public let waldTest: ChiSquaredTest
  /// The gradient at 0 measured by the information there.
  public let scoreTest: ChiSquaredTest
  /// The score test with the robust variance; `nil` when the fit is not robust.
  public let robustScoreTest: ChiSquaredTest?
  /// The point to which linear predictors may be referred: the weighted means of the columns.
  public let means: [Double]
  /// How the iteration went, point by point; the first is the null model.
  public let iterations: [NewtonStep]
  /// Whether the maximum was found.
  ///
  /// `false` only with an infinite coefficient, which has none.
  public let hasConverged: Bool
  /// A direction along which the likelihood rises without end; `nil` when it has a finite maximum.
  public let monotoneDirection: MonotoneDirection?
  /// What deserves doubt.
  public internal(set) var diagnostics: [CoxDiagnostic]
  /// The rows that were left out.
  public package(set) var exclusions = Exclusions.none
  /// Which times were merged.
  public let mergedTimes: MergedTimes
  /// The name of the endpoint; empty for columns.
  public package(set) var endpoint = ""
  /// The cause whose subdistribution hazard is modelled; `nil` for a Cox model.
  public internal(set) var subdistributionCause: String?

  /// The coefficient of a name; `nil` when there is none.
  public subscript(coefficient name: String) -> CoxCoefficient? {
    coefficients.first { $0.name == name }
  }

  /// The number of coefficients estimated.
  public var degreesOfFreedom: Int { coefficients.count { !$0.isAliased } }
}

/// A reason to doubt a fit although it has an answer.
public struct CoxDiagnostic: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The kind of doubt; more kinds may be added.
  public struct Code: Hashable, Sendable, Codable, RawRepresentable {
    /// The name of the code.
    public let rawValue: String

    /// Creates a code.
    /// - Parameter rawValue: The name of the code.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A column is a combination of earlier ones and has no coefficient of its own.
    public static let aliasedColumn = Code(rawValue: "aliasedColumn")
    /// The likelihood rises without end: the coefficient is infinite.
    public static let infiniteCoefficient = Code(rawValue: "infiniteCoefficient")
    /// A stratum has no events and tells nothing.
    public static let stratumWithoutEvents = Code(rawValue: "stratumWithoutEvents")
    /// Times that differed by rounding were merged.
    public static let timesMerged = Code(rawValue: "timesMerged")
    /// Rows have weight 0 and were left out.
    public static let zeroWeights = Code(rawValue: "zeroWeights")
    /// There are fewer events than a model of this size needs.
    public static let fewEvents = Code(rawValue: "fewEvents")
    /// Predicted risks of competing events sum to more than one.
    public static let incidencesExceedOne = Code(rawValue: "incidencesExceedOne")
  }

  /// The kind of doubt.
  public let code: Code
  /// The doubt in one sentence.
  public let message: String

  /// The message.
  public var description: String { message }
}
