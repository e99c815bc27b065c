// SPDX-License-Identifier: Apache-2.0

extension SurvivalCurves {
  /// How one group compares with another in a number that the curves give.
  ///
  /// ```swift
  /// try curves.contrast(.restrictedMean(upTo: 24), of: .exposed, relativeTo: .naive)
  /// try curves.contrast(.survival(at: 12), of: .exposed, relativeTo: .naive, scale: .ratio)
  /// ```
  ///
  /// Standard errors are those of the curves. Robust ones add up the influences of a cluster on both
  /// groups, so that clusters with members in both are accounted for.
  /// - Parameters:
  ///   - quantity: What is compared.
  ///   - group: The group whose number comes first.
  ///   - reference: The group with which it is compared.
  ///   - scale: Whether it is a difference or a ratio.
  /// - Returns: The contrast.
  /// - Throws: ``SurvivalError``: `unknownLevel` for a group without a curve, `notEstimable` where a
  ///   curve is not known, or has no standard error, or for a ratio of 0.
  /// - Complexity: O(*m*); O(*n*) with a robust variance.
  public func contrast(
    _ quantity: CurveQuantity, of group: Group, relativeTo reference: Group,
    scale: ContrastScale = .difference
  ) throws(SurvivalError) -> CurveContrast {
    let (first, second) = (try curve(of: group), try curve(of: reference))
    let common = [first.lastTime, second.lastTime].compactMap { $0 }.min()
    let (one, resolved) = try first.estimate(of: quantity, common: common)
    let (other, _) = try second.estimate(of: quantity, common: common)
    return try CurveContrast(
      resolved, scale, group: first.group, reference: second.group,
      estimates: (one.value, other.value)
    ) { a, b in
      guard let mine = one.influences, let theirs = other.influences, first.hasClusters else {
        return a * a * one.variance + b * b * other.variance
      }
      return zip(mine, theirs).reduce(0) { sum, pair in
        let influence = a * pair.0 - b * pair.1
        return sum + influence * influence
      }
    }
  }

  private func curve(of group: Group) throws(SurvivalError) -> SurvivalCurve {
    guard let curve = self[group] else {
      throw SurvivalError(
        .unknownLevel,
        "there is no curve of \(LevelOrder.name(group)); there are "
          + curves.map(\.group).joined(separator: ", "))
    }
    return curve
  }
}

extension SurvivalCurve {
  /// A number that the curve gives, with its variance and the influence of each cluster on it.
  struct QuantityEstimate {
    let value: Double
    let variance: Double
    /// `nil` when the variance is not robust.
    let influences: [Double]?
  }

  /// Whether rows of the robust variance belong to clusters, which other curves may share.
  var hasClusters: Bool { influence?.isClustered ?? false }

  /// The number, and the quantity with its limit.
  func estimate(
    of quantity: CurveQuantity, common: Double?
  ) throws(SurvivalError) -> (QuantityEstimate, CurveQuantity) {
    switch quantity {
    case .survival(let time):
      guard let value = probability(at: time) else { throw unknown(at: time) }
      guard let error = standardError(at: time) else {
        throw SurvivalError(
          .notEstimable,
          "the curve of \(group) is 0 at \(time), where it has no standard error")
      }
      let influences = influence.map { influence in
        influence.influencesOnLog(through: position(at: time)).map { value * $0 }
      }
      return (
        QuantityEstimate(value: value, variance: error * error, influences: influences), quantity
      )
    case .restrictedMean(let limit):
      guard let end = limit ?? common, let mean = restrictedMean(upTo: end) else {
        throw unknown(at: limit ?? .nan)
      }
      return (
        QuantityEstimate(
          value: mean.estimate, variance: mean.standardError * mean.standardError,
          influences: influence.map {
            $0.influencesOnArea(curve: self, areas: areas(upTo: end), end: end)
          }), .restrictedMean(upTo: end)
      )
    }
  }

  private func unknown(at time: Double) -> SurvivalError {
    func text(_ time: Double) -> String { NumberFormatting.significant(time, digits: 6) }
    return SurvivalError(
      .notEstimable,
      "the curve of \(group) is known from \(text(startTime)) to \(text(lastTime ?? startTime)), "
        + "not at \(text(time)); ask for an earlier time")
  }
}
