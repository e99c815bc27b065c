// SPDX-License-Identifier: Apache-2.0

@testable import SurvivalKit

/// The Veterans' Administration lung cancer trial as records.
struct Veteran: Sendable {
  enum Cell: String, CaseIterable, Sendable { case adeno, large, smallcell, squamous }

  var time: Double
  var isDead: Bool
  var karno: Double?
  var age: Double
  var treatment: Int
  var cell: Cell
  /// Half, 1, 1½ and 2 in turn.
  var weight = 1.0

  static func all() throws -> [Veteran] {
    let table = try ReferenceTable(name: "veteran")
    let (times, status) = (try table.numbers("time"), try table.numbers("status"))
    let (karno, ages) = (try table.numbers("karno"), try table.numbers("age"))
    let (treatments, cells) = (try table.numbers("trt"), try table.text("celltype"))
    return times.indices.map {
      Veteran(
        time: times[$0], isDead: status[$0] == 1, karno: karno[$0], age: ages[$0],
        treatment: Int(treatments[$0]), cell: Cell(rawValue: cells[$0]) ?? .adeno,
        weight: 0.5 + Double(($0 + 1) % 4) / 2)
    }
  }
}

extension Endpoint<Veteran> {
  static let death = Endpoint("death", time: \.time, event: \.isDead)
}
