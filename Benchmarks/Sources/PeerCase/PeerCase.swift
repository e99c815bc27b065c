// SPDX-License-Identifier: Apache-2.0

import Foundation
import SeededData
import SurvivalKit

/// One line of the comparison: what is computed, on how many rows and columns.
struct PeerCase {
  enum Work: String {
    case cox, late, strata, robust, score, dfbeta, kaplanMeier, logRank, concordance
    case incidence, states, untiedStates, gray, fineGray, finegray, absoluteRisk
  }

  let work: Work
  let rows: Int
  let columns: Int
  var levels: Int {
    switch work {
    case .strata: 1000
    case .robust: rows / 4
    default: 4
    }
  }

  /// Reads a name such as `cox-10000x20`.
  init?(_ name: String) {
    let parts = name.split(separator: "-")
    let sizes = parts.last?.split(separator: "x").compactMap { Int($0) } ?? []
    guard parts.count == 2, sizes.count == 2, let work = Work(rawValue: String(parts[0])) else {
      return nil
    }
    (self.work, rows, columns) = (work, sizes[0], sizes[1])
  }

  var study: SeededRows { SeededRows(rows, columns: columns, levels: levels) }

  /// Writes the columns as numbers of eight bytes: rows, columns, then times, events, starts, codes
  /// and the covariates.
  func write(to path: String) throws {
    let study = study
    var numbers = [Double(rows), Double(columns)]
    // crr and riskRegression have rules of their own for ties.
    numbers += [.fineGray, .absoluteRisk].contains(work) ? study.untiedTimes : study.times
    numbers += study.events.map { $0 ? 1 : 0 }
    numbers += study.starts
    numbers += study.codes.map(Double.init)
    for column in study.covariates { numbers += column }
    let data = numbers.withUnsafeBytes { Data($0) }
    try data.write(to: URL(fileURLWithPath: path))
  }

  /// What is timed: from columns in memory to the numbers that are compared.
  func prepared() throws -> () throws -> [Double] {
    let study = study
    switch work {
    case .cox, .late, .strata, .robust:
      let isClustered = work == .robust
      let data =
        try work == .late ? study.lateEntry() : study.rightCensored(isClustered: isClustered)
      let design = try study.design()
      let strata = work == .strata ? study.grouping : nil
      // For counting instructions, which callgrind does by thread.
      let threads = ProcessInfo.processInfo.environment["PEER_THREADS"].flatMap { Int($0) }
      return {
        let fit = try CoxRegression.fit(
          data, design: design, strata: strata, parallelism: threads)
        return fit.coefficients.compactMap(\.estimate)
          + fit.coefficients.compactMap(\.standardError)
      }
    case .score, .dfbeta:
      let fit = try CoxRegression.fit(study.rightCensored(), design: study.design())
      let kind: CoxResidualKind = work == .score ? .score : .dfbeta
      return {
        let residuals = try fit.residuals(kind)
        return residuals.columns.indices.map { j in
          residuals.values.reduce(0) { $0 + $1[j] * $1[j] }
        }
      }
    case .kaplanMeier:
      let data = try study.rightCensored()
      return {
        let curves = try KaplanMeier.curves(of: data)
        guard let curve = curves["all"] else { return [] }
        return [100, 500, 1000, 2000].flatMap {
          [curve.probability(at: $0) ?? .nan, curve.standardError(at: $0) ?? .nan]
        }
      }
    case .logRank:
      let data = try study.rightCensored()
      let groups = study.grouping
      return {
        let result = try LogRankTest.compare(data, groups: groups)
        return [result.statistic] + result.groups.map(\.expected)
      }
    case .incidence:
      let data = try study.competing()
      return {
        let curves = try CumulativeIncidence.curves(of: data)
        return curves.curves.flatMap { curve in
          [100, 500, 1000, 2000].flatMap {
            [curve.probability(at: $0) ?? .nan, curve.standardError(at: $0) ?? .nan]
          }
        }
      }
    case .states, .untiedStates:
      let rows = study.histories(isTied: work == .states)
      return {
        let history = try StateHistory(
          subjects: Grouping(rows.subject), starts: rows.start, stops: rows.stop,
          from: rows.from, to: rows.to)
        let curve = try AalenJohansen.curves(of: history)[0]
        return [1, 2].flatMap { state in
          [100.0, 500, 1000, 2000].flatMap {
            [
              curve.probability(of: state, at: $0) ?? .nan,
              curve.standardError(of: state, at: $0) ?? .nan,
            ]
          }
        }
      }
    case .gray:
      let data = try study.competing()
      let groups = study.grouping
      return {
        try GrayTest.compare(data, groups: groups).tests.compactMap { $0.test?.statistic }
      }
    case .fineGray, .finegray:
      let isCrr = work == .fineGray
      let (data, design) = (try study.competing(isTied: !isCrr), try study.design())
      return {
        // crr has Breslow's rule and its own variance; finegray with coxph has Efron's.
        let fit = try FineGrayRegression.fit(
          data, cause: 0, design: design, ties: isCrr ? .breslow : .efron,
          variance: isCrr ? .fineGray : .fixedWeights)
        return fit.coefficients.compactMap(\.estimate)
          + fit.coefficients.compactMap(\.standardError)
      }
    case .absoluteRisk:
      let (data, design) = (try study.competing(isTied: false), try study.design())
      return {
        let fit = try CauseSpecificRegression.fit(data, design: design, ties: .breslow)
        return try (0..<10).flatMap { row in
          try fit.absoluteRisks(for: study.covariates.map { $0[row] }, at: [500, 1000]).risks
            .flatMap { $0.flatMap { [$0?.probability ?? .nan, $0?.standardError ?? .nan] } }
        }
      }
    case .concordance:
      let data = try study.rightCensored()
      let predictor = study.covariates[0]
      return {
        let result = try Concordance(of: predictor, data)
        return [result.estimate, result.standardError]
      }
    }
  }
}

/// The commands `write CASE FILE`, `time CASE SECONDS` and, on Linux, `memory CASE 0`.
@main
enum Main {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let chosen = PeerCase(arguments[2]) else {
      fatalError("usage: PeerCase write|time|memory CASE FILE|SECONDS|0")
    }
    if arguments[1] == "write" { return try chosen.write(to: arguments[3]) }
    let body = try chosen.prepared()
    if arguments[1] == "memory" { return try printMemory(body) }
    let budget = Double(arguments[3]) ?? 1
    let clock = ContinuousClock()
    var seconds = [Double]()
    var answer = [Double]()
    repeat {
      let time = try clock.measure { answer = try body() }
      seconds.append(Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18)
    } while seconds.reduce(0, +) < budget && seconds.count < 50
    print("seconds", seconds.map(\.description).joined(separator: " "))
    print("answer", answer.map(\.description).joined(separator: " "))
  }

  /// Prints the memory that is resident before the work, and the most that was during it.
  static func printMemory(_ body: () throws -> [Double]) throws {
    func megabytes(_ field: String) throws -> Double {
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = status.split(separator: "\n").first { $0.hasPrefix(field) }
      return (line?.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }.first ?? 0)
        / 1024
    }
    let before = try megabytes("VmRSS")
    // Linux forgets the peak so far when asked with a 5.
    try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    _ = try body()
    let peak = try megabytes("VmHWM")
    print("before \(Int(before)) MB, at most \(Int(peak)) MB, added \(Int(peak - before)) MB")
  }
}
