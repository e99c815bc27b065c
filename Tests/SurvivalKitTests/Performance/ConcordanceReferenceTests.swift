// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

/// A case of concordance.json, written by make-concordance.R.
struct ConcordanceCase: ReferenceCase {
  let name, data, time, event: String
  let eventValue: Double
  let entry, weights, cluster: String?
  let strata, predictors: [String]
  let weighting: ConcordanceWeight
  let limit: Double?
  let excludedRows: [Int]
  let estimates, standardErrors: [Double]
  let counts, covariance: [[Double]]

  static let all: [ConcordanceCase] = (try? ReferenceFixtures.cases("concordance")) ?? []
}

/// A case of concordance-pairs.json, by the same script.
struct ConcordancePairCase: Decodable, Sendable {
  let name: String
  let weighting: ConcordanceWeight
  let limit: Double?
  let estimates, difference: [Double]
  let covariance: [[Double]]
}

/// A case of uno.json, written by make-uno.py.
struct UnoCase: Decodable, Sendable {
  let name, data, time, event, predictor: String
  let eventValue, harrell, harrellShifted: Double
  let limit, original, shifted: Double?
}

@Suite("Concordance against R and scikit-survival")
struct ConcordanceReferenceTests {
  @Test("every number of R's concordance, to 1e-9", arguments: ConcordanceCase.all)
  func agrees(_ reference: ConcordanceCase) throws {
    let failures = try Self.differences(reference).failures(above: 1e-9)
    #expect(failures.isEmpty, "\(reference.name): \(failures.joined(separator: "\n"))")
  }

  @Test("all cases are read")
  func count() throws {
    let cases: [ConcordanceCase] = try ReferenceFixtures.cases("concordance")
    #expect(cases.count == 125)
  }

  static func differences(_ reference: ConcordanceCase) throws -> ReferenceDifferences {
    let table = try reference.table()
    let data = try table.survivalData(
      time: reference.time, event: reference.event, eventValue: reference.eventValue,
      entry: reference.entry, weights: reference.weights, cluster: reference.cluster)
    let pairs = try PairedComparison(
      data, strata: table.grouping(reference.strata), weighting: reference.weighting,
      upTo: reference.limit)
    let at = reference.name
    var result = ReferenceDifferences()
    var known = [[Double]]()
    for (index, predictor) in reference.predictors.enumerated() {
      let answer = try pairs.concordance(of: table.numbers(predictor), ties: .rounding)
      let own = answer.concordance
      known.append(answer.knownInfluence)
      result.compare("concordance", own.estimate, reference.estimates[index], at: at)
      result.compare(
        "standard error, weights known", own.standardErrorOfKnownWeights,
        reference.standardErrors[index], at: at)
      let counts = reference.counts[index]
      result.compare(
        "pairs", [own.concordant, own.discordant, own.tiedPredictor], Array(counts.prefix(3)),
        at: at)
      // With late entries R counts ties in time beyond the limit too, but not the other pairs.
      if reference.entry == nil || reference.limit == nil {
        result.compare("pairs tied in time", own.tiedTime, counts[3], at: at)
      }
    }
    result.compareCovariance(
      "joint covariance, weights known",
      known.map { one in known.map { zip(one, $0).reduce(0) { $0 + $1.0 * $1.1 } } },
      reference.covariance, at: at)
    return result
  }

  @Test("two Cox models compared, to 1e-9")
  func pairs() throws {
    let failures = try Self.pairDifferences().failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  static func pairDifferences() throws -> ReferenceDifferences {
    let cases: [ConcordancePairCase] = try ReferenceFixtures.cases("concordance-pairs")
    #expect(cases.count == 10)
    let veterans = try Veteran.all()
    func fit(_ covariates: [Covariate<Veteran>]) throws -> CoxFit<Veteran> {
      try CoxModel(endpoint: .death, covariates: covariates).fitted(to: veterans)
    }
    let small = try fit([.numeric("karno", \.karno)])
    let large = try fit([
      .numeric("karno", \.karno), .numeric("age", \.age), .factor("cell", \.cell),
    ])
    var result = ReferenceDifferences()
    for reference in cases {
      let own = try ConcordanceComparison(
        of: [("small", small), ("large", large)], weighting: reference.weighting,
        upTo: reference.limit)
      let at = reference.name
      result.compare(
        "concordance of a model", own.concordances.map { $0.estimate }, reference.estimates, at: at)
      let difference = try #require(own.difference("large", minus: "small"))
      // A difference of numbers of order 1.
      result.compare(
        "difference of two models", difference.estimate, reference.difference[0], scale: 1, at: at)
      // The rest of R's figures takes the weights of the times as known; Harrell's have none.
      guard reference.weighting == .harrell else { continue }
      result.compareCovariance(
        "joint covariance of two models", own.covariance, reference.covariance, at: at)
      result.compare(
        "standard error of the difference", difference.standardError, reference.difference[1],
        at: at)
      result.compare("z of the difference", difference.z, reference.difference[2], at: at)
    }
    return result
  }

  @Test("Uno's C of scikit-survival, to 1e-9, where its rules for equal times do not matter")
  func uno() throws {
    let failures = try Self.unoDifferences().failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  static func unoDifferences() throws -> ReferenceDifferences {
    let cases: [UnoCase] = try ReferenceFixtures.cases("uno")
    #expect(cases.count == 14)
    var result = ReferenceDifferences()
    for reference in cases {
      let all = try ReferenceTable(name: reference.data)
      let table = all.dropping(Set(try all.missing(reference.predictor)))
      let events = try table.events(reference.event, value: reference.eventValue)
      let times = try table.numbers(reference.time)
      let x = try table.numbers(reference.predictor)
      let later = zip(times, events).map { $1 ? $0 : $0 + 0.25 }
      func value(_ times: [Double], _ weighting: ConcordanceWeight) throws -> Double {
        try Concordance(
          of: x, SurvivalData(times: times, events: events), weighting: weighting,
          upTo: weighting == .uno ? reference.limit : nil, tiesWithin: 1e-8
        ).estimate
      }
      let at = reference.name
      result.compare("Harrell's C", try value(times, .harrell), reference.harrell, at: at)
      result.compare("Harrell's C", try value(later, .harrell), reference.harrellShifted, at: at)
      if let shifted = reference.shifted {
        result.compare("Uno's C", try value(later, .uno), shifted, at: at)
      }
      guard let original = reference.original, times.count < 150 else { continue }
      // Its own rule, by direct sums: G has dropped at t already, and an event at tau is left out.
      var study = RandomStudy(seed: 0, rows: 0)
      (study.stops, study.events) = (times, events)
      var direct = DirectConcordance(study)
      direct.weighting = .uno
      direct.censorsFirst = true
      direct.limit = reference.limit?.nextDown ?? .infinity
      result.compare(
        "Uno's C with G(t) for G(t-), by direct sums", direct.estimate(x), original, at: at)
    }
    return result
  }
}
