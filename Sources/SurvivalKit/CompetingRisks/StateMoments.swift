// SPDX-License-Identifier: Apache-2.0

/// Sums over clusters of the products of their influences on the states and their weights at risk.
///
/// The influences U of all clusters go the same way at a time, so that Σ U Uᵀ after it follows from
/// Σ U Uᵀ, Σ U Yᵀ and Σ Y Yᵀ before it: O(*s*²) for a time, however many clusters there are. Only the
/// cluster that enters, leaves or makes a transition is looked at by itself.
struct StateMoments {
  private let s: Int
  private var uu, uy, yy: [Double]
  /// What rounding is a fraction of: each update of a sum of squares may leave an ulp of its terms.
  private var sizes: [Double]
  private var sizesBefore: [Double]
  /// For each transition of a time, its influences' products with U and Y.
  private var flowU: [Double]
  private var flowY: [Double]

  init(stateCount: Int) {
    s = stateCount
    uu = [Double](repeating: 0, count: s * s)
    (uy, yy) = (uu, uu)
    sizes = [Double](repeating: 0, count: s)
    sizesBefore = sizes
    flowU = [Double](repeating: 0, count: s * s * s)
    flowY = flowU
  }

  /// Counts a cluster that has an influence from the beginning.
  mutating func add(_ u: [Double], _ y: [Double], at base: Int, times: Double) {
    for row in 0..<s {
      for column in 0..<s {
        uu[row * s + column] += times * u[base + row] * u[base + column]
        uy[row * s + column] += times * u[base + row] * y[base + column]
      }
      sizes[row] = uu[row * s + row]
    }
  }

  /// Changes the weight at risk of a cluster in a state.
  mutating func change(
    _ u: [Double], _ y: [Double], at base: Int, state: Int, by weight: Double, times: Double
  ) {
    for row in 0..<s {
      uy[row * s + state] += times * weight * u[base + row]
      let product = times * weight * y[base + row]
      yy[row * s + state] += product
      yy[state * s + row] += product
    }
    yy[state * s + state] += times * weight * weight
  }

  /// Moves an amount of a cluster's influence from a state to another, which its own transition does.
  mutating func move(
    _ u: [Double], _ y: [Double], at base: Int, from: Int, to: Int, by amount: Double,
    times: Double
  ) {
    for (state, sign) in [(from, -1.0), (to, 1.0)] {
      for row in 0..<s {
        let product = times * sign * amount * u[base + row]
        uu[state * s + row] += product
        uu[row * s + state] += product
        uy[state * s + row] += times * sign * amount * y[base + row]
      }
      let square = times * amount * amount
      uu[state * s + state] += square
      sizes[state] += square + 2 * abs(times * amount * u[base + state])
    }
    let square = times * amount * amount
    uu[from * s + to] -= square
    uu[to * s + from] -= square
  }

  /// Takes all influences over the transitions of a step.
  mutating func advance(_ steps: StateSteps, over step: Int) {
    let (first, end) = (steps.firstFlow[step], steps.firstFlow[step + 1])
    guard first < end else { return }
    grow(steps, first..<end)
    // The influence on a flow is f = share · U − fall · Y of its state: its products with U and Y.
    for index in first..<end {
      let flow = steps.flows[index]
      let (row, own) = (flow.from * s, (index - first) * s)
      for state in 0..<s {
        flowU[own + state] = flow.share * uu[row + state] - flow.fall * uy[state * s + flow.from]
        flowY[own + state] = flow.share * uy[row + state] - flow.fall * yy[row + state]
      }
    }
    for index in first..<end {
      let flow = steps.flows[index]
      let own = (index - first) * s
      for state in 0..<s {
        let (product, weight) = (flowU[own + state], flowY[own + state])
        uu[flow.to * s + state] += product
        uu[flow.from * s + state] -= product
        uu[state * s + flow.to] += product
        uu[state * s + flow.from] -= product
        uy[flow.to * s + state] += weight
        uy[flow.from * s + state] -= weight
      }
      for another in first..<end {
        let other = steps.flows[another]
        let product = other.share * flowU[own + other.from] - other.fall * flowY[own + other.from]
        uu[flow.to * s + other.to] += product
        uu[flow.to * s + other.from] -= product
        uu[flow.from * s + other.to] -= product
        uu[flow.from * s + other.from] += product
      }
    }
  }

  /// Keeps the sizes of the terms of the sums of squares.
  private mutating func grow(_ steps: StateSteps, _ range: Range<Int>) {
    for state in 0..<s {
      sizesBefore[state] = sizes[state]
      var left = 1.0
      for index in range where steps.flows[index].from == state { left -= steps.flows[index].share }
      sizes[state] *= left * left
    }
    for index in range {
      let flow = steps.flows[index]
      let own = flow.from * s + flow.from
      let product = flow.share * uu[own].magnitude + 2 * flow.fall * uy[own].magnitude
      let square = flow.fall * flow.fall * yy[own].magnitude
      sizes[flow.from] += uu[own].magnitude + product + square
      let cross = flow.from * s + flow.to
      sizes[flow.to] +=
        flow.share * flow.share * sizesBefore[flow.from] + uu[flow.to * s + flow.to].magnitude
        + flow.share * (product + 2 * uu[cross].magnitude)
        + 2 * flow.fall * uy[flow.to * s + flow.from].magnitude + square
    }
  }

  /// The sum of squares of the influences on a state; 0 where only rounding is left of it.
  func variance(_ state: Int) -> Double {
    let value = uu[state * s + state]
    return value > sizes[state] * 0x1p-48 ? value : 0
  }
}
