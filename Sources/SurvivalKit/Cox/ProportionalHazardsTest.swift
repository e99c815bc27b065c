// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalLinearAlgebra

/// The scale of time on which a coefficient may change in a test of proportional hazards.
public enum TimeTransform: String, Hashable, Sendable, Codable, CaseIterable {
  /// 1 − Ŝ(t−) with the Kaplan–Meier curve of all rows: events evenly spread. R's default.
  case kaplanMeier = "km"
  /// Time itself.
  case identity
  /// The logarithm of time.
  case log
  /// The rank of the time among all rows' times, ties averaged.
  case rank
}

/// A test of whether coefficients change with time.
public struct ProportionalHazardsTest: Hashable, Sendable, Codable {
  /// The test of one term of the model.
  public struct Term: Hashable, Sendable, Codable {
    /// The name of the term; `GLOBAL` for all terms together.
    public let name: String
    /// The score test that the coefficients of the term do not change.
    public let test: ChiSquaredTest
  }

  /// The name of the transform of time; `custom` for a function of your own.
  public let transform: String
  /// One test for each term: the columns of a factor together.
  public let terms: [Term]
  /// The test of all terms together.
  public let global: Term
}

extension CoxRegression {
  /// Tests whether the coefficients of terms change with time.
  ///
  /// The exact score test of γ = 0 in the model η = xᵀ(β + γ g(t)), with the information of all 2*p*
  /// coefficients, as in R ≥ 3.0's `cox.zph`; older programs take the variance of the risk sets to be
  /// constant. Grambsch & Therneau (1994), doi:10.1093/biomet/81.3.515.
  /// - Parameters:
  ///   - transform: The scale of time g.
  ///   - terms: The columns that belong together, by name and position; each column on its own when
  ///     `nil`. Aliased columns are left out.
  /// - Returns: The tests.
  /// - Throws: ``SurvivalError`` under an exact rule for ties, when a transformed time is not a number
  ///   (the logarithm of 0), or when nothing is left to test.
  /// - Complexity: O(*n* *p*²); with delayed entry another factor log *m*.
  public func proportionalHazardsTest(
    _ transform: TimeTransform = .kaplanMeier, terms: [(name: String, columns: [Int])]? = nil
  ) throws(SurvivalError) -> ProportionalHazardsTest {
    let values = transformed(transform)
    return try proportionalHazardsTest(
      values: likelihood.times.slots.map { values[$0] }, name: transform.rawValue, terms: terms)
  }

  /// Tests whether the coefficients of terms change with a function of time.
  /// - Parameters:
  ///   - function: The scale of time g.
  ///   - terms: The columns that belong together, by name and position; each column on its own when
  ///     `nil`.
  /// - Returns: The tests.
  /// - Throws: ``SurvivalError`` when the function is not a number at an event time, or nothing is
  ///   left to test.
  public func proportionalHazardsTest(
    _ function: (Double) -> Double, terms: [(name: String, columns: [Int])]? = nil
  ) throws(SurvivalError) -> ProportionalHazardsTest {
    try proportionalHazardsTest(
      values: likelihood.times.slots.map { function(likelihood.table.slotTimes[$0]) },
      name: "custom", terms: terms)
  }

  /// The transform at every slot of the risk table.
  func transformed(_ transform: TimeTransform) -> [Double] {
    let table = likelihood.table
    switch transform {
    case .identity: return table.slotTimes
    case .log: return table.slotTimes.map { Double.log($0) }
    case .kaplanMeier, .rank: break
    }
    // All rows as one stratum; counted by frequency weights, as rows otherwise.
    let data = likelihood.data
    let rows = table.order.map(Int.init).sorted()
    let plain =
      data.weightKind == .frequency ? data.subset(rows) : data.subset(rows).unweighted()
    let whole = RiskTable(plain)
    let counts = RiskCounts(whole, plain)
    var value = [Double: Double](minimumCapacity: whole.slotCount)
    var (survival, before) = (1.0, 0.0)
    for slot in (0..<whole.slotCount).reversed() {
      if transform == .kaplanMeier {
        value[whole.slotTimes[slot]] = 1 - survival
        if counts.atRisk[slot] > 0 {
          survival *= Swift.max(0, counts.atRisk[slot] - counts.events[slot]) / counts.atRisk[slot]
        }
      } else {
        var here = 0.0
        for position in whole.slotStart[slot]..<whole.slotStart[slot + 1] {
          here += plain.weights?.values[Int(whole.order[position])] ?? 1
        }
        value[whole.slotTimes[slot]] = before + (here + 1) / 2
        before += here
      }
    }
    return table.slotTimes.map { value[$0] ?? .nan }
  }

  private func proportionalHazardsTest(
    values: [Double], name: String, terms: [(name: String, columns: [Int])]?
  ) throws(SurvivalError) -> ProportionalHazardsTest {
    try requireChange(over: values)
    // Centred at its mean over the events, and scaled: neither changes the test.
    let mean = values.reduce(0, +) / Double(values.count)
    let spread = values.reduce(0) { Swift.max($0, abs($1 - mean)) }
    let sums = likelihood.timeWeightedSums(at: point, values.map { ($0 - mean) / spread })
    let free = estimates.coefficients.indices.filter { !estimates.coefficients[$0].isAliased }
    func test(_ name: String, _ columns: [Int]) -> ProportionalHazardsTest.Term? {
      let columns = columns.filter(free.contains)
      guard !columns.isEmpty else { return nil }
      // The Schur complement of the information of the coefficients themselves.
      guard let cholesky = Cholesky(sums.information.submatrix(rows: free, columns: free)) else {
        return nil
      }
      let cross = sums.crossInformation.submatrix(rows: free, columns: columns)
      var reduced = sums.timeInformation.submatrix(rows: columns, columns: columns)
      for j in columns.indices {
        let solved = cholesky.solve(Array(cross.column(j)))
        for i in columns.indices {
          reduced[i, j] -= zip(cross.column(i), solved).reduce(0) { $0 + $1.0 * $1.1 }
        }
      }
      guard
        let form = OrderedElimination(
          reduced, relativeTo: columns.map { sums.timeInformation[$0, $0] }
        )?.quadraticFormOfInverse(columns.map { sums.timeGradient[$0] })
      else { return nil }
      return ProportionalHazardsTest.Term(
        name: name, test: ChiSquaredTest(form.value, degreesOfFreedom: form.rank))
    }
    let all = terms ?? likelihood.names.enumerated().map { ($0.element, [$0.offset]) }
    guard let global = test("GLOBAL", free) else {
      throw SurvivalError(.notEstimable, "the model has no coefficient that could change with time")
    }
    return ProportionalHazardsTest(
      transform: name, terms: all.compactMap { test($0.name, $0.columns) }, global: global)
  }

  /// Refuses what cannot be asked whether it changes with a function of time, given at the event times.
  func requireChange(over values: [Double]) throws(SurvivalError) {
    guard !likelihood.ties.isExact else {
      throw SurvivalError(
        .notEstimable,
        "whether hazards are proportional cannot be asked under the tie rule "
          + "\(likelihood.ties.rawValue); fit with efron or breslow for it")
    }
    guard estimates.penalty == .none else {
      throw SurvivalError(
        .notEstimable,
        "the test of proportional hazards is a score test of the likelihood without a penalty")
    }
    for (event, slot) in likelihood.times.slots.enumerated() where !values[event].isFinite {
      throw SurvivalError(
        .invalidArgument,
        "the transform of the event time \(likelihood.table.slotTimes[slot]) is "
          + "\(values[event]); choose a transform that is a number at every event time")
    }
    guard values.contains(where: { $0 != values[0] }) else {
      throw SurvivalError(
        .notEstimable, "all events happened at one time, so nothing can change with time")
    }
  }
}
