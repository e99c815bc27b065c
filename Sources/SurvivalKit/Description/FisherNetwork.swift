// SPDX-License-Identifier: Apache-2.0

internal import RealModule

/// The tables of given margins, as paths through a network.
///
/// Columns are filled one after the other. A node is what is then left of the row totals, in ascending
/// order, since neither the rows' order nor the way there matters for what can follow:
///
///     P(column | rest of the rows) = ∏ C(rest of row, entry) / C(rest of all, column total)
///
/// so that the probabilities of the ends of every path sum to 1. The most and the least probable end of
/// each node are found once, from the last column backwards. Then the paths advance column by column;
/// those of equal probability that meet in a node go on as one. Mehta & Patel (1983),
/// doi:10.1080/01621459.1983.10477989.
struct FisherNetwork {
  /// Paths of one probability that have met in a node: its logarithm, and their sum.
  private struct Path {
    var logarithm: Double
    var probability: Double
  }

  /// The most and the least probable end of the paths from a node, as logarithms.
  private struct Ends {
    var most = -Double.infinity
    var least = Double.infinity
  }

  private let rows: [Int]
  private let columns: [Int]
  private let observed: Double
  private let limit: Int
  private var steps = 0
  private var logFactorials: [Double] = [0]
  private let base: UInt64
  private var ends: [[UInt64: Ends]] = []

  static func tooLarge(_ limit: Int) -> SurvivalError {
    SurvivalError(
      .notEstimable,
      "the tables with these margins cannot be enumerated in \(limit) steps; "
        + "use Pearson's test, or allow more steps")
  }

  /// Prepares the network of a table without empty rows and columns.
  init(_ counts: [[Int]], limit: Int) throws(SurvivalError) {
    // Nodes are over the shorter side; the longer one gives the stages.
    let isWide = counts[0].count >= counts.count
    let table =
      isWide ? counts : counts[0].indices.map { column in counts.map { $0[column] } }
    rows = table.map { $0.reduce(0, +) }.sorted()
    let order = table[0].indices.sorted { one, other in
      let (left, right) = (
        table.reduce(0) { $0 + $1[one] }, table.reduce(0) { $0 + $1[other] }
      )
      return left == right ? one < other : left > right
    }
    columns = order.map { column in table.reduce(0) { $0 + $1[column] } }
    self.limit = limit
    let total = rows.reduce(0, +)
    base = UInt64(total) + 1
    var largest: UInt64 = 1
    for _ in rows {
      let (product, overflow) = largest.multipliedReportingOverflow(by: base)
      guard !overflow, total <= limit else { throw Self.tooLarge(limit) }
      largest = product
    }
    logFactorials.reserveCapacity(total + 1)
    var sum = DoubleDouble(0)
    for value in stride(from: 1, through: total, by: 1) {
      sum = sum + DoubleDouble(Double.log(Double(value)))
      logFactorials.append(sum.high)
    }
    var logarithm = 0.0
    var left = total
    var rest = table.map { $0.reduce(0, +) }
    for column in order {
      for row in rest.indices {
        logarithm += Self.logChoose(rest[row], table[row][column], logFactorials)
      }
      let columnTotal = table.reduce(0) { $0 + $1[column] }
      logarithm -= Self.logChoose(left, columnTotal, logFactorials)
      left -= columnTotal
      for row in rest.indices { rest[row] -= table[row][column] }
    }
    observed = logarithm
  }

  private static func logChoose(_ n: Int, _ k: Int, _ logFactorials: [Double]) -> Double {
    logFactorials[n] - logFactorials[k] - logFactorials[n - k]
  }

  /// The probability of all tables that are no more probable than the observed one.
  mutating func pValue() throws(SurvivalError) -> Double {
    ends = [[UInt64: Ends]](repeating: [:], count: columns.count + 1)
    guard findEnds(key(rows), stage: 0) != nil else { throw Self.tooLarge(limit) }
    let slack = observed + 1e-7
    var counted = 0.0
    var layer: [UInt64: [Int64: Path]] = [
      key(rows): [0: Path(logarithm: 0, probability: 1)]
    ]
    for stage in columns.indices {
      var next = [UInt64: [Int64: Path]]()
      // In the order of the keys, so that the sum has the same bits every time.
      for key in layer.keys.sorted() {
        guard let met = layer[key] else { continue }
        let paths = met.keys.sorted().compactMap { met[$0] }
        let isWithinLimit = Self.forEachColumn(
          margins(key), columns[stage], base, logFactorials
        ) { child, logarithm in
          steps += paths.count
          guard steps <= limit, let ends = ends[stage + 1][child] else { return false }
          let factor = Double.exp(logarithm)
          for path in paths {
            let reached = path.logarithm + logarithm
            if reached + ends.most <= slack {
              counted += path.probability * factor
            } else if reached + ends.least <= slack {
              // Equal to about 1e-12, which is what rounding leaves.
              let place = Int64((reached * 0x1p40).rounded())
              next[child, default: [:]][
                place, default: Path(logarithm: reached, probability: 0)
              ].probability += path.probability * factor
            }
          }
          return true
        }
        guard isWithinLimit else { throw Self.tooLarge(limit) }
      }
      layer = next
    }
    return Swift.min(1, counted)
  }

  /// Finds the ends of the paths from a node, and of all nodes that follow; `nil` when there are too
  /// many.
  private mutating func findEnds(_ key: UInt64, stage: Int) -> Ends? {
    if let known = ends[stage][key] { return known }
    var result = Ends()
    if stage == columns.count {
      result = Ends(most: 0, least: 0)
    } else {
      let isWithinLimit = Self.forEachColumn(
        margins(key), columns[stage], base, logFactorials
      ) { child, logarithm in
        steps += 1
        guard steps <= limit, let ends = findEnds(child, stage: stage + 1) else { return false }
        result.most = Swift.max(result.most, logarithm + ends.most)
        result.least = Swift.min(result.least, logarithm + ends.least)
        return true
      }
      guard isWithinLimit else { return nil }
    }
    ends[stage][key] = result
    return result
  }

  /// Calls a function with the node to which each possible next column leads, and the logarithm of its
  /// probability, until the function says to stop.
  /// - Returns: Whether it went on to the end.
  private static func forEachColumn(
    _ rest: [Int], _ total: Int, _ base: UInt64, _ logFactorials: [Double],
    _ body: (_ child: UInt64, _ logarithm: Double) -> Bool
  ) -> Bool {
    let all = rest.reduce(0, +)
    let denominator = logChoose(all, total, logFactorials)
    // What the rows from each one on can take.
    var capacity = [Int](repeating: 0, count: rest.count + 1)
    for row in rest.indices.reversed() { capacity[row] = capacity[row + 1] + rest[row] }
    var left = rest
    var ascending = rest
    /// The key of what is left, in ascending order.
    func child() -> UInt64 {
      for row in left.indices {
        var place = row
        while place > 0, ascending[place - 1] > left[row] {
          ascending[place] = ascending[place - 1]
          place -= 1
        }
        ascending[place] = left[row]
      }
      return ascending.reduce(0) { $0 * base + UInt64($1) }
    }
    func fill(_ row: Int, _ toPlace: Int, _ logarithm: Double) -> Bool {
      if row == rest.count { return body(child(), logarithm - denominator) }
      let least = Swift.max(0, toPlace - capacity[row + 1])
      for entry in least...Swift.min(rest[row], toPlace) {
        left[row] = rest[row] - entry
        let isGoingOn = fill(
          row + 1, toPlace - entry, logarithm + logChoose(rest[row], entry, logFactorials))
        guard isGoingOn else { return false }
      }
      left[row] = rest[row]
      return true
    }
    return fill(0, total, 0)
  }

  private func key(_ rest: [Int]) -> UInt64 {
    rest.reduce(0) { $0 * base + UInt64($1) }
  }

  private func margins(_ key: UInt64) -> [Int] {
    var result = [Int](repeating: 0, count: rows.count)
    var left = key
    for row in rows.indices.reversed() {
      result[row] = Int(left % base)
      left /= base
    }
    return result
  }
}
