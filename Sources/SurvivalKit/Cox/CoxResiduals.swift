// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// A kind of residual of a Cox model.
public enum CoxResidualKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// Events observed less events expected, δ − exp(η) ∫ dΛ, one for each row.
  case martingale
  /// Martingale residuals made symmetric: sign(m) √(−2 (m + δ log(δ − m))).
  case deviance
  /// What each row adds to the gradient, one for each row and coefficient.
  case score
  /// The covariates of each event less the mean of its risk set.
  case schoenfeld
  /// Schoenfeld residuals brought to the scale of the coefficients, which they are added to.
  case scaledSchoenfeld = "scaled-schoenfeld"
  /// The change of the coefficients when a row is left out, nearly; weighted.
  case dfbeta
  /// The same in standard errors.
  case dfbetas
}

/// Residuals with the rows they belong to.
public struct CoxResiduals: Hashable, Sendable, Codable {
  /// The kind of residual.
  public let kind: CoxResidualKind
  /// The names of the columns: the coefficients, or the kind where there is one for each row.
  public let columns: [String]
  /// The rows, as positions in the data counted from 0: in the order of the data, or, for Schoenfeld
  /// residuals, the events by stratum and time. (The command orders them by time across strata.)
  public let rows: [Int]
  /// The times of the events, for Schoenfeld residuals; empty for the others.
  public let times: [Double]
  /// The residuals, one array for each of ``rows``.
  public let values: [[Double]]
}

extension CoxRegression {
  /// Residuals under the rule for ties of the fit.
  ///
  /// Weights are part of the hazards and means, but a residual itself is that of one subject (R's
  /// default); only dfbeta and dfbetas count a row with its weight. Rows of weight 0 have none.
  /// Barlow & Prentice (1988), doi:10.1093/biomet/75.1.65; Schoenfeld (1982),
  /// doi:10.1093/biomet/69.1.239; Grambsch & Therneau (1994), doi:10.1093/biomet/81.3.515.
  /// - Parameter kind: The kind of residual.
  /// - Returns: The residuals with their rows.
  /// - Throws: ``SurvivalError`` for a residual other than martingale and deviance under an exact rule
  ///   for ties, which has none.
  /// - Complexity: O(*n* *p*), for dfbeta O(*n* *p*²); with delayed entry another factor log *m*.
  public func residuals(_ kind: CoxResidualKind) throws(SurvivalError) -> CoxResiduals {
    guard !likelihood.ties.isExact || kind == .martingale || kind == .deviance else {
      throw SurvivalError(
        .notEstimable,
        "\(kind.rawValue) residuals are not defined under the tie rule "
          + "\(likelihood.ties.rawValue); fit with efron or breslow for them")
    }
    let (predictors, record) = recorded()
    switch kind {
    case .schoenfeld, .scaledSchoenfeld: return schoenfeld(kind, record)
    default: break
    }
    let table = likelihood.table
    let p = likelihood.names.count
    let base = ScoreResiduals(likelihood, predictors: predictors, record: record)
    var values = [[Double]](repeating: [], count: likelihood.data.count)
    let inverse = scaledInverse(kind)
    for (position, row) in table.order.enumerated() {
      let row = Int(row)
      let m = base.martingale[position]
      let score = base.score[(position * p)..<(position * p + p)]
      switch kind {
      case .martingale: values[row] = [m]
      case .deviance: values[row] = [Self.deviance(m, events: likelihood.data.events[row] ? 1 : 0)]
      case .score: values[row] = zip(score, likelihood.scales).map { $0 / $1 }
      default:
        values[row] = inverse.multiplied(by: score.map { $0 * likelihood.weights[position] })
      }
    }
    let rows = table.order.map(Int.init).sorted()
    let isSingle = kind == .martingale || kind == .deviance
    return CoxResiduals(
      kind: kind, columns: isSingle ? [kind.rawValue] : likelihood.names, rows: rows, times: [],
      values: rows.map { values[$0] })
  }

  /// The residuals of rows that belong together, such as those of a subject, added up.
  ///
  /// A deviance residual is no sum: that of several rows is made of their events and of the sum of their
  /// martingale residuals. R has δ log(δ − m) in it for δ events, which is right for one event only.
  /// - Parameters:
  ///   - kind: The kind of residual.
  ///   - groups: The group, such as the subject, of every row of the data.
  ///   - isWeighted: Whether rows count with their weights, as in R's `weighted = TRUE`; dfbeta and
  ///     dfbetas always do.
  /// - Returns: One array for each level of the groups; zeros for a level without rows.
  /// - Throws: ``SurvivalError`` as ``residuals(_:)``, and when the groups are not as many as the rows.
  /// - Complexity: As ``residuals(_:)``.
  public func residuals(
    _ kind: CoxResidualKind, collapsedBy groups: Grouping, isWeighted: Bool = false
  ) throws(SurvivalError) -> [[Double]] {
    let data = likelihood.data
    guard groups.count == data.count else {
      throw SurvivalError(
        .mismatchedLengths, "the fit has \(data.count) rows but there are \(groups.count) groups")
    }
    let parts = try residuals(kind == .deviance ? .martingale : kind)
    let hasOwnWeights = kind == .dfbeta || kind == .dfbetas
    let weights = isWeighted && !hasOwnWeights ? data.weights?.values : nil
    var sums = [[Double]](
      repeating: [Double](repeating: 0, count: parts.columns.count), count: groups.levels.count)
    var events = [Double](repeating: 0, count: groups.levels.count)
    for (row, value) in zip(parts.rows, parts.values) {
      let (group, weight) = (groups.codes[row], weights?[row] ?? 1)
      for j in value.indices { sums[group][j] += weight * value[j] }
      if data.events[row] { events[group] += weight }
    }
    guard kind == .deviance else { return sums }
    return zip(sums, events).map { [Self.deviance($0[0], events: $1)] }
  }

  /// sign(m) √(−2 (m + δ log((δ − m)/δ))), where δ − m is what was expected of δ events.
  private static func deviance(_ m: Double, events: Double) -> Double {
    let inside = events > 0 ? -2 * (m + events * Double.log((events - m) / events)) : -2 * m
    return (m < 0 ? -1 : 1) * Swift.max(0, inside).squareRoot()
  }

  /// The matrix that takes scaled scores to changes of the coefficients, zero for aliased columns.
  private func scaledInverse(_ kind: CoxResidualKind) -> Matrix {
    let p = likelihood.names.count
    var result = Matrix(rows: p, columns: p)
    let free = estimates.coefficients.indices.filter { !estimates.coefficients[$0].isAliased }
    for (i, row) in free.enumerated() {
      let unit = kind == .dfbetas ? estimates.modelCovariance[i][i].squareRoot() : 1
      for (j, column) in free.enumerated() {
        result[row, column] = estimates.modelCovariance[i][j] / likelihood.scales[column] / unit
      }
    }
    return result
  }

  private func schoenfeld(_ kind: CoxResidualKind, _ record: HazardRecord) -> CoxResiduals {
    let p = likelihood.names.count
    let table = likelihood.table
    let isCounted = likelihood.data.weightKind == .frequency
    let deaths = isCounted ? likelihood.eventWeight : Double(likelihood.eventCount)
    let inverse = scaledInverse(kind)
    var (rows, times, values) = ([Int](), [Double](), [[Double]]())
    for (event, slot) in likelihood.times.slots.enumerated() {
      for position in table.eventPositions(slot) {
        let row = likelihood.rows.row(position)
        let residual = (0..<p).map { row[row.startIndex + $0] - record.mean[event * p + $0] }
        rows.append(Int(table.order[position]))
        times.append(table.slotTimes[slot])
        if kind == .schoenfeld {
          values.append(zip(residual, likelihood.scales).map { $0 / $1 })
        } else {
          let change = inverse.multiplied(by: residual)
          values.append(
            (0..<p).map { change[$0] * deaths + (estimates.coefficients[$0].estimate ?? 0) })
        }
      }
    }
    return CoxResiduals(
      kind: kind, columns: likelihood.names, rows: rows, times: times, values: values)
  }
}
