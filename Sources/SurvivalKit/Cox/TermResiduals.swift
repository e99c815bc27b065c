// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKernels
internal import SurvivalLinearAlgebra

/// Schoenfeld residuals on the scale of terms.
struct TermResiduals {
  struct Event {
    /// The event time, and the row by its position in the risk table.
    let event, position: Int
    /// A value for each term; `nil` where the term does not vary in the stratum.
    let values: [Double?]
  }

  private(set) var events: [Event] = []
  /// The coefficient of each term, 1 for a term of several.
  let estimates: [Double]
  /// The variance of a residual of each term: the diagonal of (Tᵀ I T / d)⁻¹.
  let variances: [Double]

  init(_ fit: CoxRegression, _ terms: [[Int]]) throws(SurvivalError) {
    let likelihood = fit.likelihood
    let p = likelihood.names.count
    // Terms as combinations of scaled columns: η = Σ (column / scale) · coefficient.
    let mixes = terms.map { columns -> [Double] in
      var mix = [Double](repeating: 0, count: p)
      for column in columns {
        mix[column] =
          (columns.count == 1 ? 1 : fit.estimates.coefficients[column].estimate ?? 0)
          / likelihood.scales[column]
      }
      return mix
    }
    estimates = terms.map {
      $0.count == 1 ? fit.estimates.coefficients[$0[0]].estimate ?? 0 : 1
    }
    let predictors = likelihood.linearPredictors(at: fit.point)
    let record = fit.recorded().record
    let information = likelihood.scan(predictors: predictors, wants: .information).information
    func product(_ one: [Double], _ other: [Double]) -> Double {
      zip(one, information.multiplied(by: other)).reduce(0) { $0 + $1.0 * $1.1 }
    }
    // The weight of the events of each stratum, and in which a term varies.
    var weights = [Double]()
    var varies = [[Bool]]()
    for (stratum, range) in likelihood.times.strata.enumerated() {
      var weight = 0.0
      for event in range {
        for position in likelihood.table.eventPositions(likelihood.times.slots[event]) {
          weight += likelihood.weights[position]
        }
      }
      weights.append(weight)
      let slots = likelihood.table.strata[stratum]
      let positions =
        likelihood.table.slotStart[slots.lowerBound]..<likelihood.table.slotStart[slots.upperBound]
      let changing = (0..<p).map { column in
        let first = positions.first.map { likelihood.rows.row($0) }
        return positions.contains { position in
          let row = likelihood.rows.row(position)
          return row[row.startIndex + column] != first.map { $0[$0.startIndex + column] }
        }
      }
      varies.append(terms.map { $0.contains { changing[$0] } })
    }
    var mean = Matrix(rows: terms.count, columns: terms.count)
    for i in terms.indices {
      for j in 0...i {
        let weight = weights.indices.reduce(0) {
          $0 + (varies[$1][i] && varies[$1][j] ? weights[$1] : 0)
        }
        mean[i, j] = weight > 0 ? product(mixes[i], mixes[j]) / weight : 0
        mean[j, i] = mean[i, j]
      }
    }
    func refusal() -> SurvivalError {
      SurvivalError(
        .notEstimable, "the information of the terms is singular, so residuals have no scale")
    }
    guard let whole = Cholesky(mean) else { throw refusal() }
    variances = terms.indices.map { whole.inverse()[$0, $0] }
    for (stratum, range) in likelihood.times.strata.enumerated() where !range.isEmpty {
      let used = terms.indices.filter { varies[stratum][$0] }
      guard let cholesky = Cholesky(mean.submatrix(rows: used, columns: used)) else {
        throw refusal()
      }
      for event in range {
        for position in likelihood.table.eventPositions(likelihood.times.slots[event]) {
          let row = likelihood.rows.row(position)
          let residual = (0..<p).map { row[row.startIndex + $0] - record.mean[event * p + $0] }
          let change = cholesky.solve(
            used.map { term in zip(mixes[term], residual).reduce(0) { $0 + $1.0 * $1.1 } })
          var values = [Double?](repeating: nil, count: terms.count)
          for (term, value) in zip(used, change) { values[term] = value + estimates[term] }
          events.append(Event(event: event, position: position, values: values))
        }
      }
    }
  }
}
