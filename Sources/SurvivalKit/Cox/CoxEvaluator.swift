// SPDX-License-Identifier: Apache-2.0

internal import SurvivalLinearAlgebra

/// Chooses how a likelihood is evaluated: in blocks, which is fast, or by updated moments, which never
/// lose digits.
///
/// Blocks are tried first; once they have said that their digits cannot be trusted, the rest of the
/// fit goes by moments.
final class CoxEvaluator {
  private let likelihood: CoxPartialLikelihood
  private var blocks: CoxBlockScan?

  init(_ likelihood: CoxPartialLikelihood, threads: Int) {
    self.likelihood = likelihood
    if !likelihood.ties.isExact, !likelihood.names.isEmpty {
      blocks = CoxBlockScan(likelihood, threads: threads)
    }
  }

  /// Whether the last evaluation was made in blocks.
  var usesBlocks: Bool { blocks != nil }

  /// Value, gradient and information at scaled coefficients.
  func evaluate(at point: [Double]) -> CoxPartialLikelihood.ScaledEvaluation {
    if let result = blocks?.evaluate(at: point, wantsInformation: true) { return result }
    blocks = nil
    return likelihood.scan(at: point, wants: .information)
  }

  /// As many threads as pay: starting them costs some microseconds.
  static func suitableThreads(rows: Int, columns: Int) -> Int {
    rows * columns * (columns + 8) < 1_000_000 ? 1 : Parallel.processorCount
  }
}
