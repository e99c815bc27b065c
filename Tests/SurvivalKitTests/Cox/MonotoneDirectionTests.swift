// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

@Suite("The proof that a likelihood has a finite maximum, or none")
struct MonotoneDirectionTests {
  private func fit(
    _ columns: [(String, [Double])], events: [Bool]? = nil, starts: [Double]? = nil,
    times: [Double]? = nil, strata: [Int]? = nil, ties: TieMethod = .efron
  ) throws -> CoxRegression {
    let count = columns[0].1.count
    let times = times ?? (1...count).map(Double.init)
    let events = events ?? times.map { _ in true }
    let data =
      try starts.map { try SurvivalData(starts: $0, stops: times, events: events) }
      ?? SurvivalData(times: times, events: events)
    return try CoxRegression.fit(
      data, design: DesignMatrix(columns), strata: strata.map { Grouping($0) }, ties: ties)
  }

  @Test("Therneau's infcox: two covariates to −∞, and the limit of the likelihood")
  func infcox() throws {
    let columns = [
      ("x1", (0..<12).map { Double($0 % 2) }), ("x2", (0..<12).map { $0 < 6 ? 0.0 : 1 }),
    ]
    let fit = try fit(columns, events: (1...12).map { [1, 3, 5].contains($0) })
    #expect(fit.coefficients.map(\.infiniteLimit) == [.negative, .negative])
    // −log(12 · 10 · 8) without covariates, and −log(3 · 2 · 1) among those with x1 = x2 = 0.
    expectClose(fit.nullLogLikelihood, -Double.log(960), within: 1e-14)
    expectClose(fit.logLikelihood, -Double.log(6), within: 1e-6)
    #expect(
      fit.diagnostics[0].message.hasPrefix(
        "the likelihood rises without end: x1 → −∞, x2 → −∞. Everyone who had the event had the "
          + "largest value of the combination −x1 − x2 among those at risk"))
  }

  @Test("separation by a combination that is no simple ratio")
  func realCombination() throws {
    var random = SplitMix(seed: 12)
    // γᵀx falls with time, but each column alone does not.
    let gamma = [1.0, 0.731, -0.417]
    let rows = (0..<25).map { _ in (0..<3).map { _ in random.symmetric() } }
    let order = rows.sorted { ConeProjection.inner($0, gamma) > ConeProjection.inner($1, gamma) }
    for chosen in [[0], [1], [2], [0, 1], [0, 2], [1, 2]] {
      let part = try fit(chosen.map { column in ("x\(column)", order.map { $0[column] }) })
      #expect(part.hasConverged && part.monotoneDirection == nil)
    }
    let whole = try fit((0..<3).map { column in ("x\(column)", order.map { $0[column] }) })
    #expect(!whole.hasConverged)
    #expect(whole.coefficients.map(\.infiniteLimit) == [.positive, .positive, .negative])
  }

  @Test("one covariate separates all; another is left undetermined, not called finite")
  func undetermined() throws {
    let noise: [Double] = [0, 1, 1, 0, 0, 1, 0, 1, 1, 0]
    let fit = try fit([("x", (0..<10).map { -Double($0) }), ("noise", noise)])
    #expect(fit.coefficients.map(\.infiniteLimit) == [.positive, .undetermined])
    #expect(fit.diagnostics[0].message.contains("it determines no value of noise"))
    let text = fit.description.split(separator: "\n").map(String.init)
    #expect(text.contains { $0.hasPrefix("noise") && $0.contains("NA") })
    let interval = try fit.profileInterval(of: "noise")
    #expect(interval.lower == nil && interval.upper == nil)
    let other = try fit.profileInterval(of: "x")
    #expect(other.upper == nil && other.lower != nil)
  }

  @Test("entries take the rows away that kept a coefficient finite", arguments: TieMethod.allCases)
  func lateEntry(ties: TieMethod) throws {
    // The last row has the largest x: it keeps β finite unless it enters after the others have died.
    let x: [Double] = [5, 4, 3, 2, 1, 9]
    let late: [Double] = [0, 0, 0, 0, 0, 5]
    #expect(try fit([("x", x)], ties: ties).hasConverged)
    let entered = try fit([("x", x)], starts: late, ties: ties)
    #expect(entered.coefficients[0].infiniteLimit == .positive)
  }

  @Test("strata: each has an order of its own", arguments: [true, false])
  func strata(isLate: Bool) throws {
    // In either stratum the largest dies first; together the second stratum mixes the order.
    let x: [Double] = [9, 1, 8, 0, 7, -1, 6, -2]
    let strata = [0, 1, 0, 1, 0, 1, 0, 1]
    let starts = isLate ? (1...8).map { Double($0) - 5.5 } : nil
    #expect(try fit([("x", x)], starts: starts).hasConverged)
    let stratified = try fit([("x", x)], starts: starts, strata: strata)
    #expect(stratified.coefficients[0].infiniteLimit == .positive)
    // Each stratum alone is monotone, but in opposite directions: finite.
    let opposite = zip(x, strata).map { $1 == 0 ? $0 : -$0 }
    let finite = try fit([("x", opposite)], starts: starts, strata: strata)
    #expect(finite.hasConverged && !finite.coefficients[0].isInfinite)
  }

  @Test("tied events: equal under Efron and Breslow, ahead of the others under the exact rules")
  func ties() throws {
    let x: [Double] = [3, 2, 1, 1, 0]
    let times: [Double] = [1, 1, 2, 2, 3]
    for ties in TieMethod.allCases {
      let fit = try fit([("x", x)], times: times, ties: ties)
      #expect(fit.coefficients[0].isInfinite == ties.isExact, "\(ties)")
      let equal = try self.fit([("x", [3, 3, 1, 1, 0])], times: times, ties: ties)
      #expect(equal.coefficients[0].isInfinite, "\(ties)")
    }
  }

  @Test(
    "an order broken by a little is finite, however little",
    arguments: [1e-3, 1e-6, 1e-9, 1e-12, 1e-15])
  func nearSeparation(gap: Double) throws {
    // Measured from 0, where 1e-15 is not lost: only the last two are out of order.
    let x = [3, 2, 1.5, 1, 0, gap]
    let fit = try fit([("x", x)])
    #expect(fit.hasConverged && fit.monotoneDirection == nil)
    let gradient = try CoxPartialLikelihood(
      SurvivalData(times: (1...6).map(Double.init), events: x.map { _ in true }),
      design: DesignMatrix([("x", x)])
    ).evaluate(at: [try #require(fit.coefficients[0].estimate)]).gradient[0]
    // A gap of 1e-15 is a few units in the last place of numbers near 1, from which it is measured.
    #expect(abs(gradient) <= max(1e-3 * gap, 1e-14))
    // With a second column that cannot mend it.
    let two = try self.fit([("x", x), ("y", [0, 1, 0, 1, 0, 0])])
    #expect(two.coefficients.map(\.infiniteLimit)[0] == nil || gap < 1e-12)
    let mended = try self.fit([("x", x), ("y", [0, 0, 0, 0, 0, -1])])
    #expect(mended.monotoneDirection != nil)
  }

  @Test("an extreme row that dies first, beside another covariate", arguments: [1e7, 1e8, 1e10])
  func extremeRow(outlier: Double) throws {
    let first = try #require(
      (0..<Forty.count).filter { Forty.events[$0] }.min { Forty.times[$0] < Forty.times[$1] })
    var x = Forty.u
    x[first] = outlier
    let fit = try CoxRegression.fit(
      Forty.data(late: false), design: DesignMatrix([("x", x), ("z", Forty.z)]))
    #expect(fit.hasConverged && fit.monotoneDirection == nil)
    // Once x has a positive coefficient the first event tells nothing: the others decide alone.
    let rest = (0..<Forty.count).filter { $0 != first }
    let plain = try CoxRegression.fit(
      Forty.data(late: false).subset(rest),
      design: DesignMatrix([("x", rest.map { Forty.u[$0] }), ("z", rest.map { Forty.z[$0] })]))
    for (one, other) in zip(fit.coefficients, plain.coefficients) {
      // Centring at the mean costs the others as many digits as the extreme row has more, and their
      // predictors, 0.1 × outlier in size on the scale of the fit, are rounded.
      expectClose(one.estimate, try #require(other.estimate), within: 1e-13 * outlier)
    }
  }

  @Test("an ordinary fit proves itself, and the cone agrees", arguments: 0..<12)
  func bothProofs(seed: Int) throws {
    let study = RandomStudy(seed: UInt64(300 + seed))
    for ties in [TieMethod.efron, .breslow, .exact] {
      let likelihood = try CoxPartialLikelihood(
        study.data(late: seed % 2 == 0), design: study.design,
        strata: seed % 3 == 0 ? Grouping(study.strata) : nil, ties: ties)
      let kept = [0, 1, 2]
      let fit = try CoxRegression.fit(
        study.data(late: seed % 2 == 0), design: study.design,
        strata: seed % 3 == 0 ? Grouping(study.strata) : nil, ties: ties)
      #expect(fit.hasConverged)
      let existence = MaximumExistence(likelihood, kept: kept)
      if !ties.isExact {
        #expect(existence.isProvedFinite(at: likelihood.scan(at: fit.point, wants: .information)))
        // Away from the maximum nothing is proved.
        let far = fit.point.map { $0 + 20 }
        #expect(!existence.isProvedFinite(at: likelihood.scan(at: far, wants: .information)))
      }
      var cone = try #require(RecessionCone(likelihood, columns: kept))
      guard case .none = cone.direction() else {
        Issue.record("the cone of \(ties) holds a direction")
        continue
      }
    }
  }
}

@Suite("Projection on a cone")
struct ConeProjectionTests {
  @Test("the projection satisfies the conditions of Karush, Kuhn and Tucker", arguments: 0..<200)
  func optimality(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let dimension = 1 + random.below(6)
    let target = (0..<dimension).map { _ in random.symmetric() }
    let normals = (0..<(1 + random.below(12))).map { _ -> [Double] in
      // Some of them equal, opposite or combinations of whole numbers.
      let vector =
        seed % 2 == 0
        ? (0..<dimension).map { _ in random.symmetric() }
        : (0..<dimension).map { _ in Double(random.below(3) - 1) }
      let length = ConeProjection.norm(vector)
      return length > 0 ? vector.map { $0 / length } : [1] + vector.dropFirst()
    }
    let point = ConeProjection.nearest(to: target, normals: normals)
    for normal in normals { #expect(ConeProjection.inner(normal, point) >= -1e-10) }
    // The step from the target to the cone is at right angles to the point.
    let step = zip(target, point).map { $0 - $1 }
    #expect(abs(ConeProjection.inner(step, point)) <= 1e-10)
    // No point of the cone is nearer: tried at random ones, brought into the cone by projection.
    for _ in 0..<20 {
      let other = ConeProjection.nearest(
        to: (0..<dimension).map { _ in 2 * random.symmetric() }, normals: normals)
      #expect(ConeProjection.inner(step, other) <= 1e-9)
    }
  }

  @Test("a cone that is a point, a ray and everything")
  func simple() {
    let whole = ConeProjection.nearest(to: [1, 2], normals: [])
    #expect(whole == [1, 2])
    let point = ConeProjection.nearest(
      to: [1, 2], normals: [[1, 0], [-1, 0], [0, 1], [0, -1]])
    #expect(ConeProjection.norm(point) < 1e-15)
    let ray = ConeProjection.nearest(to: [1, 2], normals: [[1, 0], [-1, 0]])
    expectClose(ray, [0, 2], within: 1e-15)
  }
}
