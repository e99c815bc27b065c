// SPDX-License-Identifier: Apache-2.0

/// The ranks of a sample, with the mean of their places for tied values.
struct Midranks {
  /// The rank of each value, from 1.
  let ranks: [Double]
  /// Σ (t³ − t) over groups of *t* tied values.
  let tieSum: Double

  var hasTies: Bool { tieSum > 0 }

  /// - Complexity: O(*n*).
  init(_ values: [Double]) {
    let order = SortedOrder.ascending((0..<Int32(values.count)).map { $0 }) {
      SortedOrder.key(values[Int($0)])
    }
    var ranks = [Double](repeating: 0, count: values.count)
    var tieSum = 0.0
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[Int(order[end])] == values[Int(order[start])] { end += 1 }
      let tied = Double(end - start)
      tieSum += tied * (tied * tied - 1)
      for position in start..<end { ranks[Int(order[position])] = Double(start + end + 1) / 2 }
      start = end
    }
    self.ranks = ranks
    self.tieSum = tieSum
  }
}
