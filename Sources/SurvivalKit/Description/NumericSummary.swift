// SPDX-License-Identifier: Apache-2.0

/// What a numeric variable looks like: centre, spread and range, with the missing values counted.
public struct NumericSummary: Hashable, Sendable, Codable {
  /// The number of values.
  public let count: Int
  /// The number of rows without a value.
  public let missingCount: Int
  /// How the median and the quartiles are defined.
  public let definition: QuantileDefinition
  /// The mean; `nil` without values.
  public let mean: Double?
  /// The standard deviation, with divisor *n* − 1; `nil` with fewer than two values.
  public let standardDeviation: Double?
  /// The smallest value; `nil` without values.
  public let minimum: Double?
  /// The first quartile; `nil` without values.
  public let firstQuartile: Double?
  /// The median; `nil` without values.
  public let median: Double?
  /// The third quartile; `nil` without values.
  public let thirdQuartile: Double?
  /// The largest value; `nil` without values.
  public let maximum: Double?

  /// Summarizes a column.
  /// - Parameters:
  ///   - values: The values; `nil` where missing.
  ///   - definition: How the median and the quartiles are defined; R's default when not given.
  /// - Throws: ``SurvivalError`` that lists every value that is not a finite number.
  /// - Complexity: O(*n*).
  public init(
    _ values: [Double?], _ definition: QuantileDefinition = .linear
  ) throws(SurvivalError) {
    let present = values.compactMap { $0 }
    // Checked with the rows of the column, which the ordered sample does not know.
    try OrderedSample.checkFinite(values.map { $0 ?? 0 }, "values")
    count = present.count
    missingCount = values.count - present.count
    self.definition = definition
    let sample = present.isEmpty ? nil : try OrderedSample(present)
    func quantile(_ probability: Double) -> Double? {
      sample.map { definition.quantile(probability, of: $0.values) }
    }
    mean = sample?.mean
    standardDeviation = sample?.standardDeviation
    minimum = sample?.values.first
    firstQuartile = quantile(0.25)
    median = quantile(0.5)
    thirdQuartile = quantile(0.75)
    maximum = sample?.values.last
  }
}
