// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

extension CoxReport {
  /// The model as text of at most 80 columns.
  var text: String {
    var blocks = [
      estimates.text(level: level, references: references, concordance: concordance)
    ]
    blocks += inferenceTexts
    if let proportionalHazards { blocks.append(text(of: proportionalHazards)) }
    if let residuals { blocks.append(text(of: residuals)) }
    if let predictions { blocks.append(text(of: predictions)) }
    return blocks.joined(separator: "\n\n")
  }

  private func text(of test: ProportionalHazardsTest) -> String {
    let terms = test.terms + [test.global]
    let statistics = NumberFormatting.column(terms.map(\.test.statistic), digits: 3)
    var table = TextTable(columns: [.text(""), .number("chisq"), .number("df"), .number("p")])
    for (term, statistic) in zip(terms, statistics) {
      table.append([
        term.name, statistic, "\(term.test.degreesOfFreedom)",
        NumberFormatting.pValue(term.test.pValue, digits: 3),
      ])
    }
    let scale =
      switch test.transform {
      case "km": "the Kaplan–Meier curve"
      case "identity": "time"
      case "log": "log time"
      case "rank": "the rank of time"
      default: test.transform
      }
    return TextLayout.wrapped("Proportional hazards: does a coefficient change with \(scale)?")
      + "\n" + table.fitted().description
  }

  /// How residuals are spread, by column; there may be many thousands.
  private func text(of residuals: CoxResiduals) -> String {
    let isByEvent = !residuals.times.isEmpty
    let shares = [0, 0.25, 0.5, 0.75, 1]
    let quartiles = residuals.columns.indices.map { column in
      Quantiles(residuals.values.map { $0[column] }).values(at: shares)
    }
    let headers = ["min", "1st quartile", "median", "3rd quartile", "max"]
    var table = TextTable(columns: [.text("")] + headers.map { .number($0) })
    let figures = headers.indices.map { place in
      NumberFormatting.column(quartiles.map { $0?[place] }, digits: 4)
    }
    for (row, name) in residuals.columns.enumerated() {
      table.append([name] + figures.map { $0[row] })
    }
    let count = NumberFormatting.quantity(residuals.rows.count, isByEvent ? "event" : "row")
    return TextLayout.wrapped(
      "Residuals, \(residuals.kind.rawValue), of \(count) (each with --format json)")
      + "\n" + table.fitted().description
  }

  private func text(of predictions: [Prediction]) -> String {
    let points = predictions.flatMap { prediction in
      prediction.points.map { (prediction: prediction, point: $0) }
    }
    let percent = NumberFormatting.percent(level)
    let columns: [(TextTable.Column, [String])] = [
      (.text("row"), points.map { "\($0.prediction.row)" }),
      (
        .number("predictor"),
        NumberFormatting.column(points.map(\.prediction.linearPredictor), digits: 4)
      ),
      (.number("time"), points.map { NumberFormatting.significant($0.point.time, digits: 7) }),
      (.number("survival"), NumberFormatting.column(points.map(\.point.survival), digits: 4)),
      (.number("lower \(percent)"), NumberFormatting.column(points.map(\.point.lower), digits: 4)),
      (.number("upper \(percent)"), NumberFormatting.column(points.map(\.point.upper), digits: 4)),
      (
        .number("cum. hazard"),
        NumberFormatting.column(points.map(\.point.cumulativeHazard), digits: 4)
      ),
    ]
    var table = TextTable(columns: columns.map(\.0))
    for row in points.indices { table.append(columns.map { $0.1[row] }) }
    var text = "Predicted survival\n" + table.fitted().description
    text +=
      "\n"
      + TextLayout.wrapped(
        "The linear predictor is not centred: it is 0 where all covariates are 0.", indentation: 2)
    if points.contains(where: { $0.point.survival == nil }) {
      text +=
        "\n"
        + TextLayout.wrapped(
          "NA: beyond the last time at which anybody of the stratum was observed.", indentation: 2)
    }
    return text
  }
}

/// Quantiles of numbers, interpolated as R's `quantile` does by default.
private struct Quantiles {
  private let sorted: [Double]

  init(_ values: [Double]) { sorted = values.sorted() }

  /// The quantiles at shares between 0 and 1; `nil` when there are no numbers.
  func values(at shares: [Double]) -> [Double]? {
    guard let last = sorted.indices.last else { return nil }
    return shares.map { share in
      let place = share * Double(last)
      let below = Int(place)
      let above = Swift.min(last, below + 1)
      return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
  }
}
