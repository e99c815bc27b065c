// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// The conditional-logistic likelihood of one event time: which *d* of the risk set had the event.
///
///     ℓ = Σ dying η − log B(d),   B(d) = Σ over subsets s of size d of exp(Σ s η)
///
/// The sum over subsets follows the recursion of Gail, Lubin & Rubinstein (1981),
/// doi:10.1093/biomet/68.3.703, here in the form of probabilities: if every row is drawn on its own
/// with probability πᵢ = θrᵢ / (1 + θrᵢ), then B(d) = P(N = d) Π(1 + θrᵢ) / θᵈ for the number drawn N.
/// With θ chosen so that *d* is expected, P(N = d) is of order 1/√n: nothing can overflow, however
/// many events are tied. The derivatives of log B are the conditional mean and variance of Σ x.
struct ExactDiscreteTies {
  /// log B(d).
  private(set) var logSum = 0.0
  /// The conditional mean of Σ x over the rows drawn, and the lower triangle of its variance.
  private(set) var mean: [Double]
  private(set) var variance: [Double]

  /// Runs the recursion over a risk set.
  /// - Complexity: O(*n* *d* *p*²) for *n* rows at risk, O(*n* *d* *p*) without the variance.
  init(
    rows: [Int], of matrix: RowMatrix, predictors: [Double], drawing count: Int,
    wantsVariance: Bool
  ) {
    let p = matrix.columns
    let d = count
    mean = [Double](repeating: 0, count: p)
    variance = [Double](repeating: 0, count: wantsVariance ? p * p : 0)
    guard d < rows.count else {
      // Everybody at risk had the event: there is one subset.
      for row in rows {
        logSum += predictors[row]
        let x = matrix.row(row)
        for j in 0..<p { mean[j] += x[x.startIndex + j] }
      }
      return
    }
    let shift = Self.logOdds(rows.map { predictors[$0] }, drawing: Double(d))
    // Covariates are measured from their expectation, so that the moments stay small.
    var center = [Double](repeating: 0, count: p)
    for row in rows {
      let share = Self.logistic(predictors[row] + shift) / Double(d)
      let x = matrix.row(row)
      for j in 0..<p { center[j] += share * x[x.startIndex + j] }
    }
    var probability = [Double](repeating: 0, count: d + 1)
    probability[0] = 1
    var first = [Double](repeating: 0, count: (d + 1) * p)
    var second = [Double](repeating: 0, count: wantsVariance ? (d + 1) * p * p : 0)
    var x = center
    for (drawn, row) in rows.enumerated() {
      let logit = predictors[row] + shift
      let (take, leave) = (Self.logistic(logit), Self.logistic(-logit))
      logSum += logit > 0 ? logit - Double.log(take) : -Double.log(leave)
      let values = matrix.row(row)
      for j in 0..<p { x[j] = values[values.startIndex + j] - center[j] }
      // Fewer than d − (rows to come) drawn by now can no longer become d.
      let lowest = Swift.max(1, d - (rows.count - 1 - drawn))
      for k in stride(from: Swift.min(d, drawn + 1), through: lowest, by: -1) {
        let (here, below) = (k * p, (k - 1) * p)
        if wantsVariance {
          for j in 0..<p {
            for l in 0...j {
              second[(here + j) * p + l] =
                leave * second[(here + j) * p + l]
                + take
                * (second[(below + j) * p + l] + x[j] * first[below + l] + first[below + j] * x[l]
                  + x[j] * x[l] * probability[k - 1])
            }
          }
        }
        for j in 0..<p {
          first[here + j] =
            leave * first[here + j] + take * (first[below + j] + x[j] * probability[k - 1])
        }
        probability[k] = leave * probability[k] + take * probability[k - 1]
      }
      if lowest == 1 {
        probability[0] *= leave
      }
    }
    let total = probability[d]
    logSum += Double.log(total) - Double(d) * shift
    for j in 0..<p {
      let mean = first[d * p + j] / total
      self.mean[j] = mean + Double(d) * center[j]
      if wantsVariance {
        for l in 0...j {
          variance[j * p + l] =
            second[(d * p + j) * p + l] / total - mean * (first[d * p + l] / total)
        }
      }
    }
  }

  private static func logistic(_ value: Double) -> Double {
    if value >= 0 { return 1 / (1 + Double.exp(-value)) }
    let odds = Double.exp(value)
    return odds / (1 + odds)
  }

  /// log θ such that Σ θr/(1 + θr) is the number drawn, by bisection: the sum rises with θ.
  private static func logOdds(_ predictors: [Double], drawing count: Double) -> Double {
    let smallest = predictors.min() ?? 0
    let largest = predictors.max() ?? 0
    let margin = Double.log(Double(predictors.count)) + 1
    let odds = Double.log(count / (Double(predictors.count) - count))
    var (low, high) = (odds - largest - margin, odds - smallest + margin)
    // The choice of θ only balances magnitudes; a few digits are enough.
    for _ in 0..<60 where high - low > 1e-3 {
      let middle = (low + high) / 2
      let expected = predictors.reduce(0) { $0 + logistic($1 + middle) }
      if expected < count { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
