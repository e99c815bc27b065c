// SPDX-License-Identifier: Apache-2.0

/// The influence of every cluster on the probabilities of the states, for their variances.
///
///     U(t) = U(t−)(I + dA) + p(t−) dAᵢ,   dAᵢ = (dN of the cluster − its Y dA) / Y
///
/// The sum over clusters of the squares of U is kept by ``StateMoments``, and that of its integrals by
/// a scan from the end, so that all is O(*n* *s*² log *m* + *m* *s*²), not *m* times *n*.
///
/// The infinitesimal jackknife of Jaeckel (1972), as in R's `survfit`.
struct StateInfluence {
  let steps: StateSteps
  let history: StateHistory
  let changes: RiskChanges
  /// The influences on the initial shares, `stateCount` for each cluster; empty when all begin in one
  /// state, so that nothing is uncertain about them.
  private let initial: [Double]
  private var s: Int { steps.stateCount }

  init(_ steps: StateSteps, _ history: StateHistory, _ changes: RiskChanges) {
    (self.steps, self.history, self.changes) = (steps, history, changes)
    let s = steps.stateCount
    guard steps.initial.count(where: { $0 > 0 }) > 1 else {
      initial = []
      return
    }
    var shares = [Double](repeating: 0, count: changes.clusterCount * s)
    for change in changes.changes {
      let isEntry = change.kind == .enters
      guard change.step < steps.begin || (isEntry && change.step == steps.begin) else { break }
      shares[Int(change.cluster) * s + history.from[Int(change.row)]] +=
        isEntry ? change.weight : -change.weight
    }
    let multiplicity = changes.multiplicity
    let total = shares.indices.reduce(0) { $0 + shares[$1] * (multiplicity?[$1 / s] ?? 1) }
    for base in stride(from: 0, to: shares.count, by: s) {
      let own = shares[base..<(base + s)].reduce(0, +)
      for state in 0..<s {
        shares[base + state] = (shares[base + state] - own * steps.initial[state]) / total
      }
    }
    initial = shares
  }

  private func times(_ cluster: Int) -> Double { changes.multiplicity?[cluster] ?? 1 }

  /// The variances of the initial shares.
  func initialVariances() -> [Double] {
    (0..<s).map { state in
      stride(from: state, to: initial.count, by: s).reduce(0) {
        $0 + times($1 / s) * initial[$1] * initial[$1]
      }
    }
  }

  /// For each state the variance of its probability after each step.
  func variances() -> [[Double]] {
    let s = s
    var u = [Double](repeating: 0, count: changes.clusterCount * s)
    var y = u
    var known = [Int](repeating: 0, count: changes.clusterCount)
    var moments = StateMoments(stateCount: s)
    var products = StateProducts(steps)
    // What a unit at risk in each state from the beginning has come to: most clusters change but once.
    var sinceStart = StateInfluenceOfUnits(steps)
    let all = changes.changes
    var next = 0
    var result = [[Double]](repeating: [], count: s)
    for state in 0..<s { result[state].reserveCapacity(steps.times.count) }
    let beginning = initialVariances()

    /// Makes a change, after the influences of its cluster have been taken up to a step.
    func apply(_ change: RiskChanges.Change, upTo step: Int) {
      let (cluster, row) = (Int(change.cluster), Int(change.row))
      let (base, times) = (cluster * s, times(cluster))
      if known[cluster] > 0 || (0..<s).contains(where: { u[base + $0] != 0 }) {
        products.advance(&u, y, at: base, over: known[cluster]..<step)
      } else {
        sinceStart.apply(&u, y, at: base)
      }
      known[cluster] = step
      let from = history.from[row]
      if change.kind == .dies, let to = history.to[row] {
        let amount = steps.rise(step - 1, from: from, to: to) * change.weight
        moments.move(u, y, at: base, from: from, to: to, by: amount, times: times)
        u[base + from] -= amount
        u[base + to] += amount
      }
      let weight = change.kind == .enters ? change.weight : -change.weight
      moments.change(u, y, at: base, state: from, by: weight, times: times)
      y[base + from] += weight
    }

    for step in steps.times.indices {
      while next < all.count, all[next].step == step, all[next].kind == .enters {
        apply(all[next], upTo: step)
        next += 1
      }
      if step == steps.begin, !initial.isEmpty {
        u = initial
        for cluster in known.indices {
          known[cluster] = step
          moments.add(u, y, at: cluster * s, times: times(cluster))
        }
      }
      moments.advance(steps, over: step)
      sinceStart.advance(steps, over: step)
      while next < all.count, all[next].step == step {
        apply(all[next], upTo: step + 1)
        next += 1
      }
      for state in 0..<s {
        result[state].append(step < steps.begin ? beginning[state] : moments.variance(state))
      }
    }
    return result
  }

  /// For each state the variance of the area under its probability from a start to an end.
  ///
  /// A scan from the end keeps what a unit of influence on each state, and a unit at risk in it, are
  /// still worth in area; each change of a cluster is then counted once.
  func varianceOfAreas(from start: Double, to end: Double) -> [Double] {
    let s = s
    var worth = [Double](repeating: 0, count: s * s)
    var (worthAtRisk, after) = (worth, worth)
    var areas = [Double](repeating: 0, count: changes.clusterCount * s)
    let all = changes.changes
    var next = all.count - 1
    while next >= 0, all[next].step >= steps.times.count { next -= 1 }
    for step in steps.times.indices.reversed() {
      let right = step + 1 < steps.times.count ? steps.times[step + 1] : end
      let left = Swift.min(steps.times[step], end)
      for state in 0..<s { worth[state * s + state] += Swift.max(0, Swift.min(right, end) - left) }
      while next >= 0, all[next].step == step, all[next].kind != .enters {
        let (base, row) = (Int(all[next].cluster) * s, Int(all[next].row))
        let from = history.from[row]
        for state in 0..<s {
          areas[base + state] -= all[next].weight * worthAtRisk[from * s + state]
        }
        if all[next].kind == .dies, let to = history.to[row] {
          let amount = steps.rise(step, from: from, to: to) * all[next].weight
          for state in 0..<s {
            areas[base + state] += amount * (worth[to * s + state] - worth[from * s + state])
          }
        }
        next -= 1
      }
      for index in worth.indices { after[index] = worth[index] }
      for index in steps.firstFlow[step]..<steps.firstFlow[step + 1] {
        let flow = steps.flows[index]
        for state in 0..<s {
          let gain = after[flow.to * s + state] - after[flow.from * s + state]
          worth[flow.from * s + state] += flow.share * gain
          worthAtRisk[flow.from * s + state] -= flow.fall * gain
        }
      }
      while next >= 0, all[next].step == step {
        let (base, row) = (Int(all[next].cluster) * s, Int(all[next].row))
        for state in 0..<s {
          areas[base + state] +=
            all[next].weight * worthAtRisk[history.from[row] * s + state]
        }
        next -= 1
      }
      if step == steps.begin, !initial.isEmpty {
        let width = Swift.max(0, left - Swift.min(start, end))
        for base in stride(from: 0, to: areas.count, by: s) {
          for from in 0..<s {
            areas[base + from] += width * initial[base + from]
            for state in 0..<s {
              areas[base + state] += initial[base + from] * worth[from * s + state]
            }
          }
        }
      }
    }
    return (0..<s).map { state in
      stride(from: state, to: areas.count, by: s).reduce(0) {
        $0 + times($1 / s) * areas[$1] * areas[$1]
      }
    }
  }
}

/// The influences of one unit at risk in each state from the beginning, all else having none.
struct StateInfluenceOfUnits {
  private let s: Int
  /// A row of influences for each state.
  private var rows: [Double]
  private let units: [Double]
  private var scratch: [Double]

  init(_ steps: StateSteps) {
    s = steps.stateCount
    rows = [Double](repeating: 0, count: s * s)
    scratch = rows
    var units = rows
    for state in 0..<s { units[state * s + state] = 1 }
    self.units = units
  }

  /// Takes the units over a step.
  mutating func advance(_ steps: StateSteps, over step: Int) {
    for state in 0..<s { steps.advance(&rows, units, at: state * s, over: step, &scratch) }
  }

  /// The influences of a cluster that has been at risk as it is since the beginning.
  func apply(_ u: inout [Double], _ y: [Double], at base: Int) {
    for state in 0..<s where y[base + state] != 0 {
      for column in 0..<s { u[base + column] += y[base + state] * rows[state * s + column] }
    }
  }
}
