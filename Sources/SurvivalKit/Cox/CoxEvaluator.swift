// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// Chooses how a likelihood is evaluated: in blocks, which is fast, or by updated moments, which never
/// lose digits.
///
/// Blocks are tried first; once they have said that their digits cannot be trusted, the rest of the
/// fit goes by moments.
final class CoxEvaluator {
  private let likelihood: CoxPartialLikelihood
  private var blocks: RiskSetBlocks?

  init(_ likelihood: CoxPartialLikelihood, threads: Int) {
    self.likelihood = likelihood
    if !likelihood.ties.isExact, !likelihood.names.isEmpty {
      blocks = RiskSetBlocks(likelihood.layout, threads: threads)
    }
  }

  /// Whether the last evaluation was made in blocks.
  var usesBlocks: Bool { blocks != nil }

  /// Value, gradient and information at scaled coefficients.
  func evaluate(at point: [Double]) -> CoxPartialLikelihood.ScaledEvaluation {
    if let result = blocks?.evaluate(at: point, wantsInformation: true) {
      return CoxPartialLikelihood.ScaledEvaluation(
        logLikelihood: result.logLikelihood, gradient: result.gradient,
        information: SymmetricSum.matrix(result.information, order: likelihood.names.count))
    }
    blocks = nil
    return likelihood.scan(at: point, wants: .information)
  }

  /// Value and gradient alone; `nil` where the likelihood goes by moments, which give the information
  /// with them.
  func gradient(at point: [Double]) -> (value: Double, gradient: [Double])? {
    guard let result = blocks?.evaluate(at: point, wantsInformation: false) else { return nil }
    return (result.logLikelihood, result.gradient)
  }

  /// As many threads as pay: starting them costs some microseconds.
  static func suitableThreads(rows: Int, columns: Int) -> Int {
    rows * columns * (columns + 8) < 1_000_000 ? 1 : Parallel.processorCount
  }
}

extension CoxPartialLikelihood {
  /// The rows as the block scan reads them.
  var layout: RiskSetBlocks.Layout {
    var leaving = [Int32]()
    var leavingStart = [0]
    if times.hasLateEntries, let entryOrder = table.entryOrder {
      var positionOf = [Int32](repeating: 0, count: data.count)
      for (position, row) in table.order.enumerated() { positionOf[Int(row)] = Int32(position) }
      for (stratum, range) in table.strata.enumerated() {
        for slot in range {
          for entry in table.enteredPositions(slot, stratum: stratum) {
            leaving.append(positionOf[Int(entryOrder[entry])])
          }
          leavingStart.append(leaving.count)
        }
      }
    }
    return RiskSetBlocks.Layout(
      rows: rows, offsets: offsets, weights: weights, eventWeights: eventWeights.values,
      slotStart: table.slotStart,
      eventEnd: table.eventEnd, strata: table.strata, leaving: leaving,
      leavingStart: leavingStart, isEfron: ties == .efron,
      countsReplicates: data.weightKind == .frequency)
  }
}
