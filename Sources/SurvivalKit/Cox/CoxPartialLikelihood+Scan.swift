// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels
internal import SurvivalLinearAlgebra

extension CoxPartialLikelihood {
  /// How much of an evaluation is wanted besides value and gradient.
  struct Wanted: OptionSet {
    let rawValue: Int
    /// The information.
    static let information = Wanted(rawValue: 1)
    /// What residuals and baseline hazards are made of.
    static let record = Wanted(rawValue: 2)
  }

  /// An evaluation in the scaled coordinates of the rows.
  struct ScaledEvaluation {
    var logLikelihood = 0.0
    var gradient: [Double]
    var information: Matrix
    var record: HazardRecord?
  }

  /// Evaluates the likelihood at scaled coefficients, by one walk over the risk sets.
  func scan(at point: [Double], wants: Wanted) -> ScaledEvaluation {
    scan(predictors: linearPredictors(at: point), wants: wants)
  }

  /// Evaluates the likelihood at linear predictors, in the order of the table.
  func scan(predictors: [Double], wants: Wanted) -> ScaledEvaluation {
    let p = names.count
    var sums = CoxSums(
      likelihood: self, predictors: predictors, keepsScatter: wants.contains(.information),
      record: wants.contains(.record) ? HazardRecord(events: times.slots.count, dimension: p) : nil)
    walk(&sums)
    return ScaledEvaluation(
      logLikelihood: sums.logLikelihood, gradient: sums.gradient,
      information: SymmetricSum.matrix(
        wants.contains(.information)
          ? sums.information : [Double](repeating: 0, count: p * p), order: p),
      record: sums.record)
  }
}

/// Sums over the event times with powers of a function of time, in scaled coordinates.
struct TimeWeightedSums {
  /// Σ V: the information.
  var information: Matrix
  /// Σ g V and Σ g² V.
  var crossInformation: Matrix
  var timeInformation: Matrix
  /// Σ g (x − mean of the risk set) over the events.
  var timeGradient: [Double]
}

extension CoxPartialLikelihood {
  /// The sums for a coefficient that changes with g(t), at scaled coefficients.
  /// - Complexity: O(*n* *p*²); with late entries another factor log *m*.
  func timeWeightedSums(at point: [Double], _ function: [Double]) -> TimeWeightedSums {
    let p = names.count
    var sums = CoxSums(
      likelihood: self, predictors: linearPredictors(at: point), keepsScatter: true, record: nil)
    sums.function = function
    walk(&sums)
    func matrix(_ lower: [Double]) -> Matrix { SymmetricSum.matrix(lower, order: p) }
    return TimeWeightedSums(
      information: matrix(sums.information), crossInformation: matrix(sums.crossInformation),
      timeInformation: matrix(sums.timeInformation), timeGradient: sums.timeGradient)
  }
}
