// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels

/// The check that a likelihood rises without end along a direction.
///
/// Along γ the linear predictors change by η = γᵀx. Under Efron's and Breslow's rules every event is
/// compared with everybody at risk, those who die with it among them (in the last of Efron's terms the
/// dying still count with the share 1/d), so
///
///     ηᵢ ≥ ηⱼ   for every event i and every j at risk at its time.
///
/// Under the exact rules the dying are compared with the others at risk only, as a set in discrete
/// time and before all others in continuous time, so the same for every j at risk who does not die
/// then. In each case the likelihood does not fall along γ exactly when this holds, and rises
/// exactly when some inequality is strict besides: every ratio of the likelihood is then a sum of
/// terms exp(s(ηⱼ − ηᵢ)) that do not grow with s, one of which vanishes. Offsets and weights have no
/// say. Bryson & Johnson (1981), Technometrics 23, 381–383; Albert & Anderson (1984),
/// doi:10.1093/biomet/71.1.1; Heinze & Schemper (2001), doi:10.1111/j.0006-341x.2001.00114.x.
struct MonotoneLikelihood {
  /// What is allowed for rounding in η, relative to Σ|γₖxₖ|.
  static let tolerance = 0x1p-43

  let likelihood: CoxPartialLikelihood

  /// An event and another at risk at its time, as positions in the risk table, and by how much the
  /// event falls short of the other along a direction.
  struct Violation {
    let event: Int
    let other: Int
    let amount: Double
  }

  /// A direction near another, in scaled coordinates, along which the likelihood rises without end;
  /// or `nil`.
  ///
  /// Components that are small beside the others belong to coefficients that are finite. They are set
  /// to 0, and in the units of the data coordinates are brought to ratios of small whole numbers,
  /// before the check, so that the direction found is exact where it can be.
  /// - Parameters:
  ///   - guess: The other direction.
  ///   - part: A column that the direction must have a part of, with its sign.
  /// - Returns: The direction, checked.
  func direction(
    near guess: [Double], with part: (column: Int, sign: Double)? = nil
  ) -> [Double]? {
    Self.candidates(near: guess, scales: likelihood.scales, extents: likelihood.extents).first {
      if let part, $0[part.column] * part.sign <= 0 { return false }
      return isUnbounded($0)
    }
  }

  /// Directions near another that may be exact: small components set to 0, and coordinates in the units
  /// of the data, where columns are comparable when they are indicators, in whole ratios.
  /// - Parameters:
  ///   - guess: The other direction.
  ///   - scales: The factors that take scaled coordinates to the units of the data.
  ///   - extents: The extents of the scaled columns, by which components are compared; 1 when `nil`.
  /// - Returns: The directions, none of them 0, the simplest first.
  static func candidates(
    near guess: [Double], scales: [Double], extents: [Double]? = nil
  ) -> [[Double]] {
    let sizes = guess.indices.map { abs(guess[$0] * (extents?[$0] ?? 1)) }
    let largest = sizes.reduce(0) { Swift.max($0, $1) }
    guard largest > 0, largest.isFinite else { return [] }
    let raw = zip(guess, scales).map { $0 * $1 }
    let largestRaw = raw.reduce(0) { Swift.max($0, abs($1)) }
    return [1e-9, 1e-3, 1e-2, 0.05].flatMap { threshold -> [[Double]] in
      let kept = guess.indices.map { sizes[$0] >= threshold * largest }
      let rounded = [1.0, 2, 3, 4, 6, 12].map { denominator in
        guess.indices.map {
          kept[$0] ? (raw[$0] / largestRaw * denominator).rounded() / scales[$0] : 0
        }
      }
      return rounded.filter { $0.contains { $0 != 0 } } + [
        guess.indices.map { kept[$0] ? guess[$0] : 0 }
      ]
    }
  }

  /// Whether the likelihood rises without end along a direction, but for rounding.
  func isUnbounded(_ direction: [Double]) -> Bool {
    guard direction.contains(where: { $0 != 0 }), direction.allSatisfy(\.isFinite) else {
      return false
    }
    var check = DirectionCheck(likelihood, direction: direction, for: .proof)
    likelihood.walk(&check)
    return check.holds && check.isStrict
  }

  /// For each event time at which the likelihood falls along a direction, the worst pair.
  func violations(along direction: [Double]) -> [Violation] {
    var check = DirectionCheck(likelihood, direction: direction, for: .violations)
    likelihood.walk(&check)
    return check.violations
  }

  /// The largest change of a linear predictor along a direction, relative to others of its risk set.
  func reach(of direction: [Double]) -> Double {
    var check = DirectionCheck(likelihood, direction: direction, for: .reach)
    likelihood.walk(&check)
    return check.widest
  }
}

/// The comparison of the events with the others at risk along a direction, in one walk.
///
/// Each η is known up to a rounding error e. A pair violates the order only if it does so for all
/// values within the errors, and is strict only likewise.
private struct DirectionCheck: RiskSetWalker {
  /// The extremes of some rows: the largest η − e with its row, the smallest η + e, and η themselves.
  struct Extremes {
    var surelyLargest = -Double.infinity
    var largestRow = 0
    var surelySmallest = Double.infinity
    var smallestRow = 0
    var largest = -Double.infinity
    var smallest = Double.infinity

    mutating func add(_ row: Int, _ value: Double, _ error: Double) {
      if value - error > surelyLargest { (surelyLargest, largestRow) = (value - error, row) }
      if value + error < surelySmallest { (surelySmallest, smallestRow) = (value + error, row) }
      largest = Swift.max(largest, value)
      smallest = Swift.min(smallest, value)
    }
  }

  private let values: [Double]
  private let errors: [Double]
  private let isExact: Bool
  private let purpose: Purpose
  private(set) var holds = true
  private(set) var isStrict = false
  private(set) var violations: [MonotoneLikelihood.Violation] = []
  /// The widest range of a risk set.
  private(set) var widest = 0.0

  /// What is asked.
  enum Purpose {
    /// Whether the likelihood rises without end; one violation says no.
    case proof
    /// All violations.
    case violations
    /// The width of the risk sets only, for which no order matters.
    case reach
  }

  init(_ likelihood: CoxPartialLikelihood, direction: [Double], for purpose: Purpose) {
    let rows = likelihood.rows
    let zeros = [Double](repeating: 0, count: likelihood.table.order.count)
    values = rows.multiplied(by: direction, plus: zeros)
    // Centring and scaling keep the order of one column's values; sums of columns are rounded.
    let columns = direction.indices.filter { direction[$0] != 0 }
    switch purpose {
    case .reach: errors = [Double](repeating: .infinity, count: zeros.count)
    case .proof, .violations:
      errors =
        columns.count == 1
        ? zeros
        : zeros.indices.map { position in
          let row = rows.row(position)
          return MonotoneLikelihood.tolerance
            * columns.reduce(0) { $0 + abs(direction[$1] * row[row.startIndex + $1]) }
        }
    }
    isExact = likelihood.ties.isExact
    self.purpose = purpose
  }

  var isDone: Bool { !holds && purpose == .proof }

  func nobody() -> Extremes { Extremes() }

  func add(_ position: Int, to extremes: inout Extremes) {
    extremes.add(position, values[position], errors[position])
  }

  func addDeaths(_ deaths: Range<Int>, to extremes: inout Extremes) {
    for position in deaths { add(position, to: &extremes) }
  }

  mutating func visit(
    _ event: Int, stratum: Int, deaths: Range<Int>, bystanders: inout Extremes
  ) {
    var dying = Extremes()
    addDeaths(deaths, to: &dying)
    var others = bystanders
    if !isExact { addDeaths(deaths, to: &others) }
    guard others.largest > -.infinity else { return }
    if others.surelyLargest > dying.surelySmallest {
      holds = false
      if purpose == .violations {
        violations.append(
          MonotoneLikelihood.Violation(
            event: dying.smallestRow, other: others.largestRow,
            amount: values[others.largestRow] - values[dying.smallestRow]))
      }
    }
    if dying.surelyLargest > others.surelySmallest { isStrict = true }
    widest = Swift.max(
      widest,
      Swift.max(dying.largest, others.largest) - Swift.min(dying.smallest, others.smallest))
  }
}
