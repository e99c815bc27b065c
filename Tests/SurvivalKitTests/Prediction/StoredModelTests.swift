// SPDX-License-Identifier: Apache-2.0

import Foundation
import SurvivalKit
import Testing

@Suite("A Cox model that is stored")
struct StoredModelTests {
  private func decoded(_ model: StoredCoxModel) throws -> StoredCoxModel {
    try JSONDecoder().decode(StoredCoxModel.self, from: JSONEncoder().encode(model))
  }

  /// The stored form as JSON, changed.
  private func text(
    _ model: StoredCoxModel, _ change: (inout [String: Any]) -> Void = { _ in }
  ) throws -> Data {
    let data = try JSONEncoder().encode(model)
    var fields = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    change(&fields)
    return try JSONSerialization.data(withJSONObject: fields)
  }

  private func fit(_ study: RandomStudy, ties: TieMethod = .efron) throws -> CoxRegression {
    var columns = study.x
    columns.append(zip(study.x[0], study.x[2]).map { $0 - 2 * $1 })
    return try CoxRegression.fit(
      study.data(late: true, weights: study.probability), design: RandomStudy.design(columns),
      strata: Grouping(study.strata), offset: study.offset, ties: ties)
  }

  @Test("predicts what the fit predicts, to the last bit", arguments: [TieMethod.efron, .breslow])
  func sameBits(ties: TieMethod) throws {
    let study = RandomStudy(seed: 904)
    let regression = try fit(study, ties: ties)
    #expect(regression.estimates.coefficients[3].isAliased)
    let model = try decoded(regression.storedModel())
    #expect(model == regression.storedModel())
    #expect(model.estimates == regression.estimates)
    for baseline in regression.baselineHazards() {
      let row = [0.3, -1, 1, 5.5]
      let direct = try regression.survivalCurve(for: row, offset: 0.25, baseline: baseline)
      let stored = try model.survivalCurve(for: row, offset: 0.25, stratum: baseline.stratum)
      #expect(stored.linearPredictor == direct.linearPredictor)
      #expect(!direct.times.isEmpty)
      for time in direct.times + [0, 2.5, 1e9] {
        #expect(stored.probability(at: time) == direct.probability(at: time))
        #expect(stored.interval(at: time) == direct.interval(at: time))
        #expect(
          stored.cumulativeHazardStandardError(at: time)
            == direct.cumulativeHazardStandardError(at: time))
      }
      let path = [0.0, 3, 7].map { start in
        CovariateInterval(
          from: start, to: start + (start == 0 ? 3 : 4), covariates: [start, 1, 0, 2],
          baseline: baseline)
      }
      #expect(
        try model.survivalCurve(along: path).probability(at: 8)
          == regression.survivalCurve(along: path).probability(at: 8))
    }
  }

  @Test("a stratum in which nobody counts, and one without events")
  func emptyStrata() throws {
    let data = try SurvivalData(
      times: [1, 2, 3, 4, 5, 6, 7, 8], events: [true, true, false, true, false, false, true, true],
      weights: .frequency(FrequencyWeights([1, 1, 1, 1, 1, 1, 0, 0])))
    let regression = try CoxRegression.fit(
      data, design: RandomStudy.design([[0, 1, 1, 0, 1, 0, 1, 1]]),
      strata: Grouping(["a", "a", "a", "a", "b", "b", "c", "c"]))
    let model = try decoded(regression.storedModel())
    #expect(model == regression.storedModel())
    #expect(try model.survivalCurve(for: [1], stratum: "b").probability(at: 5.5) == 1)
    #expect(try model.survivalCurve(for: [1], stratum: "c").probability(at: 1) == nil)
  }

  @Test("infinite coefficients are stored as such")
  func infinite() throws {
    let data = try SurvivalData(
      times: [1, 2, 3, 4, 5, 6], events: [true, true, true, false, false, false])
    let regression = try CoxRegression.fit(
      data, design: RandomStudy.design([[1, 1, 1, 0, 0, 0], [1, 0, 2, 1, 0, 1]]))
    #expect(regression.estimates.coefficients[0].isInfinite)
    let model = try decoded(regression.storedModel())
    #expect(model == regression.storedModel())
  }

  @Test("what does not fit together is refused, with the reason")
  func refusals() throws {
    let model = try fit(RandomStudy(seed: 905)).storedModel()
    func problem(_ change: (inout [String: Any]) -> Void) throws -> String {
      let data = try text(model, change)
      do {
        _ = try JSONDecoder().decode(StoredCoxModel.self, from: data)
        return ""
      } catch DecodingError.dataCorrupted(let context) {
        return context.debugDescription
      }
    }
    #expect(try problem { _ in }.isEmpty)
    #expect(
      try problem { $0["schemaVersion"] = StoredCoxModel.schemaVersion + 1 }
        .contains("stored in form 2"))
    #expect(try problem { $0["centers"] = [1.5] }.contains("not those of one model"))
    #expect(try problem { $0["scales"] = [1, 1, 1, 0] }.contains("not those of one model"))
    func withBaseline(_ key: String, _ value: Any) throws -> String {
      try problem { fields in
        guard var baselines = fields["baselineHazards"] as? [[String: Any]] else { return }
        baselines[0][key] = value
        fields["baselineHazards"] = baselines
      }
    }
    #expect(try withBaseline("cumulative", [0.5]).contains("not those of one model"))
    #expect(try withBaseline("lastTime", 0).contains("not those of one model"))
    #expect(
      try withBaseline("stratum", model.baselineHazards[1].stratum)
        .contains("not those of one model"))
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(StoredCoxModel.self, from: Data("{}".utf8))
    }
  }

  @Test("a stratum that it does not have, a wrong number of values")
  func badUse() throws {
    let model = try decoded(fit(RandomStudy(seed: 906)).storedModel())
    let stratum = model.baselineHazards[0].stratum
    #expect {
      try model.survivalCurve(for: [0, 0, 0, 0], stratum: "elsewhere")
    } throws: { error in
      (error as? SurvivalError)?.code == .unknownLevel
        && (error as? SurvivalError)?.message.contains("elsewhere") == true
    }
    #expect {
      try model.survivalCurve(for: [0, 0], stratum: stratum)
    } throws: {
      ($0 as? SurvivalError)?.code == .invalidArgument
    }
    #expect {
      try model.survivalCurve(for: [0, .infinity, 0, 0], stratum: stratum)
    } throws: {
      ($0 as? SurvivalError)?.code == .overflow
    }
  }
}
