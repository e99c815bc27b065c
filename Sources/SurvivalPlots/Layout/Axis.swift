// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

/// One direction of a panel: from data to pixels, and the marks on the way.
struct Axis {
  enum Scale { case linear, logarithmic }

  let scale: Scale
  let lower: Double
  let upper: Double
  var ticks: [Tick]
  var title: String

  init(_ scale: Scale = .linear, from lower: Double, to upper: Double, title: String) {
    self.scale = scale
    self.lower = lower
    self.upper = upper
    self.title = title
    ticks = []
  }

  /// The share of the axis that lies before a value, 0 at the lower end and 1 at the upper.
  func share(_ value: Double) -> Double {
    switch scale {
    // Halved, so that the difference of the largest numbers is still a number.
    case .linear: (value / 2 - lower / 2) / (upper / 2 - lower / 2)
    case .logarithmic:
      (ElementaryFunctions.log(value) - ElementaryFunctions.log(lower))
        / (ElementaryFunctions.log(upper) - ElementaryFunctions.log(lower))
    }
  }

  /// The value within the axis that is nearest to a value.
  func clamped(_ value: Double) -> Double { Swift.min(Swift.max(value, lower), upper) }

  /// An axis from 0 to the first tick at or above a value.
  static func upToTick(above value: Double, atMost limit: Double, title: String) -> Axis {
    let ticks = Ticks.linear(from: 0, to: value, limit: 6)
    guard ticks.count > 1 else { return Axis(from: 0, to: Swift.min(value, limit), title: title) }
    let step = ticks[1].value
    let upper = (value / step - 1e-9).rounded(.up) * step
    return Axis(from: 0, to: Swift.min(upper, limit), title: title)
  }

  /// An axis over at least the given values, with a margin for marks.
  /// - Parameters:
  ///   - values: The finite values to be shown.
  ///   - margin: The share of the range that is added on each side.
  ///   - title: The title.
  /// - Returns: The axis; it has a positive length even if all values are equal.
  static func around(_ values: [Double], margin: Double = 0.04, title: String) -> Axis {
    var (low, high) = (values.min() ?? 0, values.max() ?? 1)
    if low == high {
      let half = low == 0 ? 1 : abs(low) / 2
      (low, high) = (low - half, high + half)
    }
    let extra = (high / 2 - low / 2) * 2 * margin
    return Axis(
      from: Swift.max(low - extra, -Double.greatestFiniteMagnitude),
      to: Swift.min(high + extra, Double.greatestFiniteMagnitude), title: title)
  }
}

/// The rectangle in which data are drawn, with its axes.
struct Panel {
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  let xAxis: Axis
  let yAxis: Axis

  func x(_ value: Double) -> Double { left + xAxis.share(value) * (right - left) }
  func y(_ value: Double) -> Double { bottom - yAxis.share(value) * (bottom - top) }
}
