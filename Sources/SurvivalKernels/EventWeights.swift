// SPDX-License-Identifier: Apache-2.0

internal import CSurvivalKernels

/// What the rows that end with the event weigh.
package struct EventWeights: Sendable {
  /// In the order of the rows: the weight of a row with the event, 0 for the others.
  package let values: [Double]
  /// Their sum.
  package let total: Double
  /// The number of events.
  package let count: Int

  /// Picks the rows with the event.
  /// - Parameters:
  ///   - order: Row numbers in the order wanted.
  ///   - events: Which rows have the event, by row number.
  ///   - weights: The weights in the order wanted.
  /// - Complexity: O(*n*).
  package init(_ order: [Int32], events: [Bool], weights: [Double]) {
    precondition(
      order.count == weights.count && order.allSatisfy { $0 >= 0 && Int($0) < events.count })
    var eventCount = 0
    values = [Double](unsafeUninitializedCapacity: order.count) { values, length in
      order.withUnsafeBufferPointer { order in
        events.withUnsafeBufferPointer { events in
          weights.withUnsafeBufferPointer { weights in
            guard let result = values.baseAddress, let order = order.baseAddress,
              let events = events.baseAddress, let weights = weights.baseAddress
            else { return }
            eventCount = survival_event_weights(order, events, weights, values.count, result)
          }
        }
      }
      length = order.count
    }
    total = values.withUnsafeBufferPointer { values in
      values.baseAddress.map { survival_sum($0, values.count) } ?? 0
    }
    count = eventCount
  }
}
