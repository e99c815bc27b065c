// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// The partial likelihood against its definition, summed directly over every risk set.
@Suite("Partial likelihood, twin by direct summation")
struct PartialLikelihoodTwinTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    let ties: TieMethod
    let isLate, isWeighted, isStratified, hasOffset: Bool
    let seed: UInt64

    var testDescription: String {
      var parts = [ties.rawValue]
      if isLate { parts.append("entry") }
      if isWeighted { parts.append("weights") }
      if isStratified { parts.append("strata") }
      if hasOffset { parts.append("offset") }
      return parts.joined(separator: ", ")
    }
  }

  static let settings: [Setting] = (0..<32).map { (bits: Int) -> Setting in
    Setting(
      ties: bits & 1 == 0 ? .efron : .breslow, isLate: bits & 2 != 0, isWeighted: bits & 4 != 0,
      isStratified: bits & 8 != 0, hasOffset: bits & 16 != 0, seed: UInt64(bits) + 1)
  }

  /// ℓ, its gradient and minus its second derivatives, by the formulas of Cox, Breslow and Efron.
  static func direct(
    _ rows: RandomRows, _ setting: Setting, at beta: [Double]
  ) -> (value: Double, gradient: [Double], information: [[Double]]) {
    let p = beta.count
    let n = rows.times.count
    let x = (0..<n).map { row in rows.covariates.map { $0[row] } }
    let eta = (0..<n).map { row in
      (setting.hasOffset ? rows.offset[row] : 0)
        + (0..<p).reduce(0.0) { $0 + beta[$1] * x[row][$1] }
    }
    let w = setting.isWeighted ? rows.weights : [Double](repeating: 1, count: n)
    var value = 0.0
    var gradient = [Double](repeating: 0, count: p)
    var information = [[Double]](repeating: gradient, count: p)
    for stratum in setting.isStratified ? [0, 1, 2] : [0] {
      let members = (0..<n).filter { !setting.isStratified || rows.strata[$0] == stratum }
      for time in Set(members.filter { rows.events[$0] }.map { rows.times[$0] }).sorted() {
        let riskSet = members.filter { rows.isAtRisk($0, at: time, isLate: setting.isLate) }
        let dying = riskSet.filter { rows.times[$0] == time && rows.events[$0] }
        let weight = dying.reduce(0.0) { $0 + w[$1] }
        for row in dying {
          value += w[row] * eta[row]
          for j in 0..<p { gradient[j] += w[row] * x[row][j] }
        }
        for k in dying.indices {
          let share = setting.ties == .efron ? Double(k) / Double(dying.count) : 0
          // φ, Σ r x and Σ r x xᵀ, the dying with the factor 1 − share.
          var (phi, first) = (0.0, [Double](repeating: 0, count: p))
          var second = [[Double]](repeating: first, count: p)
          for row in riskSet {
            let factor = dying.contains(row) ? 1 - share : 1
            let r = factor * w[row] * Double.exp(eta[row])
            phi += r
            for j in 0..<p {
              first[j] += r * x[row][j]
              for l in 0..<p { second[j][l] += r * x[row][j] * x[row][l] }
            }
          }
          let each = weight / Double(dying.count)
          value -= each * Double.log(phi)
          for j in 0..<p {
            gradient[j] -= each * first[j] / phi
            for l in 0..<p {
              information[j][l] +=
                each * (second[j][l] / phi - first[j] * first[l] / (phi * phi))
            }
          }
        }
      }
    }
    return (value, gradient, information)
  }

  static func likelihood(_ rows: RandomRows, _ setting: Setting) throws -> CoxPartialLikelihood {
    let weights =
      setting.isWeighted ? Weights.probability(try ProbabilityWeights(rows.weights)) : nil
    let design = try DesignMatrix(
      rows.covariates.enumerated().map { ("x\($0.offset)", $0.element) })
    return try CoxPartialLikelihood(
      rows.data(isLate: setting.isLate, weights: weights), design: design,
      strata: setting.isStratified ? Grouping(rows.strata) : nil,
      offset: setting.hasOffset ? rows.offset : nil, ties: setting.ties)
  }

  static func points(_ seed: UInt64) -> [[Double]] {
    var generator = SeededGenerator(seed: seed &+ 1000)
    return (0..<4).map { step in
      (0..<3).map { column in
        let width = Double(step) * (column == 2 ? 0.05 : 0.6)
        return width == 0 ? 0 : Double.random(in: -width...width, using: &generator)
      }
    }
  }

  @Test("value, gradient and information, to 1e-11", arguments: settings)
  func agreesWithDefinition(_ setting: Setting) throws {
    let rows = RandomRows(70, last: 12, seed: setting.seed)
    let likelihood = try Self.likelihood(rows, setting)
    var differences = ReferenceDifferences()
    for beta in Self.points(setting.seed) {
      let own = try likelihood.evaluate(at: beta)
      let twin = Self.direct(rows, setting, at: beta)
      let at = "\(beta)"
      differences.compare("value", own.logLikelihood, twin.value, at: at)
      for j in beta.indices {
        // Both are differences of sums in the twin, which does not centre: the gradient is measured
        // by the root of the information, an element of that by its diagonal.
        let size = twin.information[j][j].squareRoot()
        differences.compare(
          "gradient", own.gradient[j], twin.gradient[j], scale: 1000 * size, at: at)
        for l in beta.indices {
          let scale = (twin.information[j][j] * twin.information[l][l]).squareRoot()
          differences.compare(
            "information", own.information[j][l], twin.information[j][l], scale: 1000 * scale,
            at: at)
        }
      }
    }
    let failures = differences.failures(above: 1e-11)
    #expect(failures.isEmpty, "\(failures)")
  }

  /// Central differences, improved once by Richardson: the error is of the order of the fourth power
  /// of the step, here about 1e-10 with what rounding adds.
  @Test("gradient and information are the derivatives of the value", arguments: settings)
  func agreesWithDifferences(_ setting: Setting) throws {
    let rows = RandomRows(70, last: 12, seed: setting.seed)
    let likelihood = try Self.likelihood(rows, setting)
    let beta = Self.points(setting.seed)[2]
    let own = try likelihood.evaluate(at: beta)
    for j in beta.indices {
      let step = j == 2 ? 2e-4 : 4e-3
      func slope<Value>(
        _ step: Double, _ read: (CoxPartialLikelihood.Evaluation) -> Value,
        _ minus: (Value, Value, Double) -> Value
      ) throws -> Value {
        var (up, down) = (beta, beta)
        up[j] += step
        down[j] -= step
        return minus(
          read(try likelihood.evaluate(at: up)), read(try likelihood.evaluate(at: down)), 2 * step)
      }
      func number(_ a: Double, _ b: Double, _ h: Double) -> Double { (a - b) / h }
      func vector(_ a: [Double], _ b: [Double], _ h: Double) -> [Double] {
        zip(a, b).map { ($0 - $1) / h }
      }
      let coarse = try slope(step, \.logLikelihood, number)
      let fine = try slope(step / 2, \.logLikelihood, number)
      let size = own.information[j][j].squareRoot()
      #expect(abs((4 * fine - coarse) / 3 - own.gradient[j]) < 1e-8 * size)
      let coarses = try slope(step, \.gradient, vector)
      let fines = try slope(step / 2, \.gradient, vector)
      for l in beta.indices {
        let scale = (own.information[j][j] * own.information[l][l]).squareRoot()
        #expect(
          abs((4 * fines[l] - coarses[l]) / 3 + own.information[j][l]) < 1e-8 * scale)
      }
    }
  }
}
