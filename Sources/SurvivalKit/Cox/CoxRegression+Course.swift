// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

extension CoxRegression {
  /// How the coefficients of terms go with time: the data of R's `plot(cox.zph(fit))`.
  ///
  ///     y = schoenfeld · T (Tᵀ I T / d)⁻¹ + estimate
  ///
  /// with I the information, *d* the events and T a column for each term, the unit vector of its
  /// coefficient or, for a term of several, their estimates: such a term has one course, as in R, of a
  /// factor that multiplies all of them. Pass `nil` as terms for one of each coefficient. In a stratum
  /// in which a term does not vary its residuals say nothing and are left out, as in R.
  ///
  /// R draws value ± 2 standard errors. With probability weights *d* is the total weight of the events,
  /// on which no unit of the weights has a say; R 3.5 takes their number. With frequency weights each
  /// event counts as often as its weight says.
  /// - Parameters:
  ///   - transform: The scale of time.
  ///   - terms: The columns that belong together, by name and position; each column on its own when
  ///     `nil`. Aliased columns are left out.
  ///   - degreesOfFreedom: Those of the spline, 2 (a straight line) or more.
  ///   - points: The number of points of the line, 2 or more.
  ///   - level: The level of the pointwise limits.
  /// - Returns: One course for each term that has a coefficient.
  /// - Throws: ``SurvivalError`` as ``proportionalHazardsTest(_:terms:)-(TimeTransform,_)``, for an infinite
  ///   coefficient, or when there are too few distinct event times for the spline.
  /// - Complexity: O(*n* *p* + *m* *k*²) for *m* events and *k* degrees of freedom.
  public func coefficientCourses(
    _ transform: TimeTransform = .kaplanMeier,
    terms: [(name: String, columns: [Int])]? = nil, degreesOfFreedom: Int = 4, points: Int = 40,
    level: Double = 0.95
  ) throws(SurvivalError) -> [CoefficientCourse] {
    let values = transformed(transform)
    return try courses(
      likelihood.times.slots.map { values[$0] }, transform.rawValue, terms,
      CourseSmoothing(degreesOfFreedom: degreesOfFreedom, points: points, level: level))
  }

  /// How the coefficients of terms go with a function of time.
  /// - Parameters:
  ///   - function: The scale of time.
  ///   - terms: The columns that belong together, by name and position; each column on its own when
  ///     `nil`. Aliased columns are left out.
  ///   - degreesOfFreedom: Those of the spline, 2 (a straight line) or more.
  ///   - points: The number of points of the line, 2 or more.
  ///   - level: The level of the pointwise limits.
  /// - Returns: One course for each term that has a coefficient.
  /// - Throws: ``SurvivalError`` as for a named transform, and when the function is not a number at an
  ///   event time.
  public func coefficientCourses(
    _ function: (Double) -> Double, terms: [(name: String, columns: [Int])]? = nil,
    degreesOfFreedom: Int = 4, points: Int = 40, level: Double = 0.95
  ) throws(SurvivalError) -> [CoefficientCourse] {
    try courses(
      likelihood.times.slots.map { function(likelihood.table.slotTimes[$0]) }, "custom", terms,
      CourseSmoothing(degreesOfFreedom: degreesOfFreedom, points: points, level: level))
  }

  private func courses(
    _ values: [Double], _ name: String, _ terms: [(name: String, columns: [Int])]?,
    _ smoothing: CourseSmoothing
  ) throws(SurvivalError) -> [CoefficientCourse] {
    try requireChange(over: values)
    if let infinite = estimates.coefficients.first(where: \.isInfinite) {
      throw SurvivalError(
        .notEstimable,
        "the coefficient of \(infinite.name) is infinite, so residuals around it have no scale")
    }
    let kept = Set(keptColumns)
    let terms = (terms ?? likelihood.names.enumerated().map { ($0.element, [$0.offset]) })
      .map { (name: $0.name, columns: $0.columns.filter(kept.contains)) }
      .filter { !$0.columns.isEmpty }
    guard !terms.isEmpty else {
      throw SurvivalError(.notEstimable, "the model has no coefficient that could change with time")
    }
    let scaled = try TermResiduals(self, terms.map(\.columns))
    let scale = CourseScale(
      times: likelihood.times.slots.map { likelihood.table.slotTimes[$0] }, positions: values)
    var result = [CoefficientCourse]()
    // An event of frequency w is w points.
    func repeated(_ events: [TermResiduals.Event], _ value: (TermResiduals.Event) -> Double)
      -> [Double]
    {
      guard likelihood.data.weightKind == .frequency else { return events.map(value) }
      return events.flatMap {
        [Double](repeating: value($0), count: Int(likelihood.weights[$0.position]))
      }
    }
    for (index, term) in terms.enumerated() {
      let events = scaled.events.filter { $0.values[index] != nil }
      let spline = try CourseSpline(
        positions: repeated(events) { values[$0.event] },
        values: repeated(events) { $0.values[index] ?? 0 },
        all: repeated(scaled.events) { values[$0.event] }, smoothing, term: term.name)
      func point(_ position: Double, _ time: Double?) -> CoefficientCourse.Point {
        let (value, factor) = spline.value(at: position)
        let error = (scaled.variances[index]).squareRoot() * factor
        let width = ConfidenceInterval.normalQuantile(level: smoothing.level) * error
        return CoefficientCourse.Point(
          position: position, time: time, value: value, standardError: error,
          lower: value - width, upper: value + width)
      }
      result.append(
        CoefficientCourse(
          name: term.name, isCombined: term.columns.count > 1, estimate: scaled.estimates[index],
          transform: name, degreesOfFreedom: smoothing.degreesOfFreedom, level: smoothing.level,
          residuals: events.map {
            CoefficientCourse.Residual(
              row: Int(likelihood.table.order[$0.position]),
              time: likelihood.table.slotTimes[likelihood.times.slots[$0.event]],
              position: values[$0.event], value: $0.values[index] ?? 0)
          },
          line: spline.grid.map { point($0, scale.time(at: $0)) },
          marks: scale.marks.map { point($0.position, $0.time) }))
    }
    return result
  }
}
