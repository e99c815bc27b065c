// SPDX-License-Identifier: Apache-2.0

/// How the influence of a cluster on the probabilities of the states goes on while nothing changes
/// about the cluster.
///
/// With U its influences and Y its weights at risk by state, each time makes U(I + dA) − Y C of U. A
/// product of many times is the same kind of map, kept for stretches of 8, 16, 32, … times, so that
/// any stretch is O(log *m*) maps: nothing is divided, and no digit is lost.
struct StateProducts {
  private static let width = 8

  let steps: StateSteps
  /// For each power of two, the maps of as many blocks: 2 s rows of s numbers each, I + dA above −C.
  private var levels: [[Double]] = []
  private var scratch: [Double]

  init(_ steps: StateSteps) {
    self.steps = steps
    let s = steps.stateCount
    scratch = [Double](repeating: 0, count: s * s)
    let size = 2 * s * s
    var maps = [Double]()
    // The rows of a map are what becomes of a unit of influence, and of a unit at risk.
    var unit = [Double](repeating: 0, count: size)
    for state in 0..<s { unit[(s + state) * s + state] = 1 }
    var rows = unit
    for block in 0..<(steps.times.count / Self.width) {
      for index in rows.indices { rows[index] = 0 }
      for state in 0..<s { rows[state * s + state] = 1 }
      for step in block * Self.width..<(block + 1) * Self.width {
        for row in 0..<(2 * s) { steps.advance(&rows, unit, at: row * s, over: step, &scratch) }
      }
      maps += rows
    }
    while !maps.isEmpty {
      levels.append(maps)
      var joined = [Double](repeating: 0, count: maps.count / (2 * size) * size)
      for pair in 0..<(joined.count / size) {
        Self.multiply(maps, 2 * pair * size, s, into: &joined, pair * size)
      }
      maps = joined
    }
  }

  /// The map at `base` followed by the one after it.
  private static func multiply(
    _ maps: [Double], _ base: Int, _ s: Int, into joined: inout [Double], _ target: Int
  ) {
    let second = base + 2 * s * s
    for row in 0..<(2 * s) {
      for state in 0..<s {
        let value = maps[base + row * s + state]
        guard value != 0 else { continue }
        for column in 0..<s {
          joined[target + row * s + column] += value * maps[second + state * s + column]
        }
      }
    }
    for index in (s * s)..<(2 * s * s) { joined[target + index] += maps[second + index] }
  }

  /// Takes a cluster's influences over the steps of a range.
  /// - Complexity: O(*s*² log *m*).
  mutating func advance(
    _ u: inout [Double], _ y: [Double], at base: Int, over range: Range<Int>
  ) {
    let s = steps.stateCount
    guard (0..<s).contains(where: { u[base + $0] != 0 || y[base + $0] != 0 }) else { return }
    var step = range.lowerBound
    while step < range.upperBound {
      guard step % Self.width == 0, step + Self.width <= range.upperBound else {
        steps.advance(&u, y, at: base, over: step, &scratch)
        step += 1
        continue
      }
      var level = 0
      let block = step / Self.width
      while level + 1 < levels.count, block & ((2 << level) - 1) == 0,
        step + Self.width << (level + 1) <= range.upperBound
      {
        level += 1
      }
      apply(level, block >> level, &u, y, at: base)
      step += Self.width << level
    }
  }

  private mutating func apply(
    _ level: Int, _ index: Int, _ u: inout [Double], _ y: [Double], at base: Int
  ) {
    let s = steps.stateCount
    let map = index * 2 * s * s
    for state in 0..<s { scratch[state] = 0 }
    for row in 0..<s where u[base + row] != 0 {
      for column in 0..<s {
        scratch[column] += u[base + row] * levels[level][map + row * s + column]
      }
    }
    for row in 0..<s where y[base + row] != 0 {
      for column in 0..<s {
        scratch[column] += y[base + row] * levels[level][map + (s + row) * s + column]
      }
    }
    for state in 0..<s { u[base + state] = scratch[state] }
  }
}

extension StateSteps {
  /// Takes a cluster's influences over one step; `u` and `y` hold those of the cluster at `base`, and
  /// `scratch` has room for the transitions of any time.
  @inline(__always)
  func advance(
    _ u: inout [Double], _ y: [Double], at base: Int, over step: Int, _ scratch: inout [Double]
  ) {
    let (first, end) = (firstFlow[step], firstFlow[step + 1])
    // All of them start from the influences before: none is changed until all are known.
    for index in first..<end {
      let from = base + flows[index].from
      scratch[index - first] = u[from] * flows[index].share - y[from] * flows[index].fall
    }
    for index in first..<end {
      u[base + flows[index].from] -= scratch[index - first]
      u[base + flows[index].to] += scratch[index - first]
    }
  }
}
