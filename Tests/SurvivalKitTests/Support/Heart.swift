// SPDX-License-Identifier: Apache-2.0

@testable import SurvivalKit

/// The Stanford heart transplant data as records, one for each interval.
struct Heart: Sendable {
  var start: Double
  var stop: Double
  var isDead: Bool
  var age: Double
  var surgery: Double

  static func all() throws -> [Heart] {
    let table = try ReferenceTable(name: "heart")
    let (starts, stops) = (try table.numbers("start"), try table.numbers("stop"))
    let (events, ages) = (try table.numbers("event"), try table.numbers("age"))
    let surgery = try table.numbers("surgery")
    return starts.indices.map {
      Heart(
        start: starts[$0], stop: stops[$0], isDead: events[$0] == 1, age: ages[$0],
        surgery: surgery[$0])
    }
  }
}

extension Endpoint<Heart> {
  static let death = Endpoint("death") {
    try FollowUp(from: $0.start, to: $0.stop, isEvent: $0.isDead)
  }
}
