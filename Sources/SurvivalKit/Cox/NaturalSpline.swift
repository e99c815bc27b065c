// SPDX-License-Identifier: Apache-2.0

/// The natural cubic splines over knots: cubic between them, linear outside, twice differentiable.
///
/// The basis are the splines that are 1 at one knot and 0 at the others, without that of the first
/// knot. So the coefficient of a knot is the value of the fitted function there, less that at the
/// first knot. They span what R's `ns` spans, but for the constant: Greville (1969).
package struct NaturalSpline: Sendable {
  /// The knots, ascending, the first and last being the boundaries.
  package let knots: [Double]
  /// The second derivatives at the knots of each spline of the basis.
  private let curvatures: [[Double]]

  /// The spline over at least two ascending knots.
  /// - Complexity: O(*k*²) for *k* knots.
  init(knots: [Double]) {
    self.knots = knots
    let count = knots.count
    let widths = zip(knots.dropFirst(), knots).map { $0 - $1 }
    curvatures = (1..<count).map { chosen in
      func value(_ knot: Int) -> Double { knot == chosen ? 1 : 0 }
      var result = [Double](repeating: 0, count: count)
      guard count > 2 else { return result }
      // Continuous first derivatives: a tridiagonal system for the second derivatives inside.
      var (pivots, right) = (result, result)
      for knot in 1..<(count - 1) {
        let (left, next) = (widths[knot - 1], widths[knot])
        pivots[knot] = (left + next) / 3
        right[knot] =
          (value(knot + 1) - value(knot)) / next - (value(knot) - value(knot - 1)) / left
        if knot > 1 {
          let factor = left / 6 / pivots[knot - 1]
          pivots[knot] -= factor * left / 6
          right[knot] -= factor * right[knot - 1]
        }
      }
      for knot in (1..<(count - 1)).reversed() {
        result[knot] = (right[knot] - widths[knot] / 6 * result[knot + 1]) / pivots[knot]
      }
      return result
    }
  }

  /// The values of the basis at a point.
  package func values(at x: Double) -> [Double] {
    let last = knots.count - 1
    // The piece that holds the point; the tails go with the first and last.
    let piece = Swift.max(0, Swift.min(last - 1, (knots.firstIndex { $0 > x } ?? last) - 1))
    let width = knots[piece + 1] - knots[piece]
    let right = (x - knots[piece]) / width
    let left = (knots[piece + 1] - x) / width
    return curvatures.enumerated().map { index, curvature in
      func value(_ knot: Int) -> Double { knot == index + 1 ? 1 : 0 }
      let (low, high) = (value(piece), value(piece + 1))
      let (lowBend, highBend) = (curvature[piece], curvature[piece + 1])
      let chord = (high - low) / width
      if x < knots[0] {
        return low + (x - knots[0]) * (chord - width / 6 * (2 * lowBend + highBend))
      }
      if x > knots[last] {
        return high + (x - knots[last]) * (chord + width / 6 * (lowBend + 2 * highBend))
      }
      return left * low + right * high
        + ((left * left * left - left) * lowBend + (right * right * right - right) * highBend)
        * width * width / 6
    }
  }

  /// The spline whose knots are quantiles of values, those of R's `ns(x, df)`.
  /// - Parameters:
  ///   - values: Finite values, in any order.
  ///   - degreesOfFreedom: The number of splines of the basis.
  ///   - name: What the values are, for an error.
  /// - Throws: ``SurvivalError`` with code `invalidArgument` for no degree of freedom, `noRows` without
  ///   values, `notEstimable` when quantiles coincide.
  package init(
    quantilesOf values: [Double], degreesOfFreedom: Int, name: String
  ) throws(SurvivalError) {
    guard degreesOfFreedom >= 1 else {
      throw SurvivalError(
        .invalidArgument, "a spline of \(name) cannot have \(degreesOfFreedom) degrees of freedom")
    }
    guard !values.isEmpty else {
      throw SurvivalError(.noRows, "no record has a value of \(name)")
    }
    let sorted = values.sorted()
    let knots = (0...degreesOfFreedom).map {
      QuantileDefinition.linear.quantile(Double($0) / Double(degreesOfFreedom), of: sorted)
    }
    guard zip(knots, knots.dropFirst()).allSatisfy({ $0 < $1 }) else {
      let list = knots.map { LevelOrder.name($0) }.joined(separator: ", ")
      throw SurvivalError(
        .notEstimable,
        "\(name) has too few distinct values for a spline with \(degreesOfFreedom) degrees of "
          + "freedom: its quantiles \(list) coincide; ask for fewer, or name the knots")
    }
    self.init(knots: knots)
  }

  /// The knots as text, different ones differently.
  package var labels: [String] {
    let short = knots.map { NumberFormatting.significant($0, digits: 4) }
    return Set(short).count < short.count ? knots.map { "\($0)" } : short
  }

  /// The names of the columns of a covariate: `name[knot]` for each knot but the first.
  package func columnNames(of name: String) -> [String] {
    labels.dropFirst().map { "\(name)[\($0)]" }
  }
}

extension Covariate {
  /// A number whose effect is a natural cubic spline: smooth, and linear beyond the records' range.
  ///
  /// Knots lie at the smallest and largest value of the records used and at quantiles between them,
  /// those of R's `ns(x, df)`. There is a column for each knot but the first, `name[knot]`, whose
  /// coefficient is the log hazard ratio of that value to the first knot. Likelihood, predictors and
  /// tests are those of R's `ns`, whose coefficients have no such meaning.
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - value: The number; `nil` when missing, which leaves the record out, counted.
  ///   - degreesOfFreedom: The number of columns, 1 or more; 1 is a straight line. A fit throws
  ///     ``SurvivalError`` with code `invalidArgument` for less, and `notEstimable` when quantiles
  ///     coincide.
  /// - Returns: The term.
  public static func spline(
    _ name: String, _ value: @escaping @Sendable (Record) -> Double?, degreesOfFreedom: Int
  ) -> Covariate {
    spline(name, value) { sorted throws(SurvivalError) in
      try NaturalSpline(quantilesOf: sorted, degreesOfFreedom: degreesOfFreedom, name: name)
    }
  }

  /// A number whose effect is a natural cubic spline with given knots.
  /// - Parameters:
  ///   - name: The name, as it is printed.
  ///   - value: The number; `nil` when missing, which leaves the record out, counted.
  ///   - knots: The knots between the boundaries, ascending; a straight line when empty.
  ///   - boundary: Where the spline becomes linear; the range of the records used when `nil`. A fit
  ///     throws ``SurvivalError`` with code `invalidArgument` for knots that do not ascend inside.
  /// - Returns: The term, with one column more than there are knots.
  public static func spline(
    _ name: String, _ value: @escaping @Sendable (Record) -> Double?, knots: [Double],
    boundary: ClosedRange<Double>? = nil
  ) -> Covariate {
    spline(name, value) { sorted throws(SurvivalError) in
      let all =
        [boundary?.lowerBound ?? sorted[0]] + knots
        + [boundary?.upperBound ?? sorted[sorted.count - 1]]
      guard all.allSatisfy(\.isFinite), zip(all, all.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw SurvivalError(
          knots.isEmpty && boundary == nil ? .notEstimable : .invalidArgument,
          "the knots of \(name) with their boundaries, "
            + all.map { LevelOrder.name($0) }.joined(separator: ", ")
            + ", are not finite and ascending")
      }
      return NaturalSpline(knots: all)
    }
  }

  private static func spline(
    _ name: String, _ value: @escaping @Sendable (Record) -> Double?,
    basis: @escaping @Sendable ([Double]) throws(SurvivalError) -> NaturalSpline
  ) -> Covariate {
    Covariate(name: name, isPresent: { value($0) != nil }) {
      (records: [Record], rows: [Int]) throws(SurvivalError) in
      // What is not a number is refused with its row when the columns are checked.
      let sorted = rows.compactMap { value(records[$0]) }.filter(\.isFinite).sorted()
      guard !sorted.isEmpty else {
        throw SurvivalError(.noRows, "no record has a value of \(name)")
      }
      let basis = try basis(sorted)
      return CovariateCoding(
        name: name, names: basis.columnNames(of: name), levels: basis.labels
      ) { record in
        value(record).map { basis.values(at: $0) }
      }
    }
  }
}
