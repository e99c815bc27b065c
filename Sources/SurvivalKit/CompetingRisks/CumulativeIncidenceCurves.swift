// SPDX-License-Identifier: Apache-2.0

/// Cumulative incidences: for each group one curve for each cause.
public struct CumulativeIncidenceCurves<Group: Hashable & Sendable>: Sendable, Hashable {
  /// The groups, in order.
  public let groups: [Group]
  /// The names of the causes, in order.
  public let causes: [String]
  /// The curves: those of the first group, cause by cause, then those of the next.
  public let curves: [CumulativeIncidenceCurve]
  /// The name of the endpoint; empty for columns.
  public package(set) var endpoint: String
  /// The rows that were left out.
  public package(set) var exclusions: Exclusions
  /// Which times were merged.
  public let mergedTimes: MergedTimes

  /// The curve of a cause in a group; `nil` for a group without rows or a cause without events.
  public subscript<Cause: Hashable & Sendable>(
    _ group: Group, _ cause: Cause
  ) -> CumulativeIncidenceCurve? {
    guard let row = groups.firstIndex(of: group),
      let column = causes.firstIndex(of: LevelOrder.name(cause))
    else { return nil }
    return curves[row * causes.count + column]
  }

  /// The curves of a cause, one for each of ``groups``; none for a cause without events.
  public subscript<Cause: Hashable & Sendable>(
    cause cause: Cause
  ) -> [CumulativeIncidenceCurve] {
    curves.filter { $0.cause == LevelOrder.name(cause) }
  }
}

extension CumulativeIncidenceCurves: Codable where Group: Codable {}
