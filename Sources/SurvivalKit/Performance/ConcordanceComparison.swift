// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

/// The concordances of several predictors of the same rows, with their joint covariance.
///
/// Predictors of one study are judged by the same pairs, so their concordances vary together, and the
/// standard error of a difference is far smaller than independence would have it. The covariance is the
/// sum over rows, or over clusters, of products of influences.
///
/// ```swift
/// let comparison = try ConcordanceComparison(of: [("age", small), ("age and sex", large)])
/// comparison.difference("age and sex", minus: "age")?.pValue
/// ```
/// As R's `concordance(fit1, fit2)` with its `vcov`, which counts weights three times instead of twice
/// (survival 3.5) and is then not used here.
public struct ConcordanceComparison: Hashable, Sendable, Codable {
  /// The names of the predictors.
  public let names: [String]
  /// The concordance of each predictor.
  public let concordances: [Concordance]
  /// The covariance matrix of the estimates, row by row.
  public let covariance: [[Double]]
  /// The variance of the difference of each pair: summed from differences of influences, since the
  /// covariances of like predictors cancel.
  let differenceVariances: [[Double]]
  /// The test that all are equal; `nil` when no difference has a variance.
  public let equalityTest: ChiSquaredTest?

  /// Compares predictors of risk.
  /// - Parameters:
  ///   - predictors: For each its name and one number for each row; larger means an earlier event.
  ///   - data: The follow-up of the rows.
  ///   - strata: The stratum of every row: only rows of one stratum are compared.
  ///   - weighting: How much the pairs of an event time count.
  ///   - lastTime: The time τ after which events do not count; `nil` for none.
  ///   - tolerance: As for ``Concordance/init(of:_:strata:weighting:upTo:tiesWithin:)``.
  /// - Throws: ``SurvivalError`` as for one predictor, or with code `invalidArgument` for fewer than two
  ///   predictors or a name that occurs twice.
  /// - Complexity: O(*k* *n* log *n* + *k*² *n*) for *k* predictors.
  public init(
    of predictors: [(name: String, values: [Double])], _ data: SurvivalData,
    strata: Grouping? = nil, weighting: ConcordanceWeight = .harrell, upTo lastTime: Double? = nil,
    tiesWithin tolerance: Double? = nil
  ) throws(SurvivalError) {
    try self.init(
      of: predictors, ties: PredictorTies(within: tolerance),
      PairedComparison(data, strata: strata, weighting: weighting, upTo: lastTime))
  }

  init(
    of predictors: [(name: String, values: [Double])], ties: PredictorTies,
    _ pairs: PairedComparison
  ) throws(SurvivalError) {
    guard predictors.count > 1, Set(predictors.map(\.name)).count == predictors.count else {
      throw SurvivalError(
        .invalidArgument,
        "a comparison needs at least two predictors, each with a name of its own, not "
          + predictors.map(\.name).joined(separator: ", "))
    }
    var answers = [PairedComparison.Answer]()
    for (name, values) in predictors {
      answers.append(try pairs.concordance(of: values, named: name, ties: ties))
    }
    names = predictors.map(\.name)
    concordances = answers.map(\.concordance)
    covariance = answers.map { one in
      answers.map { other in
        zip(one.influence, other.influence).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    differenceVariances = answers.map { one in
      answers.map { other in
        zip(one.influence, other.influence).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
    }
    equalityTest = Self.equalityTest(answers)
  }

  /// (differences from the first)ᵀ V⁻ (differences), on as many degrees of freedom as V has rank.
  private static func equalityTest(_ answers: [PairedComparison.Answer]) -> ChiSquaredTest? {
    let first = answers[0]
    let others = answers.dropFirst().map { answer in
      (
        difference: answer.concordance.estimate - first.concordance.estimate,
        influence: zip(answer.influence, first.influence).map { $0 - $1 }
      )
    }
    var matrix = Matrix(rows: others.count, columns: others.count)
    for (i, one) in others.enumerated() {
      for (j, other) in others.enumerated() {
        matrix[i, j] = zip(one.influence, other.influence).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    guard
      let form = OrderedElimination(matrix)?.quadraticFormOfInverse(others.map(\.difference)),
      form.rank > 0
    else { return nil }
    return ChiSquaredTest(form.value, degreesOfFreedom: form.rank)
  }

  /// The concordance of a name; `nil` when there is none.
  public subscript(name: String) -> Concordance? {
    names.firstIndex(of: name).map { concordances[$0] }
  }

  /// How much larger the concordance of one predictor is than that of another.
  /// - Parameters:
  ///   - first: The name of one predictor.
  ///   - second: The name of the predictor whose concordance is subtracted.
  /// - Returns: The difference with its test; `nil` when a name is not among ``names``.
  public func difference(_ first: String, minus second: String) -> ConcordanceDifference? {
    guard let one = names.firstIndex(of: first), let other = names.firstIndex(of: second) else {
      return nil
    }
    return ConcordanceDifference(
      estimate: concordances[one].estimate - concordances[other].estimate,
      standardError: differenceVariances[one][other].squareRoot())
  }
}

/// The difference of two concordances of the same rows.
public struct ConcordanceDifference: Hashable, Sendable, Codable {
  /// The first concordance less the second.
  public let estimate: Double
  /// The standard error, from the joint covariance of the two.
  public let standardError: Double

  /// The statistic estimate / standardError; `nil` when the standard error is 0, as for predictors
  /// that order all pairs alike.
  public var z: Double? { standardError > 0 ? estimate / standardError : nil }

  /// The two-sided p-value of ``z``.
  public var pValue: Double? {
    z.map { Swift.min(1, 2 * NormalDistribution.upperTail(abs($0))) }
  }

  /// A confidence interval, estimate ± z·standardError.
  /// - Parameter level: The level of confidence, between 0 and 1.
  /// - Returns: The interval.
  public func interval(level: Double = 0.95) -> ConfidenceInterval {
    let halfWidth = ConfidenceInterval.normalQuantile(level: level) * standardError
    return ConfidenceInterval(
      lower: estimate - halfWidth, upper: estimate + halfWidth, level: level)
  }
}

extension ConcordanceComparison: CustomStringConvertible {
  /// The concordances, and the difference of each from the first.
  public var description: String {
    var table = TextTable(
      columns: [.text("")]
        + ["concordance", "se", "difference", "se", "z", "p"].map { .number($0) })
    let differences = names.indices.map { index in
      index == 0 ? nil : difference(names[index], minus: names[0])
    }
    let columns = [
      NumberFormatting.column(concordances.map { $0.estimate }, digits: 4),
      NumberFormatting.column(concordances.map { $0.standardError }, digits: 4),
      NumberFormatting.column(differences.map { $0?.estimate }, digits: 4),
      NumberFormatting.column(differences.map { $0?.standardError }, digits: 4),
      NumberFormatting.column(differences.map { $0?.z }, digits: 4),
      differences.map { difference in
        difference?.pValue.map { NumberFormatting.pValue($0, digits: 3) } ?? ""
      },
    ]
    for (row, name) in names.enumerated() {
      table.append(
        [name]
          + columns.enumerated().map {
            $0.offset > 1 && differences[row] == nil ? "" : $0.element[row]
          })
    }
    return table.fitted().description
  }
}
