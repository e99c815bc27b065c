// SPDX-License-Identifier: Apache-2.0

public import SurvivalKit

/// How many of a group have a property, with two intervals for the share.
public struct Rate: Codable, Hashable, Sendable {
  /// The name of the group; `all` for everybody.
  public let group: String
  /// How many have the property, of how many of whom it is known; `nil` when it is known of nobody.
  public let proportion: Proportion?
  /// How many belong to the group, but it is not known whether they have the property.
  public let missingCount: Int
  /// Wilson's interval.
  public let wilson: ConfidenceInterval?
  /// Clopper and Pearson's interval, which is exact.
  public let exact: ConfidenceInterval?

  init(_ group: String, _ answers: [Bool?], level: Double) {
    self.group = group
    let known = answers.count { $0 != nil }
    proportion = try? Proportion(answers.count { $0 == true }, of: known)
    missingCount = answers.count - known
    wilson = proportion?.interval(level: level, .wilson)
    exact = proportion?.interval(level: level, .clopperPearson)
  }
}

/// How often a property occurs, of everybody and by groups, with the test between the groups.
public struct RateComparison: Codable, Hashable, Sendable {
  /// The difference of two shares with Newcombe's interval.
  public struct Difference: Codable, Hashable, Sendable {
    /// The share of the second group less that of the first.
    public let estimate: Double
    /// The interval.
    public let interval: ConfidenceInterval
  }

  /// The property, in words.
  public let name: String
  /// Among whom it was looked for, in words.
  public let population: String
  /// Everybody of the population who has a group.
  public let everybody: Rate
  /// The groups, in order.
  public let groups: [Rate]
  /// Fisher's exact test; its odds ratio is that of the second of two groups over the first.
  public let fisher: AnalysisPart<FisherTest>
  /// The difference of two groups; `nil` when there are not two in which it is known.
  public let difference: Difference?
}

extension RateComparison {
  /// Compares how often a property occurs among those of a population; `nil` from the property says
  /// that it is not known.
  static func of<Record, Group: Hashable & Sendable>(
    _ records: [Record], by group: (Record) -> Group?, _ name: String, among population: String,
    _ isMember: (Record) -> Bool, level: Double, _ property: (Record) -> Bool?
  ) -> RateComparison {
    let members = records.filter { group($0) != nil && isMember($0) }
    let answers = members.map(property)
    let grouping = Grouping(members.compactMap(group))
    var byGroup = [[Bool?]](repeating: [], count: grouping.levels.count)
    for (answer, code) in zip(answers, grouping.codes) { byGroup[code].append(answer) }
    let rates = zip(grouping.levels, byGroup).map { Rate($0, $1, level: level) }
    let known = rates.compactMap(\.proportion)
    var difference: Difference?
    if known.count == 2, rates.count == 2 {
      let result = known[1].difference(from: known[0], level: level)
      difference = Difference(estimate: result.estimate, interval: result.interval)
    }
    return RateComparison(
      name: name, population: population, everybody: Rate("all", answers, level: level),
      groups: rates,
      fisher: AnalysisPart { () throws(SurvivalError) in
        // The second group comes first: the odds ratio is that of having the property there.
        let counts = known.reversed().map { [$0.count, $0.total - $0.count] }
        return try ContingencyTable(counts).fisherTest(level: level)
      }, difference: difference)
  }
}
