// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit

/// What a Cox model says of one new row at the times asked for.
struct Prediction {
  /// One time; its figures are `nil` beyond the last time at which anybody was observed.
  struct Point {
    let time: Double
    let survival, lower, upper, cumulativeHazard: Double?
  }

  /// The position of the row in its file, the first after the header being 1.
  let row: Int
  /// xᵀβ plus the offset: 0 for a row whose covariates are all 0.
  let linearPredictor: Double
  let points: [Point]

  /// The predictions of a fit for the rows of a file.
  static func predictions(
    for rows: NewRows, of fit: CoxRegression, coding: DesignCoding, at times: [Double],
    level: Double
  ) throws -> [Prediction] {
    let design = coding.columns(rows.columns)
    let baselines = fit.baselineHazards().map { ($0.stratum, $0) }
    let baseline = Dictionary(baselines) { first, _ in first }
    return try (0..<rows.table.rowCount).map { row in
      guard let baseline = baseline[rows.strata[row]] else {
        throw CommandError(
          "\(rows.table.file), row \(rows.table.rowNumbers[row]): the fit has no stratum "
            + rows.strata[row])
      }
      do {
        let curve = try fit.survivalCurve(
          for: design.map { $0.values[row] }, offset: rows.offsets[row], baseline: baseline)
        return Prediction(
          row: row + 1, linearPredictor: curve.linearPredictor,
          points: times.map { time in
            let limits = curve.interval(at: time, level: level)
            return Point(
              time: time, survival: curve.probability(at: time), lower: limits?.lower,
              upper: limits?.upper, cumulativeHazard: curve.cumulativeHazard(at: time))
          })
      } catch let error as SurvivalError {
        throw CommandError(
          "\(rows.table.file), row \(rows.table.rowNumbers[row]): \(error.message)")
      }
    }
  }
}
