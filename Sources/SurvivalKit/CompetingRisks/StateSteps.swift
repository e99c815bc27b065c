// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels

/// What each time does to the probabilities of the states of one group.
///
/// Where a weight d of the Y at risk in state j goes to state k, the share d/Y of the probability of j
/// goes there too.
struct StateSteps {
  /// The transitions of one time from one state to another.
  struct Flow {
    let from: Int
    let to: Int
    /// d/Y: the share of those in the state who make the transition.
    var share: Double
    /// p d/Y²: by how much the flow falls with another unit at risk, p being the probability before.
    var fall = 0.0
    /// p/Y: by how much the flow rises with another unit that makes the transition.
    var rise = 0.0
    /// Whether all who are in the state leave it at this time.
    var isLast = false
  }

  let stateCount: Int
  /// When each step happens.
  let times: [Double]
  /// The step of the first transition; the last step when there is none.
  private(set) var begin = 0
  /// For each state the weight at risk in it just before each step.
  private(set) var atRisk: [[Double]]
  /// For each state, and each state gone to, the total weight of the transitions.
  private(set) var transitions: [[Double]]
  /// The shares of the states among those at risk at the first transition.
  private(set) var initial: [Double]
  /// For each state its probability after each step.
  private(set) var probabilities: [[Double]]
  /// The transitions of step `i` are `flows[firstFlow[i]..<firstFlow[i + 1]]`.
  private(set) var flows: [Flow] = []
  private(set) var firstFlow: [Int] = [0]

  /// Counts who is where, and follows the probabilities.
  /// - Parameters:
  ///   - history: The states of the rows.
  ///   - changes: When the rows enter and leave.
  ///   - times: When each step happens.
  /// - Complexity: O(*n* + *m* *s*) for *n* rows, *m* times and *s* states.
  init(_ history: StateHistory, _ changes: [RiskChanges.Change], times: [Double]) {
    let s = history.states.count
    let zeros = [Double](repeating: 0, count: s)
    (stateCount, self.times, initial) = (s, times, zeros)
    atRisk = [[Double]](repeating: [], count: s)
    probabilities = atRisk
    transitions = [[Double]](repeating: zeros, count: s)
    count(history, changes)
    follow()
  }

  /// By how much the flow between two states rises at a step with another unit that makes it.
  @inline(__always)
  func rise(_ step: Int, from: Int, to: Int) -> Double {
    for index in firstFlow[step]..<firstFlow[step + 1]
    where flows[index].from == from && flows[index].to == to {
      return flows[index].rise
    }
    return 0
  }

  private mutating func count(_ history: StateHistory, _ changes: [RiskChanges.Change]) {
    let s = stateCount
    let weights = history.data.weights?.values
    var sums = [CompensatedSum](repeating: CompensatedSum(), count: s)
    var counts = [Int](repeating: 0, count: s)
    var next = 0
    func weight(_ change: RiskChanges.Change) -> Double { weights?[Int(change.row)] ?? 1 }
    func enter(_ step: Int) {
      while next < changes.count, changes[next].step == step, changes[next].kind == .enters {
        let state = history.from[Int(changes[next].row)]
        sums[state].add(weight(changes[next]))
        counts[state] += 1
        next += 1
      }
    }
    for state in 0..<s {
      atRisk[state].reserveCapacity(times.count)
      probabilities[state].reserveCapacity(times.count)
    }
    enter(0)
    initial = sums.map(\.value)
    var departing = [Int](repeating: 0, count: s)
    var first: Int?
    for step in times.indices {
      enter(step)
      for state in 0..<s {
        atRisk[state].append(sums[state].value)
        departing[state] = counts[state]
      }
      let base = flows.count
      while next < changes.count, changes[next].step == step {
        let change = changes[next]
        let from = history.from[Int(change.row)]
        if change.kind == .dies, let to = history.to[Int(change.row)] {
          departing[from] -= 1
          transitions[from][to] += weight(change)
          let share = weight(change) / atRisk[from][step]
          if let index = flows[base...].firstIndex(where: { $0.from == from && $0.to == to }) {
            flows[index].share += share
          } else {
            flows.append(Flow(from: from, to: to, share: share))
          }
        }
        sums[from].add(-weight(change))
        counts[from] -= 1
        if counts[from] == 0 { sums[from] = CompensatedSum() }
        next += 1
      }
      for index in base..<flows.count { flows[index].isLast = departing[flows[index].from] == 0 }
      firstFlow.append(flows.count)
      if first == nil, flows.count > 0 { first = step }
    }
    begin = first ?? Swift.max(0, times.count - 1)
    if !times.isEmpty { initial = atRisk.map { $0[begin] } }
    let total = initial.reduce(0, +)
    if total > 0 { initial = initial.map { $0 / total } }
  }

  private mutating func follow() {
    var p = initial
    for step in times.indices {
      let range = firstFlow[step]..<firstFlow[step + 1]
      for index in range {
        let from = flows[index].from
        flows[index].rise = p[from] / atRisk[from][step]
        flows[index].fall = flows[index].rise * flows[index].share
      }
      let before = p
      for index in range {
        let flow = flows[index]
        p[flow.from] = flow.isLast ? 0 : Swift.max(0, p[flow.from] - before[flow.from] * flow.share)
      }
      for index in range { p[flows[index].to] += before[flows[index].from] * flows[index].share }
      for state in 0..<stateCount { probabilities[state].append(p[state]) }
    }
  }
}

extension StateSteps {
  /// The area under the probability of a state between two times.
  func area(of state: Int, from start: Double, to end: Double) -> Double {
    var (sum, time, value) = (0.0, Swift.min(start, end), initial[state])
    for (next, probability) in zip(times, probabilities[state]) where time < end {
      let right = Swift.min(next, end)
      sum += (right - time) * value
      (time, value) = (right, probability)
    }
    return sum + (end - time) * value
  }
}
