// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

/// A mark on an axis.
struct Tick: Hashable {
  let value: Double
  let label: String
}

/// The distances that ticks may have.
struct TickSteps {
  /// Whole steps that are preferred to decimal ones of at least 1.
  let whole: [Int]

  /// 1, 2 and 5 times the powers of ten.
  static let decimal = TickSteps(whole: [])

  /// A step, mantissa · 10^exponent: kept apart so that its multiples are the nearest numbers.
  struct Step {
    let mantissa: Double
    let exponent: Int

    var size: Double { multiple(1) }

    /// The number of decimal places that multiples have.
    var places: Int { Swift.max(0, -exponent) }

    func multiple(_ count: Double) -> Double {
      let whole = count * mantissa
      return exponent >= 0 ? whole * Self.power(exponent) : whole / Self.power(-exponent)
    }

    /// 10^exponent to the nearest number.
    static func power(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? .infinity }
  }

  /// The steps of at least a size, ascending.
  func steps(from size: Double) -> [Step] {
    let digits = NumberFormatting.exponent(of: size)
    let decimal = (digits...(digits + 4)).flatMap { exponent in
      [1.0, 2, 5].map { Step(mantissa: $0, exponent: exponent) }
    }
    guard let last = whole.last, size < 1e9, size > 1e-9 else {
      return decimal.filter { $0.size >= size }
    }
    // The whole steps, and ten times, a hundred times … the last three.
    var all = decimal.filter { $0.size < 1 } + whole.map { Step(mantissa: Double($0), exponent: 0) }
    var factor = 1.0
    while Double(last) * factor < size * 1000 {
      factor *= 10
      all += whole.suffix(3).map { Step(mantissa: Double($0) * factor, exponent: 0) }
        .filter { $0.mantissa > Double(last) * factor / 10 }
    }
    return all.filter { $0.size >= size }
  }
}

extension NumberFormatting {
  /// The power of ten at or below a positive number.
  static func exponent(of value: Double) -> Int {
    guard value.isFinite, value > 0 else { return 0 }
    let guess = Int((ElementaryFunctions.log(value) / ElementaryFunctions.log(10)).rounded(.down))
    return TickSteps.Step.power(guess + 1) <= value
      ? guess + 1 : TickSteps.Step.power(guess) > value ? guess - 1 : guess
  }
}

/// Ticks at round numbers.
enum Ticks {
  /// Ticks at the shortest of the steps that give no more than a number of them and that fit.
  /// - Parameters:
  ///   - lower: The beginning of the axis.
  ///   - upper: The end of the axis, after the beginning.
  ///   - steps: The distances that are allowed.
  ///   - limit: The largest number of ticks.
  ///   - fits: Whether ticks have room for their labels.
  /// - Returns: At least one tick.
  static func linear(
    from lower: Double, to upper: Double, steps: TickSteps = .decimal, limit: Int,
    fits: ([Tick]) -> Bool = { _ in true }
  ) -> [Tick] {
    let span = upper - lower
    var best = [Tick(value: lower, label: label(lower, places: 6))]
    guard span.isFinite, span > 0 else { return best }
    for step in steps.steps(from: span / Double(limit) / 2) {
      let first = (lower / step.size - 1e-9).rounded(.up)
      let last = (upper / step.size + 1e-9).rounded(.down)
      let count = last - first + 1
      guard count >= 1 else { break }
      // Beyond 2⁵³ steps from zero, neighbouring ticks are the same number.
      guard count <= Double(limit), abs(first) < 1e15, abs(last) < 1e15 else { continue }
      let ticks = (0..<Int(count)).map { index in
        let value = step.multiple(first + Double(index))
        return Tick(
          value: Swift.min(Swift.max(value, lower), upper),
          label: label(value == 0 ? 0 : value, places: step.places))
      }
      best = ticks
      if fits(ticks) { break }
    }
    return best
  }

  /// Ticks of a logarithmic axis: 1, 2 and 5, or 1 and 3, or 1 times powers of ten.
  /// - Parameters:
  ///   - lower: The beginning of the axis, positive.
  ///   - upper: The end of the axis, after the beginning.
  ///   - limit: The largest number of ticks.
  ///   - fits: Whether ticks have room for their labels.
  /// - Returns: At least one tick.
  static func logarithmic(
    from lower: Double, to upper: Double, limit: Int, fits: ([Tick]) -> Bool = { _ in true }
  ) -> [Tick] {
    // Within less than a factor of four, decades say too little.
    if upper < 4 * lower { return linear(from: lower, to: upper, limit: limit, fits: fits) }
    let decades = NumberFormatting.exponent(of: lower)...NumberFormatting.exponent(of: upper)
    func ticks(_ mantissas: [Double], every stride: Int = 1) -> [Tick] {
      var ticks = [Tick]()
      for exponent in decades where exponent % stride == 0 {
        for mantissa in mantissas {
          let step = TickSteps.Step(mantissa: mantissa, exponent: exponent)
          guard step.size >= lower * (1 - 1e-9), step.size <= upper * (1 + 1e-9) else { continue }
          ticks.append(
            Tick(value: step.size, label: NumberFormatting.significant(step.size, digits: 6)))
        }
      }
      return ticks
    }
    var best = [Tick]()
    for mantissas in [[1.0, 2, 5], [1, 3], [1]] {
      let candidates = ticks(mantissas)
      if !candidates.isEmpty { best = candidates }
      if candidates.count >= 2, candidates.count <= limit, fits(candidates) { return candidates }
    }
    for stride in [2, 3, 5, 10, 20, 50, 100, 200] {
      let candidates = ticks([1], every: stride)
      if !candidates.isEmpty { best = candidates }
      if candidates.count <= limit, fits(candidates) { break }
    }
    return best.isEmpty ? linear(from: lower, to: upper, limit: limit, fits: fits) : best
  }

  /// A number with the places of its step, in digits that do not run on.
  static func label(_ value: Double, places: Int) -> String {
    let magnitude = abs(value)
    let text =
      places > 6 || magnitude >= 1e7
      ? NumberFormatting.significant(value, digits: 6)
      : NumberFormatting.fixed(value, digits: places)
    return text.replacingMinus
  }
}

extension String {
  /// The text with a minus sign for a leading hyphen.
  var replacingMinus: String { hasPrefix("-") ? "−" + dropFirst() : self }
}
