// SPDX-License-Identifier: Apache-2.0

import Foundation
import RealModule
import SurvivalLinearAlgebra
import Testing

@testable import SurvivalKit

@Suite("Errors of a Fine–Gray model")
struct FineGrayJackknifeTests {
  @Test("errors of coefficients and predictions are those of a numerical jackknife")
  func numericalInfluence() throws {
    // Probability weights do not enter the censoring distribution, so the weights stay fixed.
    for index in [6, 11] {
      let reference = FineGrayTests.cases[index]
      let rows = reference.rows
      let times = [0.5, 1.0]
      let new = [0.5, 1, -0.3]
      func fitted(_ weights: [Double]) throws -> (beta: Double, incidence: [Double]) {
        let late = reference.late == [1]
        let data =
          try late
          ? SurvivalData(
            starts: rows.start, stops: rows.stop, causes: reference.causes,
            weights: .probability(ProbabilityWeights(weights)))
          : SurvivalData(
            times: rows.stop, causes: reference.causes,
            weights: .probability(ProbabilityWeights(weights)))
        let fit = try FineGrayRegression.fit(
          data, cause: 1, design: reference.design, variance: .fixedWeights)
        let found = try fit.cumulativeIncidence(for: new, baseline: fit.baseline(at: times))
        return (fit.coefficients[0].estimate ?? .nan, found.map { $0?.probability ?? .nan })
      }
      var sums = [0.0, 0, 0]
      let h = 1e-4
      for row in rows.weight.indices {
        var (up, down) = (rows.weight, rows.weight)
        up[row] += h
        down[row] -= h
        let (above, below) = (try fitted(up), try fitted(down))
        let factor = rows.weight[row] / (2 * h)
        let changes = [above.beta - below.beta] + zip(above.incidence, below.incidence).map(-)
        for (position, change) in changes.enumerated() {
          sums[position] += factor * change * factor * change
        }
      }
      let fit = try FineGrayRegression.fit(
        reference.data(), cause: 1, design: reference.design, variance: .fixedWeights)
      let found = try fit.cumulativeIncidence(for: new, baseline: fit.baseline(at: times))
      // Differences of second order: h² of what they measure.
      expectClose(
        (fit.coefficients[0].standardError ?? .nan) / sums[0].squareRoot(), 1, within: 1e-6)
      for (position, point) in found.enumerated() {
        expectClose(
          try #require(point).standardError / sums[position + 1].squareRoot(), 1, within: 1e-6)
      }
    }
  }

  @Test("with censoring groups the covariance is that of a numerical jackknife, weights estimated")
  func censoringGroups() throws {
    let reference = FineGrayTests.cases[1]
    let rows = reference.rows
    func fitted(_ counts: [Int]) throws -> FineGrayRegression {
      try FineGrayRegression.fit(
        reference.data(weights: .frequency(FrequencyWeights(counts))), cause: 1,
        design: reference.design, censoringGroups: Grouping(rows.group), ties: .breslow)
    }
    // A hundredth of a row more or less of each, likelihood and censoring distribution together.
    let base = rows.stop.map { _ in 1000 }
    var sums = [[Double]](repeating: [0, 0, 0], count: 3)
    for row in base.indices {
      var (up, down) = (base, base)
      up[row] += 10
      down[row] -= 10
      let (above, below) = (try fitted(up), try fitted(down))
      let slopes = (0..<3).map {
        ((above.coefficients[$0].estimate ?? .nan) - (below.coefficients[$0].estimate ?? .nan))
          / 0.02
      }
      for i in 0..<3 { for j in 0..<3 { sums[i][j] += slopes[i] * slopes[j] } }
    }
    let covariance = try fitted(rows.stop.map { _ in 1 }).covariance
    for i in 0..<3 {
      for j in 0..<3 {
        // The term is the martingale's, c/Y² where the derivative has c/(Y(Y − c)): 1/n apart.
        let scale = (sums[i][i] * sums[j][j]).squareRoot()
        #expect(abs(covariance[i][j] - sums[i][j]) < 2e-3 * scale)
      }
    }
    // crr is further from it.
    let gray = try #require(reference.gray)
    #expect(
      abs(covariance[1][0] - sums[1][0]) < 0.5 * abs(gray.covariance[1][0] - sums[1][0]))
  }

  @Test("the censoring term of a prediction's error has the sign and size of the jackknife's")
  func censoringTerm() throws {
    // Heavy, dependent-looking censoring, so that the term matters; deleting rows estimates G anew.
    var random = SplitMix(seed: 11)
    let n = 240
    let x = (0..<n).map { _ in random.symmetric() }
    let cause = (0..<n).map { _ in random.below(3) }
    let stop = (0..<n).map { 0.1 + Double(random.below(100_000)) / 50_000 - 0.02 * x[$0] }
    func incidence(_ rows: [Int]) throws -> FineGrayRegression {
      try FineGrayRegression.fit(
        SurvivalData(
          times: rows.map { stop[$0] },
          causes: EventCauses(rows.map { cause[$0] == 0 ? nil : cause[$0] })), cause: 1,
        design: DesignMatrix([("x", rows.map { x[$0] })]))
    }
    let all = Array(0..<n)
    let whole = try incidence(all)
    let times = [1.8]
    func predicted(_ fit: FineGrayRegression) throws -> PredictedIncidence {
      try #require(
        fit.cumulativeIncidence(for: [0.8], baseline: fit.baseline(at: times))[0])
    }
    let center = try predicted(whole).probability
    var sum = 0.0
    for left in all {
      let part = try predicted(incidence(all.filter { $0 != left })).probability
      sum += (part - center) * (part - center)
    }
    let error = try predicted(whole).standardError
    // The jackknife and the infinitesimal one differ by the order of 1/n.
    expectClose(error / sum.squareRoot(), 1, within: 0.03)
    let interval = try #require(try predicted(whole).interval())
    #expect(interval.lower > 0 && interval.lower < center)
    #expect(interval.upper > center && interval.upper < 1)
  }
}
