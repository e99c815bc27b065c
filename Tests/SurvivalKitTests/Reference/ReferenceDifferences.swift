// SPDX-License-Identifier: Apache-2.0

/// The largest difference from a reference, quantity by quantity.
///
///     difference = |value − reference| / max(|reference|, scale / 1000)
///
/// A difference of 1e-9 is thus 1e-9 of the reference, and no less than 1e-12 of the scale: the
/// natural size of the quantity, stated where a reference may be 0 or a difference of large numbers.
/// Without a scale the difference is purely relative. A value where the reference has none, or none
/// where it has one, is an infinite difference.
struct ReferenceDifferences {
  struct Worst {
    var difference = 0.0
    var count = 0
    var label = ""
  }

  private(set) var worst: [String: Worst] = [:]
  /// Quantities in the order in which they were first met.
  private(set) var quantities: [String] = []

  mutating func compare(
    _ quantity: String, _ value: Double?, _ reference: Double?, scale: Double = 0, at label: String
  ) {
    var difference = 0.0
    if let value, let reference {
      if value != reference {
        difference = (value - reference).magnitude / max(reference.magnitude, scale / 1000)
      }
      if difference.isNaN { difference = .infinity }
    } else if value != nil || reference != nil {
      difference = .infinity
    }
    let text = "\(label): \(value.map { "\($0)" } ?? "nil") for "
    note(
      quantity, difference, count: 1, label: text + (reference.map { "\($0)" } ?? "nil"))
  }

  /// Compares columns, each element with the scale of the whole column if one is given.
  mutating func compare(
    _ quantity: String, _ values: [Double?], _ references: [Double?], scale: Double = 0,
    at label: String
  ) {
    guard values.count == references.count else {
      note(
        quantity, .infinity, count: 1,
        label: "\(label): \(values.count) values for \(references.count)")
      return
    }
    for index in values.indices {
      compare(quantity, values[index], references[index], scale: scale, at: "\(label) [\(index)]")
    }
  }

  /// Compares matrices, row by row; the scale of an element is the root of the product of the
  /// reference's diagonal elements.
  mutating func compareCovariance(
    _ quantity: String, _ values: [[Double]], _ references: [[Double]], at label: String
  ) {
    guard values.count == references.count else {
      note(
        quantity, .infinity, count: 1,
        label: "\(label): order \(values.count) for \(references.count)")
      return
    }
    for row in values.indices {
      for column in values.indices {
        let scale = (references[row][row] * references[column][column]).magnitude.squareRoot()
        compare(
          quantity, values[row][column], references[row][column], scale: scale,
          at: "\(label) [\(row), \(column)]")
      }
    }
  }

  /// The same for some of the quantities.
  func only(_ chosen: (String) -> Bool) -> ReferenceDifferences {
    var result = ReferenceDifferences()
    for quantity in quantities where chosen(quantity) {
      guard let its = worst[quantity] else { continue }
      result.note(quantity, its.difference, count: its.count, label: its.label)
    }
    return result
  }

  /// The number of values, and the largest difference, over all quantities.
  var summary: (values: Int, difference: Double) {
    (worst.values.reduce(0) { $0 + $1.count }, worst.values.reduce(0) { max($0, $1.difference) })
  }

  mutating func merge(_ other: ReferenceDifferences) {
    for quantity in other.quantities {
      guard let its = other.worst[quantity] else { continue }
      note(quantity, its.difference, count: its.count, label: its.label)
    }
  }

  private mutating func note(_ quantity: String, _ difference: Double, count: Int, label: String) {
    if worst[quantity] == nil { quantities.append(quantity) }
    var entry = worst[quantity] ?? Worst()
    entry.count += count
    if difference > entry.difference || entry.label.isEmpty {
      entry.difference = difference
      entry.label = label
    }
    worst[quantity] = entry
  }

  /// The quantities whose difference is above a tolerance, with the place of the worst.
  func failures(above tolerance: Double) -> [String] {
    quantities.compactMap { quantity in
      guard let entry = worst[quantity], !(entry.difference <= tolerance) else { return nil }
      return "\(quantity): \(entry.difference) at \(entry.label)"
    }
  }
}
