// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

@Suite("Concordance with weights of the event times")
struct ConcordanceTests {
  static let small = (
    times: [1, 2, 2, 3, 3, 4, 5, 6.0],
    events: [true, false, true, true, false, true, false, true],
    x: [3, 1, 2, 2, 5, 1, 4, 0.0]
  )

  /// G(t−) is 1, 1, 5/6, 5/8 at the times 1, 2, 3, 4: who dies at 2 and 3 leaves before the censored.
  @Test("Uno's C by hand")
  func byHand() throws {
    let data = try SurvivalData(times: Self.small.times, events: Self.small.events)
    let all = try Concordance(of: Self.small.x, data, weighting: .uno)
    expectClose(all.concordant, 336.0 / 25)
    expectClose(all.discordant, 236.0 / 25)
    #expect(all.tiedPredictor == 1)
    expectClose(all.estimate, 697.0 / 1194)
    let early = try Concordance(of: Self.small.x, data, weighting: .uno, upTo: 3)
    expectClose(early.estimate, 569.0 / 938)
    let harrell = try Concordance(of: Self.small.x, data)
    expectClose(harrell.estimate, 11.5 / 19)
    #expect(harrell.standardError == harrell.standardErrorOfKnownWeights)
    #expect(all.standardError != all.standardErrorOfKnownWeights)
  }

  private static func setting(
    _ seed: UInt64, _ weighting: ConcordanceWeight, late: Bool, stratified: Bool, weighted: Bool,
    limit: Double?
  ) throws -> (DirectConcordance, Concordance) {
    let study = RandomStudy(seed: seed, rows: 24)
    var direct = DirectConcordance(study, weights: weighted ? study.weights : nil)
    direct.weighting = weighting
    direct.isLate = late
    direct.isStratified = stratified
    direct.limit = limit ?? .infinity
    let own = try Concordance(
      of: study.x[2], try study.data(late: late, weights: weighted ? study.probability : nil),
      strata: stratified ? Grouping(study.strata) : nil, weighting: weighting, upTo: limit)
    return (direct, own)
  }

  @Test(
    "the estimate and both standard errors equal those of direct sums over pairs",
    arguments: ConcordanceWeight.allCases, [false, true])
  func direct(_ weighting: ConcordanceWeight, late: Bool) throws {
    if late, weighting == .uno || weighting == .schemper { return }
    for seed in 1...3 as ClosedRange<UInt64> {
      for (stratified, weighted, limit) in [
        (false, false, nil), (true, true, nil), (false, true, 6.0), (true, false, 7),
      ] as [(Bool, Bool, Double?)] {
        let (direct, own) = try Self.setting(
          seed, weighting, late: late, stratified: stratified, weighted: weighted, limit: limit)
        let x = direct.study.x[2]
        expectClose(own.estimate, direct.estimate(x), within: 1e-13)
        // The infinitesimal jackknife in earnest: by differences, limited by them.
        let units = zip(direct.weights, direct.changes(x)).map { $0 * $1 }
        expectClose(
          own.standardError, units.reduce(0) { $0 + $1 * $1 }.squareRoot(), within: 1e-9,
          "\(weighting) \(seed) \(stratified) \(weighted)")
      }
    }
  }

  @Test("the standard error by cluster adds up changes, also across strata")
  func clusters() throws {
    let study = RandomStudy(seed: 5, rows: 24)
    for weighting in ConcordanceWeight.allCases {
      var direct = DirectConcordance(study, weights: study.weights)
      direct.weighting = weighting
      direct.isStratified = true
      let own = try Concordance(
        of: study.x[0],
        try study.data(
          late: false, weights: study.probability, clusters: Grouping(study.clusters)),
        strata: Grouping(study.strata), weighting: weighting)
      var sums = [Int: Double]()
      for (row, change) in direct.changes(study.x[0]).enumerated() {
        sums[study.clusters[row], default: 0] += study.weights[row] * change
      }
      expectClose(
        own.standardError, sums.values.reduce(0) { $0 + $1 * $1 }.squareRoot(), within: 1e-9)
    }
  }

  @Test("a frequency weight is as many rows, in estimate and standard errors")
  func frequency() throws {
    let study = RandomStudy(seed: 6)
    let rows = study.replicated
    for weighting in ConcordanceWeight.allCases {
      let one = try Concordance(
        of: study.x[0], study.data(late: false, weights: study.frequency),
        strata: Grouping(study.strata), weighting: weighting, upTo: 8)
      let other = try Concordance(
        of: rows.x[0], rows.data(late: false), strata: Grouping(rows.strata), weighting: weighting,
        upTo: 8)
      expectClose(one.estimate, other.estimate)
      expectClose(one.standardError, other.standardError)
      expectClose(one.standardErrorOfKnownWeights, other.standardErrorOfKnownWeights)
      expectClose(one.tiedTime, other.tiedTime)
    }
  }

  @Test("order of rows, unit and direction of the predictor, a row of weight 0")
  func properties() throws {
    let study = RandomStudy(seed: 7)
    let mixed = study.shuffled(seed: 1)
    let x = study.x[0]
    for weighting in ConcordanceWeight.allCases {
      func value(_ x: [Double], _ study: RandomStudy, _ weights: [Double]? = nil) throws
        -> Concordance
      {
        let weights = try weights.map { Weights.probability(try ProbabilityWeights($0)) }
        return try Concordance(
          of: x, study.data(late: false, weights: weights), weighting: weighting, upTo: 9)
      }
      let base = try value(x, study)
      expectClose(try value(mixed.x[0], mixed).estimate, base.estimate)
      expectClose(try value(mixed.x[0], mixed).standardError, base.standardError)
      #expect(try value(x.map { 1e-9 * $0 }, study).estimate == base.estimate)
      #expect(try value(x.map { Double.exp($0) }, study).estimate == base.estimate)
      expectClose(try value(x.map { -$0 }, study).estimate, 1 - base.estimate)
      var weights = x.map { _ in 1.0 }
      weights[3] = 0
      let without = study.rows((0..<study.count).filter { $0 != 3 })
      expectClose(try value(x, study, weights).estimate, try value(without.x[0], without).estimate)
      expectClose(
        try value(x, study, weights).standardError, try value(without.x[0], without).standardError)
    }
  }

  @Test("without censoring Uno's C is Harrell's, and Schemper's is Peto's")
  func uncensored() throws {
    let study = RandomStudy(seed: 8)
    let data = try SurvivalData(times: study.stops, events: study.stops.map { _ in true })
    func value(_ weighting: ConcordanceWeight) throws -> Concordance {
      try Concordance(of: study.x[0], data, weighting: weighting)
    }
    #expect(try value(.uno).estimate == value(.harrell).estimate)
    expectClose(try value(.uno).standardError, try value(.harrell).standardError)
    expectClose(try value(.schemper).estimate, try value(.peto).estimate)
  }

  @Test("near-ties: rounding by default, log hazards by the rule for times, or any difference")
  func nearTies() throws {
    let data = try SurvivalData(times: [1, 2, 3], events: [true, true, true])
    func tied(_ x: [Double], _ tolerance: Double? = nil) throws -> Double {
      try Concordance(of: x, data, tiesWithin: tolerance).tiedPredictor
    }
    #expect(try tied([0.1 + 0.2, 0.3, 0]) == 1)
    #expect(try tied([0.3 + 1e-9, 0.3, 0]) == 0)
    #expect(try tied([0.3 + 1e-9, 0.3, 0], 1e-8) == 1)
    #expect(try tied([0.1 + 0.2, 0.3, 0], 0) == 0)
    let rule = PredictorTies.nearlyEqual
    #expect(rule.tolerance([0.5, -0.5], rows: [0, 1]) == 0x1p-26)
    #expect(rule.tolerance([3, -5], rows: [0, 1]) == 0x1p-24)
  }

  @Test("what has no answer is refused with its reason")
  func errors() throws {
    let data = try SurvivalData(times: [1, 2, 3], events: [true, false, true])
    let late = try SurvivalData(
      starts: [0, 0, 1], stops: [1, 2, 3], events: [true, false, true])
    expectError(.mismatchedLengths) { try Concordance(of: [1, 2], data) }
    expectError(.mismatchedLengths) {
      try Concordance(of: [1, 2, 3], data, strata: Grouping([1, 2]))
    }
    let found = expectError(.invalidData) { try Concordance(of: [1, .nan, .infinity], data) }
    #expect(found?.problems.map(\.index) == [1, 2])
    expectError(.notEstimable) { try Concordance(of: [1, 2, 3], data, upTo: 0.5) }
    expectError(.invalidArgument) { try Concordance(of: [1, 2, 3], data, upTo: .nan) }
    expectError(.invalidArgument) { try Concordance(of: [1, 2, 3], data, tiesWithin: -1) }
    for weighting in [ConcordanceWeight.uno, .schemper] {
      expectError(.invalidArgument) { try Concordance(of: [1, 2, 3], late, weighting: weighting) }
    }
    // Entries that leave nobody out are no late entries.
    let early = try SurvivalData(
      starts: [0, 0, 0.5], stops: [1, 2, 3], events: [true, false, true])
    #expect(
      try Concordance(of: [3, 2, 1], early, weighting: .uno)
        == Concordance(of: [3, 2, 1], data, weighting: .uno))
  }

  @Test("a description says what was estimated")
  func description() throws {
    let data = try SurvivalData(times: Self.small.times, events: Self.small.events)
    let own = try Concordance(of: Self.small.x, data, weighting: .uno, upTo: 3)
    #expect(
      own.description == """
        Concordance 0.6066, standard error 0.1945 (weights: uno, up to 3)
        concordant  discordant  tied x  tied time
             10.88        6.88       1          0
        """)
  }
}
