// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

/// A small study of whole numbers, and all inequalities that a direction of unbounded increase must
/// keep to.
private struct WholeNumberStudy {
  let starts, stops: [Double]
  let events: [Bool]
  let strata: [Int]
  let x: [[Int]]

  init(seed: UInt64, columns: Int) {
    var random = SplitMix(seed: seed)
    let count = 4 + random.below(6)
    var (starts, stops, events, strata) = ([Double](), [Double](), [Bool](), [Int]())
    for _ in 0..<count {
      let start = random.below(3)
      starts.append(Double(start))
      stops.append(Double(start + 1 + random.below(6)))
      events.append(random.below(3) > 0)
      strata.append(random.below(2))
    }
    (self.starts, self.stops, self.events, self.strata) = (starts, stops, events, strata)
    x = (0..<columns).map { _ in (0..<count).map { _ in random.below(5) - 2 } }
  }

  /// The differences xᵢ − xⱼ of all events i and all j that they are compared with.
  func differences(isLate: Bool, isStratified: Bool, ties: TieMethod) -> Set<[Int]> {
    var result = Set<[Int]>()
    for i in stops.indices where events[i] {
      for j in stops.indices where j != i {
        let isAtRisk = stops[j] >= stops[i] && (!isLate || starts[j] < stops[i])
        let diesToo = events[j] && stops[j] == stops[i]
        guard isAtRisk, !isStratified || strata[i] == strata[j], !(ties.isExact && diesToo)
        else { continue }
        let difference = x.map { $0[i] - $0[j] }
        if difference.contains(where: { $0 != 0 }) { result.insert(difference) }
      }
    }
    return result
  }
}

/// The extreme rays of { γ : aᵀγ ≥ 0 for all a }, in whole numbers, where that cone holds no line: each
/// lies on as many independent planes as there are dimensions less one.
private func extremeRays(_ planes: Set<[Int]>, dimension: Int) -> [[Int]] {
  let all = Array(planes)
  var candidates = [[Int]]()
  switch dimension {
  case 1: candidates = [[1]]
  case 2: candidates = all.map { [-$0[1], $0[0]] }
  default:
    for a in all {
      for b in all {
        candidates.append([
          a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0],
        ])
      }
    }
  }
  var rays = Set<[Int]>()
  for candidate in candidates where candidate.contains(where: { $0 != 0 }) {
    for sign in [1, -1] {
      let ray = candidate.map { sign * $0 }
      if !rays.contains(ray),
        all.allSatisfy({ zip($0, ray).reduce(0) { $0 + $1.0 * $1.1 } >= 0 })
      {
        rays.insert(ray)
      }
    }
  }
  return Array(rays)
}

/// Which coefficients are infinite, and which way, against all inequalities in whole numbers.
@Suite("Infinite coefficients against an enumeration of all inequalities")
struct InfiniteBruteForceTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    let ties: TieMethod
    let isLate, isStratified: Bool
    var testDescription: String {
      "\(ties.rawValue)\(isLate ? ", entry" : "")\(isStratified ? ", strata" : "")"
    }
  }

  static let settings = TieMethod.allCases.flatMap { ties in
    [(false, false), (true, false), (false, true), (true, true)].map {
      Setting(ties: ties, isLate: $0.0, isStratified: $0.1)
    }
  }

  @Test("who is infinite, and which way, in up to 3 600 random studies", arguments: settings)
  func agrees(_ setting: Setting) throws {
    var counts = (finite: 0, infinite: 0, undetermined: 0)
    for columns in 1...3 {
      for seed in 0..<75 {
        let study = WholeNumberStudy(seed: UInt64(1000 * columns + seed), columns: columns)
        guard study.events.contains(true) else { continue }
        let data =
          setting.isLate
          ? try SurvivalData(starts: study.starts, stops: study.stops, events: study.events)
          : try SurvivalData(times: study.stops, events: study.events)
        let design = try DesignMatrix(
          study.x.enumerated().map { ("x\($0.offset)", $0.element.map(Double.init)) })
        let fit = try CoxRegression.fit(
          data, design: design, strata: setting.isStratified ? Grouping(study.strata) : nil,
          ties: setting.ties)
        guard !fit.coefficients.contains(where: \.isAliased) else { continue }
        let rays = extremeRays(
          study.differences(
            isLate: setting.isLate, isStratified: setting.isStratified, ties: setting.ties),
          dimension: columns)
        let expected = (0..<columns).map { column -> InfiniteLimit? in
          let (up, down) = (
            rays.contains { $0[column] > 0 }, rays.contains { $0[column] < 0 }
          )
          return up && down ? .undetermined : up ? .positive : down ? .negative : nil
        }
        #expect(
          fit.coefficients.map(\.infiniteLimit) == expected,
          "columns \(columns), seed \(seed): rays \(rays)")
        #expect(fit.hasConverged == rays.isEmpty)
        #expect((fit.monotoneDirection != nil) == !rays.isEmpty)
        if rays.isEmpty { counts.finite += 1 } else { counts.infinite += 1 }
        if expected.contains(.undetermined) { counts.undetermined += 1 }
      }
    }
    // Both answers, and the third, have been asked for many times.
    #expect(counts.finite > 10 && counts.infinite > 10 && counts.undetermined > 3, "\(counts)")
  }
}
