// SPDX-License-Identifier: Apache-2.0

/// Sums of weights by rank, with prefix sums and updates in O(log *k*).
///
/// Fenwick (1994), doi:10.1002/spe.4380240306.
struct FenwickTree {
  private var sums: [Double]
  private(set) var total = 0.0

  init(ranks: Int) { sums = [Double](repeating: 0, count: ranks + 1) }

  @inline(__always)
  mutating func add(_ weight: Double, at rank: Int) {
    total += weight
    var index = rank + 1
    while index < sums.count {
      sums[index] += weight
      index += index & -index
    }
  }

  /// The weight of all ranks below `rank`.
  @inline(__always)
  func sum(below rank: Int) -> Double {
    var index = rank
    var result = 0.0
    while index > 0 {
      result += sums[index]
      index -= index & -index
    }
    return result
  }
}

/// The pairs of rows that a predictor orders rightly, wrongly or not, in O(*n* log *n*).
///
/// One backward scan compares each event with those at risk who go on, one forward scan compares each
/// row with the events it lived through; together they give every row's share in the pairs. A pair
/// counts the product of its rows' weights and the weight of its event time.
struct PairCounts {
  private(set) var concordant = 0.0
  private(set) var discordant = 0.0
  private(set) var tiedPredictor = 0.0
  private(set) var tiedTime = 0.0
  /// For each row, the weight of its comparable partners, and of those ordered rightly plus half of
  /// those tied.
  private(set) var pairs: [Double]
  private(set) var score: [Double]
  /// For each slot, what its events have added to the pairs, and to those ordered rightly plus half of
  /// those tied.
  private(set) var slotPairs: [Double]
  private(set) var slotScore: [Double]

  private let data: SurvivalData
  private let table: RiskTable
  private let timeWeights: [Double]

  init(
    predictor: [Double], ties: PredictorTies, data: SurvivalData, table: RiskTable,
    timeWeights: PairTimeWeights
  ) {
    self.data = data
    self.table = table
    self.timeWeights = timeWeights.values
    slotPairs = [Double](repeating: 0, count: table.slotCount)
    slotScore = slotPairs
    pairs = [Double](repeating: 0, count: data.count)
    score = pairs
    var ranks = [Int](repeating: 0, count: data.count)
    for (stratum, range) in table.strata.enumerated() where !range.isEmpty {
      let positions = table.slotStart[range.lowerBound]..<table.slotStart[range.upperBound]
      let count = Self.rank(predictor, rows: table.order[positions], ties, into: &ranks)
      scanBackward(stratum, ranks, count)
      scanForward(stratum, ranks, count)
    }
  }

  /// Ranks predictors within a stratum; a chain of near-ties shares a rank.
  private static func rank(
    _ predictor: [Double], rows: ArraySlice<Int32>, _ ties: PredictorTies, into ranks: inout [Int]
  ) -> Int {
    let order = SortedOrder.ascending(Array(rows)) { SortedOrder.key(predictor[Int($0)]) }
    let tolerance = ties.tolerance(predictor, rows: rows)
    var rank = -1
    var previous = -Double.infinity
    for row in order.map(Int.init) {
      if rank < 0 || predictor[row] - previous > tolerance { rank += 1 }
      previous = predictor[row]
      ranks[row] = rank
    }
    return rank + 1
  }

  private mutating func scanBackward(_ stratum: Int, _ ranks: [Int], _ rankCount: Int) {
    let weights = data.weights?.values
    var tree = FenwickTree(ranks: rankCount)
    for slot in table.strata[stratum] {
      for position in table.censoredPositions(slot) {
        let row = Int(table.order[position])
        tree.add(weights?[row] ?? 1, at: ranks[row])
      }
      if let entryOrder = table.entryOrder {
        for position in table.enteredPositions(slot, stratum: stratum) {
          let row = Int(entryOrder[position])
          tree.add(-(weights?[row] ?? 1), at: ranks[row])
        }
      }
      let factor = timeWeights[slot]
      var (weightOfDeaths, squares) = (0.0, 0.0)
      for position in table.eventPositions(slot) {
        let row = Int(table.order[position])
        let weight = weights?[row] ?? 1
        let below = tree.sum(below: ranks[row])
        let equal = tree.sum(below: ranks[row] + 1) - below
        let above = tree.total - below - equal
        concordant += factor * weight * below
        tiedPredictor += factor * weight * equal
        discordant += factor * weight * above
        pairs[row] += factor * tree.total
        score[row] += factor * (below + equal / 2)
        slotPairs[slot] += factor * weight * tree.total
        slotScore[slot] += factor * weight * (below + equal / 2)
        weightOfDeaths += weight
        squares += data.weightKind == .frequency ? weight : weight * weight
      }
      tiedTime += factor * (weightOfDeaths * weightOfDeaths - squares) / 2
      for position in table.eventPositions(slot) {
        let row = Int(table.order[position])
        tree.add(weights?[row] ?? 1, at: ranks[row])
      }
    }
  }

  private mutating func scanForward(_ stratum: Int, _ ranks: [Int], _ rankCount: Int) {
    let weights = data.weights?.values
    var tree = FenwickTree(ranks: rankCount)
    func note(_ row: Int, _ tree: FenwickTree, sign: Double) {
      let below = tree.sum(below: ranks[row])
      let equal = tree.sum(below: ranks[row] + 1) - below
      pairs[row] += sign * tree.total
      score[row] += sign * (tree.total - below - equal + equal / 2)
    }
    for slot in table.strata[stratum].reversed() {
      for position in table.eventPositions(slot) {
        note(Int(table.order[position]), tree, sign: 1)
      }
      for position in table.eventPositions(slot) {
        let row = Int(table.order[position])
        tree.add(timeWeights[slot] * (weights?[row] ?? 1), at: ranks[row])
      }
      for position in table.censoredPositions(slot) {
        note(Int(table.order[position]), tree, sign: 1)
      }
      // The events up to here came before these rows were at risk.
      if let entryOrder = table.entryOrder {
        for position in table.enteredPositions(slot, stratum: stratum) {
          note(Int(entryOrder[position]), tree, sign: -1)
        }
      }
    }
  }
}

/// Which predictors count as equal: neighbours in rank that differ by no more than a tolerance, and
/// chains of such neighbours.
enum PredictorTies {
  /// What the rounding of a number of any unit may do: 2⁻⁴⁴ of the largest magnitude.
  case rounding
  /// For log hazards, which have a unit: R's rule for times, 2⁻²⁶ or 2⁻²⁶ of the mean magnitude.
  case nearlyEqual
  /// A difference of the caller's choice.
  case within(Double)

  /// The tolerance for the rows of a stratum.
  func tolerance(_ predictor: [Double], rows: ArraySlice<Int32>) -> Double {
    switch self {
    case .rounding: rows.reduce(0) { Swift.max($0, abs(predictor[Int($1)])) } * 0x1p-44
    case .nearlyEqual:
      0x1p-26
        * Swift.max(1, rows.reduce(0) { $0 + abs(predictor[Int($1)]) / Double(rows.count) })
    case .within(let tolerance): tolerance
    }
  }
}
