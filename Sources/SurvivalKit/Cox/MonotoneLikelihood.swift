// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels

/// The proof that a likelihood has no finite maximum.
///
/// The partial likelihood rises without end along γ exactly when at every event time each of the
/// dying has the largest γᵀx of its risk set, and in some risk set not all are equal: then every
/// denominator, divided by its numerator, falls. Checked in one scan with a running maximum.
/// Under an exact rule for ties the dying as a set must have the largest values. Bryson & Johnson
/// (1981), Technometrics 23, 381–383; Heinze & Schemper (2001),
/// doi:10.1111/j.0006-341x.2001.00114.x.
struct MonotoneLikelihood {
  let likelihood: CoxPartialLikelihood

  /// A direction, in scaled coordinates, along which the likelihood rises without end; or `nil`.
  ///
  /// The last Newton direction approaches such a direction but still carries small components of the
  /// coefficients that are finite. Those are set to 0, and coordinates brought to whole ratios, before
  /// the check, so that the direction found is exact.
  func direction(near newton: [Double]) -> [Double]? {
    Self.candidates(near: newton, scales: likelihood.scales).first(where: isUnbounded)
  }

  /// Directions near a Newton direction that may be exact: small components set to 0, and coordinates in
  /// the units of the data, where columns are comparable when they are indicators, in whole ratios.
  static func candidates(near newton: [Double], scales: [Double]) -> [[Double]] {
    let largest = newton.reduce(0) { Swift.max($0, abs($1)) }
    guard largest > 0, largest.isFinite else { return [] }
    let raw = zip(newton, scales).map { $0 * $1 }
    let largestRaw = raw.reduce(0) { Swift.max($0, abs($1)) }
    let rounded = [1.0, 2, 3, 4, 6, 12].map { denominator in
      zip(raw, scales).map { ($0 / largestRaw * denominator).rounded() / $1 }
    }.filter { $0.contains { $0 != 0 } }
    func cleaned(_ threshold: Double) -> [Double] {
      newton.map { abs($0) < threshold * largest ? 0 : $0 }
    }
    return [cleaned(1e-3)] + rounded + [cleaned(1e-2), cleaned(0.05)]
  }

  /// Whether the likelihood rises without end along a direction.
  func isUnbounded(_ direction: [Double]) -> Bool {
    guard direction.contains(where: { $0 != 0 }) else { return false }
    let (values, range) = likelihood.predictors(along: direction)
    guard range > 0, range.isFinite else { return false }
    // Centring and scaling keep the order of one column's values; sums of columns are rounded.
    let isOneColumn = direction.count { $0 != 0 } == 1
    var check = Check(
      values: values, tolerance: isOneColumn ? 0 : 1e-10 * range,
      isExact: likelihood.ties.isExact)
    run(&check)
    return check.holds && check.isStrict
  }

  /// The largest change of a linear predictor along a direction, relative to others of its risk set.
  func reach(of direction: [Double]) -> Double {
    var check = Check(
      values: likelihood.predictors(along: direction).values, tolerance: .infinity,
      isExact: likelihood.ties.isExact)
    run(&check)
    return check.widest
  }

  private func run(_ check: inout Check) {
    for stratum in likelihood.table.strata.indices {
      guard !likelihood.times.strata[stratum].isEmpty else { continue }
      if let tree = likelihood.tree(of: stratum) {
        var path = [Extremes](repeating: Extremes(), count: 64)
        visit(1, level: 0, stratum, tree, &path, &check)
      } else {
        scan(stratum, &check)
      }
      if !check.holds { return }
    }
  }

  private struct Extremes {
    var smallest = Double.infinity
    var largest = -Double.infinity

    mutating func add(_ value: Double) {
      smallest = Swift.min(smallest, value)
      largest = Swift.max(largest, value)
    }
  }

  private struct Check {
    let values: [Double]
    let tolerance: Double
    let isExact: Bool
    var holds = true
    var isStrict = false
    /// The widest range of a risk set.
    var widest = 0.0

    mutating func eventTime(_ deaths: Range<Int>, bystanders: Extremes) {
      if isExact { return exactEventTime(deaths, bystanders: bystanders) }
      var riskSet = bystanders
      for position in deaths { riskSet.add(values[position]) }
      for position in deaths where values[position] < riskSet.largest - tolerance { holds = false }
      let width = riskSet.largest - riskSet.smallest
      widest = Swift.max(widest, width)
      if width > tolerance { isStrict = true }
    }

    /// The dying compete with the bystanders only, not with one another.
    private mutating func exactEventTime(_ deaths: Range<Int>, bystanders: Extremes) {
      guard bystanders.largest > -.infinity else { return }
      var dying = Extremes()
      for position in deaths { dying.add(values[position]) }
      if dying.smallest < bystanders.largest - tolerance { holds = false }
      if dying.largest > bystanders.smallest + tolerance { isStrict = true }
      widest = Swift.max(
        widest,
        Swift.max(dying.largest, bystanders.largest)
          - Swift.min(dying.smallest, bystanders.smallest))
    }
  }

  private func scan(_ stratum: Int, _ check: inout Check) {
    let table = likelihood.table
    var extremes = Extremes()
    for slot in table.strata[stratum] {
      for position in table.censoredPositions(slot) { extremes.add(check.values[position]) }
      let deaths = table.eventPositions(slot)
      if !deaths.isEmpty { check.eventTime(deaths, bystanders: extremes) }
      for position in deaths { extremes.add(check.values[position]) }
    }
  }

  private func visit(
    _ node: Int, level: Int, _ stratum: Int, _ tree: RiskTree, _ path: inout [Extremes],
    _ check: inout Check
  ) {
    let events = likelihood.times.strata[stratum]
    var leaf = node
    while leaf < tree.leafCount { leaf *= 2 }
    guard leaf - tree.leafCount < events.count, check.holds else { return }
    if level > 0 { path[level] = path[level - 1] }
    for index in tree.starts[node]..<tree.starts[node + 1] {
      path[level].add(check.values[Int(tree.rows[index])])
    }
    if node >= tree.leafCount {
      let slot = likelihood.times.slots[events.lowerBound + node - tree.leafCount]
      check.eventTime(likelihood.table.eventPositions(slot), bystanders: path[level])
    } else {
      visit(2 * node, level: level + 1, stratum, tree, &path, &check)
      visit(2 * node + 1, level: level + 1, stratum, tree, &path, &check)
    }
  }
}
