// SPDX-License-Identifier: Apache-2.0

import RealModule
import SurvivalKernels
import Testing

/// Sums over tied events, by fours or, where there are many, integrated, against one by one.
@Suite("Sums over tied events")
struct TieSumsTests {
  struct Setting: Sendable {
    let events, weight, dying, bystanders: Double
  }

  static let settings: [Setting] = [
    Setting(events: 2, weight: 2, dying: 1.5, bystanders: 0),
    Setting(events: 3, weight: 1.25, dying: 0.5, bystanders: 7),
    Setting(events: 4, weight: 4, dying: 4e-100, bystanders: 1e-101),
    Setting(events: 5, weight: 1e8, dying: 3, bystanders: 1e-9),
    Setting(events: 64, weight: 64, dying: 64, bystanders: 0),
    Setting(events: 67, weight: 67, dying: 90, bystanders: 10),
    Setting(events: 8192, weight: 8192, dying: 8192, bystanders: 0),
    Setting(events: 8193, weight: 8193, dying: 8193, bystanders: 0),
    Setting(events: 50_000, weight: 50_000, dying: 20_000, bystanders: 1),
    Setting(events: 50_000, weight: 50_000, dying: 1, bystanders: 1e6),
    Setting(events: 200_000, weight: 200_000, dying: 3e5, bystanders: 4e5),
    Setting(events: 1_000_000, weight: 1_000_000, dying: 1e6, bystanders: 1e-3),
  ]

  @Test("sums are those of their terms, to 1e-13", arguments: settings)
  func integration(_ setting: Setting) {
    let sums = TieSums(
      isEfron: true, events: setting.events, weight: setting.weight, dying: setting.dying,
      bystanders: setting.bystanders)
    var direct = [Double](repeating: 0, count: 9)
    var compensation = direct
    func add(_ index: Int, _ value: Double) {
      let term = value - compensation[index]
      let sum = direct[index] + term
      compensation[index] = (sum - direct[index]) - term
      direct[index] = sum
    }
    let each = setting.weight / setting.events
    for k in 0..<Int(setting.events) {
      let c = 1 - Double(k) / setting.events
      let total = setting.bystanders + c * setting.dying
      let h = each / total
      let share = c * setting.dying
      let terms = [
        each * Double.log(total), h, h * c, h * share, h * share / total, h * c * share / total,
        h * setting.bystanders / total * share, h / total, h / total * (1 - c),
      ]
      for (index, term) in terms.enumerated() { add(index, term) }
    }
    let found = [
      sums.logDenominator, sums.hazard, sums.ownHazard, sums.shift, sums.hazardShift,
      sums.ownHazardShift, sums.between, sums.hazardVariance,
      sums.meanShare * sums.hazardVariance,
    ]
    for (index, (one, other)) in zip(found, direct).enumerated() {
      // The logarithms may cancel: their scale is that of a sum of ones.
      let scale = index == 0 ? Swift.max(abs(other), setting.weight) : abs(other)
      #expect(abs(one - other) <= 1e-13 * scale, "sum \(index): \(one) for \(other)")
    }
    let mean = direct[8] / direct[7]
    var variance = 0.0
    for k in 0..<Int(setting.events) {
      let share = Double(k) / setting.events
      let total = setting.bystanders + (1 - share) * setting.dying
      variance += each / total / total * (share - mean) * (share - mean)
    }
    #expect(abs(sums.shareVariance / variance - 1) < 1e-11)
  }

  @Test("1e15 tied events take no time")
  func many() {
    let sums = TieSums(isEfron: true, events: 1e15, weight: 1e15, dying: 1e15, bystanders: 1e15)
    // Σ 1/(2d − k) over k < d, to the order 1/d: log 2.
    #expect(abs(sums.hazard / Double.log(2) - 1) < 1e-13)
  }
}
