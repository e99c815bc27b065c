// SPDX-License-Identifier: Apache-2.0

@testable import SurvivalPlots
import Testing

@Suite("Ticks")
struct TickTests {
  private func labels(
    _ lower: Double, _ upper: Double, _ unit: TimeUnit? = nil, limit: Int = 9
  ) -> [String] {
    Ticks.linear(from: lower, to: upper, steps: unit?.steps ?? .decimal, limit: limit).map(\.label)
  }

  @Test("are multiples of 1, 2 and 5 without a unit")
  func decimal() {
    #expect(labels(0, 1022) == ["0", "200", "400", "600", "800", "1000"])
    #expect(labels(0, 24) == ["0", "5", "10", "15", "20"])
    #expect(labels(0, 0.3) == ["0.00", "0.05", "0.10", "0.15", "0.20", "0.25", "0.30"])
    #expect(labels(0, 1, limit: 6) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(labels(-3.2, 1.9) == ["−3", "−2", "−1", "0", "1"])
  }

  @Test("suit the unit of time")
  func units() {
    #expect(labels(0, 24, .months) == ["0", "3", "6", "9", "12", "15", "18", "21", "24"])
    #expect(labels(0, 60, .months) == ["0", "12", "24", "36", "48", "60"])
    #expect(labels(0, 5, .months) == ["0", "1", "2", "3", "4", "5"])
    #expect(labels(0, 2, .months).count == 5)
    #expect(labels(0, 1022, .days) == ["0", "180", "360", "540", "720", "900"])
    #expect(labels(0, 1825, .days) == ["0", "365", "730", "1095", "1460", "1825"])
    #expect(labels(0, 52, .weeks) == ["0", "8", "16", "24", "32", "40", "48"])
    #expect(labels(0, 600, .months) == ["0", "120", "240", "360", "480", "600"])
  }

  @Test("have labels of no more digits than they need, whatever the size")
  func sizes() {
    #expect(labels(0, 3e9, limit: 5) == ["0", "1e+09", "2e+09", "3e+09"])
    #expect(labels(0, 3e-9, limit: 5).first == "0")
    for scale in [1e-300, 1e-12, 1, 1e12, 1e300] {
      let ticks = Ticks.linear(from: 0, to: scale, limit: 9)
      #expect(ticks.count >= 4 && ticks.count <= 9, "\(scale)")
      #expect(ticks.allSatisfy { $0.value >= 0 && $0.value <= scale && $0.label.count < 10 })
      #expect(Set(ticks.map(\.label)).count == ticks.count)
    }
    #expect(Ticks.linear(from: 5, to: 5, limit: 9).count == 1)
    #expect(!Ticks.linear(from: 1e17, to: 1e17 + 32, limit: 9).isEmpty)
  }

  @Test("are fewer where labels need more room")
  func room() {
    let few = Ticks.linear(from: 0, to: 1022, limit: 9) { $0.count <= 3 }
    #expect(few.map(\.label) == ["0", "500", "1000"])
  }

  @Test("of a logarithmic axis are round ratios")
  func logarithmic() {
    func labels(_ lower: Double, _ upper: Double) -> [String] {
      Ticks.logarithmic(from: lower, to: upper, limit: 7).map(\.label)
    }
    #expect(labels(0.4, 6) == ["0.5", "1", "2", "5"])
    #expect(labels(0.1, 10) == ["0.1", "0.2", "0.5", "1", "2", "5", "10"])
    #expect(labels(0.01, 100) == ["0.01", "0.1", "1", "10", "100"])
    #expect(labels(0.8, 1.3).contains("1.0"))
    #expect(labels(1e-12, 1e12).count <= 7)
  }
}
