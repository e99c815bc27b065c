// SPDX-License-Identifier: Apache-2.0

internal import Foundation
public import SurvivalKit

/// A study that nobody made: normal covariates, exponential times rounded up to whole days, half of
/// them censored.
public struct SeededRows: Sendable {
  /// When each row's observation ended, in days from 1.
  public let times: [Double]
  /// When each row came under observation: 0 for every other row, else a day before its end.
  public let starts: [Double]
  /// Whether the observation ended with the event.
  public let events: [Bool]
  /// A code below ``levels`` for each row: strata, clusters or groups, at random.
  public let codes: [Int]
  /// How many codes there are.
  public let levels: Int
  /// The covariates, column by column.
  public let covariates: [[Double]]
  /// The coefficients that the times were drawn with.
  public let coefficients: [Double]

  /// The number of rows.
  public var count: Int { times.count }

  /// Draws a study.
  /// - Parameters:
  ///   - count: The number of rows.
  ///   - columns: The number of covariates.
  ///   - levels: The number of codes.
  ///   - seed: Equal seeds give equal studies.
  public init(_ count: Int, columns: Int, levels: Int = 4, seed: UInt64 = 20_260_101) {
    var generator = SeededGenerator(seed: seed)
    var predictors = [Double](repeating: 0, count: count)
    var coefficients = [Double]()
    var covariates = [[Double]]()
    for column in 0..<columns {
      // Alternating signs; together they move the log hazard by about 0.8 standard deviations.
      let size = 0.8 / Double(columns).squareRoot()
      let coefficient = column.isMultiple(of: 2) ? size : -size
      var values = [Double](repeating: 0, count: count)
      for row in stride(from: 0, to: count, by: 2) {
        // Box & Muller (1958), doi:10.1214/aoms/1177706645: two at once.
        let radius = (-2 * log(generator.uniform())).squareRoot()
        let angle = 2 * Double.pi * generator.uniform()
        values[row] = radius * cos(angle)
        if row + 1 < count { values[row + 1] = radius * sin(angle) }
      }
      for row in 0..<count { predictors[row] += coefficient * values[row] }
      covariates.append(values)
      coefficients.append(coefficient)
    }
    var times = [Double](repeating: 0, count: count)
    var starts = times
    var events = [Bool](repeating: false, count: count)
    var codes = [Int](repeating: 0, count: count)
    for row in 0..<count {
      let death = -1000 * log(generator.uniform()) * exp(-predictors[row])
      let censoring = -1000 * log(generator.uniform())
      times[row] = max(1, min(death, censoring).rounded(.up))
      events[row] = death <= censoring
      let share = generator.uniform()
      starts[row] = row.isMultiple(of: 2) ? 0 : (share * times[row]).rounded(.down)
      codes[row] = Int(generator.next() % UInt64(levels))
    }
    self.times = times
    self.starts = starts
    self.events = events
    self.codes = codes
    self.levels = levels
    self.covariates = covariates
    self.coefficients = coefficients
  }

  /// The rows as right-censored data.
  /// - Parameter isClustered: Whether ``codes`` are clusters.
  /// - Returns: The data.
  /// - Throws: Never, for data that were drawn.
  public func rightCensored(isClustered: Bool = false) throws -> SurvivalData {
    try SurvivalData(times: times, events: events, clusters: isClustered ? grouping : nil)
  }

  /// The rows as (start, stop] data.
  /// - Returns: The data.
  /// - Throws: Never, for data that were drawn.
  public func lateEntry() throws -> SurvivalData {
    try SurvivalData(starts: starts, stops: times, events: events)
  }

  /// ``codes`` as a grouping.
  public var grouping: Grouping { Grouping(codes) }

  /// The covariates as a design whose columns are named x1, x2 and so on.
  /// - Returns: The design.
  /// - Throws: Never, for data that were drawn.
  public func design() throws -> DesignMatrix {
    try DesignMatrix(
      covariates.enumerated().map { (name: "x\($0.offset + 1)", values: $0.element) },
      rowCount: count)
  }
}

extension SeededRows {
  /// The rows as right-censored data of two causes, which the codes tell apart: even ones are 0, odd 1.
  /// - Parameters:
  ///   - isClustered: Whether ``codes`` are clusters.
  ///   - isTied: Whether times are whole days; otherwise no two are equal.
  /// - Returns: The data.
  /// - Throws: Never, for data that were drawn.
  public func competing(isClustered: Bool = false, isTied: Bool = true) throws -> SurvivalData {
    try SurvivalData(
      times: isTied ? times : untiedTimes,
      causes: EventCauses(zip(events, codes).map { $0 ? $1 % 2 : nil }),
      clusters: isClustered ? grouping : nil)
  }

  /// Rows of subjects who may fall ill before they die: 0 is well, 1 ill and 2 dead.
  ///
  /// Who has an odd code falls ill half-way.
  /// - Parameter isTied: Whether times are whole days; otherwise no two ends are equal.
  /// - Returns: The columns of the rows, subject by subject.
  public func histories(isTied: Bool = true) -> (
    subject: [Int], start: [Double], stop: [Double], from: [Int], to: [Int?]
  ) {
    var (subject, from, to) = ([Int](), [Int](), [Int?]())
    var (start, stop) = ([Double](), [Double]())
    let ends = isTied ? times : untiedTimes
    for row in 0..<count {
      let end = events[row] ? 2 : nil
      if codes[row].isMultiple(of: 2) || times[row] < 2 {
        subject.append(row)
        start.append(0)
        stop.append(ends[row])
        from.append(0)
        to.append(end)
      } else {
        let middle = isTied ? (ends[row] / 2).rounded(.up) : ends[row] / 2
        subject += [row, row]
        start += [0, middle]
        stop += [middle, ends[row]]
        from += [0, 1]
        to += [1, end]
      }
    }
    return (subject, start, stop, from, to)
  }

  /// ``times``, each a little later, so that no two are equal.
  public var untiedTimes: [Double] {
    times.enumerated().map { $0.element + Double($0.offset) / Double(count + 1) }
  }
}
