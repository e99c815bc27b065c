// SPDX-License-Identifier: Apache-2.0

import Foundation
import RealModule
import SurvivalLinearAlgebra
import Testing

@testable import SurvivalKit

/// A case of fine-gray.json, written by make-fine-gray.R.
struct FineGrayCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Rows: Decodable, Sendable {
    let start, stop, cause, x1, x2, x3, offset, group, stratum, weight, cluster: [Double]
  }

  struct Gray: Decodable, Sendable {
    let coefficients, logLikelihood, times: [Double]
    let covariance, incidence, new: [[Double]]
  }

  let name: String
  let rows: Rows
  let late, groups, strata, useOffset, weighted, clustered, breslow: [Double]
  let coefficients, logLikelihood: [Double]
  let model, robust: [[Double]]
  let gray: Gray?

  var testDescription: String { name }

  var design: DesignMatrix {
    get throws { try DesignMatrix([("x1", rows.x1), ("x2", rows.x2), ("x3", rows.x3)]) }
  }

  var causes: EventCauses { EventCauses(rows.cause.map { $0 == 0 ? nil : Int($0) }) }

  func data(weights: Weights? = nil) throws -> SurvivalData {
    let given: Weights? =
      weighted == [1] ? .probability(try ProbabilityWeights(rows.weight)) : nil
    let clusters = clustered == [1] ? Grouping(rows.cluster) : nil
    return late == [1]
      ? try SurvivalData(
        starts: rows.start, stops: rows.stop, causes: causes, weights: weights ?? given,
        clusters: clusters)
      : try SurvivalData(
        times: rows.stop, causes: causes, weights: weights ?? given, clusters: clusters)
  }

  /// The fit whose rows R's finegray has: a group with its own censoring is a stratum as well.
  func fit(_ variance: FineGrayVariance) throws -> FineGrayRegression {
    var baseline: Grouping?
    if strata == [1] { baseline = Grouping(rows.stratum) }
    if groups == [1] {
      baseline = try baseline?.crossed(with: Grouping(rows.group)) ?? Grouping(rows.group)
    }
    let all = Grouping(rows.stop.map { _ in 1 })
    return try FineGrayRegression.fit(
      data(), cause: 1, design: design, strata: baseline,
      censoringGroups: groups == [1] ? Grouping(rows.group) : all,
      offset: useOffset == [1] ? rows.offset : nil, ties: breslow == [1] ? .breslow : .efron,
      variance: variance)
  }
}
