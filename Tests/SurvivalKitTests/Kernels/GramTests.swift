// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKernels

@Suite("Weighted Gram products")
struct GramTests {
  @Test(
    "equal direct sums, for rows of every width", arguments: Array(1...60) + [97, 100, 121, 144])
  func product(width: Int) {
    // More than two blocks of rows, and a part of one.
    let count = 2 * 192 + 37
    var random = SplitMix(seed: UInt64(width))
    let columns = (0..<width).map { _ in (0..<count).map { _ in random.symmetric() } }
    let rows = RowMatrix(
      gathering: columns, order: (0..<Int32(count)).map { $0 },
      shifts: [Double](repeating: 0, count: width), scales: [Double](repeating: 1, count: width))
    let weights = ScratchColumn<Double>(repeating: 0, count: count)
    for row in 0..<count { weights[row] = 1 + random.symmetric() }
    let gram = GramAccumulator(width: width)
    let room = GramAccumulator.Room(width: width)
    // In two parts, which begin where no block does.
    gram.add(0..<101, of: rows, weights: weights, room)
    gram.add(101..<count, of: rows, weights: weights, room)
    var lower = [Double](repeating: 0, count: width * width)
    var diagonal = [Double](repeating: 0, count: width)
    gram.add(to: &lower, subtractedDiagonal: &diagonal)
    for j in 0..<width {
      for l in 0...j {
        var (sum, size) = (0.0, 0.0)
        for row in 0..<count {
          let term = weights[row] * columns[j][row] * columns[l][row]
          sum += term
          size += abs(term)
        }
        #expect(abs(lower[j * width + l] - sum) <= 1e-14 * size, "\(width): \(j), \(l)")
      }
    }
    #expect(diagonal.allSatisfy { $0 == 0 })
  }
}
