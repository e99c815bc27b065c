// SPDX-License-Identifier: Apache-2.0

/// One survival curve for each group, in the order of the groups.
public struct SurvivalCurves<Group: Hashable & Sendable>: Sendable, Hashable {
  /// The groups, in order.
  public let groups: [Group]
  /// The curves, one for each of ``groups``.
  public let curves: [SurvivalCurve]
  /// The name of the endpoint; empty for columns.
  public package(set) var endpoint: String
  /// The rows that were left out.
  public package(set) var exclusions: Exclusions
  /// Which times were merged.
  public let mergedTimes: MergedTimes

  /// The curve of a group; `nil` for a group without rows.
  public subscript(_ group: Group) -> SurvivalCurve? {
    groups.firstIndex(of: group).map { curves[$0] }
  }

  /// Where a restricted mean of these curves ends under a rule; for each curve.
  func restrictionTimes(_ rule: RestrictionTime) -> [Double?] {
    switch rule {
    case .lastOfEach: curves.map(\.lastTime)
    case .common:
      [Double?](repeating: curves.compactMap(\.lastTime).min(), count: curves.count)
    case .at(let time): [Double?](repeating: time, count: curves.count)
    }
  }

  /// Restricted means of all curves under one rule.
  /// - Parameter rule: Where the means end; by default the smallest of the last times, so that every
  ///   curve is known to it. (R's "common" takes the largest and extends the curves flat.)
  /// - Returns: One mean for each curve; `nil` where a curve is not known to the limit.
  public func restrictedMeans(_ rule: RestrictionTime = .common) -> [RestrictedMean?] {
    zip(curves, restrictionTimes(rule)).map { curve, limit in curve.restrictedMean(upTo: limit) }
  }
}

extension SurvivalCurves: Codable where Group: Codable {}

extension SurvivalCurves: Sequence {
  /// Iterates over groups and their curves, in the order of the groups.
  public func makeIterator() -> AnyIterator<(group: Group, curve: SurvivalCurve)> {
    var position = 0
    return AnyIterator {
      guard position < groups.count else { return nil }
      defer { position += 1 }
      return (groups[position], curves[position])
    }
  }
}
