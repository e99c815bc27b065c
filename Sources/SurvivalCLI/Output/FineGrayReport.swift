// SPDX-License-Identifier: Apache-2.0

internal import CohortReports
internal import SurvivalKit

/// A Fine–Gray model and what it predicts, as text, JSON and CSV: those of a Cox model but for the
/// predictions.
struct FineGrayReport: Report {
  /// What the model says of one new row at the times asked for.
  struct Prediction {
    /// The position of the row in its file, the first after the header being 1.
    let row: Int
    /// xᵀβ plus the offset: 0 for a row whose covariates are all 0.
    let linearPredictor: Double
    /// The times, and the incidence at each; none beyond the last time at which anybody was observed.
    let points: [(time: Double, incidence: PredictedIncidence?)]
  }

  let model: CoxReport
  let predictions: [Prediction]?

  /// The model as text of at most 80 columns, with a table of the predictions.
  var text: String {
    guard let predictions else { return model.text }
    var rows = [(row: Int, time: Double, incidence: PredictedIncidence?)]()
    for prediction in predictions {
      rows += prediction.points.map { (prediction.row, $0.time, $0.incidence) }
    }
    func column(_ value: (PredictedIncidence) -> Double?) -> [String] {
      NumberFormatting.column(rows.map { $0.incidence.flatMap(value) }, digits: 4)
    }
    let columns = [
      rows.map { "\($0.row)" }, NumberFormatting.column(rows.map(\.time), digits: 6),
      column(\.probability), column(\.standardError),
      column { $0.interval(level: model.level)?.lower },
      column { $0.interval(level: model.level)?.upper },
    ]
    var table = TextTable(columns: [
      .text("row"), .number("time"), .number("incidence"), .number("se"), .number("lower"),
      .number("upper"),
    ])
    for row in rows.indices { table.append(columns.map { $0[row] }) }
    return "\(model.text)\n\nPredicted cumulative incidence:\n\(table.fitted())"
  }

  /// The model as JSON, as the documentation of the command lays down.
  var json: JSON {
    guard case .object(let members) = model.json else { return model.json }
    return .object(
      members.map { member in
        guard member.key == "predictions", let predictions else { return member }
        return (member.key, .array(predictions.map(json)))
      })
  }

  private func json(of prediction: Prediction) -> JSON {
    .object([
      ("row", .integer(prediction.row)),
      ("linearPredictor", .number(prediction.linearPredictor)),
      (
        "points",
        .array(
          prediction.points.map { point in
            let limits = point.incidence?.interval(level: model.level)
            return .object([
              ("time", .number(point.time)),
              ("cumulativeIncidence", .number(point.incidence?.probability)),
              ("standardError", .number(point.incidence?.standardError)),
              ("lower", .number(limits?.lower)), ("upper", .number(limits?.upper)),
            ])
          })
      ),
    ])
  }

  /// The coefficients as CSV.
  var csv: CSVText { model.csv }
}
