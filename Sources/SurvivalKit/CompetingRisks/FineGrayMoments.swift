// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// A Fine–Gray likelihood evaluated by updated moments, which never lose digits.
///
/// The risk sets are those of a Cox model of the cause, to which those who have had a competing event are
/// merged with their weights. So it is the same walk, with the same moments.
struct FineGrayMoments: RiskSetWalker {
  private var sums: CoxSums
  /// For each event time, those who have had a competing event before it, with their weights at it.
  private let competing: [CoxSums.RiskSet]

  private init(_ cox: CoxPartialLikelihood, _ fineGray: FineGrayLikelihood, _ predictors: [Double])
  {
    let sums = CoxSums(likelihood: cox, predictors: predictors, keepsScatter: true, record: nil)
    self.sums = sums
    var competing = [CoxSums.RiskSet]()
    for stratum in fineGray.strata.indices {
      var past = fineGray.factors.map { _ in sums.nobody() }
      for slot in fineGray.table.strata[stratum].reversed() {
        if fineGray.table.eventEnd[slot] > fineGray.table.slotStart[slot] {
          var all = sums.nobody()
          for (group, set) in past.enumerated() {
            all.merge(set, factor: fineGray.factors[group][competing.count])
          }
          competing.append(all)
        }
        for position in fineGray.table.censoredPositions(slot)
        where fineGray.competing[position] > 0 {
          sums.add(
            position, to: &past[fineGray.group(position)], multiple: fineGray.competing[position])
        }
      }
    }
    self.competing = competing
  }

  /// Value, gradient and information at a scaled point.
  /// - Complexity: O(*n* *p*²); with delayed entry another factor log *m*. Memory for *m* *p*² numbers.
  static func evaluate(
    _ fineGray: FineGrayLikelihood, _ cox: CoxPartialLikelihood, at point: [Double]
  ) -> CoxPartialLikelihood.ScaledEvaluation {
    var walker = FineGrayMoments(cox, fineGray, fineGray.linearPredictors(at: point))
    cox.walk(&walker)
    // The two likelihoods have units of their own.
    let p = point.count
    let units = (0..<p).map { fineGray.scales[$0] / cox.scales[$0] }
    var information = SymmetricSum.matrix(walker.sums.information, order: p)
    for j in 0..<p {
      for l in 0..<p { information[j, l] *= units[j] * units[l] }
    }
    return CoxPartialLikelihood.ScaledEvaluation(
      logLikelihood: walker.sums.logLikelihood,
      gradient: zip(walker.sums.gradient, units).map { $0 * $1 }, information: information)
  }

  func nobody() -> CoxSums.RiskSet { sums.nobody() }

  func add(_ position: Int, to bystanders: inout CoxSums.RiskSet) {
    sums.add(position, to: &bystanders)
  }

  mutating func visit(
    _ event: Int, stratum: Int, deaths: Range<Int>, bystanders: inout CoxSums.RiskSet
  ) {
    var all = bystanders
    all.merge(competing[event], factor: 1)
    sums.visit(event, stratum: stratum, deaths: deaths, bystanders: &all)
  }

  func addDeaths(_ deaths: Range<Int>, to bystanders: inout CoxSums.RiskSet) {
    sums.addDeaths(deaths, to: &bystanders)
  }
}

/// Chooses how a Fine–Gray likelihood is evaluated: by sums, which is fast, or by updated moments.
///
/// Sums are tried first; once their digits cannot be trusted, the rest of the fit goes by moments.
final class FineGrayEvaluator {
  private let likelihood: FineGrayLikelihood
  private let makeCox: () -> CoxPartialLikelihood?
  private var cox: CoxPartialLikelihood?

  /// Whether evaluations go by moments.
  var usesMoments: Bool { cox != nil }

  init(_ likelihood: FineGrayLikelihood, makeCox: @escaping () -> CoxPartialLikelihood?) {
    self.likelihood = likelihood
    self.makeCox = makeCox
  }

  /// Value, gradient and information at a scaled point.
  func evaluate(at point: [Double]) -> CoxPartialLikelihood.ScaledEvaluation {
    if let cox { return FineGrayMoments.evaluate(likelihood, cox, at: point) }
    let (evaluation, keepsDigits) = FineGrayScan(likelihood, at: point).evaluate()
    if keepsDigits { return evaluation }
    cox = makeCox()
    guard let cox else { return evaluation }
    return FineGrayMoments.evaluate(likelihood, cox, at: point)
  }
}
