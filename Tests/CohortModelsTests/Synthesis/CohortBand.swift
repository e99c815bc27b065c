// SPDX-License-Identifier: Apache-2.0

/// One statistic of the synthetic cohort, what is printed of it, and where it must lie.
struct CohortBand: Sendable {
  /// The number of the target in the list of them, 1 to 23.
  let number: Int
  let name: String
  /// What the source says, as text.
  let target: String
  /// Where that is printed; `A` when it is printed nowhere and assumed, `D` when it follows from what
  /// is printed by arithmetic.
  let source: String
  let range: ClosedRange<Double>
  /// The value reached; NaN where there is none.
  let value: Double

  var holds: Bool { range.contains(value) }

  /// The row of the table in `Documentation/Validation.md`.
  var tableRow: String {
    "| \(number) | \(name) | \(target) | \(band) | \(source) | \(Self.text(value)) |"
  }

  private var band: String {
    let (low, high) = (range.lowerBound, range.upperBound)
    if low == high { return Self.text(low) }
    if high == .infinity { return "above \(Self.text(low))" }
    return "\(Self.text(low)) to \(Self.text(high))"
  }

  /// A whole number as such, others with three digits after the point or three that count.
  private static func text(_ value: Double) -> String {
    guard value.isFinite else { return "none" }
    if value == value.rounded() { return "\(Int(value))" }
    if value > 0, value < 0.0001 { return "below 0.0001" }
    let scale = value < 0.01 ? 1e5 : value < 10 ? 1e3 : 100
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
