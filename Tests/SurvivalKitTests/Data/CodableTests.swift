// SPDX-License-Identifier: Apache-2.0

import Foundation
import SurvivalKit
import Testing

@Suite("Values that are stored and compared")
struct CodableTests {
  private func roundTrip<Value: Codable & Hashable>(
    _ value: Value, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let decoded = try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
    #expect(decoded == value, sourceLocation: sourceLocation)
    #expect(decoded.hashValue == value.hashValue, sourceLocation: sourceLocation)
    #expect(Set([decoded, value]).count == 1, sourceLocation: sourceLocation)
  }

  private func isRefused<Value: Decodable>(_: Value.Type, _ text: String) -> Bool {
    (try? JSONDecoder().decode(Value.self, from: Data(text.utf8))) == nil
  }

  @Test("inputs round-trip")
  func inputs() throws {
    try roundTrip(FollowUp(time: 12.5, isEvent: true))
    try roundTrip(FollowUp(from: -3, to: 12.1, isEvent: false))
    // JSON has no infinite numbers: they are texts.
    let open = try FollowUp(from: -.infinity, to: .infinity, isEvent: false)
    try roundTrip(open)
    try roundTrip(FollowUp(time: .infinity, isEvent: false))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(
      try String(decoding: encoder.encode(open), as: UTF8.self)
        == #"{"entry":"-Infinity","exit":"Infinity","isEvent":false}"#)
    #expect(
      try String(decoding: encoder.encode(FollowUp(time: 12.5, isEvent: true)), as: UTF8.self)
        == #"{"exit":12.5,"isEvent":true}"#)
    try roundTrip(Weights.frequency(FrequencyWeights([1, 0, 3])))
    try roundTrip(Weights.probability(ProbabilityWeights([0.1, 2.5])))
    try roundTrip(Grouping(["b", "a", "b"]))
    try roundTrip(DesignMatrix([("x", [0.1, 1e-300, -7])]))
    try roundTrip(TimeMerging.standard)
    try roundTrip(TimeMerging.exact)
    try roundTrip(LogRankWeight.flemingHarrington(rho: 0.5, gamma: 1))
    try roundTrip(RestrictionTime.at(3))
  }

  @Test("results round-trip")
  func results() throws {
    let study = RandomStudy(seed: 61)
    for weights in [nil, try study.probability, try study.frequency] {
      let data = try study.data(late: true, weights: weights)
      try roundTrip(
        KaplanMeier.curves(of: data, groupedBy: Grouping(study.arms)))
      try roundTrip(
        CoxRegression.fit(
          data, design: study.design, strata: Grouping(study.strata)
        ).estimates)
      try roundTrip(
        LogRankTest.compare(data, groups: Grouping(study.arms), pairwise: .holm))
      let curve = try #require(KaplanMeier.curves(of: data).curves.first)
      try roundTrip(curve.median())
      try roundTrip(curve.numbersAtRisk(at: [1, 2]))
      try roundTrip(#require(curve.restrictedMean()))
      let decoded = try JSONDecoder().decode(
        SurvivalCurve.self, from: JSONEncoder().encode(curve))
      #expect(decoded.restrictedMean() == curve.restrictedMean())
      #expect(decoded.intervals(.logLog) == curve.intervals(.logLog))
    }
  }

  @Test("data are equal when their columns are")
  func hashing() throws {
    let study = RandomStudy(seed: 62)
    #expect(try study.data(late: true) == study.data(late: true))
    #expect(try study.data(late: true).hashValue == study.data(late: true).hashValue)
    #expect(try study.data(late: true) != study.data(late: false))
    #expect(try study.data(late: true) != study.data(late: true, weights: study.probability))
  }

  @Test("what could not be created cannot be decoded")
  func refusals() {
    #expect(isRefused(FollowUp.self, #"{"exit": -1, "isEvent": true}"#))
    #expect(isRefused(FollowUp.self, #"{"entry": 3, "exit": 2, "isEvent": true}"#))
    #expect(!isRefused(FollowUp.self, #"{"entry": 1, "exit": 2, "isEvent": true}"#))
    #expect(isRefused(FollowUp.self, #"{"exit": "Infinity", "isEvent": true}"#))
    #expect(isRefused(FollowUp.self, #"{"exit": "later", "isEvent": false}"#))
    #expect(isRefused(FrequencyWeights.self, #"{"values": [1, -1]}"#))
    #expect(isRefused(FrequencyWeights.self, #"{"values": [1.5]}"#))
    #expect(!isRefused(FrequencyWeights.self, #"{"values": [1, 2]}"#))
    #expect(isRefused(ProbabilityWeights.self, #"{"values": [-0.5]}"#))
    #expect(!isRefused(ProbabilityWeights.self, #"{"values": [0.5]}"#))
    #expect(isRefused(Grouping.self, #"{"levels": ["a"], "codes": [0, 1]}"#))
    #expect(isRefused(Grouping.self, #"{"levels": ["a"], "codes": [-1]}"#))
    #expect(!isRefused(Grouping.self, #"{"levels": ["a"], "codes": [0, 0]}"#))
    #expect(
      isRefused(DesignMatrix.self, #"{"names": ["x"], "columns": [[1, 2]], "rowCount": 3}"#))
    #expect(
      isRefused(
        DesignMatrix.self, #"{"names": ["x", "x"], "columns": [[1], [2]], "rowCount": 1}"#))
    #expect(
      isRefused(DesignMatrix.self, #"{"names": ["x", "y"], "columns": [[1]], "rowCount": 1}"#))
    #expect(
      !isRefused(DesignMatrix.self, #"{"names": ["x"], "columns": [[1, 2]], "rowCount": 2}"#))
  }
}
